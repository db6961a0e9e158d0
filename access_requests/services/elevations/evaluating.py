"""Evaluating (判定) whether a person can switch now, over the policies of both accounts as AWS has them.

SimulatePrincipalPolicy would not do: it does not see the trust of the role. What cannot be read or told is "unknown".
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from access_requests.evaluation import AFTERWARDS, ALLOWED, BEFORE, DENIED, NO_GATE_ROLE, NO_IAM_USER, NO_ROLE, UNKNOWN
from access_requests.lifecycle import INSIDE, ElevationStatus
from access_requests.messages import Task
from access_requests.models import AccountKind, AwsAccount, Elevation, TargetRole
from access_requests.services.elevations import gates
from access_requests.services.record import locking, transition
from audits.acts import Act
from portal.aws import inventory
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendError, LeaseLost
from portal.aws.sessions import iam_of, jump_iam
from portal.iam.account import Account
from portal.iam.evaluation import Decision
from portal.iam.switch import Switch, evaluate_switch
from portal.outbox import sending as outbox
from portal.verbs.actor import WORKER

logger = logging.getLogger(__name__)
BATCH = 200
CLAIMED_FOR = timedelta(minutes=2)
RETRY_FIRST = timedelta(seconds=5)
TRIES = 7
GATE_SAYS = {Decision.EXPLICIT_DENY: "shut", Decision.UNKNOWN: UNKNOWN}

JUMP = "jump"
# By account id, but for the Jump account.
Read = Mapping[str, Account | BackendError]


@dataclass(frozen=True, kw_only=True)
class RoleEvaluation:
    """The answer for one role. `by` names what decided, `gate` is open, shut, unknown or none, `why` says what is unknown."""

    role: str
    decision: str
    by: str = ""
    gate: str = "none"
    why: tuple[str, ...] = ()


def ask(elevation: Elevation, *, now: datetime) -> None:
    """Have the elevation evaluated after the caller's transaction; the caller saves the row."""
    if _is_readable(elevation):
        elevation.evaluate_at = now
        outbox.put(Task.EVALUATE, object_id=elevation.pk, now=now)


def before_grant(elevation: Elevation, aws: AwsClient) -> None:
    """Evaluate and record, once, whether the person can switch before anything is given. A failure holds up no grant."""
    if elevation.evaluation is not None or not _is_readable(elevation):
        return
    at, first = timezone.now(), len(aws.calls)
    read = _read([elevation], aws)
    evaluation = _evaluated(elevation, read, at=at, tries=0)
    calls = [asdict(call) for call in aws.calls[first:]]
    with transaction.atomic(durable=True):
        row = locking.lock_elevation(elevation.pk)
        row.evaluation = elevation.evaluation = evaluation
        row.save(update_fields=["evaluation"])
        data = {"judged": evaluation, "moment": BEFORE, "calls": calls}
        transition.record(row, act=Act.ELEVATION_EVALUATED, actor=WORKER, now=timezone.now(), data=data)


def record_afterwards(elevation: Elevation, evaluation: Mapping[str, Any], *, now: datetime) -> None:
    """Record, with the step that gave, what the second after the end was evaluated to; `elevation` is locked."""
    data = {"judged": evaluation, "moment": AFTERWARDS, "expected": DENIED}
    transition.record(elevation, act=Act.ELEVATION_EVALUATED, actor=WORKER, now=now, data=data)


def evaluate_due() -> None:
    """Evaluate all that is due, over one read of each account."""
    now = timezone.now()
    elevations = _claim(now)
    if not elevations:
        return
    aws = AwsClient.without_lease(jump_iam())
    read = _read(elevations, aws)
    calls = [asdict(call) for call in aws.calls]
    for elevation in elevations:
        _settle(elevation, read, at=now, calls=calls)


def _claim(now: datetime) -> list[Elevation]:
    if not Elevation.objects.filter(evaluate_at__lte=now).exists():
        return []  # On SQLite a transaction is the write lock: none is opened for nothing.
    with transaction.atomic(durable=True):
        due = Elevation.objects.filter(evaluate_at__lte=now).order_by("evaluate_at")
        due = due.select_for_update(of=("self",), no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked)
        ids = list(due.values_list("pk", flat=True)[:BATCH])
        Elevation.objects.filter(pk__in=ids).update(evaluate_at=now + CLAIMED_FOR)
    return list(Elevation.objects.filter(pk__in=ids).select_related("person", "work_group", "request").order_by("pk"))


def _settle(elevation: Elevation, read: Read, *, at: datetime, calls: Sequence[Mapping[str, Any]]) -> None:
    """Record the evaluation, and have it repeated while it differs from what it should be: reads of AWS may lag."""
    tries = (elevation.evaluation or {}).get("tries", 0) + 1
    evaluation = _evaluated(elevation, read, at=at, tries=tries)
    with transaction.atomic(durable=True):
        row, now = locking.lock_elevation(elevation.pk), timezone.now()
        if row.evaluate_at != at + CLAIMED_FOR:
            return  # Another step was settled meanwhile: what was read here is older than that step.
        expected = _expected(row, now=now)
        again = evaluation["decision"] != expected and tries < TRIES and not _is_final(evaluation)
        row.evaluate_at = now + RETRY_FIRST * 2 ** min(tries - 1, 4) if again else None
        said = (row.evaluation or {}).get("decision"), (row.evaluation or {}).get("of")
        row.evaluation = {**evaluation, "of": row.status, "tries": tries if again else 0}
        row.save(update_fields=["evaluation", "evaluate_at"])
        if (evaluation["decision"], row.status) != said or not again:
            data = {"judged": row.evaluation, "moment": row.status, "expected": expected, "calls": list(calls)}
            transition.record(row, act=Act.ELEVATION_EVALUATED, actor=WORKER, now=now, data=data)
    if evaluation["decision"] not in (expected, UNKNOWN) and not again:
        logger.error("%s is %s and should be %s", elevation.code, evaluation["decision"], expected)


