"""The catalogue in one form, for what the file wants and for what the database has."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from access_requests.services.catalogue.fields import Fields
from access_requests.services.catalogue.kinds.account import Account
from access_requests.services.catalogue.kinds.client import Client
from access_requests.services.catalogue.kinds.inspection_plan import InspectionPlan
from access_requests.services.catalogue.kinds.person import Person
from access_requests.services.catalogue.kinds.policy import Policy
from access_requests.services.catalogue.kinds.role import Role
from access_requests.services.catalogue.kinds.standing_group import StandingGroup
from access_requests.services.catalogue.kinds.work_group import WorkGroup
from access_requests.services.catalogue.mistakes import Path


class Kind(StrEnum):
    """In the order in which they are shown. The value is how the trail names a subject: `work_group:ProdMemberWorkGroup`."""

    ACCOUNT = "account"
    ROLE = "role"
    STANDING_GROUP = "standing_group"
    PERSON = "person"
    POLICY = "policy"
    WORK_GROUP = "work_group"
    CLIENT = "client"
    INSPECTION_PLAN = "inspection_plan"


SECTIONS = {
    Kind.ACCOUNT: "accounts",
    Kind.STANDING_GROUP: "standing_groups",
    Kind.PERSON: "people",
    Kind.POLICY: "policies",
    Kind.WORK_GROUP: "work_groups",
    Kind.CLIENT: "clients",
    Kind.INSPECTION_PLAN: "inspections",
}


@dataclass(frozen=True, kw_only=True)
class State:
    accounts: Mapping[str, Account]
    roles: Mapping[str, Role]
    standing_groups: Mapping[str, StandingGroup]
    people: Mapping[str, Person]
    policies: Mapping[str, Policy]
    work_groups: Mapping[str, WorkGroup]
    clients: Mapping[str, Client]
    # One at most.
    inspection_plans: Mapping[str, InspectionPlan]

    def by_kind(self) -> Mapping[Kind, Mapping[str, Fields]]:
        return {
            Kind.ACCOUNT: self.accounts,
            Kind.ROLE: self.roles,
            Kind.STANDING_GROUP: self.standing_groups,
            Kind.PERSON: self.people,
            Kind.POLICY: self.policies,
            Kind.WORK_GROUP: self.work_groups,
            Kind.CLIENT: self.clients,
            Kind.INSPECTION_PLAN: self.inspection_plans,
        }


def path_of(kind: Kind, key: str, *inside: str | int) -> Path:
    """Return where the file says it.

    A role, `production/Prod_MemberRole`, is written inside its account. The plan of inspections is all that its section has.
    """
    if kind == Kind.ROLE:
        account, name = key.split("/")
        return (SECTIONS[Kind.ACCOUNT], account, "roles", name)
    if kind == Kind.INSPECTION_PLAN:
        return (SECTIONS[kind], *inside)
    return (SECTIONS[kind], key, *inside)
