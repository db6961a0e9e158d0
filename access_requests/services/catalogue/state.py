"""The catalogue as plain data, in one form for what the file wants and for what the database has."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from access_requests.services.catalogue.mistakes import Path

Fields = Mapping[str, Any]
Objects = Mapping[str, Fields]


class Kind(StrEnum):
    """In the order in which they are shown. The value is how the trail names a subject: `work_group:ProdMemberWorkGroup`."""

    ACCOUNT = "account"
    ROLE = "role"
    STANDING_GROUP = "standing_group"
    PERSON = "person"
    POLICY = "policy"
    WORK_GROUP = "work_group"
    CLIENT = "client"


State = Mapping[Kind, Objects]

SECTIONS = {
    Kind.ACCOUNT: "accounts",
    Kind.STANDING_GROUP: "standing_groups",
    Kind.PERSON: "people",
    Kind.POLICY: "policies",
    Kind.WORK_GROUP: "work_groups",
    Kind.CLIENT: "clients",
}


def path_of(kind: Kind, key: str, *inside: str | int) -> Path:
    """Return where the file says it. A role, `production/Prod_MemberRole`, is written inside its account."""
    if kind == Kind.ROLE:
        account, name = key.split("/")
        return (SECTIONS[Kind.ACCOUNT], account, "roles", name)
    return (SECTIONS[kind], key, *inside)
