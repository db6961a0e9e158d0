"""A call keeps no rights that end after it was let in: it waits for a lock or a thread, and acts by what holds when it acts.

By each door somebody is let in; then a right of theirs ends, as if another process had ended it; then the verb's transaction
begins.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import get_resolver
from django.utils import timezone

from access_requests.models import AccessRequest, ApiClient, ApprovalPolicy
from access_requests.selectors import personal_tokens as selectors
from access_requests.services.people import clients, people, personal_tokens, sessions
from portal.users.models import LinkedIdentity, User
from portal.verbs import run
from portal.verbs.actor import COMMAND
from tests.cli.terminal import Terminal
from tests.doors.test_doors_agree import DONE, WHY, Doors
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.story import elevated, submitted

pytestmark = pytest.mark.django_db(transaction=True)
End = Callable[[User], object]
NEW_PASSWORD = "another long way from Hakone to Edo"


def set_password(person: User) -> None:
    people.set_password(person=User.objects.get(pk=person.pk), password=NEW_PASSWORD, actor=COMMAND, now=timezone.now())


def disable(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def end_sessions(_person: User) -> None:
    Session.objects.all().delete()


def sign_out(person: User) -> None:
    sessions.end(person=person, rows=sessions.of(person), actor=COMMAND, now=timezone.now())


def let_idle(_person: User) -> None:
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(minutes=settings.SESSION_IDLE_MINUTES))


def let_age(_person: User) -> None:
    UserSession.objects.update(created_at=timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE))


def shut_out(person: User) -> None:
    people.disable(person=person, actor=COMMAND, now=timezone.now())


def unlink(person: User) -> None:
    LinkedIdentity.objects.filter(person=person).delete()


def unverify(person: User) -> None:
    LinkedIdentity.objects.filter(person=person).update(verified_at=None)


def link_to_another(person: User) -> None:
    other = User.objects.create(username="other")
    LinkedIdentity.objects.filter(person=person).update(person=other)


def delete_tokens(_person: User) -> None:
    Token.objects.all().delete()


def let_tokens_expire(_person: User) -> None:
    Token.objects.update(expires_at=timezone.now())


def retire_clients(_person: User) -> None:
    for client in ApiClient.objects.all():
        clients.revoke(client=client, actor=COMMAND, now=timezone.now())


def narrow_scopes(_person: User) -> None:
    for client in ApiClient.objects.all():
        client.oauth_client.set_scopes(["requests:read"])
        client.oauth_client.save()


def narrow_people(_person: User) -> None:
    ApiClient.objects.update(everyone=False)


def move_networks(_person: User) -> None:
    ApiClient.objects.update(source_addresses=["192.0.2.0/24"])


def take_groups(_person: User) -> None:
    for client in ApiClient.objects.all():
        client.work_groups.clear()


def revoke_own(person: User) -> None:
    personal_tokens.revoke(rows=selectors.of_person(person), actor=COMMAND, now=timezone.now())


OF_AN_ACCOUNT = (disable, unlink, unverify, link_to_another)
OF_A_TOKEN = (delete_tokens, let_tokens_expire, retire_clients, narrow_scopes, narrow_people, move_networks)
ENDS: dict[str, tuple[End, ...]] = {
    "browser": (set_password, disable, shut_out, end_sessions, sign_out, let_idle, let_age),
    "program": (*OF_AN_ACCOUNT, *OF_A_TOKEN),
    "own_token": (set_password, disable, revoke_own, *OF_A_TOKEN),
    "slack": OF_AN_ACCOUNT,
}
CASES = [pytest.param(door, end, id=f"{door}-{end.__name__}") for door, ends in ENDS.items() for end in ends]


@pytest.fixture
def doors(cast: Cast) -> Doors:
    ApprovalPolicy.objects.update(decide_by=["browser", "chat", "client"], same_client_may_decide=True)
    return Doors(cast, at_a_terminal=_no_terminal)


def _no_terminal(_username: str) -> Terminal:
    raise AssertionError("a terminal is a program's or an own token's door")


def ends_meanwhile(monkeypatch: pytest.MonkeyPatch, end: Callable[[], object]) -> None:
    """Have a right end between letting in and acting."""
    usual = run.run
    # Addresses load their views at the first call: a view that is loaded during the test keeps what stands here only for it.
    assert get_resolver().url_patterns

    def held(verb: Callable[[], object]) -> object:
        monkeypatch.setattr(run, "run", usual)
        usual(end)
        return usual(verb)

    monkeypatch.setattr(run, "run", held)


@pytest.mark.parametrize(("door", "end"), CASES)
def test_right_that_has_ended_decides_nothing(
    door: str, end: End, doors: Doors, cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = submitted(cast.member01, now=timezone.now())
    ends_meanwhile(monkeypatch, partial(end, cast.leader01))
    assert getattr(doors, door)(cast.leader01, "approve", request.code) == "rights_ended"
    request.refresh_from_db()
    assert request.status == "pending"
    assert not request.decisions.exists()


@pytest.mark.parametrize("door", ["program", "own_token"])
@pytest.mark.parametrize("act", ["approve", "reject", "stop"])
def test_client_that_has_lost_its_work_groups_carries_nothing(
    door: str, act: str, doors: Doors, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = submitted(cast.member01, now=timezone.now())
    elevation = elevated(cast.member02, cast.leader01, now=timezone.now())
    ends_meanwhile(monkeypatch, partial(take_groups, cast.leader01))
    subject = elevation.code if act == "stop" else request.code
    assert getattr(doors, door)(cast.leader01, act, subject) == "client_not_allowed"
    request.refresh_from_db()
    assert request.status == "pending"


@pytest.mark.parametrize("door", ["browser", "program", "own_token", "slack"])
def test_administrator_who_is_one_no_more_stops_nobody(
    door: str, doors: Doors, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=timezone.now())
    ends_meanwhile(monkeypatch, lambda: User.objects.filter(pk=cast.admin01.pk).update(is_administrator=False))
    assert getattr(doors, door)(cast.admin01, "stop", elevation.code) not in (DONE, "rights_ended")
    elevation.refresh_from_db()
    assert elevation.status in ("scheduled", "granting", "active")


@pytest.mark.parametrize("door", ["browser", "program", "own_token", "slack"])
def test_who_has_their_rights_still_acts(door: str, doors: Doors, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    request = submitted(cast.member01, now=timezone.now())
    ends_meanwhile(monkeypatch, lambda: None)
    assert getattr(doors, door)(cast.leader01, "approve", request.code) == DONE
    assert AccessRequest.objects.get().decisions.get().comment == WHY
