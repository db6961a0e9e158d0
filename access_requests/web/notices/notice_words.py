"""The words of notices: events, channels, and why something did not arrive."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests import wording
from access_requests.services.notices import refreshing
from access_requests.services.notices.slack import channel as slack
from access_requests.services.notices.webhooks import bodies
from access_requests.services.notices.webhooks import channel as webhooks
from audits.acts import Act

EVENTS: Mapping[str, Promise] = {
    Act.REQUEST_SUBMITTED: _("submitted"),
    Act.REQUEST_APPROVAL_GIVEN: _("approved by one, waits for the next"),
    Act.ELEVATION_EXTENDED: _("extended"),
    Act.COMPARISON_DRIFT_FOUND: _("drift found"),
    bodies.TEST: _("test"),
    refreshing.ACT: _("brought up to date"),
}
CHANNELS: Mapping[str, Promise | str] = {webhooks.KEY: _("webhook"), slack.KEY: "Slack"}
# What the portal itself says; what a receiver answered is shown as it came.
ANSWERS: Mapping[str, Promise] = {
    "address_not_public": _("The address is not on the public internet. Nothing was sent."),
    "address_unusable": _("The address cannot be called. Nothing was sent."),
    "tls_refused": _("The server could not prove by TLS that it is the one of this name. Nothing was sent."),
    "timeout": _("There was no answer in time."),
    "not_reached": _("The server could not be reached."),
    "redirect": _("The answer leads to another address. Redirects are not followed: give the address where it ends."),
    "secret_unreadable": _("The secret cannot be read with the SECRET_KEY of now. Make a new one."),
    "webhook_disabled": _("The webhook was disabled meanwhile."),
    "webhook_deleted": _("The webhook was deleted meanwhile."),
    "unchanged": _("Slack shows it already."),
    "card_gone": _("There is no such card in Slack."),
    "card_busy": _("Another update of this card is on its way."),
    "not_linked": _("Nobody in Slack is this person now."),
    "account_changed": _("The person has another Slack account now."),
    "may_not_see": _("The person may not see the request any more."),
    "channel_changed": _("The policy names another Slack channel now."),
    "channel_gone": _("The portal has no such channel any more."),
    "webhook_changed": _("The webhook was changed meanwhile: what was meant for it as it was is not sent there."),
}


def event(act: str) -> str:
    """Return what happened, in a word: the state that a request or an elevation came to, or what moved it within one."""
    return str(EVENTS.get(act) or wording.state(act.partition(".")[2]))


def channel_name(key: str) -> str:
    return str(CHANNELS.get(key, key))


def answer(said: str) -> str:
    return str(ANSWERS.get(said, said))
