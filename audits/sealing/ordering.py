"""What an administrator answers where a log cannot go on."""

from datetime import datetime

from audits import trail
from audits.acts import Act
from audits.models import Sealer, TrailEntry
from audits.sealing import rounds
from audits.sealing.beginning import SUBJECT
from portal.verbs.actor import Actor
from portal.verbs.rejections import Missing, NotAnAdministrator, TransitionNotAllowed


def order_new_log(*, reason: str, actor: Actor, now: datetime) -> TrailEntry:
    """Have another log begun after the one that is stopped. Raises NotAnAdministrator, TransitionNotAllowed, Missing."""
    if not actor.who.is_administrator:
        raise NotAnAdministrator
    row = Sealer.objects.filter(pk=1).first()
    if row is None or row.state not in rounds.ENDS_LOG:
        raise TransitionNotAllowed(state=row.state if row else "")
    if not reason.strip():
        raise Missing(field="reason")
    data = {"origin": row.origin, "reason": reason.strip()}
    return trail.record_act(now=now, act=Act.SEAL_NEW_LOG_ORDERED, actor=actor, subject=SUBJECT, data=data)
