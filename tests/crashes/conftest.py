"""Fixtures: one worker that lives through many tests, until one of them kills it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from access_requests.models import Elevation
from portal.simulated_aws.company import PEOPLE
from portal.simulated_aws.world import World
from tests.crashes.stage import Crew, Stage
from tests.preloaded import Preloaded
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws
from tests.stand_ins.aws_proxy import AwsProxy
from tests.stand_ins.company import company
from tests.worker import Broker
from tests.worlds.cast import Cast, iam_user_id, let_portal_in


@pytest.fixture(scope="session")
def proxy(simulated_aws: Aws) -> Iterator[AwsProxy]:
    with AwsProxy(upstream=simulated_aws.endpoint_url) as proxy:
        yield proxy


@pytest.fixture(scope="package")
def crew(
    django_db_setup: None,
    broker: Broker,
    preloaded: Preloaded,
    proxy: AwsProxy,
    simulated_aws: Aws,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Crew]:
    """Return what ends with the last test here: its worker would take the messages of others' tests."""
    logs: Path = tmp_path_factory.mktemp("crew")
    crew = Crew(logs, broker, preloaded, {**simulated_aws.portal_env, "AWS_ENDPOINT_URL": proxy.url})
    yield crew
    crew.kill()


@pytest.fixture
def stage(transactional_db: None, cast: Cast, aws: Aws, broker: Broker, proxy: AwsProxy, crew: Crew) -> Iterator[Stage]:
    """Return AWS with the cast in it, and a worker before it that waits for messages."""
    declared = company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY, user_ids={name: iam_user_id(name) for name in PEOPLE})
    aws.rebuild(World.parsed(declared))
    crew.ready()
    broker.flush()
    proxy.heal()
    proxy.forget()
    yield Stage(cast, aws, broker, proxy, crew)
    proxy.heal()


@pytest.fixture
def gated_stage(stage: Stage) -> Iterator[Stage]:
    """Return a stage on which the portal has a role in production: gates are written, and switches evaluated."""
    let_portal_in(stage.cast.production)
    yield stage
    if Elevation.objects.exclude(evaluate_at=None).exists():
        # An evaluation may be under way, which nothing waits for: the database is about to be emptied.
        stage.crew.kill()
