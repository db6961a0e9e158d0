"""A call with an Idempotency-Key happens once."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.core.cache import caches
from redis.exceptions import ConnectionError as RedisConnectionError

from access_requests.models import AccessRequest
from portal.users.models import User
from portal.verbs.models import IdempotentAnswer
from tests.stand_ins.bots import ASK, COMMENT, Bot, read, refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_same_call_gets_the_same_answer_and_has_one_effect(bot: Bot, member01: User) -> None:
    first, again = (bot.post("/requests", ASK, for_person=member01, idempotency_key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert AccessRequest.objects.count() == 1


def test_answer_is_the_first_one_though_the_state_has_moved_on(bot: Bot, member01: User) -> None:
    first = bot.post("/requests", ASK, for_person=member01, idempotency_key="k1")
    bot.post(f"/requests/{read(first)['id']}/withdraw", for_person=member01)
    assert bot.post("/requests", ASK, for_person=member01, idempotency_key="k1").content == first.content


def test_texts_are_not_kept_with_the_answer_and_are_there_again_in_it(bot: Bot, member01: User) -> None:
    texts = {"reason": "理由 🧭", "impact": "影響 🔥", "plan": '計画 "🔧"\n2.', "way_back": "戻し 🔙"}
    first = bot.post("/requests", {**ASK, **texts}, for_person=member01, idempotency_key="k1")
    path = f"/requests/{read(first)['id']}"
    shown = bot.get(path, for_person=member01)
    withdrawn = bot.post(f"{path}/withdraw", for_person=member01, idempotency_key="k2")
    again = bot.post("/requests", {**ASK, **texts}, for_person=member01, idempotency_key="k1")
    assert first.content == shown.content == again.content
    assert texts.items() <= read(withdrawn).items()
    kept = str(list(IdempotentAnswer.objects.values_list("answer", flat=True)))
    assert not [text for text in ("理由", "影響", "計画", "戻し") if text in kept]


def test_answer_that_was_kept_whole_is_given_as_it_is(bot: Bot, member01: User) -> None:
    first = bot.post("/requests", ASK, for_person=member01, idempotency_key="k1")
    IdempotentAnswer.objects.update(answer=first.content.decode().replace(str(ASK["reason"]), "as it was kept"))
    again = bot.post("/requests", ASK, for_person=member01, idempotency_key="k1")
    assert read(again) == {**read(first), "reason": "as it was kept"}


def test_same_key_with_another_body_or_path_is_refused(bot: Bot, member01: User) -> None:
    code = read(bot.post("/requests", ASK, for_person=member01, idempotency_key="k1"))["id"]
    other = {**ASK, "reason": "Something else"}
    refused(bot.post("/requests", other, for_person=member01, idempotency_key="k1"), 422, "idempotency_key_reused")
    path = f"/requests/{code}/withdraw"
    refused(bot.post(path, for_person=member01, idempotency_key="k1"), 422, "idempotency_key_reused")
    assert AccessRequest.objects.get().status == "pending"


TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
IN_WORDS = {**ASK, "reason": "索引を作り直す"}
SAME = [
    (json.dumps(ASK), json.dumps(dict(reversed(ASK.items())), indent=3)),
    (json.dumps(IN_WORDS), json.dumps(IN_WORDS, ensure_ascii=False)),
    tuple(json.dumps({**ASK, "starts_at": TOMORROW.astimezone(ZoneInfo(zone)).isoformat()}) for zone in ("UTC", "Asia/Tokyo")),
]


@pytest.mark.parametrize("texts", SAME, ids=["order and white space", "escapes", "time zones"])
def test_what_means_the_same_is_the_same_call(bot: Bot, member01: User, texts: tuple[str, str]) -> None:
    assert texts[0] != texts[1]
    first, again = (bot.post("/requests", text.encode(), for_person=member01, idempotency_key="k1") for text in texts)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert AccessRequest.objects.count() == 1


def test_field_that_is_left_out_is_not_one_that_is_empty(bot: Bot, member01: User) -> None:
    bot.post("/requests", ASK, for_person=member01, idempotency_key="k1")
    empty = {**ASK, "plan": ""}
    refused(bot.post("/requests", empty, for_person=member01, idempotency_key="k1"), 422, "idempotency_key_reused")


def test_key_is_of_one_client_and_one_person(bot: Bot, pager: Bot, member01: User, member02: User) -> None:
    mine = read(bot.post("/requests", ASK, for_person=member01, idempotency_key="k1"))["id"]
    theirs = read(bot.post("/requests", ASK, for_person=member02, idempotency_key="k1"))["id"]
    assert mine != theirs
    refused(pager.post("/requests", ASK, for_person=member01, idempotency_key="k1"), 409, "already_pending")


def test_refusal_is_not_stored(bot: Bot, member01: User) -> None:
    blocking = read(bot.post("/requests", ASK, for_person=member01))["id"]
    refused(bot.post("/requests", ASK, for_person=member01, idempotency_key="k1"), 409, "already_pending")
    assert not IdempotentAnswer.objects.exists()
    bot.post(f"/requests/{blocking}/withdraw", for_person=member01)
    assert bot.post("/requests", ASK, for_person=member01, idempotency_key="k1").status_code == 201


def test_repeated_decision_with_its_key_is_no_second_decision(bot: Bot, pager: Bot, member01: User, leader01: User) -> None:
    path = f"/requests/{read(bot.post('/requests', ASK, for_person=member01))['id']}/approve"
    first, again = (pager.post(path, COMMENT, for_person=leader01, idempotency_key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    refused(pager.post(path, COMMENT, for_person=leader01, idempotency_key="k2"), 409, "already_decided")


@pytest.mark.parametrize("key", [" ", "a b", "k" * 256, "キー", "a\x00"])
def test_key_that_cannot_be_used_is_refused(bot: Bot, member01: User, key: str) -> None:
    refused(bot.post("/requests", ASK, for_person=member01, idempotency_key=key), 422, "idempotency_key_unusable")
    assert not AccessRequest.objects.exists()


def test_client_that_calls_too_often_is_told_how_long_to_wait(bot: Bot, pager: Bot, settings: LazySettings) -> None:
    settings.API_CLIENT_CALLS_PER_MINUTE = 0
    response = bot.get("/me")
    refused(response, 429, "too_many_calls")
    assert 1 <= int(response["Retry-After"]) <= 60


def test_person_is_counted_through_all_clients_together(
    bot: Bot, pager: Bot, member01: User, member02: User, settings: LazySettings
) -> None:
    settings.API_PERSON_CALLS_PER_MINUTE = 2
    statuses = [each.get("/me", for_person=member01).status_code for each in (bot, pager) * 3]
    # A minute of the clock may have turned in between.
    assert 429 in statuses[2:]
    assert bot.get("/me", for_person=member02).status_code == 200
    assert bot.get("/me").status_code == 200


def test_calls_go_on_uncounted_while_the_cache_is_down(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object, **__: object) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(caches["calls"], "incr", down)
    assert bot.get("/me").status_code == 200


def test_person_who_asks_too_often_is_told_how_long_to_wait_whoever_carries_it(
    bot: Bot, pager: Bot, member01: User, settings: LazySettings
) -> None:
    settings.PERSON_REQUESTS_PER_HOUR = 1
    bot.post("/requests", ASK, for_person=member01)
    response = pager.post("/requests", ASK, for_person=member01)
    problem = refused(response, 429, "too_many_submissions")
    assert 3590 <= int(response["Retry-After"]) == problem["data"]["seconds"] <= 3600


def test_call_that_was_made_already_is_answered_though_no_other_could_be_made(
    bot: Bot, member01: User, settings: LazySettings
) -> None:
    first = bot.post("/requests", ASK, for_person=member01, idempotency_key="k1")
    settings.PERSON_PENDING_REQUESTS = settings.PERSON_REQUESTS_PER_HOUR = 1
    again = bot.post("/requests", ASK, for_person=member01, idempotency_key="k1")
    assert (again.status_code, again.content) == (201, first.content)
