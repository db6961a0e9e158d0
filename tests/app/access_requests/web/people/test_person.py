"""The page of a person, and what administrators do there: what will happen is said first, and nobody locks everybody out."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from access_requests.models import ApprovalLevel, Elevation
from access_requests.services.people import administering, people
from access_requests.services.people.person_errors import DisabledByCatalogue, DisabledByProvider, LastAdministrator
from audits.models import TrailEntry
from portal.users.models import User
from portal.verbs.actor import COMMAND
from portal.verbs.rejections import NotAnAdministrator, TransitionNotAllowed
from portal.verbs.run import run
from tests.races.racing import race, won
from tests.stand_ins.bots import SCOPES, make_client, make_personal_client, own_token_of
from tests.worlds.browsers import logged_in
from tests.worlds.cast import Cast, actor_of, add_person
from tests.worlds.story import elevated, refused, submitted

pytestmark = pytest.mark.django_db(transaction=True)
QUERIES = 26


@pytest.fixture
def admin(cast: Cast) -> Client:
    return logged_in(cast.admin01)


def page(browser: Client, path: str = "", status: int = 200, **said: str) -> str:
    answer = browser.get(f"/people/member01/{path}", said)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def has_all(cast: Cast) -> tuple[str, str]:
    """Return the number of the waiting request and of the access that member01 has, with a session and a token."""
    now = timezone.now()
    own_token_of(cast.member01, make_personal_client("scripts", cast), *SCOPES)
    logged_in(cast.member01)
    access = elevated(cast.member01, cast.leader01, now=now).code
    return submitted(cast.member01, now=now, starts_at=now + timedelta(days=2)).code, access


def test_page_says_what_a_person_is_and_has(cast: Cast, admin: Client) -> None:
    request, access = has_all(cast)
    said = page(admin)
    for each in ("佐藤 美咲", "MemberGroup", "ProdMemberWorkGroup", request, access, "AIDA", "127.0.0.1", "T-"):
        assert each in said
    lead = re.sub(r"\s+", " ", admin.get("/people/leader01/").content.decode())
    assert "level 1" in lead
    assert "administrator" in re.sub(r"\s+", " ", admin.get("/people/admin01/").content.decode())


def test_page_costs_the_same_however_much_there_is(cast: Cast, admin: Client, django_assert_max_num_queries: Any) -> None:
    has_all(cast)
    for number in range(3):
        logged_in(cast.member01)
        submitted(cast.member01, now=timezone.now(), starts_at=timezone.now() + timedelta(days=10 + number))
    with django_assert_max_num_queries(QUERIES):
        page(admin)


def test_auditor_reads_and_is_offered_nothing(cast: Cast) -> None:
    has_all(cast)
    said = page(logged_in(cast.auditor01))
    assert "/people/member01/disable/" not in said
    assert "/people/member01/sessions/end/" not in said


def test_what_will_end_is_said_before_it_ends(cast: Cast, admin: Client) -> None:
    request, access = has_all(cast)
    client = make_client("bot", cast)
    client.owners.add(cast.member01)
    ApprovalLevel.objects.get(policy=cast.one_lead).approvers.set([cast.member01])
    said = page(admin, "disable/")
    for each in (request, access, "ProdMemberWorkGroup", "<dt>Sessions</dt><dd>1</dd>", "<dt>Own tokens</dt><dd>1</dd>"):
        assert each in said
    assert "Too few others approve" in said
    assert 'href="/clients/bot/"' in said
    assert "disabled: true" in said
    assert User.objects.get(username="member01").is_active


def test_disabled_on_the_page_all_has_ended_and_the_page_says_so(cast: Cast, admin: Client) -> None:
    has_all(cast)
    answer = admin.post("/people/member01/disable/", follow=True)
    assert "member01 is disabled." in answer.content.decode()
    assert Elevation.objects.get().status == "cancelled"
    entry = TrailEntry.objects.get(act="person.disabled")
    assert (entry.actor, entry.data["door"], entry.data["proof"].get("method")) == ("admin01", "browser", "totp")
    assert User.objects.get(username="member01").disabled_by == "portal"


def test_enabled_again_on_the_page(cast: Cast, admin: Client) -> None:
    admin.post("/people/member01/disable/")
    assert "/people/member01/enable/" in page(admin)
    assert "member01 may log in again." in admin.post("/people/member01/enable/", follow=True).content.decode()
    member = User.objects.get(username="member01")
    assert (member.is_active, member.disabled_by) == (True, "")
    assert TrailEntry.objects.get(act="person.enabled").actor == "admin01"


@pytest.mark.parametrize(
    ("by", "refusal", "said"),
    [("", DisabledByCatalogue, "The catalogue file disables this person."), ("login:okta", DisabledByProvider, "okta")],
)
def test_whom_others_keep_out_is_not_let_in_here(cast: Cast, admin: Client, by: str, refusal: Any, said: str) -> None:
    run(lambda: people.disable(person=cast.member01, actor=COMMAND, now=timezone.now(), by=by))
    shown = page(admin)
    assert said in shown
    assert "/people/member01/enable/" not in shown
    assert admin.post("/people/member01/enable/").status_code == 409
    with refused(refusal):
        run(lambda: administering.enable(person=cast.member01, actor=actor_of(cast.admin01), now=timezone.now()))


def test_last_administrator_is_not_disabled_and_is_told_why(cast: Cast, admin: Client) -> None:
    shown = re.sub(r"\s+", " ", admin.get("/people/admin01/disable/").content.decode())
    assert "Nobody else is an administrator" in shown
    assert 'type="submit">Disable' not in shown
    answer = admin.post("/people/admin01/disable/")
    assert answer.status_code == 409
    assert "Nobody else is an administrator" in answer.content.decode()
    assert User.objects.get(username="admin01").is_active


def test_administrator_who_is_not_the_last_may_go(cast: Cast, admin: Client) -> None:
    add_person("admin02", administrator=True)
    assert admin.post("/people/admin01/disable/")["Location"] == "/accounts/login/"
    assert not User.objects.get(username="admin01").is_active
    assert admin.get("/").status_code == 302


def test_of_two_administrators_who_disable_each_other_one_is_left(cast: Cast) -> None:
    other = add_person("admin02", administrator=True)
    pairs = ((cast.admin01, other), (other, cast.admin01))
    outcomes = race([partial(_disable, whom, by=who) for who, whom in pairs])
    assert len(won(outcomes)) == 1
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [LastAdministrator]
    assert User.objects.filter(is_administrator=True, is_active=True).count() == 1


def _disable(person: User, *, by: User) -> None:
    run(lambda: administering.disable(person=person, actor=actor_of(by), now=timezone.now()))


@pytest.mark.parametrize("who", ["member02", "leader01", "auditor01"])
def test_nobody_else_administers(cast: Cast, who: str) -> None:
    actor = actor_of(getattr(cast, who))
    for verb in (administering.disable, administering.enable):
        with refused(NotAnAdministrator):
            run(partial(verb, person=cast.member01, actor=actor, now=timezone.now()))
    with refused(NotAnAdministrator):
        rows = UserSession.objects.all()
        run(lambda: administering.end_sessions(person=cast.member01, rows=rows, actor=actor, now=timezone.now()))


def test_what_is_so_already_is_not_done_again(cast: Cast) -> None:
    with refused(TransitionNotAllowed):
        run(lambda: administering.enable(person=cast.member01, actor=actor_of(cast.admin01), now=timezone.now()))
    _disable(cast.member01, by=cast.admin01)
    with refused(TransitionNotAllowed):
        _disable(cast.member01, by=cast.admin01)


def test_administrator_ends_one_session_or_all(cast: Cast, admin: Client) -> None:
    first, second, third = (logged_in(cast.member01) for _ in range(3))
    other = logged_in(cast.member02)
    number = UserSession.objects.get(session_key=first.session.session_key).pk
    admin.post("/people/member01/sessions/end/", {"number": str(number)})
    assert [each.get("/").status_code for each in (first, second, third)] == [302, 200, 200]
    assert "2 browsers" in page(admin, "sessions/end/")
    answer = admin.post("/people/member01/sessions/end/", follow=True)
    assert "2 sessions of member01 have ended." in answer.content.decode()
    assert [each.get("/").status_code for each in (second, third, other, admin)] == [302, 302, 200, 200]
    entries = TrailEntry.objects.filter(act="person.sessions_ended")
    assert [(entry.actor, entry.subject) for entry in entries] == [("admin01", "person:member01")] * 2


def test_number_of_somebody_elses_session_or_none_ends_nothing(cast: Cast, admin: Client) -> None:
    theirs = logged_in(cast.member02)
    number = UserSession.objects.get(session_key=theirs.session.session_key).pk
    admin.post("/people/member01/sessions/end/", {"number": str(number)})
    assert admin.post("/people/member01/sessions/end/", {"number": "all"}).status_code == 404
    assert theirs.get("/").status_code == 200


def test_nobody_has_no_page(admin: Client, cast: Cast) -> None:
    assert admin.get("/people/nobody/").status_code == 404
    assert admin.post("/people/nobody/disable/").status_code == 404


def test_page_is_there_for_whoever_has_a_name_with_signs(cast: Cast, admin: Client) -> None:
    add_person("a.b+c@example.com")
    assert admin.get("/people/a.b+c@example.com/").status_code == 200
    assert 'href="/people/a.b+c@example.com/"' in admin.get("/people/").content.decode()
