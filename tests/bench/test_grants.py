"""grant_lag: from an approval to the membership in AWS, one at a time, with nothing else to do."""

import json
import time
from collections.abc import Iterator
from functools import partial
from statistics import mean

import pytest

from access_requests.models import AccessRequest, Elevation
from portal.simulated_aws.company import PEOPLE
from portal.simulated_aws.world import World
from tests.bench.measuring import CALLS, Server, p95, report
from tests.bench.toy.celery import BEGAN
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws
from tests.stand_ins.aws_proxy import AwsProxy, Call
from tests.stand_ins.bots import ASK, COMMENT, SCOPES, make_client, token_of
from tests.stand_ins.company import company
from tests.waiting import until
from tests.worker import Broker, Start
from tests.worlds.cast import Cast, iam_user_id

pytestmark = pytest.mark.django_db(transaction=True)
GRANTS = max(CALLS // 10, 3)
LATENCY = 0.05


@pytest.fixture
def slow_aws(aws: Aws, aws_proxy: AwsProxy) -> AwsProxy:
    """AWS as far away as it is: each call takes 50 ms more."""
    ids = {name: iam_user_id(name) for name in PEOPLE}
    aws.rebuild(World.parsed(company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY, user_ids=ids)))
    aws_proxy.delay(seconds=LATENCY)
    return aws_proxy


def test_grant_lag(cast: Cast, portal: Server, slow_aws: AwsProxy, aws: Aws, start_worker: Start, toy_worker: Broker) -> None:
    start_worker({**aws.portal_env, "AWS_ENDPOINT_URL": slow_aws.url}, queues="grants,ends")
    # The first one waits for what later ones find open: connections, credentials, imports.
    _first, *rounds = _grants(cast, portal, slow_aws)
    bare = [_enqueued_to_run(toy_worker) for _ in range(GRANTS)]
    floor = p95(bare) + mean(sum(_seconds(call) for call in calls) for _, calls in rounds)
    calls = mean(len(calls) for _, calls in rounds)
    against = f"Celery from enqueueing to running, and {calls:.0f} calls of AWS, each of {LATENCY * 1000:.0f} ms and more"
    report("grant_lag", p95([lag for lag, _ in rounds]), floor, against=against, target=1.5)


def _grants(cast: Cast, portal: Server, proxy: AwsProxy) -> Iterator[tuple[float, list[Call]]]:
    """Yield of each grant the seconds from its approval to the membership, and the calls of AWS between."""
    asker, decider = (
        portal.calls_as({"Authorization": f"Bearer {token_of(make_client(key, cast), *SCOPES)}"}) for key in ("asker", "decider")
    )
    member, lead = {"x_on_behalf_of": "slack:U0MEMBER01"}, {"x_on_behalf_of": "slack:U0LEADER01"}
    for _ in range(GRANTS + 1):
        code = json.loads(asker.post("/api/v1/requests", ASK, **member))["id"]
        proxy.forget()
        decider.post(f"/api/v1/requests/{code}/approve", COMMENT, **lead)
        elevation = Elevation.objects.get(request__code=code)
        until(partial(_is, elevation, "active"))
        decided = AccessRequest.objects.get(code=code).settled_at
        assert decided
        calls = [call for call in proxy.calls if call.number <= _added(proxy).number]
        yield (_added(proxy).answered_at or 0) - decided.timestamp(), calls
        asker.post(f"/api/v1/elevations/{elevation.code}/return", {}, **member)
        until(partial(_is, elevation, "ended"))


def _is(elevation: Elevation, status: str) -> bool:
    return Elevation.objects.filter(pk=elevation.pk, status=status).exists()


def _added(proxy: AwsProxy) -> Call:
    return next(call for call in proxy.calls if call.action == "AddUserToGroup")


def _seconds(call: Call) -> float:
    return (call.answered_at or call.came_at) - call.came_at


def _enqueued_to_run(broker: Broker) -> float:
    sent = time.time()
    broker.app.send_task("toy.say", queue="toy")
    until(lambda: broker.redis.llen(BEGAN))
    return float(broker.redis.lpop(BEGAN)) - sent  # type: ignore[arg-type]  # redis types answers of both its clients.
