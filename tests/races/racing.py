"""Threads against each other, all set off at once, each with a connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from portal.verbs.rejections import Rejection

Verb = Callable[[], Any]


def race(verbs: Sequence[Verb]) -> list[Any]:
    """Return what each verb came to: its result, or the refusal. Any other error is raised."""
    start = threading.Barrier(len(verbs))

    def run(verb: Verb) -> Any:
        start.wait()
        try:
            return verb()
        except Rejection as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as threads:
        return list(threads.map(run, verbs))


def won(outcomes: Sequence[Any]) -> list[Any]:
    return [outcome for outcome in outcomes if not isinstance(outcome, Rejection)]
