"""Which resources a call is about: the ARNs that its permission is asked for.

As in the Service Authorization Reference of each service; where it names several kinds, each must be allowed. An action
that is not listed here is not simulated.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import IAMBackend

from portal.simulated_aws import identity_directory, signing_keys, stacks
from portal.simulated_aws.credentials import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call, before it is done."""

    service: str
    action: str
    parameters: Mapping[str, Any]
    caller: Signer
    region: str
    iam: IAMBackend

    @property
    def name(self) -> str:
        return f"{prefix(self.service)}:{self.action}"


Entity = Any  # moto's User, Group, Role or ManagedPolicy; moto has no types.
Found = Callable[[Asked], str | tuple[str, ...]]


def of(asked: Asked) -> tuple[str, ...]:
    """Return the ARNs; "*" for an action that is about no resource."""
    found = _RESOURCES[asked.service][asked.action](asked)
    return found if isinstance(found, tuple) else (found,)


def prefix(service: str) -> str:
    """Return a service's name in policies and in CloudTrail, which may be another than its clients'."""
    return {"sso-admin": "sso"}.get(service, service)


def services() -> Iterable[str]:
    return _RESOURCES


def is_listed(service: str, action: str) -> bool:
    return action in _RESOURCES.get(service, ())


def entity(asked: Asked) -> Entity | None:
    """Return the user or the role that an IAM call is about, if it is there."""
    kind = _RESOURCES["iam"].get(asked.action) if asked.service == "iam" else None
    if kind is _user:
        return _existing(lambda: asked.iam.get_user(_user_name(asked)))
    if kind is _role:
        return _existing(lambda: asked.iam.get_role(asked.parameters["RoleName"]))
    return None


def is_about_user(asked: Asked) -> bool:
    return asked.service == "iam" and _RESOURCES["iam"].get(asked.action) is _user


def _existing(find: Callable[[], Entity]) -> Entity | None:
    try:
        return find()
    except ServiceException:
        return None


def _user(asked: Asked) -> str:
    name = _user_name(asked)
    return _arn(asked, "user", name, _existing(lambda: asked.iam.get_user(name)))


def _group(asked: Asked) -> str:
    name = asked.parameters["GroupName"]
    return _arn(asked, "group", name, _existing(lambda: asked.iam.get_group(name)))


def _role(asked: Asked) -> str:
    name = asked.parameters["RoleName"]
    return _arn(asked, "role", name, _existing(lambda: asked.iam.get_role(name)))


def _profile(asked: Asked) -> str:
    name = asked.parameters["InstanceProfileName"]
    return _arn(asked, "instance-profile", name, _existing(lambda: asked.iam.get_instance_profile(name)))


def _user_name(asked: Asked) -> str:
    """Return the user's name, which is the caller's own where none is given."""
    user = asked.caller.user
    return str(asked.parameters.get("UserName") or (user.name if user else ""))


def _arn(asked: Asked, kind: str, name: str, found: Entity | None) -> str:
    """Return an entity's ARN, with its path; of one that isn't there, what AWS makes of the name alone."""
    return str(found.arn) if found else f"arn:aws:iam::{asked.caller.account_id}:{kind}/{name}"


def _given(parameter: str) -> Found:
    return lambda asked: str(asked.parameters[parameter])


def _named(form: str) -> Found:
    """Return what fills the form in by the call's parameters, its Region and the caller's account."""
    return lambda asked: form.format(region=asked.region, account=asked.caller.account_id, **asked.parameters)


def _new(kind: str, parameter: str) -> Found:
    def arn(asked: Asked) -> str:
        path = asked.parameters.get("Path", "/")
        return f"arn:aws:iam::{asked.caller.account_id}:{kind}{path}{asked.parameters[parameter]}"

    return arn


def _listed(kind: str) -> Found:
    """Lists are asked for by the path that they begin at."""
    return lambda asked: f"arn:aws:iam::{asked.caller.account_id}:{kind}{asked.parameters.get('PathPrefix', '/')}"


def _everything(_asked: Asked) -> str:
    return "*"


def _target(asked: Asked) -> str:
    target, place = asked.parameters["Target"], f"{asked.region}:{asked.caller.account_id}"
    return (
        f"arn:aws:ssm:{place}:managed-instance/{target}" if target.startswith("mi-") else f"arn:aws:ec2:{place}:instance/{target}"
    )


def _document(asked: Asked) -> str:
    name = str(asked.parameters["Name"])
    return name if name.startswith("arn:") else f"arn:aws:ssm:{asked.region}:{asked.caller.account_id}:document/{name}"


