"""Who could do what at an instant: as it was, and as was known then."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from allauth.core.context import request_context
from django.test import Client, RequestFactory

from access_requests import lifecycle
from access_requests.models import ClientKind, Elevation, PersonalToken
from access_requests.policy.levels import ROLE_MARK
from access_requests.selectors.personal_tokens import of_person
from access_requests.services.catalogue import fields
from access_requests.services.people import clients, device_codes, people, personal_tokens
from access_requests.services.people.clients import EVERYONE, Terms
from access_requests.services.record import transition
from audits import could_do
from audits.acts import Act
from audits.could_do import Question
from audits.models import APART, Late, TrailEntry
from audits.replay import rights
from audits.replay.rights import Program
from portal.verbs.actor import COMMAND, WORKER
from portal.verbs.run import run
from tests.stand_ins.bots import SCOPES, make_personal_client
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
    now = could_do.then(person="member01", at=clock.now, question=Question.WAS).rights
    assert [access.code for access in now.elevations] == [elevation.code]
    assert now.elevations[0].roles == ["arn:aws:iam::444444444444:role/Prod_MemberRole"]
    assert [access.group for access in now.standing] == ["MemberGroup"]
    assert now.asks == ["ProdLeaderWorkGroup", "ProdMemberWorkGroup"]
    assert (now.approves, now.roles) == ([], {})
    assert not could_do.then(person="member01", at=before, question=Question.WAS).rights.is_known


def test_leads_decide_and_administrators_are_said_to_be(cast: Cast, clock: Clock) -> None:
    write_down(now=clock.now)
    lead = could_do.then(person="leader01", at=clock.now, question=Question.WAS).rights
    assert lead.approves == [("one-lead", 1), ("two-levels", 1), ("two-levels", 2)]
    assert could_do.then(person="admin01", at=clock.now, question=Question.WAS).rights.roles == {"administrator": ["here"]}


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
    assert could_do.then(person="member01", at=at, question=Question.WAS).rights.elevations == []
    # The database's clock recorded all of the test at once: what was known before that is nothing.
    known = could_do.then(person="member01", at=late.recorded_at - timedelta(hours=1), question=Question.KNOWN)
    assert not known.rights.is_known
    assert recorded > at


def test_somebody_disabled_is_said_to_be(cast: Cast, clock: Clock) -> None:
    write_down(now=clock.now)
    clock.forward(minutes=1)
    run(lambda: people.disable(person=cast.member02, actor=actor_of(cast.admin01), now=clock.now))
    assert could_do.then(person="member02", at=clock.now, question=Question.WAS).rights.is_disabled
    earlier = could_do.then(person="member02", at=clock.now - timedelta(seconds=30), question=Question.WAS)
    assert not earlier.rights.is_disabled


def test_programs_are_named_with_who_knew_their_secrets(cast: Cast, clock: Clock) -> None:
    terms = Terms(name="Pager", scopes=["requests:read"], people=["member01"], work_groups=[], source_addresses=["192.0.2.0/24"])
    add = partial(clients.add, client_id="pager", kind="service", terms=terms, kept_in="browser", actor=actor_of(cast.admin01))
    made = run(partial(add, key="pager", now=clock.now)).client
    assert could_do.then(person="member01", at=clock.now, question=Question.WAS).rights.programs == [
        Program(client="pager", scopes=["requests:read"], owners=["admin01"], names_them=True, is_owned=False)
    ]
    assert could_do.then(person="admin01", at=clock.now, question=Question.WAS).rights.programs == [
        Program(client="pager", scopes=["requests:read"], owners=["admin01"], names_them=False, is_owned=True)
    ]
    assert could_do.then(person="member02", at=clock.now, question=Question.WAS).rights.programs == []
    clock.forward(minutes=1)
    run(lambda: clients.revoke(client=made, actor=actor_of(cast.admin01), now=clock.now))
    assert could_do.then(person="member01", at=clock.now, question=Question.WAS).rights.programs == []


def test_of_two_clocks_that_are_apart_the_later_entry_counts(cast: Cast, clock: Clock) -> None:
    terms = Terms(name="Pager", scopes=["requests:read"], people=["member01"], work_groups=[], source_addresses=["192.0.2.0/24"])
    add = partial(clients.add, client_id="pager", kind="service", terms=terms, kept_in="browser", actor=actor_of(cast.admin01))
    made = run(partial(add, key="pager", now=clock.now)).client
    change = partial(clients.change, client=made, kept_in="browser", actor=actor_of(cast.admin01))
    ahead = clock.now + timedelta(hours=1)
    run(partial(change, terms=replace(terms, people=["member02"]), now=ahead))
    run(partial(change, terms=replace(terms, people=["leader01"]), now=ahead - APART))
    later = could_do.then(person="leader01", at=ahead + timedelta(hours=1), question=Question.WAS).rights
    assert [program.client for program in later.programs] == ["pager"]
    before = could_do.then(person="member01", at=ahead - timedelta(minutes=30), question=Question.WAS).rights
    assert [program.client for program in before.programs] == ["pager"]


@pytest.mark.parametrize("end", ["time", "themselves", "scopes", "people"])
def test_own_token_is_named_until_it_is_over(end: str, cast: Cast, clock: Clock) -> None:
    write_down(now=clock.now)
    row = own_token(cast, clock.now)
    assert tokens(clock.now) == [("scripts", clock.now + timedelta(hours=12))]
    assert tokens(clock.now - timedelta(seconds=1)) == []
    clock.forward(hours=12 if end == "time" else 1)
    terms = Terms(name="x", scopes=["requests:read"], people=EVERYONE, work_groups=[], source_addresses=["127.0.0.0/8"])
    change = partial(clients.change, client=row.client, kept_in="file", actor=COMMAND, now=clock.now)
    match end:
        case "themselves":
            rows = of_person(cast.member01)
            run(lambda: personal_tokens.revoke(rows=rows, actor=actor_of(cast.member01), now=clock.now))
        case "scopes":
            run(partial(change, terms=terms))
        case "people":
            run(partial(change, terms=replace(terms, scopes=sorted(SCOPES), people=["member02"])))
    assert tokens(clock.now) == []
    assert tokens(clock.now - timedelta(minutes=1)) == [("scripts", row.allowed_at + timedelta(hours=12))]


def test_what_was_allowed_can_be_collected_for_a_day(cast: Cast, clock: Clock) -> None:
    write_down(now=clock.now)
    row = own_token(cast, clock.now, collects=False)
    assert tokens(clock.now + timedelta(hours=23)) == [("scripts", None)]
    assert tokens(row.allowed_at + rights.UNCOLLECTED) == []


def test_words_that_audits_read_are_those_that_services_write() -> None:
    assert rights.ROLE == ROLE_MARK
    assert {rights.EVERYONE} == {EVERYONE, fields.EVERYONE}
    assert set(rights.IN_AWS) == lifecycle.IN_AWS
    assert set(rights.DRIFT_OPEN) == lifecycle.DRIFT_OPEN
    assert rights.PERSONAL == ClientKind.PERSONAL
    assert rights.UNCOLLECTED == personal_tokens.UNCOLLECTED


def own_token(cast: Cast, now: datetime, *, collects: bool = True) -> PersonalToken:
    client = make_personal_client("scripts", cast)
    client.oauth_client.set_default_scopes([])
    write_down(now=now)
    with request_context(RequestFactory().post("/")):
        given = device_codes.begin(client=client, scopes=["requests:read"], address="192.0.2.1", now=now)
    asked = device_codes.find(given.user_code)
    assert asked is not None
    row = run(lambda: personal_tokens.allow(asked=asked, actor=actor_of(cast.member01), now=now))
    if collects:
        run(lambda: personal_tokens.collect(device_code=asked.device_code, address="192.0.2.1", now=now))
    return row


def tokens(at: datetime) -> list[tuple[str, datetime | None]]:
    found = could_do.then(person="member01", at=at, question=Question.WAS).rights.tokens
    assert could_do.then(person="member02", at=at, question=Question.WAS).rights.tokens == []
    return [(token.client, datetime.fromisoformat(token.until) if token.until else None) for token in found]


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
