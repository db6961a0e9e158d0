"""Somebody who writes to the database behind the portal's back, one field of one row at a time."""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.fields.json import JSONField

from access_requests.models import PersonalToken
from access_requests.services.comparison.comparing import LARGE, SMALL
from access_requests.services.comparison.facts import Table

TABLES: tuple[Table, ...] = (*SMALL, *LARGE)
# Model.field of all that is compared.
COMPARED = sorted({field for table in TABLES for fact in (table.key, *table.facts) for field in fact.fields})
MODELS: dict[str, type[models.Model]] = {
    model.__name__: model for model in apps.get_models() if model.__name__ not in ("User_groups", "User_user_permissions")
}
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


def change(field: str) -> bool:
    """Change a field of one row, or of all where one alone is nothing otherwise, as SQL of somebody else's would.

    Return whether there was anything to change. Raises IntegrityError where the database refuses it.
    """
    model, name = MODELS[field.partition(".")[0]], field.partition(".")[2]
    said: Any = model._meta.get_field(name)
    rows = model._default_manager.order_by("pk")
    if isinstance(said, models.ManyToManyField):
        return _change_many(rows, said, name)
    if (model, name) == (PersonalToken, "device_code_digest"):
        # Of a token that was collected it is worth nothing any more.
        rows = rows.filter(token=None)
    if isinstance(said, models.CharField | models.TextField):
        rows = rows.exclude(**{name: ""}) if rows.exclude(**{name: ""}).exists() else rows
    row = rows.exclude(**{f"{name}__isnull": True}).first() or rows.first()
    if row is None:
        return False
    values = VALUES.get(field) or {name: _another(said, getattr(row, said.attname))}
    was = type(row)._default_manager.filter(pk=row.pk).values().get()
    rows.filter(pk=row.pk).update(**values)
    return was != type(row)._default_manager.filter(pk=row.pk).values().first()


def _change_many(rows: Any, said: Any, name: str) -> bool:
    row, others = rows.first(), said.related_model._default_manager.order_by("-pk")
    if row is None:
        return False
    manager = getattr(row, name)
    before = set(manager.all())
    manager.remove(*before) if before else manager.add(*others[:1])
    return set(manager.all()) != before


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
