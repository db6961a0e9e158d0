"""Bringing the catalogue to what the file wants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from access_requests.actor import Actor
from access_requests.grants.directory import IamUser
from access_requests.grants.identity_center import IdentityCenterUser
from access_requests.models import ApiClient, KeptIn
from access_requests.services.catalogue import applying, checking, comparing, completing, current, ending, refusing
from access_requests.services.catalogue.comparing import Change
from access_requests.services.catalogue.completing import Found, Secrets
from access_requests.services.catalogue.mistakes import Mistakes
from access_requests.services.catalogue.state import Kind
from access_requests.services.catalogue.wanted import Wanted

Directory = Callable[[str], IamUser | None]
IdentityDirectory = Callable[[str], IdentityCenterUser | None]
# Any constant will do, as long as nothing else in this database locks by it.
LOCK = 0x5E_C1_5B_1


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """`made_secrets` is client -> secret, where the file named none: shown once, and kept only as a hash."""

    changes: list[Change]
    made_secrets: Mapping[str, str]


def look_up(*, wanted: Wanted, directory: Directory, identity_center: IdentityDirectory) -> Found:
    """Return the users in AWS that people are to be bound to. Asks once for each, so call it outside of a transaction."""
    checking.check(wanted)
    there = current.read()
    return {
        "iam_user": {name: directory(name) for name in completing.names_to_look_up(wanted.state, there, "iam_user")},
        "identity_center_user": {
            name: identity_center(name) for name in completing.names_to_look_up(wanted.state, there, "identity_center_user")
        },
    }


def left_alone(wanted: Wanted) -> list[str]:
    """Return the clients that a load of this file neither changes nor revokes, since they are kept in the browser."""
    kept = ApiClient.objects.filter(kept_in=KeptIn.BROWSER, retired_at=None).exclude(key__in=wanted.state[Kind.CLIENT])
    return list(kept.order_by("key").values_list("key", flat=True))


def difference(*, wanted: Wanted, found: Found, secrets: Secrets) -> list[Change]:
    """Return what loading would change. Raises CatalogueRefused."""
    checking.check(wanted)
    mistakes = Mistakes(wanted.lines)
    there = current.read()
    state = completing.complete(wanted.state, there, found=found, secrets=secrets, mistakes=mistakes)
    refusing.check(there, state, mistakes)
    mistakes.stop()
    return ending.with_ends(comparing.compare(there, state))


def load(*, wanted: Wanted, found: Found, secrets: Secrets, actor: Actor, now: datetime) -> Loaded:
    """Change whatever differs from the file; nothing, if anything is refused. Raises CatalogueRefused."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # One load at a time; on SQLite the transaction is the lock.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    changes = difference(wanted=wanted, found=found, secrets=secrets)
    return Loaded(changes=changes, made_secrets=applying.apply(changes, secrets=secrets, actor=actor, now=now))
