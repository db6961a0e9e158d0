"""What a grant backend is: three verbs, each safe to call twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeGuard

from access_requests.grants.executions import GIVING, Execution, Purpose, StepClient


@dataclass(frozen=True, kw_only=True)
class GrantedRole:
    """A target role that the work group's members may switch to; `arn` is None until somebody knows which role it is."""

    pk: int
    name: str
    arn: str | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a change request says of itself: its name, its Markdown, and who has approved here, with what comment."""

    name: str
    details: str
    approval: str = ""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Who is to be in which work group until when. `user_id` is the UserId of IAM or of Identity Center.

    A user made again does not share it. `user_name` is the name that the user has now, as far as the caller could find out.
    `request` is the code of the request whose approval fixed the end, and `executions` what AWS does or did by itself about it.
    """

    elevation: str
    user_name: str
    user_id: str
    group: str
    roles: tuple[GrantedRole, ...]
    ends_at: datetime
    request: str = ""
    # The code of the request that the elevation began with; an extension has its own.
    began_by: str = ""
    # How often the step was tried before, and when the end began, if it has.
    attempts: int = 0
    stopped_at: datetime | None = None
    # The group's id in Identity Center, once access was given there: its name may come to mean another one.
    group_id: str = ""
    executions: tuple[Execution, ...] = ()
    change: Change | None = field(default=None, repr=False)

    @property
    def window(self) -> str:
        """The request's code as the entry fence names it."""
        return window_name(self.request)

    def giving(self) -> Execution | None:
        """Return the latest execution that gives or prolongs what this request's approval gives."""
        mine = [one for one in self.executions if one.request == self.request and one.purpose in GIVING]
        return max(mine, key=lambda one: one.number, default=None)

    def removal(self) -> Execution | None:
        """Return the latest execution that takes the user out."""
        mine = [one for one in self.executions if one.purpose == Purpose.REMOVE]
        return max(mine, key=lambda one: one.number, default=None)

    def next_number(self, request: str) -> int:
        return max((one.number for one in self.executions if one.request == request), default=0) + 1


def window_name(request: str) -> str:
    """Return a request's code in letters and digits, as policies and parameters of runbooks name its window."""
    return request.replace("-", "")


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
    # The group that was looked at, where groups have ids that are not their names.
    group_id: str = ""

    def presence(self, *, ttl: str | None, fences: Mapping[str, str]) -> Presence:
        """Compare with the tag's value, and the time in each role's fence, which its gate shares, as they should be."""
        if not self.membership:
            return Presence.ABSENT
        gates = all(fences.get(role) == until for role, until in (self.session_gate or {}).items())
        return Presence.PRESENT if self.ttl == ttl and self.entry_fence == fences and gates else Presence.MOVING


class Principal(StrEnum):
    """Who is a member of a work group: an IAM user, or a user of IAM Identity Center."""

    IAM_USER = "iam_user"
    IDENTITY_CENTER_USER = "identity_center_user"


class GrantBackend(Protocol):
    """Where AWS can fence, entry fence and session gate are the portal's, and written before `give`; `look` leaves the gate out.

    `executes` are the purposes for which AWS runs something by itself, which the portal follows: while it runs, `give` and
    `take` raise UnderWay. `announces` says that this begins with the request, before anybody has decided.
    """

    principal: Principal
    executes: Sequence[Purpose]
    announces: bool

    def ttl(self, ends_at: datetime) -> str | None:
        """Return the value that the TTL tag is to have, None where there can be no tag."""

    def give(self, grant: Grant, aws: StepClient) -> None:
        """Let the user in: TTL tag, then membership. Raises BackendError."""

    def take(self, grant: Grant, aws: StepClient) -> None:
        """Take the user out: membership, read back absent, then the tag. Raises BackendError."""

    def look(self, grant: Grant, aws: StepClient) -> Seen:
        """Return what AWS shows now. Raises BackendError."""


class AnnouncingBackend(GrantBackend, Protocol):
    """A backend whose part in AWS begins with the request, and waits there for the decision here. All raise BackendError."""

    def announce(self, grant: Grant, execution: Execution, aws: StepClient) -> Execution:
        """Start it, under its token, and return it as AWS shows it."""

    def look_at(self, execution: Execution, aws: StepClient) -> Execution:
        """Return it as AWS shows it now."""

    def reject(self, execution: Execution, comment: str, aws: StepClient) -> Execution:
        """Say no where it waits for the portal, and return what became of it."""

    def cancel(self, execution: Execution, aws: StepClient) -> Execution:
        """Stop it, and return what became of it."""


def is_announcing(backend: GrantBackend) -> TypeGuard[AnnouncingBackend]:
    """Whether it has those verbs too."""
    return backend.announces


def is_fenced(backend: GrantBackend) -> bool:
    """Whether AWS itself ends what this way gives: fences and gates stand on IAM users and roles, and nowhere else."""
    return backend.principal == Principal.IAM_USER
