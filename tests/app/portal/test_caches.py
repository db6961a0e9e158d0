"""The caches hold JSON: what somebody else wrote there is never run, and nobody is kept from logging in by it."""

import base64
import os
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import redis
from django.apps import apps
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from pytest_django import Settings

from portal.caches import JsonRedisCache
from portal.settings import base
from portal.users.models import User
from tests.worlds.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
NOWHERE = "redis://127.0.0.1:1/0"
# What Python's reader would take, or would die of, is no JSON either.
UNREADABLE = ["", "{", "NaN", "-Infinity", "[" * 100_000, "gASVKgAAAAAAAAA="]
# What Django and allauth keep: counts, locks, moments of log-ins that failed, and what a device asked for.
KEPT = [
    0,
    7,
    1.5,
    True,
    None,
    "鍵",
    [1764374400.25, 1764374399.5],
    {"granted": None, "device": {"interval": 5}, "scope": ["read"]},
]


class Bomb:
    """Writes a file wherever it is unpickled."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.proof,)


@pytest.fixture(autouse=True)
def _table() -> Iterator[None]:
    """The table that the migrate step of an installation makes."""
    call_command("createcachetable", "cache", verbosity=0)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cache")


@pytest.fixture
def redis_url() -> Iterator[str]:
    url = os.environ.get("TEST_REDIS_URL")
    if not url:
        pytest.skip("TEST_REDIS_URL names no Redis.")
    yield url
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter(f"{prefix()}:*"):
            client.delete(key)


@pytest.fixture
def failed_logins(settings: Settings) -> BaseCache:
    """The cache in the database, as production has it."""
    settings.CACHES = as_in_production(NOWHERE)
    return caches["default"]


@pytest.fixture(params=["default", "calls"])
def cache(request: pytest.FixtureRequest, settings: Settings) -> BaseCache:
    settings.CACHES = as_in_production(request.getfixturevalue("redis_url") if request.param == "calls" else NOWHERE)
    return caches[request.param]


def prefix() -> str:
    return f"sekisho-tests-{os.getpid()}"


def as_in_production(redis_url: str) -> dict[str, dict[str, Any]]:
    return {alias: {**given, "KEY_PREFIX": prefix()} for alias, given in base.caches(redis_url).items()}


def forge(cache: BaseCache, key: str, text: str | bytes) -> None:
    """Write what somebody writes who can reach the place behind the cache."""
    cache.set(key, 0)
    if isinstance(cache, JsonRedisCache):
        cache._cache.get_client().set(cache.make_key(key), text)
        return
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cache SET value = %s WHERE cache_key = %s", [text, cache.make_key(key)])


def is_kept(cache: BaseCache, key: str) -> bool:
    if isinstance(cache, JsonRedisCache):
        return bool(cache._cache.get_client().exists(cache.make_key(key)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache WHERE cache_key = %s", [cache.make_key(key)])
        return bool(cursor.fetchone()[0])


def pickled(cache: BaseCache, proof: Path) -> str | bytes:
    """Return a pickle as Django's own cache would have kept it there."""
    bomb = pickle.dumps(Bomb(proof))
    return bomb if isinstance(cache, JsonRedisCache) else base64.b64encode(bomb).decode()


def test_a_pickle_does_nothing_and_is_gone(cache: BaseCache, tmp_path: Path) -> None:
    forge(cache, "forged", pickled(cache, tmp_path / "it-ran"))
    assert cache.get("forged", "a miss") == "a miss"
    assert not (tmp_path / "it-ran").exists()
    assert not is_kept(cache, "forged")


def test_the_bomb_would_work_where_pickles_are_read(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Bomb(tmp_path / "it-ran")))  # noqa: S301  Our own.
    assert (tmp_path / "it-ran").exists()


def test_a_pickle_among_the_log_ins_that_failed_neither_runs_nor_keeps_anybody_out(
    failed_logins: BaseCache, member01: User, tmp_path: Path
) -> None:
    member01.set_password(PASSWORD)
    member01.save()
    assert log_in("wrong").status_code == 200
    with connection.cursor() as cursor:
        forged = pickled(failed_logins, tmp_path / "it-ran")
        cursor.execute("UPDATE cache SET value = %s", [forged])
        assert cursor.rowcount > 0
    assert log_in("wrong too").status_code == 200
    assert not (tmp_path / "it-ran").exists()
    assert log_in(PASSWORD).status_code == 302


