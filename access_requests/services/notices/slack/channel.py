"""Requests shown in Slack: in the channel that the policy names, and to the approvers whose turn it is.

A card is promised by a row when an entry is told, and shows what holds at the moment of sending; so a delivery that comes
late, or twice, brings it up to date and nothing else. Slack knows no way to send a message once only: where it takes a new
card and its answer is lost, there are two, and the older one's buttons are refused.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests.models import AccessRequest, Delivery, SlackCard
from access_requests.selectors import requests, waiting
from access_requests.services.notices.contract import Later, Undeliverable, Wanted
from access_requests.services.notices.factors import TO_PERSON
from access_requests.services.notices.findings import ACTS as ACTS_OF_FINDINGS
from access_requests.services.notices.reports import ACTS as ACTS_OF_REPORTS
from access_requests.services.notices.seal import ACTS as ACTS_OF_SEAL
from access_requests.services.notices.slack import (
    api,
    cards,
    drift,
    emergency,
    factors,
    findings,
    inspections,
    late,
    log_ins,
    reports,
    reviews,
    seal,
)
from access_requests.services.notices.slack.calls import PERSON, account_of, call, in_words_of
from audits.acts import Act
from audits.models import TrailEntry
from portal.users.models import User

KEY = "slack"
# At these somebody new is to be told; at all others those who were.
ASKING = frozenset({Act.REQUEST_SUBMITTED, Act.REQUEST_APPROVAL_GIVEN})
# After these the person may owe a report.
ENDS = frozenset({Act.ELEVATION_ENDED, Act.ELEVATION_CANCELLED})
CHANNEL = "channel:"
# Longer than the calls for one card take, so that whoever is still at it is dead.
BUSY = timedelta(seconds=60)
TURN_SECONDS, LOOK_SECONDS = 3.0, 0.1
# What is told by direct messages, each by a module that says whom it is for (`wanted`) and sends it.
DIRECT: Mapping[str, ModuleType] = {
    Act.COMPARISON_DRIFT_FOUND: drift,
    Act.TRAIL_RECORDED_LATE: late,
    Act.EMERGENCY_LOG_IN: emergency,
    **dict.fromkeys(ACTS_OF_SEAL, seal),
    **dict.fromkeys(ACTS_OF_FINDINGS, findings),
    Act.LOGGED_IN_BY_NEW_DEVICE: log_ins,
    **dict.fromkeys(TO_PERSON, factors),
    **dict.fromkeys(ACTS_OF_REPORTS, reports),
    **dict.fromkeys((Act.INSPECTION_OPENED, Act.INSPECTION_REMINDED), inspections),
    **dict.fromkeys((Act.REVIEW_OPENED, Act.REVIEW_REMINDED), reviews),
}


class SlackChannel:
    key = KEY
    name: Promise | str = "Slack"
    answers: Mapping[str, Promise] = {
        "unchanged": _("Slack shows it already."),
        "card_gone": _("There is no such card in Slack."),
        "card_busy": _("Another update of this card is on its way."),
        "not_linked": _("Nobody in Slack is this person now."),
        "account_changed": _("The person has another Slack account now."),
        "may_not_see": _("The person may not see the request any more."),
        "channel_changed": _("The policy names another Slack channel now."),
    }

    def wants(self, entry: TrailEntry, *, now: datetime) -> Iterator[Wanted]:  # noqa: ARG002  What is shown is decided later.
        if not api.is_possible():
            return
        if direct := DIRECT.get(entry.act):
            yield from direct.wanted(entry)
            return
        if entry.act in ENDS:
            yield from reports.owed(entry)
        request = requests.in_full(AccessRequest.objects.filter(code=_code(entry))).first()
        if request is None:
            return
        if entry.act in ASKING:
            new = [SlackCard(request=request, target=target) for target in _targets(request)]
            SlackCard.objects.bulk_create(new, ignore_conflicts=True)
        yield from (Wanted(target=target, body={"request": request.code}) for target in places(request))

    def send(self, delivery: Delivery, *, now: datetime) -> str:  # noqa: ARG002  A lease is measured by the clock.
        direct = reports if reports.BODY in delivery.body else DIRECT.get(delivery.act)
        if direct:
            return str(direct.send(delivery))
        card = SlackCard.objects.filter(request__code=delivery.body.get("request"), target=delivery.target).first()
        if card is None:
            raise Undeliverable("card_gone")
        with _turn(card):
            return _bring_up_to_date(card)


def _code(entry: TrailEntry) -> str:
    """Return the number of the request that an entry is about, by itself or by the access that it gave."""
    return str(entry.data.get("elevation", {}).get("request") or entry.subject)


def _targets(request: AccessRequest) -> Iterable[str]:
    """Yield where the request is to be seen: the policy's channel, and whoever's turn it is and who can be found in Slack."""
    if request.policy.slack_channel:
        yield f"{CHANNEL}{request.policy.slack_channel}"
    turn = waiting.of_request(request)
    people = [person.pk for person in turn.people] if turn is not None else []
    linked = Q(linked_identities__provider="slack", linked_identities__verified_at__isnull=False)
    found = User.objects.filter(linked, pk__in=people).order_by("username").distinct()
    yield from (f"{PERSON}{username}" for username in found.values_list("username", flat=True))


def places(request: AccessRequest) -> Sequence[str]:
    """Return the targets of the cards that there are."""
    return list(request.slack_cards.order_by("pk").values_list("target", flat=True))


@contextmanager
def _turn(card: SlackCard) -> Iterator[None]:
    """Hold the card alone. Raises Later where somebody else keeps it: what they show may be older than what is to be shown."""
    until = time.monotonic() + TURN_SECONDS
    while not _take(card):
        if time.monotonic() > until:
            raise Later("card_busy")
        time.sleep(LOOK_SECONDS)
    try:
        yield
    finally:
        SlackCard.objects.filter(pk=card.pk, busy_until=card.busy_until).update(busy_until=None)


def _take(card: SlackCard) -> bool:
    # Compare and set: of two at once one gets nothing. The end of the lease names its holder.
    moment = timezone.now()
    free = SlackCard.objects.filter(Q(busy_until=None) | Q(busy_until__lte=moment), pk=card.pk)
    if not free.update(busy_until=moment + BUSY):
        return False
    card.refresh_from_db()
    return True


def _bring_up_to_date(card: SlackCard) -> str:
    """Show the request as it is now. Return what Slack answered, or that there was nothing new."""
    person = _person(card)
    request = requests.in_full(AccessRequest.objects.filter(pk=card.request_id)).get()
    recipient = _recipient(card, person, request)
    message = _message(request, person)
    digest = hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()
    if card.ts and card.shown == digest:
        return "unchanged"
    if card.ts:
        call("chat.update", channel=card.channel, ts=card.ts, **message)
    else:
        answer = call("chat.postMessage", channel=recipient, **message, unfurl_links=False, unfurl_media=False)
        card.recipient, card.channel, card.ts = recipient, str(answer["channel"]), str(answer["ts"])
    card.shown = digest
    card.save(update_fields=["recipient", "channel", "ts", "shown"])
    return f"{card.channel} {card.ts}"


def _person(card: SlackCard) -> User | None:
    name = card.target.removeprefix(PERSON) if card.target.startswith(PERSON) else ""
    return User.objects.get(username=name) if name else None


def _recipient(card: SlackCard, person: User | None, request: AccessRequest) -> str:
    """Return whom Slack is to show it to. Raises Undeliverable for who may not see it now, or is somebody else there now."""
    if person is None:
        # A card that is there already stays true; a new one goes nowhere that the policy has left.
        if not card.ts and card.target != f"{CHANNEL}{request.policy.slack_channel}":
            raise Undeliverable("channel_changed")
        return card.target.removeprefix(CHANNEL)
    account = account_of(person)
    if card.recipient and card.recipient != account:
        raise Undeliverable("account_changed")
    if not requests.visible_to(person).filter(pk=request.pk).exists():
        raise Undeliverable("may_not_see")
    return account


def _message(request: AccessRequest, person: User | None) -> dict[str, Any]:
    with in_words_of(person):
        return cards.card(request).as_message()
