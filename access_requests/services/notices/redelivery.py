"""What administrators ask for: to have something sent again."""

from datetime import datetime

from access_requests.models import Delivery, DeliveryStatus
from access_requests.services.notices import delivering
from access_requests.services.record import changes
from audits.acts import Act
from portal.verbs import authority, rejections
from portal.verbs.actor import Actor


def again(*, code: str, actor: Actor, now: datetime) -> Delivery:
    """Send what was delivered or given up once more. Raises NotAnAdministrator, NotFound, TransitionNotAllowed.

    It is recorded: a chat may show people what others took for news.
    """
    authority.check_administrator(actor)
    sent = Delivery.objects.select_for_update(of=("self",)).filter(code=code).first()
    if sent is None:
        raise rejections.NotFound
    if sent.status == DeliveryStatus.WAITING:
        raise rejections.TransitionNotAllowed(state=sent.status)
    made = delivering.deliver_again(sent, now=now)
    told = {"channel": sent.channel, "target": sent.target, "act": sent.act, "about": sent.subject, "as": made.code}
    changes.record(act=Act.DELIVERY_REPEATED, subject=f"delivery:{code}", before=None, after=told, actor=actor, now=now)
    return made
