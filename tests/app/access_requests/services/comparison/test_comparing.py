"""Every field of every row that the trail tells is compared: whoever changes one behind the portal's back is found by it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models.fields.json import JSONField

from access_requests.models import AccessRequest, AwsAccount, Elevation, PersonalToken
from access_requests.services.comparison import comparing, not_compared
from access_requests.services.comparison.comparing import LARGE, SMALL, Difference, What
from access_requests.services.comparison.facts import Table
from audits.models import Personal
from audits.replay import ThingKind
from portal.users.models import LinkedIdentity, User
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock

TABLES: tuple[Table, ...] = (*SMALL, *LARGE)
COMPARED = sorted({field for table in TABLES for fact in (table.key, *table.facts) for field in fact.fields})
NAMES: dict[str, type[models.Model]] = {
    model.__name__: model for model in apps.get_models() if model.__name__ not in ("User_groups", "User_user_permissions")
}
# What the database itself refuses to have otherwise.
REFUSED = {"User.is_staff", "User.is_superuser"}
# What the database takes, where it does not take any other value.
VALUES: dict[str, dict[str, Any]] = {
    "Factor.kind": {"kind": "recovery"},
    "Authenticator.type": {"type": "recovery_codes"},
    "AccessRequest.status": {"status": "rejected"},
    "Elevation.status": {"status": "cancelled"},
    "Drift.status": {"status": "accepted"},
    "WebhookEndpoint.enabled": {"enabled": False, "disabled_because": "by_hand"},
    "WebhookEndpoint.disabled_because": {"enabled": False, "disabled_because": "by_hand"},
}


def test_every_field_of_every_model_is_compared_or_has_a_reason_why_not() -> None:
    assert len(NAMES) == len(apps.get_models())
    whole = {name for name in NAMES if name not in not_compared.MODELS}
    fields = {
        f"{name}.{field.name}"
        for name in whole
        for field in (*NAMES[name]._meta.concrete_fields, *NAMES[name]._meta.many_to_many)
        if not isinstance(field, models.AutoField)
    }
    assert fields == {*COMPARED, *not_compared.FIELDS}
    assert not {*COMPARED} & {*not_compared.FIELDS}
    assert {*not_compared.MODELS} <= {*NAMES}


def test_what_an_upgrade_wrote_down_is_what_there_is(everything: Cast, clock: Clock) -> None:
    found = comparing.compare(now=clock.now)
    assert found.differences == []
    assert (found.untold, found.erased) == (0, 0)
    assert found.things == sum(table.rows(apps.get_model).count() for table in TABLES)


def test_each_field_that_somebody_else_changes_is_found(everything: Cast, clock: Clock) -> None:
    assert [field for field in COMPARED if field not in REFUSED and not _is_found(field, now=clock.now)] == []


@pytest.mark.parametrize("field", sorted(REFUSED))
def test_what_the_database_refuses_needs_no_finding(field: str, everything: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        _change(*_named(field))


def test_each_row_that_is_gone_is_found(everything: Cast, clock: Clock) -> None:
    assert [table.kind for table in TABLES if not _is_missed(table, now=clock.now)] == []


def test_a_row_that_nobody_tells_of_is_found(everything: Cast, clock: Clock) -> None:
    AwsAccount.objects.create(key="elsewhere", account_id="999999999999", name="Elsewhere", kind="billing")
    User.objects.create(username="mallory", is_administrator=True)
    assert comparing.compare(now=clock.now).differences == [
        Difference(kind=ThingKind.ACCOUNT, key="elsewhere", what=What.UNKNOWN),
        Difference(kind=ThingKind.PERSON, key="mallory", what=What.UNKNOWN),
    ]


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
        _change(*_named(field))
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


def _named(field: str) -> tuple[type[models.Model], str]:
    model, _, name = field.partition(".")
    return NAMES[model], name


def _change(model: type[models.Model], name: str) -> None:
    """Change a field of one row, or of all where one alone is nothing otherwise, as SQL of somebody else's would."""
    field: Any = model._meta.get_field(name)
    rows = model._default_manager.order_by("pk")
    if isinstance(field, models.ManyToManyField):
        others = field.related_model._default_manager.order_by("-pk")
        manager = getattr(rows.first(), name)
        manager.remove(*manager.all()) if manager.exists() else manager.add(others.first())
        return
    if (model, name) == (PersonalToken, "device_code_digest"):
        # Of a token that was collected it is worth nothing any more.
        rows = rows.filter(token=None)
    if isinstance(field, models.CharField | models.TextField):
        rows = rows.exclude(**{name: ""}) if rows.exclude(**{name: ""}).exists() else rows
    row = rows.exclude(**{f"{name}__isnull": True}).first() or rows.first()
    assert row is not None, f"there is no row with {field}"
    values = VALUES.get(f"{model.__name__}.{name}") or {name: _another(field, getattr(row, field.attname))}
    rows.filter(pk=row.pk).update(**values)


def _another(field: Any, value: Any) -> Any:
    match field:
        case models.ForeignKey():
            there = field.related_model._default_manager.order_by("-pk")
            return there.exclude(pk=value).first() if value is None or there.exclude(pk=value).exists() else None
        case models.BooleanField():
            return not value
        case models.DateTimeField():
            return (value or datetime.fromisoformat("2026-11-23T05:00:00Z")) + timedelta(minutes=1)
        case models.IntegerField():
            return (value or 0) + 7
        case JSONField():
            return {"asked": {}, "policy": {}} if field.name == "snapshot" else {} if isinstance(value, dict) else ["another"]
        case _:
            choices = [choice for choice, _word in field.choices or () if choice != value]
            return choices[0] if choices else ("another" if value != "another" else "else")[: field.max_length]
