"""People: who they are, what they may, which user in AWS they are. Every change reaches the trail."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password

from access_requests.errors import AdministratorExists
from access_requests.grants.contract import Principal
from access_requests.grants.identity_center import IdentityCenterUser
from access_requests.models import LinkCode, StandingGroup
from access_requests.selectors import personal_tokens as selectors
from access_requests.services.people import leaving, personal_tokens, roles, sessions
from access_requests.services.record import bindings, changes, locking, marks
from audits.acts import Act
from portal.aws.directory import IamUser
from portal.providers.provider import PREFIX, Role
from portal.users.models import LinkedIdentity, User
from portal.verbs.actor import Actor

AwsUser = IamUser | IdentityCenterUser
BOUND = {Principal.IAM_USER: Act.IAM_USER_BOUND, Principal.IDENTITY_CENTER_USER: Act.IDENTITY_CENTER_USER_BOUND}
UNBOUND = {Principal.IAM_USER: Act.IAM_USER_UNBOUND, Principal.IDENTITY_CENTER_USER: Act.IDENTITY_CENTER_USER_UNBOUND}


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What administrators say about a person. `identities` is provider -> the identity there; being said here verifies it."""

    name: str = ""
    email: str = ""
    administrator: bool = False
    auditor: bool = False
    identities: Mapping[str, str] = field(default_factory=dict)
    standing_groups: Collection[str] = ()


def describe(person: User) -> dict[str, Any]:
    """Return all that administrators say about a person, as the catalogue's file says it and as the trail keeps it.

    What providers of log-in say, accounts there and roles, has acts of its own, and is no file's to say.
    """
    return {
        "name": person.name,
        "email": person.email,
        "administrator": roles.said_here(person, Role.ADMINISTRATOR),
        "auditor": roles.said_here(person, Role.AUDITOR),
        "disabled": not person.is_active,
        "iam_user": _described(bindings.of(person, Principal.IAM_USER)),
        "identity_center_user": _described(bindings.of(person, Principal.IDENTITY_CENTER_USER)),
        "identities": {link.provider: link.external_id for link in sorted(_said_here(person), key=lambda link: link.provider)},
        "standing_groups": sorted(group.name for group in person.standing_groups.all()),
    }


def held(person: User) -> dict[str, Any]:
    """Return what else the trail keeps of a person, which no administrator says in one place."""
    links = sorted(person.linked_identities.all(), key=lambda link: (link.provider, link.external_id))
    return {
        "links": [
            {"provider": link.provider, "external_id": link.external_id, "verified_at": link.verified_at} for link in links
        ],
        "roles": roles.sources(person),
        "disabled_by": person.disabled_by,
        "made_by": person.made_by,
    }


def add(*, username: str, profile: Profile, actor: Actor, now: datetime, made_by: str = "") -> User:
    """Add a person without a password. `made_by`: which provider of log-in does. Raises ValidationError, as for a name taken."""
    person = User(username=username, name=profile.name, email=profile.email, made_by=made_by)
    person.set_unusable_password()
    person.full_clean()
    _write(person, profile, now)
    _record(Act.PERSON_ADDED, person, before=None, actor=actor, now=now, data={"password": marks.of(person.password)})
    return person


def change(*, person: User, profile: Profile, actor: Actor, now: datetime, before: Mapping[str, Any] | None = None) -> None:
    """Change a profile. `before` is what it was, where some of it was let go already."""
    before = before or describe(person)
    _write(person, profile, now)
    _record(Act.PERSON_CHANGED, person, before=before, actor=actor, now=now)


def disable(*, person: User, actor: Actor, now: datetime, by: str = "") -> None:
    """Shut a person out: no log-in, no session, no token, no chat identity from now on; what they have and wait for ends.

    `by` alone lets them in again: as in `User.disabled_by`.
    """
    person, requests = leaving.lock(person.pk)
    before = describe(person)
    person.is_active, person.disabled_by = False, by
    person.save(update_fields=["is_active", "disabled_by"])
    leaving.end_all(person, requests, actor=actor, now=now)
    _record(Act.PERSON_DISABLED, person, before=before, actor=actor, now=now)


def enable(*, person: User, actor: Actor, now: datetime) -> None:
    """Let a disabled person in again. What ended meanwhile stays ended."""
    person = locking.lock_person(person.pk)
    before = describe(person)
    person.is_active, person.disabled_by = True, ""
    person.save(update_fields=["is_active", "disabled_by"])
    _record(Act.PERSON_ENABLED, person, before=before, actor=actor, now=now)


