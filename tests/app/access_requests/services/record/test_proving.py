"""Each guarded act asks for a proof: of the right strength and age, by a factor that the person still has."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from access_requests.models import Drift
from access_requests.policy.proofs import NEEDS, Guarded
from access_requests.services.drift import answering
from access_requests.services.drift.drift_errors import NotAcceptable, NotUndoable
from access_requests.services.elevations import health, stop
from access_requests.services.people import administering, clients, identities, scim_tokens, sessions
from access_requests.services.people.clients import EVERYONE, Terms
from access_requests.services.record import proving
from access_requests.services.requests import decide, extend
from access_requests.services.reviews import reviewing
from audits.acts import Act
from audits.findings import handling, raising
from audits.kinds import FindingKind
from audits.models import Review, TrailEntry
from audits.reviews.opening import Plan
from portal.users.models import Factor, LinkedIdentity, User
from portal.verbs import authority
from portal.verbs.actor import COMMAND, Actor, Door
from portal.verbs.proving import Proven
from portal.verbs.rejections import FactorMissing, StepUpNeeded, TransitionNotAllowed
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.factors import READ_AT, factor, give_codes
from tests.worlds.providers import oidc
from tests.worlds.reports import asked_back, confirmed, owed, written
from tests.worlds.story import elevated, submitted

pytestmark = pytest.mark.django_db(transaction=True)
Verb = Callable[[Cast, Actor, datetime], object]
TERMS = Terms(name="A program", scopes=["requests:read"], people=EVERYONE, work_groups=[], source_addresses=[])


def _client(now: datetime) -> Any:
    added = clients.add(key="bot", client_id="bot", kind="service", terms=TERMS, kept_in="browser", actor=COMMAND, now=now)
    return added.client


def _approve(cast: Cast, actor: Actor, now: datetime) -> object:
    request = submitted(cast.member01, now=now)
    return run(lambda: decide.approve(request_id=request.pk, comment="", seen=None, actor=actor, now=now))


def _refuse(verb: Callable[..., object]) -> Verb:
    def refuse(cast: Cast, actor: Actor, now: datetime) -> object:
        request = submitted(cast.member01, now=now)
        return run(lambda: verb(request_id=request.pk, comment="no", seen=None, actor=actor, now=now))

    return refuse


def _stop(cast: Cast, actor: Actor, now: datetime) -> object:
    elevation = elevated(cast.member02, cast.leader01, now=now)
    return run(lambda: stop.stop(elevation_id=elevation.pk, comment="now", actor=actor, now=now))


def _extend(_cast: Cast, actor: Actor, now: datetime) -> object:
    elevation = elevated(actor.who, _cast.leader02, now=now)
    later = elevation.ends_at + timedelta(minutes=10)
    return run(lambda: extend.extend(elevation_id=elevation.pk, ends_at=later, reason="more", actor=actor, now=now))


def _answer_report(answer: Callable[..., object]) -> Verb:
    def act(cast: Cast, actor: Actor, now: datetime) -> object:
        elevation = owed(cast, now=now, person=cast.member02)
        written(elevation, cast.member02, now=now)
        return answer(elevation, actor, now=now)

    return act


def _add_client(_cast: Cast, actor: Actor, now: datetime) -> object:
    add = partial(clients.add, key="new", client_id="new", kind="service", terms=TERMS, kept_in="browser")
    return run(lambda: add(actor=actor, now=now))


def _of_client(verb: Callable[..., object], **more: object) -> Verb:
    def act(_cast: Cast, actor: Actor, now: datetime) -> object:
        client = run(lambda: _client(now))
        return run(lambda: verb(client=client, **more, actor=actor, now=now))

    return act


def _restore_client(_cast: Cast, actor: Actor, now: datetime) -> object:
    client = run(lambda: _client(now))
    run(lambda: clients.revoke(client=client, actor=COMMAND, now=now))
    return run(lambda: clients.bring_back(client=client, actor=actor, now=now))


def _drift(verb: Callable[..., object]) -> Verb:
    def act(_cast: Cast, actor: Actor, now: datetime) -> object:
        fields = {"kind": "unknown_member", "account": "jump", "thing": "ProdMemberWorkGroup", "name": "mallory", "detail": {}}
        row = Drift.objects.create(**fields, status="open", found_at=now, seen_at=now)
        # Whether this one can be is asked after the proof.
        with suppress(NotUndoable, NotAcceptable):
            run(lambda: verb(code=row.code, seen=answering.digest(row), actor=actor, now=now))
        return row

    return act


def _finding(verb: Callable[..., object], **said: object) -> Verb:
    def act(_cast: Cast, actor: Actor, now: datetime) -> object:
        key = {"person": "member01", "work_group": "g", "reason": "grant_refused"}
        row = run(lambda: raising.raise_finding(kind=FindingKind.NOT_GRANTED, key=key, evidence=[], now=now))
        # Whether it waits for that is asked after the proof.
        with suppress(TransitionNotAllowed):
            run(lambda: verb(code=row.code, **said, actor=actor, now=now))
        return row

    return act


def _open_review(_cast: Cast, actor: Actor, now: datetime) -> Review:
    days = {"due_on": now.date() + timedelta(days=9), "kept_until": now.date() + timedelta(days=99)}
    plan = Plan(name="autumn", **days, reviewer="leader01", other="leader02")
    return run(lambda: reviewing.open_campaign(plan=plan, actor=actor, now=now))


def _review(verb: Callable[..., object]) -> Verb:
    def act(cast: Cast, actor: Actor, now: datetime) -> object:
        item = _open_review(cast, actor_of(cast.admin01), now).items.get(kind="binding", people=["member02"])
        told = {"review": item.review.code, "number": item.number, "reason": "x"}
        return run(lambda: verb(**told, actor=actor, now=now))

    return act


def _of_person(verb: Callable[..., object]) -> Verb:
    return lambda cast, actor, now: run(lambda: verb(person=cast.member02, actor=actor, now=now))


def _enable(cast: Cast, actor: Actor, now: datetime) -> object:
    User.objects.filter(pk=cast.member02.pk).update(is_active=False, disabled_by="portal")
    return run(lambda: administering.enable(person=cast.member02, actor=actor, now=now))


def _end_sessions(cast: Cast, actor: Actor, now: datetime) -> object:
    rows = sessions.of(cast.member02)
    return run(lambda: administering.end_sessions(person=cast.member02, rows=rows, actor=actor, now=now))


def _make_code(_cast: Cast, actor: Actor, now: datetime) -> object:
    return run(lambda: identities.make_code(person=actor.who, actor=actor, now=now))


def _scim_token(_cast: Cast, actor: Actor, now: datetime) -> object:
    return run(lambda: scim_tokens.make(provider=oidc("company", scim={"roles": {}}), actor=actor, now=now))


# What administrators do is done by admin01, all else by leader01.
ACTS: dict[str, tuple[Guarded, str, Verb]] = {
    "approve": (Guarded.DECISION, "leader01", _approve),
    "reject": (Guarded.DECISION, "leader01", _refuse(decide.reject)),
    "send_back": (Guarded.DECISION, "leader01", _refuse(decide.send_back)),
    "extend": (Guarded.EXTENSION, "leader01", _extend),
    "stop": (Guarded.STOP, "leader01", _stop),
    "stop_by_administrator": (Guarded.STOP, "admin01", _stop),
    "confirm_report": (Guarded.REPORT, "leader01", _answer_report(confirmed)),
    "ask_report_back": (Guarded.REPORT, "leader01", _answer_report(asked_back)),
    "add_client": (Guarded.CLIENT, "admin01", _add_client),
    "change_client": (Guarded.CLIENT, "admin01", _of_client(clients.change, terms=TERMS, kept_in="browser")),
    "rotate_client": (Guarded.CLIENT, "admin01", _of_client(clients.rotate_secret)),
    "revoke_client": (Guarded.CLIENT, "admin01", _of_client(clients.revoke)),
    "restore_client": (Guarded.CLIENT, "admin01", _restore_client),
    "link_chat": (Guarded.CHAT, "leader01", _make_code),
    "undo_drift": (Guarded.DRIFT, "admin01", _drift(answering.undo)),
    "accept_drift": (Guarded.DRIFT, "admin01", _drift(answering.accept)),
    "assign_finding": (Guarded.FINDING, "admin01", _finding(handling.assign, owner="admin01", due_on=None)),
    "ask_acceptance": (Guarded.FINDING, "admin01", _finding(handling.ask_acceptance, until=date(2026, 12, 1), reason="x")),
    "accept_finding": (Guarded.FINDING, "admin01", _finding(handling.accept, seen=1, comment="x")),
    "refuse_acceptance": (Guarded.FINDING, "admin01", _finding(handling.refuse_acceptance, seen=1, comment="x")),
    "end_acceptance": (Guarded.FINDING, "admin01", _finding(handling.end_acceptance, comment="x")),
    "close_finding": (Guarded.FINDING, "admin01", _finding(handling.close, comment="x")),
    "open_review": (Guarded.REVIEW, "admin01", _open_review),
    "keep_item": (Guarded.REVIEW, "leader01", _review(reviewing.keep)),
    "remove_item": (Guarded.REVIEW, "leader01", _review(reviewing.remove)),
    "disable": (Guarded.PEOPLE, "admin01", _of_person(administering.disable)),
    "enable": (Guarded.PEOPLE, "admin01", _enable),
    "end_sessions": (Guarded.PEOPLE, "admin01", _end_sessions),
}


def acting(person: User, *proven: Proven) -> Actor:
    return replace(actor_of(person), proven=proven)


def by_code(person: User, at: datetime) -> Proven:
    return Proven(method="totp", factor=person.factors.get().code, at=at)


@pytest.mark.parametrize("name", ACTS)
def test_act_is_done_with_a_proof_that_is_just_fresh_enough(name: str, cast: Cast, now: datetime) -> None:
    act, who, verb = ACTS[name]
    person = getattr(cast, who)
    verb(cast, acting(person, by_code(person, now - NEEDS[act].max_age)), now)


@pytest.mark.parametrize("name", ACTS)
def test_act_is_refused_with_a_proof_that_is_too_old(name: str, cast: Cast, now: datetime) -> None:
    act, who, verb = ACTS[name]
    person = getattr(cast, who)
    stale = by_code(person, now - NEEDS[act].max_age - timedelta(seconds=1))
    with pytest.raises(StepUpNeeded) as refused:
        verb(cast, acting(person, stale), now)
    assert refused.value.data["act"] == act


@pytest.mark.parametrize("name", ACTS)
def test_act_is_refused_with_a_password_alone(name: str, cast: Cast, now: datetime) -> None:
    _act, who, verb = ACTS[name]
    with pytest.raises(StepUpNeeded):
        verb(cast, acting(getattr(cast, who), Proven(method="password", at=now)), now)


@pytest.mark.parametrize("name", ACTS)
def test_act_is_refused_to_whom_lacks_a_factor(name: str, cast: Cast, now: datetime) -> None:
    _act, who, verb = ACTS[name]
    person = getattr(cast, who)
    Factor.objects.filter(person=person).delete()
    with pytest.raises(FactorMissing):
        verb(cast, acting(person, Proven(method="password", at=now)), now)


def test_auditor_says_something_about_a_finding_without_a_proof(cast: Cast, now: datetime) -> None:
    _finding(handling.comment, comment="x")(cast, acting(cast.auditor01, Proven(method="password", at=now)), now)
    assert TrailEntry.objects.filter(act=Act.FINDING_COMMENTED).exists()


def test_recovery_codes_are_no_factor(cast: Cast, now: datetime) -> None:
    cast.leader01.factors.all().delete()
    code = factor(cast.leader01, "recovery").code
    with pytest.raises(FactorMissing):
        _approve(cast, acting(cast.leader01, Proven(method="recovery", factor=code, at=now)), now)


def test_proof_by_a_factor_that_was_taken_away_since_is_none(cast: Cast, now: datetime) -> None:
    actor = acting(cast.leader01, by_code(cast.leader01, now))
    cast.leader01.factors.all().delete()
    factor(cast.leader01)
    with pytest.raises(StepUpNeeded):
        _approve(cast, actor, now)


def test_factor_is_looked_for_anew_in_each_act(cast: Cast, now: datetime) -> None:
    actor = replace(actor_of(cast.leader01), proven=(by_code(cast.leader01, now),), credential=COMMAND.credential)
    assert authority.has_factor(actor)
    Factor.objects.filter(person=cast.leader01).delete()
    assert authority.has_factor(actor), "as it was read"
    authority.check(actor)
    assert authority.has_factor(actor), "the portal's own are not asked"
    letting_in = replace(actor, credential=actor_of(cast.leader01, door=Door.CHAT).credential)
    authority.check(letting_in)
    assert not authority.has_factor(letting_in)


def test_engineer_needs_no_factor_for_more_time_nor_for_a_chat_account(cast: Cast, now: datetime) -> None:
    engineer = acting(cast.member01, Proven(method="password", at=now))
    _extend(cast, engineer, now)
    _make_code(cast, engineer, now)


@pytest.mark.parametrize("door", [Door.CHAT, Door.CLIENT])
def test_by_chat_and_service_nobody_is_asked_and_a_factor_is_needed(door: Door, cast: Cast, now: datetime) -> None:
    actor = replace(actor_of(cast.leader01, door=door, client="bot" if door == Door.CLIENT else ""), proven=())
    _approve(cast, actor, now)
    Factor.objects.filter(person=cast.leader02).delete()
    with pytest.raises(FactorMissing):
        _stop(cast, replace(actor_of(cast.leader02, door=door, client="bot" if door == Door.CLIENT else ""), proven=()), now)


def test_administrator_without_a_factor_asks_for_nothing_either(cast: Cast, now: datetime) -> None:
    cast.admin01.factors.all().delete()
    actor = acting(cast.admin01, Proven(method="password", at=now))
    for verb in (answering.ask, health.ask):
        with pytest.raises(FactorMissing):
            run(partial(verb, actor=actor, now=now))


def test_settings_say_otherwise(cast: Cast, now: datetime, settings: Any) -> None:
    old = acting(cast.leader01, by_code(cast.leader01, now - timedelta(minutes=20)))
    settings.STEP_UP_MINUTES = {"decision": 20}
    _approve(cast, old, now)
    settings.STEP_UP_BY_PASSKEY = ["stop"]
    with pytest.raises(StepUpNeeded) as refused:
        _stop(cast, old, now)
    assert refused.value.data["acr_values"] == "urn:sekisho:passkey"
    settings.SECOND_FACTOR_REQUIRED = False
    cast.leader02.factors.all().delete()
    run(lambda: proving.check(acting(cast.leader02, Proven(method="password", at=now)), Guarded.DECISION, now=now))


def test_person_of_a_catalogue_with_new_codes_is_seen(cast: Cast, now: datetime) -> None:
    give_codes([cast.member02])
    assert authority.has_factor(acting(cast.member02))
    assert not authority.has_factor(acting(cast.member01, Proven(method="oidc", at=now)))
    assert authority.has_factor(acting(cast.member01, Proven(method="oidc", at=now, by_provider=True))), "the provider asked"


def test_who_logs_in_at_a_provider_that_asks_for_a_factor_has_one_in_chats_too(cast: Cast, settings: Any) -> None:
    speaking, one = replace(actor_of(cast.member01, door=Door.CHAT), proven=()), oidc("company", factor={"acr": ["high"]})
    settings.LOGIN_PROVIDERS = (one,)
    assert not authority.has_factor(speaking)
    link = LinkedIdentity.objects.create(person=cast.member01, provider=one.identity, external_id="x")
    assert not authority.has_factor(speaking), "it is not verified"
    link.verified_at = READ_AT
    link.save()
    assert authority.has_factor(speaking)
    settings.LOGIN_PROVIDERS = (oidc("company"),)
    assert not authority.has_factor(speaking)


@pytest.mark.parametrize(("minutes", "most"), [({}, 5), ({"factor": 60}, 5), ({"drift": 2}, 2), ({"factor": 1}, 1)])
def test_factor_is_set_up_by_a_proof_as_fresh_as_the_strictest_act(minutes: dict[str, int], most: int, settings: Any) -> None:
    settings.STEP_UP_MINUTES = minutes
    assert proving.needs()[Guarded.FACTOR].max_age == timedelta(minutes=most)
