"""What AWS does about an elevation by itself, as read back and evaluated, on the page of the elevation."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access_requests.lifecycle import ElevationAction
from access_requests.models import Elevation
from access_requests.services.record import transition
from audits.acts import Act
from portal.iam.fences import iso
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import Browse
from tests.worlds.cast import Cast, let_portal_in
from tests.worlds.clock import Clock
from tests.worlds.entry import data_of
from tests.worlds.story import elevated

ROLE = "Prod_MemberRole"
BY_ITSELF = "AWS itself ends this at 14:30:00, new switches and open sessions alike"


@pytest.fixture
def gated(cast: Cast) -> Cast:
    let_portal_in(cast.production)
    return cast


def active(cast: Cast, clock: Clock, **changes: Any) -> Elevation:
    """Return member01's access as AWS showed it after the grant, but for the changes."""
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    end = iso(elevation.ends_at)
    seen = {"membership": True, "ttl": end, "entry_fence": {ROLE: end}, "session_gate": {ROLE: end}}
    role = {"role": f"production/{ROLE}", "decision": "allowed", "by": "group G: Switch (#1)", "gate": "open", "why": []}
    evaluation = {"decision": "allowed", "at": "2026-11-23T05:00:07Z", "roles": [role], "of": "active", "tries": 0}
    fields = {"status": "active", "granted_at": clock.now, "seen": seen, "seen_at": clock.now, "evaluation": evaluation}
    Elevation.objects.filter(pk=elevation.pk).update(**{**fields, **changes})
    return elevation


def text(client: Client, elevation: Elevation) -> str:
    response = client.get(f"/elevations/{elevation.code}/")
    assert response.status_code == 200
    return response.content.decode()


def test_page_says_that_aws_itself_ends_it_by_fence_and_gate_as_read_back(gated: Cast, browse: Browse, clock: Clock) -> None:
    page = text(browse(gated.member01), active(gated, clock))
    assert BY_ITSELF in page
    assert page.count("<code>2026-11-23T05:30:00Z</code>") == 3  # Entry fence, session gate, TTL tag.
    assert "No new switch after" in page
    assert "Every call of an open session is refused after" in page
    assert "decided by: group G: Switch (#1)" in page
    assert "can switch, evaluated" in page
    assert "has no session gate" not in page


def test_page_never_claims_it_of_an_end_that_aws_does_not_show(gated: Cast, browse: Browse, clock: Clock) -> None:
    end, later = iso(clock.now + timedelta(minutes=30)), iso(clock.now + timedelta(hours=1))
    for fence, gate in ((end, later), (None, end), (end, None)):
        Elevation.objects.update(
            status="ended", stopped_at=clock.now, ended_at=clock.now, ends_at=clock.now + timedelta(seconds=1)
        )
        clock.forward(minutes=30)
        end = iso(clock.now + timedelta(minutes=30))
        seen = {"membership": True, "ttl": end, "entry_fence": {ROLE: fence}, "session_gate": {ROLE: gate}}
        assert "AWS itself ends this" not in text(browse(gated.member01), active(gated, clock, seen=seen))


def test_page_says_how_long_sessions_live_on_where_there_is_no_gate(cast: Cast, browse: Browse, clock: Clock) -> None:
    end = iso(clock.now + timedelta(minutes=30))
    seen = {"membership": True, "ttl": end, "entry_fence": {ROLE: end}, "session_gate": None}
    page = text(browse(cast.member01), active(cast, clock, seen=seen, evaluation=None))
    assert "AWS itself ends this" not in page
    assert "From 14:30:00 AWS refuses to switch roles by itself" in page
    assert "Prod_MemberRole has no session gate" in page
    assert "None: the portal has no role in this account" in page


def test_early_end_takes_some_minutes_to_be_applied_everywhere(gated: Cast, browse: Browse, clock: Clock) -> None:
    seen = {"membership": False, "ttl": None, "entry_fence": {ROLE: iso(clock.now)}, "session_gate": {ROLE: None}}
    over = {"status": "ended", "stopped_at": clock.now, "stop_reason": "returned", "ended_at": clock.now, "seen": seen}
    elevation, client = active(gated, clock, **over), browse(gated.member01)
    clock.forward(minutes=4)
    page = text(client, elevation)
    assert "AWS may take some minutes to apply this early end everywhere." in page
    assert "Shut: every call of an open session is refused" in page
    clock.forward(minutes=2)
    assert "AWS may take some minutes" not in text(client, elevation)


def test_evaluation_from_before_the_last_step_says_nothing_of_now(gated: Cast, browse: Browse, clock: Clock) -> None:
    seen = {"membership": False, "ttl": None, "entry_fence": {ROLE: None}, "session_gate": {ROLE: None}}
    over = {"status": "ended", "stopped_at": clock.now, "ended_at": clock.now, "evaluate_at": clock.now, "seen": seen}
    page = text(browse(gated.member01), active(gated, clock, **over))
    assert "can switch" not in page
    assert "being evaluated" in page


def test_end_at_its_time_needs_no_minutes(gated: Cast, browse: Browse, clock: Clock) -> None:
    end = clock.now + timedelta(minutes=30)
    elevation = active(gated, clock, status="ended", stopped_at=end, stop_reason="expired", ended_at=end)
    clock.forward(minutes=31)
    assert "AWS may take some minutes" not in text(browse(gated.member01), elevation)


def test_page_says_what_aws_does_not_end_and_what_became_of_open_sessions(gated: Cast, browse: Browse, clock: Clock) -> None:
    elevation = active(gated, clock, status="ended", stopped_at=clock.now, ended_at=clock.now)
    ends = [{"role": f"production/{ROLE}", "region": "ap-northeast-1", "ended": [], "problem": "AccessDenied"}]
    elevation.refresh_from_db()
    data = {**data_of(ElevationAction.CONFIRM_REVOKE, clock.now), "open_sessions": ends, "from": "revoking", "to": "ended"}
    run(lambda: transition.record(elevation, act=Act.ELEVATION_ENDED, actor=WORKER, now=clock.now, data=data))
    page = text(browse(gated.member01), elevation)
    assert "Open Session Manager and ECS Exec sessions go on." in page
    assert "role chaining" in page
    assert "in ap-northeast-1 could not be ended: AccessDenied" in page


def test_others_see_who_and_until_when_and_nothing_of_what_was_read(gated: Cast, browse: Browse, clock: Clock) -> None:
    page = text(browse(gated.member02), active(gated, clock))
    assert BY_ITSELF in page
    assert "decided by" not in page
    assert "No new switch after" not in page