def bind(*, person: User, principal: Principal, user: AwsUser, actor: Actor, now: datetime) -> None:
    """Bind the one user of a kind that a person is, as AWS names it."""
    bound = bindings.bind(person, principal, user_name=user.name, user_id=user.user_id, now=now)
    after = _described(bound)
    changes.record(act=BOUND[principal], subject=_subject(person), before=None, after=after, actor=actor, now=now)


def unbind(*, person: User, principal: Principal, actor: Actor, now: datetime) -> None:
    before = _described(bindings.unbind(person, principal))
    changes.record(act=UNBOUND[principal], subject=_subject(person), before=before, after=None, actor=actor, now=now)


def release_identities(*, person: User, keep: Mapping[str, str]) -> None:
    """Unlink what is about to be changed, so that two people's identities can change places; `change` records it."""
    for link in _said_here(person):
        if keep.get(link.provider) != link.external_id:
            link.delete()


def set_password(*, person: User, password: str, actor: Actor, now: datetime, keep_session: str = "") -> None:
    """Set a password; the person's sessions, the tokens that they allowed and a code to link a chat end with the old one.

    `keep_session` is the key of the session in which they do it themselves. Raises ValidationError for a weak password.
    """
    validate_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    LinkCode.objects.filter(person=person).delete()
    gone = sessions.take_away(sessions.of(person, but=keep_session))
    tokens = personal_tokens.take_away(selectors.of_person(person))
    personal_tokens.record_revoked(tokens, actor=actor, now=now)
    sessions.record_ended(gone, person=person, reason=sessions.PASSWORD_SET, actor=actor, now=now)
    record_password(Act.PERSON_PASSWORD_SET, person, actor=actor, now=now)


def rehash(*, person: User, password: str, actor: Actor, now: datetime) -> None:
    """Store the right password, which somebody has just given, as this release hashes passwords."""
    person.set_password(password)
    person.save(update_fields=["password"])
    record_password(Act.PERSON_PASSWORD_REHASHED, person, actor=actor, now=now)


def record_password(act: Act, person: User, *, actor: Actor, now: datetime, after: changes.Fields | None = None) -> None:
    """Record that something else is stored in the password's place."""
    data = {"before": None, "after": after, "password": marks.of(person.password)}
    changes.record_data(act=act, subject=_subject(person), data=data, actor=actor, now=now)


def create_first_administrator(*, username: str, profile: Profile, actor: Actor, now: datetime) -> User:
    """Make the one administrator that no other administrator makes; return the one who is there and never logged in again.

    Raises AdministratorExists, ValidationError.
    """
    there = User.objects.filter(is_administrator=True, is_active=True)
    waiting = there.filter(username=username, last_login=None).first()
    if waiting is not None and not waiting.has_usable_password() and there.count() == 1:
        return waiting
    if there.exists():
        raise AdministratorExists
    return add(username=username, profile=profile, actor=actor, now=now)


def _described(binding: bindings.Binding | None) -> dict[str, str] | None:
    return {"name": binding.user_name, "user_id": binding.user_id} if binding else None


def _said_here(person: User) -> list[LinkedIdentity]:
    """Return the identities that administrators and chats say, and no provider of log-in."""
    return [link for link in person.linked_identities.all() if not link.provider.startswith(PREFIX)]


def _write(person: User, profile: Profile, now: datetime) -> None:
    person.name, person.email = profile.name, profile.email
    person.save()
    roles.say_here(person, {Role.ADMINISTRATOR: profile.administrator, Role.AUDITOR: profile.auditor}, now=now)
    release_identities(person=person, keep=profile.identities)
    for provider, external_id in profile.identities.items():
        LinkedIdentity.objects.get_or_create(
            person=person, provider=provider, external_id=external_id, defaults={"verified_at": now}
        )
    person.standing_groups.set(StandingGroup.objects.filter(name__in=profile.standing_groups))


def _record(
    act: Act,
    person: User,
    *,
    before: changes.Fields | None,
    actor: Actor,
    now: datetime,
    data: changes.Fields | None = None,
) -> None:
    there = User.objects.get(pk=person.pk)
    whole = {"before": before, "after": {**describe(there), **held(there)}, **(data or {})}
    changes.record_data(act=act, subject=_subject(person), data=whole, actor=actor, now=now)


def _subject(person: User) -> str:
    return f"person:{person.username}"
