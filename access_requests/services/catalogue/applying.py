"""Writing the changes: what goes, then what comes and changes, each with its trail entry."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from access_requests.models import ApprovalPolicy, AwsAccount, StandingGroup, TargetRole, WorkGroup
from access_requests.models.catalogue import LONGEST_SESSION_MINUTES
from access_requests.services.catalogue import clients, persons
from access_requests.services.catalogue.comparing import Change
from access_requests.services.catalogue.state import Fields, Kind
from access_requests.services.elevations import target_roles
from access_requests.services.record import changes as trail_of_changes
from audits.acts import Act
from portal.users.models import User
from portal.verbs.actor import Actor

# What others refer to comes first, and goes last.
COMING = (Kind.ACCOUNT, Kind.ROLE, Kind.STANDING_GROUP, Kind.PERSON, Kind.POLICY, Kind.WORK_GROUP, Kind.CLIENT)
ACTS: Mapping[str, Act] = {"+": Act.CATALOGUE_ADDED, "~": Act.CATALOGUE_CHANGED, "-": Act.CATALOGUE_RETIRED}


def apply(changes: Sequence[Change], *, secrets: Mapping[str, str], actor: Actor, now: datetime) -> dict[str, str]:
    """Write the changes. Return client -> secret for those that were made here and are known to nobody else."""
    for change in _in_order(changes, reversed(COMING)):
        if change.after is None and change.kind == Kind.CLIENT:
            clients.retire(change.key, actor=actor, now=now)
        elif change.after is None:
            GOES[change.kind](change.key, now)
            _record(change, actor=actor, now=now)
    persons.make_room([change for change in changes if change.kind == Kind.PERSON], actor=actor, now=now)
    made: dict[str, str] = {}
    for change in _in_order(changes, COMING):
        if change.after is None:
            continue
        if change.kind == Kind.PERSON:
            persons.write(change, actor=actor, now=now)
        elif change.kind == Kind.CLIENT:
            made |= clients.write(change, secret=secrets.get(change.key), actor=actor, now=now)
        else:
            COMES[change.kind](change.key, change.after, now)
            _record(change, actor=actor, now=now)
    return made


def _in_order(changes: Sequence[Change], kinds: Any) -> list[Change]:
    """Return the changes by kind; the Jump account last of the accounts, since there is only ever one."""
    place = {kind: number for number, kind in enumerate(kinds)}
    return sorted(changes, key=lambda change: (place[change.kind], (change.after or {}).get("kind") == "jump"))


def _record(change: Change, *, actor: Actor, now: datetime) -> None:
    subject = f"{change.kind}:{change.key}"
    trail_of_changes.record(
        act=ACTS[change.sign], subject=subject, before=change.before, after=change.after, actor=actor, now=now
    )


def _account(key: str, after: Fields, _now: datetime) -> None:
    fields = ("name", "kind", "gate_role", "gate_role_arn", "regions", "other_roles")
    values = {"account_id": after["id"], **{field: after[field] for field in fields}}
    AwsAccount.objects.update_or_create(key=key, defaults=values)


def _role(key: str, after: Fields, now: datetime) -> None:
    account, name = key.split("/")
    before = TargetRole.objects.filter(account__key=account, name=name).values_list("arn", flat=True).first()
    values = {**after, "read_at": now if after["role_id"] else None, "read_again_at": None}
    role, _ = TargetRole.objects.update_or_create(account=AwsAccount.objects.get(key=account), name=name, defaults=values)
    if before != role.arn:
        target_roles.rewrite_fences(role)


def _standing_group(key: str, after: Fields, _now: datetime) -> None:
    group, _ = StandingGroup.objects.update_or_create(name=key, defaults={"description": after["description"]})
    group.target_roles.set(_roles(after["target_roles"]))


def _policy(key: str, after: Fields, _now: datetime) -> None:
    policy, _ = ApprovalPolicy.objects.update_or_create(
        key=key,
        defaults={
            "shortest_minutes": after["shortest"],
            "longest_minutes": after["longest"],
            "decision_minutes": after["decision"],
            "decide_by": after["decide_by"],
            "same_client_may_decide": after["same_client_may_decide"],
            "slack_channel": after["slack_channel"],
            "retired_at": None,
        },
    )
    for number, wanted in enumerate(after["levels"], start=1):
        # Changed in place: decisions point to their level.
        level, _ = policy.levels.update_or_create(number=number, defaults={"approvals": wanted["approvals"]})
        level.approvers.set(User.objects.filter(username__in=wanted["approvers"]))
    policy.levels.filter(number__gt=len(after["levels"])).delete()


def _work_group(key: str, after: Fields, _now: datetime) -> None:
    everyone = after["requesters"] == "everyone"
    group, _ = WorkGroup.objects.update_or_create(
        name=key,
        defaults={
            "description": after["description"],
            "backend": after["backend"],
            "drift": after["drift"],
            "session_minutes": after["session"] or LONGEST_SESSION_MINUTES,
            "policy": ApprovalPolicy.objects.get(key=after["policy"]),
            "everyone_may_request": everyone,
            "retired_at": None,
        },
    )
    group.target_roles.set(_roles(after["target_roles"]))
    group.requesters.set(User.objects.filter(username__in=[] if everyone else after["requesters"]))


def _roles(keys: Sequence[str]) -> list[TargetRole]:
    return [TargetRole.objects.get(account__key=key.split("/")[0], name=key.split("/")[1]) for key in keys]


def _role_goes(key: str, _now: datetime) -> None:
    _roles([key])[0].delete()


COMES: Mapping[Kind, Callable[[str, Fields, datetime], None]] = {
    Kind.ACCOUNT: _account,
    Kind.ROLE: _role,
    Kind.STANDING_GROUP: _standing_group,
    Kind.POLICY: _policy,
    Kind.WORK_GROUP: _work_group,
}
GOES: Mapping[Kind, Callable[[str, datetime], object]] = {
    Kind.ACCOUNT: lambda key, _now: AwsAccount.objects.get(key=key).delete(),
    Kind.ROLE: _role_goes,
    Kind.STANDING_GROUP: lambda key, _now: StandingGroup.objects.get(name=key).delete(),
    # Kept, since requests and elevations point to them.
    Kind.POLICY: lambda key, now: ApprovalPolicy.objects.filter(key=key).update(retired_at=now),
    Kind.WORK_GROUP: lambda key, now: WorkGroup.objects.filter(name=key).update(retired_at=now),
}
