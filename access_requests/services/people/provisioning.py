"""People as a provider's directory says them: made, told of, shut out and let in again. No username of the portal changes by it.

A directory reaches whom it brought and whom its log-in is linked with, and nobody else. Of people whom others made it changes
neither name nor address. Whom it shuts out it lets in again, unless somebody here shut them out as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from access_requests.models import ScimUser
from access_requests.selectors import scim
from access_requests.services.people import arrival_errors, arriving, people, provided_groups, provisioning_errors, roles
from access_requests.services.people.arriving import Arrival
from access_requests.services.people.people import Profile
from access_requests.services.record import changes
from audits.acts import Act
from portal.providers.provider import PREFIX, Provider, Role
from portal.users.models import PORTAL, LinkedIdentity, User
from portal.verbs import rejections
from portal.verbs.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the directory says of one of its people. `attributes` are names and addresses, as SCIM writes them.

    `active` null: nothing, so that they are as before.
    """

    user_name: str
    external_id: str
    active: bool | None
    name: str
    email: str
    attributes: Mapping[str, Any]


def add(*, provider: Provider, said: Said, actor: Actor, now: datetime) -> ScimUser:
    """Have somebody be the person whom the directory names: whom its subject or address finds, or somebody new.

    Raises UserNameTaken, PersonProvided, EmergencyAccount, PersonDisabled, and what of `arrival_errors` a log-in would.
    """
    _check_free(provider, said)
    arrival = _arrival(provider, said, actor)
    person = _person(arrival, now)
    if scim.users(provider).filter(person=person).exists():
        raise provisioning_errors.PersonProvided
    row = ScimUser.objects.create(
        provider=provider.key, person=person, created_at=now, modified_at=now, active=True, **_columns(said)
    )
    _record(row, before=None, after=_described(row), actor=actor, now=now)
    _tell(row, provider, said, actor, now)
    _let_in_or_shut_out(row, active=said.active is not False, actor=actor, now=now)
    return row


def change(*, row: ScimUser, provider: Provider, said: Said, actor: Actor, now: datetime) -> ScimUser:
    """Have the person be as the directory says now. Raises what `add` raises, and SubjectTaken."""
    _check_free(provider, said, but=row)
    before, columns = _described(row), _columns(said)
    active = row.active if said.active is None else said.active
    if row.active == active and all(getattr(row, name) == value for name, value in columns.items()):
        return row
    for name, value in columns.items():
        setattr(row, name, value)
    row.touch(now)
    row.save()
    _move_subject(row, provider, said, actor, now)
    _tell(row, provider, said, actor, now)
    _let_in_or_shut_out(row, active=active, actor=actor, now=now)
    _record(row, before=before, after=_described(row), actor=actor, now=now)
    return row


def remove(*, row: ScimUser, provider: Provider, actor: Actor, now: datetime) -> None:
    """Shut the person out, and forget whom the directory meant: its subject lets nobody in any more.

    Raises EmergencyAccount.
    """
    before = _described(row)
    _let_in_or_shut_out(row, active=False, actor=actor, now=now)
    provided_groups.leave_all(user=row, actor=actor, now=now)
    arriving.end(person=row.person, provider=provider, actor=actor, now=now)
    row.deleted_at = now
    row.touch(now)
    row.save()
    # It never says again that they may come in: from now on that is for administrators.
    User.objects.filter(pk=row.person_id, disabled_by=provider.identity).update(disabled_by=PORTAL)
    _record(row, before=before, after=None, actor=actor, now=now)


def _arrival(provider: Provider, said: Said, actor: Actor) -> Arrival:
    """Return it as a log-in would say it. A directory's addresses are those that its company gave."""
    subject = said.user_name if provider.scim is not None and provider.scim.subject == "userName" else said.external_id
    return Arrival(
        provider=provider,
        subject=subject,
        email=said.email,
        email_verified=True,
        name=said.name,
        door=actor.door,
        credential=actor.credential,
        proof=actor.proof,
    )


def _person(arrival: Arrival, now: datetime) -> User:
    arriving.check_domain(arrival)
    if arrival.subject:
        arriving.check_subject(arrival)
        if (known := arriving.of_subject(arrival)) is not None:
            return known
    _check_not_of_ours(arrival)
    return arriving.matched(arrival, now) or arriving.make(arrival, now)


def _check_not_of_ours(arrival: Arrival) -> None:
    """Raise EmailTaken where an address would give a directory whoever keeps the portal when the directory is away or hostile."""
    same = User.objects.filter(email__iexact=arrival.email).prefetch_related("held_roles") if arrival.email else ()
    if any(roles.said_here(person, Role.ADMINISTRATOR) or person.username in settings.EMERGENCY_ACCOUNTS for person in same):
        raise arrival_errors.EmailTaken(provider=arrival.provider.name)


