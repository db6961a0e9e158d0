"""What a change template says besides its steps of approval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.simulated_aws.errors import NotSimulated
from portal.simulated_aws.systems_manager.definitions import Definition, Step
from portal.simulated_aws.systems_manager.errors import InvalidDocumentContent

KINDS = ("IamUser", "IamGroup", "IamRole", "SSOGroup", "SSOUser")
_MOST_LEVELS = 5
_MOST_APPROVERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A change template. No `runbooks` means that a request may name any; versions are as written, such as `$DEFAULT`."""

    definition: Definition
    information: str
    is_emergency: bool
    is_auto_approvable: bool
    runbooks: tuple[tuple[str, str], ...]


def template(tree: Mapping[str, Any], definition: Definition) -> Template:
    """Return the template that the tree describes. Raises InvalidDocumentContent, NotSimulated."""
    if not isinstance(tree.get("templateInformation"), str) or not tree["templateInformation"].strip():
        raise InvalidDocumentContent("templateInformation is required in a change template.")
    if len(definition.steps) > _MOST_LEVELS:
        raise InvalidDocumentContent(f"A change template has at most {_MOST_LEVELS} levels of approval.")
    for step in definition.steps:
        _check_level(step)
    return Template(
        definition=definition,
        information=tree["templateInformation"],
        is_emergency=_flag(tree, "emergencyChange"),
        is_auto_approvable=_flag(tree, "autoApprovable"),
        runbooks=tuple(_runbook(item) for item in _listed(tree.get("executableRunBooks", []))),
    )


def _check_level(step: Step) -> None:
    if step.action != "aws:approve":
        raise InvalidDocumentContent(f"Step {step.name}: a change template allows only aws:approve, not {step.action}.")
    approvals = step.inputs.get("EnhancedApprovals")
    approvers = approvals.get("Approvers") if isinstance(approvals, dict) else None
    if not isinstance(approvers, list) or not 1 <= len(approvers) <= _MOST_APPROVERS:
        raise InvalidDocumentContent(f"Step {step.name}: EnhancedApprovals needs one to {_MOST_APPROVERS} Approvers.")
    for approver in approvers:
        _check_approver(step, approver)


def _check_approver(step: Step, approver: Any) -> None:
    if not isinstance(approver, dict) or not {"approver", "type"} <= approver.keys():
        raise InvalidDocumentContent(f"Step {step.name}: an approver has `approver` and `type`.")
    least, kind = approver.get("minRequiredApprovals", 0), str(approver["type"])
    if not isinstance(least, int) or least < 0:
        raise InvalidDocumentContent(f"Step {step.name}: minRequiredApprovals is a number, not {least!r}.")
    if kind not in KINDS and "{{" not in kind:
        raise InvalidDocumentContent(f"Step {step.name}: {kind} is no type of approver; there are {', '.join(KINDS)}.")
    if kind.startswith("SSO"):
        raise NotSimulated(f"Step {step.name}: approvers of the type {kind} are not simulated")


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidDocumentContent("executableRunBooks is a list.")
    return value


def _flag(tree: Mapping[str, Any], name: str) -> bool:
    value = tree.get(name, False)
    if not isinstance(value, bool):
        raise InvalidDocumentContent(f"{name} is true or false, not {value!r}.")
    return value


def _runbook(item: Any) -> tuple[str, str]:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or not item.keys() <= {"name", "version"}:
        raise InvalidDocumentContent(f"executableRunBooks has a name and a version each, not {item!r}.")
    return item["name"], str(item.get("version", "$DEFAULT"))
