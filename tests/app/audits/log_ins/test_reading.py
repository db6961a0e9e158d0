"""From what somebody does in AWS to what the trail tells of it: read over HTTP, by LookupEvents, as workers do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from pytest_django import Settings

from audits.acts import Act
from audits.findings import following
from audits.log_ins import knowing, rounds
from audits.models import ElevationUse, Finding, LogIn, LogInClass, LogInWay, Reading, SeenEvent, TrailEntry
from portal.simulated_aws.company import ACCOUNTS, role_arn
from tests.worlds import story
from tests.worlds.cast import Cast
from tests.worlds.gated import Gated
from tests.worlds.jump import Jump, ended, granted
from tests.worlds.told import write_down

Look = Callable[[], None]


DECLARED = """
- owner: admin01
  until: 2099-12-31
  why: the test itself is the administrator
  role: arn:aws:iam::*:role/OrganizationAccountAccessRole
"""


@pytest.fixture
def look(gated: Gated, settings: Settings, tmp_path: Path) -> Look:
    """Return a look at CloudTrail, by a clock of AWS that goes with the workers'."""
    settings.AWS_IDENTITY_CENTER_REGION = ""
    settings.LOG_IN_EXCEPTIONS_FILE = str(tmp_path / "declared.yaml")
    Path(settings.LOG_IN_EXCEPTIONS_FILE).write_text(DECLARED)
    rounds._own_id.cache_clear()
    knowing.forget()
    # The workers' own sessions are as old as AWS's clock says, and botocore knows the time.
    gated.jump.clock.now = datetime.now(UTC).replace(microsecond=0)
    gated.aws.set_clock(at=gated.jump.clock.now)
    write_down(now=gated.jump.clock.now)

    def look() -> None:
        assert rounds.read(now=gated.jump.clock.now, pace=0)

    return look


def forward(gated: Gated, **time: float) -> None:
    gated.jump.clock.forward(**time)
    gated.aws.set_clock(at=gated.jump.clock.now)


def log_ins() -> list[tuple[str, str, str, str]]:
    rows = LogIn.objects.exclude(kind__in=[LogInClass.PORTAL, LogInClass.DECLARED]).order_by("began_at", "pk")
    return [(row.kind, row.way, row.person, row.elevation) for row in rows]


def test_switch_by_leave_is_used_and_what_was_done_is_counted(gated: Gated, cast: Cast, look: Look) -> None:
    elevation = granted(story.elevated(cast.member01, cast.leader01, now=gated.jump.clock.now))
    session = gated.aws.switch("member01", seconds=900)
    session.client("iam").get_role(RoleName="Prod_MemberRole")
    with pytest.raises(ClientError):
        session.client("iam").create_user(UserName="ghost")
    forward(gated, minutes=1)
    look()
    assert log_ins() == [("used", "cli", "member01", elevation.code)]
    row = LogIn.objects.get(elevation=elevation.code)
    assert (row.mfa, row.account, row.role) == (True, ACCOUNTS["production"], role_arn("production", "Prod_MemberRole"))
    called = {(event.name, event.error) for event in row.events.filter(part="call")}
    assert {("GetRole", ""), ("CreateUser", "AccessDenied")} <= called
    entry = TrailEntry.objects.get(act=Act.LOG_IN_SEEN, subject=row.code)
    assert entry.data["log_in"]["elevation"] == elevation.code
    assert set(entry.data["address"]) == {"commitment"}
    assert ElevationUse.objects.get().use == "used"


def test_looking_again_changes_nothing(gated: Gated, cast: Cast, look: Look) -> None:
    granted(story.elevated(cast.member01, cast.leader01, now=gated.jump.clock.now))
    gated.aws.switch_in_console("member01")
    forward(gated, minutes=1)
    look()
    before = (log_ins(), SeenEvent.objects.count(), TrailEntry.objects.filter(act__startswith="log_in.").count())
    assert before[0][0][:2] == ("used", "console")
    look()
    assert (log_ins(), SeenEvent.objects.count(), TrailEntry.objects.filter(act__startswith="log_in.").count()) == before


def test_refusals_before_and_after_are_refused_and_no_finding(gated: Gated, cast: Cast, look: Look) -> None:
    with pytest.raises(ClientError):
        gated.aws.switch("member01")
    forward(gated, seconds=30)
    elevation = granted(story.elevated(cast.member01, cast.leader01, now=gated.jump.clock.now))
    session = gated.aws.switch("member01")
    forward(gated, minutes=31)
    ended(elevation)
    with pytest.raises(ClientError):
        session.client("iam").get_role(RoleName="Prod_MemberRole")
    forward(gated, minutes=1)
    look()
    assert [row[0] for row in log_ins()] == ["refused", "used"]
    following.follow(now=gated.jump.clock.now)
    following.follow(now=gated.jump.clock.now)
    assert not Finding.objects.filter(kind__startswith="log_in").exists()


def test_standing_role_needs_no_access(gated: Gated, look: Look) -> None:
    gated.aws.switch("leader01", role="Prod_ReadOnlyRole")
    forward(gated, minutes=1)
    look()
    assert log_ins() == [("standing", "cli", "leader01", "")]


def test_log_in_without_approval_is_a_finding_at_once(gated: Gated, look: Look, settings: Settings) -> None:
    """The administrator took the role that AWS Organizations made, which nobody has declared."""
    settings.LOG_IN_EXCEPTIONS_FILE = ""
    following.follow(now=gated.jump.clock.now)
    forward(gated, minutes=1)
    look()
    assert [row[0] for row in log_ins()] == ["no_leave"]
    following.follow(now=gated.jump.clock.now)
    row = LogIn.objects.get(kind=LogInClass.NO_LEAVE)
    assert row.way == LogInWay.CLI
    (finding,) = Finding.objects.filter(kind="log_in_without_approval")
    assert finding.key["log_in"] == row.code


def test_never_used_is_said_a_day_after_the_end_when_all_was_read(gated: Gated, jump: Jump, cast: Cast, look: Look) -> None:
    look()
    elevation = granted(story.elevated(cast.member01, cast.leader01, now=jump.clock.now))
    forward(gated, minutes=31)
    ended(elevation)
    look()
    use = ElevationUse.objects.get()
    assert (use.elevation, use.use, use.reason, use.settled) == (elevation.code, "unknown", "not_settled", False)
    forward(gated, hours=25)
    look()
    look()
    use.refresh_from_db()
    assert (use.use, use.settled) == ("never_used", True)
    told = TrailEntry.objects.filter(act=Act.LOG_IN_USE_TOLD).order_by("pk").values_list("data__use", flat=True)
    assert list(told) == ["unknown", "never_used"]


def test_account_that_cannot_be_read_is_named_and_stops_no_other(gated: Gated, look: Look) -> None:
    gated.aws.switch("leader01", role="Prod_ReadOnlyRole")
    forward(gated, minutes=1)
    look()
    assert Reading.objects.filter(account=ACCOUNTS["production"], problem="").count() == 2
    assert Reading.objects.filter(until__gte=gated.jump.clock.now - timedelta(minutes=1)).exists()
