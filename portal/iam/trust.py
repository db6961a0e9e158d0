"""The Principal element of a policy of what is called: who is named, and how closely."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.iam import anybody
from portal.iam.principals import Principal, partition_of
from portal.iam.truth import Truth, any_of, unknown

ACCOUNT = re.compile(r"\d{12}|arn:[a-z-]+:iam::\d{12}:root")
ARN = re.compile(r"arn:[a-z-]+:(iam::\d{12}:(user|role)/[^*?]+|sts::\d{12}:assumed-role/[^*?/]+/[^*?/]+)")
# What AWS shows in place of an ARN once its user or role is deleted. It names nobody any more.
DELETED = re.compile(r"A[A-Z]{2}A[A-Z0-9]{12,}")
# They name no user and no session of a role that switches by itself.
OTHERS = {"Service", "Federated", "CanonicalUser"}


class Reach(StrEnum):
    """How closely the policy names its caller: within one account it decides whether the caller's own policies count.

    CALLER and EVERYONE need no allow by identity policies, ROLE needs none but is limited by the permissions boundary, and
    ACCOUNT delegates to them.
    """

    CALLER = "the user or the session"
    ROLE = "the role of the session"
    EVERYONE = "everyone"
    ACCOUNT = "the account"


@dataclass(frozen=True, kw_only=True)
class Trusted:
    aws: tuple[str, ...]
    negated: bool
    words: str = ""

    def names(self, principal: Principal, reach: Reach) -> Truth:
        """Return whether an Allow speaks to the caller with this reach."""
        if self.negated:
            return self._names_all_but_listed(principal) if reach is Reach.EVERYONE else False
        return any_of((_named(self.aws, principal, reach), *self._unknowns(), *self._of_anybody(principal, reach)))

    def denies(self, principal: Principal) -> Truth:
        """Return whether a Deny speaks to the caller."""
        if not self.negated:
            return any_of(self.names(principal, reach) for reach in Reach)
        # AWS: with Deny it always denies whoever has a permissions boundary, whatever it lists.
        return True if principal.boundary else self._leaves_out(principal)

    def _leaves_out(self, principal: Principal) -> Truth:
        """Return whether NotPrincipal does not list the caller."""
        if self.words:
            return unknown(self.words)
        listed = [_named(self.aws, principal, reach) for reach in _identities(principal)]
        if _named(self.aws, principal, Reach.EVERYONE) or all(listed):
            return False
        return unknown("NotPrincipal that names the caller, and not the account or role with it") if any(listed) else True

    def _names_all_but_listed(self, principal: Principal) -> Truth:
        # AWS no longer supports it, and it names whoever is not listed.
        return False if self._leaves_out(principal) is False else unknown("NotPrincipal with Allow")

    def _of_anybody(self, principal: Principal, reach: Reach) -> Iterable[Truth]:
        """Return an unknown where one of the users that may be the caller is named."""
        users = f"arn:{partition_of(principal.arn)}:iam::{principal.account_id}:user/"
        if reach is not Reach.CALLER or not anybody.is_in(principal.arn):
            return []
        return [anybody.unknown_in(principal.arn)] if any(name.startswith(users) for name in self.aws) else []

    def _unknowns(self) -> Iterable[Truth]:
        return [unknown(self.words)] if self.words else []


def trusted(element: Any, *, negated: bool, canonical: bool = False) -> Trusted:
    """Return who is named. What is no principal is kept as words, since it may name anyone.

    `canonical`: a CanonicalUser may be the caller's account, of which nothing here knows that id.
    """
    kinds = {"AWS": "*"} if element == "*" else element
    if not isinstance(kinds, Mapping) or not kinds:
        return Trusted(aws=(), negated=negated, words="the principal")
    aws = _texts(kinds.get("AWS", ()))
    strange = [kind for kind in kinds if kind != "AWS" and (kind not in OTHERS or (canonical and kind == "CanonicalUser"))]
    strange += [text for text in aws if text != "*" and not any(form.fullmatch(text) for form in (ACCOUNT, ARN, DELETED))]
    return Trusted(aws=aws, negated=negated, words=f"the principal {strange[0]!r}" if strange else "")


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in (value if isinstance(value, list | tuple) else [value]))


def _named(names: tuple[str, ...], principal: Principal, reach: Reach) -> bool:
    return reach in _reaches(names, principal)


def _reaches(names: tuple[str, ...], principal: Principal) -> set[Reach]:
    reaches = {
        principal.arn: Reach.CALLER,
        principal.role_arn or principal.arn: Reach.ROLE if principal.role_arn else Reach.CALLER,
        principal.account_id: Reach.ACCOUNT,
        f"arn:{partition_of(principal.arn)}:iam::{principal.account_id}:root": Reach.ACCOUNT,
        "*": Reach.EVERYONE,
    }
    return {reaches[name] for name in names if name in reaches}


def _identities(principal: Principal) -> tuple[Reach, ...]:
    """Return all that NotPrincipal with Deny must list for the caller to be spared."""
    return (Reach.ACCOUNT, Reach.ROLE, Reach.CALLER) if principal.role_arn else (Reach.ACCOUNT, Reach.CALLER)
