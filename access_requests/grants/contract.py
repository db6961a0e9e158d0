"""What a grant backend is: three verbs, each safe to call twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from access_requests.grants.calls import Caller


@dataclass(frozen=True, kw_only=True)
class Role:
    """A target role that the work group's members may switch to."""

    name: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Who is to be in which work group until when. `user_id` is IAM's UserId, which a user made again does not share.

    `user_name` is the name that the user has now, as far as the caller could find out.
    """

    elevation: str
    user_name: str
    user_id: str
    group: str
    roles: tuple[Role, ...]
    ends_at: datetime


class Presence(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    # Some of it is there and some is not, or not as it should be: on its way, or edited by somebody.
    MOVING = "moving"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What AWS showed of a grant at one moment.

    `ttl` is the tag's value and None where there is no tag; `entry_fence` maps a role's name to the time in its fence, None where
    it has none or one that is not ours; `session_gate` maps a role's name to the time until when its gate lets the person act,
    None for not at all. It lacks roles in accounts where no role of the portal may write a gate, and is None without any.
    """

    membership: bool
    ttl: str | None
    entry_fence: dict[str, str | None]
    session_gate: dict[str, str | None] | None
    at: datetime

    def presence(self, *, ttl: str, fences: Mapping[str, str]) -> Presence:
        """Compare with the tag's value, and the time in each role's fence, which its gate shares, as they should be."""
        if not self.membership:
            return Presence.ABSENT
        gates = all(fences.get(role) == until for role, until in (self.session_gate or {}).items())
        return Presence.PRESENT if self.ttl == ttl and self.entry_fence == fences and gates else Presence.MOVING


class GrantBackend(Protocol):
    """Entry fence and session gate are the portal's in every backend, and written before `give`; `look` leaves the gate out."""

    def give(self, grant: Grant, aws: Caller) -> None:
        """Let the user in: TTL tag, then membership. Raises BackendError."""

    def take(self, grant: Grant, aws: Caller) -> None:
        """Take the user out: membership, read back absent, then the tag. Raises BackendError."""

    def look(self, grant: Grant, aws: Caller) -> Seen:
        """Return what AWS shows now. Raises BackendError."""
