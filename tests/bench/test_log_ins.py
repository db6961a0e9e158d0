"""match: a hundred thousand log-ins against five thousand accesses, and a file of as many events in bounded memory."""

import gzip
import json
import os
import tracemalloc
from datetime import UTC, datetime, timedelta

from audits.cloudtrail import classes
from audits.cloudtrail.classes import Class, LoggedIn
from audits.cloudtrail.entering import Entered, Way
from audits.cloudtrail.event import Scope, parsed
from audits.cloudtrail.files import CHUNK, records
from audits.cloudtrail.leave import Leave, Window
from tests.bench.measuring import report, seconds
from tests.worlds import cloudtrail as world

ENTRIES = int(os.environ.get("BENCH_LOG_INS", "100000"))
ACCESSES = ENTRIES // 20
PEOPLE = 50
AT = datetime(2026, 11, 23, tzinfo=UTC)
# A sketch of it took less than parsing the events as JSON; memory is held against that of the whole file as text.
AS_FAST, MEMORY = 1.0, 0.05


def test_match() -> None:
    leave, entered = Leave(jump=world.JUMP, windows=windows(), people=people()), log_ins()
    found: list[Class] = []
    matching = seconds(lambda: found.extend(classes.classed(one, leave).kind for one in entered))
    texts = [json.dumps(world.switch(AT)[0])] * ENTRIES
    parsing = seconds(lambda: [json.loads(text) for text in texts])
    report("match", matching, parsing, against=f"{ENTRIES} of its events as JSON", target=AS_FAST)
    assert found.count(Class.USED) == ENTRIES // 2


def test_reading_in_bounded_memory() -> None:
    event = json.dumps(world.call(AT, began=AT))
    text = '{"Records":[' + ",".join([event] * ENTRIES) + "]}"
    body, scope = gzip.compress(text.encode(), 1), Scope(homes={world.JUMP}, roles=frozenset({world.ROLE}))
    whole = len(text)
    del text
    chunks = [body[first : first + CHUNK] for first in range(0, len(body), CHUNK)]
    tracemalloc.start()
    read = sum(parsed(raw, scope) is not None for raw in records(chunks))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Bytes stand in the place of milliseconds.
    report("match_memory", most / 1000, whole / 1000, against="bytes of the file as text", target=MEMORY * 100_000 / ENTRIES)
    assert read == ENTRIES


def windows() -> list[Window]:
    """Return accesses of an hour each, one after the other, of many people in turns."""
    return [
        Window(
            elevation=f"E-{number}",
            person=f"person{number % PEOPLE}",
            user=f"AIDA{number % PEOPLE}",
            starts_at=AT + timedelta(hours=number),
            ends_at=AT + timedelta(hours=number + 1),
            roles=frozenset({(world.ROLE, world.ROLE_ID)}),
        )
        for number in range(ACCESSES)
    ]


def people() -> dict[str, str]:
    return {f"AIDA{number}": f"person{number}" for number in range(PEOPLE)}


def log_ins() -> list[LoggedIn]:
    """Return log-ins of whoever's access it is, and, every other time, of the next person."""
    return [_log_in(number) for number in range(ENTRIES)]


def _log_in(number: int) -> LoggedIn:
    access = number % ACCESSES
    user = f"AIDA{(access + number // ACCESSES % 2) % PEOPLE}"
    entered = Entered(way=Way.CLI, account=world.PRODUCTION, role=world.ROLE, role_id=world.ROLE_ID, principal_id=user)
    return LoggedIn(
        entered=entered, at=AT + timedelta(hours=access, minutes=30), last_call=AT + timedelta(hours=access, minutes=40)
    )
