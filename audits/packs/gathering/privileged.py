"""Who may do much to the portal itself: people, approvers and programs by the trail, roles of the database by their rights."""

from collections.abc import Iterator
from typing import Any

from audits.acts import Act
from audits.database_rights import RIGHTS
from audits.lasting import WHOLE
from audits.models import Pack, TrailEntry
from audits.replay import State, ThingKind, fold

OF_PEOPLE = (
    *(Act.PERSON_ADDED, Act.PERSON_CHANGED, Act.PERSON_DISABLED, Act.PERSON_ENABLED, Act.PERSON_BASELINE),
    Act.PERSON_ROLES_CHANGED,
)
OF_PROGRAMS = (
    *(Act.CLIENT_ADDED, Act.CLIENT_CHANGED, Act.CLIENT_REVOKED, Act.CLIENT_RESTORED, Act.CLIENT_BASELINE),
    *(Act.CATALOGUE_ADDED, Act.CATALOGUE_CHANGED, Act.CATALOGUE_RETIRED, Act.CATALOGUE_BASELINE),
)
DECIDES = "decisions:write"
# Tables by which access is given, or of which evidence is made: of others the rights tell nothing that an auditor asks.
TABLES = (
    *("audits_trailentry", "audits_checkpoint", "audits_tile", "audits_personal", "users_user", "users_factor"),
    *("access_requests_accessrequest", "access_requests_decision", "access_requests_elevation", "access_requests_workgroup"),
    *("access_requests_approvalpolicy", "access_requests_iamuserbinding"),
)


def rows(pack: Pack) -> Iterator[dict[str, Any]]:
    """Yield whoever may much, as of the checkpoint: kind, name, what, and who or what says so."""
    acts = dict.fromkeys((*OF_PEOPLE, *OF_PROGRAMS, *WHOLE))
    entries = TrailEntry.objects.filter(act__in=acts, pk__lte=pack.through).order_by("pk")
    state = fold(entries.iterator(chunk_size=500))
    yield from _people(state)
    yield from _approvers(state)
    yield from _programs(state)
    for service, rights in RIGHTS.items():
        for table in TABLES:
            if table in rights:
                yield _row("database_role", service, rights[table], table)


def _people(state: State) -> Iterator[dict[str, Any]]:
    for name, person in sorted(state.of(ThingKind.PERSON).items()):
        roles = person.get("roles") or {flag: ["here"] for flag in ("administrator", "auditor") if person.get(flag)}
        for role, sources in sorted(roles.items()):
            if role in ("administrator", "auditor") and not person.get("disabled"):
                yield _row(role, name, "", ", ".join(sources))


def _approvers(state: State) -> Iterator[dict[str, Any]]:
    for key, policy in sorted(state.of(ThingKind.POLICY).items()):
        if policy.get("retired_at"):
            continue
        for number, level in enumerate(policy.get("levels", ()), start=1):
            for approver in level["approvers"]:
                yield _row("approver", approver, f"{key}, {number}", ", ".join(policy.get("decide_by", ())))


def _programs(state: State) -> Iterator[dict[str, Any]]:
    for key, client in sorted(state.of(ThingKind.CLIENT).items()):
        if DECIDES in client.get("scopes", ()) and not client.get("retired_at"):
            people = client.get("people", "")
            named = people if isinstance(people, str) else ", ".join(people)
            yield _row("client", key, DECIDES, named)


def _row(kind: str, name: str, what: str, source: str) -> dict[str, Any]:
    return {"kind": str(kind), "name": str(name), "what": what, "source": source}
