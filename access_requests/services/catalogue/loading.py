"""Bringing the catalogue to what the file wants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import connection

from access_requests.models import AccountKind, ApiClient, KeptIn
from access_requests.services.catalogue import (
    applying,
    checking,
    comparing,
    completing,
    current,
    ending,
    identities,
    refusing,
)
from access_requests.services.catalogue.comparing import Change
from access_requests.services.catalogue.completing import Secrets
from access_requests.services.catalogue.looking_up import Asking, Found, Sources, Unasked
from access_requests.services.catalogue.mistakes import Mistakes
from access_requests.services.catalogue.state import State
from access_requests.services.catalogue.wanted import Wanted
from portal.aws.directory import IamRole
from portal.verbs.actor import Actor

# Any constant will do, as long as nothing else in this database locks by it.
LOCK = 0x5E_C1_5B_1


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """`made_secrets` is client -> secret, where the file named none: shown once, and kept only as a hash."""

    changes: list[Change]
    made_secrets: Mapping[str, str]


def look_up(*, wanted: Wanted, sources: Sources | None = None, forgives: bool = False) -> Found:
    """Return who the file's users and roles are in AWS. Asks once for each that is new, so call it outside of a transaction.

    Raises CatalogueRefused; BackendError, unless what AWS does not answer is forgiven: then it is told by `Found.unasked`.
    """
    checking.check(wanted)
    there, sources, asking = current.read(), sources or Sources(), Asking(forgives=forgives)
    portal_roles = {
        key: asking.ask(f"account {key}", partial(sources.portal_role, *_portal_role_of(wanted.state, key)))
        for key in identities.portal_roles_to_find(wanted.state, there)
    }
    return Found(
        users={
            principal: {
                name: asking.ask(principal, partial(ask, name))
                for name in completing.names_to_look_up(wanted.state, there, principal)
            }
            for principal, ask in sources.users().items()
        },
        portal_roles=portal_roles,
        roles={key: _role(key, portal_roles, there, sources, asking) for key in identities.roles_to_read(wanted.state, there)},
        switches=asking.ask("jump", partial(sources.switches, _jump_id(wanted.state)))
        if identities.groups_to_check(wanted.state, there)
        else None,
    )


def left_alone(wanted: Wanted) -> list[str]:
    """Return the clients that a load of this file neither changes nor revokes, since they are kept in the browser."""
    kept = ApiClient.objects.filter(kept_in=KeptIn.BROWSER, retired_at=None).exclude(key__in=wanted.state.clients)
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


def _portal_role_of(wanted: State, key: str) -> tuple[str, str]:
    account = wanted.accounts[key]
    return account.id, account.gate_role


def _jump_id(wanted: State) -> str:
    return str(next(account.id for account in wanted.accounts.values() if account.kind == AccountKind.JUMP))


def _role(
    key: str, portal_roles: Mapping[str, IamRole | Unasked | None], there: State, sources: Sources, asking: Asking
) -> IamRole | Unasked | None:
    """Read a role by the portal's role in its account: the one that was found just now, or the one that is known."""
    account, name = key.split("/")
    found = portal_roles.get(account)
    if isinstance(found, Unasked):
        return found
    known = there.accounts.get(account)
    arn = found.arn if found else known and known.gate_role_arn
    return asking.ask(f"account {account}", partial(sources.role, arn, name)) if arn else None
