"""How many more people fit into the session gate of a role: said to administrators before it is full."""

from datetime import datetime, timedelta

from access_requests.grants.session_gate import ROLE_INLINE_SIZE
from access_requests.models import RoleGate, TargetRole
from access_requests.services import gates
from portal.iam.session_gate import Line

# As long as names usually are.
SOMEBODY = "first.last-name"


def people(role: TargetRole) -> int | None:
    """Return about how many more people with times of their own fit in, from what AWS showed last; None before it was read.

    No query where the gate is loaded.
    """
    gate: RoleGate | None = getattr(role, "gate", None)
    if gate is None or gate.read_at is None:
        return None
    lines = [_line(line) for line in gate.lines]
    taken = gates.size(lines)
    each = gates.size([*lines, _one_more(gate.read_at)]) - taken
    return max(0, ROLE_INLINE_SIZE - (gate.others_size or 0) - taken) // each


def _one_more(at: datetime) -> Line:
    """Return a line that shares no time with any."""
    return Line(user_name=SOMEBODY, since=at + timedelta(days=400), until=at + timedelta(days=401))


def _line(data: dict[str, str]) -> Line:
    since, until = datetime.fromisoformat(data["since"]), datetime.fromisoformat(data["until"])
    return Line(user_name=data["user_name"], since=since, until=until)
