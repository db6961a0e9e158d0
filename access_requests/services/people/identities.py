"""Linking people with who they are in a chat: by a code that is made where they are logged in and typed there.

Both sides prove themselves, and the trail keeps both proofs: a log-in made the code, and the chat says who typed it.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils.crypto import salted_hmac

from access_requests.models import LinkCode, WrongCode
from access_requests.policy.proofs import Guarded
from access_requests.selectors import identities
from access_requests.services.people import identity_errors
from access_requests.services.people.credentials import ChatAccount
from access_requests.services.record import changes, locking, proving
from audits.acts import Act
from portal import typed_words
from portal.codes import ALPHABET
from portal.users.models import LinkedIdentity, User
from portal.verbs import rejections
from portal.verbs.actor import Actor, Door
from portal.verbs.run import run

GOOD_FOR = timedelta(minutes=10)
LENGTH = 8
MOST_WRONG = 5
# What is read for one of the alphabet's letters, and what parts them.
TAKEN_FOR = {**typed_words.TAKEN_FOR, ord("-"): None, ord(" "): None}


def make_code(*, person: User, actor: Actor, now: datetime) -> str:
    """Return a new code, which takes the place of an older one. It is told once; what is kept finds it and does not tell it.

    Raises FactorMissing, StepUpNeeded: whoever types it decides for the person from then on.
    """
    proving.check(actor, Guarded.CHAT, now=now)
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    values = {"digest": _digest(code), "expires_at": now + GOOD_FOR, "proof": dict(actor.proof)}
    LinkCode.objects.update_or_create(person=person, defaults=values)
    return code


def link(*, code: str, provider: str, external_id: str, proof: Mapping[str, object], now: datetime) -> LinkedIdentity:
    """Link who typed the code with the person who had it made, and use the code up. Opens its own transactions.

    Raises LinkCodeWrong, TooManyGuesses, IdentityTaken, AlreadyLinked, PersonDisabled. A wrong code is counted, whatever
    else is rolled back: five are enough for ten minutes.
    """
    identity = f"{provider}:{external_id.lower()}"
    run(lambda: _check_guesses(identity, now))
    try:
        return run(lambda: _link(code, provider, external_id, proof, now))
    except identity_errors.LinkCodeWrong:
        run(lambda: WrongCode.objects.create(identity=identity, typed_at=now))
        raise
    except IntegrityError as error:
        # Somebody else's code linked this identity between our look and our insert.
        raise identity_errors.IdentityTaken from error


def unlink(*, person: User, provider: str, actor: Actor, now: datetime) -> None:
    """Forget who a person is in a chat. Raises NotFound where nobody is linked."""
    links = list(LinkedIdentity.objects.select_for_update().filter(person=person, provider=provider))
    if not links:
        raise rejections.NotFound
    for each in links:
        before = _described(each)
        each.delete()
        data = {"before": before, "after": None, "kept": False}
        changes.record_data(act=Act.IDENTITY_UNLINKED, subject=_subject(person), data=data, actor=actor, now=now)


def forget_old(*, now: datetime) -> None:
    """Delete codes and wrong codes that are over."""
    for old in (LinkCode.objects.filter(expires_at__lt=now), WrongCode.objects.filter(typed_at__lt=now - GOOD_FOR)):
        if old.exists():
            old.delete()


def _check_guesses(identity: str, now: datetime) -> None:
    if WrongCode.objects.filter(identity=identity, typed_at__gt=now - GOOD_FOR).count() >= MOST_WRONG:
        raise identity_errors.TooManyGuesses(minutes=int(GOOD_FOR / timedelta(minutes=1)))


def _link(code: str, provider: str, external_id: str, proof: Mapping[str, object], now: datetime) -> LinkedIdentity:
    made = LinkCode.objects.select_for_update().filter(digest=_digest(code), expires_at__gt=now).first()
    if made is None:
        raise identity_errors.LinkCodeWrong(field="code")
    person = locking.lock_person(made.person_id)
    if not person.is_active:
        raise rejections.PersonDisabled
    new = _free(person, provider, external_id)
    new.verified_at = now
    new.save()
    made.delete()
    account = ChatAccount(provider=provider, external_id=external_id)
    actor = Actor(person=person, door=Door.CHAT, credential=account, proof=proof)
    after = {**_described(new), "code_made_by": made.proof}
    changes.record(act=Act.IDENTITY_LINKED, subject=_subject(person), before=None, after=after, actor=actor, now=now)
    return new


def _free(person: User, provider: str, external_id: str) -> LinkedIdentity:
    """Return the link to be verified, a new one unless it is there unverified."""
    there = identities.linked(provider, external_id)
    if there is not None and there.person_id != person.pk:
        raise identity_errors.IdentityTaken
    own = person.linked_identities.filter(provider=provider, verified_at__isnull=False).first()
    if own is not None:
        raise identity_errors.AlreadyLinked(identity=own.external_id)
    return there or LinkedIdentity(person=person, provider=provider, external_id=external_id)


def _digest(code: str) -> str:
    """Return what is kept of a code: keyed, since a code is short enough to be found by trying."""
    return salted_hmac("access_requests.identities", code.upper().translate(TAKEN_FOR), algorithm="sha256").hexdigest()


def _described(link: LinkedIdentity) -> dict[str, str]:
    return {"provider": link.provider, "external_id": link.external_id}


def _subject(person: User) -> str:
    return f"person:{person.username}"
