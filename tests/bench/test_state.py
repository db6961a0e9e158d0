"""State at an instant: what one person could do, with a million entries of the trail behind it against a hundred thousand.

Catalogue, clients and drift come and go all along, as people's accesses do: of these there is ten times as much, too.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from access_requests.lifecycle import ElevationStatus
from audits import could_do, selectors
from audits.acts import LATEST, Act
from audits.could_do import Question
from audits.models import Stay, TrailEntry
from audits.stays import hours_of
from portal.verbs.run import run
from tests.bench.measuring import CALLS, WARM_UP, report, report_p50, seconds
from tests.emptying import trail_unguarded
from tests.worlds.cast import Cast
from tests.worlds.told import write_down

pytestmark = pytest.mark.django_db(transaction=True)
MANY = int(os.environ.get("BENCH_ENTRIES", "1000000"))
FEW = MANY // 10
GROWTH, LONGEST = 1.3, 1.0
BATCH = 5_000
AT, EVERY, INSIDE = datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=10), timedelta(minutes=30)
# Of each hundred entries one is of the catalogue or of a client, one of drift, and the others are of accesses.
BLOCK, OF_ACCESS = 100, 98
PEOPLE, THINGS, OPEN = 200, 40, 5
ENTRIES_AGAIN = """
INSERT INTO audits_trailentry (at, act, actor, on_behalf_of, subject, schema_version, data)
SELECT at + %(later)s, act, actor, on_behalf_of,
       CASE WHEN subject LIKE 'E-%%' OR subject LIKE 'D-%%' THEN subject || %(suffix)s ELSE subject END, schema_version, data
FROM audits_trailentry WHERE id BETWEEN %(first)s AND %(last)s AND subject <> ALL(%(open)s) ORDER BY id
"""
STAYS_AGAIN = """
INSERT INTO audits_stay (subject, granting_at, active_at, ended_at, hours)
SELECT subject || %(suffix)s, granting_at + %(later)s, active_at + %(later)s, ended_at + %(later)s, hours
FROM audits_stay WHERE id <= %(last_stay)s
"""
STEPS = (
    *((Act.ELEVATION_GRANTING, ElevationStatus.GRANTING, timedelta(0)), (Act.ELEVATION_ACTIVE, ElevationStatus.ACTIVE, EVERY)),
    (Act.ELEVATION_EVALUATED, ElevationStatus.ACTIVE, 2 * EVERY),
    (Act.ELEVATION_REVOKING, ElevationStatus.REVOKING, INSIDE),
    (Act.ELEVATION_ENDED, ElevationStatus.ENDED, INSIDE + EVERY),
)


def test_state(cast: Cast) -> None:
    run(lambda: write_down(now=AT - timedelta(days=1)))
    with trail_unguarded():
        _write(FEW)
    last = selectors.last_id()
    few = {name: _times(call) for name, call in _calls(cast, FEW).items()}
    with trail_unguarded():
        _multiply(MANY // FEW, last)
    for name, call in _calls(cast, MANY).items():
        took = _times(call)
        report_p50(f"state_{name}", took, few[name], against=f"the same with {FEW} entries", target=GROWTH)
        report(f"state_{name}_at_all", median(took), LONGEST, against="a second", target=1.0)


def _write(count: int) -> None:
    """Write so many entries, and the stays that the trail's trigger would give."""
    for begin in range(0, count, BATCH):
        entries = TrailEntry.objects.bulk_create(_entry(number) for number in range(begin, min(begin + BATCH, count)))
        Stay.objects.bulk_create(_stay(entry) for entry in entries if entry.act == Act.ELEVATION_GRANTING)
    _settle()


def _multiply(times: int, last: int) -> None:
    """Have the same happen again and again to other accesses and by other drift: by the database, since a million take long.

    What stays open is not multiplied.
    """
    last_stay = Stay.objects.order_by("pk").values_list("pk", flat=True).last()
    said: dict[str, Any] = {
        "first": last - FEW + 1,
        "last": last,
        "last_stay": last_stay,
        "open": [f"D-{number:08}" for number in range(OPEN)],
    }
    with connection.cursor() as cursor:
        for number in range(1, times):
            again = {**said, "later": EVERY * FEW * number, "suffix": f"-{number}"}
            cursor.execute(ENTRIES_AGAIN, again)
            cursor.execute(STAYS_AGAIN, again)
    _settle()


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _stay(entry: TrailEntry) -> Stay:
    times = {"granting_at": entry.at, "active_at": entry.at + EVERY, "ended_at": entry.at + INSIDE + EVERY}
    return Stay(subject=entry.subject, hours=hours_of(INSIDE + EVERY), **times)


