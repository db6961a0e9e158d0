"""What a worker may give: the rules, on values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from access_requests.policy.leave import Consent, Facts, Given, Grounds, Level, Said, Unfounded, unfounded

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEADS = frozenset({"leader01", "leader02"})
LEVELS = (Level(number=1, approvals=1, approvers=LEADS), Level(number=2, approvals=1, approvers=LEADS | {"admin01"}))


def said(approver: str, level: int) -> Said:
    return Said(approver=approver, level=level, verdict="approve", seen="digest")


def consent(*by: tuple[str, int], levels: tuple[Level, ...] = LEVELS, ends_at: datetime = NOW + HOUR) -> Consent:
    """Return a request that was approved so, as rows and trail agree."""
    decisions = [said(*one) for one in by]
    facts = Facts(
        status="approved",
        requester="member01",
        digest="digest",
        starts_at=NOW,
        ends_at=ends_at,
        decisions=frozenset(decisions),
    )
    given = tuple((decision, levels) for decision in decisions)
    return Consent(row=facts, told=facts, by=given, work_groups=frozenset({"ProdLeaderWorkGroup"}))


BOTH = consent(("leader01", 1), ("admin01", 2))
LATER = consent(("leader02", 1), ("leader01", 2), ends_at=NOW + 2 * HOUR)


def grounds(consent: Consent = BOTH, **changes: object) -> Grounds:
    """Return an active elevation of member01 with everything that it must rest on, but for the changes."""
    given = Given(
        request="R-OWN",
        person="member01",
        work_group="ProdLeaderWorkGroup",
        iam_user=("member01", "AIDA1"),
        identity_center_user=("", ""),
        starts_at=NOW,
    )
    usual = Grounds(
        status="active",
        row=given,
        told=given,
        states=("scheduled", "granting", "active"),
        ends_at=NOW + HOUR,
        ends_by="R-OWN",
        consent=consent,
        extensions={"R-MORE": LATER},
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def extended(by: Consent = LATER) -> Grounds:
    return grounds(ends_at=NOW + 2 * HOUR, ends_by="R-MORE", extensions={"R-MORE": by})


def with_row(consent: Consent, **changes: object) -> Consent:
    return replace(consent, row=replace(consent.row, **changes))  # type: ignore[arg-type]


def also(consent: Consent, approver: str, level: int) -> Consent:
    """Return the consent with one more decision in the table, of which the trail knows nothing."""
    return with_row(consent, decisions=consent.row.decisions | {said(approver, level)})


def test_what_was_approved_is_given_and_so_is_what_an_extension_moved() -> None:
    assert unfounded(grounds()) is None
    assert unfounded(grounds(ends_by="")) is None
    assert unfounded(extended()) is None


@pytest.mark.parametrize("status", ["pending", "rejected", "sent_back", "withdrawn", "lapsed"])
def test_request_that_is_not_approved_gives_nothing(status: str) -> None:
    assert unfounded(grounds(with_row(BOTH, status=status))) == Unfounded.NOT_APPROVED


@pytest.mark.parametrize(
    "by",
    [
        consent(),
        consent(("leader01", 1)),
        consent(("leader01", 1), ("leader02", 1)),
        consent(("leader01", 1), ("leader01", 2)),
        consent(("admin01", 1), ("leader01", 2)),
        consent(("leader01", 1), ("auditor01", 2)),
        consent(("leader01", 1), ("admin01", 3)),
        consent(("leader01", 1), ("admin01", 2), levels=()),
    ],
    ids=["nobody", "one level", "same level", "same person", "not of level 1", "no approver", "no level 3", "no policy"],
)
def test_approvals_that_do_not_satisfy_the_policy_as_it_was_give_nothing(by: Consent) -> None:
    assert unfounded(grounds(by)) == Unfounded.NOT_BY_POLICY


def test_level_that_wants_two_is_not_satisfied_by_one() -> None:
    two = (Level(number=1, approvals=2, approvers=LEADS),)
    assert unfounded(grounds(consent(("leader01", 1), levels=two))) == Unfounded.NOT_BY_POLICY
    assert unfounded(grounds(consent(("leader01", 1), ("leader02", 1), levels=two))) is None


def test_policy_is_the_one_of_each_yes_and_of_the_last_for_what_had_to_be_satisfied() -> None:
    first, last = BOTH.by
    # Nobody is an approver at level 1 any more when the last yes is said.
    demoted = (last[0], (replace(LEVELS[0], approvers=frozenset()), LEVELS[1]))
    assert unfounded(grounds(replace(BOTH, by=(first, demoted)))) is None
    stricter = (last[0], (replace(LEVELS[0], approvals=2), LEVELS[1]))
    assert unfounded(grounds(replace(BOTH, by=(first, stricter)))) == Unfounded.NOT_BY_POLICY


def test_own_decision_gives_nothing_even_beside_enough_others() -> None:
    assert unfounded(grounds(also(BOTH, "member01", 2))) == Unfounded.OWN_DECISION


@pytest.mark.parametrize(
    "forged",
    [
        grounds(replace(BOTH, told=None)),
        grounds(also(BOTH, "leader02", 2)),
        grounds(with_row(BOTH, requester="member02")),
        grounds(with_row(BOTH, ends_at=NOW + 9 * HOUR), ends_at=NOW + 9 * HOUR),
        grounds(with_row(BOTH, digest="another")),
        grounds(replace(BOTH, work_groups=frozenset({"ProdMemberWorkGroup"}))),
        grounds(told=None),
        grounds(row=replace(grounds().row, starts_at=NOW - HOUR)),
        grounds(row=replace(grounds().row, person="member02")),
        grounds(row=replace(grounds().row, iam_user=("member02", "AIDA1"))),
        grounds(states=()),
        grounds(states=("scheduled", "granting")),
        grounds(states=("scheduled", "granting", "active", "revoking", "ended", "active")),
        grounds(states=("scheduled", "cancelled", "scheduled"), status="scheduled"),
    ],
)
def test_row_that_says_something_else_than_the_trail_gives_nothing(forged: Grounds) -> None:
    assert unfounded(forged) == Unfounded.NOT_AS_RECORDED


def test_trail_and_row_that_agree_on_another_person_than_the_request_give_nothing() -> None:
    given = replace(grounds().row, person="member02")
    assert unfounded(grounds(row=given, told=given)) == Unfounded.NOT_AS_RECORDED


@pytest.mark.parametrize(
    "forged",
    [
        grounds(ends_at=NOW + 3 * HOUR),
        grounds(ends_at=NOW + 2 * HOUR),
        grounds(ends_at=NOW + 2 * HOUR, ends_by="R-NOBODY"),
        grounds(ends_at=NOW + 2 * HOUR, ends_by="R-MORE", extensions={}),
        extended(replace(LATER, work_groups=frozenset({"ProdMemberWorkGroup"}))),
    ],
    ids=["nobody's", "without its extension", "of no request", "not in the trail or refused", "of another group"],
)
def test_end_that_nobody_approved_gives_nothing(forged: Grounds) -> None:
    assert unfounded(forged) == Unfounded.END_NOT_APPROVED


def test_extension_is_weighed_as_a_request_is() -> None:
    assert unfounded(extended(with_row(LATER, status="pending"))) == Unfounded.NOT_APPROVED
    half = consent(("leader01", 1), ends_at=NOW + 2 * HOUR)
    assert unfounded(extended(half)) == Unfounded.NOT_BY_POLICY
