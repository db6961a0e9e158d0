"""Writes docs/aws/escalations.md from the red team's table: python -m tests.structure.escalations_page"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.worlds import red_team
from tests.worlds.red_team import ALLOWED, BOUNDED, LISTED, WHO, Attempt

PAGE = Path(__file__).parents[2] / "docs/aws/escalations.md"
_HEAD = """# The red team's table: ways to more rights, and ordinary work

Made by `python -m tests.structure.escalations_page` from [red_team.yaml](../../tests/worlds/red_team.yaml). Tests hold
every row to it: by real calls against the simulated AWS whatever that carries out of IAM, STS, CloudFormation, Systems
Manager and Identity Center's directory, and all of it by two evaluators, ours and another's, over the policies of the
company as it is deployed.

- *refused*: it does not work, on whatever it is tried;
- *bounded*: it works on what carries a [boundary](guard-rails.md#boundaries) and on nothing else: `SekishoAppBoundary`
  on roles below `/app/`, `SekishoDeployBoundary` on `CloudFormation-Role`, and for the portal's roles
  `SekishoWorkRoleBoundary` and `SekishoPersonBoundary`;
- *listed*: nothing about it can be denied without denying ordinary work. In accounts that people switch into it uses a
  role that somebody has passed before, so it is worth what that role is: bound each role that a machine, a function or
  a stack has. In the Jump account it is what administrators write for groups, and what runs there: let nothing run in
  that account, the portal's host least of all, and let few be administrators. Whatever they write, rails stay on, and
  no switch leads to a role that is not declared;
- *allowed*: it is meant to work.

| who tries | |
|---|---|
"""
_WORDS = {"boundary": "boundary", "to": "passed to", "policy": "of"}


def markdown() -> str:
    legend = "\n".join(f"| {name.replace('_', ' ')} | {words}, in {account} |" for name, (account, words) in WHO.items())
    return "\n".join([_HEAD + legend, *(line for section in red_team.sections() for line in _section(section))]) + "\n"


def _section(section: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n## {section['title']}\n"
    yield f"Tried by {_names(section['who'].split())}.\n"
    yield "| way | what is tried | outcome |"
    yield "|---|---|---|"
    for attempt in red_team.attempts():
        if attempt.section == section["section"]:
            yield f"| {attempt.way} | {_tried(attempt)} | {_outcome(attempt)} |"


def _tried(attempt: Attempt) -> str:
    row = attempt.row
    if "template" in row:
        ((kind, properties),) = row["template"].items()
        return f"`{kind}`: " + ", ".join(f"{name} `{value}`" for name, value in properties.items())
    actions = (" and " if attempt.together else ", ").join(f"`{action}`" for action in attempt.actions)
    about = [f"on `{row['at']}`"] if "at" in row else []
    about += [
        f"{name} `{row[key]}`" for key, name in (("boundary", "boundary"), ("to", "passed to"), ("policy", "of")) if key in row
    ]
    about += [f"`{key}` = `{value}`" for key, value in row.get("with", {}).items()]
    return "; ".join([actions, *about])


def _outcome(attempt: Attempt) -> str:
    groups = {word: [who for who in attempt.who if attempt.outcome(who) == word] for word in (ALLOWED, BOUNDED, LISTED)}
    said = [f"{word}: {_names(who)}" for word, who in groups.items() if who]
    if not said:
        return "refused"
    return "; ".join(said) + ("; else refused" if len(attempt.outcomes) < len(attempt.who) else "")


def _names(who: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in who)


if __name__ == "__main__":
    PAGE.write_text(markdown())
