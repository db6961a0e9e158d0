"""The red team's table by two evaluators: ours, and another's in one conversation for all that somebody tries."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from portal.iam.evaluation import ASSUME_ROLE, Decision, evaluate, evaluate_assume_role
from portal.iam.principals import Call
from tests.iam_simulate.peer import IamSimulate
from tests.stand_ins.aws import Aws
from tests.structure import escalations_page
from tests.worlds import red_team, red_team_cast
from tests.worlds.red_team import ALLOWED, BOUNDED, LISTED, REFUSED, WHO, Aim
from tests.worlds.red_team_cast import Tries

AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
Tried = tuple[str, Aim | None, tuple[Call, ...]]


@pytest.fixture(scope="module")
def cast(simulated_aws: Aws) -> Mapping[str, tuple[Tries, ...]]:
    simulated_aws.rebuild()
    found = red_team_cast.everybody(red_team_cast.read(simulated_aws), at=AT)
    simulated_aws.close()
    return found


@pytest.mark.parametrize("who", [who for who in WHO if who != "template"])
def test_both_evaluators_say_of_every_row_what_the_table_says(
    cast: Mapping[str, tuple[Tries, ...]], peer: IamSimulate, who: str
) -> None:
    wanted = {name: attempt.outcome(who) for attempt in red_team.attempts() if who in attempt.who for name in attempt.names()}
    found = dict.fromkeys(wanted, REFUSED)
    for tries in cast[who]:
        for name, outcome in _outcomes(who, tries, peer):
            found[name] = _stronger(found[name], outcome)
    differing = {name: f"{outcome}, not {wanted[name]}" for name, outcome in found.items() if outcome != wanted[name]}
    assert differing == {}, "\n".join(f"{name}: {words}" for name, words in differing.items())


def _outcomes(who: str, tries: Tries, peer: IamSimulate) -> Iterator[tuple[str, str]]:
    """Yield what became of each row there, or of each of its actions; both evaluators say the same."""
    tried = list(_tried(who, tries))
    calls = [call for _, _, several in tried for call in several]
    ours = [_evaluated(tries, call) is Decision.ALLOWED for call in calls]
    theirs = [decision is Decision.ALLOWED for decision in peer.evaluate_all(tries.principal, calls, roles=tries.roles)]
    disputed = [(call.action, call.resource) for call, one, other in zip(calls, ours, theirs, strict=True) if one is not other]
    assert disputed == []
    answers = iter(ours)
    for name, aim, several in tried:
        works = [next(answers) for _ in several]
        yield name, _outcome(aim) if all(works) else REFUSED


def _evaluated(tries: Tries, call: Call) -> Decision:
    """Return what ours says; a switch is for both sides to say, where the other is known."""
    role = tries.roles.get(call.resource) if call.action == ASSUME_ROLE else None
    answer = evaluate_assume_role(tries.principal, role, call.context) if role else evaluate(tries.principal, call)
    return answer.decision


def _tried(who: str, tries: Tries) -> Iterator[Tried]:
    for attempt in red_team.attempts():
        if who in attempt.who:
            for name, aim, acts in attempt.tries(tries.account):
                calls = tuple(Call(action=act.action, resource=act.resource, context={**tries.keys, **act.keys}) for act in acts)
                yield name, aim, calls


def _outcome(aim: Aim | None) -> str:
    if aim is None:
        return ALLOWED
    return BOUNDED if aim.bounded_by else LISTED


def _stronger(one: str, other: str) -> str:
    return max(one, other, key=(REFUSED, BOUNDED, LISTED, ALLOWED).index)


def test_page_of_the_documentation_says_so() -> None:
    """Written by `python -m tests.structure.escalations_page`."""
    assert escalations_page.PAGE.read_text() == escalations_page.markdown()


def test_table_has_every_published_way() -> None:
    assert len({attempt.way for attempt in red_team.attempts() if attempt.section == "published"}) == 65
