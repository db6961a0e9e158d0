"""What the runbooks say, step by step: the files of portal.aws, with `[[ names ]]` filled in."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

import portal.aws
from access_requests.grants import ttl_tag
from access_requests.grants.automation.needs import RUNBOOK
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from portal.aws.errors import BackendRefused

Content = dict[str, Any]
FOLDER = Path(portal.aws.__file__).parent / "runbooks"
_PLACEHOLDER = re.compile(r"\[\[\s*(\w+)\s*\]\]")


def runbook(purpose: Purpose, owner: Owner) -> Content:
    """Return the runbook of the group. Raises BackendRefused where the settings name no role for it to act in."""
    tree = source(purpose)
    values = {
        "group": owner.group,
        "runbook_role": setting(RUNBOOK),
        "tag": ttl_tag.key(owner.group),
        "first_role": owner.roles[0],
    }
    steps = [made for step in tree["mainSteps"] for made in _for_roles(step, owner.roles, values)]
    return {**filled({key: part for key, part in tree.items() if key != "mainSteps"}, values), "mainSteps": steps}


def filled(tree: Any, values: Mapping[str, str]) -> Any:
    """Return the tree with every placeholder replaced. Raises KeyError for one that nobody knows."""
    if isinstance(tree, dict):
        return {key: filled(part, values) for key, part in tree.items()}
    if isinstance(tree, list):
        return [filled(part, values) for part in tree]
    return _PLACEHOLDER.sub(lambda found: values[found[1]], tree) if isinstance(tree, str) else tree


def _for_roles(step: Content, roles: tuple[str, ...], values: Mapping[str, str]) -> Iterator[Content]:
    """Yield the step; one that names `[[ role ]]` once for each role, with a number behind its name."""
    if "role" not in set(_PLACEHOLDER.findall(str(step))):
        yield filled(step, values)
        return
    for number, role in enumerate(roles, 1):
        yield {**filled(step, {**values, "role": role}), "name": f"{step['name']}{number}"}


@cache
def source(stem: str) -> Content:
    """Return a file of portal.aws as it is; nobody may change what is returned."""
    tree: Content = yaml.safe_load((FOLDER / f"{stem}.yaml").read_text(encoding="utf-8"))
    return tree


def setting(name: str) -> str:
    """Return the value of the setting. Raises BackendRefused where it is empty."""
    value = str(getattr(settings, name))
    if not value:
        raise BackendRefused("setting_missing", name)
    return value
