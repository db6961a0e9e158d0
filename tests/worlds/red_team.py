"""The red team's table, `red_team.yaml`: what is tried, from where, and what comes of it.

Real calls and two evaluators are held to it, and the documentation is made from it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from portal.iam import boundaries

FILE = Path(__file__).with_name("red_team.yaml")
ACCOUNTS = {
    "jump": "111111111111",
    "development": "222222222222",
    "staging": "333333333333",
    "production": "444444444444",
    "billing": "555555555555",
}
REGION = "ap-northeast-1"
REFUSED, BOUNDED, LISTED, ALLOWED = "refused", "bounded", "listed", "allowed"
# Who tries, in which account; the documentation says each in these words.
WHO: Mapping[str, tuple[str, str]] = {
    "keys": ("jump", "an engineer's keys without the device, whatever is put on the user"),
    "person": ("jump", "an engineer with the device, whatever is put on the user"),
    "admin_keys": ("jump", "an administrator's keys without the device"),
    "admin": ("jump", "an administrator of Jump with the device, who has allowed their own group `*`"),
    "work": ("production", "a session of a work role with `Allow * *` and no rails"),
    "development": ("development", "a session of a role of development with `Allow * *` and no rails"),
    "deploy": ("staging", "`CloudFormation-Role`"),
    "app": ("staging", "a role of an application with `Allow * *`"),
    "template": ("staging", "a template that a lead deploys in `CloudFormation-Role`"),
    "member": ("staging", "a member's role as it is deployed: ReadOnlyAccess and rails"),
    "lead": ("staging", "a lead's role as it is deployed: PowerUserAccess and rails"),
    "developer": ("development", "a lead's role of development as it is deployed"),
    "portal": ("jump", "any of the portal's own roles"),
}
# Whom a role is passed to, by the beginning of a published way's id.
_SERVICES = {
    "apprunner": "tasks.apprunner.amazonaws.com",
    "bedrock": "bedrock-agentcore.amazonaws.com",
    "cloudformation": "cloudformation.amazonaws.com",
    "codebuild": "codebuild.amazonaws.com",
    "datapipeline": "datapipeline.amazonaws.com",
    "ec2": "ec2.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "glue": "glue.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
    "sagemaker": "sagemaker.amazonaws.com",
}
_KINDS = ("user/", "role/", "group/", "policy/", "instance-profile/", "mfa/", "saml-provider/", "oidc-provider/")
_ABOUT_USERS = ("AccessKey", "LoginProfile", "UserPolicy")
_ABOUT_GROUPS = ("GroupPolicy", "AddUserToGroup")


@dataclass(frozen=True, kw_only=True)
class Act:
    """One call of an attempt, with the keys that AWS knows of what it is about. `policy` is what it attaches or detaches."""

    action: str
    resource: str
    keys: Mapping[str, str] = field(default_factory=dict)
    policy: str = ""

    def __str__(self) -> str:
        return " ".join([self.action, self.resource.rpartition(":")[2], *self.keys.values()])


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a way without a resource of its own is tried on. What results is `bounded_by` that boundary, or by none."""

    role: str
    policy: str
    user: str = "user/administrator"
    group: str = "group/administrators"
    bounded_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A row. `outcomes` is by who tries: what is not in it is refused."""

    section: str
    way: str
    who: tuple[str, ...]
    actions: tuple[str, ...]
    together: bool
    outcomes: Mapping[str, str]
    row: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.section}: {self.way}"

    def outcome(self, who: str) -> str:
        return self.outcomes.get(who, REFUSED)

    def names(self) -> tuple[str, ...]:
        """Return what has an outcome: the row, or each of its actions."""
        return (str(self),) if self.together else tuple(f"{self}: {action}" for action in self.actions)

    def tries(self, account: str) -> Iterator[tuple[str, Aim | None, tuple[Act, ...]]]:
        """Return what is tried there, by its name: on each aim the calls that lead there together, or each call by itself."""
        if self.together:
            for aim in _aims(account):
                yield str(self), aim, tuple(self._act(action, account, aim) for action in self.actions)
            return
        for name, action in zip(self.names(), self.actions, strict=True):
            yield name, None, (self._act(action, account, None),)

    def _act(self, action: str, account: str, aim: Aim | None) -> Act:
        resource = _resource(action, aim) if aim else self.row.get("at", "*")
        bounded_by = self.row.get("boundary", "") if aim is None else aim.bounded_by * (resource in (aim.role, aim.user))
        service = _SERVICES[self.way.partition("-")[0]] if aim and action == "iam:PassRole" else self.row.get("to")
        keys = dict(self.row.get("with", {}))
        if aim and action == "lambda:AddPermission":
            # A service of AWS, which is what the boundary leaves.
            keys["lambda:Principal"] = "events.amazonaws.com"
        keys |= {"iam:PassedToService": service} if service else {}
        keys |= {"iam:PermissionsBoundary": boundaries.arn(ACCOUNTS[account], bounded_by)} if bounded_by else {}
        policy = arn(self.row["policy"], account) if "policy" in self.row else ""
        keys |= {"iam:PolicyARN": policy} if policy else {}
        return Act(action=action, resource=arn(resource, account), keys=keys, policy=policy)


@cache
def attempts() -> tuple[Attempt, ...]:
    return tuple(attempt for section in sections() for attempt in _rows(section))


def sections() -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = yaml.safe_load(FILE.read_text())
    return read


def _rows(section: Mapping[str, Any]) -> Iterator[Attempt]:
    who = tuple(section["who"].split())
    for row in section["rows"]:
        outcomes = {name: word for word in (BOUNDED, LISTED, ALLOWED) for name in _named(row.get(word, ""), who)}
        actions = tuple(row.get("needs", row.get("each", "")).split())
        yield Attempt(
            section=section["section"],
            way=row["way"],
            who=who,
            actions=actions,
            together="needs" in row,
            outcomes=outcomes,
            row=row,
        )


def _named(names: str, who: tuple[str, ...]) -> tuple[str, ...]:
    return who if names == "all" else tuple(names.split())


def arn(resource: str, account: str) -> str:
    """Return the ARN of `role/x` there, of `production:role/x` in that account, or what is whole already."""
    elsewhere, _, rest = resource.partition(":")
    if elsewhere in ACCOUNTS or elsewhere.isdigit():
        return f"arn:aws:iam::{ACCOUNTS.get(elsewhere, elsewhere)}:{rest}"
    if resource.startswith(_KINDS):
        return f"arn:aws:iam::{ACCOUNTS[account]}:{resource}"
    return resource.replace("{place}", f"{REGION}:{ACCOUNTS[account]}")


def _aims(account: str) -> tuple[Aim, ...]:
    """Return somebody who has more, whose every writing counts; then what carries a boundary."""
    more = "role/OrganizationAccountAccessRole"
    if account == "jump":
        work = "group/sekisho/work/ProdMemberWorkGroup"
        return (
            Aim(role=more, policy="policy/sekisho/SekishoPersonBoundary", group="group/JumpAdminGroup"),
            Aim(role=more, policy="policy/own", group="group/JumpAdminGroup"),
            Aim(role=more, policy="policy/own", user="user/member01", group=work, bounded_by=boundaries.PERSON),
        )
    member = {"development": "Dev", "staging": "Stg", "production": "Prod"}[account]
    of_people = boundaries.DEVELOPMENT if account == "development" else boundaries.WORK
    return (
        Aim(role=more, policy="policy/sekisho/SekishoWorkRoleBoundary"),
        Aim(role="role/app/web", policy="policy/app/web", bounded_by=boundaries.APP),
        Aim(role="role/sekisho/CloudFormation-Role", policy="policy/sekisho/SekishoDeployBoundary", bounded_by=boundaries.DEPLOY),
        Aim(role=f"role/{member}_MemberRole", policy=f"policy/sekisho/{of_people}", bounded_by=of_people),
    )


def _resource(action: str, aim: Aim) -> str:
    if not action.startswith(("iam:", "sts:")):
        return "*"
    if action == "iam:CreatePolicyVersion":
        return aim.policy
    if action.endswith(_ABOUT_USERS):
        return aim.user
    return aim.group if action.endswith(_ABOUT_GROUPS) else aim.role
