"""The cast's production account with the portal's role in it: session gates, and what two evaluators say of the raw policies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from portal.iam.account import Account
from portal.iam.session_gate import SESSION_GATE_NAME, Line, lines_of
from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, role_arn
from tests.stand_ins.aws import Aws
from tests.worlds.cast import let_portal_in
from tests.worlds.jump import MEMBER_ROLE, Jump

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


@dataclass(frozen=True, kw_only=True)
class Gated:
    """What stands in AWS, as an administrator of both accounts sees it."""

    aws: Aws
    jump: Jump
    iam: "IAMClient"

    def gate(self, role: str = MEMBER_ROLE) -> Any:
        return self.iam.get_role_policy(RoleName=role, PolicyName=SESSION_GATE_NAME)["PolicyDocument"]

    def lines(self, role: str = MEMBER_ROLE) -> dict[str, Line]:
        """Return who is let in; the gate is one that the portal wrote."""
        lines = lines_of(self.gate(role))
        assert lines is not None
        return {line.user_name: line for line in lines}

    def put(self, document: str, role: str = MEMBER_ROLE) -> None:
        """Edit the gate as somebody in the console does."""
        self.iam.put_role_policy(RoleName=role, PolicyName=SESSION_GATE_NAME, PolicyDocument=document)

    def on_call(self, action: str, do: Callable[[], object]) -> None:
        """Have something else happen once, while a worker's call in production is on its way."""
        self.jump.on_call(action, do, role_arn=self.jump.cast.production.gate_role_arn)

    def accounts(self) -> tuple[Account, Account]:
        """Return the Jump account and production as they are now."""
        return account_of(self.jump.iam, ACCOUNTS["jump"]), account_of(self.iam, ACCOUNTS["production"])

    def until(self, user: str = "member01", role: str = MEMBER_ROLE) -> datetime | None:
        line = self.lines(role).get(user)
        return line.until if line else None


def account_of(iam: "IAMClient", account_id: str) -> Account:
    pages = iam.get_paginator("get_account_authorization_details").paginate()
    return Account.parsed(account_id, list(pages))


def admin_in(aws: Aws, account: str, service: str = "iam") -> Any:
    """Return a client of the administrator in one of the other accounts."""
    given = aws.admin_client("sts").assume_role(RoleArn=role_arn(account, ADMIN_ROLE), RoleSessionName="administrator")
    keys = given["Credentials"]
    return aws.client(service, key_id=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"])


@pytest.fixture
def gated(jump: Jump, simulated_aws: Aws) -> Gated:
    let_portal_in(jump.cast.production)
    return Gated(aws=simulated_aws, jump=jump, iam=admin_in(simulated_aws, "production"))
