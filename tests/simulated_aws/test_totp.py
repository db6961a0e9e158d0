"""Codes of MFA devices, against the RFC's own."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.simulated_aws import totp

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp.code(SEED, at=datetime.fromtimestamp(seconds, UTC)) == code


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_code_is_good_a_step_early_or_late_and_no_more(steps: int, good: bool) -> None:  # noqa: FBT001
    shown = totp.code(SEED, at=NOW + timedelta(seconds=30 * steps))
    assert totp.is_code(SEED, shown, at=NOW) is good


def test_two_codes_must_follow_each_other() -> None:
    first, second = (totp.code(SEED, at=NOW + timedelta(seconds=seconds)) for seconds in (0, 30))
    assert totp.are_consecutive(SEED, first, second, at=NOW)
    assert not totp.are_consecutive(SEED, second, first, at=NOW)
    assert not totp.are_consecutive(SEED, first, first, at=NOW)
