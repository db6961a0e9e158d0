"""The population three ways: T, accesses by the trail; M, memberships given by CloudTrail; L, log-ins by CloudTrail.

T and M are joined on AWS's request id; where the portal has a runbook do it, by the execution in whose session the call was made;
of events without an id, by user, group and time. What is left over on either side is a difference of one kind.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product

from audits.evidence.sampling import Stratum

# How far the clocks of AWS and of the portal may be apart, and how long a call may take.
NEAR = timedelta(minutes=15)


class Difference(StrEnum):
    """The kinds, in the order in which a pack tells them."""

    HOURS_NOT_COVERED = "hours_not_covered"
    M_WITHOUT_T = "m_without_t"
    T_WITHOUT_M = "t_without_m"
    M_WITHOUT_REMOVAL = "m_without_removal"
    REMOVAL_WITHOUT_END = "removal_without_end"
    L_WITHOUT_T = "l_without_t"
    L_NOT_KNOWN = "l_not_known"
    T_WITHOUT_L = "t_without_l"
    T_NOT_KNOWN = "t_not_known"
    TABLES_DIFFER = "tables_differ"


# Which are deficiencies unless somebody explains them. What was granted and not used is none, nor is what is not known yet.
DEFICIENCIES = frozenset(
    {
        Difference.M_WITHOUT_T,
        Difference.T_WITHOUT_M,
        Difference.M_WITHOUT_REMOVAL,
        Difference.REMOVAL_WITHOUT_END,
        Difference.L_WITHOUT_T,
        Difference.TABLES_DIFFER,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An event of CloudTrail that put a user into a work group, or took them out. `by` is the ARN of who called."""

    id: str
    at: datetime
    group: str
    user: str
    by: str
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of an access CloudTrail should show: a membership given, or taken. `calls` are ids of requests to AWS.

    `groups` and `users` are names and, of Identity Center, ids; `executions` are ids of runbooks that the portal started for it.
    """

    code: str
    groups: frozenset[str]
    users: frozenset[str]
    at: datetime
    calls: frozenset[str] = frozenset()
    executions: frozenset[str] = frozenset()


Index = Mapping[str, Sequence[Membership]]
Pairs = Mapping[tuple[str, str], Sequence[Membership]]


@dataclass(kw_only=True)
class Joined:
    """`by_access` is code -> the event; `left` are the events that no access explains."""

    by_access: dict[str, Membership] = field(default_factory=dict)
    left: list[Membership] = field(default_factory=list)


def joined(wanted: Iterable[Wanted], events: Iterable[Membership]) -> Joined:
    """Join accesses with the events that prove them; each event proves one at the most. The surest proof comes first."""
    known, open_ = list(events), list(wanted)
    by_call, by_pair = _index(known)
    found, taken = Joined(), set[str]()
    for proof in (_by_call, _by_execution, _by_time):
        for one in open_:
            there = () if one.code in found.by_access else proof(one, by_call, by_pair)
            event = next((each for each in there if each.id not in taken), None)
            if event is not None:
                found.by_access[one.code] = event
                taken.add(event.id)
    found.left = [event for event in known if event.id not in taken]
    return found


def without_removal(given: Iterable[Membership], taken: Iterable[Membership]) -> list[Membership]:
    """Return those that were put in and, as far as these events go, never taken out again."""
    outs: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for event in taken:
        outs[event.group, event.user].append(event.at)
    return [event for event in given if not any(at >= event.at for at in outs[event.group, event.user])]


def stratum_of(*, emergency: bool, stopped: bool, failed: bool, extended: bool) -> Stratum:
    """Return the first that fits. `stopped` is also whatever ended and was recorded late."""
    tried = (
        (emergency, Stratum.EMERGENCY),
        (stopped, Stratum.STOPPED),
        (failed, Stratum.FAILED),
        (extended, Stratum.EXTENDED),
    )
    return next((stratum for fits, stratum in tried if fits), Stratum.ORDINARY)


def _index(events: Iterable[Membership]) -> tuple[Index, Pairs]:
    by_call: dict[str, list[Membership]] = defaultdict(list)
    by_pair: dict[tuple[str, str], list[Membership]] = defaultdict(list)
    for event in events:
        if event.request_id:
            by_call[event.request_id].append(event)
        by_pair[event.group, event.user].append(event)
    return by_call, by_pair


def _by_call(one: Wanted, by_call: Index, _by_pair: Pairs) -> list[Membership]:
    return [event for call in sorted(one.calls) for event in by_call.get(call, ())]


def _by_execution(one: Wanted, _by_call: Index, by_pair: Pairs) -> list[Membership]:
    return [event for event in _near(one, by_pair) if any(each in event.by for each in one.executions)]


def _by_time(one: Wanted, _by_call: Index, by_pair: Pairs) -> list[Membership]:
    """An event with an id of its own proves nothing of an access whose calls are known: these have others."""
    return [event for event in _near(one, by_pair) if not event.request_id or not one.calls]


def _near(one: Wanted, by_pair: Pairs) -> list[Membership]:
    """Return the events of the same user and group about the time, the nearest first."""
    there = [
        event for pair in product(one.groups, one.users) for event in by_pair.get(pair, ()) if abs(event.at - one.at) <= NEAR
    ]
    return sorted(there, key=lambda event: (abs(event.at - one.at), event.id))
