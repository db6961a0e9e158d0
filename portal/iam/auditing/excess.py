"""What is too much, once for each cause: the statement that gives it, and the shortest way where it takes several."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from portal.iam.auditing.causes import Excess
from portal.iam.auditing.company import Company
from portal.iam.auditing.given import Given
from portal.iam.auditing.identities import Identity, people, somebody
from portal.iam.auditing.opened import opened_things
from portal.iam.auditing.reaching import Reach, Reached
from portal.iam.auditing.steps import How
from portal.iam.auditing.tidiness import untidy
from portal.iam.principals import SERVICE_LINKED

STANDING, WAY = "standing-access", "way-to-administrator"


def excess(company: Company, *, kept: Given | None = None) -> list[Excess]:
    """Return everything that is too much, each cause once, in one order. `kept` has answers of the same moment."""
    given, found = kept or Given(at=company.at), list[Excess]()
    accounts = frozenset(company.sites)
    for site in company.sites.values():
        found += given.of(site, accounts)
        found += opened_things(company, site)
        found += untidy(site)
    told = {each.cause for each in found}
    found += (each for each in _by_ways(company) if each.cause not in told)
    return sorted(_merged(found), key=lambda each: each.key)


def _merged(found: Iterable[Excess]) -> Iterator[Excess]:
    """Yield each cause once, with all that it is about."""
    by_key: dict[tuple[str, ...], list[Excess]] = {}
    for each in found:
        by_key.setdefault(each.key, []).append(each)
    for several in by_key.values():
        shortest = min(several, key=lambda each: len(each.path))
        yield replace(shortest, what=", ".join(dict.fromkeys(each.what for each in several if each.what)))


def _by_ways(company: Company) -> Iterator[Excess]:
    """Yield what people get at rest and only work groups are to give, and ways to all of an account. The shortest way is told."""
    reach, shortest = Reach(company), dict[tuple[str, str, str, str], Reached]()
    for one in _starts(company):
        for reached in reach.of(one):
            rule = _rule(company, reached)
            if rule:
                last = reached.last
                key = (rule, last.by if rule == WAY else reached.to, last.policy, last.statement)
                if key not in shortest or len(reached.path) < len(shortest[key].path):
                    shortest[key] = reached
    for (rule, *_rest), reached in shortest.items():
        yield _told(rule, reached)


def _starts(company: Company) -> Iterator[Identity]:
    """Yield everybody who acts: people at rest, and roles, which a program may have that nobody here knows of."""
    yield from people(company)
    for role in company.roles.values():
        if not company.is_spared(role.arn) and SERVICE_LINKED not in role.arn:
            yield somebody(role, company.at)


def _rule(company: Company, reached: Reached) -> str:
    """Return what is wrong with getting there, if anything. What a declared role leads to was declared with it."""
    if reached.to in company.work_roles:
        return STANDING
    if reached.to in company.sites:
        return WAY
    is_way = reached.last.how is not How.SWITCH or len(reached.path) > 1
    is_declared = company.is_spared(reached.to) and ":role/" in reached.to
    return WAY if is_declared or (is_way and _is_production(company, reached)) else ""


def _is_production(company: Company, reached: Reached) -> bool:
    """Return whether somebody comes from elsewhere into a role of production by another way than the switch."""
    accounts = {step.by.split(":")[4] for step in reached.path}
    return reached.to.split(":")[4] in company.production and not accounts & company.production and ":role/" in reached.to


def _told(rule: str, reached: Reached) -> Excess:
    last = reached.last
    path = tuple((str(step.how), step.by, step.to, step.call) for step in reached.path)
    return Excess(
        rule=rule,
        account=last.by.split(":")[4],
        who=last.policy.partition(": ")[0],
        policy=last.policy,
        statement=last.statement,
        what=reached.to,
        start=reached.start,
        path=path,
    )
