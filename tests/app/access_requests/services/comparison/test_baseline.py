"""An upgrade tells each row once, by the models that its migration has, whatever later ones have besides."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from access_requests.services.comparison import baseline
from access_requests.services.comparison.comparing import LARGE, SMALL
from access_requests.services.comparison.facts import Table, leads
from audits.models import TrailEntry
from portal.users.models import HeldRole

pytestmark = pytest.mark.django_db(transaction=True)
# Neither `ApprovalPolicy.factor_age_minutes` nor `Decision.nonce` is there.
BEFORE = [("access_requests", "0026_directories"), ("users", "0007_second_factors"), ("audits", "0011_stays")]
TOLD = [("access_requests", "0028_told_whole")]
WITH_ROWS = [("users", "0009_rows_of_flags")]
THINGS = {"account:production", "policy:production", "person:member01"}


@pytest.fixture
def former(now: datetime) -> Iterator[Callable[[str], Any]]:
    """The models of the release before, with a few rows."""
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    models = MigrationExecutor(connection).loader.project_state(BEFORE).apps.get_model
    try:
        models("users.User").objects.create(
            username="member01", password="pbkdf2_sha256$1$salt$hash", is_staff=True, is_administrator=True
        )
        models("access_requests.AwsAccount").objects.create(key="production", account_id="111111111111")
        models("access_requests.ApprovalPolicy").objects.create(
            key="production", shortest_minutes=1, longest_minutes=240, decision_minutes=1440
        )
        yield models
    finally:
        MigrationExecutor(connection).migrate(latest)


def entries() -> dict[str, TrailEntry]:
    """Return subject -> its entry, of which there is one."""
    found = {entry.subject: entry for entry in TrailEntry.objects.filter(actor=baseline.ACTOR)}
    assert TrailEntry.objects.filter(actor=baseline.ACTOR).count() == len(found)
    return found


@pytest.mark.exhaustive  # A migration that has landed changes no more.
def test_an_upgrade_tells_each_row_once(former: Callable[[str], Any]) -> None:
    MigrationExecutor(connection).migrate(TOLD)
    told = entries()
    assert set(told) == THINGS
    assert {entry.schema_version for entry in told.values()} == {5}
    assert told["policy:production"].data["after"]["factor_age"] == 0
    assert told["person:member01"].data["cleared"] == ["is_staff"]
    assert told["person:member01"].data["after"]["roles"] == {"administrator": ["here"]}
    MigrationExecutor(connection).migrate(WITH_ROWS)
    assert list(HeldRole.objects.values_list("person__username", "role", "source")) == [("member01", "administrator", "here")]


@pytest.mark.exhaustive  # A migration that has landed changes no more.
def test_what_the_models_do_not_have_yet_is_left_out_and_nothing_is_told_twice(
    former: Callable[[str], Any], now: datetime
) -> None:
    assert baseline.write(former, now=now) == len(THINGS)
    told = entries()
    assert set(told) == THINGS
    after = told["policy:production"].data["after"]
    assert "factor_age" not in after
    assert after["levels"] == []
    MigrationExecutor(connection).migrate(TOLD)
    assert set(entries()) == THINGS


@pytest.mark.parametrize("table", [*SMALL, *LARGE], ids=lambda table: str(table.kind))
def test_the_latest_models_have_all_that_is_fetched(table: Table) -> None:
    model = apps.get_model(table.model)
    assert [path for path in (*table.select, *table.prefetch) if not leads(model, path)] == []
    assert not leads(model, "of_a_later_release__row")
