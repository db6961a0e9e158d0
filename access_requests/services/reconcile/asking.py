"""What administrators ask for: a comparison now, and to have drift undone."""

from datetime import datetime

from access_requests import errors
from access_requests.actor import Actor
from access_requests.lifecycle import DriftAction
from access_requests.models import Drift
from access_requests.services.reconcile import learning, recording
from access_requests.services.reconcile.undoing import undoable
from portal.outbox import sending as outbox

RECONCILE = "access_requests.reconcile"
UNDO = "access_requests.undo_drift"


def ask(*, actor: Actor, now: datetime) -> None:
    """Have AWS compared now. Raises NotAnAdministrator."""
    _check_administrator(actor)
    outbox.put(RECONCILE, object_id=actor.who.pk, now=now)


def undo(*, code: str, actor: Actor, now: datetime) -> Drift:
    """Have a drift undone. Raises NotAnAdministrator, NotFound, NotUndoable, TransitionNotAllowed."""
    _check_administrator(actor)
    found = Drift.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise errors.NotFound
    drift = recording.lock(found)
    if not undoable(drift):
        raise errors.NotUndoable
    drift.undo_asked_by = actor.who.username
    recording.apply(drift, DriftAction.ASK_UNDO, actor=actor, now=now)
    outbox.put(UNDO, object_id=drift.pk, now=now)
    return drift


def accept(*, code: str, actor: Actor, now: datetime) -> Drift:
    """Have a drift known as right, as it is in AWS now.

    Raises NotAnAdministrator, NotFound, NotAcceptable, TransitionNotAllowed.
    """
    _check_administrator(actor)
    found = Drift.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise errors.NotFound
    drift = recording.lock(found)
    if not learning.acceptable(drift):
        raise errors.NotAcceptable
    recording.apply(drift, DriftAction.ACCEPT, actor=actor, now=now)
    learning.accept(drift, by=actor.who.username, now=now)
    return drift


def _check_administrator(actor: Actor) -> None:
    if not (actor.who.is_active and actor.who.is_administrator):
        raise errors.NotAnAdministrator
