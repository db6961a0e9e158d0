"""The words of notices: events, and what channels say of themselves and of what did not arrive."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests import wording
from access_requests.services.notices import refreshing, registry
from access_requests.services.notices.webhooks import bodies
from audits.acts import Act

EVENTS: Mapping[str, Promise] = {
    Act.REQUEST_SUBMITTED: _("submitted"),
    Act.REQUEST_APPROVAL_GIVEN: _("approved by one, waits for the next"),
    Act.ELEVATION_EXTENDED: _("extended"),
    Act.COMPARISON_DRIFT_FOUND: _("drift found"),
    bodies.TEST: _("test"),
    refreshing.ACT: _("brought up to date"),
}


def event(act: str) -> str:
    """Return what happened, in a word: the state that a request or an elevation came to, or what moved it within one."""
    return str(EVENTS.get(act) or wording.state(act.partition(".")[2]))


def channel_name(key: str) -> str:
    return next((str(each.name) for each in registry.CHANNELS if each.key == key), key)


def answer(said: str) -> str:
    known = next((each.answers[said] for each in registry.CHANNELS if said in each.answers), registry.ANSWERS.get(said))
    return str(known or said)
