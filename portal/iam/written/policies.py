"""What a file is about: policies, and who carries them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from portal.iam.principals import Policy
from portal.iam.statements import Kind
from portal.iam.variables import ALL_TAGS
from portal.iam.written.nodes import Node, Place

# A variable of policies in the place of what a file does not tell: the evaluator then answers that it does not know.
UNRESOLVED = "sekisho:unresolved/"
UNRESOLVED_KEY = f"{UNRESOLVED.rstrip('/')}{ALL_TAGS}"
# In the place of the account in which something will be deployed.
OWN_ACCOUNT = "000000000000"


def unresolved(words: str) -> str:
    """Return what stands for a part of a text that the file does not tell."""
    return f"${{{UNRESOLVED}{''.join(sign for sign in words if sign not in '${}*?,' + chr(39))}}}"


class Carrier(StrEnum):
    """Who carries policies; NOBODY where a file does not tell."""

    USER = "user"
    GROUP = "group"
    ROLE = "role"
    NOBODY = ""


@dataclass(kw_only=True)
class Written:
    """A policy as it is written; `name` says where in the file, in the file's own words.

    `is_limit`: it gives nothing and only limits, as a boundary or a policy of the organisation.
    """

    kind: Kind
    name: str
    body: Node
    is_limit: bool = False

    def policy(self) -> Policy:
        document = self.body.plain()
        return Policy(name=self.name, document=document if isinstance(document, dict) else {})

    def statements(self) -> Iterator[tuple[int, Node]]:
        found = self.body.get("Statement")
        yield from enumerate(found.listed() if found else (), 1)


@dataclass(frozen=True, kw_only=True)
class Attached:
    """The ARN of a policy that the file attaches and does not hold."""

    arn: Node


@dataclass(kw_only=True)
class Holder:
    """A user, group or role of the file with its policies; a policy by itself is one of its own."""

    name: str
    carrier: Carrier
    place: Place
    policies: list[Written] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    trust: Written | None = None
    boundary: Written | None = None
    has_boundary: bool = False
    path: str = "/"
    account: str = OWN_ACCOUNT

    def is_called(self, name: str) -> bool:
        """Whether somebody who types this name means it: the file's own one, with or without its type."""
        return name in (self.name, self.name.partition(" ")[0])

    def limit(self) -> Policy | None:
        """Return the boundary; one that the file does not hold may say anything."""
        if self.boundary is not None:
            return self.boundary.policy()
        return Policy(name="boundary", document={}) if self.has_boundary else None


@dataclass(frozen=True, kw_only=True)
class Left:
    """What the file does not tell, and what hangs on it. `is_unread`: it tells a policy, in a way that is not read here."""

    words: str
    place: Place
    is_unread: bool = False


@dataclass(kw_only=True)
class File:
    """Policies of things (trusts are their roles') and of the organisation are nobody's."""

    holders: list[Holder] = field(default_factory=list)
    others: list[Written] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def written(self) -> Iterator[tuple[Holder | None, Written]]:
        """Yield every policy once, with the first who carries it."""
        seen: set[int] = set()
        for holder in self.holders:
            for one in (*holder.policies, *([holder.trust] if holder.trust else [])):
                if id(one) not in seen:
                    seen.add(id(one))
                    yield holder, one
        for one in self.others:
            yield None, one
