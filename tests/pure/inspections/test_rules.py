"""What is a deviation, and who may sign what."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from audits.inspections.rules import Bar, Deviation, Report, Use, bar, signers

INSPECTORS = frozenset({"leader01", "leader02"})
USED = Use(
    log_in="L-1",
    log_in_entry=7,
    began_at=datetime(2026, 11, 23, 5, tzinfo=UTC),
    kind="used",
    account="production",
    role="Prod_MemberRole",
    who="member01",
    person="member01",
    elevation="E-1",
    request="R-1",
    requester="member01",
    approvers=("leader01",),
)
CONFIRMED = Report(status="confirmed", is_unused=False, deviates=False, entry=9)


@pytest.mark.parametrize(
    ("username", "changes", "why"),
    [
        ("leader02", {}, None),
        ("leader01", {}, Bar.APPROVED),
        ("member01", {}, Bar.NOT_INSPECTOR),
        ("auditor01", {}, Bar.NOT_INSPECTOR),
        ("leader02", {"person": "leader02"}, Bar.OWN),
        ("leader02", {"requester": "leader02"}, Bar.ASKED),
        # The owner of a declared exception gave that leave.
        ("leader02", {"kind": "declared", "elevation": "", "requester": "", "approvers": ("leader02",)}, Bar.APPROVED),
        # Of a stranger anybody who inspects.
        ("leader01", {"kind": "no_leave", "person": "", "requester": "", "approvers": ()}, None),
    ],
)
def test_who_asked_approved_or_used_it_does_not_sign(username: str, changes: dict[str, Any], why: Bar | None) -> None:
    assert bar(username, replace(USED, **changes), inspectors=INSPECTORS) == why


def test_two_leads_cover_each_other() -> None:
    by_first = replace(USED, person="leader01", requester="leader01", approvers=("leader02",))
    assert signers(USED, inspectors=INSPECTORS) == ["leader02"]
    assert signers(replace(USED, approvers=("leader02",)), inspectors=INSPECTORS) == ["leader01"]
    # Of what one asked for and the other approved, a third one is needed.
    assert signers(by_first, inspectors=INSPECTORS) == []
    assert signers(by_first, inspectors=INSPECTORS | {"admin01"}) == ["admin01"]


@pytest.mark.parametrize(
    ("changes", "deviations"),
    [
        ({"report": CONFIRMED}, []),
        ({"report": None}, []),
        ({"report": replace(CONFIRMED, status="written")}, []),
        ({"report": replace(CONFIRMED, status="owed")}, [Deviation.NO_REPORT]),
        ({"report": replace(CONFIRMED, status="asked_back", deviates=True)}, [Deviation.NO_REPORT]),
        ({"report": replace(CONFIRMED, is_unused=True)}, [Deviation.REPORTED_UNUSED]),
        ({"report": replace(CONFIRMED, deviates=True)}, [Deviation.REPORT_DEVIATES]),
        ({"kind": "after_end", "report": CONFIRMED}, [Deviation.AFTER_END]),
        ({"kind": "no_leave", "findings": ("F-1",)}, [Deviation.NO_LEAVE, Deviation.FINDING]),
        ({"kind": "unknown"}, [Deviation.UNKNOWN]),
        ({"kind": "standing"}, []),
        ({"kind": "declared"}, []),
    ],
)
def test_deviations_are_what_somebody_explains(changes: dict[str, Any], deviations: list[Deviation]) -> None:
    assert replace(USED, **changes).deviations == deviations


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "after_end"},
        {"log_in_entry": 8},
        {"approvers": ("leader01", "leader02")},
        {"report": CONFIRMED},
        {"findings": ("F-1",)},
    ],
)
def test_digest_is_another_one_when_something_else_is_known(changes: dict[str, Any]) -> None:
    assert replace(USED, **changes).digest != USED.digest
    assert replace(USED, approvers=["leader01"]).digest == USED.digest
