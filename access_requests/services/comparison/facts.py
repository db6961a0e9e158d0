"""Facts of the rows, by the names that the fold of the trail has for them.

They read attributes only, so that rows of a migration's models are read alike; a field that these do not have yet is left out.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.core.exceptions import FieldDoesNotExist

from access_requests.services.comparison import marking
from access_requests.services.record import marks
from audits.replay import ThingKind
from portal.storable import AsTyped, storable

Row = Any
Read = Callable[[Row], Any]
NOTHING = marks.of("")
# Of the application registry, or of a migration. Any: what a model has is not known by its name.
Models = Callable[[str], Any]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """`fields` are all that it is read from, as Model.field, and `read` says it.

    `is_told`: entries tell it; what is not told follows from what is (`following`). `is_compared`: a row alone says it.
    """

    name: str
    fields: tuple[str, ...]
    read: Read
    is_told: bool = True
    is_compared: bool = True


@dataclass(frozen=True, kw_only=True)
class Table:
    """A model whose rows the trail tells the whole of; `key` is what the trail calls one, without its kind."""

    kind: ThingKind
    model: str
    key: Fact
    facts: tuple[Fact, ...]
    select: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()
    # Paths to columns of which marks are told.
    marks: tuple[str, ...] = ()
    # What is in one table together, of which the trail knows only the living.
    where: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, models: Models) -> Any:
        model = models(self.model)
        rows = model.objects.filter(**self.where).order_by("pk")
        select = [path for path in self.select if leads(model, path)]
        return rows.select_related(*select).prefetch_related(*(path for path in self.prefetch if leads(model, path)))

    def marked(self) -> Any:
        """Return the rows as whoever reads no secrets reads them: with marks in the place of what lets somebody in."""
        model = apps.get_model(self.model)
        rows = model.objects.filter(**self.where).order_by("pk")
        selected = rows.select_related(*self.select).defer(*marking.hidden(model, ""), *marking.of_paths(model, self.select))
        fetched = selected.prefetch_related(*(marking.fetched(model, path) for path in self.prefetch))
        return fetched.annotate(**{marking.name(path): marking.mark(model, path) for path in self.marks})

    def told(self, row: Row) -> dict[str, Any]:
        """Return what an entry can tell of the row, as JSON: of facts that its models have the fields for."""
        there = _fields(row._meta.apps)  # noqa: SLF001  As documented.
        told = (fact for fact in self.facts if fact.is_told and there.issuperset(fact.fields))
        said: dict[str, Any] = as_json({fact.name: fact.read(row) for fact in told})
        return said

    def compared(self, row: Row) -> dict[str, Any]:
        said: dict[str, Any] = as_json({fact.name: fact.read(row) for fact in self.facts if fact.is_compared})
        return said


@lru_cache(maxsize=2)
def _fields(models: Apps) -> frozenset[str]:
    """Return all fields of the models, as Model.field."""
    return frozenset(
        f"{model.__name__}.{each.name}"
        for model in models.get_models()
        for each in model._meta.get_fields()  # noqa: SLF001  As documented.
    )


def leads(model: Any, path: str) -> bool:
    """Return whether the model has all of a path of relations."""
    for name in path.split("__"):
        try:
            model = model._meta.get_field(name).related_model  # noqa: SLF001  As documented.
        except FieldDoesNotExist:
            return False
    return True


def as_json(value: Any) -> Any:
    """Return the value as an entry has it, names in lists sorted: their order says nothing."""
    return in_order(json.loads(json.dumps(storable(value), cls=AsTyped)))


def in_order(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: in_order(each) for name, each in value.items()}
    if isinstance(value, list):
        return sorted(value) if all(type(each) is str for each in value) else [in_order(each) for each in value]
    return value


def walk(path: str) -> Read:
    """Return what reads a path of attributes, and None where there is nothing on the way."""

    def read(row: Row) -> Any:
        for name in path.split("."):
            row = getattr(row, name) if row is not None else None
        return row

    return read


def same(model: str, *names: str) -> tuple[Fact, ...]:
    """Return facts that are fields by the same name."""
    return tuple(Fact(name=name, fields=(f"{model}.{name}",), read=walk(name)) for name in names)


def via(model: str, **paths: str) -> tuple[Fact, ...]:
    """Return facts that are fields, or fields of rows that these point to."""
    return tuple(Fact(name=name, fields=(f"{model}.{path.split('.')[0]}",), read=walk(path)) for name, path in paths.items())


def listed(name: str, fields: str | tuple[str, ...], rows: str, path: str) -> Fact:
    """Return a fact that names each of the rows that a row has."""
    each = walk(path)
    return Fact(
        name=name,
        fields=(fields,) if isinstance(fields, str) else fields,
        read=lambda row: [each(one) for one in walk(rows)(row).all()],
    )


def following(name: str, fields: Iterable[str], read: Read) -> Fact:
    """Return a fact that no entry tells by itself: `following` says what it must be by those that are told."""
    return Fact(name=name, fields=tuple(fields), read=read, is_told=False)


def stored(row: Row, path: str) -> str | None:
    """Return the mark of what a path of columns stores: as the database gave it, else of what the row has."""
    if marking.name(path) in vars(row):
        found: str | None = getattr(row, marking.name(path))
        return found
    value = walk(path.replace("__", "."))(row)
    return None if value is None else marks.of(value)


def is_set(mark: str | None) -> str | None:
    """Return the mark, and None for that of nothing."""
    return None if mark == NOTHING else mark
