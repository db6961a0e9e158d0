"""What each is told on their home page: to decide, what went wrong, how the portal does; and nothing that is not theirs."""

from datetime import timedelta

import pytest

from access_requests.lifecycle import ElevationStatus
from access_requests.models import BackendHealth, Drift, DriftKind, Elevation, RoleGate, TargetRole
from portal.outbox.models import Message
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.story import elevated, not_granted, returned, stopped, submitted, taken_for_given

CAUSE = "The IAM user is in 10 groups already"
HTMX = {"hx-request": "true"}


def home_of(browse: Browse, person: object) -> str:
    return laid_out(browse(person).get("/"))


def test_request_is_decided_on_its_card_without_leaving(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now, plan="first this", reason="the index is broken")
    client = browse(cast.leader01)
    page = laid_out(client.get("/"))
    for said in (
        "佐藤 美咲 (member01) asks for ProdMemberWorkGroup",
        "CHG-123",
        "first this",
        "the index is broken",
        "30 minutes from the approval",
    ):
        assert said in page
    done = client.post(f"/requests/{request.code}/approve/", {"comment": "go", "from": "home"})
    assert (done.status_code, done["Location"]) == (302, "/")
    assert "You approved" in laid_out(client.get("/"))


def test_decision_by_htmx_brings_the_card_and_says_so_in_its_place(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    part = browse(cast.leader01).post(f"/requests/{request.code}/approve/", {"from": "home"}, headers=HTMX).content.decode()
    assert f'id="item-{request.code}"' in part
    assert '<div id="said" class="said" aria-live="polite" hx-swap-oob="innerHTML:#said">' in part
    assert part.count(f"You approved {request.code}.") == 1


def test_refused_card_stays_the_card_of_its_page(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    part = browse(cast.leader01).post(f"/requests/{request.code}/reject/", {"from": "home"}, headers=HTMX)
    assert part.status_code == 422
    assert '<input type="hidden" name="from" value="home">' in part.content.decode()


@pytest.mark.parametrize(("who", "told"), [("leader01", True), ("admin01", True), ("auditor01", True), ("member01", False)])
def test_grant_that_was_not_made_is_told_to_who_can_do_something(
    cast: Cast,
    browse: Browse,
    clock: Clock,
    who: str,
    told: bool,  # noqa: FBT001
) -> None:
    not_granted(elevated(cast.member02, cast.leader01, now=clock.now), now=clock.now)
    assert (CAUSE in home_of(browse, getattr(cast, who))) == told


def test_requester_is_told_until_it_is_put_away_or_they_are_in(cast: Cast, browse: Browse, clock: Clock) -> None:
    failed = not_granted(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    client = browse(cast.member01)
    assert CAUSE in laid_out(client.get("/"))
    client.post(f"/elevations/{failed.code}/dismiss/")
    assert CAUSE not in laid_out(client.get("/"))
    assert CAUSE in home_of(browse, cast.member01), "Another log-in has not put it away."
    clock.forward(minutes=1)
    taken_for_given(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    assert CAUSE not in home_of(browse, cast.member01)
    assert CAUSE not in home_of(browse, cast.leader01)


def test_notice_of_a_stop_goes_when_it_is_put_away_or_new_access_is_there(cast: Cast, browse: Browse, clock: Clock) -> None:
    said, stop = "Your access by ProdMemberWorkGroup was stopped.", elevated(cast.member01, cast.leader01, now=clock.now)
    stopped(stop, cast.leader01, now=clock.now)
    client = browse(cast.member01)
    assert said in laid_out(client.get("/"))
    client.post(f"/elevations/{stop.code}/dismiss/")
    assert said not in laid_out(client.get("/"))
    clock.forward(minutes=1)
    taken_for_given(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    assert said not in home_of(browse, cast.member01)


def test_end_that_aws_keeps_denying_is_told_with_its_cause(cast: Cast, browse: Browse, clock: Clock) -> None:
    row = taken_for_given(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    returned(row, cast.member01, now=clock.now)
    assert "The end is not done yet" not in home_of(browse, cast.admin01)
    Elevation.objects.update(problem="AccessDenied:iam:RemoveUserFromGroup")
    page = home_of(browse, cast.admin01)
    assert "The end is not done yet" in page
    assert "AWS denies iam:RemoveUserFromGroup to the portal." in page
    assert "The end is not done yet" not in home_of(browse, cast.member02)


def test_end_that_no_worker_does_is_told_after_a_while(cast: Cast, browse: Browse, clock: Clock) -> None:
    row = taken_for_given(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    returned(row, cast.member01, now=clock.now)
    clock.forward(minutes=6)
    assert "No worker has done it." in home_of(browse, cast.admin01)


def test_whoever_may_stop_it_is_offered_that_in_the_row(cast: Cast, browse: Browse, clock: Clock) -> None:
    row = taken_for_given(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    offered = {
        who: f'href="/elevations/{row.code}/stop/"' in home_of(browse, getattr(cast, who)) for who in vars(cast) if "0" in who
    }
    assert {who for who, is_offered in offered.items() if is_offered} == {"leader01", "leader02", "admin01"}


def test_whoever_may_ask_for_nothing_is_not_asked_to(cast: Cast, browse: Browse, clock: Clock) -> None:
    taken_for_given(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    page = home_of(browse, cast.auditor01)
    if "/requests/new/" not in page:
        assert "<h1>1 person is in production</h1>" in page


def test_auditor_is_told_of_today_and_administrator_of_the_portal(cast: Cast, browse: Browse, clock: Clock) -> None:
    taken_for_given(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    auditor, administrator = home_of(browse, cast.auditor01), home_of(browse, cast.admin01)
    assert ("1 grant, to 1 person" in auditor, "The portal itself" in auditor) == (True, False)
    assert ("For the audit" in administrator, "The portal itself" in administrator) == (False, True)


def test_administrator_sees_backlog_ends_and_workers_that_stand_still(cast: Cast, browse: Browse, clock: Clock) -> None:
    Message.objects.create(task="access_requests.grant", object_id=1, due_at=clock.now - timedelta(minutes=9))
    row = taken_for_given(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    Elevation.objects.filter(pk=row.pk).update(ends_at=clock.now, starts_at=clock.now - timedelta(hours=1))
    BackendHealth.objects.create(alias="iam_group", checked_at=clock.now - timedelta(days=1), ok=True)
    page = home_of(browse, cast.admin01)
    assert "no sign of life" in page
    assert "the oldest since <time" in page
    BackendHealth.objects.update(checked_at=clock.now)
    assert "at work" in home_of(browse, cast.admin01)


def test_card_warns_of_what_cannot_work(cast: Cast, browse: Browse, clock: Clock) -> None:
    role = TargetRole.objects.get(name="Prod_MemberRole")
    line = {"user_name": "member02", "since": "2026-11-23T05:00:00Z", "until": "2026-11-23T06:00:00Z"}
    RoleGate.objects.create(role=role, read_at=clock.now, others_size=10_100, lines=[line])
    BackendHealth.objects.create(alias="iam_group", checked_at=clock.now, ok=False)
    drift = {"account": "jump", "found_at": clock.now, "seen_at": clock.now}
    Drift.objects.create(**drift, kind=DriftKind.GROUP_GONE, thing="ProdMemberWorkGroup")
    Drift.objects.create(**drift, kind=DriftKind.USER_RENAMED, thing="member01")
    Drift.objects.create(**drift, kind=DriftKind.USER_RENAMED, thing="member02")
    not_granted(elevated(cast.member01, cast.leader01, now=clock.now), now=clock.now)
    request = submitted(cast.member01, now=clock.now)
    for url in ("/", "/queue/", f"/requests/{request.code}/"):
        page = laid_out(browse(cast.leader01).get(url))
        for said in (
            "The session gate of Prod_MemberRole is full",
            "The backend iam_group lacks something in AWS",
            "The group ProdMemberWorkGroup is gone in AWS.",
            "The IAM user member01 was renamed.",
            "was not made: The IAM user is in 10 groups already",
        ):
            assert said in page, url
        assert "The IAM user member02 was renamed." not in page


def test_card_of_what_can_work_warns_of_nothing_and_has_the_last_times(cast: Cast, browse: Browse, clock: Clock) -> None:
    earlier = elevated(cast.member01, cast.leader01, now=clock.now)
    stopped(earlier, cast.leader01, now=clock.now)
    submitted(cast.member01, now=clock.now)
    page = home_of(browse, cast.leader01)
    assert "cannot work" not in page
    assert f"/elevations/{earlier.code}/" in page
    assert earlier.status != ElevationStatus.ENDED
