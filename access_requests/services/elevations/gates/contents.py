"""What is in the gate of a role: who is let in, from when and until when, from the database alone; and how much fits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from access_requests.grants import session_gate as in_aws
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import INSIDE
from access_requests.models import Elevation, RoleGate, TargetRole, WorkGroup
from access_requests.models.catalogue import RESERVED
from access_requests.policy.facts import FullRole
from access_requests.services.elevations import leave
from portal.iam.session_gate import LONGEST_SESSION, Line, session_gate

EXPIRED = "expired"
# One more person, with a name as long as they usually are, who shares no time with anybody.
SOMEBODY, FAR = "first.last-name", timedelta(days=400)


def gateable() -> QuerySet[TargetRole]:
    """Return the roles on which the portal may write a gate: in accounts where it has a role, and not Identity Center's own."""
    roles = TargetRole.objects.exclude(account__gate_role_arn="").exclude(name__startswith=RESERVED)
    return roles.select_related("account").order_by("name")


def gated(work_group: WorkGroup) -> QuerySet[TargetRole]:
    """Return the group's roles that have a gate; none where the group is granted in a way that AWS cannot end."""
    roles = gateable().filter(work_groups=work_group)
    return roles if backend_of(work_group.backend).fences.on_roles else roles.none()


def lines(role: TargetRole, *, now: datetime) -> list[Line]:
    """Return who is let in, from when and until when: one line a person, over all their elevations that lead to the role.

    `since` is the beginning of the unbroken row of windows that is open now. A window that somebody ended early breaks it, so
    that its sessions stay shut out when the person is granted again. What has no leave lets nobody in.
    """
    reaching = Elevation.objects.filter(work_group__target_roles=role)
    inside = leave.founded(reaching.filter(status__in=INSIDE, ends_at__gt=now).order_by("pk"))
    people = {elevation.person_id for elevation in inside}
    # No session lives longer than LONGEST_SESSION, so windows that ended before that have none left.
    before = list(reaching.filter(person__in=people, ends_at__gt=now - LONGEST_SESSION).exclude(pk__in=[e.pk for e in inside]))
    return sorted(
        _line([e for e in inside if e.person_id == person], [e for e in before if e.person_id == person]) for person in people
    )


def _line(inside: Sequence[Elevation], before: Sequence[Elevation]) -> Line:
    since = min(map(_began, inside))
    for earlier in sorted(before, key=lambda elevation: elevation.ends_at, reverse=True):
        if _ran_out(earlier) and earlier.ends_at >= since:
            since = min(since, _began(earlier))
    # AWS tells times of tokens by the second: one of the second in which access ended is not taken for one of the next.
    same_second = any(second(e.ended_at) == second(since) and e.ended_at <= since for e in before if e.ended_at is not None)
    since = second(since) + timedelta(seconds=same_second)
    return Line(user_name=inside[-1].iam_user_name, since=since, until=max(e.ends_at for e in inside).astimezone(UTC))


def _began(elevation: Elevation) -> datetime:
    return elevation.granting_at or elevation.starts_at


def _ran_out(elevation: Elevation) -> bool:
    """Whether the elevation lasted until its end: settled so, or over by the clock and not yet settled."""
    return elevation.stop_reason == EXPIRED or elevation.status in INSIDE


def second(moment: datetime) -> datetime:
    """Return the time as gates are written: to the second."""
    return moment.astimezone(UTC).replace(microsecond=0)


# How much fits


def size(gate_lines: Iterable[Line]) -> int:
    """Return how many characters the gate takes, as AWS counts them."""
    return len("".join(in_aws.text(session_gate(gate_lines)).split()))


def room(role: TargetRole) -> int:
    """Return how many characters the role's other policies leave to the gate, as far as they were read."""
    taken = RoleGate.objects.filter(role=role).values_list("others_size", flat=True).first()
    return in_aws.ROLE_INLINE_SIZE - (taken or 0)


def more_people(role: TargetRole) -> int | None:
    """Return about how many more people with times of their own fit into the gate; None before AWS was read.

    No query where the gate is loaded.
    """
    gate: RoleGate | None = getattr(role, "gate", None)
    if gate is None or gate.read_at is None:
        return None
    there = [as_line(line) for line in gate.lines]
    taken = size(there)
    one_more = Line(user_name=SOMEBODY, since=gate.read_at + FAR, until=gate.read_at + 2 * FAR)
    return max(0, in_aws.ROLE_INLINE_SIZE - (gate.others_size or 0) - taken) // (size([*there, one_more]) - taken)


def as_line(kept: Mapping[str, str]) -> Line:
    """Return a line as a gate's row keeps it."""
    since, until = datetime.fromisoformat(kept["since"]), datetime.fromisoformat(kept["until"])
    return Line(user_name=kept["user_name"], since=since, until=until)


def full_role(work_group: WorkGroup, *, user_name: str, until: datetime, now: datetime) -> FullRole | None:
    """Return the first role of the group whose gate does not hold one more person now, or None."""
    for role in gated(work_group):
        others = [line for line in lines(role, now=now) if line.user_name != user_name]
        if size([*others, Line(user_name=user_name, since=now, until=until)]) > room(role):
            return FullRole(role=str(role), people=len(others))
    return None
