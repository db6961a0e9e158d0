"""What administrators do with endpoints. Each needs an open transaction, and leaves its entry in the trail.

Each raises NotAnAdministrator; those that name an endpoint raise NotFound. Whether an address is a public one is asked by the
door, with `addresses.check`, before it opens the transaction: name servers may take their time, and nobody waits for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from access_requests import errors
from access_requests.messages import Task
from access_requests.models import Delivery, DeliveryStatus, DisabledBecause, WebhookEndpoint, WorkGroup
from access_requests.models.codes import delivery_code
from access_requests.policy import texts
from access_requests.services.notices.webhooks import addresses, bodies, recording, sealing, signing, webhook_errors
from access_requests.services.notices.webhooks.channel import KEY
from audits.acts import TOLD, Act
from portal.outbox import sending as outbox
from portal.verbs import authority, rejections
from portal.verbs.actor import Actor

# So long a receiver may go on verifying by the secret before.
OVERLAP = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What an endpoint is to be. No acts are all of them, and no work groups too."""

    name: str
    url: str
    language: str
    acts: Sequence[str] = ()
    work_groups: Sequence[str] = ()
    with_details: bool = False


def add(*, wishes: Wishes, actor: Actor, now: datetime) -> tuple[WebhookEndpoint, str]:
    """Add an endpoint; return it with its secret, which is told this once. Raises Unusable."""
    authority.check_administrator(actor)
    secret = signing.new_secret()
    endpoint = WebhookEndpoint(secret=sealing.sealed(secret), made_by=actor.name, made_at=now)
    _write(endpoint, wishes)
    recording.record_secret(Act.WEBHOOK_ADDED, endpoint, after=recording.describe(endpoint), actor=actor, now=now)
    return endpoint, secret


def change(*, code: str, wishes: Wishes, actor: Actor, now: datetime) -> WebhookEndpoint:
    """Change an endpoint. What waits for it as it was does not follow it to another address. Raises Unusable."""
    endpoint = _locked(code, actor)
    before, url = recording.describe(endpoint), endpoint.url
    _write(endpoint, wishes)
    if endpoint.url != url:
        waiting = Delivery.objects.filter(channel=KEY, target=code, status=DeliveryStatus.WAITING)
        over = {"status": DeliveryStatus.GIVEN_UP, "try_again_at": None, "settled_at": now}
        waiting.update(**over, answer="webhook_changed")
    recording.record(Act.WEBHOOK_CHANGED, endpoint, before=before, after=recording.describe(endpoint), actor=actor, now=now)
    return endpoint


def rotate(*, code: str, actor: Actor, now: datetime) -> tuple[WebhookEndpoint, str]:
    """Give it a new secret; return it with that. For a day notices are signed by the one before, too."""
    endpoint = _locked(code, actor)
    secret = signing.new_secret()
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, now + OVERLAP
    endpoint.secret = sealing.sealed(secret)
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    recording.record_secret(Act.WEBHOOK_ROTATED, endpoint, after={"previous_until": now + OVERLAP}, actor=actor, now=now)
    return endpoint, secret


def enable(*, code: str, actor: Actor, now: datetime) -> WebhookEndpoint:
    """Send there again, what happens from now on."""
    endpoint = _locked(code, actor)
    if endpoint.enabled:
        return endpoint
    before = recording.describe(endpoint)
    endpoint.enabled, endpoint.disabled_because, endpoint.failing_since = True, "", None
    endpoint.save(update_fields=["enabled", "disabled_because", "failing_since"])
    recording.record(Act.WEBHOOK_ENABLED, endpoint, before=before, after=recording.describe(endpoint), actor=actor, now=now)
    return endpoint


def disable(*, code: str, actor: Actor, now: datetime) -> None:
    recording.disable(_locked(code, actor).pk, DisabledBecause.BY_HAND, actor=actor, now=now)


def delete(*, code: str, actor: Actor, now: datetime) -> WebhookEndpoint:
    """Forget it, and its secret. What was sent there stays in the log for its time."""
    endpoint = _locked(code, actor)
    recording.record(Act.WEBHOOK_DELETED, endpoint, before=recording.describe(endpoint), after=None, actor=actor, now=now)
    endpoint.delete()
    return endpoint


def send_test(*, code: str, actor: Actor, now: datetime) -> Delivery:
    """Have a notice sent that tells nothing, once. It leaves no entry: nothing becomes otherwise by it."""
    endpoint = _locked(code, actor)
    number = delivery_code()
    sent = Delivery.objects.create(
        code=number,
        channel=KEY,
        target=endpoint.code,
        act=bodies.TEST,
        body=bodies.of_test(endpoint, number=number, now=now),
        try_again_at=now,
        created_at=now,
    )
    outbox.nudge(Task.SEND_NOTICE, sent.pk)
    return sent


def _locked(code: str, actor: Actor) -> WebhookEndpoint:
    authority.check_administrator(actor)
    endpoint = WebhookEndpoint.objects.select_for_update().filter(code=code).first()
    if endpoint is None:
        raise rejections.NotFound
    return endpoint


def _write(endpoint: WebhookEndpoint, wishes: Wishes) -> None:
    endpoint.name = texts.clean("name", wishes.name, required=True)
    if WebhookEndpoint.objects.filter(name=endpoint.name).exclude(pk=endpoint.pk).exists():
        raise webhook_errors.NameTaken(field="name")
    _check_choices(wishes)
    addresses.parsed(wishes.url)
    endpoint.url, endpoint.language, endpoint.with_details = wishes.url, wishes.language, wishes.with_details
    endpoint.acts = sorted(set(wishes.acts))
    endpoint.save()
    endpoint.work_groups.set(WorkGroup.objects.filter(name__in=wishes.work_groups))


def _check_choices(wishes: Wishes) -> None:
    if wishes.language not in dict(settings.LANGUAGES):
        raise webhook_errors.UnknownChoice(field="language", choice=wishes.language)
    for act in wishes.acts:
        if act not in TOLD:
            raise webhook_errors.UnknownChoice(field="acts", choice=act)
    known = set(WorkGroup.objects.filter(name__in=wishes.work_groups).values_list("name", flat=True))
    for name in wishes.work_groups:
        if name not in known:
            raise errors.UnknownWorkGroup(field="work_groups", work_group=name)
