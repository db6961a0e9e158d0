"""IAM in memory, as far as workers use it: for histories too many for HTTP. `tests/contracts` proves the real one."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from portal.iam.fences import entry_fence_name
from portal.simulated_aws.identifiers import ROLE, stable_id

Answer = dict[str, Any]
METHODS = {
    "get_user": "GetUser",
    "get_role": "GetRole",
    "list_users": "ListUsers",
    "put_user_policy": "PutUserPolicy",
    "get_user_policy": "GetUserPolicy",
    "delete_user_policy": "DeleteUserPolicy",
    "tag_user": "TagUser",
    "untag_user": "UntagUser",
    "list_user_tags": "ListUserTags",
    "add_user_to_group": "AddUserToGroup",
    "remove_user_from_group": "RemoveUserFromGroup",
    "get_group": "GetGroup",
    "put_role_policy": "PutRolePolicy",
    "get_role_policy": "GetRolePolicy",
    "get_account_authorization_details": "GetAccountAuthorizationDetails",
    "describe_sessions": "DescribeSessions",
}
JUMP, PRODUCTION = "111111111111", "444444444444"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringLike": {"sts:RoleSessionName": "${aws:username}"},
                "Bool": {"aws:MultiFactorAuthPresent": "true"},
            },
        }
    ],
}


@dataclass
class FakeIam:
    """Both accounts in one: users and groups of the Jump account, roles of production.

    `ids` is user name -> UserId, `leads_to` group -> the role that it allows to switch to. `trouble` says for the n-th call from
    now whether it fails "before" or "after" its effect, or "late": it comes to nothing for the caller, and lands with `land`.
    """

    ids: dict[str, str]
    members: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    tags: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    policies: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    leads_to: dict[str, str] = field(default_factory=dict)
    role_policies: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    trouble: dict[int, str] = field(default_factory=dict)
    hanging: list[Callable[[], object]] = field(default_factory=list)

    @property
    def meta(self) -> "FakeIam":
        return self

    @property
    def service_model(self) -> "FakeIam":
        return self

    @property
    def service_name(self) -> str:
        return "iam"

    @property
    def method_to_api_mapping(self) -> dict[str, str]:
        return METHODS

    def __getattr__(self, method: str) -> Callable[..., Answer]:
        if method not in METHODS:
            raise AttributeError(method)
        return lambda **params: self._call(getattr(self, f"_{method}"), params)

    def fence(self, user: str, role: str) -> str | None:
        policy = self.policies[user].get(entry_fence_name(role))
        return str(policy["Statement"][0]["Condition"]["DateGreaterThan"]["aws:CurrentTime"]) if policy else None

    def _call(self, method: Callable[..., Answer], params: Answer) -> Answer:
        trouble = self.trouble.get(1)
        self.trouble = {number - 1: kind for number, kind in self.trouble.items() if number > 1}
        if trouble == "before":
            raise _error("Throttling", 400)
        if trouble == "late":
            self.hanging.append(lambda: method(**params))
            raise ReadTimeoutError(endpoint_url="memory")
        answer = method(**params)
        if trouble == "after":
            raise ReadTimeoutError(endpoint_url="memory")
        return answer

    def land(self) -> None:
        """Let AWS do what hangs."""
        hanging, self.hanging = self.hanging, []
        for call in hanging:
            with suppress(ClientError):
                call()

    def _known(self, user: str) -> None:
        if user not in self.ids:
            raise _error("NoSuchEntity", 404)

    def _get_user(self, *, UserName: str) -> Answer:  # noqa: N803  AWS's own names, here and below.
        self._known(UserName)
        arn = f"arn:aws:iam::{JUMP}:user/{UserName}"
        return {"User": {"UserName": UserName, "UserId": self.ids[UserName], "Arn": arn}}

    def _get_role(self, *, RoleName: str) -> Answer:  # noqa: N803
        return {"Role": self._role_details(RoleName)}

    def _list_users(self, **_page: Any) -> Answer:
        return {"Users": [{"UserName": name, "UserId": user_id} for name, user_id in self.ids.items()]}

    def _put_user_policy(self, *, UserName: str, PolicyName: str, PolicyDocument: str) -> Answer:  # noqa: N803
        self._known(UserName)
        self.policies[UserName][PolicyName] = json.loads(PolicyDocument)
        return {}

    def _get_user_policy(self, *, UserName: str, PolicyName: str) -> Answer:  # noqa: N803
        if PolicyName not in self.policies[UserName]:
            raise _error("NoSuchEntity", 404)
        return {"PolicyDocument": self.policies[UserName][PolicyName]}

    def _delete_user_policy(self, *, UserName: str, PolicyName: str) -> Answer:  # noqa: N803
        if self.policies[UserName].pop(PolicyName, None) is None:
            raise _error("NoSuchEntity", 404)
        return {}

    def _tag_user(self, *, UserName: str, Tags: list[dict[str, str]]) -> Answer:  # noqa: N803
        self._known(UserName)
        self.tags[UserName].update({tag["Key"]: tag["Value"] for tag in Tags})
        return {}

    def _untag_user(self, *, UserName: str, TagKeys: list[str]) -> Answer:  # noqa: N803
        self._known(UserName)
        for key in TagKeys:
            self.tags[UserName].pop(key, None)
        return {}

    def _list_user_tags(self, *, UserName: str) -> Answer:  # noqa: N803
        self._known(UserName)
        return {"Tags": [{"Key": key, "Value": value} for key, value in self.tags[UserName].items()]}

    def _add_user_to_group(self, *, GroupName: str, UserName: str) -> Answer:  # noqa: N803
        self._known(UserName)
        self.members[GroupName].add(UserName)
        return {}

    def _remove_user_from_group(self, *, GroupName: str, UserName: str) -> Answer:  # noqa: N803
        self._known(UserName)
        self.members[GroupName].discard(UserName)
        return {}

    def _get_group(self, *, GroupName: str, **_page: Any) -> Answer:  # noqa: N803
        return {"Users": [self._get_user(UserName=name)["User"] for name in sorted(self.members[GroupName])]}

    def _put_role_policy(self, *, RoleName: str, PolicyName: str, PolicyDocument: str) -> Answer:  # noqa: N803
        self.role_policies[RoleName][PolicyName] = json.loads(PolicyDocument)
        return {}

    def _get_role_policy(self, *, RoleName: str, PolicyName: str) -> Answer:  # noqa: N803
        if PolicyName not in self.role_policies[RoleName]:
            raise _error("NoSuchEntity", 404)
        return {"PolicyDocument": self.role_policies[RoleName][PolicyName]}

    def _describe_sessions(self, **_filters: Any) -> Answer:
        return {"Sessions": []}

    def _get_account_authorization_details(self, *, Filter: Sequence[str] = (), **_page: Any) -> Answer:  # noqa: N803
        asked = Filter or ("User", "Group")
        users = [self._user_details(name, user_id) for name, user_id in self.ids.items()]
        groups = [self._group_details(name, role) for name, role in self.leads_to.items()]
        roles = [self._role_details(name) for name in sorted(set(self.leads_to.values()))]
        return {
            "UserDetailList": users if "User" in asked else [],
            "GroupDetailList": groups if "Group" in asked else [],
            "RoleDetailList": [] if "User" in Filter else roles,
            "Policies": [],
            "IsTruncated": False,
        }

    def _user_details(self, name: str, user_id: str) -> Answer:
        return {
            "UserName": name,
            "UserId": user_id,
            "Arn": f"arn:aws:iam::{JUMP}:user/{name}",
            "UserPolicyList": _listed(self.policies[name]),
            "GroupList": [group for group in self.leads_to if name in self.members[group]],
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags[name].items()],
        }

    def _group_details(self, name: str, role: str) -> Answer:
        allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{PRODUCTION}:role/{role}"}
        return {
            "GroupName": name,
            "GroupId": f"AGPA{name.upper()}",
            "Arn": f"arn:aws:iam::{JUMP}:group/{name}",
            "GroupPolicyList": _listed({"SwitchRole": {"Version": "2012-10-17", "Statement": [allow]}}),
        }

    def _role_details(self, name: str) -> Answer:
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        return {
            "RoleName": name,
            "RoleId": stable_id(ROLE, PRODUCTION, name),
            "Arn": f"arn:aws:iam::{PRODUCTION}:role/{name}",
            "AssumeRolePolicyDocument": TRUST,
            "RolePolicyList": _listed({"Everything": everything, **self.role_policies[name]}),
        }


def _listed(policies: dict[str, Any]) -> list[Answer]:
    return [{"PolicyName": name, "PolicyDocument": document} for name, document in policies.items()]


def _error(code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}, code)  # type: ignore[typeddict-item]
