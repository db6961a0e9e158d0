"""Which channels there are."""

from django.utils.translation import gettext_lazy as _

from access_requests.services.notices.contract import Channel, Undeliverable
from access_requests.services.notices.slack.channel import SlackChannel
from access_requests.services.notices.webhooks.channel import WebhookChannel

CHANNELS: tuple[Channel, ...] = (SlackChannel(), WebhookChannel())
ANSWERS = {"channel_gone": _("The portal has no such channel any more.")}


def channel(key: str) -> Channel:
    """Return the channel. Raises Undeliverable for one that only an older version had."""
    for each in CHANNELS:
        if each.key == key:
            return each
    raise Undeliverable("channel_gone")
