"""Accounts, roles and people as the trail tells them, and what a company declares besides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from audits.cloudtrail.said import without_session
from audits.cloudtrail.standing import Role, Standing, Timeline
from audits.log_ins.history import History
from audits.models import EnabledRegions, TrailEntry
from audits.replay import State, ThingKind

ACTS = (
    *(Act.CATALOGUE_ADDED, Act.CATALOGUE_CHANGED, Act.CATALOGUE_RETIRED, Act.CATALOGUE_BASELINE),
    *(Act.PERSON_ADDED, Act.PERSON_CHANGED, Act.PERSON_BASELINE, Act.PERSON_DISABLED, Act.PERSON_ENABLED),
    *(Act.IAM_USER_BOUND, Act.IDENTITY_CENTER_USER_BOUND, Act.IAM_USER_UNBOUND, Act.IDENTITY_CENTER_USER_UNBOUND),
)
JUMP, DIRECTORY, OF_DIRECTORY = "jump", "directory", "identity-center"
ARN_COLONS = 5
# Where CloudTrail keeps what is done in IAM and by the console's sign-in, which have no Region.
GLOBAL_REGION = "us-east-1"
_EXEMPTION = {"owner", "until", "why", "account", "role", "principal", "provider"}
_NEEDED = {"owner", "until", "why"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """An account that is read: in these Regions, by this role of the portal's; by its own credentials in the Jump account.

    `are_told` is whether AWS ever said which Regions the account has switched on: until then there may be others.
    """

    account: str
    key: str
    name: str
    kind: str
    role_arn: str
    regions: tuple[str, ...]
    are_told: bool = False

    @property
    def is_jump(self) -> bool:
        return self.kind == JUMP

    @property
    def is_home(self) -> bool:
        """Whether people are at home there: that they are is no log-in to production."""
        return self.kind in (JUMP, DIRECTORY)

    @property
    def is_readable(self) -> bool:
        return self.is_jump or bool(self.role_arn)


@dataclass(frozen=True, kw_only=True)
class Known:
    """`roles` are ARNs that people take on, or took on once: a session outlives its line in the catalogue.

    `standing` is who may always take which, at each time. `people`: id of a user in AWS -> username. `groups`: work group -> its
    roles, at each time. `portal_roles` are the portal's own, or were.
    """

    places: Sequence[Place] = ()
    roles: frozenset[str] = frozenset()
    standing: Standing = field(default_factory=Standing)
    people: Mapping[str, str] = field(default_factory=dict)
    groups: Timeline[Mapping[str, frozenset[Role]]] = field(default_factory=Timeline)
    portal_roles: frozenset[str] = frozenset()

    @property
    def jump(self) -> str:
        return next((place.account for place in self.places if place.is_jump), "")

    @property
    def identity_center(self) -> str:
        """The account in which Identity Center tells who came by it, as far as the portal has a role there; else empty."""
        return _account_of(settings.AWS_IDENTITY_CENTER_ROLE_ARN)

    @property
    def scope(self) -> Scope:
        named = (exemption.role for exemption in exemptions() if exemption.role and "*" not in exemption.role)
        homes = frozenset(place.account for place in self.places if place.is_home)
        return Scope(homes=homes, roles=self.roles | frozenset(named))

    def place(self, account: str) -> Place | None:
        return next((place for place in self.places if place.account == account), None)


@dataclass(kw_only=True)
class _Folded:
    """What a process has folded, up to the entry of this id, which was recorded then."""

    through: int = 0
    recorded_at: datetime | None = None
    past: History = field(default_factory=History)
    known: Known = field(default_factory=Known)

    def go_on(self, newest: TrailEntry) -> bool:
        """Fold what is new; return False where this is no longer the trail that was folded: a backup may have been restored."""
        rows = TrailEntry.objects.filter(Q(pk=self.through) | Q(act__in=ACTS), pk__gte=self.through, pk__lte=newest.pk)
        entries = list(rows.order_by("pk"))
        if self.through:
            if not entries or (entries[0].pk, entries[0].recorded_at) != (self.through, self.recorded_at):
                return False
            del entries[0]
        for entry in entries:
            self.past.follow(entry)
        if entries:
            self.known = _told(self.past)
        self.through, self.recorded_at = newest.pk, newest.recorded_at
        return True


_folded = _Folded()
_lock = Lock()


def known() -> Known:
    """Return what the trail tells now, with the Regions that AWS told of.

    Reads what came since it was last asked in this process, and all of it once.
    """
    told = _known()
    enabled: dict[str, list[str]] = dict(EnabledRegions.objects.values_list("account", "regions"))
    return replace(told, places=[_as_told(place, enabled.get(place.account, ())) for place in told.places])


def _as_told(place: Place, regions: Sequence[str]) -> Place:
    return replace(place, regions=tuple(regions), are_told=True) if regions else place


def _known() -> Known:
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
        _check_patterns(number, one)
    return [Exemption(**{**one, "account": str(one.get("account", ""))}) for one in read]


def _check_patterns(number: int, one: Mapping[str, Any]) -> None:
    """Raise ValueError for a pattern that AWS vouches for nothing of: it would hold for nobody."""
    role, principal = str(one.get("role", "arn:")), str(one.get("principal", "arn:"))
    if not role.startswith("arn:"):
        raise ValueError(f"declared log-in {number} names a role without its ARN")
    if one.get("provider"):
        return
    if ":" in principal and not principal.startswith("arn:"):
        raise ValueError(f"declared log-in {number} names a principal by neither its ARN, nor a user's id of Identity Center")
    name = principal.removeprefix(without_session(principal)).strip("/")
    if name not in {"", "*"}:
        raise ValueError(f"declared log-in {number} names a session, {name}, whose name its caller chooses")


def _told(past: History) -> Known:
    return Known(
        places=_places(past.state),
        roles=past.roles,
        standing=past.standing,
        people=dict(past.people),
        groups=past.work_groups,
        portal_roles=frozenset(past.portal_roles - {""}),
    )


def _account_of(arn: str) -> str:
    return arn.split(":")[4] if arn.count(":") >= ARN_COLONS else ""


def _places(state: State) -> Sequence[Place]:
    """Return the accounts of the catalogue, and that of Identity Center, whose events say who came by it."""
    accounts = state.of(ThingKind.ACCOUNT)
    found = [_place(key, account) for key, account in sorted(accounts.items()) if account.get("id")]
    role_arn = settings.AWS_IDENTITY_CENTER_ROLE_ARN
    center = _account_of(role_arn)
    if not center or any(place.account == center and place.is_readable for place in found):
        return found
    there = next((place for place in found if place.account == center), None)
    if there is not None:
        return [replace(place, role_arn=role_arn) if place is there else place for place in found]
    own = {"id": center, "gate_role_arn": role_arn, "kind": DIRECTORY}
    return [*found, _place(OF_DIRECTORY, own)]


def _place(key: str, account: Mapping[str, Any]) -> Place:
    """Return an account as it is read. Until AWS tells which Regions it has switched on, the declared ones are."""
    everywhere = (settings.AWS_REGION, GLOBAL_REGION, settings.AWS_IDENTITY_CENTER_REGION)
    return Place(
        account=str(account["id"]),
        key=key,
        name=str(account.get("name") or key),
        kind=str(account.get("kind", "")),
        role_arn=str(account.get("gate_role_arn") or ""),
        regions=tuple(dict.fromkeys(region for region in (*everywhere, *account.get("regions", ())) if region)),
    )
