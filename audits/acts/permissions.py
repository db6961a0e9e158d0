"""Data of looks at the permissions of accounts."""

from typing import ClassVar

from audits.acts.shape import Done, Shape


class RailNotHeld(Shape):
    """A guard rail that is `broken` or `missing` for a group, a role or a user.

    `call` is the first that is not denied; the statement breaks the rail, and `opened_by` lets the call through.
    """

    carrier: str
    name: str
    rail: str
    state: str
    call: str
    policy: str
    statement: str
    opened_by: str


class PermissionsLooked(Done):
    """Written when a look finds something else than the one before. `account` is AWS's number, `key` the catalogue's name.

    `problem` says why the account could not be read: then the rails are those of the last look that could. `inventory` is the
    SHA-256 of what IAM said.
    """

    about: ClassVar = ("permissions:",)
    since: ClassVar = 5

    account: str
    key: str
    problem: str
    inventory: str
    held: int
    unknown: int
    not_held: list[RailNotHeld]


class TooMuch(Shape):
    """What is too much, by its cause: a statement of a policy that `who` carries. `code` is the finding's.

    `path` has, for each step from `start`, how, by whom, to whom and with which call.
    """

    code: str
    rule: str
    who: str
    policy: str
    statement: str
    what: str
    start: str
    path: list[list[str]]
    hidden_by: str


class PermissionsJudged(Done):
    """Written when an audit of all accounts together finds something else too much in one than the audit before."""

    about: ClassVar = ("permissions:",)
    since: ClassVar = 5

    account: str
    key: str
    excess: list[TooMuch]
