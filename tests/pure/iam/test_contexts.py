"""Condition keys as AWS fills them in, and what it leaves out."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.iam.conditions import request_values
from portal.iam.contexts import TAGS_OF_CALLER, not_made_yet, of_session, of_switch, of_user
from portal.iam.truth import Unknown, unknown
from portal.iam.variables import value_of

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
ARN = "arn:aws:iam::111111111111:user/dev/member01"
ROLE = "arn:aws:iam::222222222222:role/work/Prod_MemberRole"


def user(*, mfa: bool) -> dict[str, str]:
    return of_user(arn=ARN, user_id="AIDAMEMBER0000000001", user_name="member01", at=NOW, mfa=mfa, tags={"Team": "red"})


def session(*, mfa: bool) -> dict[str, str]:
    issued = NOW - timedelta(minutes=5)
    return of_session(role_arn=ROLE, role_id="AROAWORK", session_name="member01", issued_at=issued, at=NOW, mfa=mfa)


def test_user_is_told_by_name_id_and_arn() -> None:
    expected = {
        "aws:username": "member01",
        "aws:userid": "AIDAMEMBER0000000001",
        "aws:PrincipalArn": ARN,
        "aws:PrincipalAccount": "111111111111",
        "aws:PrincipalType": "User",
        "aws:PrincipalTag/Team": "red",
        "aws:ViaAWSService": "false",
        "aws:CurrentTime": "2026-11-23T05:00:00Z",
        "aws:EpochTime": str(int(NOW.timestamp())),
    }
    assert expected.items() <= user(mfa=False).items()


def test_long_term_keys_have_no_mfa_key_unless_a_code_came_along() -> None:
    assert "aws:MultiFactorAuthPresent" not in user(mfa=False)
    assert user(mfa=True)["aws:MultiFactorAuthPresent"] == "true"


def test_long_term_keys_have_no_time_of_issue() -> None:
    assert "aws:TokenIssueTime" not in user(mfa=True)


def test_switch_adds_the_session_name() -> None:
    switch = of_switch(
        arn=ARN, user_id="AIDAMEMBER0000000001", user_name="member01", at=NOW, mfa=True, session_name="x", tags={"Team": "red"}
    )
    assert switch == {**user(mfa=True), "sts:RoleSessionName": "x"}


def test_switch_tells_of_the_roles_account_and_tags() -> None:
    switch = of_switch(
        arn=ARN, user_id="AIDAMEMBER0000000001", user_name="member01", at=NOW, mfa=True, session_name="x",
        role_arn=ROLE, role_tags={"Stage": "production"},
    )  # fmt: skip
    expected = {
        "aws:ResourceAccount": "222222222222",
        "aws:ResourceTag/Stage": "production",
        "iam:ResourceTag/Stage": "production",
        "aws:PrincipalAccount": "111111111111",
    }
    assert expected.items() <= switch.items()


@pytest.mark.parametrize(
    "key",
    [
        *("sts:ExternalId", "sts:SourceIdentity", "sts:TransitiveTagKeys", "aws:TagKeys", "aws:RequestTag/*"),
        *("aws:SourceIp", "aws:ResourceOrgID"),
    ],
)
def test_what_the_caller_chooses_is_unknown_before_the_call(key: str) -> None:
    assert isinstance(not_made_yet(dict(user(mfa=True)))[key], Unknown)


def test_tags_that_are_known_stand_before_the_unknown_ones_of_their_kind() -> None:
    values = request_values(not_made_yet({"aws:PrincipalTag/Team": "red"}, unread=TAGS_OF_CALLER))
    assert value_of("aws:principaltag/team", values) == "red"
    assert isinstance(value_of("aws:principaltag/stage", values), Unknown)
    told = request_values(not_made_yet({"aws:ResourceAccount": "1", "aws:ResourceTag/Team": "red"}))
    assert value_of("aws:resourcetag/stage", told) is None


def test_key_that_nobody_has_told_of_a_call_is_unknown_and_what_its_caller_would_have_had_is_absent() -> None:
    values = request_values(not_made_yet({"aws:username": "member01"}))
    assert value_of("s3:signatureversion", values) == unknown("s3:signatureversion of the call")
    assert value_of("aws:multifactorauthpresent", values) is None
    assert value_of("s3:signatureversion", request_values({"aws:username": "member01"})) is None


def test_session_is_its_role_under_a_name() -> None:
    expected = {
        "aws:userid": "AROAWORK:member01",
        "aws:PrincipalArn": ROLE,
        "aws:PrincipalAccount": "222222222222",
        "aws:PrincipalType": "AssumedRole",
        "aws:TokenIssueTime": "2026-11-23T04:55:00Z",
        "aws:MultiFactorAuthPresent": "true",
        "aws:MultiFactorAuthAge": "300",
    }
    assert expected.items() <= session(mfa=True).items()
    assert "aws:username" not in session(mfa=True)


def test_session_without_mfa_says_so() -> None:
    assert session(mfa=False)["aws:MultiFactorAuthPresent"] == "false"
    assert "aws:MultiFactorAuthAge" not in session(mfa=False)


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        of_user(arn=ARN, user_id="AIDA", user_name="member01", at=datetime(2026, 1, 1), mfa=False)  # noqa: DTZ001  The point.
