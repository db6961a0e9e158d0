"""From what a provider proved of somebody to the person who they are here; or a refusal that says why.

The subject decides, an address only where the provider is configured so. No name that the provider says is anybody's username.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from access_requests.selectors import identities, scim
from access_requests.services.people import arrival_errors, people, roles, sessions
from access_requests.services.people.people import Profile
from access_requests.services.record import changes, locking
from audits.acts import Act
from audits.models import TrailEntry
from portal.codes import ALPHABET
from portal.providers.provider import Provider
from portal.users.models import LinkedIdentity, ProviderSession, User
from portal.verbs import rejections
from portal.verbs.actor import Actor, Credential, Door, Process

LONGEST_SUBJECT, LONGEST_NAME, LONGEST_USERNAME = 255, 120, 60
OPAQUE_LENGTH, SUFFIX_LENGTH = 8, 4


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What the provider proved. `email_verified`: by the provider's own word; `proof` goes into the trail as it is."""

    provider: Provider
    subject: str
    email: str = ""
    email_verified: bool = False
    name: str = ""
    tenant: str = ""
    groups: frozenset[str] = frozenset()
    # Whether it says that it asked for a second factor.
    by_factor: bool = False
    door: Door = Door.BROWSER
    credential: Credential = field(default_factory=Process)
    proof: Mapping[str, object] = field(default_factory=dict)

    @property
    def own_email(self) -> str:
        """The address, where it is one and known to be theirs."""
        is_theirs = self.email_verified or self.provider.trusts_email
        return self.email.lower() if is_theirs and _is_address(self.email) else ""

    @property
    def actor(self) -> Actor:
        """The provider, which acts here by what it says."""
        return Actor(person=None, door=self.door, credential=self.credential, provider=self.provider.key, proof=self.proof)


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def arrive(*, arrival: Arrival, now: datetime) -> User:
    """Return the person, made or matched, with the roles that the provider says they have.

    Raises one of `arrival_errors` or PersonDisabled: nothing is written then. Two first log-ins at once: the second raises
    IntegrityError, and finds the first one's person when tried again.
    """
    check_subject(arrival)
    check_admitted(arrival)
    known = of_subject(arrival)
    person = _enabled(known) if known is not None else matched(arrival, now) or _somebody_new(arrival, now)
    by_scim = scim.groups_of(person, arrival.provider)
    groups = arrival.groups if by_scim is None else by_scim
    roles.claim(person=person, provider=arrival.provider, groups=groups, actor=arrival.actor, now=now)
    return person


def check_admitted(arrival: Arrival) -> None:
    """Raise WrongTenant, EmailUnverified, WrongDomain or NotInGroup for whom the provider may not bring, known or not."""
    admits, provider = arrival.provider.admits, arrival.provider.name
    if admits.tenants and arrival.tenant not in admits.tenants:
        raise arrival_errors.WrongTenant(provider=provider)
    check_domain(arrival)
    if admits.groups and not arrival.groups.intersection(admits.groups):
        raise arrival_errors.NotInGroup(provider=provider)


def check_domain(arrival: Arrival) -> None:
    """Raise EmailUnverified or WrongDomain where the provider brings people of some domains only."""
    domains, provider = arrival.provider.admits.domains, arrival.provider.name
    if domains and not arrival.own_email:
        raise arrival_errors.EmailUnverified(provider=provider)
    if domains and arrival.own_email.rpartition("@")[2] not in domains:
        raise arrival_errors.WrongDomain(provider=provider)


def end(*, person: User, provider: Provider, actor: Actor, now: datetime) -> None:
    """Take the provider's identity from the person for good: its subject lets nobody in. Roles and sessions go with it."""
    ended = LinkedIdentity.objects.filter(person=person, provider=provider.identity, verified_at__isnull=False)
    for link in ended.select_for_update():
        link.verified_at = None
        link.save(update_fields=["verified_at"])
        before = {"provider": link.provider, "external_id": link.external_id}
        data = {"before": before, "after": None, "kept": True}
        changes.record_data(act=Act.IDENTITY_UNLINKED, subject=_subject(person), data=data, actor=actor, now=now)
    roles.claim(person=person, provider=provider, groups=(), actor=actor, now=now)
    by_it = ProviderSession.objects.filter(person=person, provider=provider.identity).values_list("session_key", flat=True)
    gone = sessions.take_away(UserSession.objects.filter(user=person, session_key__in=list(by_it)))
    sessions.record_ended(gone, person=person, reason=sessions.IDENTITY_ENDED, actor=actor, now=now)