def test_failed_log_ins_are_counted(failed_logins: BaseCache, member01: User) -> None:
    member01.set_password(PASSWORD)
    member01.save()
    for _ in range(5):
        log_in("wrong")
    assert log_in(PASSWORD).status_code == 200, "five wrong ones within five minutes: not even the right one is taken"


def log_in(password: str) -> Any:
    return Client().post("/accounts/login/", {"login": "member01", "password": password})


@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: text[:12] or "nothing")
def test_what_is_no_json_is_a_miss_and_is_deleted(cache: BaseCache, text: str) -> None:
    forge(cache, "forged", text)
    cache.set("good", [1])
    assert cache.get_many(["forged", "good", "none"]) == {"good": [1]}
    assert not is_kept(cache, "forged")


@pytest.mark.parametrize("text", ["7", "null", "[null]", '["a"]', '"x"', "{}", "[[1]]", "[true]"])
def test_what_is_no_list_of_times_is_a_miss_where_failures_are_counted(cache: BaseCache, text: str) -> None:
    key = "allauth:rl:account:login_failed:10/60.0/ip:ip:192.0.2.1"
    forge(cache, key, text)
    assert cache.get(key, []) == []
    assert not is_kept(cache, key)
    cache.set(key, [1.5, 2])
    assert cache.get(key) == [1.5, 2]
    assert cache.add(f"{key}:lock", value=True)
    assert cache.get(f"{key}:lock") is True


def test_what_is_no_json_takes_nobodys_place(cache: BaseCache) -> None:
    for key in ("lock", "there", "count"):
        forge(cache, key, "no JSON")
    assert cache.add("lock", value=True)
    assert not cache.add("lock", value=True)
    assert not cache.has_key("there")
    with pytest.raises(ValueError, match="count"):
        cache.incr("count")
    assert not is_kept(cache, "count")


@pytest.mark.parametrize("value", KEPT, ids=repr)
def test_what_is_kept_comes_back(cache: BaseCache, value: Any) -> None:
    cache.set("key", value)
    assert cache.get("key", "a miss") == value
    assert type(cache.get("key")) is type(value)


def test_tuples_come_back_as_lists(cache: BaseCache) -> None:
    cache.set("key", (1, ("two",)))
    assert cache.get("key") == [1, ["two"]]


@pytest.mark.parametrize("value", [datetime(2026, 11, 29, tzinfo=UTC), b"bytes", {1, 2}, float("nan")], ids=repr)
def test_what_would_not_come_back_is_refused_when_it_is_written(cache: BaseCache, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        cache.set("key", value)
    assert not cache.has_key("key")


def test_a_time_that_is_over_makes_room(cache: BaseCache) -> None:
    cache.set("over", 1, timeout=-1)
    assert cache.get("over") is None
    assert cache.add("over", 2)
    assert cache.get("over") == 2
    assert cache.touch("over", 100)
    assert not cache.touch("nothing", 100)


def test_what_has_no_end_stays_and_is_counted_on(cache: BaseCache) -> None:
    cache.set("for-ever", 3, timeout=None)
    assert cache.get("for-ever") == 3
    assert cache.incr("for-ever", 2) == 5


def test_the_table_is_culled_when_it_is_full(settings: Settings) -> None:
    given = as_in_production(NOWHERE)
    given["default"]["OPTIONS"] = {"MAX_ENTRIES": 5}
    settings.CACHES = given
    for number in range(20):
        caches["default"].set(f"key{number}", number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache")
        assert cursor.fetchone()[0] <= 6


def test_the_migration_empties_the_table_and_does_without_one(failed_logins: BaseCache) -> None:
    migration = import_module("portal.users.migrations.0003_empty_cache")
    failed_logins.set("key", 1)
    with connections["default"].schema_editor() as editor:
        migration.empty(apps, editor)
    assert not is_kept(failed_logins, "key")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cache")
    with connections["default"].schema_editor() as editor:
        migration.empty(apps, editor)
    call_command("createcachetable", "cache", verbosity=0)


def test_no_pickle_is_made_or_read_by_either_cache(cache: BaseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise AssertionError("a pickle")

    for name in ("dumps", "loads", "dump", "load", "Pickler", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    cache.set_many({"one": [1], "two": {"a": 1}})
    assert cache.get_or_set("three", 3) == 3
    assert cache.get_many(["one", "two"]) == {"one": [1], "two": {"a": 1}}
    assert cache.incr("three") == 4
    assert cache.decr("three") == 3
    cache.delete_many(["one", "two", "three"])
