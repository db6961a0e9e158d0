"""list, create, approve: a person's page and a program's calls, with a hundred thousand requests behind them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from portal.users.models import User
from tests.bench import town
from tests.bench.measuring import CALLS, REQUESTS, WARM_UP, Call, Server, in_turns, report_p50
from tests.bench.toy.models import Thing
from tests.stand_ins.bots import ASK, COMMENT, SCOPES, make_client, token_of
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
STEP = "lock + update + note in a toy Django"


@pytest.fixture
def everybody(cast: Cast) -> list[User]:
    """A company with its past."""
    found = town.people(cast, CALLS + WARM_UP)
    town.fill(cast, found, REQUESTS, now=datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return found


@pytest.fixture
def programs(cast: Cast, portal: Server) -> tuple[Server, Server]:
    """One that asks, and one that decides: the client that carried a request may not carry its decision."""
    return program(portal, cast, "asker"), program(portal, cast, "decider")


def test_pages(cast: Cast, everybody: list[User], programs: tuple[Server, Server], toy: Server) -> None:
    asker, decider = programs
    _lists(cast, asker, toy)
    asked = _creates(everybody, asker, toy)
    _approvals(asked, decider, toy)


def program(portal: Server, cast: Cast, key: str) -> Server:
    return portal.calls_as({"Authorization": f"Bearer {token_of(make_client(key, cast), *SCOPES)}"})


def _lists(cast: Cast, program: Server, toy: Server) -> None:
    client = Client()
    client.force_login(cast.auditor01)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    browser = program.calls_as({"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
    size = len(browser.get("/requests/"))
    ours, floor = in_turns(lambda: browser.get("/requests/"), lambda: toy.get(f"/html?bytes={size}"))
    report_p50("list", ours, floor, against="a toy page of 50 rows with the same bytes", target=2.5)
    reader = program.calls_as({**program.headers, "X-On-Behalf-Of": "slack:U0AUDITOR01"})
    size = len(reader.get("/api/v1/requests"))
    ours, floor = in_turns(lambda: reader.get("/api/v1/requests"), lambda: toy.get(f"/json?bytes={size}"))
    report_p50("list_api", ours, floor, against="a toy list of 50 rows with the same bytes, as JSON", target=2.5)


def _creates(everybody: list[User], program: Server, toy: Server) -> list[str]:
    """Have everybody ask; return the numbers of the requests."""
    asked: list[str] = []
    people = iter(everybody)

    def ask() -> None:
        answer = program.post("/api/v1/requests", ASK, x_on_behalf_of=f"slack:U0{next(people).username.upper()}")
        asked.append(json.loads(answer)["id"])

    ours, floor = in_turns(ask, _step(toy, size=1200))
    report_p50("create", ours, floor, against=STEP, target=2)
    return asked


def _approvals(asked: list[str], program: Server, toy: Server) -> None:
    codes: Iterator[str] = iter(asked)
    lead = {"x_on_behalf_of": "slack:U0LEADER01"}
    ours, floor = in_turns(
        lambda: program.post(f"/api/v1/requests/{next(codes)}/approve", COMMENT, **lead), _step(toy, size=1600)
    )
    report_p50("approve", ours, floor, against=STEP, target=2)


def _step(toy: Server, *, size: int) -> Call:
    """Return the toy's step on one thing after another, a hundred in all, since people decide on different requests."""
    things = cycle(Thing.objects.order_by("pk").values_list("pk", flat=True)[:100])
    return lambda: toy.get(f"/step?id={next(things)}&bytes={size}")
