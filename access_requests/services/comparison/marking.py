"""Reading rows without what lets somebody in: hidden columns are left out, and the database gives their marks."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import F, Func, Prefetch, TextField, Value
from django.db.models.functions import SHA256, Concat

from audits import marked


def name(path: str) -> str:
    """Return how a row has the mark of a path of columns."""
    return f"mark_of_{path}"


def mark(model: Any, path: str) -> Any:
    """Return the expression: by a function of the database's that may read the column, where the database has roles."""
    way, _, column = path.rpartition("__")
    if connection.vendor != "postgresql":
        return SHA256(Concat(Value(marked.PREFIX), F(path), output_field=TextField()), output_field=TextField())
    table = _model_at(model, way)._meta.db_table  # noqa: SLF001  As documented.
    return Func(F(f"{way}__pk" if way else "pk"), function=marked.function(table, column), output_field=TextField())


def hidden(model: Any, way: str) -> list[str]:
    """Return the paths of the model's hidden columns, where it is reached by this way."""
    columns = marked.HIDDEN.get(model._meta.db_table, ())  # noqa: SLF001
    return [f"{way}__{column}" if way else column for column in columns]


def of_paths(model: Any, paths: Iterable[str]) -> Iterator[str]:
    """Yield the hidden columns of all models on these ways."""
    for path in paths:
        steps = path.split("__")
        for end in range(1, len(steps) + 1):
            way = "__".join(steps[:end])
            yield from hidden(_model_at(model, way), way)


def fetched(model: Any, path: str) -> "str | Prefetch[Any]":
    there = _model_at(model, path)
    left_out = hidden(there, "")
    return Prefetch(path, queryset=there.objects.defer(*left_out)) if left_out else path


def _model_at(model: Any, way: str) -> Any:
    for step in way.split("__") if way else ():
        model = model._meta.get_field(step).related_model  # noqa: SLF001
    return model
