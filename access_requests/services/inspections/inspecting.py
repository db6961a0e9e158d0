"""Signing rows of a day: by a person who has proven themselves, with clean comments."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from access_requests.policy import texts
from access_requests.policy.proofs import Guarded
from access_requests.services.record import proving
from audits.inspections import signing
from audits.inspections.signing import Mark
from audits.models import Inspection
from portal.verbs.actor import Actor


def sign(*, day: date, marks: Sequence[Mark], actor: Actor, now: datetime) -> list[Inspection]:
    """Raises what `signing.sign` does, TooLong, ControlCharacters, FactorMissing, StepUpNeeded."""
    cleaned = [replace(mark, comment=texts.clean("comment", mark.comment, required=False)) for mark in marks]
    signed = signing.sign(day=day, marks=cleaned, actor=actor, now=now)
    # Last, so that nobody is asked for a proof for what would be refused all the same.
    proving.check(actor, Guarded.INSPECTION, now=now)
    return signed
