"""Whom somebody reaches by steps, each by the shortest way."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from portal.iam.auditing.company import Company
from portal.iam.auditing.identities import Identity, Person, at_rest, in_groups, somebody
from portal.iam.auditing.steps import How, Step, steps

# Longer ways are told by the shorter ones that they are made of.
LONGEST = 4


@dataclass(frozen=True, kw_only=True)
class Reached:
    """`to` is the ARN of a role, a user or a group, or an account's number where somebody can give themselves all of it."""

    start: str
    to: str
    path: tuple[Step, ...]

    @property
    def last(self) -> Step:
        return self.path[-1]


@dataclass(slots=True)
class Reach:
    """Steps from a role are kept: whoever gets there can go the same ways from it."""

    company: Company
    kept: dict[str, tuple[Step, ...]] = field(default_factory=dict)

    def of(self, one: Identity) -> Iterator[Reached]:
        """Yield everybody whom somebody reaches, the nearest first."""
        seen = {one.arn}
        waiting = deque[tuple[Identity, tuple[Step, ...]]]([(one, ())])
        while waiting:
            here, path = waiting.popleft()
            for step in self._steps(here):
                if step.to in seen:
                    continue
                seen.add(step.to)
                whole = (*path, step)
                yield Reached(start=one.arn, to=step.to, path=whole)
                following = self._following(here, step) if len(whole) < LONGEST else None
                if following is not None:
                    waiting.append((following, whole))

    def _steps(self, one: Identity) -> tuple[Step, ...]:
        if isinstance(one, Person):
            return tuple(_by_leave(self.company, one))
        if one.arn not in self.kept:
            self.kept[one.arn] = tuple(steps(self.company, one))
        return self.kept[one.arn]

    def _following(self, here: Identity, step: Step) -> Identity | None:
        """Return whom the step makes of somebody; None where all that follows is told by where it leads, or was declared."""
        role = self.company.roles.get(step.to)
        if role is not None:
            return None if self.company.is_spared(role.arn) else somebody(role, self.company.at)
        site = self.company.site_of(step.to) if step.to.startswith("arn:") else None
        if site is None or self.company.is_spared(step.to):
            return None
        name = step.to.rpartition("/")[2]
        if step.how is How.MEMBERSHIP and isinstance(here, Person):
            joined = in_groups(self.company, site, here.user, (*here.groups, name))
            return replace(joined, user=replace(here.user, arn=here.arn))
        user = site.account.user(name)
        return at_rest(self.company, site, user) if user and step.how is How.CREDENTIALS else None


def _by_leave(company: Company, one: Person) -> Iterator[Step]:
    """Yield the steps of a person. Who keeps IAM by a declared exception goes by switches alone: the exception has its owner."""
    site = company.site_of(one.arn)
    spared = site is not None and site.may_change_iam(one.user.name, one.groups, company.at.date())
    return (step for step in steps(company, one) if not spared or step.how is How.SWITCH)
