"""The simulated AWS, which remembers nothing but what CloudTrail does, made again from what the portal knows.

First the organisation as on its first day, then the stacks of the account design, then whom and what no template holds. Whoever
is in production stays there over a stop of the demo: active and revoking elevations are present in AWS. One that
was being granted is absent, as if the grant had not got that far; its worker does it again.
"""

import json
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.error import URLError

from django.utils import timezone

from access_requests.grants import ttl_tag
from access_requests.grants.contract import GrantedRole
from access_requests.grants.executions import OVER
from access_requests.grants.registry import backend_of, with_own_members
from access_requests.lifecycle import ElevationStatus
from access_requests.models import AutomationExecution, Elevation, IamUserBinding, IdentityCenterBinding, WorkGroup
from access_requests.services.elevations import aws_step, fences, gates
from portal.demo.secret_files import Secrets
from portal.iam.account_design import rendering, targets
from portal.iam.account_design.design import Design
from portal.iam.fences import entry_fence, entry_fence_name
from portal.iam.session_gate import SESSION_GATE_NAME, session_gate
from portal.simulated_aws import company, control
from portal.simulated_aws.company import ACCOUNTS, PERSON_BOUNDARY_ARN, WORK_PATH
from portal.simulated_aws.deployment import Administrator, Stack
from portal.simulated_aws.guard_rails import allow, document

Declared = dict[str, Any]
PRESENT = (ElevationStatus.ACTIVE, ElevationStatus.REVOKING)
START_SECONDS = 30
# What the templates' parameters leave to whoever deploys them.
BLANKS = {"OrganizationId": company.ORGANIZATION, "ManagementAccountId": ACCOUNTS["jump"], "TargetIds": "r-demo"}


def found(
    design: Design,
    administrator: Administrator,
    secrets: Secrets,
    *,
    token: str,
    is_first: bool,
    at: datetime | None = None,
) -> None:
    """Wait until the simulated AWS answers, and have it be the organisation with its account design. Looks at no table.

    What CloudTrail remembers stays, but for a first start: a past that was not lived to its end is none. `at` is when it was
    founded, by AWS's clock, which goes on from there; None is now.
    """
    others = [account.id for account in design.accounts]
    world = company.first_day(admin_key=secrets.aws_admin, portal_key=secrets.aws_portal, others=others)
    _build(world, endpoint=administrator.endpoint, token=token, is_first=is_first)
    if at is not None:
        offset = (at - timezone.now()).total_seconds()
        control.set_clock(endpoint=administrator.endpoint, token=token, offset_seconds=offset)
    for account in design.accounts:
        for stack in _stacks(rendering.of_account(design, account)):
            administrator.deploy(account.id, stack)
    for stack in _stacks(rendering.of_organisation()):
        administrator.deploy(design.jump.id, stack)


def populate(design: Design, administrator: Administrator, secrets: Secrets, *, now: datetime, token: str) -> None:
    """Have people be there, and let in whom the portal's data lets in."""
    forget_executions()
    control.add(endpoint=administrator.endpoint, token=token, world=newcomers(design, secrets, now=now))
    for role in gates.gateable().filter(work_groups__isnull=False).distinct():
        if lines := gates.lines(role, now=now):
            text = json.dumps(session_gate(lines))
            iam = administrator.client("iam", role.account.account_id)
            iam.put_role_policy(RoleName=role.name, PolicyName=SESSION_GATE_NAME, PolicyDocument=text)


def limit_lookups(administrator: Administrator, *, token: str) -> None:
    """Have CloudTrail answer as seldom as it does; the past is asked about faster than it went by."""
    limited = {"accounts": [], "lookups_per_second": company.LOOKUPS_PER_SECOND}
    control.add(endpoint=administrator.endpoint, token=token, world=limited)


def _build(world: Declared, *, endpoint: str, token: str, is_first: bool) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            if is_first:
                control.reset(endpoint=endpoint, token=token)
            return control.build(endpoint=endpoint, token=token, world=world)
        except URLError:  # It does not listen yet.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _stacks(files: dict[str, str]) -> Iterator[Stack]:
    """Yield a stack for each template, with the file of its parameters, whose blanks are filled in."""
    for name, template in files.items():
        if name.endswith(".yaml"):
            written = json.loads(files.get(name.replace(".yaml", ".parameters.json"), "[]"))
            pairs = (each.partition("=") for each in written)
            given = [{"ParameterKey": key, "ParameterValue": value or BLANKS.get(key, "")} for key, _, value in pairs]
            yield Stack(name=f"sekisho-{name.removesuffix('.yaml')}", template=template, parameters=given)


def forget_executions() -> None:
    """Have whatever Systems Manager was at started anew: this one has never heard of it."""
    AutomationExecution.objects.exclude(status__in=OVER).update(execution_id="", status="", shown={}, problem="")
    AutomationExecution.objects.exclude(follow_at=None).update(follow_at=timezone.now())


