"""Webhooks as a channel of notices."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cryptography.fernet import InvalidToken
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests.models import AccessRequest, Delivery, DisabledBecause, WebhookEndpoint
from access_requests.services.notices import drift, factors, findings, reports, seal
from access_requests.services.notices.contract import Later, Undeliverable, Wanted
from access_requests.services.notices.webhooks import bodies, posting, recording, signing
from audits.acts import TOLD_TO_PERSON, Act
from audits.models import TrailEntry
from portal.users.models import User
from portal.verbs.actor import WORKER
from portal.verbs.run import run

KEY = "webhook"
# Nothing but failures for so long: nobody is there any more.
DISABLED_AFTER = timedelta(days=5)
LONGEST_PATIENCE = timedelta(days=1)
GONE = 410
# Statuses whose Retry-After means that the same will be taken later.
BUSY = frozenset({429, 503})


# For administrators and auditors: told to endpoints that name the act.
NAMED: Mapping[str, Callable[[TrailEntry, WebhookEndpoint], dict[str, Any]]] = {
    Act.TRAIL_RECORDED_LATE: bodies.of_late,
    Act.EMERGENCY_LOG_IN: bodies.of_emergency,
    **dict.fromkeys(factors.ACTS, bodies.of_factors),
    **dict.fromkeys(seal.ACTS, bodies.of_seal),
    **dict.fromkeys(findings.ACTS, bodies.of_findings),
    **dict.fromkeys(reports.ACTS, bodies.of_report),
}


class WebhookChannel:
    """`target` of a delivery is an endpoint's code."""

    key = KEY
    name: Promise | str = _("webhook")
    answers: Mapping[str, Promise] = {
        "address_not_public": _("The address is not on the public internet. Nothing was sent."),
        "address_unusable": _("The address cannot be called. Nothing was sent."),
        "tls_refused": _("The server could not prove by TLS that it is the one of this name. Nothing was sent."),
        "timeout": _("There was no answer in time."),
        "not_reached": _("The server could not be reached."),
        "redirect": _("The answer leads to another address. Redirects are not followed: give the address where it ends."),
        "secret_unreadable": _("The secret cannot be read with the SECRET_KEY of now. Make a new one."),
        "webhook_disabled": _("The webhook was disabled meanwhile."),
        "webhook_deleted": _("The webhook was deleted meanwhile."),
        "webhook_changed": _("The webhook was changed meanwhile: what was meant for it as it was is not sent there."),
    }

    def wants(self, entry: TrailEntry, *, now: datetime) -> Iterator[Wanted]:  # noqa: ARG002  The contract's.
        """Costs two queries where there are endpoints; one or two more where some want the entry."""
        if entry.act == Act.COMPARISON_DRIFT_FOUND:
            yield from _wanting_drift(entry)
            return
        if entry.act in NAMED:
            yield from _wanting_named(entry, NAMED[entry.act])
            return
        if entry.act in TOLD_TO_PERSON:
            return
        wanting = _wanting(entry)
        if not wanting:
            return
        news = _news(entry, in_detail=any(endpoint.with_details for endpoint in wanting))
        for endpoint in wanting:
            yield Wanted(target=endpoint.code, body=bodies.of_news(news, endpoint))

    def send(self, delivery: Delivery, *, now: datetime) -> str:
        endpoint = _endpoint(delivery)
        try:
            answer = posting.post(endpoint.url, *_signed(endpoint, delivery, now), now=now)
        except posting.NotReached as trouble:
            raise _failed(endpoint, delivery, Later(str(trouble)), now) from trouble
        return _taken(endpoint, delivery, answer, now)


def _wanting(entry: TrailEntry) -> list[WebhookEndpoint]:
    groups = set(bodies.work_groups(entry))
    enabled = WebhookEndpoint.objects.filter(enabled=True).prefetch_related("work_groups").order_by("pk")
    return [
        endpoint
        for endpoint in enabled
        if (not endpoint.acts or entry.act in endpoint.acts)
        and (not (only := {group.name for group in endpoint.work_groups.all()}) or only & groups)
    ]


