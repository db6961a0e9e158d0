"""The audit of a whole company: as the account design leaves it nothing is wrong; each mistake is found, and nothing else is."""

import pytest

from portal.iam.auditing.excess import excess
from portal.iam.auditing.given import Given
from portal.iam.rails.standing import Judge, causes
from tests.worlds.designed import AT, Designed, designed
from tests.worlds.mistakes import MISTAKES
from tests.worlds.mistaking import Mistake, Told

# Whoever has the same policies has the same rails, and gives as much: kept over the mistakes.
JUDGE, GIVEN = Judge(at=AT), Given(at=AT)


def audited(made: Designed) -> list[Told]:
    """Return what an audit of the company finds: rule or rail, account, who carries it, and the statement."""
    company, keys = made.company(), {where.place.account: key for key, where in made.wheres.items()}
    found: list[Told] = []
    for site in company.sites.values():
        for one in causes(list(JUDGE.standings(site.account, site.where)), site.account):
            if one.held is not None:
                name = f"{one.carrier} {one.name}"
                found.append((f"{one.rail} {one.held.standing}", site.where.key, name, one.held.statement))
    found += [(one.rule, keys[one.account], one.who, one.statement) for one in excess(company, kept=GIVEN)]
    return sorted(found)


def test_company_that_is_deployed_from_the_account_design_is_clean() -> None:
    assert audited(designed()) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_mistake_is_found_by_its_statement_and_nothing_else_is(mistake: Mistake) -> None:
    made = designed()
    mistake.make(made)
    assert audited(made) == sorted(mistake.told)


def test_there_are_thirty_six_mistakes_and_more_each_of_its_own() -> None:
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES) >= 36
