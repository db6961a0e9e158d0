"""AWS accounts, and what a file says of the roles in them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from access_requests.models import MADE_BY_ORGANIZATIONS, AccountKind, AwsAccount
from access_requests.services.catalogue.fields import NOT_WRITTEN, Column, Fields, Listed, Table
from access_requests.services.catalogue.kinds.role import Role
from access_requests.services.catalogue.values import IAM, ROLE_NAME, matching, one_of, text

GATE_ROLE = matching(rf"({IAM}/)*{IAM}", 576, "the path and name of a role, such as sekisho/SekishoGateRole")
REGION = matching(r"[a-z]{2}(-[a-z]+)+-\d", 30, "a Region such as ap-northeast-1")


class Account(Fields):
    id: Annotated[str, matching(r"\d{12}", 12, "12 digits"), Column("account_id")]
    name: Annotated[str, text(120)]
    kind: Annotated[str, one_of(AccountKind.values)]
    gate_role: Annotated[str, GATE_ROLE] = ""
    gate_role_arn: Annotated[str, NOT_WRITTEN] = ""
    regions: Listed[Annotated[str, REGION]] = []
    other_roles: Listed[Annotated[str, ROLE_NAME]] = [*MADE_BY_ORGANIZATIONS]


class AccountWithRoles(Account):
    """An account as a file writes it."""

    roles: Table[Annotated[str, ROLE_NAME], Role] = {}

    def alone(self) -> Account:
        return Account.model_construct(**{name: getattr(self, name) for name in Account.model_fields})


def current() -> Mapping[str, Account]:
    return {row.key: Account.of_row(row) for row in AwsAccount.objects.all()}


def write(key: str, after: Account, _now: datetime) -> None:
    AwsAccount.objects.update_or_create(key=key, defaults=after.in_columns())


def remove(key: str, _now: datetime) -> None:
    AwsAccount.objects.get(key=key).delete()
