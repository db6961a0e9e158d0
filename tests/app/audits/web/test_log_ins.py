"""Pages of log-ins: of an access, of all, of one; with what has not been read named on each."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from access_requests.models import Elevation
from audits.models import LogIn
from tests.worlds import cloudtrail as world
from tests.worlds.browsers import logged_in
from tests.worlds.cast import Cast
from tests.worlds.cloudtrail import PRODUCTION
from tests.worlds.log_ins import Keep, member01, read_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(cast: Cast) -> Client:
    return logged_in(cast.auditor01)


@pytest.fixture
def log_in(keep: Keep, elevation: Elevation, now: datetime) -> LogIn:
    """Return a log-in in which an access key was made and something was refused."""
    keep(
        [
            *world.switch(now, who={**member01(), "sessionContext": {"attributes": {"mfaAuthenticated": "true"}}}),
            world.call(
                now + timedelta(minutes=1), "CreateAccessKey", began=now, source="iam", requestParameters={"userName": "ghost"}
            ),
            world.call(now + timedelta(minutes=2), "CreateUser", began=now, source="iam", error="AccessDenied"),
        ]
    )
    return LogIn.objects.get()


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_access_shows_its_log_ins_what_was_done_and_what_remains(auditor: Client, log_in: LogIn, elevation: Elevation) -> None:
    shown = page(auditor, f"/elevations/{elevation.code}/")
    for said in (log_in.code, "203.0.113.7", "with MFA", "command line", "1 refused", "an access key", "ghost"):
        assert said in shown
    assert "CloudTrail has not been read yet" in shown


def test_people_without_part_in_it_see_no_log_ins(cast: Cast, log_in: LogIn, elevation: Elevation) -> None:
    assert "Seen in CloudTrail" not in page(logged_in(cast.member02), f"/elevations/{elevation.code}/")


def test_list_is_narrowed_by_person_account_and_class(auditor: Client, log_in: LogIn, keep: Keep, now: datetime) -> None:
    stranger = world.user("old", account=world.PRODUCTION, user_id="AIDAOLD")
    keep([world.console_log_in(now + timedelta(minutes=9), who=stranger, mfa=False)])
    other = LogIn.objects.exclude(pk=log_in.pk).get()
    everything = page(auditor, "/audit/log-ins/")
    assert log_in.code in everything
    assert other.code in everything
    assert "without approval" in everything
    for query, here, not_here in (
        ("person=member01", log_in, other),
        ("kind=no_leave", other, log_in),
        ("way=user", other, log_in),
        (f"account={PRODUCTION}&kind=used", log_in, other),
    ):
        narrowed = page(auditor, f"/audit/log-ins/?{query}")
        assert here.code in narrowed
        assert not_here.code not in narrowed
    assert "Nothing matches" in page(auditor, "/audit/log-ins/?person=nobody")


def test_one_shows_its_events_and_its_history(auditor: Client, log_in: LogIn) -> None:
    shown = page(auditor, f"/audit/log-ins/{log_in.code}/")
    for said in ("AssumeRole", "CreateAccessKey", "AccessDenied", log_in.events.first().sha256, "CloudTrail shows a log-in"):  # type: ignore[union-attr]
        assert said in shown


def test_what_is_not_read_is_named(auditor: Client, log_in: LogIn, now: datetime) -> None:
    read_until(now - timedelta(hours=3), problem="AccessDenied:cloudtrail:LookupEvents")
    shown = page(auditor, "/audit/log-ins/")
    assert "AccessDenied:cloudtrail:LookupEvents" in shown
    assert "nothing read yet" in shown


def test_japanese(cast: Cast, log_in: LogIn) -> None:
    shown = page(logged_in(cast.auditor01, language="ja"), "/audit/log-ins/")
    assert "本番ログイン" in shown
    assert "承認された本番アクセス内" in shown
