"""Second factors: enrolled with an entry of the trail, taken once as a proof, and taken away."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from access_requests.errors import PasskeyCopied
from access_requests.services.people.factors import enrolling, using
from access_requests.services.people.factors.factor_errors import CodeWrong, FactorUnreadable, PasskeyRefused
from access_requests.services.people.log_ins import Place
from audits.models import TrailEntry
from portal.passkeys import Asserted, Registered
from portal.users.models import Factor, User
from portal.verbs.rejections import NotFound
from portal.verbs.run import run
from tests.stand_ins.authenticators import Authenticator as Passkey
from tests.worlds.cast import actor_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = timedelta(seconds=30)
HERE = Place(address="192.0.2.7", user_agent="a browser")


def code_at(moment: datetime, secret: str = SECRET) -> str:
    return str(format_hotp_value(hotp_value(secret, int(moment.timestamp()) // 30)))


@pytest.fixture(autouse=True)
def _nobody_has_one(without_factors: None) -> None:
    pass


def totp(person: User, now: datetime, secret: str = SECRET) -> Factor:
    add = partial(enrolling.add_totp, person=person, secret=secret, code=code_at(now, secret), name="phone")
    return run(lambda: add(actor=actor_of(person), now=now))


def passkey(person: User, now: datetime, *, counter: int = 1, known_as: str = "", made_by: Passkey | None = None) -> Factor:
    one = made_by or Passkey()
    said = Registered(
        credential_id=known_as or one.credential_id,
        public_key=one.public_key,
        sign_count=counter,
        user_verified=True,
        aaguid="00000000-0000-0000-0000-000000000000",
    )
    return run(lambda: enrolling.add_passkey(person=person, registered=said, name="laptop", actor=actor_of(person), now=now))


def take(person: User, code: str, now: datetime) -> Factor:
    return run(lambda: using.take_code(person=person, code=code, place=HERE, now=now))


def recovery(person: User, now: datetime) -> list[str]:
    return run(lambda: enrolling.make_recovery_codes(person=person, actor=actor_of(person), now=now))


def entries(act: str) -> list[TrailEntry]:
    return list(TrailEntry.objects.filter(act=act).order_by("pk"))


def test_one_time_codes_are_sealed_and_said_in_the_trail_without_their_secret(leader01: User, now: datetime) -> None:
    factor = totp(leader01, now)
    (entry,) = entries("factor.added")
    assert (entry.subject, entry.actor) == ("person:leader01", "leader01")
    nothing = dict.fromkeys(("credential_id", "public_key", "sign_count", "user_verified", "aaguid"))
    # A name may tell of the person: the entry holds what commits to it.
    assert entry.data["factor"].pop("name").keys() == {"commitment"}
    assert entry.data["factor"] == {"id": factor.code, "kind": "totp", **nothing}
    kept = Authenticator.objects.get(user=leader01).data["secret"]
    assert SECRET not in kept
    assert SECRET not in str(entry.data)


def test_secret_sealed_by_another_key_is_opened_by_none(leader01: User, now: datetime, settings: LazySettings) -> None:
    totp(leader01, now)
    before, settings.FACTOR_KEYS = settings.FACTOR_KEYS, ["another key" * 4]
    with pytest.raises(FactorUnreadable):
        take(leader01, code_at(now + STEP), now + STEP)
    settings.FACTOR_KEYS = ["another key" * 4, *before]
    assert take(leader01, code_at(now + STEP), now + STEP).kind == "totp"
    settings.FACTOR_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="FACTOR_KEY"):
        take(leader01, code_at(now + 2 * STEP), now + 2 * STEP)


def test_secret_in_clear_is_not_taken_for_a_sealed_one(leader01: User, now: datetime) -> None:
    totp(leader01, now)
    Authenticator.objects.filter(user=leader01).update(data={"secret": SECRET})
    with pytest.raises(FactorUnreadable):
        take(leader01, code_at(now + STEP), now + STEP)


def test_wrong_code_sets_up_nothing(leader01: User, now: datetime) -> None:
    with pytest.raises(CodeWrong):
        run(lambda: enrolling.add_totp(person=leader01, secret=SECRET, code="000000", name="", actor=actor_of(leader01), now=now))
    assert not Factor.objects.filter(person=leader01).exists()
    assert not entries("factor.added")


def test_code_that_set_it_up_lets_nobody_in(leader01: User, now: datetime) -> None:
    totp(leader01, now)
    with pytest.raises(CodeWrong):
        take(leader01, code_at(now), now)


def test_code_is_taken_once_in_its_step_and_none_before_it(leader01: User, now: datetime) -> None:
    totp(leader01, now)
    later = now + 4 * STEP
    take(leader01, code_at(later), later)
    for code in (code_at(later), code_at(later - STEP)):
        with pytest.raises(CodeWrong):
            take(leader01, code, later + timedelta(seconds=5))
    assert take(leader01, code_at(later + STEP), later + STEP).last_used_at is not None


@pytest.mark.parametrize(("off", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clock_may_be_wrong_by_one_step(off: int, is_taken: bool, leader01: User, now: datetime) -> None:  # noqa: FBT001
    totp(leader01, now)
    later = now + 10 * STEP
    code = code_at(later + off * STEP)
    if is_taken:
        assert take(leader01, code, later).kind == "totp"
    else:
        with pytest.raises(CodeWrong):
            take(leader01, code, later)


def test_code_may_be_typed_wide_and_in_groups(leader01: User, now: datetime) -> None:
    totp(leader01, now)
    later = now + 3 * STEP
    wide = code_at(later).translate({ord(str(n)): 0xFF10 + n for n in range(10)})
    assert take(leader01, f" {wide[:3]} {wide[3:]}", later).kind == "totp"


def test_another_persons_code_is_wrong(leader01: User, leader02: User, now: datetime) -> None:
    totp(leader01, now)
    totp(leader02, now, "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    with pytest.raises(CodeWrong):
        take(leader02, code_at(now + STEP), now + STEP)


def test_new_codes_take_the_place_of_the_old(leader01: User, now: datetime) -> None:
    old, new = totp(leader01, now), totp(leader01, now + STEP, "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    assert [factor.code for factor in Factor.objects.filter(person=leader01)] == [new.code]
    assert entries("factor.removed")[0].data["factor"]["id"] == old.code
    with pytest.raises(CodeWrong):
        take(leader01, code_at(now + 3 * STEP), now + 3 * STEP)


def test_recovery_code_is_taken_once_and_told(leader01: User, now: datetime) -> None:
    totp(leader01, now)
    codes = recovery(leader01, now)
    assert len(set(codes)) == 10
    assert take(leader01, codes[3], now).kind == "recovery"
    with pytest.raises(CodeWrong):
        take(leader01, codes[3], now)
    assert take(leader01, codes[4], now).kind == "recovery"
    first, second = entries("factor.recovery_used")
    assert (first.data["left"], second.data["left"]) == (9, 8)


def test_recovery_codes_stand_in_for_something(leader01: User, now: datetime) -> None:
    with pytest.raises(NotFound):
        recovery(leader01, now)


def test_new_recovery_codes_end_the_old(leader01: User, now: datetime) -> None:
    totp(leader01, now)
    (old, *_), (new, *_) = recovery(leader01, now), recovery(leader01, now)
    with pytest.raises(CodeWrong):
        take(leader01, old, now)
    assert take(leader01, new, now).kind == "recovery"


def test_passkey_is_in_the_trail_with_all_that_verifies_it(leader01: User, now: datetime) -> None:
    factor = passkey(leader01, now, counter=7)
    said = entries("factor.added")[0].data["factor"]
    assert (said["credential_id"], said["public_key"]) == (factor.credential_id, factor.public_key)
    assert (said["id"], said["kind"], said["sign_count"], said["user_verified"]) == (factor.code, "passkey", 7, True)


def test_passkey_belongs_to_one_person(leader01: User, leader02: User, now: datetime) -> None:
    passkey(leader01, now, known_as="shared")
    with pytest.raises(PasskeyRefused):
        passkey(leader02, now, known_as="shared")
    assert not Authenticator.objects.filter(user=leader02).exists()


def test_passkey_whose_count_has_not_grown_is_refused_and_told(leader01: User, now: datetime) -> None:
    factor = passkey(leader01, now, counter=5)

    def proven(count: int) -> Factor:
        asserted = Asserted(credential_id=factor.credential_id, sign_count=count)
        return run(lambda: using.take_passkey(person=leader01, asserted=asserted, now=now))

    assert proven(6).sign_count == 6
    for count in (6, 5, 0):
        with pytest.raises(PasskeyCopied) as refusal:
            proven(count)
    using.record_copied(refusal.value, person=leader01, place=HERE, now=now)
    (entry,) = entries("factor.cloned")
    assert (entry.data["known"], entry.data["said"], entry.data["factor"]["id"]) == (6, 0, factor.code)
    assert Factor.objects.get(pk=factor.pk).sign_count == 6


def test_last_factor_takes_the_recovery_codes_along(leader01: User, now: datetime) -> None:
    first, second = totp(leader01, now), passkey(leader01, now)
    recovery(leader01, now)
    for factor, left in ((first, {"passkey", "recovery"}), (second, set())):
        run(lambda factor=factor: enrolling.remove(person=leader01, code=factor.code, actor=actor_of(leader01), now=now))  # type: ignore[misc]
        assert set(Factor.objects.filter(person=leader01).values_list("kind", flat=True)) == left
    assert [entry.data["factor"]["kind"] for entry in entries("factor.removed")] == ["totp", "passkey", "recovery"]
    assert not Authenticator.objects.filter(user=leader01).exists()


def test_nobody_removes_what_is_somebody_elses(leader01: User, leader02: User, now: datetime) -> None:
    theirs = passkey(leader02, now)
    with pytest.raises(NotFound):
        run(lambda: enrolling.remove(person=leader01, code=theirs.code, actor=actor_of(leader01), now=now))
    assert Factor.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_seal_copied_from_somebody_else_is_opened_by_none(kind: str, leader01: User, leader02: User, now: datetime) -> None:
    for person, secret in ((leader01, SECRET), (leader02, "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")):
        totp(person, now, secret)
    recovery(leader01, now)
    codes = {"totp": code_at(now + STEP), "recovery": recovery(leader02, now)[0]}
    taken = recovery(leader01, now)[0] if kind == "recovery" else codes["totp"]
    theirs, lead = (person.factors.get(kind=kind).authenticator for person in (leader01, leader02))
    Authenticator.objects.filter(pk=lead.pk).update(data=theirs.data)
    with pytest.raises(FactorUnreadable):
        take(leader02, taken, now + STEP)
