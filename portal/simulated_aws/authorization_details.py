"""GetAccountAuthorizationDetails: everything about who may do what in an account, in pages.

Of AWS's own policies only those that somebody has; there are more than a thousand.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from moto.iam.models import Group, IAMBackend, ManagedPolicy, Role, User

from portal.simulated_aws import identities, paging
from portal.simulated_aws.errors import ValidationError

Detail = dict[str, Any]
# Filter -> the list of the answer. They come in this order.
_LISTS = {
    "User": "UserDetailList",
    "Group": "GroupDetailList",
    "Role": "RoleDetailList",
    "LocalManagedPolicy": "Policies",
    "AWSManagedPolicy": "Policies",
}
_DEFAULT = 100


def page(iam: IAMBackend, parameters: Mapping[str, Any]) -> Detail:
    """Return one page. A page may hold the end of one list and the beginning of the next. Raises ValidationError."""
    wanted = parameters.get("Filter") or list(_LISTS)
    every = [(_LISTS[kind], detail) for kind, detail in _details(iam) if kind in wanted]
    size, refusal = int(parameters.get("MaxItems", _DEFAULT)), ValidationError("Invalid Marker.")
    given, marker = paging.cut(every, marker=parameters.get("Marker"), size=size, refusal=refusal)
    answer: Detail = {name: [] for name in _LISTS.values()}
    for name, detail in given:
        answer[name].append(detail)
    return {**answer, "IsTruncated": marker is not None, **({"Marker": marker} if marker else {})}


def _details(iam: IAMBackend) -> Iterator[tuple[str, Detail]]:
    yield from (("User", _user(user, iam)) for user in iam.users.values())
    yield from (("Group", _group(group)) for group in iam.groups.values())
    yield from (("Role", _role(role)) for role in iam.roles.values())
    bounded: list[User | Role] = [*iam.users.values(), *iam.roles.values()]
    attached = Counter(arn for holder in (*bounded, *iam.groups.values()) for arn in holder.managed_policies)
    bounding = Counter(identities.boundary_arn(holder) for holder in bounded)
    for arn, policy in iam.managed_policies.items():
        if f":{iam.account_id}:" in arn:
            yield "LocalManagedPolicy", _policy(policy, attached[arn], bounding[arn])
        elif attached[arn] or bounding[arn]:
            yield "AWSManagedPolicy", _policy(policy, attached[arn], bounding[arn])


def _user(user: User, iam: IAMBackend) -> Detail:
    return {
        **_entity(user),
        "UserName": user.name,
        "UserId": user.id,
        "UserPolicyList": _inline(user),
        "GroupList": [group.name for group in iam.groups.values() if user in group.users],
        **_tags_and_boundary(user),
    }


def _group(group: Group) -> Detail:
    return {**_entity(group), "GroupName": group.name, "GroupId": group.id, "GroupPolicyList": _inline(group)}


def _role(role: Role) -> Detail:
    return {
        **_entity(role),
        "RoleName": role.name,
        "RoleId": role.id,
        "AssumeRolePolicyDocument": quote(role.assume_role_policy_document),
        "InstanceProfileList": role.instance_profile_list,
        "RolePolicyList": _inline(role),
        **_tags_and_boundary(role),
        "RoleLastUsed": {},
    }


def _policy(policy: ManagedPolicy, attached: int, bounding: int) -> Detail:
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": attached,
        "PermissionsBoundaryUsageCount": bounding,
        "IsAttachable": True,
        "CreateDate": policy.create_date,
        "UpdateDate": policy.update_date,
        "PolicyVersionList": policy.policy_version_list,
    }


def _entity(found: User | Group | Role) -> Detail:
    attached = [{"PolicyName": policy.name, "PolicyArn": arn} for arn, policy in found.managed_policies.items()]
    return {"Path": found.path, "Arn": found.arn, "CreateDate": found.create_date, "AttachedManagedPolicies": attached}


def _inline(found: User | Group | Role) -> list[dict[str, str]]:
    return [{"PolicyName": name, "PolicyDocument": quote(text)} for name, text in found.policies.items()]


def _tags_and_boundary(found: User | Role) -> Detail:
    arn = identities.boundary_arn(found)
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    return {"Tags": found.tags or [], **({"PermissionsBoundary": boundary} if arn else {})}
