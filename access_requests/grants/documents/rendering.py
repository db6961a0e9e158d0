"""What the documents of a work group are to say: the files, with the names of the group, its roles and ours filled in."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from access_requests.grants import ttl_tag
from access_requests.grants.executions import Purpose
from portal import aws

Tree = dict[str, Any]
SSM_AUTOMATION, CHANGE_MANAGER = "ssm_automation", "change_manager"
BY_RUNBOOK = frozenset({SSM_AUTOMATION, CHANGE_MANAGER})
FOLDER = Path(aws.__file__).parent / "runbooks"
PREFIX, TEMPLATE = "Sekisho", "Change"
NAMES = re.compile(r"[a-zA-Z0-9_.-]{3,128}")
PLACE = re.compile(r"\[\[ (\w+) \]\]")
OF_ROLE = "role"


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The work group whose documents they are: its name, its target roles' names, and by which backend it is granted."""

    group: str
    roles: tuple[str, ...]
    by: str


def name(purpose: Purpose, group: str) -> str:
    return f"{PREFIX}{purpose.title()}-{group}"


def template_name(group: str) -> str:
    return f"{PREFIX}{TEMPLATE}-{group}"


def fits_document_name(group: str) -> bool:
    """Whether AWS takes the names of the group's documents."""
    return all(NAMES.fullmatch(one) for one in (*(name(purpose, group) for purpose in Purpose), template_name(group)))


def runbook(purpose: Purpose, owner: Owner) -> Tree:
    """Return the runbook's contents. A step that speaks of one role is there once for each."""
    tree = _file(f"{purpose}.yaml")
    steps = [step for one in tree["mainSteps"] for step in _for_each_role(one, owner)]
    words = {
        "group": owner.group,
        "first_role": owner.roles[0],
        "runbook_role": settings.AWS_RUNBOOK_ROLE_ARN,
        "tag_key": ttl_tag.key(owner.group),
    }
    filled: Tree = _filled({**tree, "mainSteps": steps}, words)
    return filled


def template(owner: Owner, versions: Mapping[Purpose, str]) -> Tree:
    """Return the change template's contents, which pins these versions of the runbooks."""
    words = {
        "group": owner.group,
        "roles": ", ".join(owner.roles),
        "approver_role": settings.AWS_CHANGE_APPROVER_ROLE_ARN,
        **{str(purpose): name(purpose, owner.group) for purpose in Purpose},
        **{f"{purpose}_version": version for purpose, version in versions.items()},
    }
    filled: Tree = _filled(_file("change_template.yaml"), words)
    return filled


@cache
def _read(file: str) -> str:
    return (FOLDER / file).read_text(encoding="utf-8")


def _file(file: str) -> Tree:
    tree: Tree = yaml.safe_load(_read(file))
    return tree


def _for_each_role(step: Tree, owner: Owner) -> Iterator[Tree]:
    if f"[[ {OF_ROLE} ]]" not in str(step):
        yield step
        return
    for number, role in enumerate(owner.roles, start=1):
        own: Tree = _each_text(step, lambda text, role=role: text.replace(f"[[ {OF_ROLE} ]]", role))  # type: ignore[misc]
        yield {**own, "name": step["name"] if len(owner.roles) == 1 else f"{step['name']}{number}"}


def _filled(tree: Any, words: Mapping[str, str]) -> Any:
    return _each_text(tree, lambda text: PLACE.sub(lambda found: words[found[1]], text))


def _each_text(tree: Any, change: Callable[[str], str]) -> Any:
    if isinstance(tree, dict):
        return {key: _each_text(value, change) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_each_text(value, change) for value in tree]
    return change(tree) if isinstance(tree, str) else tree
