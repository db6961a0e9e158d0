"""All kinds of resources that a template may have here. Any other fails the stack."""

from collections.abc import Mapping
from typing import Any

from portal.simulated_aws.cloudformation.kinds import declared, identities, logs, others, policies
from portal.simulated_aws.cloudformation.kinds.kind import Kind, Properties

KINDS: Mapping[str, Kind] = {**identities.KINDS, **policies.KINDS, **others.KINDS, **logs.KINDS, **declared.KINDS}
_NEED_NO_LEAVE = {"AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider"}
_NAMED: Mapping[str, Any] = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
}


def capability(kind: str, properties: Properties) -> str | None:
    """Return what whoever deploys it must acknowledge: a resource of IAM, one with a name of its own more so."""
    if not kind.startswith("AWS::IAM::") or kind in _NEED_NO_LEAVE:
        return None
    return "CAPABILITY_NAMED_IAM" if _NAMED.get(kind) in properties else "CAPABILITY_IAM"
