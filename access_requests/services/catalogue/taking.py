"""One thing leaves the catalogue, held against all that a load is held against."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection

from access_requests.services.catalogue import applying, checking, comparing, current, loading, refusing
from access_requests.services.catalogue.mistakes import CatalogueRefused, Mistake, Mistakes
from access_requests.services.catalogue.state import State
from access_requests.services.catalogue.wanted import Wanted
from portal.verbs.actor import Actor


def hold() -> None:
    """Keep loads and other takings away until the transaction ends. On SQLite the transaction is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [loading.LOCK])


def take(change: Callable[[State], State], *, actor: Actor, now: datetime) -> None:
    """Write what the change makes of the catalogue as it is now, under `hold`. Raises CatalogueRefused."""
    there = current.read()
    wanted = change(there)
    # What the catalogue is already, though no file could be it any more, does not stand against this.
    known = {str(mistake) for mistake in _mistakes(there)}
    new = [mistake for mistake in _mistakes(wanted) if str(mistake) not in known]
    if new:
        raise CatalogueRefused(new)
    mistakes = Mistakes({})
    refusing.check(there, wanted, mistakes)
    mistakes.stop()
    applying.apply(comparing.compare(there, wanted), secrets={}, actor=actor, now=now)


def _mistakes(state: State) -> list[Mistake]:
    """Return what would be wrong with a file that says this."""
    try:
        checking.check(Wanted(state=state, secret_sources={}, lines={}))
    except CatalogueRefused as refused:
        return refused.mistakes
    return []
