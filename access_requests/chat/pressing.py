"""Buttons on a card, and the window for a comment that they open.

A button carries the request's number and the digest of what its card shows, so that an approver decides on what they see. It
proves nothing: who pressed is what Slack says, and every rule is asked again when the window is sent.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_requests.chat import answers, commands, finding
from access_requests.chat.answers import Answer
from access_requests.chat.reading import Fields, Unreadable, document, text_at
from access_requests.chat.refusals import CodeUnreadable, NoWindow
from access_requests.chat.speaking import COMMAND, Speaker, read_by
from access_requests.models import AccessRequest
from access_requests.policy import texts
from access_requests.services.notices import refreshing
from access_requests.services.notices.slack import api, blocks, cards
from access_requests.services.notices.slack.blocks import Block
from access_requests.services.requests import decide
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Actor
from portal.verbs.run import act_as

COMMENT = "comment"
WINDOW = "decide"
SEEN = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Button:
    verb: Callable[..., AccessRequest]
    word: Promise
    said: Promise
    needs_reason: bool


BUTTONS: Mapping[str, Button] = {
    cards.APPROVE: Button(decide.approve, _("Approve"), _("You approved %(code)s."), needs_reason=False),
    cards.REJECT: Button(decide.reject, _("Reject"), _("You rejected %(code)s."), needs_reason=True),
    cards.SEND_BACK: Button(decide.send_back, _("Send back"), _("You sent %(code)s back."), needs_reason=True),
}


@dataclass(frozen=True, kw_only=True)
class Press:
    """What is to be decided: which button, on which request, as it was shown; and where the answer may go."""

    name: str
    code: str
    seen: str
    url: str

    @property
    def button(self) -> Button:
        return BUTTONS[self.name]

    @property
    def usage(self) -> str:
        return f"{COMMAND} {self.name.replace('_', '-')} {self.code} WHY"


def pressed(speaker: Speaker, payload: Fields) -> Answer | None:
    """Open the window for the comment; None where another button was pressed, or the window is all there is to see.

    Without a window, since Slack did not open it or cannot be asked to, an approval goes without a comment.
    """
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    name = text_at(action, "action_id")
    if name not in BUTTONS:
        return None
    code, _colon, seen = text_at(action, "value").partition(":")
    press = Press(name=name, code=code, seen=seen, url=text_at(payload, "response_url"))
    answer = _answered(speaker, press, text_at(payload, "trigger_id"))
    if answer is not None:
        # Slack does not show what a press is answered with, only what is sent there.
        api.call_back(press.url, answer)
    return answer


def submitted(speaker: Speaker, payload: Fields) -> Answer | None:
    """Decide, with the comment of the window; a refusal is said in it, and it stays open."""
    view = payload.get("view")
    if text_at(view, "callback_id") != WINDOW:
        return None
    press = _remembered(text_at(view, "private_metadata"))
    comment = text_at(view, "state", "values", COMMENT, COMMENT, "value")
    try:
        person = speaker.person()
    except rejections.Rejection as rejection:
        with read_by(None, speaker.locale):
            return answers.in_window(rejection, COMMENT)
    with read_by(person, speaker.locale):
        try:
            answer = _decide(speaker, person, press, comment)
        except rejections.Rejection as rejection:
            _bring_up_to_date(rejection, speaker.actor(person), press, now=speaker.now)
            return answers.in_window(rejection, COMMENT)
    api.call_back(press.url, answer)
    return {"response_action": "clear"}


def _answered(speaker: Speaker, press: Press, trigger_id: str) -> Answer | None:
    try:
        person = speaker.person()
    except rejections.Rejection as rejection:
        with read_by(None, speaker.locale):
            return answers.refused(rejection)
    with read_by(person, speaker.locale):
        try:
            return _ask_for_comment(speaker, person, press, trigger_id)
        except rejections.Rejection as rejection:
            _bring_up_to_date(rejection, speaker.actor(person), press, now=speaker.now)
            return answers.refused(rejection)


def _ask_for_comment(speaker: Speaker, person: User, press: Press, trigger_id: str) -> Answer | None:
    request = finding.request(person, press.code)
    seen, actor = _seen(press), speaker.actor(person)
    act_as(actor, lambda: decide.check_may_decide(request_id=request.pk, seen=seen, actor=actor, now=speaker.now))
    if api.is_possible():
        try:
            api.open_window(trigger_id=trigger_id, view=_window(request, press))
        except api.FAILURES as error:
            raise NoWindow(usage=press.usage) from error
        return None
    if press.button.needs_reason:
        raise NoWindow(usage=press.usage)
    return _decide(speaker, person, press, "")


def _bring_up_to_date(rejection: rejections.Rejection, actor: Actor, press: Press, *, now: datetime) -> None:
    """Have the cards sent anew where the state refused: what was pressed shows another one."""
    if isinstance(rejection, rejections.Conflict):
        request = finding.request(actor.who, press.code)
        act_as(actor, lambda: refreshing.refresh_cards(request, now=now))


def _decide(speaker: Speaker, person: User, press: Press, comment: str) -> Answer:
    request = finding.request(person, press.code)
    actor = speaker.actor(person)
    given = {"comment": comment, "seen": _seen(press), "actor": actor, "now": speaker.now}
    act_as(actor, lambda: press.button.verb(request_id=request.pk, **given))
    return commands.decided(person, request.code, press.button.said)


def _seen(press: Press) -> str | None:
    """Return the digest of what was shown; a button without one stands for what was submitted."""
    if press.seen and not SEEN.fullmatch(press.seen):
        raise CodeUnreadable(field="value", word=press.seen)
    return press.seen or None


def _window(request: AccessRequest, press: Press) -> Block:
    field = {"type": "plain_text_input", "action_id": COMMENT, "multiline": True, "max_length": texts.LIMITS["comment"]}
    comment = {
        "type": "input",
        "block_id": COMMENT,
        "label": blocks.typed(gettext("Comment")),
        "optional": not press.button.needs_reason,
        "element": field,
    }
    return {
        "type": "modal",
        "callback_id": WINDOW,
        "private_metadata": json.dumps({"name": press.name, "code": press.code, "seen": press.seen, "url": press.url}),
        "title": blocks.typed(request.code),
        "submit": blocks.typed(str(press.button.word)),
        "close": blocks.typed(gettext("Back")),
        "blocks": [blocks.section(blocks.typed(cards.title(request))), *cards.facts(request), comment],
    }


def _remembered(text: str) -> Press:
    """Return what the window was opened for. Raises Unreadable for what this portal never gave one."""
    kept = document(text)
    press = Press(**{name: text_at(kept, name) for name in ("name", "code", "seen", "url")})
    if press.name not in BUTTONS:
        raise Unreadable
    return press
