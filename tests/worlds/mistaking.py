"""How the demo's company is spoiled, one mistake at a time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.worlds.designed import AT, Designed, Document

Told = tuple[str, str, str, str]
PARTNER = "999999999999"
JUMP, DEVELOPMENT, PRODUCTION = "111111111111", "222222222222", "444444444444"
WORK_ROLE = f"arn:aws:iam::{PRODUCTION}:role/Prod_MemberRole"
DEPLOYER = f"arn:aws:iam::{PRODUCTION}:role/sekisho/CloudFormation-Role"
ALL_OF_IT: Document = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@dataclass(frozen=True)
class Mistake:
    name: str
    make: Callable[[Designed], object]
    told: tuple[Told, ...]


def allow(action: Any, resource: Any = "*", sid: str = "Mistake", **more: Any) -> Document:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, **more}


def trusting(principal: Any, **more: Any) -> Document:
    return {"Sid": "Mistake", "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def trust(company: Designed, key: str, name: str, statement: Document) -> None:
    company.role(key, name)["AssumeRolePolicyDocument"]["Statement"].append(statement)


def of_group(rail: str, state: str, statement: str, names: tuple[str, ...]) -> tuple[Told, ...]:
    return tuple((f"{rail} {state}", "jump", f"group {name}", statement) for name in names)


# Who has the pack of rails that has all of them in the Jump account, and the roles of production.
WHOLE = ("AuditorGroup", "ChangeApprovalGroup", "LeaderGroup", "MemberGroup")
ROLES = ("Prod_AutomationRole", "Prod_ChangeRole", "Prod_LeaderRole", "Prod_MemberRole", "Prod_ReadOnlyRole")


def of_roles(rail: str, state: str, statement: str) -> tuple[Told, ...]:
    return tuple((f"{rail} {state}", "production", f"role {name}", statement) for name in ROLES)


def rail(company: Designed, sid: str, key: str = "jump", **changes: Any) -> None:
    company.rail(key, sid).update(changes)


def detach(company: Designed, carrier: dict[str, Any], word: str) -> None:
    carrier["AttachedManagedPolicies"] = [one for one in carrier["AttachedManagedPolicies"] if word not in one["PolicyArn"]]


def own_rails(company: Designed, carrier: dict[str, Any], key: str, without: str) -> None:
    """Give somebody a copy of the pack of rails without one of them."""
    detach(company, carrier, "SekishoRails")
    packs = [one for one in company.pages[key]["Policies"] if "SekishoRails" in one["Arn"] and "Without" not in one["Arn"]]
    for pack in packs:
        bodies = pack["PolicyVersionList"][0]["Document"]["Statement"]
        company.put(carrier, pack["Arn"].rpartition("/")[2], *(one for one in bodies if not one["Sid"].startswith(without)))


def portal_of_bills(company: Designed) -> None:
    leads = company.group("LeaderGroup")
    own_rails(company, leads, "jump", "DenyBilling")
    company.put(leads, "Bills", {"Sid": "Bills", "Effect": "Deny", "Action": "aws-portal:*", "Resource": "*"})


def negated(company: Designed, sid: str) -> None:
    body = company.rail("jump", sid)
    body["NotAction"] = body.pop("Action")


def one_role(account: str, name: str, principal: Any, *policies: Document, path: str = "/", **more: Any) -> dict[str, Any]:
    statement = {"Sid": "Trust", "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return {
        "RoleName": name, "RoleId": f"AROA{name.upper()}", "Path": path, "Arn": f"arn:aws:iam::{account}:role{path}{name}",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}, "AttachedManagedPolicies": [],
        "RolePolicyList": [{"PolicyName": "Own", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(policies)}}],
    }  # fmt: skip


def tool(company: Designed, to: str) -> str:
    """Make a role for one engineer in development, from which one goes on to another."""
    tool = one_role(DEVELOPMENT, "tool", {"AWS": f"arn:aws:iam::{JUMP}:user/member01"}, allow("sts:AssumeRole", to))
    company.pages["development"]["RoleDetailList"].append(tool)
    return str(tool["Arn"])


def chain(company: Designed) -> None:
    trust(company, "production", "Prod_MemberRole", trusting({"AWS": tool(company, WORK_ROLE)}))


def to_administrator(company: Designed) -> None:
    name = "OrganizationAccountAccessRole"
    made = tool(company, f"arn:aws:iam::{PRODUCTION}:role/{name}")
    company.pages["production"]["RoleDetailList"].append(one_role(PRODUCTION, name, {"AWS": made}, ALL_OF_IT))


def runner(company: Designed, *given: Document) -> None:
    """A role in development that may run functions, with something besides."""
    company.put(company.role("development", "Dev_ReadOnlyRole"), "Run", *given)


def scp(company: Designed, statement: Document) -> None:
    everything = {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}
    company.scps["production"] = {"Version": "2012-10-17", "Statement": [everything, statement]}


def hidden(company: Designed) -> None:
    scp(company, {"Sid": "NoQueues", "Effect": "Deny", "Action": "sqs:*", "Resource": "*"})
    company.put(company.role("production", "Prod_ReadOnlyRole"), "Queues", allow("sqs:*"))


def thing(company: Designed, arn: str, **statement: Any) -> None:
    company.things["production"][arn] = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Mistake", "Effect": "Allow", **statement}],
    }


def group(company: Designed, name: str, members: list[str], *statements: Document) -> None:
    packs = company.group("LeaderGroup")["AttachedManagedPolicies"]
    made = {
        "GroupName": name, "GroupId": f"AGPA{name.upper()}", "Path": "/", "Arn": f"arn:aws:iam::{JUMP}:group/{name}",
        "GroupPolicyList": [], "AttachedManagedPolicies": list(packs),
    }  # fmt: skip
    company.pages["jump"]["GroupDetailList"].append(made)
    if statements:
        company.put(made, "Own", *statements)
    for person in members:
        company.user(person)["GroupList"].append(name)


RAILS = (
    *("DenyBilling", "DenyS3Download", "DenyS3Delete", "DenyNetworkCreation", "DenyIamChanges", "DenyLogTampering"),
    "DenyWaysOut",
)
NEVER = {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/nobody"}}
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
WITHOUT_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
ROOT = {"AWS": f"arn:aws:iam::{JUMP}:root"}
READER = "Prod_ReadOnlyRole"


def over(company: Designed) -> None:
    """The exception for reading evidence was over yesterday."""
    where = company.wheres["audit"]
    past = (replace(one, until=AT.date() - timedelta(days=1)) if one.account == "audit" else one for one in where.exemptions)
    company.wheres["audit"] = replace(where, exemptions=tuple(past))


def two_teams(company: Designed) -> None:
    for number in (1, 2):
        group(company, f"Team{number}Group", ["leader02"])
