"""Bindings of the release before are in the one table after it, and in the two after going back, whoever wrote meanwhile."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from access_requests.grants.contract import Principal
from access_requests.models import Binding, IamUserBinding, IdentityCenterBinding
from access_requests.services.record import bindings
from portal.users.models import User

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = [("access_requests", "0020_evaluation")]
AFTER = [("access_requests", "0021_bindings_in_one_table")]
COLUMNS = ("person__username", "user_name", "user_id", "bound_at")
CREDENTIALS = ("mfa_serials", "access_keys", "credentials_read_at")
UUID = "6f0c1b5e-3f0a-4a55-9d6f-0a1b2c3d4e5f"


@pytest.fixture
def former() -> Iterator[dict[str, Any]]:
    """The two tables as the release before has them, and no other."""
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    state = MigrationExecutor(connection).loader.project_state(BEFORE[0])
    try:
        yield {name: state.apps.get_model("access_requests", name) for name in ("IamUserBinding", "IdentityCenterBinding")}
    finally:
        MigrationExecutor(connection).migrate(latest)


def rows(model: type[Model], *columns: str, **only: str) -> set[tuple[object, ...]]:
    """Return the rows, lists as texts."""
    found: Iterable[tuple[object, ...]] = model._default_manager.filter(**only).values_list(*COLUMNS, *columns)
    return {tuple(str(value) for value in row) for row in found}


def both_say_the_same() -> bool:
    """Whether the one table has what the two have: something of each, and nothing else."""
    one = (rows(Binding, *CREDENTIALS, kind="iam_user"), rows(Binding, kind="identity_center_user"))
    return one == (rows(IamUserBinding, *CREDENTIALS), rows(IdentityCenterBinding)) and all(one)


@pytest.mark.exhaustive  # A migration that has landed changes no more.
def test_bindings_of_the_release_before_are_in_both_after_it_and_after_going_back(former: dict[str, Any], now: datetime) -> None:
    member01, member02 = (User.objects.create(username=name) for name in ("member01", "member02"))
    in_iam, elsewhere = former["IamUserBinding"].objects, former["IdentityCenterBinding"].objects
    read = {"mfa_serials": ["arn:aws:iam::111111111111:mfa/m"], "access_keys": [], "credentials_read_at": now}
    in_iam.create(person_id=member01.pk, user_name="member01", user_id="AIDA1", bound_at=now, **read)
    in_iam.create(person_id=member02.pk, user_name="member02", user_id="AIDA2", bound_at=now)
    elsewhere.create(person_id=member01.pk, user_name="Misaki", user_id=UUID, bound_at=now)
    MigrationExecutor(connection).migrate(AFTER)
    assert both_say_the_same()
    assert Binding.objects.count() == 3

    later = now + timedelta(hours=1)
    bindings.unbind(member02, Principal.IAM_USER)
    bindings.bind(member02, Principal.IAM_USER, user_name="new", user_id="AIDA3", now=later)
    bindings.bind(member02, Principal.IDENTITY_CENTER_USER, user_name="Ken", user_id=UUID.replace("6", "7"), now=later)
    assert both_say_the_same()
    MigrationExecutor(connection).migrate(BEFORE)
    assert set(in_iam.values_list("user_id", flat=True)) == {"AIDA1", "AIDA3"}
    assert elsewhere.count() == 2
    assert in_iam.get(user_id="AIDA1").mfa_serials == read["mfa_serials"]


@pytest.mark.exhaustive  # A migration that has landed changes no more.
def test_what_a_process_of_the_release_before_writes_afterwards_is_copied_before_it_is_read(
    former: dict[str, Any], now: datetime
) -> None:
    person = User.objects.create(username="member01")
    row = former["IamUserBinding"].objects.create(person_id=person.pk, user_name="m1", user_id="AIDA1", bound_at=now)
    MigrationExecutor(connection).migrate(AFTER)
    row.delete()
    former["IamUserBinding"].objects.create(person_id=person.pk, user_name="m1", user_id="AIDA2", bound_at=now)
    former["IdentityCenterBinding"].objects.create(person_id=person.pk, user_name="m1", user_id=UUID, bound_at=now)
    assert not both_say_the_same()
    import_module("access_requests.migrations.0021_bindings_in_one_table").copy(apps, None)
    assert both_say_the_same()
