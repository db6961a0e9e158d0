"""Home: am I in production, and what is next."""

from datetime import timedelta

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access_requests.lifecycle import ElevationAction
from access_requests.models import Elevation, IamUserBinding
from access_requests.services.record import locking, transition
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.cast import Cast, actor_of, add_person
from tests.worlds.clock import Clock
from tests.worlds.entry import data_of
from tests.worlds.story import approved, elevated, returned, sent_back, stopped, submitted

# Whatever there is to show: passes, queue, own requests, everybody else, one timeline, what was stopped.
QUERIES = 45


def test_title_says_that_i_am_not_in_production(cast: Cast, browse: Browse) -> None:
    page = text(browse(cast.member01))
    assert "<h1>You are not in production</h1>" in page
    assert "No access at the moment" in page
    assert "Nobody at the moment." in page


def test_pending_request_says_who_is_waited_for_and_until_when(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    page = text(browse(cast.member01))
    assert f"{request.code} waits for 高橋 直子 (leader01), 田中 大輔 (leader02) until 2026-11-24 14:00." in page


def test_scheduled_access_counts_down_to_its_beginning(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now, starts_at=clock.now + timedelta(hours=1))
    page = text(browse(cast.member01))
    assert "You are not in production yet" in page
    assert "It begins by itself at 15:00:00 and ends at 15:30:00." in page
    assert elevation.starts_at == clock.now + timedelta(hours=1)
    assert 'data-countdown="2026-11-23T15:00:00+09:00"' in page


def test_access_whose_time_has_come_is_said_to_be_set_up(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevated(cast.member01, cast.leader01, now=clock.now)
    page = text(browse(cast.member01))
    assert "<h1>Your access is being set up</h1>" in page
    assert "the portal writes it into AWS in a moment" in page
    assert 'hx-trigger="every 2s"' in page


def test_active_access_shows_the_way_in_the_seal_and_what_aws_shows(cast: Cast, browse: Browse, clock: Clock) -> None:
    devices = IamUserBinding.objects.filter(user_name="member01")
    devices.update(mfa_serials=["arn:aws:iam::111111111111:mfa/member01"])
    elevation = active(cast, clock)
    page = text(browse(cast.member01))
    assert "<h1>You are in production</h1>" in page
    assert "https://signin.aws.amazon.com/switchrole?account=444444444444&amp;roleName=Prod_MemberRole" in page
    assert "role_session_name = member01" in page
    assert "Approved by 高橋 直子 (leader01)" in page
    assert f"/elevations/{elevation.code}/return/" in page
    assert "Prod_MemberRole has no session gate: a session that you opened before the end lives on" in page
    assert "on the command line after 4 hours at the latest, in the console after 12 hours at the latest" in page


def test_access_being_ended_says_that_it_counts_only_when_aws_shows_it(cast: Cast, browse: Browse, clock: Clock) -> None:
    returned(active(cast, clock), cast.member01, now=clock.now)
    page = text(browse(cast.member01))
    assert "Your access is being ended" in page
    assert "It counts as ended only when AWS shows that it is gone." in page
    assert "switchrole?" not in page


def test_problem_of_aws_is_said_in_a_sentence(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = active(cast, clock)
    returned(elevation, cast.member01, now=clock.now)
    again = clock.now + timedelta(seconds=30)
    Elevation.objects.filter(pk=elevation.pk).update(problem="Throttling", attempts=1, try_again_at=again)
    assert "AWS asks for patience. It is tried again. Next try at 14:00:30." in text(browse(cast.member01))


def test_approver_sees_what_waits(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    assert f"/requests/{request.code}/" in text(browse(cast.leader01))
    assert request.code not in text(browse(cast.member02))


def test_own_access_comes_before_what_waits_and_that_is_counted_on_every_page(cast: Cast, browse: Browse, clock: Clock) -> None:
    counted = '<span class="waiting-count">2</span>'
    elevation = elevated(cast.leader01, cast.leader02, now=clock.now)
    for person in (cast.member01, cast.member02):
        submitted(person, now=clock.now)
    lead = browse(cast.leader01)
    page = text(lead)
    assert page.index(f'id="pass-{elevation.code}"') < page.index('id="queue-title"')
    assert all(counted in text(lead, url) for url in ("/", "/requests/", "/catalogue/"))
    assert "waiting-count" not in text(browse(cast.member01))
    part = lead.get("/", headers={"hx-request": "true"}).content.decode()
    assert '<span class="waiting-count" hx-swap-oob="innerHTML:.waiting-count">2</span>' in part


def test_others_are_seen_in_production_but_not_why(cast: Cast, browse: Browse, clock: Clock) -> None:
    active(cast, clock)
    page = text(browse(cast.member02))
    assert "佐藤 美咲 (member01): ProdMemberWorkGroup" in page
    assert "CHG-123" not in page


def test_bars_of_a_person_who_is_in_two_groups_name_them(cast: Cast, browse: Browse, clock: Clock) -> None:
    named = '<span class="meta">ProdMemberWorkGroup</span>'
    elevated(cast.member01, cast.leader01, now=clock.now)
    assert named not in text(browse(cast.member02))
    elevated(cast.member01, cast.leader01, now=clock.now, starts_at=clock.now + timedelta(hours=1))
    assert text(browse(cast.member02)).count(named) == 2


def test_sent_back_request_can_be_revised_in_one_click(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = sent_back(submitted(cast.member01, now=clock.now), cast.leader01, now=clock.now)
    assert f"/requests/new/?revises={request.code}" in text(browse(cast.member01))


def test_what_was_decided_is_told_with_its_reason_and_revised_once(cast: Cast, browse: Browse, clock: Clock) -> None:
    request = sent_back(submitted(cast.member01, now=clock.now), cast.leader01, now=clock.now)
    assert "高橋 直子 (leader01): say how to go back" in text(browse(cast.member01))
    submitted(cast.member01, now=clock.now, revises=request.code)
    assert f"revises={request.code}" not in text(browse(cast.member01))


def test_access_that_somebody_stopped_is_told_as_such(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = active(cast, clock)
    stopped(elevation, cast.leader01, now=clock.now)
    assert "2026-11-23 14:00 – 14:30</span> · stopped" in text(browse(cast.member01))


def test_whose_access_was_stopped_is_told_who_did_it_when_and_why(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = active(cast, clock)
    stopped(elevation, cast.leader01, now=clock.now, comment="wrong <account>")
    page = text(browse(cast.member01))
    assert "Your access by ProdMemberWorkGroup was stopped." in page
    assert "(leader01) stopped it at <time" in page
    assert ">2026-11-23 14:00:00</time>: wrong &lt;account&gt;" in page
    assert f'data-row="stop-{elevation.code}"' in page
    assert page.index("was stopped.") < page.index(f"/requests/{elevation.request.code}/")
    assert "was stopped." not in text(browse(cast.leader01))
    clock.forward(hours=25)
    assert "was stopped." not in text(browse(cast.member01))


def test_access_that_its_person_returned_was_not_stopped(cast: Cast, browse: Browse, clock: Clock) -> None:
    returned(active(cast, clock), cast.member01, now=clock.now)
    assert "was stopped." not in text(browse(cast.member01))


def test_access_stopped_before_it_began_is_told_too(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now, starts_at=clock.now + timedelta(hours=1))
    stopped(elevation, cast.admin01, now=clock.now, comment="postponed")
    assert "(admin01) stopped it at" in text(browse(cast.member01))


def test_who_waits_for_a_decision_sees_it_soon(cast: Cast, browse: Browse, clock: Clock) -> None:
    assert 'hx-trigger="every 20s"' in text(browse(cast.member01))
    submitted(cast.member01, now=clock.now)
    assert 'hx-trigger="every 5s"' in text(browse(cast.member01))


def test_htmx_gets_the_part_that_changes_with_title_and_second_column(cast: Cast, browse: Browse) -> None:
    part = browse(cast.member01).get("/", headers={"hx-request": "true"}).content.decode()
    assert part.lstrip().startswith("<title>You are not in production")
    assert "<html" not in part
    assert 'id="beside"' in part
    assert "hx-swap-oob" in part


def test_home_takes_the_same_number_of_queries_however_much_there_is(
    cast: Cast, browse: Browse, clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    active(cast, clock)
    for number in range(12):
        person = add_person(f"engineer{number:02}")
        elevated(person, cast.leader01, now=clock.now)
        approved(submitted(person, now=clock.now, work_groups=["ProdLeaderWorkGroup"]), cast.leader01, now=clock.now)
    submitted(cast.member01, now=clock.now, work_groups=["ProdLeaderWorkGroup"])
    for hours in (2, 4):
        start = clock.now + timedelta(hours=hours)
        stopped(elevated(cast.member01, cast.leader01, now=clock.now, starts_at=start), cast.leader02, now=clock.now)
    client = browse(cast.member01)
    with django_assert_max_num_queries(QUERIES):
        text(client)
    client = browse(cast.leader02)
    with django_assert_max_num_queries(QUERIES):
        text(client)


def active(cast: Cast, clock: Clock) -> Elevation:
    """Return member01's access as a worker leaves it after the grant."""
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)

    def grant() -> Elevation:
        row = locking.lock_elevation(elevation.pk)
        transition.apply_to_elevation(row, ElevationAction.START_GRANT, actor=actor_of(cast.member01), now=clock.now)
        row.granted_at, row.written_ends_at = clock.now, row.ends_at
        transition.apply_to_elevation(
            row,
            ElevationAction.CONFIRM_GRANT,
            actor=actor_of(cast.member01),
            now=clock.now,
            data=data_of(ElevationAction.CONFIRM_GRANT, clock.now),
        )
        return row

    return run(grant)


def text(client: Client, url: str = "/") -> str:
    response = client.get(url)
    assert response.status_code == 200
    return laid_out(response)


def test_title_says_how_many_requests_wait_for_the_reader_and_when_the_first_lapses(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    submitted(cast.member02, now=clock.now)
    page = text(browse(cast.leader01))
    assert "<h1>1 request waits for you</h1>" in page
    assert "Without a decision it lapses at 2026-11-24 14:00." in page
    submitted(cast.member01, now=clock.now + timedelta(minutes=5))
    assert "<h1>2 requests wait for you</h1>" in text(browse(cast.leader01))
