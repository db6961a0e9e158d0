"""The second after the end (失効後): what AWS shows of fence and gate must deny it before anything is given.

What is evaluated is what was read back, and by itself: an explicit Deny stands, whatever groups and trust allow by then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from access_requests.evaluation import ALLOWED, DENIED, NOT_FENCED, UNKNOWN
from access_requests.grants import entry_fence
from access_requests.grants.contract import Grant, Grantee
from access_requests.grants.registry import backend_of
from access_requests.models import Elevation, TargetRole, WorkGroup
from access_requests.services.elevations import gates
from access_requests.services.elevations.evaluating import GATE_SAYS, RoleEvaluation
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendBusy, BackendRefused
from portal.iam.account import User
from portal.iam.fences import Document, entry_fence_name
from portal.iam.principals import Policy, Role
from portal.iam.session_gate import SESSION_GATE_NAME, Line, session_gate
from portal.iam.switch import Switch, evaluate_fences

NOT_DENIED, FENCE_NOT_SHOWN = "not_denied_after_end", "fence_not_shown_yet"
SECOND = timedelta(seconds=1)


def check(elevation: Elevation, grant: Grant, user: Grantee, fences: Mapping[str, str], aws: AwsClient) -> dict[str, Any]:
    """Return the evaluation for the second after the person's latest end on each role, all of them denied. One call a role.

    Of roles that AWS takes neither fence nor gate for nothing is known: the portal alone ends what is given there. `fences` is
    role name -> that end, as it was written. Raises BackendBusy while AWS does not show a fence as it was written,
    BackendRefused where what it shows does not deny.
    """
    shown, rows = gates.as_shown(elevation.work_group), {role.pk: role for role in _roles(elevation.work_group)}
    fenced = backend_of(elevation.work_group.backend).fenced(grant)
    unknown = [_unfenced(str(rows[role.pk])) for role in grant.roles if role not in fenced]
    evaluations = []
    for role in fenced:
        fence, lines = entry_fence.shown(aws, user_name=grant.user_name, role=role), shown.get(role.pk)
        if entry_fence.time_in(fence, role) != fences[role.name]:
            raise BackendBusy(FENCE_NOT_SHOWN)
        at = _latest(datetime.fromisoformat(fences[role.name]), lines or (), user) + SECOND
        switch = evaluate_fences(_carrying(user, role.name, fence), _gated(rows[role.pk], lines), at=at)
        evaluations.append(_evaluation(str(rows[role.pk]), switch))
    if any(each.decision != DENIED for each in evaluations):
        raise BackendRefused(NOT_DENIED, "; ".join(f"{one.role}: {one.by or '-'}, gate {one.gate}" for one in evaluations))
    return _together(UNKNOWN if unknown else DENIED, [*evaluations, *unknown])


def _latest(fence: datetime, lines: Iterable[Line], user: Grantee) -> datetime:
    """Return the later of fence's and gate's end: an extension or an early end may have reached only one of the two."""
    return max([fence, *(line.until for line in lines if line.user_name == user.name)])


def _unfenced(role: str) -> RoleEvaluation:
    return RoleEvaluation(role=role, decision=UNKNOWN, why=(NOT_FENCED,))


def _together(decision: str, evaluations: list[RoleEvaluation]) -> dict[str, Any]:
    return {
        "decision": decision,
        "at": timezone.now(),
        "roles": [asdict(each) for each in evaluations],
        "tries": 0,
    }


def _roles(work_group: WorkGroup) -> list[TargetRole]:
    return list(work_group.target_roles.select_related("account").order_by("name"))


def _carrying(user: Grantee, role_name: str, fence: Document) -> User:
    return User(
        name=user.name,
        id=user.user_id,
        arn=user.arn,
        path="/",
        inline={entry_fence_name(role_name): fence},
        attached=(),
        groups=(),
        boundary=None,
        tags={},
    )


def _gated(role: TargetRole, lines: Sequence[Line] | None) -> Role:
    gate = f"role {role.name}: {SESSION_GATE_NAME}"
    policies = () if lines is None else (Policy(name=gate, document=session_gate(lines)),)
    return Role(arn=role.arn or "", role_id=role.role_id or "", trust=Policy(name="", document={}), policies=policies)


def _evaluation(role: str, switch: Switch) -> RoleEvaluation:
    entry, gate = switch.entry, switch.gate
    return RoleEvaluation(
        role=role,
        decision=DENIED if switch.is_shut else ALLOWED,
        by=f"{entry.policy} ({entry.statement})" if entry.policy else "",
        gate="none" if gate is None else GATE_SAYS.get(gate.decision, "open"),
    )