def _expected(elevation: Elevation, *, now: datetime) -> str:
    roles = list(_roles(elevation))
    if elevation.status == ElevationStatus.ACTIVE and elevation.ends_at > now:
        return ALLOWED
    reaching = Elevation.objects.filter(person=elevation.person_id, status__in=INSIDE, ends_at__gt=now)
    others = reaching.filter(work_group__target_roles__in=roles).exclude(pk=elevation.pk)
    return ALLOWED if others.exists() else DENIED


def _is_final(evaluation: Mapping[str, Any]) -> bool:
    """Whether reading again would tell no more: no role of the portal is where a trust would have to be read."""
    return evaluation["decision"] == UNKNOWN and any(NO_GATE_ROLE in role["why"] for role in evaluation["roles"])


def _read(elevations: Iterable[Elevation], aws: AwsClient) -> Read:
    """Read the Jump account and each target account once; what cannot be read is the error that says why."""
    jump = AwsAccount.objects.get(kind=AccountKind.JUMP)
    groups = {elevation.work_group_id for elevation in elevations}
    targets = AwsAccount.objects.filter(roles__work_groups__in=groups).exclude(gate_role_arn="").distinct().order_by("key")
    read = {JUMP: _account(aws, jump, kinds=inventory.PEOPLE)}
    for account in targets:
        target = AwsClient(client=iam_of(account.gate_role_arn), before_each=aws.before_each, clock=aws.clock, calls=aws.calls)
        read[account.account_id] = _account(target, account, kinds=inventory.ROLES)
    return read


def _account(aws: AwsClient, account: AwsAccount, *, kinds: Iterable[str]) -> Account | BackendError:
    try:
        return inventory.read(aws, account_id=account.account_id, kinds=kinds)
    except LeaseLost:
        raise
    except BackendError as error:
        logger.warning("%s cannot be evaluated: %s", account.key, error)
        return error


def _evaluated(elevation: Elevation, read: Read, *, at: datetime, tries: int) -> dict[str, Any]:
    evaluations = [_of_role_or_unknown(elevation, role, read, at=at) for role in _roles(elevation)]
    return {
        "decision": _together([each.decision for each in evaluations]),
        "at": at,
        "roles": [asdict(each) for each in evaluations],
        "tries": tries,
    }


def _together(decisions: Sequence[str]) -> str:
    """Return denied only when every role is denied: with one role open the person is in production."""
    return next((said for said in (UNKNOWN, ALLOWED) if said in decisions), DENIED)


def _of_role_or_unknown(elevation: Elevation, role: TargetRole, read: Read, *, at: datetime) -> RoleEvaluation:
    """Evaluate one role. A policy that breaks the evaluator is "unknown"; no grant and no other evaluation waits for it."""
    try:
        return _of_role(elevation, role, read, at=at)
    except Exception:
        logger.exception("%s cannot be evaluated for %s", role, elevation.code)
        return RoleEvaluation(role=str(role), decision=UNKNOWN, why=(inventory.UNREADABLE,))


def _of_role(elevation: Elevation, role: TargetRole, read: Read, *, at: datetime) -> RoleEvaluation:
    jump, target = read[JUMP], read.get(role.account.account_id)
    if not isinstance(jump, Account):
        return _untold(role, jump)
    if not isinstance(target, Account):
        return _untold(role, target)
    user, there = jump.user_by_id(elevation.iam_user_id), target.role(role.name)
    if user is None or there is None:
        return RoleEvaluation(role=str(role), decision=DENIED, by=NO_IAM_USER if user is None else NO_ROLE)
    return role_evaluation(str(role), evaluate_switch(jump, user, there, at=at))


def _untold(role: TargetRole, error: BackendError | None) -> RoleEvaluation:
    return RoleEvaluation(role=str(role), decision=UNKNOWN, why=(NO_GATE_ROLE if error is None else error.problem,))


def role_evaluation(role: str, switch: Switch) -> RoleEvaluation:
    """Return an evaluation in the words of pages and trail."""
    answer = switch.decided_by
    decisions = {Decision.ALLOWED: ALLOWED, Decision.UNKNOWN: UNKNOWN}
    return RoleEvaluation(
        role=role,
        decision=decisions.get(switch.decision, DENIED),
        by=f"{answer.policy} ({answer.statement})" if answer.policy else "",
        gate="none" if switch.gate is None else GATE_SAYS.get(switch.gate.decision, "open"),
        why=answer.unknown,
    )


def _roles(elevation: Elevation) -> Iterable[TargetRole]:
    return elevation.work_group.target_roles.select_related("account").order_by("name")


def _is_readable(elevation: Elevation) -> bool:
    return gates.gated(elevation.work_group).exists()
