"""Looking once more at what was sent: somebody has pressed a button that should not be there any more."""

from datetime import datetime

from access_requests.messages import Task
from access_requests.models import AccessRequest, Delivery
from access_requests.services.notices.slack import api, channel
from portal.outbox import sending as outbox

ACT = "slack.refresh"


def refresh_cards(request: AccessRequest, *, now: datetime) -> None:
    """Have the request's cards in Slack brought up to date. In the caller's transaction."""
    targets = channel.places(request) if api.is_possible() else ()
    for target in targets:
        delivery = Delivery.objects.create(
            channel=channel.KEY,
            target=target,
            act=ACT,
            subject=request.code,
            body={"request": request.code},
            try_again_at=now,
            created_at=now,
        )
        outbox.nudge(Task.SEND_NOTICE, delivery.pk)
