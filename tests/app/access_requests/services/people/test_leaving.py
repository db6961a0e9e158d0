"""Whoever is disabled is nobody at once: what each door still had of them ends, each end with its entry."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from access_requests.models import AccessRequest, Elevation, PersonalToken
from access_requests.services.people import people, sessions
from access_requests.web.timeline import story
from audits.models import Personal, TrailEntry
from portal.verbs.actor import COMMAND
from portal.verbs.run import run
from tests.stand_ins.bots import SCOPES, make_personal_client, own_token_of
from tests.worlds.cast import PASSWORD, Cast, actor_of
from tests.worlds.story import assert_trail_tells, elevated, submitted

pytestmark = pytest.mark.django_db(transaction=True)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def visitor(cast: Cast) -> Client:
    client = Client(headers={"user-agent": BROWSER})
    client.force_login(cast.member01)
    assert client.get("/").status_code == 200
    return client


@pytest.fixture
def _has_all(cast: Cast, visitor: Client) -> None:
    """member01 has a session, a token, a request that waits, access that runs and access that is to come."""
    now = timezone.now()
    own_token_of(cast.member01, make_personal_client("scripts", cast), *SCOPES)
    elevated(cast.member01, cast.leader01, now=now)
    elevated(cast.member01, cast.leader01, now=now, starts_at=now + timedelta(days=1))
    submitted(cast.member01, now=now, starts_at=now + timedelta(days=2))


def disable(cast: Cast) -> None:
    run(lambda: people.disable(person=cast.member01, actor=actor_of(cast.admin01), now=timezone.now()))


@pytest.mark.usefixtures("_has_all")
def test_all_that_a_person_has_ends_in_the_moment_in_which_they_are_disabled(cast: Cast, visitor: Client) -> None:
    disable(cast)
    assert visitor.get("/").status_code == 302
    assert not Session.objects.exists()
    assert not PersonalToken.objects.exists()
    assert sorted(Elevation.objects.values_list("status", flat=True)) == ["cancelled", "cancelled"]
    waiting = AccessRequest.objects.get(status="withdrawn")
    assert waiting.settled_at is not None
    assert_trail_tells(waiting)


@pytest.mark.usefixtures("_has_all")
def test_each_end_is_in_the_trail_with_who_did_it_and_why(cast: Cast) -> None:
    disable(cast)
    acts = ("elevation.cancelled", "request.withdrawn", "token.revoked", "person.sessions_ended", "person.disabled")
    entries = TrailEntry.objects.filter(act__in=acts).order_by("pk")
    assert [entry.act for entry in entries] == [acts[0], *acts]
    assert {entry.actor for entry in entries} == {"admin01"}
    withdrawn, ended = entries.get(act="request.withdrawn"), entries.get(act="person.sessions_ended")
    assert withdrawn.data["reason"] == "person_disabled"
    assert (ended.subject, ended.data["reason"]) == ("person:member01", "person_disabled")
    session = ended.data["sessions"][0]
    assert list(session["address"]) == list(session["user_agent"]) == ["commitment"]
    assert set(Personal.objects.filter(entry_id=ended.pk).values_list("person", "text")) == {
        ("member01", BROWSER),
        ("member01", "127.0.0.1"),
    }


@pytest.mark.usefixtures("_has_all")
def test_timeline_says_who_withdrew_the_request_and_why(cast: Cast) -> None:
    disable(cast)
    items = story.of_request(AccessRequest.objects.get(status="withdrawn"), now=timezone.now())
    assert "admin01" in items[-1].sentence
    assert items[-1].sentence != "admin01 withdrew the request"


def test_who_has_nothing_leaves_nothing_but_the_entry_of_being_disabled(cast: Cast) -> None:
    disable(cast)
    assert list(TrailEntry.objects.values_list("act", flat=True)) == ["person.disabled"]


def test_enabled_again_an_old_session_opens_nothing(cast: Cast, visitor: Client) -> None:
    disable(cast)
    run(lambda: people.enable(person=cast.member01, actor=actor_of(cast.admin01), now=timezone.now()))
    assert visitor.get("/").status_code == 302


def test_new_password_ends_the_sessions_elsewhere_and_keeps_the_one_in_which_it_was_set(cast: Cast, visitor: Client) -> None:
    elsewhere = Client()
    elsewhere.force_login(cast.member01)
    elsewhere.get("/")
    new = "five wooden passes and a ferry"
    visitor.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert visitor.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    entry = TrailEntry.objects.get(act="person.sessions_ended")
    assert (entry.data["reason"], len(entry.data["sessions"])) == ("password_set", 1)
    assert Session.objects.count() == 1


def test_password_set_by_a_command_ends_every_session(cast: Cast, visitor: Client) -> None:
    new = "five wooden passes and a ferry"
    run(lambda: people.set_password(person=cast.member01, password=new, actor=COMMAND, now=timezone.now()))
    assert visitor.get("/").status_code == 302
    assert not sessions.of(cast.member01).exists()
