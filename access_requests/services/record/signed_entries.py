"""A decision's signature, as the trail has it, with what the trail has of the passkey that made it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.conf import settings

from access_requests.policy.signatures import Assertion, Document, Enrolled, Signature, policy_version
from audits.acts import Act
from audits.models import TrailEntry
from portal.passkeys import RelyingParty

ACTS = (Act.FACTOR_ADDED, Act.FACTOR_REMOVED, Act.FACTORS_RESET)


def subject(username: str) -> str:
    """Return the subject of the entries that say which passkeys somebody has."""
    return f"person:{username}"


def as_data(assertion: Assertion, document: Document) -> Mapping[str, Any]:
    """Return the signature as the entry of its decision has it."""
    return {**asdict(assertion), "document": asdict(document)}


def found_in(
    decision: Mapping[str, Any], request: Mapping[str, Any], *, at: datetime, enrolments: Sequence[TrailEntry]
) -> Signature:
    """Return what the entry of a decision that was signed has of it. `enrolments`: of its approver, those before it.

    Raises KeyError and TypeError where the entry is of another shape.
    """
    said = decision["assertion"]
    assertion = Assertion(**{name: text for name, text in said.items() if name != "document"})
    signed = Document(**said["document"])
    # All but what was made for the occasion.
    decided = replace(
        signed,
        request=request["code"],
        digest=decision["seen"],
        policy_version=policy_version(request["policy"]),
        verdict=decision["verdict"],
        person=decision["approver"],
    )
    return Signature(
        assertion=assertion,
        signed=signed,
        decided=decided,
        keys=keys(enrolments, assertion.credential_id),
        at=at,
        portal=RelyingParty(url=settings.PORTAL_URL),
    )


def keys(enrolments: Iterable[TrailEntry], credential_id: str) -> tuple[Enrolled, ...]:
    """Return the enrolments of the credential that were not over when the last of these entries was written."""
    held: list[tuple[str, Enrolled]] = []
    for entry in enrolments:
        if entry.act == Act.FACTOR_ADDED:
            factor = entry.data["factor"]
            if factor["credential_id"] == credential_id:
                held.append((factor["id"], Enrolled(public_key=factor["public_key"], at=entry.at, entry=entry.pk)))
        else:
            over = {one["id"] for one in entry.data.get("factors", [entry.data.get("factor")])}
            held = [(code, key) for code, key in held if code not in over]
    return tuple(key for _code, key in held)
