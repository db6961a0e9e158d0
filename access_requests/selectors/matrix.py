"""Who can switch where, as the last comparison with AWS evaluated it. One query each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access_requests.models import Reconciliation


@dataclass(frozen=True, kw_only=True)
class Account:
    """`is_read`: AWS was asked; `problem` says why it did not answer."""

    key: str
    account_id: str
    name: str
    kind: str
    is_read: bool
    problem: str


@dataclass(frozen=True, kw_only=True)
class MatrixRole:
    """`key` is "account/Name", as groups and people have it."""

    key: str
    account: str
    name: str


@dataclass(frozen=True, kw_only=True)
class GroupCell:
    """`aws` is allowed, denied or unknown, `by` the policy and statement that decided, `why` what is unknown."""

    catalogue: bool
    aws: str
    by: str
    why: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Group:
    """`kind` is standing or work; `roles` by the roles' keys, without those that AWS does not have."""

    name: str
    kind: str
    roles: Mapping[str, GroupCell]


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Whether a person could switch: `gate` is open, shut, unknown or none; `via` groups; `until` and by which elevation."""

    role: str
    decision: str
    by: str
    gate: str
    why: Sequence[str]
    via: Sequence[str]
    until: datetime | None
    elevation: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """`at` is when that was evaluated, as of the whole matrix."""

    at: datetime
    username: str
    name: str
    iam_user: str
    roles: Mapping[str, Reach]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    at: datetime
    accounts: Sequence[Account]
    roles: Sequence[MatrixRole]
    groups: Sequence[Group]
    people: Sequence[Person]


def latest() -> Matrix | None:
    """Return the last matrix; None before the Jump account was first read."""
    found = Reconciliation.objects.filter(matrix__isnull=False).order_by("-began_at").values_list("matrix", flat=True).first()
    return _matrix(found) if found else None


def of_person(username: str) -> Person | None:
    """Return where the person can switch; None for who has no IAM user, or was bound after the last comparison."""
    matrix = latest()
    return next((person for person in matrix.people if person.username == username), None) if matrix else None


def _matrix(said: Mapping[str, Any]) -> Matrix:
    at = datetime.fromisoformat(said["at"])
    return Matrix(
        at=at,
        accounts=[Account(is_read=row["read"], **_without(row, "read")) for row in said["accounts"]],
        roles=[MatrixRole(**row) for row in said["roles"]],
        groups=[
            Group(name=row["name"], kind=row["kind"], roles={key: GroupCell(**cell) for key, cell in row["roles"].items()})
            for row in said["groups"]
        ],
        people=[
            Person(at=at, roles={key: _reach(key, cell) for key, cell in row["roles"].items()}, **_without(row, "roles"))
            for row in said["people"]
        ],
    )


def _reach(role: str, cell: Mapping[str, Any]) -> Reach:
    until = datetime.fromisoformat(cell["until"]) if cell["until"] else None
    return Reach(role=role, until=until, **_without(cell, "until"))


def _without(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}
