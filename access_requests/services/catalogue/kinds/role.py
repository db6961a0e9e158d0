"""Roles of accounts: `production/Prod_MemberRole`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, ClassVar

from access_requests.models import AwsAccount, RoleLevel, TargetRole
from access_requests.models.catalogue import LONGEST_ARN
from access_requests.services.catalogue.fields import Fields, Listed
from access_requests.services.catalogue.values import IAM, matching, one_of
from access_requests.services.elevations import target_roles
from portal.iam.fences import ROLE_ARN

ARN = matching(ROLE_ARN.pattern, LONGEST_ARN, "the ARN of a role in full, as IAM shows it")
ROLE_ID = matching(r"AROA[A-Z0-9]{12,124}", 128, "IAM's RoleId, such as AROACKCEVSQ6C2EXAMPLE")
POLICY = matching(
    rf"{IAM}|arn:aws[a-z-]*:iam::(aws|\d{{12}}):policy/[\x21-\x7e]+",
    600,
    "the name of an inline policy, or the ARN of a managed one",
)


class Role(Fields):
    """A role's level alone, or with its ARN, its RoleId and the policies that it is to have."""

    SHORT: ClassVar = "level"
    level: Annotated[str, one_of(RoleLevel.values)]
    policies: Listed[Annotated[str, POLICY]] | None = None
    arn: Annotated[str | None, ARN] = None
    role_id: Annotated[str | None, ROLE_ID] = None


def current() -> Mapping[str, Role]:
    return {str(row): Role.of_row(row) for row in TargetRole.objects.select_related("account")}


def rows(keys: Collection[str]) -> list[TargetRole]:
    return [TargetRole.objects.get(account__key=key.split("/")[0], name=key.split("/")[1]) for key in keys]


def write(key: str, after: Role, now: datetime) -> None:
    account, name = key.split("/")
    before = TargetRole.objects.filter(account__key=account, name=name).values_list("arn", flat=True).first()
    values = {**after.in_columns(), "read_at": now if after.role_id else None, "read_again_at": None}
    role, _ = TargetRole.objects.update_or_create(account=AwsAccount.objects.get(key=account), name=name, defaults=values)
    if before != role.arn:
        target_roles.rewrite_fences(role)


def remove(key: str, _now: datetime) -> None:
    rows([key])[0].delete()
