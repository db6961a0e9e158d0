"""What CloudTrail remembers: who called what, when, from where, and what came of it; and where it delivers that.

In memory, or in a file that outlives the process (`keep_in`), without which a restart would leave an account full of gaps.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# How long an event may be looked up; what is older is in the trail's files.
LOOKED_UP = timedelta(days=90)
# Files are delivered at these moments, with what happened since the one before.
SLOT = timedelta(minutes=5)
_TABLES = """
    CREATE TABLE IF NOT EXISTS event (
        number INTEGER PRIMARY KEY, at TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
        source TEXT NOT NULL, user TEXT NOT NULL, key TEXT NOT NULL, is_read TEXT NOT NULL, id TEXT NOT NULL,
        resources TEXT NOT NULL, seen_at TEXT NOT NULL, delivered_at TEXT NOT NULL, fate TEXT NOT NULL, record BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS looked_up ON event (account, region, at, number);
    CREATE INDEX IF NOT EXISTS delivered ON event (account, region, delivered_at, number);
    CREATE TABLE IF NOT EXISTS kept (kind TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, name));
"""
_COLUMNS = {
    "EventId": "id",
    "EventName": "name",
    "ReadOnly": "is_read",
    "Username": "user",
    "EventSource": "source",
    "AccessKeyId": "key",
}
_IN_RESOURCES = {
    "ResourceType": "EXISTS (SELECT 1 FROM json_each(resources) WHERE json_extract(value, '$[0]') = ?)",
    "ResourceName": "EXISTS (SELECT 1 FROM json_each(resources) WHERE json_extract(value, '$[1]') = ?)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of one account. `record` is what the field CloudTrailEvent says, as JSON.

    `late` is how much later than AWS is wont to it is seen and delivered; `fate` is what becomes of the file that it is in. It is
    delivered after it was written, so that what has been delivered never becomes more.
    """

    number: int = 0
    at: datetime
    account_id: str
    region: str
    name: str
    source: str
    user_name: str | None
    key_id: str | None
    is_read: bool
    resources: tuple[tuple[str, str], ...] = ()  # Type and name.
    record: Mapping[str, Any]
    written_at: datetime | None = None
    late: timedelta = timedelta()
    fate: str = ""

    @property
    def id(self) -> str:
        return str(self.record["eventID"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What LookupEvents asks. `after` is the time and the number of the last event of the page before."""

    account_id: str
    region: str
    now: datetime
    since: datetime | None
    until: datetime | None
    attribute: tuple[str, str] | None
    after: tuple[datetime, int] | None


class _Store:
    def __init__(self) -> None:
        self.connection = _opened(":memory:")
        self.path: Path | None = None


def _opened(path: str) -> sqlite3.Connection:
    """Calls come one at a time, from whichever thread. What was written last is lost with the machine, not with the process."""
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {_TABLES}")
    return connection


_store = _Store()


def keep_in(path: Path) -> None:
    """Keep everything in this file from now on, with what is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _store.connection.close()
    _store.connection, _store.path = _opened(str(path)), path


def outlives() -> bool:
    return _store.path is not None


def add(event: Event) -> None:
    seen = event.at + event.late
    delivered_at = slot_after(max(seen, event.written_at or seen))
    row = (
        *(_text(event.at), event.account_id, event.region, event.name, event.source, event.user_name or "", event.key_id or ""),
        *(str(event.is_read).lower(), event.id, json.dumps(event.resources), _text(seen), _text(delivered_at), event.fate),
        zlib.compress(json.dumps(event.record, ensure_ascii=False).encode(), 1),
    )
    columns = "at, account, region, name, source, user, key, is_read, id, resources, seen_at, delivered_at, fate, record"
    _store.connection.execute(f"INSERT INTO event ({columns}) VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608  Our own names.


def slot_after(moment: datetime) -> datetime:
    """Return when what happens at a moment is delivered."""
    return moment - timedelta(seconds=moment.timestamp() % SLOT.total_seconds()) + SLOT


def search(wanted: Search, *, most: int) -> list[Event]:
    """Return the events that are asked for, newest first, by their order where the time is the same."""
    oldest = max(filter(None, (wanted.since, wanted.now - LOOKED_UP)))
    where = ["account = ?", "region = ?", "seen_at <= ?", "at >= ?"]
    values: list[Any] = [wanted.account_id, wanted.region, _text(wanted.now), _text(oldest)]
    if wanted.until:
        where, values = [*where, "at <= ?"], [*values, _text(wanted.until)]
    if wanted.after:
        where, values = [*where, "(at, number) < (?, ?)"], [*values, _text(wanted.after[0]), wanted.after[1]]
    if wanted.attribute:
        key, value = wanted.attribute
        where, values = [*where, _matching(key)], [*values, value]
    return list(_selected(f"WHERE {' AND '.join(where)} ORDER BY at DESC, number DESC LIMIT ?", [*values, most]))


def delivered(account_id: str, region: str, *, after: datetime, until: datetime, above: int) -> Iterator[tuple[datetime, Event]]:
    """Yield what is delivered from one moment to another, with when; and what came since that should have been before.

    `above` is the number of the last event that was there at the moment before.
    """
    values: list[Any] = [account_id, region, _text(until), _text(after), above]
    where = "account = ? AND region = ? AND delivered_at <= ? AND (delivered_at > ? OR number > ?)"
    for row, event in _rows(f"WHERE {where} ORDER BY delivered_at, number", values):
        yield datetime.fromisoformat(row["delivered_at"]), event


def newest_number() -> int:
    (found,) = _store.connection.execute("SELECT COALESCE(MAX(number), 0) FROM event").fetchone()
    return int(found)


def note(kind: str, name: str, body: Mapping[str, Any] | None) -> None:
    """Keep something else of CloudTrail's under a kind and a name, or drop it."""
    if body is None:
        _store.connection.execute("DELETE FROM kept WHERE kind = ? AND name = ?", (kind, name))
    else:
        _store.connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (kind, name, json.dumps(body)))


def noted(kind: str) -> dict[str, Any]:
    """Return what is kept of a kind, by its name."""
    found = _store.connection.execute("SELECT name, body FROM kept WHERE kind = ? ORDER BY rowid", (kind,))
    return {name: json.loads(body) for name, body in found}


def forget_all() -> None:
    _store.connection.executescript("DELETE FROM event; DELETE FROM kept;")


def _matching(key: str) -> str:
    if key in _IN_RESOURCES:
        return _IN_RESOURCES[key]
    return f"{_COLUMNS[key]} = ?"


def _selected(query: str, values: list[Any]) -> Iterator[Event]:
    return (event for _, event in _rows(query, values))


def _rows(query: str, values: list[Any]) -> Iterator[tuple[sqlite3.Row, Event]]:
    cursor = _store.connection.cursor()
    cursor.row_factory = sqlite3.Row
    for row in cursor.execute(f"SELECT * FROM event {query}", values):  # noqa: S608  Values are bound.
        yield row, _event(row)


def _event(row: sqlite3.Row) -> Event:
    return Event(
        number=row["number"],
        at=datetime.fromisoformat(row["at"]),
        account_id=row["account"],
        region=row["region"],
        name=row["name"],
        source=row["source"],
        user_name=row["user"] or None,
        key_id=row["key"] or None,
        is_read=row["is_read"] == "true",
        resources=tuple((kind, name) for kind, name in json.loads(row["resources"])),
        record=json.loads(zlib.decompress(row["record"])),
        fate=row["fate"],
    )


def _text(moment: datetime) -> str:
    """Return a moment in a form that sorts like the time it names."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
