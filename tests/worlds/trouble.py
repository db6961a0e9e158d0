"""A database that fails in the middle of what is being written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

WRITES = ("INSERT", "UPDATE", "DELETE")


class Away(OperationalError):
    """The database is away just now."""


@contextmanager
def away_at(write: int) -> Iterator[None]:
    """Have the database refuse one of the statements that write, and none where `write` is 0."""
    seen = 0

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  As Django calls it.
        nonlocal seen
        if sql.lstrip().upper().startswith(WRITES):
            seen += 1
            if seen == write:
                raise Away
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield
