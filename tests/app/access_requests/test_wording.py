"""Words for what an evaluation could not tell, for what AWS refused, and for times."""

import pytest
from django.utils import translation

from access_requests import problems, wording
from access_requests.models import ApprovalPolicy
from access_requests.web import evidence
from portal.aws.errors import LeaseLost
from portal.iam import contexts
from portal.iam.truth import Unknown
from portal.verbs import phrases
from tests.worlds.cast import Cast


def test_reason_that_depends_on_where_the_call_comes_from_is_said_in_both_languages() -> None:
    reason = contexts.not_made_yet({})["aws:SourceIp"]
    assert isinstance(reason, Unknown)
    (words,) = reason.words
    with translation.override("en"):
        assert wording.untold([words]) == "a policy asks for aws:SourceIp, which is known once the call is made"
        placed = wording.untold([f"group OfficeOnly: FromTheOffice #1: {words}"])
        assert placed == "group OfficeOnly: FromTheOffice #1 asks for aws:SourceIp, which is known once the call is made"
    with translation.override("ja"):
        assert wording.untold([words, "no_gate_role"]).startswith("ポリシーが aws:SourceIp を条件にしており")
        placed = wording.untold([f"group OfficeOnly: FromTheOffice #1: {words}"])
        assert placed.startswith("group OfficeOnly: FromTheOffice #1 が aws:SourceIp を条件にしており")


@pytest.mark.parametrize("problem", [LeaseLost().problem, "person_busy", "no_work_group", "session_gate", "no_gate_role"])
def test_problem_of_the_portals_own_is_said_in_a_sentence_that_says_what_happens_next(problem: str) -> None:
    with translation.override("en"):
        said = problems.sentence(problem)
    assert problem not in said
    assert said.endswith(("It is tried again.", "An administrator must name one.", "in AWS.", "look into it."))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Approved by 1 of 高橋 直子 (leader01), 田中 大輔 (leader02); 1 minute to 4 hours; decided within 1 day"),
        ("ja", "承認: 高橋 直子(leader01)、田中 大輔(leader02) のうち 1 人。1 分〜4 時間。承認期限は 1 日"),
    ],
)
def test_policy_is_said_in_one_sentence(cast: Cast, language: str, expected: str) -> None:
    with translation.override(language):
        assert wording.policy(cast.one_lead) == expected


@pytest.mark.django_db
def test_each_time_that_a_policy_says_by_itself_has_a_name_of_its_own(cast: Cast) -> None:
    with translation.override("en"):
        assert list(cast.one_lead.times()) == [("decided within", 1440)]
        assert list(ApprovalPolicy(decision_minutes=0).times()) == []
    assert {*ApprovalPolicy.TIMES, *ApprovalPolicy.BESIDE_RULES} <= {field.name for field in ApprovalPolicy._meta.concrete_fields}


@pytest.mark.parametrize(
    ("seconds", "english", "japanese"),
    [
        (0, "0 seconds", "0 秒"),
        (1, "1 second", "1 秒"),
        (30, "30 seconds", "30 秒"),
        (60, "1 minute", "1 分"),
        (100, "1 minute 40 seconds", "1 分 40 秒"),
        (180, "3 minutes", "3 分"),
        (3600, "1 hour", "1 時間"),
    ],
)
def test_how_often_is_said_to_the_second(seconds: int, english: str, japanese: str) -> None:
    with translation.override("en"):
        assert phrases.every(seconds) == english
    with translation.override("ja"):
        assert phrases.every(seconds) == japanese


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "group G: SwitchRole (#1)"), ("ja", "グループ G のポリシー SwitchRole(ステートメント #1)")]
)
def test_statement_that_decided_is_said_in_the_readers_language(language: str, expected: str) -> None:
    with translation.override(language):
        assert evidence.shown("group G: SwitchRole (#1)") == expected
        assert evidence.shown("SCP p-1 (No)") == "SCP p-1 (No)"


def test_boundary_that_decides_is_told_in_words() -> None:
    with translation.override("ja"):
        said = evidence.shown("boundary of role Prod_MemberRole: SekishoWorkRoleBoundary (DenyWaysOut)")
        without_statement = evidence.boundary("boundary of role Prod_MemberRole: SekishoWorkRoleBoundary")
    assert said == "ロール Prod_MemberRole のアクセス許可の境界 SekishoWorkRoleBoundary(ステートメント DenyWaysOut)"
    assert without_statement == "ロール Prod_MemberRole のアクセス許可の境界 SekishoWorkRoleBoundary"
