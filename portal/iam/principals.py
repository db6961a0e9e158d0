"""Who calls, and what is called by switching: users, sessions and roles, each with the policies that it carries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.iam.truth import Unknown

Document = Mapping[str, Any]
"""The decoded JSON of a policy."""

Context = Mapping[str, str | Sequence[str] | Unknown]
"""Condition keys, in any letter case, with their values. A sequence is a multivalued key, whatever its length.

An unknown is a key that the request may have, with a value that nobody here knows; a key that is left out it has not.
`aws:RequestTag/*` is unknown for all keys of that kind that are not there.
"""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy document and where it stands, such as `group ProdMemberWorkGroup: SwitchRole`.

    A document that could not be read is an empty one: what it allows or denies is then unknown.
    """

    name: str
    document: Document


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who calls: a user with all that the user and the groups carry, or a session of a role with what the role carries.

    `arn` is the IAM user's, or `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`; `role_arn` is the IAM ARN of a session's role.
    """

    arn: str
    account_id: str
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    role_arn: str | None = None


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role; `role_id` begins with AROA."""

    arn: str
    role_id: str
    trust: Policy
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def account_id(self) -> str:
        return account_of(self.arn)

    def session(self, name: str) -> Principal:
        """Return who calls in a session of this role."""
        return Principal(
            arn=session_arn(self.arn, name),
            account_id=self.account_id,
            policies=self.policies,
            boundary=self.boundary,
            role_arn=self.arn,
        )


def account_of(arn: str) -> str:
    return arn.split(":")[4]


def partition_of(arn: str) -> str:
    """Return aws, aws-cn, aws-us-gov: what is in one partition never names anything of another."""
    return arn.split(":")[1]


def session_arn(role_arn: str, session_name: str) -> str:
    """Return the ARN of a role's session, which has the role's name as AWS spells it and not its path."""
    role_name = role_arn.rpartition("/")[2]
    return f"arn:{partition_of(role_arn)}:sts::{account_of(role_arn)}:assumed-role/{role_name}/{session_name}"
