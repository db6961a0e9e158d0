"""Who did it, as CloudTrail says. Best effort: it fails nothing, and holds a run up for a few seconds at the most.

CloudTrail lags minutes behind, so that what it does not know yet is asked again by the next runs. LookupEvents takes two
calls a second: each name of an event is asked for once a run and account. Only what was done between the comparison that did not
show it and the one that found it counts: a name, once found, stays, so that none is better than a wrong one.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from access_requests.grants.registry import with_own_members
from access_requests.lifecycle import DriftStatus
from access_requests.models import DRIFT_OF_MEMBERS, AccountKind, AwsAccount, Drift, DriftKind, Reconciliation
from access_requests.services.drift import recording
from access_requests.services.drift.difference import Problem
from audits.acts import Act
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendError
from portal.aws.sessions import SESSION_NAME, cloudtrail_of, jump_sts
from portal.storable import storable
from portal.verbs.actor import WORKER
from portal.verbs.run import run

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

logger = logging.getLogger(__name__)
LOOKED_UP_FOR = timedelta(hours=1)
REPEATED_WITHIN = timedelta(hours=24)
MOST_SECONDS = 5.0
PAGE = 50
# Room for the lag of CloudTrail and IAM, and for clocks that differ.
MARGIN = timedelta(minutes=5)
Event = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Names of the events that cause such a drift, and the parameters that name the changed thing."""

    events: tuple[str, ...]
    parameters: Callable[[Drift], Mapping[str, str]]


def _of_member(drift: Drift) -> Mapping[str, str]:
    return {"groupName": drift.thing, "userName": drift.name}


def _of_user(drift: Drift) -> Mapping[str, str]:
    return {"userName": drift.thing}


def _of_tag(drift: Drift) -> Mapping[str, str]:
    return {"userName": drift.thing, "tag": drift.name}


def _of_fence(drift: Drift) -> Mapping[str, str]:
    return {"userName": drift.thing, "policyName": drift.name}


def _of_group(drift: Drift) -> Mapping[str, str]:
    return {"groupName": drift.thing}


def _of_group_policy(drift: Drift) -> Mapping[str, str]:
    return {"groupName": drift.thing, _policy(drift): drift.name}


def _of_device(drift: Drift) -> Mapping[str, str]:
    return {"userName": drift.thing, "serialNumber": drift.name}


def _of_managed(drift: Drift) -> Mapping[str, str]:
    return {"policyArn": drift.name}


def _of_role(drift: Drift) -> Mapping[str, str]:
    return {"roleName": drift.thing}


def _of_role_policy(drift: Drift) -> Mapping[str, str]:
    return {"roleName": drift.thing, _policy(drift): drift.name}


def _policy(drift: Drift) -> str:
    return "policyArn" if drift.name.startswith("arn:") else "policyName"


