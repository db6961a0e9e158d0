"""Pieces of messages in Slack's Block Kit.

What people typed is always in plain text objects, where Slack reads no markup, and its `&`, `<` and `>` are escaped, so that
no `<!channel>` calls anybody; what a text hides is named as the pages name it. Marked up is only what is written here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from portal.pages.unseen import named

Block = dict[str, Any]
# Slack's own bounds: of a text in a section, in a field of one, of a button, of all blocks of a message.
LONGEST, LONGEST_FIELD, LONGEST_BUTTON, MOST_BLOCKS = 3000, 2000, 75, 50
CUT = "…"


def fits(text: str, limit: int) -> bool:
    """Whether Slack takes it whole."""
    return len(_whole(text)) <= limit


def literal(text: str, limit: int = LONGEST) -> str:
    """Return what people typed as Slack shows it literally, cut to what Slack takes; never inside an escape."""
    said = _whole(text)
    if len(said) <= limit:
        return said
    said = said[: limit - len(CUT)]
    last = said.rfind("&")
    if last > len(said) - len("&amp;") and ";" not in said[last:]:
        said = said[:last]
    return said + CUT


def _whole(text: str) -> str:
    return "".join(_escaped(sign) for sign in named(text))


def _escaped(sign: str) -> str:
    return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(sign, sign)


def typed(text: str, limit: int = LONGEST) -> Block:
    """Return a text object of what people typed. Slack refuses an empty one."""
    return {"type": "plain_text", "text": literal(text, limit) or "–", "emoji": False}


def marked(text: str) -> Block:
    """Return a text object with markup of our own."""
    return {"type": "mrkdwn", "text": text[:LONGEST], "verbatim": True}


def section(text: Block) -> Block:
    return {"type": "section", "text": text}


def header(text: str) -> Block:
    return {"type": "header", "text": typed(text, 150)}


def labelled(label: str, value: Block) -> Block:
    """Return a section with a label of ours and, below it, what belongs to it."""
    return {"type": "section", "text": marked(f"*{label}*"), "fields": [value]}


def context(*texts: Block) -> Block:
    return {"type": "context", "elements": list(texts)[:10]}


def link(url: str, word: str) -> Block:
    """Return the text object of a link. Not of a button: Slack reports each press of one."""
    return marked(f"<{url}|{literal(word)}>")


def button(action_id: str, word: str, value: str, *, style: str = "") -> Block:
    made = {"type": "button", "action_id": action_id, "text": typed(word, LONGEST_BUTTON), "value": value}
    return made | ({"style": style} if style else {})


def actions(block_id: str, buttons: Sequence[Block]) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


def moment(at: datetime) -> str:
    """Return a time that Slack shows in each reader's own zone; for those who see no markup, in the zone that is set."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{moment_in_words(at)}>"


def moment_in_words(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M %Z}"
