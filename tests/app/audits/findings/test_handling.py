"""What people do about findings, and who may not: an acceptance takes another administrator, and ends at its day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, UniqueConstraint
from django.utils import timezone

from audits.acts import Act
from audits.database_rights import Service
from audits.findings import due, finding_errors, folding, handling, raising
from audits.kinds import KINDS, FindingKind
from audits.models import Finding, FindingName, FindingStatus, Severity, TrailEntry
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Actor, Door
from portal.verbs.run import run
from tests.database_roles import Roles
from tests.worlds.cast import Cast, actor_of, add_person
from tests.worlds.story import refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def admin02(cast: Cast) -> User:
    return add_person("admin02", name="山本 健", administrator=True)


@pytest.fixture
def finding(cast: Cast, now: datetime) -> Finding:
    return found(now)


def found(now: datetime, kind: FindingKind = FindingKind.ROW_FORGED, **more: Any) -> Finding:
    keys = {
        FindingKind.ROW_FORGED: {"elevation": "E-7K3M9QX2", "reason": "not_approved"},
        FindingKind.END_OVERDUE: {"elevation": "E-7K3M9QX2"},
        FindingKind.NOT_GRANTED: {"person": "member01", "work_group": "ProdMemberWorkGroup", "reason": "grant_refused"},
    }
    given = {"kind": kind, "key": keys[kind], "evidence": [], "now": now, **more}
    return run(lambda: raising.raise_finding(**given))


def do(verb: Callable[..., Finding], person: User | Actor, finding: Finding, now: datetime, **said: Any) -> Finding:
    actor = person if isinstance(person, Actor) else actor_of(person)
    return run(lambda: verb(code=finding.code, actor=actor, now=now, **said))


def asked(finding: Finding, person: User, now: datetime, *, days: int = 30) -> Finding:
    return do(
        handling.ask_acceptance, person, finding, now, until=now.date() + days * DAY, reason="until the new system is there"
    )


def accepted(finding: Finding, by: User, another: User, now: datetime) -> Finding:
    row = asked(finding, by, now)
    return do(handling.accept, another, row, now, seen=row.entry_id, comment="agreed")


def closed(finding: Finding, by: User, another: User, now: datetime) -> Finding:
    return do(handling.close, another, asked(finding, by, now), now, comment="the password was changed")


def acts(finding: Finding) -> list[str]:
    return list(TrailEntry.objects.filter(subject=finding.code).order_by("pk").values_list("act", flat=True))


def test_acceptance_takes_another_administrator(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    row = accepted(finding, cast.admin01, admin02, now)
    assert (row.status, row.asked_by, row.accepted_by) == (FindingStatus.ACCEPTED, "admin01", "admin02")
    assert row.accepted_until == now.date() + 30 * DAY
    assert acts(row)[1:] == [Act.FINDING_ACCEPTANCE_ASKED, Act.FINDING_ACCEPTED]
    assert TrailEntry.objects.get(act=Act.FINDING_ACCEPTED).data["proof"]["method"] == "password"
    assert not list(folding.faults())


def test_who_asked_does_not_accept(finding: Finding, cast: Cast, now: datetime) -> None:
    row = asked(finding, cast.admin01, now)
    with refused(finding_errors.OwnAcceptance):
        do(handling.accept, cast.admin01, row, now, seen=row.entry_id, comment="agreed")


def test_who_owns_it_does_not_accept(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    do(handling.assign, cast.admin01, finding, now, owner="admin02", due_on=None)
    row = asked(finding, cast.admin01, now)
    with refused(finding_errors.OwnAcceptance):
        do(handling.accept, admin02, row, now, seen=row.entry_id, comment="agreed")


def test_who_owned_it_since_it_was_opened_does_not_accept(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    do(handling.assign, cast.admin01, finding, now, owner="admin02", due_on=None)
    do(handling.assign, admin02, finding, now, owner="", due_on=None)
    row = asked(finding, cast.admin01, now)
    for verb, said in ((handling.accept, {"seen": row.entry_id}), (handling.close, {})):
        with refused(finding_errors.OwnAcceptance):
            do(verb, admin02, row, now, **said, comment="agreed")
    admin03 = add_person("admin03", administrator=True)
    assert do(handling.accept, admin03, row, now, seen=row.entry_id, comment="agreed").accepted_by == "admin03"


def test_who_owned_it_before_it_was_opened_again_accepts(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    do(handling.assign, cast.admin01, finding, now, owner="admin02", due_on=None)
    do(handling.assign, cast.admin01, finding, now, owner="", due_on=None)
    admin03 = add_person("admin03", administrator=True)
    closed(finding, cast.admin01, admin03, now)
    assert accepted(found(now + DAY), cast.admin01, admin02, now + DAY).accepted_by == "admin02"


def test_one_alone_closes_nothing_severe(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    with refused(finding_errors.ClosingTakesTwo):
        do(handling.close, cast.admin01, finding, now, comment="done")
    row = asked(finding, cast.admin01, now)
    with refused(finding_errors.OwnAcceptance):
        do(handling.close, cast.admin01, row, now, comment="done")
    assert do(handling.close, admin02, row, now, comment="done").status == FindingStatus.CLOSED


def test_one_closes_what_is_not_severe(cast: Cast, now: datetime) -> None:
    row = found(now, FindingKind.NOT_GRANTED)
    assert do(handling.close, cast.admin01, row, now, comment="done").status == FindingStatus.CLOSED


def test_who_may_have_caused_it_neither_accepts_nor_closes(cast: Cast, admin02: User, now: datetime) -> None:
    row = asked(found(now, caused_by=["admin02"]), cast.admin01, now)
    with refused(finding_errors.OwnAcceptance):
        do(handling.accept, admin02, row, now, seen=row.entry_id, comment="agreed")
    with refused(finding_errors.CausedByThem):
        do(handling.close, admin02, row, now, comment="done")


def test_what_changed_since_it_was_seen_is_not_accepted(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    row = asked(finding, cast.admin01, now)
    found(now, evidence=[99])
    for verb in ANSWERS:
        with refused(finding_errors.FindingChanged):
            do(verb, admin02, row, now, seen=row.entry_id, comment="agreed")


def test_what_nobody_asked_to_accept_is_not_accepted(finding: Finding, cast: Cast, now: datetime) -> None:
    for verb in ANSWERS:
        with refused(rejections.TransitionNotAllowed):
            do(verb, cast.admin01, finding, now, seen=finding.entry_id, comment="agreed")


def test_acceptance_is_asked_for_once(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    row = asked(finding, cast.admin01, now)
    with refused(rejections.TransitionNotAllowed):
        asked(row, admin02, now)


@pytest.mark.parametrize("days", [-1, 367])
def test_acceptance_ends_within_a_year(finding: Finding, cast: Cast, now: datetime, days: int) -> None:
    with refused(finding_errors.DayUnusable):
        asked(finding, cast.admin01, now, days=days)


def test_acceptance_is_not_given_after_the_day_that_was_asked_for(
    finding: Finding, cast: Cast, admin02: User, now: datetime
) -> None:
    row = asked(finding, cast.admin01, now, days=1)
    with refused(finding_errors.DayUnusable):
        do(handling.accept, admin02, row, now + 2 * DAY, seen=row.entry_id, comment="agreed")


def test_refused_acceptance_leaves_it_open(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    row = asked(finding, cast.admin01, now)
    row = do(handling.refuse_acceptance, admin02, row, now, seen=row.entry_id, comment="too long")
    assert (row.status, row.asked_by, row.asked_until) == (FindingStatus.OPEN, "", None)
    assert asked(row, admin02, now).asked_by == "admin02"
    assert not list(folding.faults())


def test_accepted_finding_opens_again_after_its_day_as_the_same_one(
    finding: Finding, cast: Cast, admin02: User, now: datetime
) -> None:
    accepted(finding, cast.admin01, admin02, now)
    due.sweep(now=now + 30 * DAY)
    assert Finding.objects.get().status == FindingStatus.ACCEPTED
    due.sweep(now=now + 31 * DAY)
    row = Finding.objects.get()
    assert (row.pk, row.status, row.times_opened) == (finding.pk, FindingStatus.OPEN, 2)
    assert (row.accepted_until, row.accepted_by) == (None, "")
    assert acts(row)[-1] == Act.FINDING_ACCEPTANCE_ENDED
    assert not list(folding.faults())


def test_accepted_finding_that_is_seen_again_stays_accepted(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    accepted(finding, cast.admin01, admin02, now)
    assert found(now + DAY, evidence=[99]).status == FindingStatus.ACCEPTED


@pytest.mark.parametrize("more", [{"caused_by": ["admin02"]}, {"says_more": True, "evidence": [99]}])
def test_accepted_finding_that_is_another_now_opens_again(
    finding: Finding, cast: Cast, admin02: User, now: datetime, more: dict[str, Any]
) -> None:
    accepted(finding, cast.admin01, admin02, now)
    row = found(now + DAY, **more)
    assert (row.status, row.accepted_by, row.times_opened) == (FindingStatus.OPEN, "", 2)
    assert acts(row)[-1] == Act.FINDING_REOPENED


def test_accepted_finding_whose_kind_is_thought_worse_of_opens_again(
    finding: Finding, cast: Cast, admin02: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    low = replace(KINDS[FindingKind.ROW_FORGED], severity=Severity.LOW)
    Finding.objects.update(severity=Severity.LOW)
    with monkeypatch.context() as earlier:
        earlier.setitem(KINDS, FindingKind.ROW_FORGED, low)
        accepted(finding, cast.admin01, admin02, now)
        assert found(now + DAY).status == FindingStatus.ACCEPTED
    row = found(now + DAY)
    assert (row.status, row.severity) == (FindingStatus.OPEN, Severity.CRITICAL)


def test_acceptance_is_ended_before_its_day(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    row = accepted(finding, cast.admin01, admin02, now)
    assert do(handling.end_acceptance, cast.admin01, row, now, comment="it is worse").status == FindingStatus.OPEN
    with refused(rejections.TransitionNotAllowed):
        do(handling.end_acceptance, cast.admin01, row, now, comment="it is worse")


def test_what_people_close_is_closed_with_a_word_and_opens_again_when_seen(
    finding: Finding, cast: Cast, admin02: User, now: datetime
) -> None:
    row = closed(finding, cast.admin01, admin02, now)
    assert (row.status, row.closed_at) == (FindingStatus.CLOSED, now)
    with refused(rejections.TransitionNotAllowed):
        do(handling.close, cast.admin01, row, now, comment="once more")
    with refused(rejections.TransitionNotAllowed):
        do(handling.assign, cast.admin01, row, now, owner="", due_on=None)
    with refused(rejections.TransitionNotAllowed):
        asked(row, cast.admin01, now)
    assert found(now + DAY).status == FindingStatus.OPEN


def test_what_the_portal_closes_nobody_else_does(cast: Cast, now: datetime) -> None:
    row = found(now, FindingKind.END_OVERDUE)
    with refused(finding_errors.ClosesByItself):
        do(handling.close, cast.admin01, row, now, comment="done")


def test_finding_has_an_owner_and_a_day(finding: Finding, cast: Cast, now: datetime) -> None:
    row = do(handling.assign, cast.admin01, finding, now, owner="admin01", due_on=now.date() + DAY)
    assert (row.owner, row.due_on) == ("admin01", now.date() + DAY)
    row = do(handling.assign, cast.admin01, row, now + 9 * DAY, owner="", due_on=row.due_on)
    said = TrailEntry.objects.filter(act=Act.FINDING_ASSIGNED).latest("pk").data
    assert (said["before_owner"], said["before_due_on"], row.owner) == ("admin01", "2026-11-24", "")
    assert not list(folding.faults())


@pytest.mark.parametrize("owner", ["nobody", "member01"])
def test_only_who_reads_everything_can_own_a_finding(finding: Finding, cast: Cast, now: datetime, owner: str) -> None:
    with refused(finding_errors.UnknownOwner):
        do(handling.assign, cast.admin01, finding, now, owner=owner, due_on=None)


def test_who_is_disabled_owns_nothing(finding: Finding, cast: Cast, now: datetime) -> None:
    User.objects.filter(username="auditor01").update(is_active=False)
    with refused(finding_errors.UnknownOwner):
        do(handling.assign, cast.admin01, finding, now, owner="auditor01", due_on=None)


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2028, 1, 1)])
def test_finding_is_due_within_a_year(finding: Finding, cast: Cast, now: datetime, day: date) -> None:
    with refused(finding_errors.DayUnusable):
        do(handling.assign, cast.admin01, finding, now, owner="", due_on=day)


def test_who_accepted_it_does_not_own_it_later(finding: Finding, cast: Cast, admin02: User, now: datetime) -> None:
    row = accepted(finding, cast.admin01, admin02, now)
    with refused(finding_errors.AcceptedByOwner):
        do(handling.assign, cast.admin01, row, now, owner="admin02", due_on=None)


def test_auditors_comment_and_change_nothing(finding: Finding, cast: Cast, now: datetime) -> None:
    row = do(handling.comment, cast.auditor01, finding, now, comment=" is this the one of May? ")
    assert TrailEntry.objects.get(act=Act.FINDING_COMMENTED).data["comment"] == "is this the one of May?"
    for verb, said in OF_ADMINISTRATORS.items():
        with refused(rejections.NotAnAdministrator):
            do(verb, cast.auditor01, row, now, **said)


ANSWERS: tuple[Callable[..., Finding], ...] = (handling.accept, handling.refuse_acceptance)
OF_ADMINISTRATORS: dict[Callable[..., Finding], dict[str, Any]] = {
    handling.assign: {"owner": "", "due_on": None},
    handling.ask_acceptance: {"until": date(2026, 12, 1), "reason": "x"},
    handling.accept: {"seen": 1, "comment": "x"},
    handling.refuse_acceptance: {"seen": 1, "comment": "x"},
    handling.end_acceptance: {"comment": "x"},
    handling.close: {"comment": "x"},
}


def test_engineers_and_leads_do_not_even_comment(finding: Finding, cast: Cast, now: datetime) -> None:
    for person in (cast.member01, cast.leader01):
        with refused(rejections.NotAnAuditor):
            do(handling.comment, person, finding, now, comment="x")


@pytest.mark.parametrize("verb", [handling.comment, *OF_ADMINISTRATORS])
def test_program_that_only_names_a_person_does_none_of_it(
    verb: Callable[..., Finding], finding: Finding, cast: Cast, now: datetime
) -> None:
    named = actor_of(cast.admin01, door=Door.CLIENT, client="bot")
    with refused(finding_errors.FindingNotProven):
        do(verb, named, finding, now, **OF_ADMINISTRATORS.get(verb, {"comment": "x"}))


@pytest.mark.parametrize("verb", [handling.comment, *OF_ADMINISTRATORS])
def test_what_is_not_there_is_not_found(verb: Callable[..., Finding], finding: Finding, cast: Cast, now: datetime) -> None:
    finding.code = "F-0"
    with refused(rejections.NotFound):
        do(verb, cast.admin01, finding, now, **OF_ADMINISTRATORS.get(verb, {"comment": "x"}))


@pytest.mark.parametrize(
    ("text", "refusal"), [("  ", rejections.Missing), ("x" * (handling.LONGEST_TEXT + 1), rejections.TooLong)]
)
def test_words_are_needed_and_are_not_endless(
    text: str, refusal: type[rejections.Rejection], finding: Finding, cast: Cast, admin02: User, now: datetime
) -> None:
    with refused(refusal):
        do(handling.ask_acceptance, cast.admin01, finding, now, until=now.date(), reason=text)
    others: list[tuple[Callable[..., Finding], User]] = [(handling.comment, cast.auditor01), (handling.close, admin02)]
    row = asked(finding, cast.admin01, now)
    for verb, person in others:
        with refused(refusal):
            do(verb, person, finding, now, comment=text)
    for verb in ANSWERS:
        with refused(refusal):
            do(verb, admin02, row, now, seen=row.entry_id, comment=text)


def test_administrator_who_was_disabled_changes_nothing(finding: Finding, cast: Cast, now: datetime) -> None:
    cast.admin01.is_active = False
    with refused(rejections.NotAnAdministrator):
        do(handling.close, replace(actor_of(cast.admin01)), finding, now, comment="x")


# What the database itself refuses.

BREAKS: dict[str, dict[str, Any]] = {
    "finding_status_known": {"status": "forgotten"},
    "finding_accepted_has_end": {"accepted_until": date(2026, 12, 1)},
    "finding_accepted_by_another": {
        "status": "accepted",
        "accepted_until": date(2026, 12, 1),
        "asked_by": "admin01",
        "accepted_by": "admin01",
    },
    "finding_closed_has_time": {"status": "closed"},
}


def test_every_constraint_is_broken_below() -> None:
    constraints = [*Finding._meta.constraints, *FindingName._meta.constraints]
    assert {one.name for one in constraints if isinstance(one, CheckConstraint)} == set(BREAKS)
    assert {one.name for one in constraints if isinstance(one, UniqueConstraint)} == {"finding_named_once"}


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_database_refuses(name: str, finding: Finding) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(**BREAKS[name])


def test_database_refuses_a_name_twice(finding: Finding) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingName.objects.create(finding=finding, value=finding.code.lower())


def test_what_was_opened_is_told_once_and_the_worst_first(cast: Cast, now: datetime) -> None:
    due.sweep(now=now)
    found(now)
    run(
        lambda: raising.raise_finding(
            kind=FindingKind.NOT_GRANTED, key={"person": "a", "work_group": "b", "reason": "c"}, evidence=[], now=now
        )
    )
    due.sweep(now=now)
    due.sweep(now=now)
    entry = TrailEntry.objects.get(act=Act.FINDINGS_TOLD)
    assert [one["kind"] for one in entry.data["found"]] == ["row_forged", "not_granted"]
    assert entry.data["count"] == 2


def test_what_others_tell_of_is_not_told_twice(cast: Cast, now: datetime) -> None:
    run(lambda: raising.raise_finding(kind=FindingKind.TRAIL_UNSEALED, key={"portal": "x"}, evidence=[], now=now))
    due.sweep(now=now)
    assert not TrailEntry.objects.filter(act=Act.FINDINGS_TOLD).exists()


# Under the roles of the database.


@pytest.fixture
def service(roles: Roles) -> Roles:
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL has roles.")
    return roles


def test_each_service_raises_and_the_notices_worker_sweeps(cast: Cast, now: datetime, service: Roles) -> None:
    key = {"elevation": "E-7K3M9QX2"}
    for each in (Service.WEB, Service.WORKER, Service.NOTICES):
        with service.act_as(each):
            present = timezone.now()
            run(lambda at=present: raising.raise_finding(kind=FindingKind.END_OVERDUE, key=key, evidence=[], now=at))  # type: ignore[misc]
            run(lambda at=present: raising.gone(kind=FindingKind.END_OVERDUE, key=key, evidence=[], now=at))  # type: ignore[misc]
    with service.act_as(Service.NOTICES):
        due.sweep(now=timezone.now())
    assert TrailEntry.objects.filter(act=Act.FINDINGS_TOLD).exists()
    assert not list(folding.faults())


def test_only_the_web_says_what_people_did(cast: Cast, admin02: User, now: datetime, service: Roles) -> None:
    present = timezone.now()
    with service.act_as(Service.WEB):
        row = asked(found(present), cast.admin01, present)
    for each in (Service.WORKER, Service.NOTICES):
        with service.refused(each, why="row-level security"):
            said = {"seen": row.entry_id, "comment": "agreed"}
            handling.accept(code=row.code, actor=actor_of(admin02), now=timezone.now(), **said)  # type: ignore[arg-type]
    with service.act_as(Service.WEB):
        assert do(handling.accept, admin02, row, timezone.now(), seen=row.entry_id, comment="agreed").accepted_by == "admin02"


def test_no_service_deletes_a_finding(finding: Finding, service: Roles) -> None:
    for each in Service:
        if each not in (Service.BEAT, Service.SEALER):
            with service.refused(each):
                Finding.objects.filter(pk=finding.pk).delete()
