"""What AWS is asked before a load: who the file's users and roles are, and where work groups lead."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from access_requests.grants.contract import Principal
from access_requests.grants.identity_center import IdentityCenterUser, find_identity_center_user
from access_requests.services.people.people import AwsUser
from portal.aws import directory
from portal.aws.directory import IamRole, IamUser
from portal.aws.errors import BackendError

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Whom to ask. Each returns None for what is not there, and raises BackendError."""

    iam_user: Callable[[str], IamUser | None] = directory.find_iam_user
    identity_center_user: Callable[[str], IdentityCenterUser | None] = find_identity_center_user
    # Account ID, path and name; ARN of the portal's role in the account, name; ID of the Jump account.
    portal_role: Callable[[str, str], IamRole | None] = directory.find_portal_role
    role: Callable[[str, str], IamRole | None] = directory.find_role
    switches: Callable[[str], Mapping[str, frozenset[str]]] = directory.find_switches

    def users(self) -> Mapping[Principal, Callable[[str], AwsUser | None]]:
        return {Principal.IAM_USER: self.iam_user, Principal.IDENTITY_CENTER_USER: self.identity_center_user}


@dataclass(frozen=True, kw_only=True)
class Unasked:
    """AWS did not answer; why, in a word."""

    problem: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What AWS said. Users are by what they are and name, portal's roles by account, roles as `production/Prod_MemberRole`.

    `switches` is each IAM group of the Jump account, in lower case, with the ARNs to which its policies allow the switch; None
    where nobody needs to know.
    """

    users: Mapping[Principal, Mapping[str, AwsUser | Unasked | None]] = field(default_factory=dict)
    portal_roles: Mapping[str, IamRole | Unasked | None] = field(default_factory=dict)
    roles: Mapping[str, IamRole | Unasked | None] = field(default_factory=dict)
    switches: Mapping[str, frozenset[str]] | Unasked | None = None

    def unasked(self) -> Iterator[str]:
        """Yield what could not be checked, and why."""
        for principal, users in self.users.items():
            yield from _unasked(principal.replace("_", " "), users)
        yield from _unasked("gate_role of account", self.portal_roles)
        yield from _unasked("role", self.roles)
        if isinstance(self.switches, Unasked):
            yield f"policies of work groups in the Jump account ({self.switches.problem})"


class Asking:
    """Asks AWS, and where that is forgiven goes on without an answer: who did not answer once is not asked again."""

    def __init__(self, *, forgives: bool) -> None:
        self._forgives = forgives
        self._silent: dict[str, Unasked] = {}

    def ask(self, whom: str, question: Callable[[], Answer]) -> Answer | Unasked:
        """Return the answer. Raises BackendError, unless that is forgiven."""
        if whom not in self._silent:
            try:
                return question()
            except BackendError as error:
                if not self._forgives:
                    raise
                self._silent[whom] = Unasked(problem=error.problem)
        return self._silent[whom]


def _unasked(what: str, answers: Mapping[str, object]) -> Iterator[str]:
    for name, answer in answers.items():
        if isinstance(answer, Unasked):
            yield f"{what} {name} ({answer.problem})"
