"""What the file wants: its sections. docs/catalogue.md is the reference of their fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import ValidationError

from access_requests.services.catalogue.document import Document, parse
from access_requests.services.catalogue.fields import Fields, Table
from access_requests.services.catalogue.kinds.account import AccountWithRoles
from access_requests.services.catalogue.kinds.client import Client
from access_requests.services.catalogue.kinds.inspection_plan import InspectionPlan, by_key
from access_requests.services.catalogue.kinds.person import Person
from access_requests.services.catalogue.kinds.policy import Policy
from access_requests.services.catalogue.kinds.standing_group import STANDING_GROUP_NAME, StandingGroup
from access_requests.services.catalogue.kinds.work_group import WORK_GROUP_NAME, WorkGroup
from access_requests.services.catalogue.mistakes import Mistakes, Path
from access_requests.services.catalogue.state import State
from access_requests.services.catalogue.values import KEY, USERNAME


class File(Fields):
    accounts: Table[Annotated[str, KEY], AccountWithRoles]
    policies: Table[Annotated[str, KEY], Policy]
    work_groups: Table[Annotated[str, WORK_GROUP_NAME], WorkGroup]
    people: Table[Annotated[str, USERNAME], Person]
    standing_groups: Table[Annotated[str, STANDING_GROUP_NAME], StandingGroup] = {}
    clients: Table[Annotated[str, KEY], Client] = {}
    inspections: InspectionPlan | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """`secret_sources` is where the secrets of the clients are: client -> {"env": NAME} or {"file": PATH}."""

    state: State
    secret_sources: Mapping[str, Mapping[str, str]]
    lines: Mapping[Path, int]


def read(content: bytes) -> Wanted:
    """Return what the file wants, in good form; whether it fits together is for `checking`. Raises CatalogueRefused."""
    document = parse(content)
    file = _file(document)
    sources = {key: client.secret for key, client in file.clients.items()}
    return Wanted(
        state=_state(file),
        secret_sources={key: source for key, source in sources.items() if isinstance(source, dict)},
        lines=document.lines,
    )


def _file(document: Document) -> File:
    mistakes = Mistakes(document.lines)
    try:
        return File.model_validate(document.root)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_context=False, include_input=False):
            mistakes.add(_written(found["loc"], document), found["msg"])
    mistakes.stop()
    raise ValueError("what is wrong with the file has no words")


def _written(path: Path, document: Document) -> Path:
    """Return the path up to where the file ends it: a value that stands alone has no field's name before it."""
    while path not in document.lines:
        path = path[:-1]
    return path


def _state(file: File) -> State:
    return State(
        accounts={key: account.alone() for key, account in file.accounts.items()},
        roles={f"{key}/{name}": role for key, account in file.accounts.items() for name, role in account.roles.items()},
        standing_groups=file.standing_groups,
        people=file.people,
        policies=file.policies,
        work_groups=file.work_groups,
        clients={key: client.but(secret=None) for key, client in file.clients.items()},
        inspection_plans=by_key(file.inspections),
    )
