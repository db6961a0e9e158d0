"""Reconciliation: AWS against what the portal left there. What differs is drift: reported, or undone where so configured."""

from access_requests.services.reconcile.asking import RECONCILE, UNDO, accept, ask, digest, undo
from access_requests.services.reconcile.learning import acceptable
from access_requests.services.reconcile.recording import another_tool
from access_requests.services.reconcile.running import LONGEST_SILENCE, Pause, run, run_as_asked, undo_one
from access_requests.services.reconcile.undoing import undoable

__all__ = [
    "LONGEST_SILENCE",
    "RECONCILE",
    "UNDO",
    "Pause",
    "accept",
    "acceptable",
    "another_tool",
    "ask",
    "digest",
    "run",
    "run_as_asked",
    "undo",
    "undo_one",
    "undoable",
]
