"""What administrators ask for: a comparison now, and to have drift undone or known as right."""

import hashlib
import json
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder

from access_requests.lifecycle import DriftAction
from access_requests.messages import Task
from access_requests.models import ComparisonAsked, Drift
from access_requests.policy.proofs import Guarded
from access_requests.selectors import drift as selectors
from access_requests.services.drift import drift_errors, learning, recording
from access_requests.services.drift.undoing import undoable
from access_requests.services.record import proving
from portal.outbox import sending as outbox
from portal.verbs import authority, rejections
from portal.verbs.actor import Actor


def ask(*, actor: Actor, now: datetime) -> None:
    """Have AWS compared now. Raises NotAnAdministrator, FactorMissing."""
    authority.check_administrator(actor)
    asked = ComparisonAsked.objects.create(asked_by=actor.who, asked_at=now)
    outbox.put(Task.RECONCILE, object_id=asked.pk, now=now)


def digest(drift: Drift) -> str:
    """Return the SHA-256, as 64 hex digits, of what a drift says of AWS: what whoever acts on it has seen."""
    said = [drift.kind, drift.account, drift.thing, drift.name, drift.detail]
    return hashlib.sha256(json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


def undo(*, code: str, seen: str, actor: Actor, now: datetime) -> Drift:
    """Have a drift undone; `seen` is its digest as it was shown.

    Raises NotAnAdministrator, FactorMissing, StepUpNeeded, NotFound, DriftChanged, NotUndoable, TransitionNotAllowed.
    """
    drift = _as_seen(code, seen, actor, now)
    if not undoable(drift):
        raise drift_errors.NotUndoable
    drift.undo_asked_by = actor.who.username
    recording.apply(drift, DriftAction.ASK_UNDO, actor=actor, now=now)
    outbox.put(Task.UNDO_DRIFT, object_id=drift.pk, now=now)
    return drift


def accept(*, code: str, seen: str, actor: Actor, now: datetime) -> Drift:
    """Have a drift known as right; `seen` is its digest as it was shown, so that nothing else is accepted.

    Raises NotAnAdministrator, FactorMissing, StepUpNeeded, NotFound, DriftChanged, NotAcceptable, CausedByAcceptor,
    TransitionNotAllowed.
    """
    drift = _as_seen(code, seen, actor, now)
    if not learning.acceptable(drift):
        raise drift_errors.NotAcceptable
    if selectors.may_have_caused(actor.who, drift):
        raise drift_errors.CausedByAcceptor
    recording.apply(drift, DriftAction.ACCEPT, actor=actor, now=now)
    learning.accept(drift, by=actor.who.username, now=now)
    return drift


def _as_seen(code: str, seen: str, actor: Actor, now: datetime) -> Drift:
    """Return the drift, locked, if it says what the administrator saw."""
    proving.check_administrator(actor, Guarded.DRIFT, now=now)
    found = Drift.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise rejections.NotFound
    drift = recording.lock(found)
    if digest(drift) != seen:
        raise drift_errors.DriftChanged
    return drift