def newcomers(design: Design, secrets: Secrets, *, now: datetime) -> Declared:
    """Return whom the portal's data says is there, in the groups and with what they carry there."""
    bindings = list(IamUserBinding.objects.select_related("person").order_by("pk"))
    whole = company.newcomers(
        user_ids={binding.user_name: binding.user_id for binding in bindings}, credentials=secrets.aws_people
    )
    jump, production = whole["accounts"]
    jump["groups"] = _retired_groups(_groups_of(design))
    groups = _groups_of(design) | _names(jump["groups"])
    jump["users"] = [*_where_groups_are(jump["users"], groups), *_added_users(bindings, _names(jump["users"]), groups)]
    production["roles"] = [_with_rails_there(role, design) for role in production["roles"]]
    _add_to_directory(jump["identity_center"])
    users = {user["name"]: user for user in jump["users"]}
    elsewhere = with_own_members()
    for elevation in Elevation.objects.filter(status__in=PRESENT).select_related("person", "work_group"):
        if elevation.work_group.backend in elsewhere:
            _put_in_directory(jump["identity_center"], elevation)
        elif elevation.iam_user_name in users:
            _put_in(users[elevation.iam_user_name], elevation, now)
    return whole


def _groups_of(design: Design) -> set[str]:
    return {*(group.name for group in design.groups), *design.declared.approvers}


def _where_groups_are(users: Iterable[Declared], groups: set[str]) -> list[Declared]:
    """Leave out the groups that a catalogue of one's own does not have."""
    return [{**user, "groups": [group for group in user["groups"] if group in groups]} for user in users]


def _with_rails_there(role: Declared, design: Design) -> Declared:
    """Leave out rails that a catalogue of one's own does not have in production."""
    accounts = [account for account in design.accounts if account.id == ACCOUNTS["production"]]
    made = {name for account in accounts for name in targets.rails(design, account).policies}
    kept = [arn for arn in role["managed"] if ":iam::aws:" in arn or arn.rpartition("/")[2] in made]
    return {**role, "managed": kept}


def _retired_groups(known: set[str]) -> list[Declared]:
    """Return the work groups that no template makes any more while somebody is in them: their end takes that person out."""
    present = WorkGroup.objects.filter(elevations__status__in=PRESENT).exclude(backend__in=with_own_members())
    groups = present.exclude(name__in=known).distinct().prefetch_related("target_roles__account")
    return [{"name": group.name, "path": WORK_PATH, "inline": {"SwitchRole": _switch(group)}} for group in groups]


def _switch(group: WorkGroup) -> Declared:
    return dict(document(allow("sts:AssumeRole", [role.arn for role in group.target_roles.all() if role.arn])))


def _put_in(user: Declared, elevation: Elevation, now: datetime) -> None:
    grant = aws_step.grant_of(elevation)
    user["groups"] = [*user["groups"], grant.group]
    written = elevation.written_ends_at or elevation.ends_at
    ttl = backend_of(elevation.work_group.backend).ttl(written)
    user["tags"] = {**user["tags"], ttl_tag.key(grant.group): ttl}
    user["inline"] = {**user["inline"], **_fences(elevation, grant.roles, now)}


def _put_in_directory(directory: Declared, elevation: Elevation) -> None:
    """Let the person into the group of Identity Center, where both are there."""
    grant = aws_step.grant_of(elevation)
    if grant.user_name not in _names(directory["users"]):
        return
    for group in directory["groups"]:
        if group["name"] == grant.group:
            group["members"] = [*group["members"], grant.user_name]


def _add_to_directory(directory: Declared) -> None:
    """Put in what a catalogue of one's own has added: the users that were bound, and the groups. Users keep their ids."""
    bindings = list(IdentityCenterBinding.objects.select_related("person").order_by("pk"))
    ids = {binding.user_name: binding.user_id for binding in bindings}
    known = [{**user, "user_id": ids.get(user["name"], user["user_id"])} for user in directory["users"]]
    added = [binding for binding in bindings if binding.user_name not in _names(known)]
    directory["users"] = [*known, *map(_directory_user, added)]
    groups = WorkGroup.objects.filter(backend__in=with_own_members()).exclude(name__in=_names(directory["groups"]))
    added_groups = [{"name": name, "members": []} for name in groups.values_list("name", flat=True)]
    directory["groups"] = [*directory["groups"], *added_groups]


def _directory_user(binding: IdentityCenterBinding) -> Declared:
    person = binding.person
    names = {"given_name": person.name or person.username, "family_name": person.username}
    return {"name": binding.user_name, "user_id": binding.user_id, "email": person.email or None, **names}


def _fences(elevation: Elevation, roles: Iterable[GrantedRole], now: datetime) -> Declared:
    """Return the entry fences by their names; a role that no worker has read yet has none until one does."""
    written, inside = {}, fences.inside(elevation.person, now=now)
    for role in roles:
        if role.arn is not None:
            open_ = fences.open_until(elevation.person, role, inside=inside, now=now)
            fence = entry_fence(role_arn=role.arn, until=open_.until, window=open_.window)
            written[entry_fence_name(role.name)] = dict(fence)
    return written


def _added_users(bindings: Iterable[IamUserBinding], known: set[str], groups: set[str]) -> list[Declared]:
    """Return the IAM users that somebody has made and bound since."""
    return [
        {
            "name": binding.user_name,
            "user_id": binding.user_id,
            "groups": sorted(groups & {group.name for group in binding.person.standing_groups.all()}),
            "boundary": PERSON_BOUNDARY_ARN,
            "tags": {},
            "inline": {},
        }
        for binding in bindings
        if binding.user_name not in known
    ]


def _names(things: Iterable[Declared]) -> set[str]:
    return {thing["name"] for thing in things}
