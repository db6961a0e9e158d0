"""Who signed, at a time that the test gives; in this process, without HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from moto.iam.models import iam_backends
from werkzeug.datastructures import Headers

from portal.simulated_aws import building, credentials, sessions
from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE
from portal.simulated_aws.errors import ExpiredToken, InvalidClientTokenId, MissingAuthenticationToken
from portal.simulated_aws.sessions import RoleSession
from portal.simulated_aws.world import World
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY
from tests.stand_ins.company import company

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture
def session() -> Iterator[RoleSession]:
    """An hour of the administration role in production."""
    building.build(World.parsed(company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY)))
    number = ACCOUNTS["production"]
    role_id = iam_backends[number]["aws"].get_role(ADMIN_ROLE).id
    begun = RoleSession(
        account_id=number, role_id=role_id, name="admin", issued_at=NOW, expires_at=NOW + timedelta(hours=1), mfa=False
    )
    sessions.keep(begun)
    yield begun
    building.reset()


def _headers(key_id: str, token: str | None = None) -> Headers:
    scope = f"AWS4-HMAC-SHA256 Credential={key_id}/20261123/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
    return Headers({"Authorization": scope} | ({"X-Amz-Security-Token": token} if token else {}))


def test_session_is_good_until_it_expires_and_not_after(session: RoleSession) -> None:
    headers = _headers(session.key_id, session.token)
    caller = credentials.authenticate(headers=headers, at=session.expires_at - timedelta(seconds=1))
    assert caller.arn == f"arn:aws:sts::{ACCOUNTS['production']}:assumed-role/{ADMIN_ROLE}/admin"
    assert caller.user_id == f"{session.role_id}:admin"
    assert caller.is_in_role
    with pytest.raises(ExpiredToken):
        credentials.authenticate(headers=headers, at=session.expires_at)


def test_session_without_its_token_is_nobody(session: RoleSession) -> None:
    with pytest.raises(InvalidClientTokenId):
        credentials.authenticate(headers=_headers(session.key_id), at=NOW)


def test_user_is_known_by_key_at_any_time(session: RoleSession) -> None:
    caller = credentials.authenticate(headers=_headers(ADMIN_KEY.id), at=NOW + timedelta(days=9_999))
    assert caller.account_id == ACCOUNTS["jump"]
    assert not caller.is_in_role


@pytest.mark.parametrize("authorization", ["", "Bearer x", "AWS4-HMAC-SHA256 Credential=AKIA"])
def test_signature_of_no_known_form_is_missing(authorization: str) -> None:
    with pytest.raises(MissingAuthenticationToken):
        credentials.service_of(Headers({"Authorization": authorization}))
