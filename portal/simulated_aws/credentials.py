"""Whose access keys this AWS knows.

Signatures are not verified: a key's id proves its holder here. What is proved is that the key exists, is active, and
that a session is presented with its own token, has not expired, and is of a role or a user that still exists.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from moto.iam.models import AccessKey, IAMBackend, Role, User, iam_backends
from werkzeug.datastructures import Headers

from portal.simulated_aws import sessions
from portal.simulated_aws.errors import ExpiredToken, InvalidClientTokenId, MissingAuthenticationToken
from portal.simulated_aws.root import Root
from portal.simulated_aws.sessions import RoleSession, RootSession, Session, UserSession

PARTITION = "aws"
_CREDENTIAL = re.compile(r"Credential=(?P<key>\w+)/\d{8}/[\w-]+/(?P<service>[\w-]+)/aws4_request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who makes a call. `session` says with which temporary credentials, if they are such."""

    account_id: str
    key_id: str
    entity: User | Role | Root
    session: Session | None = None

    @property
    def arn(self) -> str:
        """Return the ARN that GetCallerIdentity answers."""
        if self.is_in_role:
            return f"arn:aws:sts::{self.account_id}:assumed-role/{self.entity.name}/{self.session_name}"
        return str(self.entity.arn)

    @property
    def user_id(self) -> str:
        return f"{self.entity.id}:{self.session_name}" if self.is_in_role else str(self.entity.id)

    @property
    def user(self) -> User | None:
        return self.entity if isinstance(self.entity, User) else None

    @property
    def is_in_role(self) -> bool:
        return isinstance(self.session, RoleSession)

    @property
    def session_name(self) -> str:
        """Return the name of the session in a role; empty for a user."""
        return self.session.name if isinstance(self.session, RoleSession) else ""


def service_of(headers: Headers) -> str:
    """Return the service that a request is signed for. Raises MissingAuthenticationToken."""
    return _credential(headers)["service"]


def account_of(headers: Headers) -> str | None:
    """Return the account of a request's access key, or None where nobody has it."""
    key = _credential(headers)["key"]
    session = sessions.find(key)
    return session.account_id if session else _account_of_user(key)


def authenticate(*, headers: Headers, at: datetime) -> Signer:
    """Return who signed. Raises InvalidClientTokenId, ExpiredToken, MissingAuthenticationToken."""
    key = _credential(headers)["key"]
    session = sessions.find(key)
    return user_of(key) if session is None else _holder(session, token=headers.get("X-Amz-Security-Token"), at=at)


def user_of(key_id: str) -> Signer:
    """Return the user who has this long-term key. Raises InvalidClientTokenId."""
    account = _account_of_user(key_id)
    if account is None:
        raise InvalidClientTokenId
    iam = iam_backends[account][PARTITION]
    key: AccessKey = iam.access_keys[key_id]
    user = iam.users.get(key.user_name or "")
    if user is None or key.status != "Active":
        raise InvalidClientTokenId
    return Signer(account_id=account, key_id=key_id, entity=user)


def _account_of_user(key_id: str) -> str | None:
    accounts = list(iam_backends)
    return next((account for account in accounts if key_id in iam_backends[account][PARTITION].access_keys), None)


def holder_of(key_id: str, *, at: datetime) -> Signer:
    """Return who has these temporary credentials, by whoever knows that they are theirs. Raises as `authenticate` does."""
    session = sessions.find(key_id)
    if session is None:
        raise InvalidClientTokenId
    return _holder(session, token=session.token, at=at)


def _holder(session: Session, *, token: str | None, at: datetime) -> Signer:
    entity = _entity(session, iam_backends[session.account_id][PARTITION])
    if token != session.token or entity is None:
        raise InvalidClientTokenId
    if session.expires_at <= at:
        raise ExpiredToken
    return Signer(account_id=session.account_id, key_id=session.key_id, entity=entity, session=session)


def _entity(session: Session, iam: IAMBackend) -> User | Role | Root | None:
    if isinstance(session, RootSession):
        return Root(session.account_id)
    if isinstance(session, RoleSession):
        return iam.roles.get(session.role_id)
    if isinstance(session, UserSession):
        return next((user for user in iam.users.values() if user.id == session.user_id), None)
    return None


def _credential(headers: Headers) -> re.Match[str]:
    found = _CREDENTIAL.search(headers.get("Authorization", ""))
    if found is None:
        raise MissingAuthenticationToken
    return found
