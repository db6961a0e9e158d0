"""The red team in the simulated AWS: who tries as an evaluator sees them, and by which credentials they call."""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.iam import boundaries
from portal.iam.account import Account
from portal.iam.contexts import of_session, of_user
from portal.iam.principals import Context, Policy, Principal, Role
from tests.stand_ins.aws import Aws
from tests.worlds.gated import account_of, admin_in
from tests.worlds.red_team import ACCOUNTS, WHO

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
SERVICE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
MUCH = Policy(name="everything", document=EVERYTHING)
# In the portal's account; the one with gates is in each account that has work roles.
PORTAL_ROLE, GATE_ROLE = "SekishoPortalRole", "SekishoGateRole"
PORTAL_ROLES = (
    *(PORTAL_ROLE, "SekishoChangePublisherRole", "SekishoChangeReviewerRole", "SekishoChangeStarterRole"),
    *("SekishoChangeApproverRole", "SekishoRunbookRole", "SekishoIdentityCenterRole"),
)
ROLES = {
    "work": "Prod_MemberRole",
    "development": "Dev_MemberRole",
    "deploy": boundaries.DEPLOY_ROLE,
    "member": "Stg_MemberRole",
    "lead": "Stg_LeaderRole",
    "developer": "Dev_LeaderRole",
}
# The boundary is what is tried: whatever policies the role has otherwise.
STRIPPED = ("work", "development")
USERS = {"keys": "member01", "person": "member01", "admin_keys": "admin01", "admin": "admin01"}


@dataclass(frozen=True, kw_only=True)
class Tries:
    """Somebody who tries, in an account, with what AWS knows of each of their calls, and the roles that are anywhere, by ARN."""

    account: str
    principal: Principal
    keys: Context
    roles: Mapping[str, Role] = field(default_factory=dict)


def everybody(accounts: Mapping[str, Account], *, at: datetime) -> Mapping[str, tuple[Tries, ...]]:
    """Return who they are, by the names of the table; several where any of them counts."""
    found = [role for account in accounts.values() for name in account.roles if (role := account.role(name))]
    roles = {role.arn: role for role in found}
    return {
        who: tuple(dataclasses.replace(tries, roles=roles) for tries in _tries(who, accounts, at))
        for who in WHO
        if who != "template"
    }


def _tries(who: str, accounts: Mapping[str, Account], at: datetime) -> Iterator[Tries]:
    home = WHO[who][0]
    if who in USERS:
        yield _user(who, accounts[home], at)
    elif who == "portal":
        yield from (_session(home, _role(accounts[home], name), at) for name in PORTAL_ROLES)
        yield _session("production", _role(accounts["production"], GATE_ROLE), at)
    elif who == "app":
        deployer = _role(accounts[home], boundaries.DEPLOY_ROLE)
        document = accounts[home].policies[boundaries.arn(ACCOUNTS[home], boundaries.APP)]
        arn, boundary = f"arn:aws:iam::{ACCOUNTS[home]}:role/app/web", Policy(name="boundary", document=document)
        yield _session(home, dataclasses.replace(deployer, arn=arn, boundary=boundary, policies=(MUCH,)), at)
    else:
        role = _role(accounts[home], ROLES[who])
        yield _session(home, dataclasses.replace(role, policies=(MUCH,)) if who in STRIPPED else role, at)


def _user(who: str, account: Account, at: datetime) -> Tries:
    principal = account.principal(USERS[who])
    # What a thief of the portal's key puts on a person, and what an administrator allows their own group.
    principal = dataclasses.replace(principal, policies=(*principal.policies, MUCH))
    user = account.users[USERS[who]]
    keys = of_user(arn=user.arn, user_id=user.id, user_name=user.name, at=at, mfa=not who.endswith("keys"))
    return Tries(account="jump", principal=principal, keys={**keys, "sts:RoleSessionName": user.name})


def _role(account: Account, name: str) -> Role:
    role = account.role(name)
    assert role is not None, name
    return role


def _session(account: str, role: Role, at: datetime) -> Tries:
    issued_at = at - timedelta(minutes=5)
    keys = of_session(role_arn=role.arn, role_id=role.role_id, session_name="member01", issued_at=issued_at, at=at, mfa=True)
    return Tries(account=account, principal=role.session("member01"), keys=keys)


def read(aws: Aws) -> dict[str, Account]:
    """Return the accounts as they are deployed."""
    names = ("jump", "development", "staging", "production", "billing")
    return {name: account_of(_administrator(aws, name), ACCOUNTS[name]) for name in names}


def _administrator(aws: Aws, account: str) -> Any:
    return aws.admin_client("iam") if account == "jump" else admin_in(aws, account)


def strip(iam: Any, role: str) -> None:
    """Leave a role nothing but its boundary, and `Allow * *`."""
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    iam.put_role_policy(RoleName=role, PolicyName="Everything", PolicyDocument=json.dumps(EVERYTHING))


def stage(aws: Aws) -> None:
    """Make what is tried on, and give those who try what the table says that they have."""
    jump = aws.admin_client("iam")
    jump.create_policy(PolicyName="own", PolicyDocument=json.dumps(EVERYTHING))
    jump.put_user_policy(UserName="member01", PolicyName="Everything", PolicyDocument=json.dumps(EVERYTHING))
    jump.add_user_to_group(GroupName="ProdMemberWorkGroup", UserName="member01")
    # By themselves: it is what they may.
    own = aws.person("admin01").client("iam")
    own.put_group_policy(GroupName="JumpAdminGroup", PolicyName="More", PolicyDocument=json.dumps(EVERYTHING))
    for who in STRIPPED:
        strip(admin_in(aws, WHO[who][0]), ROLES[who])


def stage_applications(iam: Any, account_id: str) -> None:
    """Make a role of an application, a policy and an instance profile, where they are missing."""
    bound, trust = boundaries.arn(account_id, boundaries.APP), json.dumps(SERVICE)
    making: tuple[Callable[[], object], ...] = (
        lambda: iam.create_role(RoleName="web", Path="/app/", AssumeRolePolicyDocument=trust, PermissionsBoundary=bound),
        lambda: iam.create_policy(PolicyName="web", Path="/app/", PolicyDocument=json.dumps(EVERYTHING)),
        lambda: iam.create_instance_profile(InstanceProfileName="web", Path="/app/"),
    )
    for make in making:
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            make()
