"""The policy with which AWS itself refuses a new switch after the end."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.iam.fences import entry_fence, entry_fence_name, iso

ROLE = "arn:aws:iam::444444444444:role/Prod_MemberRole"
ZONES = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-14 * 60, 14 * 60))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001  The bounds are naive.


def test_entry_fence_denies_the_switch_after_the_end_and_nothing_else() -> None:
    assert entry_fence(role_arn=ROLE, until=datetime(2026, 11, 23, 20, 0, tzinfo=UTC)) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Action": "sts:AssumeRole",
                "Resource": ROLE,
                "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-11-23T20:00:00Z"}},
            }
        ],
    }


def test_each_role_has_a_fence_of_its_own_name() -> None:
    assert entry_fence_name("Prod_MemberRole") == "sekisho-entry-Prod_MemberRole"


def test_tokyo_time_is_written_in_utc() -> None:
    assert iso(datetime(2026, 11, 24, 5, 0, tzinfo=timezone(timedelta(hours=9)))) == "2026-11-23T20:00:00Z"


def test_time_without_a_zone_is_never_written() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        entry_fence(role_arn=ROLE, until=datetime(2026, 11, 23, 20, 0))  # noqa: DTZ001  The point.


@given(MOMENTS)
def test_what_is_written_is_the_same_moment_and_never_later(moment: datetime) -> None:
    written = datetime.fromisoformat(iso(moment))
    assert timedelta() <= moment - written < timedelta(seconds=1)


def test_eight_fences_fit_into_what_a_user_may_carry() -> None:
    arn = f"arn:aws:iam::444444444444:role/{'r' * 48}"
    assert 8 * len(json.dumps(entry_fence(role_arn=arn, until=datetime.max.replace(tzinfo=UTC)), separators=(",", ":"))) <= 2048


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::444444444444:role/team/Audit_PathRole",
        "arn:aws-cn:iam::444444444444:role/Prod_MemberRole",
        "arn:aws-us-gov:iam::444444444444:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Operate_0123456789abcdef",
    ],
)
def test_role_is_denied_under_its_path_and_in_its_partition(arn: str) -> None:
    assert f'"Resource": "{arn}"' in json.dumps(entry_fence(role_arn=arn, until=datetime(2026, 11, 23, 20, 0, tzinfo=UTC)))


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "Prod_MemberRole",
        "production/Prod_MemberRole",
        "arn:aws:iam::444444444444:role/*",
        "arn:aws:iam::444444444444:role/team?/Prod_MemberRole",
        "arn:aws:iam::444444444444:role/${aws:username}/Prod_MemberRole",
        "arn:aws:iam::444444444444:role/",
        "arn:aws:iam::444444444444:user/member01",
        "arn:*:iam::444444444444:role/Prod_MemberRole",
    ],
)
def test_no_fence_is_written_for_what_names_no_one_role(arn: str) -> None:
    with pytest.raises(ValueError, match="not the ARN of a role"):
        entry_fence(role_arn=arn, until=datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
