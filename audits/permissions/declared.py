"""What an account was declared to be: by the trail's entries of the catalogue, and by the company's own file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from audits.acts import Act
from audits.models import TrailEntry
from audits.replay import State, ThingKind, fold
from portal.iam.account_design import declared as design
from portal.iam.account_design.design import PORTAL_ROLE, Declared
from portal.iam.rails.rail import Place
from portal.iam.rails.standing import Where

ACTS = (Act.CATALOGUE_ADDED, Act.CATALOGUE_CHANGED, Act.CATALOGUE_RETIRED, Act.CATALOGUE_BASELINE)
JUMP = "jump"
NOTHING = Declared(hosts=())


@dataclass(frozen=True, kw_only=True)
class Target:
    """An account to look at, by this role of the portal's; without one by its own credentials, which are the Jump account's."""

    account: str
    name: str
    role_arn: str
    where: Where

    @property
    def key(self) -> str:
        return self.where.key

    @property
    def is_readable(self) -> bool:
        return self.where.kind == JUMP or bool(self.role_arn)


def targets() -> list[Target]:
    """Return the accounts of the catalogue, by their keys. One query. Raises ValueError for a file that cannot be read."""
    state = fold(TrailEntry.objects.filter(act__in=ACTS).order_by("pk"))
    accounts = {key: one for key, one in sorted(state.of(ThingKind.ACCOUNT).items()) if one.get("id")}
    said, arns = _said(), _arns(state)
    jump = next((str(one["id"]) for one in accounts.values() if one.get("kind") == JUMP), "")
    portal = f"arn:aws:iam::{jump}:role/{PORTAL_ROLE}"
    spared = (*said.hosts, portal, *(f"arn:aws:iam::{jump}:user/{name}" for name in said.sealed_users), *_portal_roles(accounts))
    return [_target(key, one, _place(str(one["id"]), said, arns, spared), said, arns) for key, one in accounts.items()]


def _target(key: str, account: Mapping[str, Any], place: Place, said: Declared, arns: Sequence[tuple[str, str, str]]) -> Target:
    where = Where(
        key=key,
        kind=str(account.get("kind", "")),
        place=place,
        roles=tuple(name for of, name, _arn in arns if of == key),
        others=tuple(account.get("other_roles", ())),
        exemptions=said.exemptions,
    )
    role_arn = "" if where.kind == JUMP else str(account.get("gate_role_arn") or "")
    return Target(account=place.account, name=str(account.get("name") or key), role_arn=role_arn, where=where)


def _place(account: str, said: Declared, arns: Sequence[tuple[str, str, str]], spared: tuple[str, ...]) -> Place:
    administrators = said.administrators[0] if said.administrators else "-"
    known = tuple(arn for _key, _name, arn in arns if arn)
    return Place(account=account, administrators=f"/{administrators}", roles=known, spared=spared)


def _arns(state: State) -> list[tuple[str, str, str]]:
    """Return roles that people switch to: the account's key, the name, and the ARN where it is known."""
    return list(_each_arn(state))


def _each_arn(state: State) -> Iterator[tuple[str, str, str]]:
    for key, role in sorted(state.of(ThingKind.ROLE).items()):
        account, _stroke, name = key.partition("/")
        yield account, name, str(role.get("arn") or "")


def _portal_roles(accounts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for account in accounts.values():
        if account.get("gate_role_arn"):
            yield str(account["gate_role_arn"])


def _said() -> Declared:
    path = settings.ACCOUNT_DESIGN_FILE
    return design.read(Path(str(path)).read_text(encoding="utf-8")) if path else NOTHING
