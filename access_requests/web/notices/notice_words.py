"""The words of notices: events, and what channels say of themselves and of what did not arrive."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests.services.notices import refreshing, registry
from access_requests.services.notices.webhooks import bodies
from audits.acts import Act
from audits.acts.words import NEWS

# What is delivered and is no news for everybody.
OTHERS: Mapping[str, Promise] = {
    bodies.TEST: _("test"),
    refreshing.ACT: _("brought up to date"),
    Act.LOGGED_IN_BY_NEW_DEVICE: _("log-in with a new device"),
    Act.FACTOR_REMOVED: _("second factor removed"),
    Act.RECOVERY_USED: _("recovery code used"),
}


def event(act: str) -> str:
    """Return what happened, in a word: the state that a request or an elevation came to, or what moved it within one."""
    news = NEWS.get(act)
    return str(news.word if news is not None else OTHERS.get(act, act))


def channel_name(key: str) -> str:
    return next((str(each.name) for each in registry.CHANNELS if each.key == key), key)


def answer(said: str) -> str:
    known = next((each.answers[said] for each in registry.CHANNELS if said in each.answers), registry.ANSWERS.get(said))
    return str(known or said)
