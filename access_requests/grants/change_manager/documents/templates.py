"""Change templates: the last level is the portal's, the runbooks are pinned; all else is the company's to change."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

Content = Mapping[str, Any]
# What leads from a step to another one than the next, or lets a failure pass.
_COURSES = frozenset({"isCritical", "isEnd", "nextStep", "onCancel", "onFailure"})


def ends_with_portal(template: Content) -> bool:
    """Whether the last level is the portal's role and nobody else's, and no way leads around it."""
    arn, step = settings.AWS_CHANGE_APPROVER_ROLE_ARN, template["mainSteps"][-1]
    if any(_COURSES & each.keys() for each in template["mainSteps"]):
        return False
    approvers = step["inputs"].get("EnhancedApprovals", {}).get("Approvers", [])
    if len(approvers) != 1 or approvers[0].get("type") != "IamRole":
        return False
    needed = approvers[0].get("minRequiredApprovals", 0), step["inputs"].get("MinRequiredApprovals", 1)
    return approvers[0].get("approver") in (arn, arn.rpartition("/")[2]) and needed in ((1, 1), (0, 1))


def pinned_version(template: Content, runbook: str) -> str | None:
    """Return the one version of the runbook that may be run; None for none, for several, and for one that moves."""
    named = [str(item.get("version", "")) for item in template.get("executableRunBooks", []) if item["name"] == runbook]
    return named[0] if len(named) == 1 and named[0].isdecimal() else None


def adapted(template: Content, shipped: Content) -> dict[str, Any]:
    """Return the template with the shipped one's pins and last level; what has both stays as it is.

    Levels of the company's own are kept in any case: a template that lost them would approve more than anybody decided.
    """
    ours = {item["name"]: item["version"] for item in shipped["executableRunBooks"]}
    made = dict(template)
    if any(pinned_version(template, name) != version for name, version in ours.items()):
        others = [item for item in template.get("executableRunBooks", []) if item["name"] not in ours]
        made["executableRunBooks"] = [*others, *shipped["executableRunBooks"]]
    if not ends_with_portal(template):
        last = shipped["mainSteps"][-1]
        made["mainSteps"] = [*(step for step in template["mainSteps"] if step["name"] != last["name"]), last]
    return made
