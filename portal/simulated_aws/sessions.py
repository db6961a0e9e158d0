"""Temporary credentials that were given out, and whose they are: a role's session, a user's own, or the root user's."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from portal.simulated_aws.identifiers import temporary_key_id

_MOST = 10_000
Kept = TypeVar("Kept", bound="Session")


def _secret() -> str:
    return secrets.token_urlsafe(30)


def _token() -> str:
    return secrets.token_urlsafe(120)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPerson:
    """Whom a session acts for, as Identity Center knows them."""

    user_id: str
    store_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Credentials with an end. `issued_at` is in whole seconds, as aws:TokenIssueTime is.

    `sign_in_session` is the ARN of the sign-in that `aws login` or an agent lives on; empty for all others.
    """

    account_id: str
    issued_at: datetime
    expires_at: datetime
    mfa: bool
    is_of_console: bool = False
    sign_in_session: str = ""
    key_id: str = field(default_factory=temporary_key_id)
    secret: str = field(default_factory=_secret, repr=False)
    token: str = field(default_factory=_token, repr=False)

    @property
    def credentials(self) -> dict[str, object]:
        """Return them as STS answers them."""
        return {
            "AccessKeyId": self.key_id,
            "SecretAccessKey": self.secret,
            "SessionToken": self.token,
            "Expiration": self.expires_at,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSession(Session):
    """By the role's id: a role that was made again under the old name is another one. A service may have taken it on."""

    role_id: str
    name: str
    is_of_service: bool = False
    source_identity: str | None = None
    person: DirectoryPerson | None = None
    web_identity_provider: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSession(Session):
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSession(Session):
    """`task_policy` is what AssumeRoot confines it to; empty for who signed in as the root user."""

    task_policy: str = ""


_sessions: dict[str, Session] = {}


def keep(session: Session) -> None:
    _sessions[session.key_id] = session
    if len(_sessions) > _MOST:
        del _sessions[next(iter(_sessions))]


def under_new_keys(session: Kept) -> Kept:
    """Return the same session with other keys, to be kept: the console's change every few minutes."""
    return replace(session, key_id=temporary_key_id(), secret=_secret(), token=_token())


def find(key_id: str) -> Session | None:
    return _sessions.get(key_id)


def forget_all() -> None:
    _sessions.clear()
