"""How much an account may have, and whether what is rendered keeps to it: better refused here than halfway through a stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from portal.iam.account_design.resources import Resources
from portal.iam.rails.packing import MOST_POLICIES, DoesNotFit, measured


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """The account's own, and until they are read those that AWS documents. Sizes are in characters without white space."""

    attached_to_role: int = 10
    attached_to_group: int = 10
    managed_size: int = 6_144
    role_size: int = 10_240
    group_size: int = 5_120
    trust_size: int = 2_048

    @classmethod
    def of_summary(cls, summary: Mapping[str, int]) -> Self:
        """Return what IAM GetAccountSummary says; what it leaves out is as documented."""
        return cls(**{name: summary[key] for name, key in _KEYS.items() if key in summary})

    @property
    def rails_of_role(self) -> int:
        """How many policies may hold its rails: one place is for AWS's own policy."""
        return min(MOST_POLICIES, self.attached_to_role - 1)

    @property
    def rails_of_group(self) -> int:
        return min(MOST_POLICIES, self.attached_to_group)


_KEYS = {
    "attached_to_role": "AttachedPoliciesPerRoleQuota",
    "attached_to_group": "AttachedPoliciesPerGroupQuota",
    "managed_size": "PolicySizeQuota",
    "role_size": "RolePolicySizeQuota",
    "group_size": "GroupPolicySizeQuota",
    "trust_size": "AssumeRolePolicySizeQuota",
}


def check(made: Resources, quotas: Quotas) -> None:
    """Raise DoesNotFit where a policy, a trust, or all that one role or group carries is more than the account may have."""
    for name, resource in made.items():
        properties, kind = resource["Properties"], resource["Type"]
        if kind == "AWS::IAM::ManagedPolicy":
            _limit(f"the policy {name} has", measured(properties["PolicyDocument"]), quotas.managed_size, "characters")
        if kind == "AWS::IAM::Role":
            _limit(f"the trust of {name} has", measured(properties["AssumeRolePolicyDocument"]), quotas.trust_size, "characters")
            _limit(f"{name} has", _attached(properties), quotas.attached_to_role, "managed policies")
            _limit(f"{name} has inline", _inline("Role", name, made), quotas.role_size, "characters")
        if kind == "AWS::IAM::Group":
            _limit(f"{name} has", _attached(properties), quotas.attached_to_group, "managed policies")
            _limit(f"{name} has inline", _inline("Group", name, made), quotas.group_size, "characters")


def _attached(properties: Mapping[str, Any]) -> int:
    return len(properties.get("ManagedPolicyArns", ()))


def _inline(kind: str, name: str, made: Resources) -> int:
    put = [each["Properties"] for each in made.values() if each["Type"] == f"AWS::IAM::{kind}Policy"]
    return sum(measured(each["PolicyDocument"]) for each in put if each[f"{kind}Name"] == {"Ref": name})


def _limit(what: str, found: int, most: int, unit: str) -> None:
    if found > most:
        raise DoesNotFit(f"{what} {found} {unit}; the account may have {most}")
