"""What Slack shows to the one person who typed or pressed."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from access_requests.services.notices.slack import blocks
from access_requests.services.notices.slack.blocks import Block
from portal.verbs import phrases
from portal.verbs.rejections import Rejection, Unusable

Answer = dict[str, Any]


def only_to_them(text: str, shown: Sequence[Block]) -> Answer:
    """Return an answer that nobody else in the channel sees. `text` is escaped already: Slack reads markup in it."""
    message = {"response_type": "ephemeral", "replace_original": False, "text": text, "mrkdwn": False}
    return {**message, "blocks": list(shown)[: blocks.MOST_BLOCKS]}


def said(sentence: str, *more: Block) -> Answer:
    """Return a sentence, and blocks below it."""
    return only_to_them(blocks.literal(sentence), [blocks.section(blocks.typed(sentence)), *more])


def refused(rejection: Rejection, usage: str = "") -> Answer:
    """Return why something was refused, with its code for whoever reports it, and the way on: a link, or what to type."""
    sentence = phrases.sentence(rejection)
    below = [blocks.marked(f"`{rejection.code}`")]
    url = rejection.data.get("url")
    if isinstance(url, str):
        below.append(blocks.link(url, gettext("Open in the portal")))
    if usage and isinstance(rejection, Unusable):
        below.append(blocks.typed(usage))
    return only_to_them(
        blocks.literal(f"{sentence} ({rejection.code})"), [blocks.section(blocks.typed(sentence)), blocks.context(*below)]
    )


def in_window(rejection: Rejection, block_id: str) -> Answer:
    """Return the refusal below the field of the window that is open."""
    sentence = blocks.literal(f"{phrases.sentence(rejection)} ({rejection.code})")
    return {"response_action": "errors", "errors": {block_id: sentence}}
