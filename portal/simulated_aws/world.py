"""A world as data: what PUT /_simulated/company takes.

    {"accounts": [{
        "id": "111111111111", "name": "jump",
        "managed_policies": [{"name": "DenyBilling", "path": "/rails/", "document": {...}}],
        "roles":  [{"name": "Prod_MemberRole", "trust": {...}, "path": "/", "max_session_seconds": 14400,
                    "managed": ["arn:..."], "inline": {"policy name": {...}}, "boundary": "arn:..."}],
        "groups": [{"name": "MemberGroup", "path": "/", "managed": ["arn:..."], "inline": {"policy name": {...}}}],
        "users":  [{"name": "member01", "path": "/", "user_id": "AIDA...", "groups": ["MemberGroup"],
                    "tags": {"key": "value"}, "managed": [], "inline": {}, "boundary": "arn:...",
                    "keys": [{"id": "AKIA...", "secret": "..."}],
                    "mfa": [{"name": "member01", "seed": "GEZDGNBVGY3TQOJQ..."}]}],
        "identity_center": {"region": "ap-northeast-1",
                            "users": [{"name": "member01", "given_name": "Misaki", "family_name": "Sato", "email": "...",
                                       "user_id": "6f0c1b5e-..."}],
                            "groups": [{"name": "ProdIdentityCenterGroup", "description": "", "members": ["member01"],
                                        "assignments": [["444444444444", "SekishoOperate"]]}]}
    }],
     "organization": {"id": "o-sekishodemo", "management": "111111111111", "trail_administrator": "666666666666"},
     "regions": ["us-east-1", "ap-northeast-1"], "lookups_per_second": 2}

All but ids, names, documents and secrets may be left out. The name of an MFA device is the end of its serial number,
arn:aws:iam::111111111111:mfa/member01, and its seed is base32; a hardware token has a "serial" besides, such as GAHT12345678.
Ids that are not given are derived from account and name,
so that a world built again is the same to whoever remembers them.
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from portal.simulated_aws import totp

Document = Mapping[str, Any]
Declared = TypeVar("Declared")
# Those that accounts have switched on where nothing else is said.
REGIONS = ("us-east-1", "ap-northeast-1")
_KEY_ID = re.compile(r"AKIA[A-Z0-9]{16}")


class WorldError(ValueError):
    """The world that was declared cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedPolicy:
    name: str
    document: Document
    path: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    name: str
    trust: Document
    path: str = "/"
    max_session_seconds: int = 3_600
    managed: tuple[str, ...] = ()
    inline: Mapping[str, Document] = field(default_factory=dict)
    boundary: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    name: str
    path: str = "/"
    managed: tuple[str, ...] = ()
    inline: Mapping[str, Document] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    id: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _KEY_ID.fullmatch(self.id):
            message = f"not an access key id: {self.id}"
            raise WorldError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaDevice:
    """A device of one-time codes. `serial` is what is printed on a hardware token; else `name` is the serial number's end."""

    name: str
    seed: str = field(repr=False)
    serial: str | None = None

    def __post_init__(self) -> None:
        if not totp.is_seed(self.seed):
            message = f"not the seed of an MFA device: {self.name}"
            raise WorldError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    name: str
    path: str = "/"
    user_id: str | None = None
    groups: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    managed: tuple[str, ...] = ()
    inline: Mapping[str, Document] = field(default_factory=dict)
    boundary: str | None = None
    keys: tuple[AccessKey, ...] = ()
    mfa: tuple[MfaDevice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryUser:
    """A user of Identity Center."""

    name: str
    given_name: str
    family_name: str
    email: str | None = None
    user_id: str | None = None

    @property
    def attributes(self) -> dict[str, Any]:
        """Return what CreateUser would be given."""
        whole = {
            "UserName": self.name,
            "DisplayName": f"{self.family_name} {self.given_name}",
            "Name": {"GivenName": self.given_name, "FamilyName": self.family_name},
        }
        return {**whole, "Emails": [{"Value": self.email, "Type": "work", "Primary": True}]} if self.email else whole


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryGroup:
    """A group of Identity Center, the names of its users, and the permission sets of accounts that it is assigned to."""

    name: str
    description: str = ""
    members: tuple[str, ...] = ()
    assignments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCenter:
    """The one instance that an account may have, with its identity store. Ids are derived as all others are."""

    region: str
    users: tuple[DirectoryUser, ...] = ()
    groups: tuple[DirectoryGroup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: str
    name: str
    managed_policies: tuple[ManagedPolicy, ...] = ()
    roles: tuple[Role, ...] = ()
    groups: tuple[Group, ...] = ()
    users: tuple[User, ...] = ()
    identity_center: IdentityCenter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """What all accounts belong to; `trail_administrator` may make its trails besides the management account."""

    id: str
    management: str
    trail_administrator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`regions` are those that accounts have switched on; `lookups_per_second` limits LookupEvents, as AWS does at two."""

    accounts: tuple[Account, ...]
    organization: Organization | None = None
    regions: tuple[str, ...] = ()
    lookups_per_second: int | None = None

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def parsed(cls, data: Any) -> Self:
        """Return the world that decoded JSON describes. Raises WorldError for what is missing, unknown or misshapen."""
        try:
            given = data.get("organization")
            return cls(
                accounts=tuple(_account(**account) for account in data["accounts"]),
                organization=Organization(**given) if given else None,
                regions=tuple(data.get("regions") or ()),
                lookups_per_second=data.get("lookups_per_second"),
            )
        except (AttributeError, KeyError, TypeError) as error:
            message = f"not a world: {error}"
            raise WorldError(message) from error


def _account(
    *, managed_policies: Any = (), roles: Any = (), groups: Any = (), users: Any = (), identity_center: Any = None, **rest: Any
) -> Account:
    return Account(
        **rest,
        managed_policies=_each(ManagedPolicy, managed_policies),
        roles=_each(Role, roles),
        groups=_each(Group, groups),
        users=tuple(_user(**user) for user in users),
        identity_center=_identity_center(**identity_center) if identity_center else None,
    )


def _user(*, keys: Any = (), mfa: Any = (), **rest: Any) -> User:
    return User(**rest, keys=_each(AccessKey, keys), mfa=_each(MfaDevice, mfa))


def _identity_center(*, users: Any = (), groups: Any = (), **rest: Any) -> IdentityCenter:
    return IdentityCenter(**rest, users=_each(DirectoryUser, users), groups=_each(DirectoryGroup, groups))


def _each(kind: type[Declared], items: Iterable[Mapping[str, Any]]) -> tuple[Declared, ...]:
    return tuple(kind(**item) for item in items)
