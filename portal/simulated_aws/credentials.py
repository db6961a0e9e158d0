"""Whose access keys this AWS knows.

Signatures are not verified: a key's id proves its holder here. What is proved is that the key exists, is active, and
that a session is presented with its own token and has not expired.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from moto.iam.models import iam_backends
from moto.sts.models import AssumedRole, sts_backends
from werkzeug.datastructures import Headers

from portal.simulated_aws.errors import ExpiredToken, InvalidClientTokenId, MissingAuthenticationToken

PARTITION = "aws"
_CREDENTIAL = re.compile(r"Credential=(?P<key>\w+)/\d{8}/[\w-]+/(?P<service>[\w-]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a call, in the words of GetCallerIdentity."""

    account_id: str
    arn: str
    user_id: str
    is_session: bool


def service_of(headers: Headers) -> str:
    """Return the service that a request is signed for. Raises MissingAuthenticationToken."""
    return _credential(headers)["service"]


def account_of(headers: Headers) -> str | None:
    """Return the account of a request's access key, or None where nobody has it."""
    key = _credential(headers)["key"]
    accounts = list(iam_backends)
    return next((account for account in accounts if key in iam_backends[account][PARTITION].access_keys), None)


def authenticate(*, headers: Headers, at: datetime) -> Principal:
    """Return who signed. Raises InvalidClientTokenId, ExpiredToken, MissingAuthenticationToken."""
    account, key = account_of(headers), _credential(headers)["key"]
    if account is None:
        raise InvalidClientTokenId
    session = sts_backends[account][PARTITION].get_assumed_role_from_access_key(key)
    if session is not None:
        return _session(session, token=headers.get("X-Amz-Security-Token"), at=at)
    return _user(account, key)


def _session(session: AssumedRole, *, token: str | None, at: datetime) -> Principal:
    if token != session.session_token:
        raise InvalidClientTokenId
    if session.expiration.replace(tzinfo=UTC) <= at:
        raise ExpiredToken
    return Principal(session.account_id, session.arn, session.user_id, is_session=True)


def _user(account: str, key: str) -> Principal:
    backend = iam_backends[account][PARTITION]
    user = backend.get_user_from_access_key_id(key)
    if user is None or user.get_access_key_by_id(key).status != "Active":
        raise InvalidClientTokenId
    return Principal(account, user.arn, user.id, is_session=False)


def _credential(headers: Headers) -> re.Match[str]:
    found = _CREDENTIAL.search(headers.get("Authorization", ""))
    if found is None:
        raise MissingAuthenticationToken
    return found
