"""Facts of requests, elevations and drift: of each there may be very many."""

from typing import Any

from access_requests.services.comparison.facts import Fact, Row, Table, following, same, via, walk
from access_requests.services.drift.recording import another_tool
from audits.merkle import values
from audits.replay import ThingKind

DECISION = ("verdict", "comment", "proof", "door", "client", "seen", "nonce", "decided_at")


def _asked(name: str) -> Fact:
    """A part of what was submitted, as the request's row froze it."""
    return Fact(name=name, fields=("AccessRequest.snapshot",), read=lambda row: row.snapshot["asked"].get(name))


def _decisions(row: Row) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(decision, name) for name in DECISION},
            "approver": decision.approver.username,
            "level": decision.level_number,
        }
        for decision in sorted(row.decisions.all(), key=lambda decision: decision.pk)
    ]


def _groups(row: Row) -> list[str]:
    """Return the groups' names, each with whoever else it is kept for: a row of another's would hold up theirs."""
    return sorted(
        group.work_group.name if group.requester_id == row.requester_id else f"{group.work_group.name} {group.requester_id}"
        for group in row.requested_groups.all()
    )


def _waits(row: Row) -> list[bool]:
    return sorted({group.waits_to_start_now for group in row.requested_groups.all()})


REQUESTS = Table(
    kind=ThingKind.REQUEST,
    model="access_requests.AccessRequest",
    key=same("AccessRequest", "code")[0],
    facts=(
        *same("AccessRequest", "code", "status", "digest", "reason", "change_ticket", "impact", "plan", "way_back"),
        *same("AccessRequest", "asked_starts_at", "asked_ends_at", "duration_minutes", "starts_at", "ends_at"),
        *same("AccessRequest", "submitted_at", "decide_until", "settled_at", "door", "client"),
        *via("AccessRequest", requester="requester.username", policy="policy.key"),
        *via("AccessRequest", extends="extends.code", revises="revises.code"),
        *(_asked(name) for name in ("iam_user", "identity_center_user", "work_groups")),
        Fact(
            name="submitted_policy",
            fields=("AccessRequest.snapshot",),
            read=lambda row: row.snapshot.get("policy"),
        ),
        Fact(
            name="decisions",
            fields=(
                *("Decision.request", "Decision.approver", "Decision.level_number"),
                *(f"Decision.{name}" for name in DECISION),
            ),
            read=_decisions,
        ),
        following("groups", [f"RequestedGroup.{name}" for name in ("request", "work_group", "requester")], _groups),
        following("waits_to_start_now", ["RequestedGroup.waits_to_start_now"], _waits),
        following(
            "decided_for",
            ["Decision.requester"],
            lambda row: all(decision.requester_id == row.requester_id for decision in row.decisions.all()),
        ),
    ),
    select=("requester", "policy", "extends", "revises"),
    prefetch=("decisions__approver", "requested_groups__work_group"),
)
ELEVATIONS = Table(
    kind=ThingKind.ELEVATION,
    model="access_requests.Elevation",
    key=same("Elevation", "code")[0],
    facts=(
        *same("Elevation", "code", "status", "iam_user_name", "iam_user_id"),
        *same("Elevation", "identity_center_user_name", "identity_center_user_id"),
        *same("Elevation", "starts_at", "ends_at", "ends_by", "granting_at", "granted_at"),
        *same("Elevation", "stopped_at", "stop_reason", "ended_at"),
        *via("Elevation", request="request.code", person="person.username", work_group="work_group.name"),
        # What the catalogue said at the time of the entry.
        Fact(name="backend", fields=(), read=walk("work_group.backend"), is_compared=False),
    ),
    select=("request", "person", "work_group"),
)
DRIFT = Table(
    kind=ThingKind.DRIFT,
    model="access_requests.Drift",
    key=same("Drift", "code")[0],
    facts=(
        *same("Drift", "code", "status", "kind", "account", "thing", "name", "found_at", "principal"),
        *same("Drift", "undone_before", "undo_asked_by", "problem"),
        *via("Drift", work_group="work_group.name", elevation="elevation.code"),
        # What others wrote in AWS may have numbers that the trail does not take.
        Fact(name="detail", fields=("Drift.detail",), read=lambda row: values.in_words(row.detail)),
        Fact(name="event", fields=("Drift.event",), read=lambda row: values.in_words(row.event)),
        # A look at AWS moves it, and tells nothing else.
        Fact(name="seen_at", fields=(), read=walk("seen_at"), is_compared=False),
        Fact(name="another_tool", fields=(), read=another_tool, is_compared=False),
    ),
    select=("work_group", "elevation"),
)
TABLES = (REQUESTS, ELEVATIONS, DRIFT)
