"""Writes docs/aws/guard-rails.md from the data of rails and boundaries: python -m tests.structure.rails_page"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.iam import boundaries
from portal.iam.rails import packing
from portal.iam.rails.rail import Form, Place, Rail, Statement, rails

PAGE = Path(__file__).parents[2] / "docs/aws/guard-rails.md"
_FORMS: dict[Form, str] = {
    "people": "groups of the Jump account and the roles that people switch to",
    "roles": "the roles that people switch to",
    "scp": "service control policy",
    "rcp": "resource control policy",
    "boundary": "every permissions boundary",
}
_PLACE = Place(account="ACCOUNT", roles=("the declared roles",), spared=("the portal", "sealed users"))
_HEAD = """# Guard rails and boundaries

Made by `python -m tests.structure.rails_page` from `portal/iam/rails` and `portal/iam/boundaries.py`; a test compares. A rail is
one file there: what it denies, in which forms, where it holds, and what it is known to miss. For each place they are packed into
one or two managed policies below `/sekisho/rails/` (`SekishoRails1`, …); a statement's `Sid` begins with its rail's. A policy
with a declared exception says so in its name: `SekishoRailsWithoutBilling1`.
"""


def markdown() -> str:
    parts = [_HEAD, *map(_section, rails()), *_boundaries()]
    return "\n".join(parts)


def _section(rail: Rail) -> str:
    misses = " ".join(words["en"] for words in rail.misses)
    rows = [_row(form, statement) for form in rail.forms for statement in rail.statements(form, _PLACE)]
    return "\n".join(
        [
            f"## {rail.sid}: {rail.name['en']} ({rail.name['ja']})\n",
            f"{rail.why['en'].strip()} Holds in: {', '.join(sorted(rail.accounts)).replace('_', ' ')}.\n",
            "| form | denied | on | unless, or if |",
            "|---|---|---|---|",
            *rows,
            f"\n**Known to miss:** {misses}\n",
        ]
    )


def _row(form: Form, statement: Statement) -> str:
    on = ", ".join(_listed(statement.get("Resource", [])))
    if "NotResource" in statement:
        on = "all but " + ", ".join(_listed(statement["NotResource"]))
    return f"| {_FORMS[form]} | {_code(statement['Action'])} | {on} | {condition_of(statement)} |"


def condition_of(statement: Statement) -> str:
    conditions = statement.get("Condition", {})
    pairs = ((operator, key, values) for operator, keys in conditions.items() for key, values in keys.items())
    return "; ".join(f"`{operator}` `{key}`: {', '.join(_listed(values))}" for operator, key, values in pairs)


def _boundaries() -> Iterator[str]:
    yield "## Boundaries\n"
    yield "Each ends with what the rails deny in their form of a boundary. What is not in this table no policy gives.\n"
    yield "| boundary | statement | allowed | on | if |"
    yield "|---|---|---|---|---|"
    for name, of in boundaries.BY_NAME.items():
        for statement in _allowed(of("ACCOUNT")):
            what = f"all but {_code(statement['NotAction'])}" if "NotAction" in statement else _code(statement["Action"])
            on = ", ".join(_listed(statement["Resource"]))
            yield f"| {name} | {statement['Sid']} | {what} | {on} | {condition_of(statement)} |"
    sizes = ", ".join(f"{name} {packing.measured(of('4' * 12)):,}" for name, of in boundaries.BY_NAME.items())
    yield f"\nCharacters of {packing.MANAGED_SIZE:,}: {sizes}.\n"


def _allowed(document: Any) -> list[Statement]:
    return [statement for statement in document["Statement"] if statement["Effect"] == "Allow"]


def _code(actions: str | list[str]) -> str:
    return ", ".join(f"`{action}`" for action in _listed(actions))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


if __name__ == "__main__":
    PAGE.write_text(markdown())
