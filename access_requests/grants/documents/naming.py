"""Whose documents they are, and what they are called."""

import re
from dataclasses import dataclass

from access_requests.grants.executions import Purpose

CHANGE_MANAGER, SSM_AUTOMATION = "change_manager", "ssm_automation"
# The backends whose work groups have documents of their own.
BY_RUNBOOK = frozenset({CHANGE_MANAGER, SSM_AUTOMATION})
# Source: the pattern of DocumentName in the service model of Systems Manager.
_DOCUMENT = re.compile(r"[a-zA-Z0-9_.-]{3,128}")


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A work group. `roles` are the sorted names of its target roles, `by` is the alias of its backend."""

    group: str
    roles: tuple[str, ...]
    by: str


def name(purpose: Purpose, group: str) -> str:
    return f"Sekisho{purpose.capitalize()}-{group}"


def template_name(group: str) -> str:
    return f"SekishoChange-{group}"


def is_nameable(group: str) -> bool:
    """Whether each of the group's documents can be called after it."""
    names = [template_name(group), *(name(purpose, group) for purpose in Purpose)]
    return all(_DOCUMENT.fullmatch(each) for each in names)
