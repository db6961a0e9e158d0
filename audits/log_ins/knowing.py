"""Accounts, roles and people as the trail tells them, and what a company declares besides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import yaml
from django.conf import settings
from django.db.models import Q

from audits import selectors
from audits.acts import Act
from audits.cloudtrail.event import Scope
from audits.cloudtrail.leave import Exemption
from audits.models import TrailEntry
from audits.replay import State, ThingKind, fold

ACTS = (
    *(Act.CATALOGUE_ADDED, Act.CATALOGUE_CHANGED, Act.CATALOGUE_RETIRED, Act.CATALOGUE_BASELINE),
    *(Act.PERSON_ADDED, Act.PERSON_CHANGED, Act.PERSON_BASELINE, Act.IAM_USER_BOUND, Act.IDENTITY_CENTER_USER_BOUND),
)
JUMP = "jump"
# Where CloudTrail keeps what is done in IAM and by the console's sign-in, which have no Region.
GLOBAL_REGION = "us-east-1"
IDENTITIES = ("iam_user", "identity_center_user")
_EXEMPTION = {"owner", "until", "why", "account", "role", "principal", "provider"}
_NEEDED = {"owner", "until", "why"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """An account that is read: in these Regions, by this role of the portal's; by its own credentials in the Jump account."""

    account: str
    key: str
    name: str
    kind: str
    role_arn: str
    regions: tuple[str, ...]

    @property
    def is_jump(self) -> bool:
        return self.kind == JUMP

    @property
    def is_readable(self) -> bool:
        return self.is_jump or bool(self.role_arn)


@dataclass(frozen=True, kw_only=True)
class Known:
    """`roles` are ARNs that people take on, as declared; `standing` those, and AWS's ids, that a standing group may always take.

    `people`: id of a user in AWS -> username. `groups`: work group -> ARN and id of its roles.
    """

    places: Sequence[Place] = ()
    roles: frozenset[str] = frozenset()
    standing: frozenset[str] = frozenset()
    people: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    @property
    def jump(self) -> str:
        return next((place.account for place in self.places if place.is_jump), "")

    @property
    def scope(self) -> Scope:
        named = (exemption.role for exemption in exemptions() if exemption.role and "*" not in exemption.role)
        return Scope(jump=self.jump, roles=self.roles | frozenset(named))

    @property
    def portal_roles(self) -> frozenset[str]:
        return frozenset(place.role_arn for place in self.places if place.role_arn)

    def place(self, account: str) -> Place | None:
        return next((place for place in self.places if place.account == account), None)


@dataclass(kw_only=True)
class _Folded:
    """What a process has folded, up to the entry of this id, which was recorded then."""

    through: int = 0
    recorded_at: datetime | None = None
    state: State = field(default_factory=State)
    people: dict[str, str] = field(default_factory=dict)
    known: Known = field(default_factory=Known)

    def go_on(self, newest: TrailEntry) -> bool:
        """Fold what is new; return False where this is no longer the trail that was folded: a backup may have been restored."""
        rows = TrailEntry.objects.filter(Q(pk=self.through) | Q(act__in=ACTS), pk__gte=self.through, pk__lte=newest.pk)
        entries = list(rows.order_by("pk"))
        if self.through:
            if not entries or (entries[0].pk, entries[0].recorded_at) != (self.through, self.recorded_at):
                return False
            del entries[0]
        if entries:
            fold(entries, onto=self.state)
            self.people |= _people(entries)
            self.known = _told(self.state, self.people)
        self.through, self.recorded_at = newest.pk, newest.recorded_at
        return True


_folded = _Folded()
_lock = Lock()


def known() -> Known:
    """Return what the trail tells now. Reads what came since it was last asked in this process, and all of it once."""
    with _lock:
        newest = selectors.numbered().only("recorded_at").order_by("-pk").first()
        if newest is None:
            return Known()
        if (newest.pk, newest.recorded_at) != (_folded.through, _folded.recorded_at) and not _folded.go_on(newest):
            forget()
            _folded.go_on(newest)
        return _folded.known


