"""Each call has an id: in its answer, in its problem, in the log, and in the log of the workers who go on with it."""

import logging
import uuid
from datetime import UTC, datetime

import pytest

from access_requests.models import Elevation
from portal.simulated_aws.company import PEOPLE
from portal.simulated_aws.world import World
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws
from tests.stand_ins.bots import ASK, Bot, read
from tests.stand_ins.company import company
from tests.waiting import until
from tests.worker import Start
from tests.worlds.cast import Cast, iam_user_id
from tests.worlds.story import submitted

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "X-Request-Id"


def test_every_answer_names_its_call_and_no_two_alike(bot: Bot) -> None:
    first, second = bot.get("/me"), bot.get("/me")
    assert uuid.UUID(first[HEADER])
    assert first[HEADER] != second[HEADER]


def test_a_problem_says_the_id_too(bot: Bot, cast: Cast) -> None:
    refused = bot.get("/requests/R-00000000", for_person=cast.member01)
    assert read(refused)["request_id"] == refused[HEADER]
    unknown = bot.get("/nothing")
    assert (unknown.status_code, read(unknown)["request_id"]) == (404, unknown[HEADER])


def test_an_id_of_the_callers_is_kept(bot: Bot) -> None:
    theirs = str(uuid.uuid4())
    assert bot.get("/me", x_request_id=theirs)[HEADER] == theirs


@pytest.mark.parametrize("junk", ["4711", "x" * 5000, "\x1b[31mred", "<script>", "../../etc"])
def test_what_is_no_uuid_is_replaced(bot: Bot, junk: str) -> None:
    assert uuid.UUID(bot.get("/me", x_request_id=junk)[HEADER])


def test_the_log_has_a_line_of_each_call_without_what_it_said(bot: Bot, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="portal.calls"):
        bot.get("/requests?requester=member02", for_person=cast.member01)
        bot.post("/requests", ASK, for_person=cast.member01)
        bot.get("/me?access_token=secret", authorization="")
    lines = [record.getMessage() for record in caplog.records if record.name == "portal.calls"]
    assert lines == [
        "GET /api/v1/requests 200 by chatbot for member01",
        "POST /api/v1/requests 201 by chatbot for member01",
        "GET /api/v1/me 401 by nobody",
    ]


@pytest.mark.usefixtures("published")
def test_a_workers_log_names_the_call_that_made_the_work(bot: Bot, cast: Cast, aws: Aws, start_worker: Start) -> None:
    theirs = uuid.uuid4().hex
    waiting = submitted(cast.member01, now=datetime.now(UTC))
    ids = {name: iam_user_id(name) for name in PEOPLE}
    aws.rebuild(World.parsed(company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY, user_ids=ids)))
    worker = start_worker(aws.portal_env)
    assert bot.post(f"/requests/{waiting.code}/approve", {}, for_person=cast.leader01, x_request_id=theirs).status_code == 200
    until(lambda: Elevation.objects.filter(status="active").exists())
    until(lambda: theirs in worker.said)