def _check_free(provider: Provider, said: Said, *, but: ScimUser | None = None) -> None:
    others = scim.users(provider) if but is None else scim.users(provider).exclude(pk=but.pk)
    is_taken = others.filter(user_name_key=scim.comparable(said.user_name)).exists()
    if is_taken or (said.external_id and others.filter(external_id=said.external_id).exists()):
        raise provisioning_errors.UserNameTaken


def _columns(said: Said) -> dict[str, Any]:
    return {
        "user_name": said.user_name,
        "user_name_key": scim.comparable(said.user_name),
        "external_id": said.external_id,
        "attributes": dict(said.attributes),
    }


def _move_subject(row: ScimUser, provider: Provider, said: Said, actor: Actor, now: datetime) -> None:
    """Have the person log in by the subject that the directory gives them now. One that it says no more stays."""
    arrival = _arrival(provider, said, actor)
    own = LinkedIdentity.objects.filter(person=row.person, provider=provider.identity, verified_at__isnull=False)
    link = own.select_for_update().first()
    if not arrival.subject or (link is not None and link.external_id == arrival.subject):
        return
    arriving.check_subject(arrival)
    found = LinkedIdentity.objects.filter(provider=provider.identity, external_id__iexact=arrival.subject)
    if (found if link is None else found.exclude(pk=link.pk)).exists():
        raise provisioning_errors.SubjectTaken
    if link is not None:
        before = {"provider": link.provider, "external_id": link.external_id}
        link.delete()
        data = {"before": before, "after": None, "kept": False}
        changes.record_data(act=Act.IDENTITY_UNLINKED, subject=_subject(row), data=data, actor=actor, now=now)
    arriving.link(row.person, arrival, by="directory", now=now)


def _tell(row: ScimUser, provider: Provider, said: Said, actor: Actor, now: datetime) -> None:
    """Give the person whom the provider made the name and address that it says now."""
    person = User.objects.get(pk=row.person_id)
    arrival = _arrival(provider, said, actor)
    arriving.check_domain(arrival)
    name, email = arriving.cleaned(said.name), arrival.own_email
    if person.made_by != provider.identity or (name, email) == (person.name, person.email):
        return
    if email and User.objects.filter(email__iexact=email).exclude(pk=person.pk).exists():
        raise arrival_errors.EmailTaken(provider=provider.name)
    people.change(person=person, profile=_renamed(person, name=name, email=email), actor=actor, now=now)


def _renamed(person: User, *, name: str, email: str) -> Profile:
    there = people.describe(person)
    kept = ("administrator", "auditor", "identities", "standing_groups")
    return Profile(name=name, email=email, **{field: there[field] for field in kept})


def _let_in_or_shut_out(row: ScimUser, *, active: bool, actor: Actor, now: datetime) -> None:
    person, identity = User.objects.get(pk=row.person_id), PREFIX + row.provider
    row.active = active
    row.save(update_fields=["active"])
    if not active and person.is_active:
        _check_not_kept_for_emergencies(person)
        people.disable(person=person, actor=actor, now=now, by=identity)
    elif active and not person.is_active and person.disabled_by == identity:
        _let_in(person, actor, now)


def _let_in(person: User, actor: Actor, now: datetime) -> None:
    """Enable whom the directory had shut out, unless another holds them out: from now on that is the one who lets them in."""
    other = ScimUser.objects.filter(person=person, active=False, deleted_at=None).first()
    if other is None:
        people.enable(person=person, actor=actor, now=now)
        return
    person.disabled_by = PREFIX + other.provider
    person.save(update_fields=["disabled_by"])


def _check_not_kept_for_emergencies(person: User) -> None:
    if person.username in settings.EMERGENCY_ACCOUNTS:
        raise provisioning_errors.EmergencyAccount


def lock_user(provider: Provider, resource_id: str) -> ScimUser:
    """Return one of the provider's people, locked until the transaction ends. Raises NotFound."""
    rows = ScimUser.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(provider=provider.key, resource_id=resource_id, deleted_at=None).first()
    if row is None:
        raise rejections.NotFound
    return row


def _record(
    row: ScimUser, *, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, actor: Actor, now: datetime
) -> None:
    kept_out_by = User.objects.values_list("disabled_by", flat=True).get(pk=row.person_id)
    data = {"before": before, "after": after, "disabled_by": kept_out_by}
    changes.record_data(act=Act.PERSON_PROVISIONED, subject=_subject(row), data=data, actor=actor, now=now)


def _described(row: ScimUser) -> dict[str, Any]:
    return {
        "provider": row.provider,
        "id": row.resource_id,
        "user_name": row.user_name,
        "external_id": row.external_id,
        "active": row.active,
        "display_name": row.attributes.get("displayName") or "",
        "name": row.attributes.get("name") or {},
        "emails": [one.get("value") or "" for one in row.attributes.get("emails") or ()],
    }


def _subject(row: ScimUser) -> str:
    return f"person:{row.person.username}"
