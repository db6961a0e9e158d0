"""A link by which a person sets their first password: good for an hour, once, and in the place of the one before.

It is signed and kept nowhere. Signed is how the person logs in now, so that whatever changes that ends it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import QuerySet
from django.urls import reverse

from access_requests.services.people import people
from access_requests.services.people.person_errors import LinkOver
from access_requests.services.record import locking
from audits.acts import Act
from portal.users.models import User
from portal.verbs.actor import Actor, Door

METHOD = "one-time-link"


class Signer(PasswordResetTokenGenerator):
    key_salt = "access_requests.first_links"


signer = Signer()


@dataclass(frozen=True, kw_only=True)
class FirstLink:
    """Whoever has the link, as long as nothing else was used to log in."""

    token: str
    proves_person = True

    def still_lets_in(self, person: User) -> QuerySet[User]:
        now = User.objects.filter(pk=person.pk).first()
        return User.objects.filter(pk=person.pk) if now is not None and is_good(now, self.token) else User.objects.none()


def make(*, person: User, actor: Actor, now: datetime) -> str:
    """Return the link, which nobody can read again. A password that the person had is none any more, nor is an earlier link."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    after = {"good_until": now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)}
    people.record_password(Act.FIRST_LINK_MADE, person, actor=actor, now=now, after=after)
    address = reverse("first-link", args=[person.username, signer.make_token(person)])
    return f"{settings.PORTAL_URL}{address}"


def is_good(person: User, token: str) -> bool:
    return person.is_active and not person.has_usable_password() and signer.check_token(person, token)


def holder(username: str, token: str) -> User | None:
    """Return whose link it is, if it is good."""
    person = User.objects.filter(username=username).first()
    return person if person is not None and is_good(person, token) else None


def actor(person: User, token: str, *, now: datetime) -> Actor:
    proof = {"method": METHOD, "at": now.isoformat(timespec="seconds")}
    return Actor(person=person, door=Door.BROWSER, credential=FirstLink(token=token), proof=proof)


def use(*, person: User, token: str, password: str, actor: Actor, now: datetime) -> None:
    """Set the password, and with it end the link. Raises LinkOver, and ValidationError for a weak one."""
    locked = locking.lock_person(person.pk)
    if not is_good(locked, token):
        raise LinkOver
    people.set_password(person=locked, password=password, actor=actor, now=now)
