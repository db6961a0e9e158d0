"""Who could do what at an instant: as it was, and as was known then."""

from datetime import timedelta

from django.test import Client

from access_requests.models import Elevation
from access_requests.services.people import people
from access_requests.services.record import transition
from audits import past
from audits.acts import Act
from audits.models import Late, TrailEntry
from audits.past import Question
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.clock import Clock
from tests.worlds.story import elevated, taken_for_given
from tests.worlds.told import write_down


def _active(cast: Cast, clock: Clock) -> Elevation:
    write_down(now=clock.now)
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    return taken_for_given(elevation, now=clock.now)


def test_access_is_there_while_aws_had_it_and_standing_rights_always(cast: Cast, clock: Clock) -> None:
    before = clock.now - timedelta(seconds=1)
    elevation = _active(cast, clock)
    now = past.then(person="member01", at=clock.now, question=Question.WAS).rights
    assert [access.code for access in now.elevations] == [elevation.code]
    assert now.elevations[0].roles == ["arn:aws:iam::444444444444:role/Prod_MemberRole"]
    assert [access.group for access in now.standing] == ["MemberGroup"]
    assert now.asks == ["ProdLeaderWorkGroup", "ProdMemberWorkGroup"]
    assert (now.approves, now.roles) == ([], {})
    assert not past.then(person="member01", at=before, question=Question.WAS).rights.is_known


def test_leads_decide_and_administrators_are_said_to_be(cast: Cast, clock: Clock) -> None:
    write_down(now=clock.now)
    lead = past.then(person="leader01", at=clock.now, question=Question.WAS).rights
    assert lead.approves == [("one-lead", 1), ("two-levels", 1), ("two-levels", 2)]
    assert past.then(person="admin01", at=clock.now, question=Question.WAS).rights.roles == {"administrator": ["here"]}


def test_a_spooled_end_was_over_and_not_yet_known(cast: Cast, clock: Clock) -> None:
    elevation = _active(cast, clock)
    ended, recorded = clock.now + timedelta(minutes=10), clock.now + timedelta(hours=2)
    data = {"spool_id": "1", "outcome": "ended", "calls": []}
    run(
        lambda: transition.record(
            elevation, act=Act.ELEVATION_END_RECORDED_LATE, actor=WORKER, now=ended, data=data, late=Late.SPOOLED
        )
    )
    late = TrailEntry.objects.get(act=Act.ELEVATION_END_RECORDED_LATE)
    at = ended + timedelta(minutes=1)
    assert late.recorded_at is not None
    assert past.then(person="member01", at=at, question=Question.WAS).rights.elevations == []
    # The database's clock recorded all of the test at once: what was known before that is nothing.
    known = past.then(person="member01", at=late.recorded_at - timedelta(hours=1), question=Question.KNOWN)
    assert not known.rights.is_known
    assert recorded > at


def test_somebody_disabled_is_said_to_be(cast: Cast, clock: Clock) -> None:
    write_down(now=clock.now)
    clock.forward(minutes=1)
    run(lambda: people.disable(person=cast.member02, actor=actor_of(cast.admin01), now=clock.now))
    assert past.then(person="member02", at=clock.now, question=Question.WAS).rights.is_disabled
    earlier = past.then(person="member02", at=clock.now - timedelta(seconds=30), question=Question.WAS)
    assert not earlier.rights.is_disabled


def test_an_auditor_sees_it_on_a_page(cast: Cast, clock: Clock, client: Client) -> None:
    elevation = _active(cast, clock)
    client.force_login(cast.auditor01)
    asked = {"person": "member01", "at": "2026-11-23T14:01", "question": "was"}
    page = client.get("/audit/could-do/", asked).content.decode()
    assert elevation.code in page
    assert "Prod_MemberRole" in page
    assert client.get("/audit/could-do/", {**asked, "at": "never"}).status_code == 422
    assert client.get("/audit/could-do/").status_code == 200
    assert client.get("/audit/could-do/", {"person": asked["person"]}).status_code == 200
