"""An access of the past in words: who let the person in and how that was proven, and how it ended."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from audits import presence
from audits.acts import reasons, terms
from audits.models import TrailEntry
from audits.presence import Access, Approval

PORTAL = "sekisho:"
ROLE = re.compile(r"arn:[\w-]+:iam::(?P<account>\d{12}):role/(?:.*/)?(?P<name>[^/]+)")


@dataclass(frozen=True, kw_only=True)
class ShownAccess:
    """`sealed_until` is the last entry that is sealed."""

    access: Access
    sealed_until: int

    @property
    def is_sealed(self) -> bool:
        return self.access.last_entry <= self.sealed_until

    @property
    def roles(self) -> list[str]:
        """The roles, each with its account."""
        return [role_of(role) for role in self.access.roles]

    @property
    def approvals(self) -> list[tuple[str, str]]:
        """Who approved, and how they proved who they are."""
        return [(_approver(each), _proof(each.decision)) for each in self.access.approvals]

    @property
    def state(self) -> str:
        """How the tag of its end looks: as that of the state of an elevation."""
        if self.access.stay.ended_at is not None:
            return "ended"
        return "revoking" if self.access.end is not None else "active"

    @property
    def end(self) -> str:
        """How it ended, or that it has not."""
        begun, ended = self.access.end, self.access.stay.ended_at
        if begun is None:
            return gettext("ended") if ended else self._not_ended
        if ended is not None:
            return _why(begun)
        return gettext("not out yet: %(why)s") % {"why": _why(begun)}

    @property
    def comment(self) -> str:
        """What the person said who ended it."""
        begun = self.access.end
        return str(begun.data.get("comment", "")) if begun is not None and not begun.actor.startswith(PORTAL) else ""

    @property
    def _not_ended(self) -> str:
        return gettext("still in") if self.access.stay.active_at else gettext("the grant is not done")


def shown(stays: Iterable[Any], *, sealed_until: int) -> list[ShownAccess]:
    return [ShownAccess(access=access, sealed_until=sealed_until) for access in presence.in_full(stays)]


def role_of(said: str) -> str:
    """Say an ARN by account and name. Of a role that was not read in AWS yet the trail has account/name."""
    arn = ROLE.fullmatch(said)
    return gettext("%(role)s in %(account)s") % {"role": arn["name"], "account": arn["account"]} if arn else said


def _approver(approval: Approval) -> str:
    name = str(approval.decision["approver"])
    return gettext("%(who)s, for %(extension)s") % {"who": name, "extension": approval.of} if approval.of else name


def _proof(decision: Mapping[str, Any]) -> str:
    return terms.proof(str(decision.get("door", "")), str(decision.get("client", "")), decision.get("proof", {}))


def _why(begun: TrailEntry) -> str:
    reason = str(begun.data.get("reason", ""))
    why = reasons.stopped(reason)
    who = begun.on_behalf_of or begun.actor
    return why if who.startswith(PORTAL) else gettext("%(why)s, by %(who)s") % {"why": why, "who": who}