def _definition(asked: Asked) -> str:
    """Automation asks for the right to a runbook or change template with its version."""
    name = str(asked.parameters["DocumentName"]).rpartition("/")[2]
    version = asked.parameters.get("DocumentVersion", "$DEFAULT")
    return f"arn:aws:ssm:{asked.region}:{asked.caller.account_id}:automation-definition/{name}:{version}"


def _of_store(*kinds: str) -> Found:
    """Identity stores ask for the right to the store itself and to each thing in it."""

    def arns(asked: Asked) -> tuple[str, ...]:
        store = f"arn:aws:identitystore::{asked.caller.account_id}:identitystore/{_last(asked.parameters['IdentityStoreId'])}"
        return store, *(f"arn:aws:identitystore:::{kind}/{_in_store(asked, kind)}" for kind in kinds)

    return arns


def _in_store(asked: Asked, kind: str) -> str:
    """Return the id of the user, group or membership that a call names; `*` where it names none."""
    given = asked.parameters
    if "MembershipId" in given:
        return _of_membership(asked, _last(given["MembershipId"]), kind)
    ids = {"group": given.get("GroupId"), "user": given.get("UserId") or given.get("MemberId", {}).get("UserId")}
    return _last(ids.get(kind) or "*")


def _of_membership(asked: Asked, membership_id: str, kind: str) -> str:
    store = identity_directory.of(asked.caller.account_id, asked.region)
    found = store.memberships.get(membership_id) if store else None
    if kind == "membership" or found is None:
        return membership_id if kind == "membership" else "*"
    return found.group_id if kind == "group" else found.user_id


def _last(given: str) -> str:
    return given.rpartition("/")[2]


def _stack(asked: Asked) -> str:
    """Return the ARN of a stack or of the one that a change set is for; of one that isn't there, with any id."""
    place = (asked.caller.account_id, asked.region)
    name = str(asked.parameters.get("StackName") or "")
    found = stacks.find(place, name) if name else stacks.of_change_set(place, str(asked.parameters.get("ChangeSetName")))
    if found is not None:
        return found.id
    return name if name.startswith("arn:") else f"arn:aws:cloudformation:{place[1]}:{place[0]}:stack/{name or '*'}/*"


def _signing_key(parameter: str) -> Found:
    """An alias is asked for as the key that it leads to; an alias itself is a resource besides where it is made or moved."""

    def arns(asked: Asked) -> str | tuple[str, ...]:
        place, given = (asked.caller.account_id, asked.region), str(asked.parameters[parameter])
        found = signing_keys.find(place, given)
        key = found.arn if found else given if given.startswith("arn:") else f"arn:aws:kms:{place[1]}:{place[0]}:key/{given}"
        alias = asked.parameters.get("AliasName")
        return (key, f"arn:aws:kms:{place[1]}:{place[0]}:{alias}") if alias else key

    return arns


