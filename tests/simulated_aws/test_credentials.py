"""Who signed, at a time that the test gives; in this process, without HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from moto.sts.models import AssumedRole, sts_backends
from werkzeug.datastructures import Headers

from portal.simulated_aws import building, credentials
from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, company, role_arn
from portal.simulated_aws.errors import ExpiredToken, InvalidClientTokenId, MissingAuthenticationToken
from portal.simulated_aws.world import World
from tests.aws_fixtures import ADMIN_KEY, PORTAL_KEY

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture
def session() -> Iterator[AssumedRole]:
    """An hour of the administration role in production."""
    building.build(World.parsed(company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY)))
    yield sts_backends[ACCOUNTS["jump"]]["aws"].assume_role(
        region_name="us-east-1",
        role_session_name="admin",
        role_arn=role_arn("production", ADMIN_ROLE),
        policy="",
        duration=3_600,
        external_id="",
    )
    building.reset()


def _headers(key_id: str, token: str | None = None) -> Headers:
    scope = f"AWS4-HMAC-SHA256 Credential={key_id}/20261123/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
    return Headers({"Authorization": scope} | ({"X-Amz-Security-Token": token} if token else {}))


def test_session_is_good_until_it_expires_and_not_after(session: AssumedRole) -> None:
    headers, end = _headers(session.access_key_id, session.session_token), session.expiration.replace(tzinfo=UTC)
    principal = credentials.authenticate(headers=headers, at=end - timedelta(seconds=1))
    assert principal.arn == f"arn:aws:sts::{ACCOUNTS['production']}:assumed-role/{ADMIN_ROLE}/admin"
    assert principal.user_id.startswith("AROA")
    assert principal.user_id.endswith(":admin")
    assert principal.is_session
    with pytest.raises(ExpiredToken):
        credentials.authenticate(headers=headers, at=end)


def test_session_without_its_token_is_nobody(session: AssumedRole) -> None:
    with pytest.raises(InvalidClientTokenId):
        credentials.authenticate(headers=_headers(session.access_key_id), at=NOW)


def test_user_is_known_by_key_at_any_time(session: AssumedRole) -> None:
    principal = credentials.authenticate(headers=_headers(ADMIN_KEY.id), at=NOW + timedelta(days=9_999))
    assert principal.account_id == ACCOUNTS["jump"]
    assert not principal.is_session


@pytest.mark.parametrize("authorization", ["", "Bearer x", "AWS4-HMAC-SHA256 Credential=AKIA"])
def test_signature_of_no_known_form_is_missing(authorization: str) -> None:
    with pytest.raises(MissingAuthenticationToken):
        credentials.service_of(Headers({"Authorization": authorization}))
