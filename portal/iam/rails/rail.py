"""A rail as its file says it, and its statements for one place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

# people: groups of the Jump account and the roles that they switch to; roles: the latter alone; scp and rcp: the organisation's.
Form = Literal["people", "roles", "scp", "rcp", "boundary"]
FORMS: tuple[Form, ...] = get_args(Form)
Statement = dict[str, Any]
# The order in which they are told of.
_FILES = (
    *("billing", "s3-download", "s3-delete", "network", "iam"),
    *("portal-forgery", "identities", "logs", "hooks", "ways-out"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the blanks in a rail stand for. `roles` are what people switch to, `spared` the portal and sealed users: ARNs.

    `caller` is the user who makes the calls that the rail's file expects, by the path and the name.
    """

    account: str
    work_groups: str = "/sekisho/work/"
    administrators: str = "/JumpAdminGroup"
    roles: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    caller: str = "member01"

    def filled(self, text: str) -> str:
        blanks = {
            "<account>": self.account,
            "<work_groups>": self.work_groups,
            "<administrators>": self.administrators,
            "<caller>": self.caller,
            "<other>": f"{self.caller}-other",
        }
        for blank, value in blanks.items():
            text = text.replace(blank, value)
        return text

    def arns(self, resource: str) -> tuple[str, ...]:
        """Return what a resource of a rail stands for. Where no role is declared none is spared."""
        none = f"arn:aws:iam::{self.account}:role/-"
        return (self.roles or (none,)) if resource == "<roles>" else (self.filled(resource),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A call that a rail is to deny explicitly, or to leave alone."""

    action: str
    resource: str = "*"
    mfa: bool = True
    form: Form = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rail:
    """Words are by language. `accounts` are the kinds of accounts where it holds."""

    sid: str
    name: Mapping[str, str]
    why: Mapping[str, str]
    misses: tuple[Mapping[str, str], ...]
    accounts: frozenset[str]
    forms: Mapping[Form, tuple[Mapping[str, Any], ...]]
    denies: tuple[Expected, ...]
    spares: tuple[Expected, ...]

    def statements(self, form: Form, place: Place) -> list[Statement]:
        """Return what the rail denies there in this form; nothing where it has none."""
        return [_statement(self.sid, form, declared, place) for declared in self.forms.get(form, ())]

    @property
    def is_about_caller(self) -> bool:
        """Whether its calls are about whoever makes them."""
        return any(blank in expected.resource for expected in self.denies for blank in ("<caller>", "<other>"))

    def actions(self, form: Form) -> list[str]:
        return sorted({action for declared in self.forms.get(form, ()) for action in declared["actions"]})


@cache
def rails() -> tuple[Rail, ...]:
    """Return every rail, in the order in which they are told of."""
    folder = files(__package__)
    return tuple(_rail(yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))) for name in _FILES)


def named(sid: str) -> Rail:
    return next(rail for rail in rails() if rail.sid == sid)


def _rail(read: Mapping[str, Any]) -> Rail:
    return Rail(
        sid=read["sid"],
        name=read["name"],
        why=read["why"],
        misses=tuple(read["misses"]),
        accounts=frozenset(read["accounts"]),
        forms={form: tuple(read[form]) for form in FORMS if form in read},
        denies=_expected(read["denies"]),
        spares=_expected(read["spares"]),
    )


def _expected(read: Iterable[Mapping[str, Any]]) -> tuple[Expected, ...]:
    return tuple(Expected(**each) for each in read)


def _statement(sid: str, form: Form, declared: Mapping[str, Any], place: Place) -> Statement:
    key = "NotResource" if "not_resources" in declared else "Resource"
    resources = declared.get("not_resources") or declared.get("resources") or ["*"]
    statement: Statement = {
        "Sid": f"{sid}{declared.get('suffix', '')}",
        "Effect": "Deny",
        **({"Principal": "*"} if form == "rcp" else {}),
        "Action": _one_or_more(declared["actions"]),
        key: _one_or_more([arn for resource in resources for arn in place.arns(resource)]),
    }
    conditions = _conditions(declared, place)
    return {**statement, "Condition": conditions} if conditions else statement


def _conditions(declared: Mapping[str, Any], place: Place) -> dict[str, Any]:
    own: dict[str, Any] = dict(declared.get("conditions", {}))
    if declared.get("but_for") == "others" and place.spared:
        return {"ArnNotLike": {"aws:PrincipalArn": list(place.spared)}, **own}
    return own


def _one_or_more(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
