"""Who was in production between two times, as auditors read it: page, table, refusals."""

import csv
import io
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from access_requests.lifecycle import ElevationAction
from access_requests.models import Elevation
from access_requests.services.record import transition
from audits.acts import Act
from audits.models import TrailEntry
from audits.web import in_production
from portal.users.models import User
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import laid_out
from tests.worlds.cast import Cast
from tests.worlds.entry import data_of
from tests.worlds.sealed import Trail
from tests.worlds.story import approved, elevated, extension_asked, not_granted, returned, stopped, taken_for_given

HOUR = timedelta(hours=1)
PAGE, FILE = "/audit/in-production/", "/audit/in-production/download"


def typed(since: datetime, until: datetime) -> str:
    minutes = {"since": f"{timezone.localtime(since):%Y-%m-%dT%H:%M}", "until": f"{timezone.localtime(until):%Y-%m-%dT%H:%M}"}
    return urlencode(minutes)


def page_of(client: Client, person: User, since: datetime, until: datetime) -> str:
    client.force_login(person)
    with timezone.override(person.zone):
        path = f"{PAGE}?{typed(since, until)}"
    return laid_out(client.get(path, headers={"Accept-Language": "en"}))


def table_of(client: Client, person: User, since: datetime, until: datetime) -> list[dict[str, str]]:
    client.force_login(person)
    with timezone.override(person.zone):
        path = f"{FILE}?{typed(since, until)}"
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def given(cast: Cast, *, now: datetime, **changes: str) -> Elevation:
    elevation = elevated(cast.member01, cast.leader01, now=now, **changes)
    return run(lambda: taken_for_given(elevation, now=now))


def gone(elevation: Elevation, *, now: datetime) -> None:
    """Have AWS show the person gone."""
    elevation.refresh_from_db()
    elevation.ended_at = now
    end = ElevationAction.CONFIRM_REVOKE
    run(lambda: transition.apply_to_elevation(elevation, end, actor=WORKER, now=now, data=data_of(end, now)))


def test_page_says_who_was_in_why_by_whose_leave_and_how_it_ended(cast: Cast, client: Client, now: datetime) -> None:
    elevation = given(cast, now=now)
    returned(elevation, cast.member01, now=now + timedelta(minutes=10))
    gone(elevation, now=now + timedelta(minutes=11))
    page = page_of(client, cast.auditor01, now, now + HOUR)
    for said in (
        "1 person was in production",
        "member01",
        "IAM user member01",
        "ProdMemberWorkGroup",
        "fix the index",
        "CHG-123",
        "leader01",
        "browser, proven by password",
        "returned early, by member01",
        f'href="/requests/{elevation.request.code}/"',
        f'href="/audit/stories/{elevation.request.code}/"',
    ):
        assert said in page, said
    assert "May have been in" not in page
    for person in (cast.member01, cast.leader01):
        client.force_login(person)
        assert [client.get(path).status_code for path in (PAGE, FILE)] == [403, 403]


def test_who_is_still_in_and_who_is_being_taken_out_is_said(cast: Cast, client: Client, now: datetime) -> None:
    elevation = given(cast, now=now)
    assert "still in" in page_of(client, cast.auditor01, now, now + HOUR)
    stopped(elevation, cast.leader01, now=now + timedelta(minutes=5), comment="wrong database")
    page = page_of(client, cast.auditor01, now, now + HOUR)
    assert "not out yet: stopped, by leader01" in page
    assert "wrong database" in page


def test_who_was_never_shown_in_is_named_apart(cast: Cast, client: Client, now: datetime) -> None:
    not_granted(elevated(cast.member01, cast.leader01, now=now), now=now)
    page = page_of(client, cast.auditor01, now - HOUR, now + HOUR)
    assert "Nobody was in production" in page
    assert page.index("May have been in") < page.index("never shown by AWS") < page.index("AWS refused the grant")
    assert "May have been in" not in page_of(client, cast.auditor01, now + HOUR, now + 2 * HOUR)
    now += 2 * HOUR
    elevation = elevated(cast.member02, cast.leader01, now=now)

    def granting() -> None:
        elevation.granting_at = now
        transition.apply_to_elevation(elevation, ElevationAction.START_GRANT, actor=WORKER, now=now, data={})

    run(granting)
    page = page_of(client, cast.auditor01, now - HOUR, now + HOUR)
    assert "Nobody was in production" in page
    assert page.index("May have been in") < page.index("member02")
    (row,) = table_of(client, cast.auditor01, now - HOUR, now + HOUR)
    assert (row["In production"], row["Person"], row["From (actual)"]) == ("may have been in", "member02", "")


