"""The card of a request: who asks for what, until when, why this rule, the plan; and what has become of it.

Made of the request as `selectors.requests.in_full` loads it, in the language and zone that are set. It says no time of its
own, so that a card is sent anew only when something on it has changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_requests import problems, wording
from access_requests.details import DETAILS
from access_requests.grants.contract import Principal
from access_requests.lifecycle import STANDING, UNDECIDED, ElevationStatus
from access_requests.models import AccessRequest, Decision, Elevation
from access_requests.not_granted import NotGranted
from access_requests.selectors import waiting
from access_requests.services.notices.slack import blocks
from access_requests.services.notices.slack.blocks import LONGEST_FIELD, Block
from access_requests.services.record import bindings, snapshot
from audits.acts import terms
from portal.listed import listed
from portal.pages import moments
from portal.verbs import phrases
from portal.verbs.actor import Door

APPROVE, REJECT, SEND_BACK = "approve", "reject", "send_back"
BUTTONS: tuple[tuple[str, Promise, str], ...] = (
    (APPROVE, _("Approve"), "primary"),
    (REJECT, _("Reject"), "danger"),
    (SEND_BACK, _("Send back"), ""),
)


@dataclass(frozen=True, kw_only=True)
class Card:
    """`text` is for notifications and screen readers."""

    text: str
    blocks: list[Block]

    def as_message(self) -> dict[str, Any]:
        return {"text": self.text, "blocks": self.blocks}


def card(request: AccessRequest) -> Card:
    """Return the request as Slack shows it, with buttons while it may be decided on there."""
    shown = [
        blocks.header(headline(request)),
        blocks.context(blocks.typed(f"{request.code} · {state(request)}")),
        *facts(request),
        *_progress(request),
    ]
    if is_open_here(request):
        shown.append(buttons(request) if is_whole(request) else _too_long())
    shown.append(blocks.context(blocks.link(address(request), gettext("Open in the portal"))))
    return Card(text=summary(request), blocks=shown[: blocks.MOST_BLOCKS])


def summary(request: AccessRequest) -> str:
    """Return the card in one line, for text that Slack would read markup in."""
    return blocks.literal(f"{request.code} {title(request)}: {state(request)}")


def headline(request: AccessRequest) -> str:
    """Return the title, behind what went wrong if something did: a card that is brought up to date moves nowhere."""
    return f"{state(request)}: {title(request)}" if request.was_not_granted else title(request)


def title(request: AccessRequest) -> str:
    groups = listed(sorted(group.name for group in request.work_groups.all()))
    words = {"who": request.requester.called, "groups": groups}
    if request.extends_id is not None:
        return gettext("%(who)s asks for more time in %(groups)s") % words
    return gettext("%(who)s asks for %(groups)s") % words


def state(request: AccessRequest) -> str:
    return capfirst(wording.state(wording.shown_state(request)))


def address(request: AccessRequest) -> str:
    return f"{settings.PORTAL_URL}/requests/{request.code}/"


def value(request: AccessRequest) -> str:
    """Return what a button carries: the request, and the digest of what the card shows to be decided on."""
    return f"{request.code}:{snapshot.current_digest(request)}"


def is_open_here(request: AccessRequest) -> bool:
    return request.status in UNDECIDED and Door.CHAT in request.policy.decide_by


def is_whole(request: AccessRequest) -> bool:
    """Whether every text fits: what Slack cuts is not decided on there."""
    return all(blocks.fits(text, LONGEST_FIELD) for _label, text in _texts(request))


def _too_long() -> Block:
    return blocks.context(blocks.typed(gettext("This is longer than Slack shows. Read it in the portal, and decide there.")))


def facts(request: AccessRequest) -> Iterator[Block]:
    """Yield what is decided on, and under which rule."""
    yield blocks.labelled(gettext("Requester"), blocks.typed(request.requester.called, LONGEST_FIELD))
    yield blocks.labelled(gettext("Window"), blocks.marked(window(request)))
    for label, text in _texts(request):
        yield blocks.labelled(label, blocks.typed(text, LONGEST_FIELD))
    yield blocks.labelled(gettext("Rule"), blocks.typed(wording.policy(request.policy), LONGEST_FIELD))


def _texts(request: AccessRequest) -> list[tuple[str, str]]:
    """Return what else the digest is made of, each with its label, but for what is empty."""
    texts = [
        *_users_in_aws(request),
        (gettext("Work group"), _groups(request)),
        (gettext("Extends"), request.extends.code if request.extends else ""),
        (gettext("Change ticket"), request.change_ticket),
        (gettext("Reason"), request.reason),
        *((str(detail.label), getattr(request, detail.name)) for detail in DETAILS),
    ]
    return [(label, text) for label, text in texts if text]


def _users_in_aws(request: AccessRequest) -> Iterator[tuple[str, str]]:
    """Yield which users in AWS the groups are granted to."""
    labels = {Principal.IAM_USER: gettext("IAM user"), Principal.IDENTITY_CENTER_USER: gettext("Identity Center user")}
    for principal in bindings.principals(request.work_groups.all()):
        binding = bindings.of(request.requester, principal)
        yield labels[principal], f"{binding.user_name} {binding.user_id}" if binding else ""


def _groups(request: AccessRequest) -> str:
    """Return each group with the roles that it gives."""
    groups = sorted(request.work_groups.all(), key=lambda group: group.name)
    return "\n".join(f"{group.name}: {listed(sorted(role.shown for role in group.target_roles.all()))}" for group in groups)


def window(request: AccessRequest) -> str:
    """Return from when until when, as it was asked for or, once approved, as it is; marked up."""
    start, end = request.starts_at or request.asked_starts_at, request.ends_at or request.asked_ends_at
    if start is not None and end is not None:
        return moments.sign().join((blocks.moment(start), blocks.moment(end)))
    long = phrases.duration(request.duration_minutes or 0)
    if start is not None:
        return gettext("%(length)s from %(start)s") % {"length": long, "start": blocks.moment(start)}
    if end is not None:
        return gettext("from the approval until %(end)s") % {"end": blocks.moment(end)}
    return gettext("%(length)s from the approval") % {"length": long}


def _progress(request: AccessRequest) -> Iterator[Block]:
    """Yield who has decided, who is waited for, and what AWS then has."""
    for decision in request.decisions.all():
        yield _decided(decision)
    turn = waiting.of_request(request)
    if turn is not None:
        yield blocks.section(blocks.marked(waits(turn)))
    if turn is not None and Door.CHAT not in request.policy.decide_by:
        yield blocks.context(blocks.typed(gettext("This request is decided on in the portal, not here.")))
    for elevation in request.elevations.all():
        yield blocks.section(blocks.marked(_access(elevation)))
        if elevation.was_not_granted:
            failure = NotGranted(elevation=elevation)
            yield blocks.section(blocks.typed(failure.cause))
            yield blocks.context(blocks.typed(failure.remedy))
        elif problem := problems.of(elevation):
            yield blocks.context(blocks.typed(problem))


def _decided(decision: Decision) -> Block:
    """Return who decided and how, and apart from that what they said: nobody's comment reads as somebody else's decision."""
    sentence = {
        APPROVE: gettext("%(who)s approved, %(how)s"),
        REJECT: gettext("%(who)s rejected the request, %(how)s"),
        SEND_BACK: gettext("%(who)s sent the request back, %(how)s"),
    }[decision.verdict]
    how = terms.proof(decision.door, decision.client, decision.proof)
    said = blocks.section(blocks.typed(sentence % {"who": decision.approver.called, "how": how}))
    if not decision.comment:
        return said
    return said | {"fields": [blocks.typed(gettext("“%(comment)s”") % {"comment": decision.comment}, LONGEST_FIELD)]}


def waits(turn: waiting.Waiting) -> str:
    """Return whom a request waits for, and until when; marked up."""
    people = blocks.literal(listed(person.called for person in turn.people)) or "–"
    return gettext("Waits for %(people)s until %(until)s.") % {"people": people, "until": blocks.moment(turn.until)}


def _access(elevation: Elevation) -> str:
    start, end = blocks.moment(elevation.starts_at), blocks.moment(elevation.over_at)
    words = {
        "code": elevation.code,
        "group": blocks.literal(elevation.work_group.name),
        "state": wording.state(wording.shown_state(elevation)),
        "end": end,
        "window": moments.sign().join((start, end)),
    }
    if elevation.status == ElevationStatus.SCHEDULED:
        return gettext("%(code)s %(group)s: %(state)s, %(window)s") % words
    if elevation.status in STANDING:
        return gettext("%(code)s %(group)s: %(state)s, until %(end)s") % words
    if elevation.status == ElevationStatus.ENDED:
        return gettext("%(code)s %(group)s: %(state)s, %(end)s") % words
    return gettext("%(code)s %(group)s: %(state)s") % words


def buttons(request: AccessRequest) -> Block:
    return blocks.actions(
        f"decide-{request.code}",
        [blocks.button(action, str(word), value(request), style=style) for action, word, style in BUTTONS],
    )
