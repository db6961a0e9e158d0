"""The kinds of resources: from rows to what SCIM shows, and from what it says to verbs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils import timezone
from scim2_models import InvalidValueException, Meta, Resource, ResourceType

from access_requests.models import ScimGroup, ScimUser
from access_requests.scim import schemas
from access_requests.selectors import scim
from access_requests.services.people import provided_groups, provisioning
from access_requests.services.people.provided_groups import SaidGroup
from access_requests.services.people.provisioning import Said
from portal.providers.provider import Provider
from portal.verbs.actor import Actor

Row = Any
LONGEST = 255
MOST_ADDRESSES = 20


class Kind(Protocol):
    """`columns`: which column holds an attribute, and how its value is compared."""

    columns: Mapping[str, str]

    def rows(self, provider: Provider) -> QuerySet[Any]: ...
    def lock(self, provider: Provider, resource_id: str) -> Row: ...
    def shown(self, row: Row) -> Resource[Any]: ...
    def add(self, provider: Provider, resource: Resource[Any], actor: Actor) -> Row: ...
    def change(self, provider: Provider, row: Row, resource: Resource[Any], actor: Actor) -> Row: ...
    def remove(self, provider: Provider, row: Row, actor: Actor, now: datetime) -> None: ...


class Users:
    columns: Mapping[str, str] = {"username": "user_name_key", "externalid": "external_id", "id": "resource_id"}

    def rows(self, provider: Provider) -> QuerySet[ScimUser]:
        return scim.users(provider)

    def lock(self, provider: Provider, resource_id: str) -> ScimUser:
        return provisioning.lock_user(provider, resource_id)

    def shown(self, row: ScimUser) -> schemas.User:
        groups = [
            {"value": group.resource_id, "display": group.display_name, "$ref": f"Groups/{group.resource_id}", "type": "direct"}
            for group in row.scim_groups.all()
        ]
        active = row.active if "active" in row.attributes else None
        fields = {**row.attributes, "userName": row.user_name, "active": active, "groups": groups or None}
        return schemas.User.model_validate({**fields, **_about(row, "User")})

    def add(self, provider: Provider, resource: Resource[Any], actor: Actor) -> ScimUser:
        return provisioning.add(provider=provider, said=_said(resource), actor=actor, now=timezone.now())

    def change(self, provider: Provider, row: ScimUser, resource: Resource[Any], actor: Actor) -> ScimUser:
        return provisioning.change(row=row, provider=provider, said=_said(resource), actor=actor, now=timezone.now())

    def remove(self, provider: Provider, row: ScimUser, actor: Actor, now: datetime) -> None:
        provisioning.remove(row=row, provider=provider, actor=actor, now=now)


class Groups:
    columns: Mapping[str, str] = {"displayname": "name_key", "externalid": "external_id", "id": "resource_id"}

    def rows(self, provider: Provider) -> QuerySet[ScimGroup]:
        return scim.groups(provider)

    def lock(self, provider: Provider, resource_id: str) -> ScimGroup:
        return provided_groups.lock_group(provider, resource_id)

    def shown(self, row: ScimGroup) -> schemas.Group:
        members = [{"value": user.resource_id, "$ref": f"Users/{user.resource_id}", "type": "User"} for user in row.members.all()]
        return schemas.Group.model_validate({"displayName": row.display_name, "members": members or None, **_about(row, "Group")})

    def add(self, provider: Provider, resource: Resource[Any], actor: Actor) -> ScimGroup:
        return provided_groups.add(provider=provider, said=_said_group(resource), actor=actor, now=timezone.now())

    def change(self, provider: Provider, row: ScimGroup, resource: Resource[Any], actor: Actor) -> ScimGroup:
        return provided_groups.change(row=row, provider=provider, said=_said_group(resource), actor=actor, now=timezone.now())

    def remove(self, provider: Provider, row: ScimGroup, actor: Actor, now: datetime) -> None:
        provided_groups.remove(row=row, provider=provider, actor=actor, now=now)


KINDS: Mapping[str, Kind] = {"User": Users(), "Group": Groups()}


def of(resource_type: ResourceType) -> Kind:
    return KINDS[str(resource_type.name)]


def version(row: Row) -> str:
    return f'W/"{row.version}"'


def _about(row: Row, name: str) -> dict[str, Any]:
    meta = Meta(resource_type=name, created=row.created_at, last_modified=row.modified_at, version=version(row))
    return {"id": row.resource_id, "externalId": row.external_id or None, "meta": meta}


def _said(resource: Resource[Any]) -> Said:
    """Return what is said of a person. Nothing about `active` leaves them as they are."""
    dumped = resource.model_dump()
    attributes: dict[str, Any] = {name: dumped[name] for name in ("displayName", "name", "emails", "active") if name in dumped}
    _check_length(attributes, most=MOST_ADDRESSES)
    user_name = _text(dumped, "userName")
    name = dumped.get("name") or {}
    parts = [name.get("givenName"), name.get("familyName")]
    return Said(
        user_name=user_name,
        external_id=_text(dumped, "externalId", needed=False),
        active=dumped.get("active"),
        name=dumped.get("displayName") or name.get("formatted") or " ".join(filter(None, parts)),
        email=_address(dumped.get("emails") or [], user_name),
        attributes=attributes,
    )


def _said_group(resource: Resource[Any]) -> SaidGroup:
    dumped = resource.model_dump()
    members = [str(member.get("value") or "") for member in dumped.get("members") or []]
    return SaidGroup(
        display_name=_text(dumped, "displayName"),
        external_id=_text(dumped, "externalId", needed=False),
        members=list(dict.fromkeys(members)),
    )


def _address(emails: list[Mapping[str, Any]], user_name: str) -> str:
    """Return the primary address, the first where none is, or the name of who has none where that is one."""
    listed = sorted(emails, key=lambda email: email.get("primary") is not True)
    for address in [*(str(email.get("value") or "") for email in listed), user_name]:
        try:
            validate_email(address)
        except ValidationError:
            continue
        return address
    return ""


def _text(dumped: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    """Return a text that can be kept and shown, and is not what it does not look like."""
    value = str(dumped.get(name) or "")
    if needed and not value.strip():
        raise InvalidValueException(detail=f"{name} is missing.")
    if len(value) > LONGEST or not value.isprintable() or value != value.strip():
        raise InvalidValueException(detail=f"{name} takes at most {LONGEST} characters that can be seen.")
    return value


def _check_length(value: Any, *, most: int) -> None:
    """Refuse names and addresses that nobody has."""
    if isinstance(value, str) and (len(value) > LONGEST or not value.isprintable()):
        raise InvalidValueException(detail=f"Names and addresses take at most {LONGEST} characters that can be seen.")
    if isinstance(value, Mapping):
        for one in value.values():
            _check_length(one, most=most)
    elif isinstance(value, list):
        if len(value) > most:
            raise InvalidValueException(detail=f"At most {most} addresses are kept.")
        for one in value:
            _check_length(one, most=most)