def _entry(number: int) -> TrailEntry:
    block, place = divmod(number, BLOCK)
    if place == OF_ACCESS:
        return _of_thing(block)
    return _of_access(block, place) if place < OF_ACCESS else _of_drift(block)


def _of_access(block: int, place: int) -> TrailEntry:
    number, step = divmod(block * OF_ACCESS + place, len(STEPS))
    act, status, later = STEPS[step]
    began = AT + EVERY * number * len(STEPS)
    elevation = {
        "code": f"E-{number:08}",
        "request": f"R-{number:08}",
        "ends_by": f"R-{number:08}",
        "person": f"person{number % PEOPLE:04}",
        "work_group": "ProdMemberWorkGroup",
        "status": status,
        "starts_at": _said(began),
        "ends_at": _said(began + INSIDE),
        "granting_at": _said(began),
    }
    return _made(act, elevation["code"], began + later, {"elevation": elevation})


def _of_thing(block: int) -> TrailEntry:
    """A group or a client is added, and changes; now and then a role that nobody has any more is retired."""
    at, is_new = AT + EVERY * BLOCK * block, block < THINGS
    if block % 100 == 99:
        return _made(Act.CATALOGUE_RETIRED, f"role:production/Gone{block}", at, {"before": {}, "after": None})
    if block % 2:
        said = {"policy": "one-lead", "target_roles": ["production/Prod_MemberRole"], "requesters": ["member01"], "session": None}
        act = Act.CATALOGUE_ADDED if is_new else Act.CATALOGUE_CHANGED
        return _made(act, f"work_group:Group{block % THINGS}", at, {"before": said, "after": said})
    client = {"kind": "service", "scopes": ["requests:read"], "people": "everyone", "owners": ["admin01"], "work_groups": []}
    act = Act.CLIENT_ADDED if is_new else Act.CLIENT_CHANGED
    return _made(act, f"client:bot{block % THINGS}", at, {"before": client, "after": client})


def _of_drift(block: int) -> TrailEntry:
    """Found, and gone by the next block: a handful stays open, however long the trail is."""
    number, is_later = divmod(block, 2)
    is_over = is_later and number >= OPEN
    drift = {"code": f"D-{number:08}", "kind": "unexplained_member", "account": "jump", "thing": "ProdMemberWorkGroup"}
    drift |= {"name": f"stranger{number}", "status": "gone" if is_over else "open"}
    at = AT + EVERY * BLOCK * block
    act = Act.DRIFT_GONE if is_over else Act.DRIFT_CHANGED if is_later else Act.DRIFT_FOUND
    return _made(act, drift["code"], at, {"drift": drift})


def _made(act: Act, subject: str, at: datetime, data: dict[str, Any]) -> TrailEntry:
    actor = "admin01" if act.startswith(("catalogue.", "client.")) else "sekisho:worker"
    return TrailEntry(act=act, actor=actor, subject=subject, at=at, data=data, schema_version=LATEST)


def _said(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _calls(cast: Cast, entries: int) -> dict[str, Callable[[], object]]:
    """Return what is asked: in the middle of the trail, at its end, as known now; and as an auditor's page."""
    client, end = Client(), AT + EVERY * entries
    client.force_login(cast.auditor01)
    asked = {"person": "leader01", "at": end.strftime("%Y-%m-%dT%H:%M"), "question": "was"}
    instants = {"middle": (AT + EVERY * (entries // 2), Question.WAS), "end": (end, Question.WAS)}
    instants["known"] = (datetime.now(UTC), Question.KNOWN)
    return {**dict(_asked(instants)), "page": lambda: _page(client, asked)}


def _asked(instants: dict[str, tuple[datetime, Question]]) -> Iterator[tuple[str, Callable[[], object]]]:
    for name, (at, question) in instants.items():

        def ask(at: datetime = at, question: Question = question) -> None:
            then = could_do.then(person="leader01", at=at, question=question)
            assert then.rights.programs
            assert then.drift

        yield name, ask


def _page(client: Client, asked: dict[str, str]) -> None:
    assert client.get("/audit/could-do/", asked).status_code == 200


def _times(call: Callable[[], object]) -> list[float]:
    for _ in range(WARM_UP):
        call()
    return [seconds(call) for _ in range(CALLS // 2)]