def forget() -> None:
    """Fold all of it with the next question."""
    global _folded  # noqa: PLW0603  A process remembers what it folded.
    _folded = _Folded()


def exemptions() -> Sequence[Exemption]:
    """Return what is declared as right: with an owner and an end each. Raises ValueError for a file that cannot be read so."""
    path = settings.LOG_IN_EXCEPTIONS_FILE
    return _exemptions(Path(path).read_text()) if path else ()


def _exemptions(text: str) -> Sequence[Exemption]:
    read = yaml.safe_load(text) or []
    for number, one in enumerate(read if isinstance(read, list) else [read], 1):
        if not isinstance(one, dict) or not _NEEDED <= one.keys() <= _EXEMPTION or not isinstance(one["until"], date):
            raise ValueError(
                f"declared log-in {number} has owner, until (a date), why, and some of account, role, principal, provider"
            )
        if one.keys() == _NEEDED:
            raise ValueError(f"declared log-in {number} names nobody: it would be everybody")
    return [Exemption(**{**one, "account": str(one.get("account", ""))}) for one in read]


def _told(state: State, people: Mapping[str, str]) -> Known:
    roles = {key: (_arn(key, role, state), str(role.get("role_id") or "")) for key, role in state.of(ThingKind.ROLE).items()}
    standing = {
        each
        for group in state.of(ThingKind.STANDING_GROUP).values()
        for key in group.get("target_roles", ())
        for each in roles.get(key, ())
    }
    groups = {
        name: frozenset(roles[key] for key in group.get("target_roles", ()) if key in roles)
        for name, group in state.of(ThingKind.WORK_GROUP).items()
    }
    return Known(
        places=_places(state),
        roles=frozenset({*(arn for arn, _id in roles.values()), *_others(state)} - {""}),
        standing=frozenset(standing - {""}),
        people=dict(people),
        groups=groups,
    )


def _places(state: State) -> Sequence[Place]:
    everywhere = (settings.AWS_REGION, GLOBAL_REGION, settings.AWS_IDENTITY_CENTER_REGION)
    return [
        Place(
            account=str(account["id"]),
            key=key,
            name=str(account.get("name") or key),
            kind=str(account.get("kind", "")),
            role_arn=str(account.get("gate_role_arn") or ""),
            regions=tuple(dict.fromkeys(region for region in (*everywhere, *account.get("regions", ())) if region)),
        )
        for key, account in sorted(state.of(ThingKind.ACCOUNT).items())
        if account.get("id")
    ]


def _arn(key: str, role: Mapping[str, Any], state: State) -> str:
    """Return the role's ARN as AWS has it; while nobody has read it, as its name makes it."""
    account, _, name = key.partition("/")
    number = state.of(ThingKind.ACCOUNT).get(account, {}).get("id")
    return str(role.get("arn") or (f"arn:aws:iam::{number}:role/{name}" if number else ""))


def _others(state: State) -> set[str]:
    """Return roles that let others in on purpose, as far as their names make an ARN."""
    return {
        f"arn:aws:iam::{account['id']}:role/{name}"
        for account in state.of(ThingKind.ACCOUNT).values()
        for name in account.get("other_roles", ())
        if account.get("id")
    }


def _people(entries: Sequence[TrailEntry]) -> dict[str, str]:
    """Return whose each user in AWS is: ids are never given twice, so whoever was bound last counts."""
    found = dict[str, str]()
    for entry in entries:
        kind, _colon, person = entry.subject.partition(":")
        after: Any = entry.data.get("after") or {}
        if kind != "person" or not isinstance(after, dict):
            continue
        for user in (after, *(after.get(name) or {} for name in IDENTITIES)):
            if isinstance(user, dict) and user.get("user_id"):
                found[str(user["user_id"])] = person
    return found
