"""What AWS does about an elevation by itself, as read back and evaluated; and what it does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from access_requests.grants.registry import AnyBackend, backend_of
from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation, TargetRole
from access_requests.web.timeline.evaluated import Evaluation, RoleEvaluation, current
from portal.iam.session_gate import LONGEST_SESSION

# A change of a policy can take minutes to be applied everywhere in AWS. An end at its time needs none of them: its time stood in
# the policies beforehand.
MARGIN = timedelta(minutes=5)
OVER = (ElevationStatus.REVOKING, ElevationStatus.ENDED)


@dataclass(frozen=True, kw_only=True)
class RoleChecked:
    """`fence` and `gate` are the times in them as read back. No time in a gate that was read: the person is shut out."""

    role: TargetRole
    fence: datetime | None
    gate: datetime | None
    gate_is_read: bool
    evaluation: RoleEvaluation | None

    @property
    def has_gate(self) -> bool:
        """Whether sessions end with the access: the portal has a role in the account, or a gate was seen."""
        return self.gate_is_read or self.role.has_gate


@dataclass(frozen=True, kw_only=True)
class Checked:
    elevation: Elevation
    now: datetime

    @cached_property
    def evaluation(self) -> Evaluation | None:
        return current(self.elevation)

    @property
    def is_awaited(self) -> bool:
        """Whether the latest step is still to be evaluated."""
        return self.evaluation is None and self.elevation.evaluate_at is not None

    @cached_property
    def roles(self) -> Sequence[RoleChecked]:
        return [self._checked(role) for role in sorted(self.elevation.work_group.target_roles.all(), key=str)]

    @property
    def is_known(self) -> bool:
        """Whether anything was read back or evaluated yet."""
        return self.elevation.seen is not None or self.evaluation is not None

    @property
    def ends_by_itself(self) -> bool:
        """Whether AWS, as read back, refuses new switches and every call of open sessions from the end on, at every role."""
        end = self.elevation.ends_at.replace(microsecond=0)
        return bool(self.roles) and all(checked.fence == end and checked.gate == end for checked in self.roles)

    @cached_property
    def backend(self) -> AnyBackend:
        """What the access was given by."""
        return backend_of(self.elevation.work_group.backend)

    @property
    def ungated(self) -> list[RoleChecked]:
        return [checked for checked in self.roles if not checked.has_gate]

    @property
    def lives_on(self) -> list[RoleChecked]:
        """The roles at which sessions that are open at the end live on, while that matters."""
        over_at = self.elevation.stopped_at or self.elevation.ends_at
        matters = self.elevation.status != ElevationStatus.CANCELLED and self.now < over_at + LONGEST_SESSION
        return self.ungated if matters else []

    @property
    def settles_at(self) -> datetime | None:
        """When an early end is sure to be applied everywhere in AWS; none where that is past, or the end was not early."""
        stopped_at = self.elevation.stopped_at
        if self.elevation.status not in OVER or stopped_at is None or stopped_at >= self.elevation.ends_at:
            return None
        return stopped_at + MARGIN if self.now < stopped_at + MARGIN else None

    def _checked(self, role: TargetRole) -> RoleChecked:
        seen = self.elevation.seen or {}
        fences, gates = seen.get("entry_fence") or {}, seen.get("session_gate") or {}
        evaluation = self.evaluation.roles if self.evaluation else ()
        return RoleChecked(
            role=role,
            fence=_moment(fences.get(role.name)),
            gate=_moment(gates.get(role.name)),
            gate_is_read=role.name in gates,
            evaluation=next((one for one in evaluation if one.of == str(role)), None),
        )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
