"""What AWS ends by itself of what a backend gives, and by which way people come in."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Role = TypeVar("Role")


@dataclass(frozen=True, kw_only=True)
class Fences:
    """Where the portal's denials stand, by which AWS ends access though every process of the portal is dead.

    `on_users`: the IAM user carries an entry fence for each target role, so that no switch begins after the end. `on_roles`:
    target roles have a session gate, so that no call of an open session is answered after the end.
    """

    on_users: bool
    on_roles: bool

    def outlived_by(self, session_minutes: int) -> int | None:
        """Return how long a session may live on after the end; None where AWS refuses its calls."""
        return None if self.on_roles else session_minutes


FENCED, UNFENCED = Fences(on_users=True, on_roles=True), Fences(on_users=False, on_roles=False)


class Entrance(StrEnum):
    """How a member of a work group gets into its roles: a switch from the Jump account, or a sign-in through Identity Center."""

    SWITCH = "switch"
    ACCESS_PORTAL = "access_portal"

    def switched(self, roles: Iterable[Role]) -> list[Role]:
        """Return those of the roles that one switches to."""
        return list(roles) if self is Entrance.SWITCH else []

    def signed_in(self, roles: Iterable[Role]) -> list[Role]:
        """Return those of the roles that one signs in to."""
        return list(roles) if self is Entrance.ACCESS_PORTAL else []
