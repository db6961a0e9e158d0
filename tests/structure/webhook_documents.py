"""make api-docs: writes docs/webhook-events.md, an example of every event, as the source makes it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

django.setup()

from django.test.utils import override_settings  # noqa: E402  Everything below needs the settings.
from django.utils.translation import override  # noqa: E402

from access_requests.models import WebhookEndpoint  # noqa: E402
from access_requests.services.notices import factors, findings, reports, seal  # noqa: E402
from access_requests.services.notices.drift import Found  # noqa: E402
from access_requests.services.notices.webhooks import bodies  # noqa: E402
from audits.acts import Act  # noqa: E402
from audits.acts.words import NEWS  # noqa: E402
from audits.models import TrailEntry  # noqa: E402

EVENTS = Path(__file__).resolve().parents[2] / "docs" / "webhook-events.md"
HEAD = """# Events of webhooks

An example of each, made by the source with `make api-docs`; a test compares the two. The last one is as a webhook gets it that
says "with reason, change ticket and who decided". [Webhooks](webhooks.md) says how they come.
"""
AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
START, END, DEADLINE = "2026-11-23T05:10:00Z", "2026-11-23T07:10:00Z", "2026-11-24T05:00:00Z"
GROUP = "ProdMemberWorkGroup"
ENDPOINT = WebhookEndpoint(code="W-5T2N8QKM", name="ops chat", language="en")
REQUEST: dict[str, Any] = {
    "code": "R-7K3M9QX2",
    "requester": "member01",
    "work_groups": [{"name": GROUP}],
    "duration_minutes": 120,
    "decide_until": DEADLINE,
    "extends": None,
    "starts_at": None,
    "ends_at": None,
}
ELEVATION = {"code": "E-4D8WZ1NC", "request": "R-7K3M9QX2", "person": "member01", "work_group": GROUP}
SEAL: dict[str, dict[str, Any]] = {
    Act.SEAL_STOPPED: {"state": "guard_refused", "detail": ""},
    Act.SEAL_OVERDUE: {"state": "guard_unreachable", "waiting": 12, "waiting_since": START},
    Act.SEAL_GUARD_TOUCHED: {"remark": ""},
}
# The state that is not in the name of the act.
STATES = {"request.submitted": "pending", "request.approval_given": "pending", "elevation.extended": "active"}


def document() -> str:
    """Return the whole page."""
    with override_settings(PORTAL_URL="https://sekisho.example.com"), override("en"):
        return HEAD + "".join(
            f"\n## {kind}\n\n```json\n{json.dumps(body, indent=2, ensure_ascii=False)}\n```\n" for kind, body in _examples()
        )


def _examples() -> Iterator[tuple[str, dict[str, Any]]]:
    for number, act in enumerate(NEWS, start=1):
        yield act, _body(act, number)
    yield bodies.TEST, bodies.of_test(ENDPOINT, number="N-2B6HZP4T", now=AT)
    detailed = WebhookEndpoint(code="W-5T2N8QKM", name="leads", language="en", with_details=True)
    yield (
        "request.rejected, with details",
        bodies.of_news(_news("request.rejected", list(NEWS).index("request.rejected") + 1), detailed),
    )


def _body(act: str, number: int) -> dict[str, Any]:  # noqa: PLR0911  A table of kinds.
    if act == Act.COMPARISON_DRIFT_FOUND:
        return _drift(number)
    if act == Act.TRAIL_RECORDED_LATE:
        return _late(number)
    if act == Act.EMERGENCY_LOG_IN:
        return bodies.of_emergency(TrailEntry(pk=number, at=AT, act=act, actor="admin01"), ENDPOINT)
    if act in reports.ACTS:
        return _report(act, number)
    if act in factors.ACTS:
        by = "sekisho:browser" if act == Act.FACTOR_CLONED else "admin01"
        return bodies.of_factors(TrailEntry(pk=number, at=AT, act=act, actor=by, subject="person:leader01"), ENDPOINT)
    if act in findings.ACTS:
        return bodies.of_findings(_finding(act, number), ENDPOINT)
    if act in seal.ACTS:
        return bodies.of_seal(TrailEntry(pk=number, at=AT, act=act, data=SEAL.get(act, {})), ENDPOINT)
    return bodies.of_news(_news(act, number), ENDPOINT)


def _report(act: str, number: int) -> dict[str, Any]:
    said = {**{name: ELEVATION[name] for name in ("request", "person", "work_group")}, "elevation": ELEVATION["code"]}
    report = {**said, "status": act.rpartition(".")[2], "due_on": "2026-11-26", "is_unused": False}
    actor = "member01" if act == Act.WORK_REPORT_WRITTEN else "leader01"
    entry = TrailEntry(pk=number, at=AT, act=act, actor=actor, subject=ELEVATION["code"], data={"report": report})
    return bodies.of_report(entry, ENDPOINT)


def _news(act: str, number: int) -> bodies.News:
    kind, _, word = act.partition(".")
    state = STATES.get(act, word)
    fixed = {"starts_at": START, "ends_at": END}
    kept = {**ELEVATION, **fixed} if kind == "elevation" else {**REQUEST, **(fixed if act == "request.approved" else {})}
    entry = TrailEntry(pk=number, at=AT, act=act, actor="leader01", subject=kept["code"], data={kind: {**kept, "status": state}})
    return bodies.News(entry=entry, person_name="佐藤 美咲", details={"reason": "fix the index", "change_ticket": "CHG-123"})


def _drift(number: int) -> dict[str, Any]:
    names = {"account": "jump", "thing": GROUP, "name": "member02", "work_group": GROUP}
    found = [Found(code="D-9H3RTV6P", kind="unexplained_member", **names)]
    return bodies.of_drift(TrailEntry(pk=number, at=AT, act=Act.COMPARISON_DRIFT_FOUND), ENDPOINT, found, 1)


def _finding(act: str, number: int) -> TrailEntry:
    key = {"elevation": "E-4D8WZ1NC", "reason": "not_as_recorded"}
    one = {"code": "F-3V9K2M7QX4T8RN5C", "kind": "row_forged", "key": key, "severity": "critical"}
    told = {"count": 1, "found": [{**one, "again": False}], "through": 40}
    days = {"asked_until": "2026-12-23", "accepted_until": "2026-12-23"}
    data = told if act == Act.FINDINGS_TOLD else {"finding": {**one, **days}}
    return TrailEntry(pk=number, at=AT, act=act, actor="admin01", data=data)


def _late(number: int) -> dict[str, Any]:
    said = {"id": 41, "act": Act.PERSON_ENABLED, "subject": "person:member02", "at": START, "recorded_at": END}
    data = {"count": 1, "entries": [said]}
    return bodies.of_late(TrailEntry(pk=number, at=AT, act=Act.TRAIL_RECORDED_LATE, data=data), ENDPOINT)


def main() -> None:
    EVENTS.write_text(document())


if __name__ == "__main__":
    main()
