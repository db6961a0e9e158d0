"""Writes a part of docs/aws/permissions.md from templates and compose file: python -m tests.structure.permissions_page"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from access_requests.messages import Task
from audits.messages import routes
from tests.structure.rails_page import condition_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/aws/permissions.md"
BEGIN, END = "<!-- Made by `python -m tests.structure.permissions_page`; a test compares. -->", "<!-- Made until here. -->"
# The portal's roles are the same in each account with gates.
TEMPLATES = {"jump": "the Jump account", "production": "each account with session gates"}
_OTHERS = {
    "web": "pages, API and chats",
    "catalogue": "`load_catalogue`, and by hand `publish_runbooks` and `render_account_design`",
    "beat": "sends messages at their time",
    "sealer": "seals the trail",
}


def page() -> str:
    """Return the whole page, its made part made anew."""
    before, rest = PAGE.read_text().split(BEGIN)
    return f"{before}{BEGIN}\n{made()}{END}{rest.split(END)[1]}"


def made() -> str:
    return "\n".join(["", *_processes(), "", *_roles(), "", *(line for role in _found() for line in _statements(*role))]) + "\n"


def _processes() -> Iterator[str]:
    yield "| process | does | in AWS |"
    yield "|---|---|---|"
    for name, service in yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"].items():
        has_keys = "aws_credentials" in service.get("secrets", ())
        if "build" in service and name != "migrate":
            yield f"| `{name}` | {_does(name, service)} | {'the credentials of `hosts`' if has_keys else 'none'} |"


def _does(name: str, service: Mapping[str, Any]) -> str:
    command = service.get("command") or []
    if "-Q" not in command:
        return _OTHERS[name]
    queue = command[command.index("-Q") + 1]
    of_audits = (task for task, route in routes().items() if route["queue"] == queue)
    tasks = [*(task.removeprefix("access_requests.") for task in Task if task.queue == queue), *of_audits]
    return ", ".join(f"`{task}`" for task in tasks)


def _roles() -> Iterator[str]:
    yield "| role | in | is taken on by | has |"
    yield "|---|---|---|---|"
    for where, role, template in _found():
        policies = ", ".join(f"`{name}`" for name in _policies(role, template))
        yield f"| `{_arn(role)}` | {TEMPLATES[where]} | {_trusted(role)} | {policies} |"


def _found() -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the portal's own roles of the demo's company: where, and their properties, with the template they are in."""
    for where in TEMPLATES:
        resources = yaml.safe_load((ROOT / f"docs/examples/account-design/{where}.yaml").read_text())["Resources"]
        for one in resources.values():
            # What stands under a condition is CloudFormation's: the hook reads its rules in a role of its own.
            is_role = one["Type"] == "AWS::IAM::Role" and "Condition" not in one
            if is_role and one["Properties"]["RoleName"].startswith("Sekisho"):
                yield where, one["Properties"], resources


def _policies(role: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the documents of a role by their names: the managed ones, then those of its own."""
    attached = [template[one["Ref"]]["Properties"] for one in role.get("ManagedPolicyArns", [])]
    found = {one["ManagedPolicyName"]: one["PolicyDocument"] for one in attached}
    own = [one["Properties"] for one in template.values() if one["Type"] == "AWS::IAM::RolePolicy"]
    return found | {
        one["PolicyName"]: one["PolicyDocument"]
        for one in own
        if template.get(one["RoleName"].get("Ref"), {}).get("Properties") is role
    }


def _statements(where: str, role: Mapping[str, Any], template: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {role['RoleName']}\n"
    yield f"In {TEMPLATES[where]}.\n"
    yield "| statement | allowed | on | if |"
    yield "|---|---|---|---|"
    for document in _policies(role, template).values():
        for one in document["Statement"]:
            actions = ", ".join(f"`{action}`" for action in _listed(one["Action"]))
            resources = ", ".join(f"`{resource}`" for resource in _listed(one["Resource"]))
            yield f"| {one['Sid']} | {actions} | {resources} | {condition_of(one)} |"
    yield ""


def _trusted(role: Mapping[str, Any]) -> str:
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    named = [name for names in statement["Principal"].values() for name in _listed(names)]
    words = condition_of(statement)
    return ", ".join(f"`{name.rpartition(':')[2]}`" for name in named) + (f", if {words}" if words else "")


def _arn(role: Mapping[str, Any]) -> str:
    return f"role{role.get('Path', '/')}{role['RoleName']}"


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


if __name__ == "__main__":
    PAGE.write_text(page())