TRACES: Mapping[str, Trace] = {
    DriftKind.UNEXPLAINED_MEMBER: Trace(events=("AddUserToGroup",), parameters=_of_member),
    DriftKind.MEMBER_MISSING: Trace(events=("RemoveUserFromGroup",), parameters=_of_member),
    DriftKind.TAG_MISSING: Trace(events=("UntagUser",), parameters=_of_tag),
    DriftKind.TAG_EDITED: Trace(events=("TagUser",), parameters=_of_tag),
    DriftKind.TAG_UNEXPLAINED: Trace(events=("TagUser",), parameters=_of_tag),
    DriftKind.FENCE_MISSING: Trace(events=("DeleteUserPolicy",), parameters=_of_fence),
    DriftKind.FENCE_EDITED: Trace(events=("PutUserPolicy",), parameters=_of_fence),
    DriftKind.GATE_MISSING: Trace(events=("DeleteRolePolicy",), parameters=_of_role_policy),
    DriftKind.GATE_EDITED: Trace(events=("PutRolePolicy",), parameters=_of_role_policy),
    DriftKind.USER_RENAMED: Trace(events=("UpdateUser",), parameters=_of_user),
    DriftKind.USER_REMADE: Trace(events=("CreateUser",), parameters=_of_user),
    DriftKind.USER_GONE: Trace(events=("DeleteUser",), parameters=_of_user),
    DriftKind.GROUP_GONE: Trace(events=("DeleteGroup",), parameters=_of_group),
    DriftKind.ROLE_REMADE: Trace(events=("CreateRole",), parameters=_of_role),
    DriftKind.ROLE_GONE: Trace(events=("DeleteRole",), parameters=_of_role),
    DriftKind.GROUP_POLICY: Trace(events=("PutGroupPolicy", "AttachGroupPolicy"), parameters=_of_group_policy),
    DriftKind.ROLE_POLICY: Trace(events=("PutRolePolicy", "AttachRolePolicy"), parameters=_of_role_policy),
    DriftKind.TRUST_OPEN: Trace(events=("UpdateAssumeRolePolicy",), parameters=_of_role),
    DriftKind.ROLE_OPEN: Trace(events=("CreateRole", "UpdateAssumeRolePolicy"), parameters=_of_role),
    DriftKind.APP_ROLE_UNBOUNDED: Trace(
        events=("CreateRole", "DeleteRolePermissionsBoundary", "PutRolePermissionsBoundary"), parameters=_of_role
    ),
    DriftKind.APP_ROLE_OPEN: Trace(events=("CreateRole", "UpdateAssumeRolePolicy"), parameters=_of_role),
    DriftKind.ROLE_BOUNDARY: Trace(events=("DeleteRolePermissionsBoundary", "PutRolePermissionsBoundary"), parameters=_of_role),
    DriftKind.ROLE_POLICY_EDITED: Trace(events=("PutRolePolicy",), parameters=_of_role_policy),
    DriftKind.MANAGED_POLICY_EDITED: Trace(events=("CreatePolicyVersion", "SetDefaultPolicyVersion"), parameters=_of_managed),
    DriftKind.RAIL_MISSING: Trace(events=("DetachGroupPolicy",), parameters=_of_group_policy),
    DriftKind.USER_BOUNDARY: Trace(events=("DeleteUserPermissionsBoundary", "PutUserPermissionsBoundary"), parameters=_of_user),
    DriftKind.NEW_ACCESS_KEY: Trace(events=("CreateAccessKey", "UpdateAccessKey"), parameters=_of_user),
    DriftKind.NEW_MFA_DEVICE: Trace(events=("EnableMFADevice",), parameters=_of_device),
    DriftKind.ROLE_POLICY_MISSING: Trace(events=("DeleteRolePolicy", "DetachRolePolicy"), parameters=_of_role_policy),
}


def blame(*, now: datetime) -> None:
    """Look up who did what was found in the last hour and nobody is named for."""
    found = Drift.objects.filter(principal="", found_at__gte=now - LOOKED_UP_FOR, kind__in=list(TRACES))
    # CloudTrail records the identity store in another Region and under other event names; so may it other backends' members.
    elsewhere = {"work_group__backend__in": with_own_members(), "account": _jump(), "kind__in": list(DRIFT_OF_MEMBERS)}
    rows = list(found.exclude(**elsewhere).order_by("-pk"))
    if not rows:
        return
    try:
        _blame(rows)
    except Exception:
        logger.exception("CloudTrail's answer cannot be read")


def _jump() -> str:
    return AwsAccount.objects.values_list("key", flat=True).get(kind=AccountKind.JUMP)


def _blame(rows: Sequence[Drift]) -> None:
    asked: dict[tuple[str, str], list[Event]] = {}
    since = {row.pk: _since(row) for row in rows}
    first, last = min(since.values()), max(row.found_at for row in rows)
    deadline = time.monotonic() + MOST_SECONDS
    for row in rows:
        trace = TRACES[row.kind]
        for question in ((row.account, name) for name in trace.events):
            if question not in asked:
                if time.monotonic() > deadline:
                    return
                asked[question] = _answered(*question, since=first, until=last, deadline=deadline)
        events = [event for name in trace.events for event in asked[row.account, name] if _did(event, row, trace)]
        events = [event for event in events if since[row.pk] <= _at(event) <= row.found_at]
        events = [event for event in events if event.get("eventID") not in _named_before(row)]
        if events:
            run(partial(_attribute, row.pk, max(events, key=_at)))


def _since(row: Drift) -> datetime:
    """Return the earliest that it can have been done: the last comparison that looked there and did not show it yet."""
    earlier = Reconciliation.objects.filter(ended_at__lt=row.found_at).order_by("-ended_at")
    for began_at, problems in earlier.values_list("began_at", "problems").iterator():
        if not any(_is_about(Problem(**problem), row) for problem in problems):
            # That comparison may have looked right at its start, and taken the change for a read that lags.
            return began_at - MARGIN - timedelta(seconds=settings.SETTLING_SECONDS)
    return row.found_at - LOOKED_UP_FOR


def _is_about(problem: Problem, row: Drift) -> bool:
    return problem.account == "" or problem.covers(row.account, row.thing)


