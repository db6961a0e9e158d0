"""Groups of a provider's directory. What their members are by them, `roles` of the provider's configuration says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access_requests.models import ScimGroup, ScimUser
from access_requests.selectors import scim
from access_requests.services.people import provisioning_errors, roles
from access_requests.services.record import changes
from audits.acts import Act
from portal.providers.provider import Provider
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Actor


@dataclass(frozen=True, kw_only=True)
class SaidGroup:
    """What the directory says of a group. `members` are ids that the portal gave to its users."""

    display_name: str
    external_id: str
    members: Collection[str]


def add(*, provider: Provider, said: SaidGroup, actor: Actor, now: datetime) -> ScimGroup:
    """Raises GroupNameTaken, NoSuchMember."""
    _check_free(provider, said)
    row = ScimGroup.objects.create(provider=provider.key, created_at=now, modified_at=now, **_columns(said))
    return _settle(row, provider, said, before=None, actor=actor, now=now)


def change(*, row: ScimGroup, provider: Provider, said: SaidGroup, actor: Actor, now: datetime) -> ScimGroup:
    """Raises GroupNameTaken, NoSuchMember."""
    _check_free(provider, said, but=row)
    before = _described(row)
    for name, value in _columns(said).items():
        setattr(row, name, value)
    return _settle(row, provider, said, before=before, actor=actor, now=now)


def remove(*, row: ScimGroup, provider: Provider, actor: Actor, now: datetime) -> None:
    before, left = _described(row), list(row.members.all())
    row.members.clear()
    row.delete()
    _record(row, before=before, after=None, actor=actor, now=now)
    _claim(left, provider, actor, now)


def leave_all(*, user: ScimUser, actor: Actor, now: datetime) -> None:
    """Take somebody who is deleted out of their groups."""
    for row in ScimGroup.objects.select_for_update().filter(members=user):
        before = _described(row)
        row.members.remove(user)
        row.touch(now)
        row.save()
        _record(row, before=before, after=_described(row), actor=actor, now=now)


def lock_group(provider: Provider, resource_id: str) -> ScimGroup:
    """Return one of the provider's groups, locked until the transaction ends. Raises NotFound."""
    row = ScimGroup.objects.select_for_update().filter(provider=provider.key, resource_id=resource_id).first()
    if row is None:
        raise rejections.NotFound
    return row


def _settle(
    row: ScimGroup, provider: Provider, said: SaidGroup, *, before: Mapping[str, Any] | None, actor: Actor, now: datetime
) -> ScimGroup:
    """Write the members, and have each whom it concerns be what they are by it."""
    members = list(scim.users(provider).filter(resource_id__in=said.members))
    if len(members) != len(set(said.members)):
        raise provisioning_errors.NoSuchMember(field="members")
    there = set(row.members.all())
    row.members.set(members)
    after = _described(row)
    if after == before:
        return row
    if before is not None:
        row.touch(now)
        row.save()
    _record(row, before=before, after=after, actor=actor, now=now)
    was_named = before is not None and (before["name"], before["external_id"]) != (after["name"], after["external_id"])
    _claim(there.union(members) if was_named else there.symmetric_difference(members), provider, actor, now)
    return row


def _claim(users: Collection[ScimUser], provider: Provider, actor: Actor, now: datetime) -> None:
    """Have people be what their groups make them now."""
    if not provider.roles.governed():
        return
    for person in User.objects.filter(scim_users__in=users).order_by("pk"):
        groups = scim.groups_of(person, provider) or frozenset()
        roles.claim(person=person, provider=provider, groups=groups, actor=actor, now=now)


def _check_free(provider: Provider, said: SaidGroup, *, but: ScimGroup | None = None) -> None:
    rows = ScimGroup.objects.filter(provider=provider.key)
    others = rows if but is None else rows.exclude(pk=but.pk)
    is_taken = others.filter(name_key=scim.comparable(said.display_name)).exists()
    if is_taken or (said.external_id and others.filter(external_id=said.external_id).exists()):
        raise provisioning_errors.GroupNameTaken


def _columns(said: SaidGroup) -> dict[str, str]:
    return {
        "display_name": said.display_name,
        "name_key": scim.comparable(said.display_name),
        "external_id": said.external_id,
    }


def _described(row: ScimGroup) -> dict[str, Any]:
    members = row.members.order_by("person__username").values_list("person__username", flat=True)
    return {"provider": row.provider, "name": row.display_name, "external_id": row.external_id, "members": list(members)}


def _record(
    row: ScimGroup, *, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, actor: Actor, now: datetime
) -> None:
    subject = f"directory_group:{row.resource_id}"
    changes.record(act=Act.DIRECTORY_GROUP_CHANGED, subject=subject, before=before, after=after, actor=actor, now=now)
