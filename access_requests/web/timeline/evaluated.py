"""What an evaluation (判定) says in words: whether the person can switch now, when that was evaluated, and what decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from access_requests import wording
from access_requests.evaluation import AFTERWARDS, ALLOWED, BEFORE, DENIED, NO_GATE_ROLE, UNKNOWN
from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation
from access_requests.web import evidence
from portal.listed import listed
from portal.pages import moments


@dataclass(frozen=True, kw_only=True)
class RoleEvaluation:
    """`of` is the role as the catalogue refers to it, account/name; `gate` is open, shut, unknown or none."""

    of: str
    decision: str
    by: str
    gate: str
    why: Sequence[str]

    @property
    def name(self) -> str:
        return self.of.rpartition("/")[2]

    @property
    def decided(self) -> str:
        """What decided, or why nothing could be told."""
        if self.decision == UNKNOWN:
            return wording.untold(self.why)
        return evidence.shown(self.by)


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """`is_open`: it is evaluated again soon, since AWS did not show what was expected."""

    decision: str
    at: datetime
    roles: Sequence[RoleEvaluation]
    is_open: bool

    @property
    def decisive(self) -> Sequence[RoleEvaluation]:
        """The roles that the whole follows from."""
        return [role for role in self.roles if role.decision == self.decision]

    @property
    def names(self) -> str:
        return listed(role.name for role in self.decisive)

    @property
    def word(self) -> str:
        return str(wording.SWITCHES.get(self.decision, self.decision))

    @property
    def why(self) -> str:
        return wording.untold(dict.fromkeys(reason for role in self.decisive for reason in role.why))

    @property
    def is_beyond_us(self) -> bool:
        """Whether it cannot be told because no role of the portal is in an account, which is so by choice."""
        return self.decision == UNKNOWN and all(set(role.why) == {NO_GATE_ROLE} for role in self.decisive)

    def meta(self, *, beside: datetime) -> str:
        """How that is known: evaluated, when, and what decided; below the date of the time that it stands beside."""
        deciders = wording.clauses(dict.fromkeys(role.decided for role in self.decisive)) if self.decision != UNKNOWN else ""
        words = {"at": moments.said(self.at, seconds=True, beside=beside), "by": deciders}
        return (gettext("evaluated %(at)s, decided by: %(by)s") if deciders else gettext("evaluated %(at)s")) % words


def parsed(data: Mapping[str, Any] | None) -> Evaluation | None:
    """Return what `services.elevations.evaluating` wrote into an elevation or the trail, if anything."""
    if not data:
        return None
    return Evaluation(
        decision=data["decision"],
        at=_moment(data["at"]),
        roles=[_role(role) for role in data["roles"]],
        is_open=bool(data.get("tries")),
    )


def current(elevation: Elevation) -> Evaluation | None:
    """Return the evaluation of the elevation as it is now."""
    return parsed(elevation.evaluation_now)


def sentence(evaluation: Evaluation, *, person: str, moment: str, expected: str) -> tuple[str, str]:
    """Return how the timeline marks an evaluation, and what it says. `moment` is BEFORE, AFTERWARDS or the elevation's state."""
    words = {"person": person, "roles": evaluation.names, "why": evaluation.why}
    if moment == AFTERWARDS:
        return ("check" if evaluation.decision == DENIED else "step"), _afterwards(evaluation.decision) % words
    if moment == BEFORE:
        return ("check" if evaluation.decision == DENIED else "step"), _before(evaluation.decision) % words
    kind, said = _after(evaluation, moment, expected)
    return kind, said % words


def _before(decision: str) -> str:
    return {
        DENIED: gettext("Evaluated before the grant: %(person)s cannot switch to %(roles)s"),
        ALLOWED: gettext("Evaluated before the grant: %(person)s can switch to %(roles)s already"),
    }.get(decision, gettext("Before the grant it cannot be told whether %(person)s can switch to %(roles)s: %(why)s"))


def _afterwards(decision: str) -> str:
    """What is not denied is never given; what is not evaluated is granted in a way that AWS does not end."""
    if decision == DENIED:
        return gettext("Evaluated for the second after the end: %(person)s cannot switch to %(roles)s, nor go on there")
    return gettext("Not evaluated for the time after the end of %(person)s in %(roles)s: %(why)s")


def _after(evaluation: Evaluation, moment: str, expected: str) -> tuple[str, str]:
    """Return the mark and the sentence. What AWS may only not show yet is evaluated again, and no reason for alarm."""
    loud = "step" if evaluation.is_open or evaluation.is_beyond_us else "alert"
    if evaluation.decision == UNKNOWN:
        return loud, gettext("It cannot be told whether %(person)s can switch to %(roles)s: %(why)s")
    if evaluation.decision == expected:
        return "check", _as_expected(evaluation.decision, moment)
    return loud, _again(evaluation.decision) if evaluation.is_open else _unexpected(evaluation.decision)


def _as_expected(decision: str, moment: str) -> str:
    if decision == DENIED:
        return gettext("Evaluated: %(person)s cannot switch to %(roles)s")
    if moment == ElevationStatus.ENDED:
        return gettext("Evaluated: %(person)s can still switch to %(roles)s, by another access")
    return gettext("Evaluated: %(person)s can switch to %(roles)s")


def _again(decision: str) -> str:
    if decision == ALLOWED:
        return gettext("Evaluated: %(person)s can still switch to %(roles)s. It is evaluated again.")
    return gettext("Evaluated: %(person)s cannot switch to %(roles)s yet. It is evaluated again.")


def _unexpected(decision: str) -> str:
    if decision == ALLOWED:
        return gettext("Evaluated: %(person)s can switch to %(roles)s and should not. An administrator must look into it.")
    return gettext("Evaluated: %(person)s cannot switch to %(roles)s and should. An administrator must look into it.")


def _role(data: Mapping[str, Any]) -> RoleEvaluation:
    return RoleEvaluation(
        of=data["role"], decision=data["decision"], by=data.get("by", ""), gate=data.get("gate", "none"), why=data.get("why", ())
    )


def _moment(at: str | datetime) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromisoformat(at)