def check_subject(arrival: Arrival) -> None:
    is_plain = arrival.subject.isprintable() and arrival.subject == arrival.subject.strip()
    if not arrival.subject or not is_plain or len(arrival.subject) > LONGEST_SUBJECT:
        raise arrival_errors.SubjectUnusable(provider=arrival.provider.name)


def of_subject(arrival: Arrival) -> User | None:
    """Return the person of this subject, disabled or not. One that differs by letter case only is somebody else, and nobody's."""
    link = identities.linked(arrival.provider.identity, arrival.subject)
    if link is None:
        return None
    if link.external_id != arrival.subject:
        raise arrival_errors.SubjectUnusable(provider=arrival.provider.name)
    if link.verified_at is None:
        raise arrival_errors.SubjectEnded(provider=arrival.provider.name)
    return link.person


def _enabled(person: User) -> User:
    locked = locking.lock_person(person.pk)
    if not locked.is_active:
        raise rejections.PersonDisabled
    return locked


def matched(arrival: Arrival, now: datetime) -> User | None:
    """Return the one person of this address, linked from now on. Raises where there is one who may not be matched by it."""
    provider = arrival.provider
    same = list(User.objects.filter(email__iexact=arrival.email)[:2]) if arrival.email else []
    if not same:
        return None
    if not (provider.match_by_email and arrival.own_email and len(same) == 1):
        raise arrival_errors.EmailTaken(provider=provider.name)
    person = _enabled(same[0])
    if person.linked_identities.filter(provider=provider.identity).exists():
        # An address that was given to somebody new there: the person here is still who had it before.
        raise arrival_errors.OtherSubject(provider=provider.name)
    if arrival.subject:
        link(person, arrival, by="email", now=now)
    return person


def _somebody_new(arrival: Arrival, now: datetime) -> User:
    if not arrival.provider.admits.somebody_new:
        raise arrival_errors.NobodyNew(provider=arrival.provider.name)
    return make(arrival, now)


def make(arrival: Arrival, now: datetime) -> User:
    """Make a person whom nobody here is, named by the provider's rule."""
    provider = arrival.provider
    profile = Profile(name=cleaned(arrival.name), email=arrival.own_email)
    person = people.add(username=_username(arrival), profile=profile, actor=arrival.actor, now=now, made_by=provider.identity)
    if arrival.subject:
        link(person, arrival, by="made", now=now)
    return person


def link(person: User, arrival: Arrival, *, by: str, now: datetime) -> None:
    """Have the subject be the person from now on. `by`: how they were found, for the trail."""
    identity = {"provider": arrival.provider.identity, "external_id": arrival.subject}
    LinkedIdentity.objects.create(person=person, verified_at=now, **identity)
    data = {"before": None, "after": identity, "by": by}
    changes.record_data(act=Act.LOG_IN_LINKED, subject=_subject(person), data=data, actor=arrival.actor, now=now)


def cleaned(name: str) -> str:
    """Return a name as it can be shown: what cannot be seen in it would make it pass for another."""
    return "".join(letter for letter in name if letter.isprintable()).strip()[:LONGEST_NAME]


def _username(arrival: Arrival) -> str:
    """Return a free name by the provider's rule, never one that somebody has or had, in whatever letter case."""
    local = arrival.own_email.partition("@")[0] if arrival.provider.username == "email" else ""
    wanted = "".join(letter for letter in local if letter.isascii() and (letter.isalnum() or letter in "._-"))[:LONGEST_USERNAME]
    if len(wanted) > 1 and wanted == local and not _is_taken(wanted):
        return wanted
    while True:
        name = f"{wanted}.{_random(SUFFIX_LENGTH)}" if len(wanted) > 1 else f"p-{_random(OPAQUE_LENGTH)}"
        if not _is_taken(name):
            return name


def _is_taken(name: str) -> bool:
    """Return whether somebody has the name, or the trail tells of somebody who had it."""
    return User.objects.filter(username__iexact=name).exists() or TrailEntry.objects.filter(subject=f"person:{name}").exists()


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length)).lower()


def _subject(person: User) -> str:
    return f"person:{person.username}"
