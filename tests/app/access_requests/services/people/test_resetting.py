"""Second factors are reset by two administrators, neither of whom it is about; the person is told, and their log-ins end."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from access_requests.services.people.factors import resetting
from access_requests.services.people.factors.factor_errors import OwnFactors, ResetWaits, SecondAdministratorNeeded
from audits.models import TrailEntry
from portal.users.models import FactorReset, User
from portal.verbs.rejections import NotAnAdministrator, TransitionNotAllowed
from portal.verbs.run import run
from tests.app.access_requests.services.people.test_factors import passkey, recovery, totp
from tests.worlds.cast import actor_of, add_person
from tests.worlds.factors import take_factors

WHY = "she called from the number that we have"


@pytest.fixture
def admin02(admin01: User) -> User:
    return add_person("admin02", administrator=True)


@pytest.fixture
def lost(leader02: User, now: datetime) -> User:
    """Somebody with three kinds of factors, and no device."""
    take_factors(leader02)
    totp(leader02, now)
    passkey(leader02, now)
    recovery(leader02, now)
    return leader02


def propose(person: User, by: User, now: datetime) -> FactorReset:
    return run(lambda: resetting.propose(person=person, reason=WHY, actor=actor_of(by), now=now))


def reset(person: User, by: User, now: datetime) -> None:
    run(lambda: resetting.reset(person=person, actor=actor_of(by), now=now))


def test_one_proposes_and_another_one_does_it(lost: User, admin01: User, admin02: User, now: datetime) -> None:
    browser = Client()
    browser.force_login(lost)
    browser.get("/")
    assert UserSession.objects.filter(user=lost).exists()
    propose(lost, admin01, now)
    assert lost.factors.count() == 3
    reset(lost, admin02, now + timedelta(hours=1))
    assert not lost.factors.exists()
    assert not Authenticator.objects.filter(user=lost).exists()
    assert not UserSession.objects.filter(user=lost).exists()
    assert not FactorReset.objects.exists()
    proposed, done = (TrailEntry.objects.get(act=act) for act in ("factor.reset_proposed", "factor.reset"))
    assert (proposed.actor, proposed.subject) == ("admin01", "person:leader02")
    assert (done.actor, done.data["proposed_by"], done.data["reason"]) == ("admin02", "admin01", WHY)
    assert [factor["kind"] for factor in done.data["factors"]] == ["totp", "passkey", "recovery"]
    ended = TrailEntry.objects.filter(act="person.sessions_ended").last()
    assert ended is not None
    assert ended.data["reason"] == "factors_reset"


def test_who_proposed_it_does_not_do_it(lost: User, admin01: User, now: datetime) -> None:
    propose(lost, admin01, now)
    with pytest.raises(SecondAdministratorNeeded):
        reset(lost, admin01, now)
    assert lost.factors.count() == 3


def test_who_named_themselves_by_a_command_is_no_second_one_in_the_browser(lost: User, admin01: User) -> None:
    call_command("reset_factors", "leader02", "--reason", WHY, "--operator", "admin01", stdout=StringIO())
    with pytest.raises(SecondAdministratorNeeded):
        reset(lost, admin01, timezone.now())
    assert lost.factors.count() == 3


def test_nobody_resets_their_own(admin01: User, admin02: User, now: datetime) -> None:
    passkey(admin02, now)
    with pytest.raises(OwnFactors):
        propose(admin02, admin02, now)
    propose(admin02, admin01, now)
    with pytest.raises(OwnFactors):
        reset(admin02, admin02, now)


@pytest.mark.parametrize("who", ["leader01", "member01", "auditor01"])
def test_others_may_neither_propose_nor_do_it(lost: User, admin01: User, who: str, now: datetime) -> None:
    other = User.objects.get(username=who)
    with pytest.raises(NotAnAdministrator):
        propose(lost, other, now)
    propose(lost, admin01, now)
    with pytest.raises(NotAnAdministrator):
        reset(lost, other, now)
    with pytest.raises(NotAnAdministrator):
        run(lambda: resetting.drop(person=lost, actor=actor_of(other), now=now))


def test_proposal_is_good_for_a_day_and_waits_once(lost: User, admin01: User, admin02: User, now: datetime) -> None:
    propose(lost, admin01, now)
    with pytest.raises(ResetWaits):
        propose(lost, admin02, now)
    with pytest.raises(TransitionNotAllowed):
        reset(lost, admin02, now + timedelta(hours=24))
    propose(lost, admin02, now + timedelta(hours=25))
    reset(lost, admin01, now + timedelta(hours=26))
    assert not lost.factors.exists()


def test_proposal_of_who_is_no_administrator_any_more_counts_for_nothing(
    lost: User, admin01: User, admin02: User, now: datetime
) -> None:
    propose(lost, admin01, now)
    User.objects.filter(pk=admin01.pk).update(is_administrator=False)
    with pytest.raises(TransitionNotAllowed):
        reset(lost, admin02, now)


def test_dropped_proposal_is_done_by_nobody(lost: User, admin01: User, admin02: User, now: datetime) -> None:
    propose(lost, admin01, now)
    run(lambda: resetting.drop(person=lost, actor=actor_of(admin01), now=now))
    with pytest.raises(TransitionNotAllowed):
        reset(lost, admin02, now)
    assert TrailEntry.objects.get(act="factor.reset_dropped").data["proposed_by"] == "admin01"


def test_who_has_no_factor_has_none_to_reset(member01: User, admin01: User, now: datetime) -> None:
    with pytest.raises(TransitionNotAllowed):
        propose(member01, admin01, now)


def command(*line: str) -> str:
    said = StringIO()
    call_command("reset_factors", *line, "--reason", WHY, "--operator", "ops", stdout=said)
    return said.getvalue()


def test_command_proposes_where_an_administrator_is_left_to_do_it(lost: User, admin01: User) -> None:
    assert "Proposed" in command("leader02")
    assert lost.factors.count() == 3
    reset(lost, admin01, timezone.now())
    assert TrailEntry.objects.get(act="factor.reset").data["proposed_by"] == "command:ops"


def test_command_does_it_where_nobody_is_left_who_could(admin01: User) -> None:
    assert "are taken" in command("admin01")
    assert not admin01.factors.exists()
    assert TrailEntry.objects.get(act="factor.reset").actor == "command:ops"


@pytest.mark.usefixtures("cast")
def test_command_names_what_is_wrong() -> None:
    with pytest.raises(CommandError, match="nobody called stranger"):
        command("stranger")
    with pytest.raises(CommandError):
        command("member01")


def test_all_are_sealed_anew_by_the_new_key(lost: User, settings: LazySettings) -> None:
    kept = Authenticator.objects.get(user=lost, type="totp")
    settings.FACTOR_KEYS = ["another key of a portal" * 2, *settings.FACTOR_KEYS]
    said = StringIO()
    call_command("reseal_factors", stdout=said)
    assert said.getvalue() == "All are sealed by FACTOR_KEY.\n"
    assert Authenticator.objects.get(pk=kept.pk).data != kept.data
    settings.FACTOR_KEYS = settings.FACTOR_KEYS[:1]
    call_command("reseal_factors", stdout=said)
    settings.FACTOR_KEYS = ["a third key that sealed none" * 2]
    with pytest.raises(CommandError, match="4 were sealed by a key that is not given"):
        call_command("reseal_factors")
