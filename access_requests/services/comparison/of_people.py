"""Facts of people, and of what directories say of them."""

from typing import Any

from access_requests.selectors import scim
from access_requests.services.comparison.facts import Fact, Row, Table, following, same, stored, via
from access_requests.services.people import roles
from audits.replay import ThingKind
from portal.providers.provider import Role
from portal.users.models import FACTOR_KINDS, HeldRole

# How allauth calls the kinds of factors.


def _bound(field: str, model: str) -> tuple[Fact, Fact]:
    def user(row: Row) -> dict[str, str] | None:
        binding = getattr(row, field, None)
        return {"name": binding.user_name, "user_id": binding.user_id} if binding else None

    def since(row: Row) -> Any:
        binding = getattr(row, field, None)
        return binding.bound_at if binding else None

    return (
        Fact(name=field, fields=(f"{model}.person", f"{model}.user_name", f"{model}.user_id"), read=user),
        Fact(name=f"{field}_bound_at", fields=(f"{model}.bound_at",), read=since),
    )


def _links(row: Row) -> list[dict[str, Any]]:
    links = sorted(row.linked_identities.all(), key=lambda link: (link.provider, link.external_id))
    return [{"provider": link.provider, "external_id": link.external_id, "verified_at": link.verified_at} for link in links]


def _of_passkey(name: str) -> Fact:
    """A fact that other kinds of factors do not have, which their rows have as an empty text."""
    return Fact(name=name, fields=(f"Factor.{name}",), read=lambda row: getattr(row, name) or None)


def _authenticator(row: Row) -> str:
    """Return the kind of the row of allauth's by which the factor is proven, which is to be the same person's."""
    there = row.authenticator
    return FACTOR_KINDS.get(there.type, there.type) if there.user_id == row.person_id else "of somebody else"


def _of_django(row: Row) -> list[str]:
    """Return by what Django, or a library of its, would let the person do more."""
    flags = [name for name in ("is_staff", "is_superuser") if getattr(row, name)]
    return [*flags, *(str(group) for group in row.groups.all()), *(str(each) for each in row.user_permissions.all())]


def _roles(row: Row) -> dict[str, list[str]]:
    """Return role -> who says so. At an upgrade a flag has no row yet: it was set here."""
    return {**{role: [HeldRole.HERE] for role in _bare(row)}, **roles.sources(row)}


def _bare(row: Row) -> list[Role]:
    """Return the roles that are flags of the person, and that no source says: whoever took their row away left them."""
    held = {each.role for each in row.held_roles.all()}
    return [role for role, flag in roles.FLAGS.items() if getattr(row, flag) and role not in held]


PEOPLE = Table(
    kind=ThingKind.PERSON,
    model="users.User",
    key=same("User", "username")[0],
    facts=(
        *same("User", "name", "email", "disabled_by", "made_by"),
        Fact(name="disabled", fields=("User.is_active",), read=lambda row: not row.is_active),
        Fact(name="password", fields=("User.password",), read=lambda row: stored(row, "password")),
        *_bound("iam_user", "IamUserBinding"),
        *_bound("identity_center_user", "IdentityCenterBinding"),
        Fact(
            name="links",
            fields=(
                *("LinkedIdentity.person", "LinkedIdentity.provider", "LinkedIdentity.external_id"),
                "LinkedIdentity.verified_at",
            ),
            read=_links,
        ),
        Fact(name="roles", fields=("HeldRole.person", "HeldRole.role", "HeldRole.source"), read=_roles),
        Fact(
            name="standing_groups",
            fields=("StandingGroup.people",),
            read=lambda row: [group.name for group in row.standing_groups.all()],
        ),
        following("is_administrator", ["User.is_administrator"], lambda row: row.is_administrator),
        following("is_auditor", ["User.is_auditor"], lambda row: row.is_auditor),
        following("bare_flags", ["HeldRole.person", "HeldRole.role"], _bare),
        following("of_django", ["User.is_staff", "User.is_superuser", "User.groups", "User.user_permissions"], _of_django),
    ),
    select=("iam_user", "identity_center_user"),
    marks=("password",),
    prefetch=("linked_identities", "held_roles", "standing_groups", "groups", "user_permissions"),
)
PROVIDED = Table(
    kind=ThingKind.PROVIDED,
    model="access_requests.ScimUser",
    key=Fact(
        name="key", fields=("ScimUser.provider", "ScimUser.resource_id"), read=lambda row: f"{row.provider}:{row.resource_id}"
    ),
    facts=(
        *same("ScimUser", "provider", "user_name", "external_id", "active", "deleted_at"),
        *via("ScimUser", id="resource_id", person="person.username"),
        Fact(name="display_name", fields=("ScimUser.attributes",), read=lambda row: row.attributes.get("displayName") or ""),
        Fact(name="name", fields=("ScimUser.attributes",), read=lambda row: row.attributes.get("name") or {}),
        Fact(
            name="emails",
            fields=("ScimUser.attributes",),
            read=lambda row: [each.get("value") or "" for each in row.attributes.get("emails") or ()],
        ),
        following("user_name_key", ["ScimUser.user_name_key"], lambda row: row.user_name_key == scim.comparable(row.user_name)),
    ),
    select=("person",),
)
DIRECTORY_GROUPS = Table(
    kind=ThingKind.DIRECTORY_GROUP,
    model="access_requests.ScimGroup",
    key=same("ScimGroup", "resource_id")[0],
    facts=(
        *same("ScimGroup", "provider", "external_id"),
        *via("ScimGroup", name="display_name"),
        Fact(
            name="members",
            fields=("ScimGroup.members",),
            read=lambda row: [member.person.username for member in row.members.all()],
        ),
        following("name_key", ["ScimGroup.name_key"], lambda row: row.name_key == scim.comparable(row.display_name)),
    ),
    prefetch=("members__person",),
)
SCIM_TOKENS = Table(
    kind=ThingKind.SCIM_TOKEN,
    model="access_requests.ScimToken",
    key=same("ScimToken", "code")[0],
    facts=(
        *same("ScimToken", "provider", "made_by", "made_at", "revoked_at"),
        Fact(name="mark", fields=("ScimToken.digest",), read=lambda row: stored(row, "digest")),
    ),
    marks=("digest",),
)
FACTORS = Table(
    kind=ThingKind.FACTOR,
    model="users.Factor",
    key=same("Factor", "code")[0],
    facts=(
        *same("Factor", "kind", "name", "added_at"),
        *via("Factor", person="person.username"),
        *(_of_passkey(name) for name in ("credential_id", "public_key")),
        following("authenticator", ["Factor.authenticator", "Authenticator.user", "Authenticator.type"], _authenticator),
    ),
    select=("person", "authenticator"),
)
FACTOR_RESETS = Table(
    kind=ThingKind.FACTOR_RESET,
    model="users.FactorReset",
    key=Fact(name="person", fields=("FactorReset.person",), read=lambda row: row.person.username),
    facts=same("FactorReset", "proposed_by", "reason", "proposed_at", "good_until"),
    select=("person",),
)
# Of tables that entries told the whole of from their first day.
NEW = (FACTORS, FACTOR_RESETS)
TABLES = (PEOPLE, PROVIDED, DIRECTORY_GROUPS, SCIM_TOKENS)
