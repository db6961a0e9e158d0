"""An account's users, groups, roles and policies, read from answers of IAM GetAccountAuthorizationDetails."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from portal.iam.principals import Document, Policy, Principal, Role

Page = Mapping[str, Any]
# Nothing is known of what it says; evaluation answers so.
UNREADABLE: Document = {}


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """What users, groups and roles have in common. `inline` is by the policy's name, `attached` are ARNs of managed policies."""

    name: str
    id: str
    arn: str
    path: str
    inline: Mapping[str, Document]
    attached: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class User(Carrier):
    groups: tuple[str, ...]
    boundary: str | None
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Group(Carrier):
    """`members` are names of users."""

    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AccountRole(Carrier):
    trust: Document
    boundary: str | None
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Account:
    """Users and groups are by their names in lower case, since AWS tells no letter case apart in them; `policies` are by ARN."""

    account_id: str
    users: Mapping[str, User]
    groups: Mapping[str, Group]
    roles: Mapping[str, AccountRole]
    policies: Mapping[str, Document]

    @classmethod
    def parsed(cls, account_id: str, pages: Iterable[Page]) -> "Account":
        """Return the account that the pages of one listing describe."""
        read = list(pages)
        users = [_user(body) for body in _listed(read, "UserDetailList")]
        groups = [_group(body, users) for body in _listed(read, "GroupDetailList")]
        return cls(
            account_id=account_id,
            users={user.name.lower(): user for user in users},
            groups={group.name.lower(): group for group in groups},
            roles={body["RoleName"].lower(): _role(body) for body in _listed(read, "RoleDetailList")},
            policies={body["Arn"]: _default_version(body) for body in _listed(read, "Policies")},
        )

    def user(self, name: str) -> User | None:
        return self.users.get(name.lower())

    def user_by_id(self, user_id: str) -> User | None:
        return next((user for user in self.users.values() if user.id == user_id), None)

    def group(self, name: str) -> Group | None:
        return self.groups.get(name.lower())

    def role_details(self, name: str) -> AccountRole | None:
        return self.roles.get(name.lower())

    def principal(self, user_name: str) -> Principal:
        """Return the user with all that the user and the groups carry. Raises KeyError when there is no such user."""
        user = self.users[user_name.lower()]
        return Principal(
            arn=user.arn,
            account_id=self.account_id,
            policies=(*self._carried(user, f"user {user.name}"), *self._of_groups(user)),
            boundary=self._boundary(user.boundary, f"user {user.name}"),
        )

    def role(self, name: str) -> Role | None:
        role = self.role_details(name)
        if role is None:
            return None
        place = f"role {role.name}"
        return Role(
            arn=role.arn,
            role_id=role.id,
            trust=Policy(name=f"{place}: trust policy", document=role.trust),
            policies=tuple(self._carried(role, place)),
            boundary=self._boundary(role.boundary, place),
            tags=role.tags,
        )

    def policies_of(self, group: Group) -> tuple[Policy, ...]:
        return tuple(self._carried(group, f"group {group.name}"))

    def _of_groups(self, user: User) -> Iterator[Policy]:
        for name in user.groups:
            group = self.group(name)
            # A group that the listing left out may allow or deny anything.
            yield from (
                self._carried(group, f"group {group.name}") if group else [Policy(name=f"group {name}", document=UNREADABLE)]
            )

    def _carried(self, carrier: Carrier, place: str) -> Iterator[Policy]:
        for name, document in carrier.inline.items():
            yield Policy(name=f"{place}: {name}", document=document)
        for arn in carrier.attached:
            yield self._managed(arn, place)

    def _boundary(self, arn: str | None, place: str) -> Policy | None:
        return self._managed(arn, f"boundary of {place}") if arn else None

    def _managed(self, arn: str, place: str) -> Policy:
        return Policy(name=f"{place}: {arn.rpartition('/')[2]}", document=self.policies.get(arn, UNREADABLE))


def _listed(pages: Iterable[Page], key: str) -> list[Mapping[str, Any]]:
    return [body for page in pages for body in page.get(key, ())]


def _user(body: Mapping[str, Any]) -> User:
    return User(
        **_carrier(body, "User"),
        groups=tuple(body.get("GroupList", ())),
        boundary=_boundary_arn(body),
        tags=_tags(body),
    )


def _group(body: Mapping[str, Any], users: Iterable[User]) -> Group:
    name = body["GroupName"].lower()
    members = tuple(user.name for user in users if name in {group.lower() for group in user.groups})
    return Group(**_carrier(body, "Group"), members=members)


def _role(body: Mapping[str, Any]) -> AccountRole:
    return AccountRole(
        **_carrier(body, "Role"),
        trust=_document(body.get("AssumeRolePolicyDocument")),
        boundary=_boundary_arn(body),
        tags=_tags(body),
    )


def _carrier(body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {
        "name": body[f"{kind}Name"],
        "id": body[f"{kind}Id"],
        "arn": body["Arn"],
        "path": body.get("Path", "/"),
        "inline": {one["PolicyName"]: _document(one.get("PolicyDocument")) for one in body.get(f"{kind}PolicyList", ())},
        "attached": tuple(one["PolicyArn"] for one in body.get("AttachedManagedPolicies", ())),
    }


def _boundary_arn(body: Mapping[str, Any]) -> str | None:
    boundary: str | None = (body.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return boundary


def _tags(body: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in body.get("Tags", ())}


def _default_version(body: Mapping[str, Any]) -> Document:
    versions = body.get("PolicyVersionList", ())
    return next((_document(one.get("Document")) for one in versions if one.get("IsDefaultVersion")), UNREADABLE)


def _document(document: Any) -> Document:
    """Return a document that is decoded, or text, URL-encoded or not."""
    if isinstance(document, str):
        try:
            # An opening brace in the clear is JSON as it is: a percent sign in it is the policy's own.
            document = json.loads(document if document.lstrip().startswith("{") else unquote(document))
        except ValueError:
            return UNREADABLE
    return document if isinstance(document, Mapping) else UNREADABLE
