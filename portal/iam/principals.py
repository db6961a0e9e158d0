"""Who calls, what is called, and the call: users, sessions, roles and things, each with the policies that have a say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from portal.iam.truth import Unknown

Document = Mapping[str, Any]
"""The decoded JSON of a policy."""

Context = Mapping[str, str | Sequence[str] | Unknown]
"""Condition keys, in any letter case, with their values. A sequence is a multivalued key, whatever its length.

An unknown is a key that the request may have, with a value that nobody here knows; a key that is left out it has not.
`aws:RequestTag/*` is unknown for all keys of that kind that are not there, and `*` for all keys whatever. An empty sequence is a
key that is absent for certain.
"""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: `sts:AssumeRole` on an ARN (`*` for an action that knows no resources), with the keys that AWS fills in."""

    action: str
    resource: str
    context: Context


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy document and where it stands, such as `group ProdMemberWorkGroup: SwitchRole`.

    A document that could not be read is an empty one: what it allows or denies is then unknown.
    """

    name: str
    document: Document

    @cached_property
    def text(self) -> str | None:
        """The document as JSON, alike for documents that say the same; None for what is no JSON."""
        try:
            return json.dumps(self.document, sort_keys=True, default=_as_dict)
        except (TypeError, ValueError, RecursionError):
            return None


def _as_dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{type(value).__name__} in a policy")
    return dict(value)


@dataclass(frozen=True, kw_only=True)
class Level:
    """What is attached at one level of an organisation: the root, a unit, or the account itself."""

    name: str
    policies: tuple[Policy, ...]


Levels = tuple[Level, ...]
"""From the root down to the account; empty where nothing binds it, as the management account."""

SERVICE_LINKED = ":role/aws-service-role/"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who calls: a user with all that the user and the groups carry, or a session of a role with what the role carries.

    `arn` is the IAM user's, or `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`; `role_arn` is the IAM ARN of a session's role.
    `session_policies` are what a role's session was begun with, None where without any. `scps` are those of the caller's account.
    """

    arn: str
    account_id: str
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    role_arn: str | None = None
    session_policies: tuple[Policy, ...] | None = None
    scps: Levels = ()

    @property
    def is_service_linked(self) -> bool:
        """Whether an AWS service acts in a role of its own, which policies of an organisation do not bind."""
        return SERVICE_LINKED in (self.role_arn or "")


@dataclass(frozen=True, kw_only=True)
class Called:
    """What is called, as far as it has a say: its account, its own policy, and the resource control policies of its account.

    A thing without a policy has an empty list of statements; one whose policy could not be read has an empty document.
    """

    account_id: str
    policy: Policy
    rcps: Levels = ()


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role; `role_id` begins with AROA. `scps` and `rcps` are those of its account."""

    arn: str
    role_id: str
    trust: Policy
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    scps: Levels = ()
    rcps: Levels = ()

    @property
    def account_id(self) -> str:
        return account_of(self.arn)

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def called(self) -> Called:
        """The role as a switch meets it."""
        return Called(account_id=self.account_id, policy=self.trust, rcps=self.rcps)

    def session(self, name: str, *, policies: tuple[Policy, ...] | None = None) -> Principal:
        """Return who calls in a session of this role, begun with these session policies."""
        return Principal(
            arn=session_arn(self.arn, name),
            account_id=self.account_id,
            policies=self.policies,
            boundary=self.boundary,
            role_arn=self.arn,
            session_policies=policies,
            scps=self.scps,
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
