"""What a worker may give: the rules, on values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access_requests.policy.leave import Approval, Consent, Facts, Given, Grounds, Level, Policy, Said, Unfounded, unfounded
from access_requests.policy.signatures import Assertion, Document, Enrolled, Signature
from portal.passkeys import RelyingParty
from tests.stand_ins.authenticators import Authenticator

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEADS = frozenset({"leader01", "leader02"})
LEVELS = (Level(number=1, approvals=1, approvers=LEADS), Level(number=2, approvals=1, approvers=LEADS | {"admin01"}))


def said(approver: str, level: int) -> Said:
    return Said(approver=approver, level=level, verdict="approve", seen="digest")


def yes(decision: Said, levels: tuple[Level, ...] = LEVELS, **changes: Any) -> Approval:
    return replace(Approval(said=decision, policy=policy(levels), way="browser"), **changes)


def policy(levels: tuple[Level, ...], *ways: str, factor_age: timedelta = timedelta()) -> Policy:
    return Policy(levels=levels, ways=frozenset(ways or {"browser"}), factor_age=factor_age)


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
    given = tuple(yes(decision, levels) for decision in decisions)
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
    demoted = replace(last, policy=policy((replace(LEVELS[0], approvers=frozenset()), LEVELS[1])))
    assert unfounded(grounds(replace(BOTH, by=(first, demoted)))) is None
    stricter = replace(last, policy=policy((replace(LEVELS[0], approvals=2), LEVELS[1])))
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


PASSKEY = Authenticator()
ONE_LEVEL = (Level(number=1, approvals=1, approvers=LEADS),)
DOCUMENT = Document(
    request="R-OWN",
    digest="digest",
    policy_version="version",
    verdict="approve",
    person="leader01",
    nonce="once",
    issued=(NOW - timedelta(minutes=1)).isoformat(),
)


def signature(by: Authenticator = PASSKEY, **changes: Any) -> Signature:
    """Return leader01's, by the passkey that the trail has, enrolled a day ago; but for the changes."""
    usual = Signature(
        assertion=Assertion.of_browser(by.sign(DOCUMENT.challenge())),
        signed=DOCUMENT,
        decided=DOCUMENT,
        keys=(Enrolled(public_key=PASSKEY.public_key, at=NOW - 24 * HOUR, entry=1),),
        at=NOW,
        portal=RelyingParty(url="https://sekisho.example.com"),
    )
    return replace(usual, **changes)


def by_passkey(signed: Signature | None, *ways: str, factor_age: timedelta = timedelta(), **changes: Any) -> Grounds:
    """Return an elevation that rests on one yes, signed so, under a policy that lets decide by these ways."""
    one = consent(("leader01", 1), levels=ONE_LEVEL)
    rule = policy(ONE_LEVEL, *(ways or {"passkey"}), factor_age=factor_age)
    approval = replace(one.by[0], policy=rule, signature=signed, **{"way": "passkey", **changes})
    return grounds(replace(one, by=(approval,)))


def test_yes_that_its_approvers_passkey_signed_is_one() -> None:
    assert unfounded(by_passkey(signature())) is None
    assert unfounded(by_passkey(signature(), factor_age=24 * HOUR)) is None


@pytest.mark.parametrize(
    ("way", "ways", "reason"),
    [
        ("browser", {"passkey"}, Unfounded.NOT_SIGNED),
        ("chat", {"passkey"}, Unfounded.NOT_SIGNED),
        ("chat", {"browser", "passkey"}, Unfounded.NOT_SIGNED),
        ("chat", {"browser"}, Unfounded.NOT_BY_POLICY),
        ("browser", {"browser", "passkey"}, None),
    ],
)
def test_yes_that_came_another_way_than_the_policy_has_gives_nothing(way: str, ways: set[str], reason: Unfounded | None) -> None:
    assert unfounded(by_passkey(None, *ways, way=way)) == reason


@pytest.mark.parametrize("field", ["request", "digest", "policy_version", "verdict", "person"])
def test_signature_of_another_request_policy_verdict_or_person_gives_nothing(field: str) -> None:
    other = replace(DOCUMENT, **{field: "another"})
    assert unfounded(by_passkey(signature(decided=other))) == Unfounded.NOT_SIGNED
    # The document as it would have to be, beside the signature of the other one.
    assert unfounded(by_passkey(signature(decided=other, signed=other))) == Unfounded.NOT_SIGNED


@pytest.mark.parametrize(
    "forged",
    [
        signature(Authenticator(credential_id=PASSKEY.credential_id)),
        signature(Authenticator(key=PASSKEY.key, verifies=False)),
        signature(Authenticator(key=PASSKEY.key, origin="https://elsewhere.example")),
        signature(keys=()),
        signature(keys=signature().keys * 2),
        signature(keys=(Enrolled(public_key="AAAA", at=NOW, entry=1),)),
        signature(at=NOW + timedelta(minutes=5)),
        signature(at=NOW - timedelta(minutes=3)),
        signature(decided=replace(DOCUMENT, issued="never"), signed=replace(DOCUMENT, issued="never")),
    ],
    ids=["key", "unverified", "origin", "not enrolled", "enrolled twice", "no key", "late", "before it was asked", "no time"],
)
def test_signature_that_does_not_hold_gives_nothing(forged: Signature) -> None:
    assert unfounded(by_passkey(forged)) == Unfounded.NOT_SIGNED
    # That the browser alone would have been enough helps no forged signature.
    assert unfounded(by_passkey(forged, "browser", "passkey")) == Unfounded.NOT_SIGNED


def test_passkey_that_was_enrolled_too_lately_gives_nothing() -> None:
    assert unfounded(by_passkey(signature(), factor_age=25 * HOUR)) == Unfounded.PASSKEY_TOO_YOUNG


BY_BROWSER, BY_LEADS = (
    policy(ONE_LEVEL, "browser"),
    policy((Level(number=1, approvals=1, approvers=frozenset({"@lead"})),), "passkey"),
)


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (None, None),
        ((), Unfounded.NOT_BY_POLICY),
        ((policy(ONE_LEVEL, "passkey"),), None),
        ((policy(ONE_LEVEL, "browser", "passkey"),), None),
        ((BY_BROWSER,), Unfounded.NOT_BY_POLICY),
        ((BY_BROWSER, policy(ONE_LEVEL, "passkey")), None),
        ((policy((), "passkey"),), Unfounded.NOT_BY_POLICY),
        ((policy((replace(ONE_LEVEL[0], number=2),), "passkey"),), Unfounded.NOT_BY_POLICY),
        ((policy((replace(ONE_LEVEL[0], approvers=frozenset({"admin01"})),), "passkey"),), Unfounded.NOT_BY_POLICY),
        ((BY_LEADS,), None),
        ((policy(ONE_LEVEL, "passkey", factor_age=HOUR),), Unfounded.NOT_BY_POLICY),
    ],
    ids=[
        "of no file", "another policy", "the same", "more ways", "another way", "changed just then", "no level", "another level",
        "another approver", "whoever is a lead", "older passkeys",
    ],
)  # fmt: skip
def test_policy_of_an_entry_is_no_more_lenient_than_the_catalogues(
    declared: tuple[Policy, ...] | None, reason: Unfounded | None
) -> None:
    assert unfounded(by_passkey(signature(), declared=declared)) == reason
