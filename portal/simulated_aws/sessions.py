"""Temporary credentials that were given out, and whose they are: a role's session, or a user's own."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from portal.simulated_aws.identifiers import temporary_key_id

_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Credentials with an end. `issued_at` is in whole seconds, as aws:TokenIssueTime is."""

    account_id: str
    issued_at: datetime
    expires_at: datetime
    mfa: bool
    key_id: str = field(default_factory=temporary_key_id)
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(30), repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(120), repr=False)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSession(Session):
    user_id: str


_sessions: dict[str, Session] = {}


def keep(session: Session) -> None:
    _sessions[session.key_id] = session
    if len(_sessions) > _MOST:
        del _sessions[next(iter(_sessions))]


def find(key_id: str) -> Session | None:
    return _sessions.get(key_id)


def forget_all() -> None:
    _sessions.clear()
