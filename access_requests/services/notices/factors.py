"""What is told of second factors: to administrators and auditors whose it is, to the person what to do if it was not them."""

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audits.acts import Act
from audits.acts.words import NEWS

# To administrators and auditors, and to the person.
ACTS = frozenset({Act.FACTOR_ADDED, Act.FACTOR_CLONED, Act.FACTOR_RESET_PROPOSED, Act.FACTORS_RESET})
TO_PERSON: Mapping[str, Promise] = {
    Act.FACTOR_ADDED: _("A second factor was added to your account at %(at)s."),
    Act.FACTOR_REMOVED: _("A second factor of yours was removed at %(at)s."),
    Act.RECOVERY_USED: _("A recovery code of yours was used to log in at %(at)s."),
    Act.FACTOR_CLONED: _("Your passkey was refused at %(at)s: there may be a copy of it."),
    Act.FACTOR_RESET_PROPOSED: _("%(who)s proposed at %(at)s to reset your second factors."),
    Act.FACTORS_RESET: _("%(who)s reset your second factors at %(at)s. Log in, and set up new ones."),
}


def said(act: str, *, who: str, name: str) -> str:
    """Return the sentence for those who watch, in the language that is active."""
    return str(NEWS[act].sentence) % {"who": who, "name": name}


def said_to_person(act: str, *, who: str, at: str) -> str:
    return str(TO_PERSON[act]) % {"who": who, "at": at}


def url_of_person(name: str) -> str:
    return f"{settings.PORTAL_URL}{reverse('person', args=[name])}"


def url_of_own() -> str:
    return f"{settings.PORTAL_URL}{reverse('factors')}"
