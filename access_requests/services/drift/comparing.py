"""All comparisons together, over one look at AWS. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from access_requests.services.drift import applications, baseline, boundaries, own_members, people, policies, switching
from access_requests.services.drift.difference import Difference, Key, Problem
from access_requests.services.drift.expected import Expected
from access_requests.services.drift.looking import Sight


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`young` differences may come from a read that lags; another look at `again_at` tells."""

    at: datetime
    real: tuple[Difference, ...]
    young: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    again_at: datetime | None

    def is_compared(self, account: str, thing: str) -> bool:
        return not any(problem.covers(account, thing) for problem in self.problems)


def compare(expected: Expected, sight: Sight, *, settling: timedelta, undone: Mapping[Key, datetime]) -> Comparison:
    """Return what differs. Of two findings about the same the first counts; `undone` is what was put right lately, and when."""
    found: dict[Key, Difference] = {}
    problems = list(sight.problems)
    for one in _all(expected, sight):
        if isinstance(one, Problem):
            problems.append(one)
        else:
            found.setdefault(one.key, _after(one, undone.get(one.key)))
    young = [one for one in found.values() if one.is_young(at=sight.at, settling=settling)]
    moments = [min(one.written_at, expected.at) for one in young if one.written_at is not None]
    return Comparison(
        at=sight.at,
        real=tuple(one for one in found.values() if one not in young),
        young=tuple(young),
        problems=tuple(problems),
        again_at=max(moments) + settling if moments else None,
    )


def _after(difference: Difference, undone_at: datetime | None) -> Difference:
    moments = [moment for moment in (difference.written_at, undone_at) if moment is not None]
    return replace(difference, written_at=max(moments, default=None))


def _all(expected: Expected, sight: Sight) -> Iterator[Difference | Problem]:
    arns = _arns(expected, sight)
    if sight.jump is not None:
        yield from people.compare(expected, sight.jump)
        yield from policies.of_groups(expected, sight.jump)
        yield from switching.differences(expected, sight, sight.jump)
        yield from boundaries.of_people(expected, sight.jump)
        yield from policies.open_roles(expected, expected.jump, sight.jump, people=arns)
    yield from own_members.compare(expected, sight)
    for account, there in sight.targets.items():
        yield from policies.of_roles(expected, account, there)
        yield from policies.open_roles(expected, account, there, people=arns)
        yield from applications.of_roles(expected, account, there)
    yield from baseline.differences(expected, sight)


def _arns(expected: Expected, sight: Sight) -> set[str]:
    """Return the ARNs of the users whom people act as."""
    users = [sight.jump.user_by_id(bound.user_id) if sight.jump else None for bound in expected.bound]
    return {user.arn for user in users if user is not None}