_IAM: Mapping[Found, str] = {
    _user: """
        AttachUserPolicy CreateAccessKey CreateLoginProfile DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteUser
        DeleteUserPermissionsBoundary DeleteUserPolicy DetachUserPolicy EnableMFADevice GetLoginProfile GetUser GetUserPolicy
        ListAccessKeys ListAttachedUserPolicies ListGroupsForUser ListMFADevices ListUserPolicies ListUserTags
        PutUserPermissionsBoundary PutUserPolicy TagUser UntagUser UpdateAccessKey UpdateLoginProfile UpdateUser""",
    _group: """
        AddUserToGroup AttachGroupPolicy DeleteGroup DeleteGroupPolicy DetachGroupPolicy GetGroup GetGroupPolicy
        ListAttachedGroupPolicies ListGroupPolicies PutGroupPolicy RemoveUserFromGroup UpdateGroup""",
    _role: """
        AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy
        ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags PutRolePermissionsBoundary
        PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription""",
    _given("PolicyArn"): """
        CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion ListEntitiesForPolicy ListPolicyTags
        ListPolicyVersions SetDefaultPolicyVersion TagPolicy UntagPolicy""",
    _profile: """
        AddRoleToInstanceProfile DeleteInstanceProfile GetInstanceProfile RemoveRoleFromInstanceProfile TagInstanceProfile
        UntagInstanceProfile""",
    _given("SAMLProviderArn"): "DeleteSAMLProvider GetSAMLProvider UpdateSAMLProvider",
    _given("OpenIDConnectProviderArn"): "DeleteOpenIDConnectProvider GetOpenIDConnectProvider",
    _given("SerialNumber"): "DeleteVirtualMFADevice",
    _given("PolicySourceArn"): "SimulatePrincipalPolicy",
    _new("user", "UserName"): "CreateUser",
    _new("group", "GroupName"): "CreateGroup",
    _new("role", "RoleName"): "CreateRole",
    _new("policy", "PolicyName"): "CreatePolicy",
    _new("instance-profile", "InstanceProfileName"): "CreateInstanceProfile",
    _new("mfa", "VirtualMFADeviceName"): "CreateVirtualMFADevice",
    _new("saml-provider", "Name"): "CreateSAMLProvider",
    _listed("user"): "ListUsers",
    _listed("group"): "ListGroups",
    _listed("role"): "ListRoles",
    _listed("instance-profile"): "ListInstanceProfiles",
    _everything: """
        CreateAccountAlias CreateOpenIDConnectProvider DeleteAccountAlias DeleteAccountPasswordPolicy GetAccessKeyLastUsed
        GetAccountAuthorizationDetails GetAccountPasswordPolicy GetAccountSummary ListAccountAliases
        ListOpenIDConnectProviders ListPolicies ListSAMLProviders ListVirtualMFADevices SimulateCustomPolicy
        UpdateAccountPasswordPolicy""",
}
_SSM: Mapping[Found, str] = {
    _target: "StartSession",
    _named("arn:aws:ssm:{region}:{account}:session/{SessionId}"): "TerminateSession",
    _document: """
        CreateDocument DeleteDocument DescribeDocument GetDocument ListDocumentMetadataHistory ListDocumentVersions
        UpdateDocument UpdateDocumentDefaultVersion UpdateDocumentMetadata""",
    _definition: "StartAutomationExecution StartChangeRequestExecution",
    _named("arn:aws:ssm:{region}:{account}:automation-execution/{AutomationExecutionId}"): """
        DescribeAutomationStepExecutions GetAutomationExecution SendAutomationSignal StopAutomationExecution""",
    _everything: "DescribeAutomationExecutions DescribeSessions ListDocuments",
}
_IDENTITY_STORE: Mapping[Found, str] = {
    _of_store(): "CreateGroup CreateUser",
    _of_store("group"): "DeleteGroup DescribeGroup GetGroupId ListGroups",
    _of_store("user"): "DeleteUser DescribeUser GetUserId ListUsers",
    _of_store("group", "user"): "CreateGroupMembership",
    _of_store("group", "membership"): "ListGroupMemberships",
    _of_store("user", "membership"): "ListGroupMembershipsForMember",
    _of_store("group", "user", "membership"): """
        DeleteGroupMembership DescribeGroupMembership GetGroupMembershipId IsMemberInGroups""",
}
_CLOUDFORMATION: Mapping[Found, str] = {
    _stack: """
        CreateChangeSet CreateStack DeleteChangeSet DeleteStack DescribeChangeSet DescribeStackEvents DescribeStackResource
        DescribeStackResources DescribeStacks ExecuteChangeSet GetTemplate GetTemplateSummary ListChangeSets
        ListStackResources UpdateStack UpdateTerminationProtection""",
    _everything: "ListStacks ValidateTemplate",
}
_KMS: Mapping[Found, str] = {
    _signing_key("KeyId"): "DescribeKey DisableKey EnableKey GetPublicKey ScheduleKeyDeletion Sign Verify",
    _signing_key("TargetKeyId"): "CreateAlias UpdateAlias",
    _everything: "CreateKey",
}
_S3: Mapping[Found, str] = {
    _named("arn:aws:s3:::{Bucket}"): """
        CreateBucket GetBucketVersioning GetObjectLockConfiguration HeadBucket ListObjectsV2 ListObjectVersions
        PutBucketVersioning PutObjectLockConfiguration""",
    _named("arn:aws:s3:::{Bucket}/{Key}"): "DeleteObject GetObject PutObject PutObjectRetention",
}
_RESOURCES: Mapping[str, Mapping[str, Found]] = {
    "iam": {action: found for found, actions in _IAM.items() for action in actions.split()},
    "sts": {"AssumeRole": _given("RoleArn"), "GetCallerIdentity": _everything, "GetSessionToken": _everything},
    "ssm": {action: found for found, actions in _SSM.items() for action in actions.split()},
    "cloudformation": {action: found for found, actions in _CLOUDFORMATION.items() for action in actions.split()},
    "cloudtrail": {"LookupEvents": _everything},
    "identitystore": {action: found for found, actions in _IDENTITY_STORE.items() for action in actions.split()},
    "kms": {action: found for found, actions in _KMS.items() for action in actions.split()},
    "s3": {action: found for found, actions in _S3.items() for action in actions.split()},
    "sso-admin": {"DescribeInstance": _given("InstanceArn"), "ListInstances": _everything},
}
