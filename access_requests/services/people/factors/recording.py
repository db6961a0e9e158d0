"""What happens to second factors, in the trail and told at once."""

from datetime import datetime

from access_requests.messages import Task
from audits import trail
from audits.acts import Act
from portal.outbox import sending as outbox
from portal.users.models import Factor, User
from portal.verbs.actor import Actor


def record(act: Act, *, person: User, actor: Actor, now: datetime, **data: object) -> None:
    trail.record_act(now=now, act=act, actor=actor, subject=f"person:{person.username}", data=data)
    outbox.nudge(Task.TELL)


def named(factor: Factor) -> dict[str, str]:
    """Return how the trail names a factor."""
    return {"id": factor.code, "kind": factor.kind, "name": factor.name}
