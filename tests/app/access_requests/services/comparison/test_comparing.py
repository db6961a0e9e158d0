"""Every field of every row that the trail tells is compared: whoever changes one behind the portal's back is found by it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from access_requests.models import AccessRequest, AwsAccount, Elevation, PersonalToken
from access_requests.services.comparison import comparing, not_compared
from access_requests.services.comparison.comparing import Difference, What
from access_requests.services.comparison.facts import Table
from audits.models import Personal
from audits.replay import ThingKind
from portal.users.models import HeldRole, LinkedIdentity, User
from tests.worlds import meddling
from tests.worlds.cast import Cast, add_person
from tests.worlds.clock import Clock
from tests.worlds.meddling import COMPARED, MODELS, TABLES

# What the database itself refuses to have otherwise.
REFUSED = {"User.is_staff", "User.is_superuser"}


def test_every_field_of_every_model_is_compared_or_has_a_reason_why_not() -> None:
    assert len(MODELS) == len(apps.get_models())
    whole = {name for name in MODELS if name not in not_compared.MODELS}
    fields = {
        f"{name}.{field.name}"
        for name in whole
        for field in (*MODELS[name]._meta.concrete_fields, *MODELS[name]._meta.many_to_many)
        if not isinstance(field, models.AutoField)
    }
    assert fields == {*COMPARED, *not_compared.FIELDS}
    assert not {*COMPARED} & {*not_compared.FIELDS}
    assert {*not_compared.MODELS} <= {*MODELS}


def test_what_an_upgrade_wrote_down_is_what_there_is(everything: Cast, clock: Clock) -> None:
    found = comparing.compare(now=clock.now)
    assert found.differences == []
    assert (found.untold, found.erased) == (0, 0)
    assert found.things == sum(table.rows(apps.get_model).count() for table in TABLES)


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_each_field_that_somebody_else_changes_is_found(every: int, everything: Cast, clock: Clock) -> None:
    """Of each model its first field and some of the others, at each change: all pass by the same comparison."""
    of_each = {field.partition(".")[0]: field for field in reversed(list(COMPARED))}.values()
    tried = dict.fromkeys([*of_each, *list(COMPARED)[::every]])
    assert [field for field in tried if field not in REFUSED and not _is_found(field, now=clock.now)] == []


@pytest.mark.parametrize("field", sorted(REFUSED))
def test_what_the_database_refuses_needs_no_finding(field: str, everything: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        meddling.change(field)


def test_each_row_that_is_gone_is_found(everything: Cast, clock: Clock) -> None:
    assert [table.kind for table in TABLES if not _is_missed(table, now=clock.now)] == []


def test_a_row_that_nobody_tells_of_is_found(everything: Cast, clock: Clock) -> None:
    AwsAccount.objects.create(key="elsewhere", account_id="999999999999", name="Elsewhere", kind="billing")
    User.objects.create(username="mallory", is_administrator=True)
    assert comparing.compare(now=clock.now).differences == [
        Difference(kind=ThingKind.ACCOUNT, key="elsewhere", what=What.UNKNOWN),
        Difference(kind=ThingKind.PERSON, key="mallory", what=What.UNKNOWN),
    ]


def test_a_role_that_is_moved_to_somebody_who_has_its_flag_is_found(everything: Cast, clock: Clock) -> None:
    other = add_person("root02", administrator=True)
    HeldRole.objects.filter(person=other).delete()
    before = comparing.compare(now=clock.now).differences
    HeldRole.objects.filter(person=everything.admin01, role="administrator").update(person=other)
    found = [each for each in comparing.compare(now=clock.now).differences if each not in before]
    assert [(each.key, each.facts) for each in found] == [("admin01", ("bare_flags",))]


def test_a_replaced_password_is_found_and_named(everything: Cast, clock: Clock) -> None:
    User.objects.filter(username="admin01").update(password=everything.member01.password)
    (found,) = comparing.compare(now=clock.now).differences
    assert (found.kind, found.key, found.facts) == (ThingKind.PERSON, "admin01", ("password",))


def test_what_was_erased_is_counted_and_no_difference(everything: Cast, clock: Clock) -> None:
    Personal.objects.filter(person="member01").delete()
    found = comparing.compare(now=clock.now)
    assert found.differences == []
    assert found.erased > 0


def test_the_rest_of_what_was_erased_in_part_is_compared(everything: Cast, clock: Clock) -> None:
    Personal.objects.filter(person="member01").delete()
    LinkedIdentity.objects.filter(person__username="member01").update(verified_at=None)
    (found,) = comparing.compare(now=clock.now).differences
    assert found.facts == ("links",)


def test_a_token_that_is_over_may_be_gone(everything: Cast, clock: Clock) -> None:
    PersonalToken.objects.filter(token=None).delete()
    assert [found.what for found in comparing.compare(now=clock.now).differences] == [What.MISSING]
    assert comparing.compare(now=clock.now + timedelta(days=2)).differences == []


def test_it_reads_alone_and_asks_no_more_for_more_rows(
    everything: Cast, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(90) as asked:
        comparing.compare(now=clock.now)
    # PostgreSQL reads what may be long by a cursor, which can only be declared for a SELECT.
    reads = ("SELECT", "DECLARE")
    assert all(query["sql"].lstrip().upper().startswith(reads) for query in asked.captured_queries)


def test_only_names_of_facts_are_told(everything: Cast, clock: Clock) -> None:
    AccessRequest.objects.filter(extends=None).update(reason="<script>")
    Elevation.objects.update(ends_by="R-22222222")
    told = {(found.kind, found.facts) for found in comparing.compare(now=clock.now).differences}
    assert told == {(ThingKind.REQUEST, ("reason",)), (ThingKind.ELEVATION, ("ends_by",))}


def _is_found(field: str, *, now: datetime) -> bool:
    """Return whether a change of the field is a difference; the change is taken back."""
    with transaction.atomic():
        assert meddling.change(field)
        found = comparing.compare(now=now).differences
        transaction.set_rollback(True)
    return found != []


def _is_missed(table: Table, *, now: datetime) -> bool:
    """Return whether the table's last row is missed once it is gone; it is put back."""
    row = table.rows(apps.get_model).last()
    with connection.constraint_checks_disabled(), transaction.atomic():
        connection.cursor().execute("PRAGMA defer_foreign_keys = ON") if connection.vendor == "sqlite" else None
        table.rows(apps.get_model).filter(pk=row.pk)._raw_delete("default")
        found = comparing.compare(now=now).differences
        transaction.set_rollback(True)
    return Difference(kind=table.kind, key=table.key.read(row), what=What.MISSING) in found
