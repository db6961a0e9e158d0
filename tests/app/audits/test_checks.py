"""What system checks say of a seal that is configured by half."""

import pytest
from pytest_django import Settings

from audits.checks import seal_is_configured_whole

WHOLE = {"SEAL_KMS_KEY": "arn:aws:kms:eu-west-1:111111111111:key/a", "SEAL_GUARD": "s3://heads", "SEAL_GUARD_RETENTION_DAYS": 1}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, ""),
        (dict.fromkeys(WHOLE, ""), ""),
        ({"SEAL_GUARD": ""}, "set SEAL_GUARD"),
        ({"SEAL_KMS_KEY": ""}, "set SEAL_KEY, SEAL_KEY_FILE or SEAL_KMS_KEY"),
        ({"SEAL_KEY": "pem"}, "SEAL_KEY and SEAL_KMS_KEY are both set"),
        ({"SEAL_KEY_BEFORE": "pem", "SEAL_KMS_KEY_BEFORE": "arn"}, "SEAL_KEY_BEFORE and SEAL_KMS_KEY_BEFORE are both set"),
        ({"SEAL_STAMP_URLS": ["https://stamps.example.com"]}, "SEAL_STAMP_ROOTS_FILE is missing"),
        ({"SEAL_GUARD_RETENTION_DAYS": 0}, "SEAL_GUARD_RETENTION_DAYS is missing"),
    ],
)
def test_half_of_a_seal_is_an_error_that_names_the_variable(settings: Settings, changed: dict[str, object], named: str) -> None:
    for name, value in (WHOLE | changed).items():
        setattr(settings, name, value)
    found = [message.msg for message in seal_is_configured_whole()]
    assert len(found) == bool(named)
    assert named in "".join(found)
