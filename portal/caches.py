"""Django's caches in the database and in Redis, whose values are JSON.

Django's own write pickles, and reading a pickle runs whatever code it names: whoever can write one row of the cache would be the
web process at the next log-in that fails. Reading JSON runs nothing. What is no JSON is a miss, and is deleted.

Values are what JSON knows: text, numbers, lists, and mappings whose names are text. A tuple comes back as a list; a moment or an
object of a class is refused when it is written (TypeError), not when it is read.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import connections, router
from django.utils import timezone
from redis.exceptions import ResponseError

# What is no JSON, or so deep that it cannot be read.
UNREADABLE = (ValueError, RecursionError)
# Under which allauth counts what failed, by its times; the lock beside it is another kind.
LIST_OF_TIMES = re.compile(r":allauth:rl:(?!.*:lock$)")
# The table of createcachetable is no model. An expired row is one that is not there: `add` may take its place.
READ = "SELECT cache_key, CASE WHEN expires > %s THEN value END FROM {table} WHERE cache_key IN ({places})"
KEEP = """
INSERT INTO {table} AS kept (cache_key, value, expires) VALUES (%(key)s, %(value)s, %(expires)s)
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""
WRITE: Mapping[str, str] = {
    "set": KEEP,
    "add": f"{KEEP} WHERE kept.expires <= %(now)s",
    "touch": "UPDATE {table} SET expires = %(expires)s WHERE cache_key = %(key)s",
}


def written(value: Any) -> str:
    """Return the value as JSON. Raises TypeError and ValueError: it would not come back."""
    return json.dumps(value, allow_nan=False)


def _as_expected(key: str, value: Any) -> Any:
    """Return the value. Raises ValueError where whoever reads this key could not go on with it."""
    if LIST_OF_TIMES.search(key) and not (isinstance(value, list) and all(type(one) in (int, float) for one in value)):
        raise ValueError(f"{key} holds no times")
    return value


def readable(kept: Iterable[tuple[str, str | bytes | None]]) -> tuple[dict[str, Any], list[str]]:
    """Return the values by key, and the keys of what cannot be read."""
    values, unreadable = {}, []
    for key, text in kept:
        try:
            values[key] = _as_expected(key, json.loads(text or "", parse_constant=_no_number))
        except UNREADABLE:
            unreadable.append(key)
    return values, unreadable


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


class _OnlyReadable(BaseCache):
    """What cannot be read is not there for `add` and `in` either, nor does it keep a lock taken for ever."""

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return BaseCache.has_key(self, key, version)

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if super().add(key, value, timeout, version):
            return True
        return not self.has_key(key, version) and super().add(key, value, timeout, version)


class JsonDatabaseCache(_OnlyReadable, DatabaseCache):
    """Each write is one statement, so that of two processes that add at once one is told no."""

    _table: str

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        asked = {self.make_and_validate_key(key, version=version): key for key in keys}
        values, unreadable = readable(self._kept(list(asked)))
        self._base_delete_many(unreadable)  # type: ignore[attr-defined]  # The stubs leave out what is private.
        return {asked[key]: value for key, value in values.items()}

    def _kept(self, keys: list[str]) -> list[tuple[str, str | None]]:
        """Return key and text of the rows, without the text of those whose time is over."""
        if not keys:
            return []
        connection = connections[router.db_for_read(self.cache_model_class)]
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        places = ", ".join(["%s"] * len(keys))
        with connection.cursor() as cursor:
            cursor.execute(READ.format(table=connection.ops.quote_name(self._table), places=places), [now, *keys])
            rows: list[tuple[str, str | None]] = cursor.fetchall()
        return rows

    def _base_set(self, mode: str, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT) -> bool:
        """Write as `mode` says; return whether a row was written."""
        db, now = router.db_for_write(self.cache_model_class), timezone.now()
        operations = connections[db].ops
        moments = {"now": now, "expires": self._expires(timeout)}
        row = {name: operations.adapt_datetimefield_value(moment) for name, moment in moments.items()}
        with connections[db].cursor() as cursor:
            self._make_room(db, cursor, now)
            statement = WRITE[mode].format(table=operations.quote_name(self._table))
            cursor.execute(statement, {**row, "key": key, "value": written(value)})
            return bool(cursor.rowcount > 0)

    def _expires(self, timeout: float | None) -> datetime:
        ends = self.get_backend_timeout(timeout)
        return datetime.max.replace(microsecond=0, tzinfo=UTC) if ends is None else datetime.fromtimestamp(ends, tz=UTC)

    def _make_room(self, db: str, cursor: Any, now: datetime) -> None:
        table = connections[db].ops.quote_name(self._table)
        cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608  The table's own name.
        count = cursor.fetchone()[0]
        if count > self._max_entries:
            self._cull(db, cursor, now, count)  # type: ignore[attr-defined]  # The stubs leave out what is private.


class JsonSerializer:
    """As Django's client of Redis asks for it. Numbers stay numbers, so that Redis can count."""

    def dumps(self, value: Any) -> str:
        return written(value)

    def loads(self, text: bytes) -> Any:
        return json.loads(text, parse_constant=_no_number)


class JsonRedisClient(RedisCacheClient):
    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **{**options, "serializer": JsonSerializer})

    def get(self, key: Any, default: Any) -> Any:
        return self.get_many([key]).get(key, default)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        asked = list(keys)
        kept = zip(asked, self.get_client(None).mget(asked), strict=True)
        values, unreadable = readable((key, text) for key, text in kept if text is not None)
        if unreadable:
            self.delete_many(unreadable)
        return values

    def incr(self, key: Any, delta: int) -> int:
        """Raises ValueError where there is no number to add to, as for a key that is not there."""
        try:
            return int(super().incr(key, delta))
        except ResponseError as error:
            self.delete(key)
            raise ValueError(f"{key} is no number") from error


class JsonRedisCache(_OnlyReadable, RedisCache):
    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = JsonRedisClient
