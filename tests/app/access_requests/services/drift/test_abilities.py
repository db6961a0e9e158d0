"""What a comparison keeps of what roles can do: evaluated when policies are others, and never by a page."""

import json
from datetime import datetime
from typing import Any

import pytest

from access_requests.models import RoleAbilities, TargetRole
from access_requests.selectors import abilities as selectors
from portal.iam.abilities import Verdict, abilities_of
from portal.iam.questions import QUESTIONS
from tests.app.access_requests.services.drift.conftest import World
from tests.stand_ins.aws_proxy import Refuse

MEMBER = "Prod_MemberRole"
ABILITIES_OF = "access_requests.services.drift.abilities.abilities_of"


def verdicts() -> dict[str, str]:
    row = RoleAbilities.objects.get(role__name=MEMBER)
    return {answer["question"]: answer["verdict"] for answer in row.answers}


def put(world: World, *statements: dict[str, Any]) -> None:
    """Have the member's role carry one policy of these statements, besides its gate, boundary and whatever else it has."""
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    world.gated.iam.put_role_policy(RoleName=MEMBER, PolicyName="Work", PolicyDocument=document)


def test_comparison_keeps_what_the_role_can_do_and_what_decided(world: World) -> None:
    secret = "arn:aws:secretsmanager:ap-northeast-1:444444444444:secret:shop-*"
    put(world, {"Sid": "Shop", "Effect": "Allow", "Action": "secretsmanager:Get*", "Resource": secret})
    world.compare()
    row = RoleAbilities.objects.get(role__name=MEMBER)
    assert list(verdicts()) == list(QUESTIONS)
    answer = next(answer for answer in row.answers if answer["question"] == "read_secrets")
    assert (answer["verdict"], answer["statement"], answer["thing"]) == ("may", "Shop", secret)
    assert answer["document"]["Sid"] == "Shop"
    assert f"role {MEMBER}: Work" in row.policies
    assert not any("sekisho-session-gate" in name for name in row.policies)
    assert row.read_at == world.jump.clock.now


def test_role_is_evaluated_again_when_its_policies_are_others_and_not_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.compare()
    first = RoleAbilities.objects.get(role__name=MEMBER)
    evaluated: list[str] = []

    def counted(role: Any, *, at: datetime) -> Any:
        evaluated.append(role.arn.rpartition("/")[2])
        return abilities_of(role, at=at)

    monkeypatch.setattr(ABILITIES_OF, counted)
    world.compare()
    assert evaluated == []
    assert RoleAbilities.objects.get(role__name=MEMBER).read_at > first.read_at
    assert verdicts()["spend_money"] == Verdict.MAY_NOT
    put(world, {"Effect": "Allow", "Action": "savingsplans:*", "Resource": "*"})
    world.compare()
    assert evaluated == [MEMBER]
    assert verdicts()["spend_money"] == Verdict.MAY


def test_policy_that_breaks_the_evaluator_leaves_the_role_unknown_and_the_comparison_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_role: Any, *, at: datetime) -> Any:
        raise RecursionError(at)

    monkeypatch.setattr(ABILITIES_OF, broken)
    world.compare()
    said = selectors.of_role(TargetRole.objects.get(name=MEMBER))
    assert {answer.verdict for answer in said.answers} == {Verdict.UNKNOWN}
    assert world.latest().matrix is not None


def test_role_that_is_gone_is_forgotten_and_one_that_is_not_read_keeps_what_was_seen(world: World) -> None:
    world.compare()
    kept = set(RoleAbilities.objects.values_list("role__name", flat=True))
    assert MEMBER in kept
    TargetRole.objects.filter(name=MEMBER).update(name="Prod_NobodysRole")
    world.compare()
    assert not RoleAbilities.objects.filter(role__name="Prod_NobodysRole").exists()
    TargetRole.objects.filter(name="Prod_NobodysRole").update(name=MEMBER)
    world.compare()
    read_at = RoleAbilities.objects.get(role__name=MEMBER).read_at
    world.jump.proxy._add(Refuse("GetAccountAuthorizationDetails", skip=1, status=403, code="AccessDenied"))
    world.compare()
    assert [problem["account"] for problem in world.latest().problems] == ["production"]
    assert RoleAbilities.objects.get(role__name=MEMBER).read_at == read_at
