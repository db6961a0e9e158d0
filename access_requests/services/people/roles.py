"""What somebody is in the portal, and who says so: administrators and the catalogue here, providers by what they claim.

Each source answers for what it says itself: a provider takes away what it gave, never what was given here, and the other way
round. What a lead or an engineer may is for the catalogue to say, which names them `@lead` and `@engineer`.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from access_requests.services.people import places
from access_requests.services.record import changes
from audits.acts import Act
from portal.providers.provider import Provider, Role
from portal.users.models import HeldRole, User
from portal.verbs.actor import Actor

# The roles that are flags of a person.
FLAGS: Mapping[Role, str] = {Role.ADMINISTRATOR: "is_administrator", Role.AUDITOR: "is_auditor"}
Sources = Mapping[str, list[str]]


def sources(person: User) -> dict[str, list[str]]:
    """Return role -> who says so; no query where `held_roles` is prefetched."""
    found: dict[str, list[str]] = {}
    for row in person.held_roles.all():
        found.setdefault(row.role, []).append(row.source)
    return {role: sorted(found[role]) for role in sorted(found)}


def said_here(person: User, role: Role) -> bool:
    """Return whether administrators or the catalogue's file say it, whatever a provider says besides."""
    return HeldRole.HERE in sources(person).get(role, [])


def say_here(person: User, said: Mapping[Role, bool], *, now: datetime) -> None:
    """Write what is said here; what providers say stays. Whoever calls this records it."""
    for role, is_said in said.items():
        rows = HeldRole.objects.filter(person=person, role=role, source=HeldRole.HERE)
        if is_said:
            rows.update_or_create(defaults={"confirmed_at": now}, create_defaults=_new(person, role, HeldRole.HERE, now))
        else:
            rows.delete()
    _settle(person, said)


def claim(*, person: User, provider: Provider, groups: Collection[str], actor: Actor, now: datetime) -> None:
    """Have the provider say what the person is: it gives and takes away the roles that it governs, and no others."""
    governed = provider.roles.governed()
    before = sources(person)
    claimed = provider.roles.of(frozenset(groups))
    held = HeldRole.objects.filter(person=person, source=provider.identity)
    held.exclude(role__in=claimed).delete()
    for role in claimed:
        held.filter(role=role).update_or_create(
            defaults={"confirmed_at": now}, create_defaults=_new(person, role, provider.identity, now)
        )
    _settle(person, {*governed, *map(Role, before)})
    record_changed(person=person, before=before, actor=actor, now=now)


def record_changed(*, person: User, before: Sources, actor: Actor, now: datetime) -> None:
    after = sources(User.objects.get(pk=person.pk))
    if after == before:
        return
    places.settle(person)
    subject = f"person:{person.username}"
    changes.record(
        act=Act.PERSON_ROLES_CHANGED, subject=subject, before={"roles": before}, after={"roles": after}, actor=actor, now=now
    )


def _settle(person: User, about: Collection[Role]) -> None:
    """Set the person's flags of these roles by what all sources say."""
    held = set(HeldRole.objects.filter(person=person, role__in=about).values_list("role", flat=True))
    flags = {FLAGS[role]: role in held for role in about if role in FLAGS}
    for name, value in flags.items():
        setattr(person, name, value)
    if flags:
        person.save(update_fields=[*flags])


def _new(person: User, role: Role, source: str, now: datetime) -> dict[str, object]:
    return {"person": person, "role": role, "source": source, "since": now, "confirmed_at": now}
