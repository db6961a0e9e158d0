"""The auditors' role compares everything, and reads nothing of what lets somebody in. PostgreSQL only."""

import pytest
from django.apps import apps
from django.db import connection, models

from access_requests.models import ApiClient, ScimToken, WebhookEndpoint
from access_requests.services.comparison import comparing
from access_requests.services.record import marks
from audits import marked
from audits.database_rights import Service
from audits.marked import HIDDEN, MARKED
from audits.replay import ThingKind
from portal.users.models import User
from tests.database_roles import Roles
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock

COLUMNS = [(table, column) for table, columns in HIDDEN.items() for column in columns]
FUNCTIONS = [(table, column) for table, (_key, columns) in MARKED.items() for column in columns]
OF_TABLE: dict[str, type[models.Model]] = {model._meta.db_table: model for model in apps.get_models()}


def test_auditors_role_compares_all_there_is(everything: Cast, clock: Clock, roles: Roles) -> None:
    with roles.act_as(Service.AUDITOR):
        found = comparing.compare(now=clock.now)
    assert found.differences == []
    assert (found.untold, found.erased) == (0, 0)


def test_auditors_role_finds_what_was_put_in_the_place_of_a_secret(everything: Cast, clock: Clock, roles: Roles) -> None:
    User.objects.filter(username="admin01").update(password=everything.member01.password)
    ApiClient.objects.get(key="bot").oauth_client.__class__.objects.filter(name="bot").update(secret="another")
    ScimToken.objects.update(digest="e" * 64)
    WebhookEndpoint.objects.update(secret="another")
    with roles.act_as(Service.AUDITOR):
        found = {(each.kind, each.facts) for each in comparing.compare(now=clock.now).differences}
    assert found == {
        (ThingKind.PERSON, ("password",)),
        *((kind, ("mark",)) for kind in (ThingKind.CLIENT, ThingKind.SCIM_TOKEN, ThingKind.WEBHOOK)),
    }


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_auditors_role_reads_no_column_that_lets_somebody_in(table: str, column: str, everything: Cast, roles: Roles) -> None:
    rows = OF_TABLE[table]._default_manager
    with roles.act_as(Service.AUDITOR):
        assert rows.defer(*HIDDEN[table]).first() is not None
    with roles.refused(Service.AUDITOR):
        rows.values_list(column).first()


@pytest.mark.parametrize(("table", "column"), FUNCTIONS)
def test_mark_is_that_of_the_trail_and_for_auditors_alone(table: str, column: str, everything: Cast, roles: Roles) -> None:
    key, stored = OF_TABLE[table]._default_manager.order_by("-pk").values_list("pk", column)[0]
    call = f"SELECT {marked.function(table, column)}(%s)"
    with roles.act_as(Service.AUDITOR), connection.cursor() as cursor:
        cursor.execute(call, [key])
        assert cursor.fetchone() == (marks.of(stored),)
    for service in set(Service) - {Service.AUDITOR}:
        with roles.refused(service), connection.cursor() as cursor:
            cursor.execute(call, [key])
