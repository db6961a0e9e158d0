"""What the documents say: the files of portal.aws, with `[[ names ]]` filled in."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

import portal.aws
from access_requests.grants import ttl_tag
from access_requests.grants.documents.naming import Owner, name
from access_requests.grants.executions import Purpose
from portal.aws.errors import BackendRefused

Content = dict[str, Any]
FOLDER = Path(portal.aws.__file__).parent / "runbooks"
_PLACEHOLDER = re.compile(r"\[\[\s*(\w+)\s*\]\]")


def runbook(purpose: Purpose, owner: Owner) -> Content:
    """Return the runbook of the group. Raises BackendRefused where the settings name no role for it to act in."""
    tree = _source(purpose)
    values = {
        "group": owner.group,
        "runbook_role": _setting("AWS_RUNBOOK_ROLE_ARN"),
        "tag": ttl_tag.key(owner.group),
        "first_role": owner.roles[0],
    }
    steps = [made for step in tree["mainSteps"] for made in _for_roles(step, owner.roles, values)]
    return {**filled({key: part for key, part in tree.items() if key != "mainSteps"}, values), "mainSteps": steps}


def template(owner: Owner, versions: Mapping[Purpose, str]) -> Content:
    """Return the change template that pins these versions of the group's runbooks. Raises BackendRefused."""
    # AWS's own examples name a role as approver without its path, account and ARN.
    approver = _setting("AWS_CHANGE_APPROVER_ROLE_ARN").rpartition("/")[2]
    values = {"group": owner.group, "approver_role": approver}
    for purpose in (Purpose.GRANT, Purpose.PROLONG):
        values |= {purpose.value: name(purpose, owner.group), f"{purpose}_version": versions[purpose]}
    made: Content = filled(_source("change_template"), values)
    return made


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
def _source(stem: str) -> Content:
    tree: Content = yaml.safe_load((FOLDER / f"{stem}.yaml").read_text(encoding="utf-8"))
    return tree


def _setting(setting: str) -> str:
    value = str(getattr(settings, setting))
    if not value:
        raise BackendRefused("setting_missing", setting)
    return value