def _at(event: Event) -> datetime:
    return datetime.fromisoformat(event["eventTime"])


def _named_before(row: Drift) -> set[object]:
    """Return the ids of events named for earlier drift of this thing. CloudTrail lags: its newest event may be one of them."""
    return {event.get("eventID") for event in _same(row).filter(event__isnull=False).values_list("event", flat=True) if event}


def _same(row: Drift) -> QuerySet[Drift]:
    return Drift.objects.filter(kind=row.kind, account=row.account, thing=row.thing, name=row.name, pk__lt=row.pk)


def _answered(account: str, name: str, *, since: datetime, until: datetime, deadline: float) -> list[Event]:
    """Return the events, as far as CloudTrail said them in time, newest first: the next account's may say more."""
    events: list[Event] = []
    try:
        for page in _pages(account, name, since=since, until=until):
            events += page
            if time.monotonic() > deadline:
                break
    except BackendError as error:
        logger.info("CloudTrail of %s does not say who did it: %s", account, error)
    return events


def _pages(account: str, name: str, *, since: datetime, until: datetime) -> Iterator[list[Event]]:
    """Yield the events of this name, newest first, without the portal's own and those that were refused."""
    row = AwsAccount.objects.filter(key=account).first()
    if row is None or (row.kind != AccountKind.JUMP and not row.gate_role_arn):
        return
    role_arn = "" if row.kind == AccountKind.JUMP else row.gate_role_arn
    aws = AwsClient.without_lease(cloudtrail_of(role_arn))
    named = [{"AttributeKey": "EventName", "AttributeValue": name}]
    # LookupEvents takes whole seconds.
    asked = {"LookupAttributes": named, "StartTime": since, "EndTime": until + timedelta(seconds=1), "MaxResults": PAGE}
    while True:
        answer = aws.call("lookup_events", **asked)
        events = [json.loads(event["CloudTrailEvent"]) for event in answer["Events"]]
        yield [event for event in events if not event.get("errorCode") and not _is_ours(event, role_arn)]
        if not answer.get("NextToken"):
            return
        asked["NextToken"] = answer["NextToken"]


def _is_ours(event: Event, role_arn: str) -> bool:
    """Whether a worker did it: by its role where it takes one on, else by who AWS says it is. Raises BackendError.

    Never by the user agent, which anybody can set.
    """
    role, arn = role_arn or settings.AWS_JUMP_ROLE_ARN, _principal(event)
    if role:
        return arn.endswith(f":assumed-role/{role.rpartition('/')[2]}/{SESSION_NAME}")
    own = _own_arn(jump_sts())
    # Workers with the role of their machine have sessions under several names.
    return arn == own or (":assumed-role/" in own and arn.rpartition("/")[0] == own.rpartition("/")[0])


@lru_cache(maxsize=1)
def _own_arn(sts: "STSClient") -> str:
    """Return who the portal is in the Jump account without a role, asked once a process. Raises BackendError."""
    aws = AwsClient.without_lease(sts)
    return str(aws.call("get_caller_identity")["Arn"])


def _principal(event: Event) -> str:
    return str((event.get("userIdentity") or {}).get("arn", ""))


def _did(event: Event, drift: Drift, trace: Trace) -> bool:
    given = event.get("requestParameters") or {}
    wanted = dict(trace.parameters(drift))
    tag = wanted.pop("tag", None)
    named = all(str(given.get(name, "")).casefold() == value.casefold() for name, value in wanted.items())
    return named and (tag is None or tag.casefold() in _tags(given))


def _tags(given: Mapping[str, Any]) -> set[str]:
    keys = [*given.get("tagKeys", ()), *(tag.get("key", "") for tag in given.get("tags", ()))]
    return {str(key).casefold() for key in keys}


def _attribute(drift_id: int, event: Event) -> None:
    drift = recording.lock(drift_id)
    if drift.principal:
        return
    drift.principal = storable(_principal(event))[:2048]
    names = ("eventID", "eventName", "eventTime", "sourceIPAddress", "userAgent", "requestParameters", "requestID")
    drift.event = storable({name: event[name] for name in names if name in event})
    undone = _same(drift).filter(status=DriftStatus.UNDONE, principal=drift.principal)
    drift.undone_before = undone.filter(settled_at__gte=drift.found_at - REPEATED_WITHIN).count()
    drift.save(update_fields=["principal", "event", "undone_before"])
    recording.tell(drift, Act.DRIFT_ATTRIBUTED, actor=WORKER, now=timezone.now())
