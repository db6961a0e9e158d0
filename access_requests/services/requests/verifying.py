"""The decisions on a request, each held against what proves it: its entry of the trail, the policy, and its signature."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from access_requests.models import AccessRequest, Decision
from access_requests.policy.leave import Approval, why_not_taken
from access_requests.policy.signatures import NotSigned, Signature
from access_requests.services.elevations import declared, leave
from access_requests.services.record import signed_entries
from audits import selectors
from audits.acts import Act, reasons
from audits.models import TrailEntry
from portal.passkeys import RelyingParty

DECISIONS = (Act.REQUEST_APPROVAL_GIVEN, Act.REQUEST_APPROVED, Act.REQUEST_REJECTED, Act.REQUEST_SENT_BACK)
ACTS = (*DECISIONS, *signed_entries.ACTS, *declared.ACTS)


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A decision as the trail has it, and what of it does not hold. `entry` is None for a row that the trail does not know."""

    approver: str
    verdict: str
    level: int
    at: datetime
    door: str
    proof: Mapping[str, Any]
    entry: int | None = None
    signature: Signature | None = None
    faults: tuple[str, ...] = ()


def decisions(request: AccessRequest, portal: RelyingParty) -> list[Verified]:
    """Return all decisions that the trail or the table has, oldest first. `portal`: as passkeys knew it then."""
    rows = list(request.decisions.select_related("approver").order_by("pk"))
    group = request.work_groups.order_by("name").values_list("name", flat=True)[0]
    told = selectors.of_subjects([request.code], acts=DECISIONS).get(request.code, [])
    entries = [entry for entry in told if entry.data.get("decision")]
    people = {signed_entries.subject(entry.data["decision"]["approver"]) for entry in entries}
    policies = {subject for entry in entries for subject in declared.subjects(group, entry.data["request"]["policy"]["key"])}
    trail = selectors.of_subjects(people | policies, acts=(*signed_entries.ACTS, *declared.ACTS))
    found = [_of_entry(entry, _at(portal, leave.approval(entry, group, trail)), rows) for entry in entries]
    known = {one.approver for one in found}
    return [*found, *(_untold(row) for row in rows if row.approver.username not in known)]


def _at(portal: RelyingParty, weighed: Approval) -> Approval:
    return replace(weighed, signature=replace(weighed.signature, portal=portal)) if weighed.signature else weighed


def _of_entry(entry: TrailEntry, weighed: Approval, rows: Sequence[Decision]) -> Verified:
    said = entry.data["decision"]
    return Verified(
        approver=said["approver"],
        verdict=said["verdict"],
        level=said["level"],
        at=entry.at,
        door=said["door"],
        proof=said["proof"],
        entry=entry.pk,
        signature=weighed.signature,
        faults=tuple(_faults(entry.data["request"]["requester"], weighed, rows)),
    )


def _faults(requester: str, weighed: Approval, rows: Sequence[Decision]) -> Iterator[str]:
    if not any(_is_told(row, weighed) for row in rows):
        yield "the table of decisions has another one, or none"
    if weighed.said.approver == requester:
        yield "it is the requester's own"
    if weighed.signature:
        try:
            weighed.signature.count()
        except NotSigned as fault:
            yield f"the signature does not hold: {fault}"
    if reason := why_not_taken(weighed):
        yield str(reasons.UNFOUNDED[reason])


def _is_told(row: Decision, weighed: Approval) -> bool:
    said, nonce = weighed.said, weighed.signature.signed.nonce if weighed.signature else None
    there = (row.approver.username, row.verdict, row.level_number, row.seen, row.nonce)
    return there == (said.approver, said.verdict, said.level, said.seen, nonce)


def _untold(row: Decision) -> Verified:
    return Verified(
        approver=row.approver.username,
        verdict=row.verdict,
        level=row.level_number,
        at=row.decided_at,
        door=row.door,
        proof=row.proof,
        faults=("the trail has no such decision",),
    )