def _wanting_drift(entry: TrailEntry) -> Iterator[Wanted]:
    """Yield the endpoints that name it: in the portal drift is for administrators and auditors, so no choice is not all of it."""
    found, count = drift.found(entry), entry.data["count"]
    for endpoint in WebhookEndpoint.objects.filter(enabled=True).prefetch_related("work_groups").order_by("pk"):
        only = {group.name for group in endpoint.work_groups.all()}
        theirs = [one for one in found if not only or one.work_group in only]
        if entry.act in endpoint.acts and theirs:
            body = bodies.of_drift(entry, endpoint, theirs, len(theirs) if only else count)
            yield Wanted(target=endpoint.code, body=body)


def _wanting_named(entry: TrailEntry, body: Callable[[TrailEntry, WebhookEndpoint], dict[str, Any]]) -> Iterator[Wanted]:
    """Yield the endpoints that name the act: it is for administrators and auditors, and about no work group."""
    for endpoint in WebhookEndpoint.objects.filter(enabled=True).order_by("pk"):
        if entry.act in endpoint.acts:
            yield Wanted(target=endpoint.code, body=body(entry, endpoint))


def _news(entry: TrailEntry, *, in_detail: bool) -> bodies.News:
    person = User.objects.filter(username=bodies.username(entry)).first()
    details = _details(entry) if in_detail else {}
    return bodies.News(entry=entry, person_name=person.get_full_name() if person else "", details=details)


def _details(entry: TrailEntry) -> bodies.Json:
    """Return what the trail has of a request in the entry of its submission alone."""
    is_request = entry.act.startswith("request.")
    code = entry.data["request"]["code"] if is_request else entry.data["elevation"]["request"]
    return AccessRequest.objects.filter(code=code).values(*bodies.DETAILS).first() or {}


def _endpoint(delivery: Delivery) -> WebhookEndpoint:
    """Return where it goes. Raises Undeliverable. A test goes to a disabled one too: it is to show that it works again."""
    endpoint = WebhookEndpoint.objects.filter(code=delivery.target).first()
    if endpoint is None:
        raise Undeliverable("webhook_deleted")
    if not endpoint.enabled and delivery.act != bodies.TEST:
        raise Undeliverable("webhook_disabled")
    if bodies.has_details(delivery.body) and not endpoint.with_details:
        raise Undeliverable("webhook_changed")
    return endpoint


def _signed(endpoint: WebhookEndpoint, delivery: Delivery, now: datetime) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(delivery.body, ensure_ascii=False).encode()
    try:
        return body, signing.headers(endpoint, body, message_id=delivery.body["id"], now=now)
    except InvalidToken as error:
        raise _failed(endpoint, delivery, Later("secret_unreadable"), now) from error


def _taken(endpoint: WebhookEndpoint, delivery: Delivery, answer: posting.Answer, now: datetime) -> str:
    """Return what was answered if it was a yes. Raises Later, Undeliverable."""
    said = f"HTTP {answer.status} {answer.text}".strip()
    if answer.status in range(200, 300):
        WebhookEndpoint.objects.filter(pk=endpoint.pk, failing_since__isnull=False).update(failing_since=None)
        return said
    if answer.status == GONE:
        _disable(endpoint, DisabledBecause.GONE, now)
        raise Undeliverable(said)
    if answer.status in range(300, 400):
        said = "redirect"
    after = min(answer.after, LONGEST_PATIENCE) if answer.after and answer.status in BUSY else None
    raise _failed(endpoint, delivery, Later(said, after=after), now)


def _failed(endpoint: WebhookEndpoint, delivery: Delivery, later: Later, now: datetime) -> Later | Undeliverable:
    """Note a failure, and return what is to be raised: whoever tests wants to know at once, and gets no second attempt."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk, failing_since__isnull=True).update(failing_since=now)
    if endpoint.failing_since is not None and now - endpoint.failing_since >= DISABLED_AFTER:
        _disable(endpoint, DisabledBecause.FAILING, now)
    return Undeliverable(str(later)) if delivery.act == bodies.TEST else later


def _disable(endpoint: WebhookEndpoint, because: DisabledBecause, now: datetime) -> None:
    run(partial(recording.disable, endpoint.pk, because, actor=WORKER, now=now))
