"""What a backend reads of a grant that runbooks carry out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from access_requests.grants.contract import Facts, Grant, window_name
from access_requests.grants.executions import GIVING, Execution, Purpose
from access_requests.grants.needs import Owner


@dataclass(frozen=True, kw_only=True)
class RunbookGrant(Grant):
    """`began_by` is the code of the request that the elevation began with, `attempts` how often the step was tried before.

    `stopped_at` is when the end began, if it has, and `executions` what AWS does or did by itself about it.
    """

    began_by: str = ""
    attempts: int = 0
    stopped_at: datetime | None = None
    executions: tuple[Execution, ...] = ()

    @classmethod
    def made(cls, grant: Grant, facts: Facts, **more: Any) -> Self:
        """Return the grant with what the portal knows of its runbooks."""
        return cls(
            **vars(grant),
            began_by=facts.began_by,
            attempts=facts.attempts,
            stopped_at=facts.stopped_at,
            executions=facts.executions(),
            **more,
        )

    @property
    def owner(self) -> Owner:
        return Owner(group=self.group, roles=tuple(role.name for role in self.roles))

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

    def failures(self) -> Sequence[Execution]:
        """Return what the runbooks of this request could not do."""
        return [one for one in self.executions if one.request == self.request and one.has_failed]

    def parameters(self, purpose: Purpose) -> dict[str, list[str]]:
        """Return what the runbook of this purpose is told."""
        window = self.began_by if purpose == Purpose.REMOVE else self.request
        return {
            "User": [self.user_name],
            "UserId": [self.user_id],
            "Group": [self.group],
            "Window": [window_name(window)],
        }
