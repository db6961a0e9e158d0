"""The audit's own questions, put to both evaluators: who gets into which role of the company, and what they may do there."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal.iam import contexts
from portal.iam.account import User
from portal.iam.auditing.company import Company
from portal.iam.auditing.identities import at_rest, in_groups
from portal.iam.evaluation import Decision, evaluate, evaluate_assume_role
from portal.iam.principals import Principal, Role
from tests.iam_simulate.differences import left_open
from tests.iam_simulate.peer import IamSimulate
from tests.iam_simulate.test_questions import calls
from tests.worlds.designed import AT, PEOPLE, designed
from tests.worlds.mistakes import MISTAKES

WORK = ("ProdMemberWorkGroup", "ProdLeaderWorkGroup")


def acting(company: Company, name: str) -> Iterator[tuple[User, Principal]]:
    """Yield a user at rest, and in each work group."""
    site = company.sites["111111111111"]
    user = site.account.users[name]
    rest = at_rest(company, site, user)
    yield user, rest.principal
    for group in WORK:
        yield user, in_groups(company, site, user, (*rest.groups, group)).principal


def switches(peer: IamSimulate, company: Company, name: str) -> list[str]:
    """Return where the two differ about the user's switches to each role, under the user's own name and with MFA."""
    differences = []
    for user, principal in acting(company, name):
        for role in company.roles.values():
            keys = contexts.of_switch(
                arn=user.arn, user_id=user.id, user_name=user.name, at=AT, mfa=True, session_name=user.name, role_arn=role.arn
            )
            ours, theirs = evaluate_assume_role(principal, role, keys), peer.assume_role(principal, role, keys)
            if ours.decision is not theirs and not (ours.decision is Decision.UNKNOWN and all(map(left_open, ours.unknown))):
                differences.append(f"{name} to {role.arn}: {ours}, and not {theirs}")
    return differences


@pytest.mark.parametrize(
    "name", ["member01", *(pytest.param(name, marks=pytest.mark.exhaustive) for name in PEOPLE if name != "member01")]
)
def test_who_gets_into_which_role_is_answered_alike(peer: IamSimulate, name: str) -> None:
    assert switches(peer, designed().company(), name) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_switches_are_answered_alike_with_each_mistake(peer: IamSimulate, mistake: object) -> None:
    made = designed()
    mistake.make(made)  # type: ignore[attr-defined]  # a mistake
    assert [words for name in PEOPLE for words in switches(peer, made.company(), name)] == []


ROLES = sorted(designed().company().roles)


@pytest.mark.parametrize(
    "arn", [pytest.param(arn, marks=() if "Prod_MemberRole" in arn else pytest.mark.exhaustive) for arn in ROLES]
)
def test_what_a_role_of_the_company_may_is_answered_alike(peer: IamSimulate, arn: str) -> None:
    role = designed().company().roles[arn]
    asked = [replace(call, context=_keys(role)) for call in calls()]
    session = role.session("member01")
    ours, theirs = [evaluate(session, call) for call in asked], peer.evaluate_all(session, asked)
    differences = [
        f"{call.action} on {call.resource}: {answer}, and not {other}"
        for call, answer, other in zip(asked, ours, theirs, strict=True)
        if answer.decision is not other and not (answer.decision is Decision.UNKNOWN and all(map(left_open, answer.unknown)))
    ]
    assert differences == []


def _keys(role: Role) -> contexts.Keys:
    keys = contexts.of_session(role_arn=role.arn, role_id=role.role_id, session_name="member01", issued_at=AT, at=AT, mfa=True)
    return {**keys, "aws:RequestedRegion": "ap-northeast-1", "aws:ResourceAccount": role.account_id}