def test_page_says_as_of_which_entry_nobody_was_in(sealed_trail: Trail, cast: Cast, client: Client, now: datetime) -> None:
    assert "The audit trail is empty." in page_of(client, cast.auditor01, now, now + HOUR)
    sealed_trail.grow(3)
    sealed_trail.seal()
    page = page_of(client, cast.auditor01, now, now + HOUR)
    assert "Nobody was in production" in page
    assert "Known from the audit trail up to entry 3" in page
    assert "All of it is sealed." in page
    sealed_trail.grow(2)
    assert "2 entries of it are not sealed yet." in page_of(client, cast.auditor01, now, now + HOUR)


def test_extension_and_who_let_it_be_are_told(cast: Cast, client: Client, now: datetime) -> None:
    elevation = given(cast, now=now)
    end = elevation.ends_at + HOUR
    extension = extension_asked(elevation, cast.member01, ends_at=end, now=now + timedelta(minutes=5))
    approved(extension, cast.leader02, now=now + timedelta(minutes=6))
    page = page_of(client, cast.auditor01, now, now + HOUR)
    assert f"leader02, for {extension.code}" in page
    (row,) = table_of(client, cast.auditor01, now, now + HOUR)
    with timezone.override(cast.auditor01.zone):
        assert row["Until (approved)"] == timezone.localtime(end).isoformat(sep=" ", timespec="seconds")


def test_table_computes_nothing_and_has_what_the_page_has(cast: Cast, client: Client, now: datetime) -> None:
    given(cast, now=now, reason='=HYPERLINK("http://evil.example.com")', change_ticket="@CHG")
    (row,) = table_of(client, cast.auditor01, now, now + HOUR)
    assert (row["Reason"], row["Change ticket"]) == ('\'=HYPERLINK("http://evil.example.com")', "'@CHG")
    assert (row["In production"], row["How it ended"], row["Until (actual)"]) == ("was in", "still in", "")


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("", ""),
        ("yesterday", "2026-11-23T10:00"),
        ("2026-11-23T10:00", "2026-11-23T10:00"),
        ("2026-11-23T10:00", "2026-11-23T09:00"),
        ("1999-01-01T00:00", "2026-11-23T09:00"),
        ("2026-11-23T10:00", "9999-12-31T23:59"),
        ("0001-01-01T00:00", "2026-11-23T10:00"),
    ],
)
def test_period_that_is_none_is_refused(cast: Cast, client: Client, since: str, until: str) -> None:
    client.force_login(cast.auditor01)
    query = urlencode({"since": since, "until": until})
    assert client.get(f"{PAGE}?{query}").status_code == 422
    assert client.get(f"{FILE}?{query}").status_code == 422


def test_pages_go_on_and_too_many_are_no_file(cast: Cast, client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for hours in range(3):
        elevation = given(cast, now=now + hours * HOUR)
        returned(elevation, cast.member01, now=now + hours * HOUR)
        gone(elevation, now=now + hours * HOUR + timedelta(minutes=5))
    monkeypatch.setattr("portal.pages.paging.ROWS", 2)
    client.force_login(cast.auditor01)
    with timezone.override(cast.auditor01.zone):
        query = typed(now - HOUR, now + 5 * HOUR)
    monkeypatch.setattr(in_production, "MOST", 2)
    answer = client.get(f"{FILE}?{query}", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.content) == (422, b"These are more than 2 accesses. Name a shorter period.")


def test_page_costs_the_same_for_many_as_for_one(
    cast: Cast, client: Client, now: datetime, django_assert_max_num_queries: object
) -> None:
    given(cast, now=now)
    client.force_login(cast.auditor01)
    with timezone.override(cast.auditor01.zone):
        path = f"{PAGE}?{typed(now, now + HOUR)}"
    client.get(path)  # Which notes that the session is in use.
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get(path)


def test_access_of_a_version_that_said_it_otherwise_is_listed_all_the_same(cast: Cast, client: Client, now: datetime) -> None:
    with transaction.atomic():
        for act in (Act.ELEVATION_GRANTING, Act.ELEVATION_ACTIVE):
            TrailEntry.objects.create(at=now, schema_version=9, act=act, actor="somebody", subject="E-FUTURE", data={"v": 9})
    page = page_of(client, cast.auditor01, now, now + HOUR)
    assert "E-FUTURE" in page
    assert "still in" in page


def test_presets_are_periods_that_the_page_takes(cast: Cast, client: Client) -> None:
    client.force_login(cast.auditor01)
    page = laid_out(client.get(PAGE, headers={"Accept-Language": "en"}))
    assert "Nobody was in production" in page
    for label in ("Last 24 hours", "This evening", "Last night", "Yesterday", "Last 7 days"):
        assert label in page
    assert 'aria-current="true">Last 24 hours' in page
