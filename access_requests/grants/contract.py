"""What a grant backend is: what it says of itself, and three verbs, each safe to call twice.

How to write one is in docs/backends.md. The rest of the portal asks a backend by this class alone, so that nothing outside its
package knows which one it is.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from access_requests.grants.documents import NO_DOCUMENTS, Documents
from access_requests.grants.executions import Execution, Purpose, StepClient
from access_requests.grants.fences import Entrance, Fences
from access_requests.grants.needs import Asked, Missing, Needs
from access_requests.grants.words import Words
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendRefused


@dataclass(frozen=True, kw_only=True)
class GrantedRole:
    """A target role that the work group's members may switch to; `arn` is None until somebody knows which role it is."""

    pk: int
    name: str
    arn: str | None


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Who is to be in which work group until when, as every backend reads it. What one kind of backend reads is in its own class.

    `user_id` is the UserId of IAM or of Identity Center: a user made again does not share it. `user_name` is the name that the
    user has now, as far as the caller could find out. `request` is the code of the request whose approval fixed the end.
    """

    elevation: str
    user_name: str
    user_id: str
    group: str
    roles: tuple[GrantedRole, ...]
    ends_at: datetime
    request: str = ""

    @property
    def window(self) -> str:
        """The request's code as the entry fence names it."""
        return window_name(self.request)


def window_name(request: str) -> str:
    """Return a request's code in letters and digits, as policies and parameters of runbooks name its window."""
    return request.replace("-", "")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a change request says of itself: its name, its Markdown, and who has approved here, with what comment."""

    name: str
    details: str
    approval: str = ""


class Facts(Protocol):
    """What the portal has written down beside a grant. A backend takes what its own class of grants has; the rest is not read."""

    @property
    def began_by(self) -> str:
        """The code of the request that the elevation began with; an extension has its own."""

    @property
    def attempts(self) -> int:
        """How often the step was tried before."""

    @property
    def stopped_at(self) -> datetime | None:
        """When the end began, if it has."""

    @property
    def seen(self) -> Mapping[str, Any]:
        """What `look` answered last, as it was kept; empty before."""

    def executions(self) -> tuple[Execution, ...]:
        """Return what AWS does or did by itself about it."""

    def change(self) -> Change | None:
        """Return what its change request says, None for what nobody asked for."""


@dataclass(frozen=True, kw_only=True)
class NothingKnown:
    """The facts of what nobody has tried, seen or ended yet; of a membership that no request stands behind, all of them."""

    began_by: str = ""
    attempts: int = 0
    stopped_at: datetime | None = None
    seen: Mapping[str, Any] = field(default_factory=dict)

    def executions(self) -> tuple[Execution, ...]:
        return ()

    def change(self) -> Change | None:
        return None


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


@dataclass(frozen=True, kw_only=True)
class Grantee:
    """The user of a grant as AWS shows it now; `arn` is empty where nothing is evaluated by it."""

    name: str
    user_id: str
    arn: str = ""


# The problem, and the reason of an end, where the IAM user is not the one that was bound.
IAM_USER_CHANGED = "iam_user_changed"


class GranteeLost(BackendRefused):
    """The user that was bound is not there any more: nothing is given to whoever may have the name now, and nobody stays in."""


OwnGrant = TypeVar("OwnGrant", bound=Grant)


class GrantBackend(ABC, Generic[OwnGrant]):
    """Where AWS can fence, entry fence and session gate are the portal's, and written before `give`; `look` leaves the gate out.

    `executes` are the purposes for which AWS runs something by itself, which the portal follows: while it runs, `give` and
    `take` raise UnderWay. `announces` says that this begins with the request, before anybody has decided. `keeps_members` says
    that memberships are not those of the IAM group of that name, so that a comparison asks for them by `members`.
    """

    words: Words
    fences: Fences
    needs: Needs = Needs()
    documents: Documents = NO_DOCUMENTS
    principal: Principal = Principal.IAM_USER
    entrance: Entrance = Entrance.SWITCH
    executes: Sequence[Purpose] = ()
    announces: bool = False
    keeps_members: bool = False

    @abstractmethod
    def of(self, grant: Grant, facts: Facts) -> OwnGrant:
        """Return the grant as the verbs take it, with what this kind of backend alone reads."""

    @abstractmethod
    def confirm(self, grant: OwnGrant, aws: StepClient) -> Grantee:
        """Return who the user is now. Raises GranteeLost where it is not the one that was bound, and BackendError."""

    @abstractmethod
    def current_name(self, grant: OwnGrant, aws: StepClient) -> str | None:
        """Return the name that the user with this id has now, None where it is gone. Raises BackendError."""

    @abstractmethod
    def give(self, grant: OwnGrant, aws: StepClient) -> None:
        """Let the user in: TTL tag, where there can be one, then membership. Raises BackendError."""

    @abstractmethod
    def take(self, grant: OwnGrant, aws: StepClient) -> None:
        """Take the user out: membership, read back absent, then the tag. Raises BackendError."""

    @abstractmethod
    def look(self, grant: OwnGrant, aws: StepClient) -> Seen:
        """Return what AWS shows now. Raises BackendError."""

    @abstractmethod
    def probe(self, asked: Asked) -> Iterator[Missing]:
        """Yield what keeps it from granting now, by reads of the kinds that its verbs make. Raises nothing that is AWS's."""

    def ttl(self, ends_at: datetime) -> str | None:  # noqa: ARG002  For those that tag.
        """Return the value that the TTL tag is to have, None where there can be no tag."""
        return None

    def members(self, group: str, aws: AwsClient) -> frozenset[str] | None:
        """Return the UserIds of the group's members, None where there is no group. Raises BackendError."""
        raise NotImplementedError(f"{type(self).__name__} keeps no members, and was asked for those of {group} by {aws}")

    def fenced(self, grant: Grant) -> tuple[GrantedRole, ...]:
        """Return the roles for which the user carries an entry fence."""
        return grant.roles if self.fences.on_users else ()

    # What AWS carries out by itself; nothing, unless `executes` says so.

    def follow(self, grant: OwnGrant, purposes: Collection[Purpose], aws: StepClient) -> OwnGrant:  # noqa: ARG002
        """Return the grant with what AWS shows now of these purposes. Raises UnderWay while it is at it, BackendError."""
        return grant

    def told_by_start(self, execution_id: str, problem: str) -> Iterator[Missing]:  # noqa: ARG002
        """Yield what no read says, and the latest start of something that gives has met."""
        return iter(())

    # What begins with the request; nothing, unless `announces` says so. All raise BackendError.

    def announce(self, grant: OwnGrant, execution: Execution, aws: StepClient) -> Execution:  # noqa: ARG002
        """Start it, under its token, and return it as AWS shows it."""
        return execution

    def look_at(self, execution: Execution, aws: StepClient) -> Execution:  # noqa: ARG002
        """Return it as AWS shows it now."""
        return execution

    def reject(self, execution: Execution, comment: str, aws: StepClient) -> Execution:  # noqa: ARG002
        """Say no where it waits for the portal, and return what became of it."""
        return execution

    def cancel(self, execution: Execution, aws: StepClient) -> Execution:  # noqa: ARG002
        """Stop it, and return what became of it."""
        return execution
