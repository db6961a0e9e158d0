"""What AWS has of the documents, and whether it is what they are to say: nothing else is ever started."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from access_requests.grants.calls import Caller
from access_requests.grants.documents import rendering
from access_requests.grants.documents.rendering import CHANGE_MANAGER, Owner, Tree
from access_requests.grants.errors import BackendRefused
from access_requests.grants.executions import APPROVE, GIVING, Purpose

DEFAULT, LATEST = "$DEFAULT", "$LATEST"
MISSING = frozenset({"InvalidDocument", "InvalidDocumentVersion"})
APPROVED, PENDING, NOT_SENT = "APPROVED", "PENDING", "NOT_REVIEWED"
RUNBOOK_MISSING, RUNBOOK_CHANGED = "runbook_missing", "runbook_changed"
TEMPLATE_MISSING, TEMPLATE_NOT_APPROVED, TEMPLATE_NOT_PINNED = (
    "template_missing",
    "template_not_approved",
    "template_not_pinned",
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One version of a document. `review` is empty for runbooks, which nobody reviews."""

    name: str
    version: str
    content: Any
    review: str = ""


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """A change template that was reviewed, and the runbook in the version that it names."""

    template: str
    template_version: str
    runbook: str
    runbook_version: str


def find(name: str, version: str, ssm: Caller) -> Found | None:
    """Return the version, None where AWS has none. Raises BackendError. Source: Systems Manager GetDocument."""
    try:
        answer = ssm.call("get_document", Name=name, DocumentVersion=version, DocumentFormat="JSON")
    except BackendRefused as error:
        if error.problem in MISSING:
            return None
        raise
    try:
        content = json.loads(answer["Content"])
    except ValueError:
        content = None  # Somebody's, and not what it is to say.
    return Found(name=name, version=answer["DocumentVersion"], content=content, review=answer.get("ReviewStatus", ""))


def pinned_runbook(owner: Owner, purpose: Purpose, ssm: Caller, *, version: str = DEFAULT) -> tuple[str, str]:
    """Return name and version of the runbook, which says what it is to say. One call. Raises BackendError."""
    found = find(rendering.name(purpose, owner.group), version, ssm)
    if found is None:
        raise BackendRefused(RUNBOOK_MISSING, rendering.name(purpose, owner.group))
    if found.content != rendering.runbook(purpose, owner):
        raise BackendRefused(RUNBOOK_CHANGED, f"{found.name} version {found.version}")
    return found.name, found.version


def pinned_change(owner: Owner, purpose: Purpose, ssm: Caller) -> Pinned:
    """Return what a change request is started with: two calls, three with a later version in review. Raises BackendError."""
    template = approved_template(owner, ssm)
    pins = pins_of(template.content)
    if not ends_with_portal(template.content) or rendering.name(purpose, owner.group) not in pins:
        raise BackendRefused(TEMPLATE_NOT_PINNED, f"{template.name} version {template.version}")
    version = pins[rendering.name(purpose, owner.group)]
    if not version.isdecimal():
        raise BackendRefused(TEMPLATE_NOT_PINNED, f"{template.name} names no version but {version}")
    runbook, version = pinned_runbook(owner, purpose, ssm, version=version)
    return Pinned(template=template.name, template_version=template.version, runbook=runbook, runbook_version=version)


def approved_template(owner: Owner, ssm: Caller) -> Found:
    """Return the latest version, or the default one while that is in review. Raises BackendError."""
    name = rendering.template_name(owner.group)
    latest = find(name, LATEST, ssm)
    if latest is None:
        raise BackendRefused(TEMPLATE_MISSING, name)
    if latest.review == APPROVED:
        return latest
    default = find(name, DEFAULT, ssm) if latest.version != "1" else None
    if default is None or default.review != APPROVED:
        raise BackendRefused(TEMPLATE_NOT_APPROVED, f"{name} version {latest.version}: {latest.review}")
    return default


def ends_with_portal(content: Any) -> bool:
    """Whether the last level is the portal's alone; there may be others before it."""
    try:
        steps = content["mainSteps"]
        approvers = steps[-1]["inputs"]["EnhancedApprovals"]["Approvers"]
        ours = (settings.AWS_CHANGE_APPROVER_ROLE_ARN, "IamRole")
        are_levels = all(step["action"] == APPROVE for step in steps)
        return (
            are_levels and content.get("autoApprovable") is not True and [(a["approver"], a["type"]) for a in approvers] == [ours]
        )
    except (AttributeError, IndexError, KeyError, TypeError):
        return False


def pins_of(content: Any) -> Mapping[str, str]:
    """Return name -> version of the runbooks that a template allows."""
    listed = content.get("executableRunBooks", []) if isinstance(content, dict) else []
    return {str(one.get("name")): str(one.get("version", DEFAULT)) for one in listed if isinstance(one, dict)}


def problems(owner: Owner, ssm: Caller) -> Iterator[tuple[str, str]]:
    """Yield (document's name, what is wrong) of each that cannot be used. Raises BackendError where AWS cannot be asked."""
    looks: dict[str, Callable[[], object]] = {
        rendering.name(Purpose.REMOVE, owner.group): lambda: pinned_runbook(owner, Purpose.REMOVE, ssm)
    }
    for purpose in GIVING:
        name = rendering.name(purpose, owner.group)
        looks[name] = lambda purpose=purpose: pinned_runbook(owner, purpose, ssm)  # type: ignore[misc]
    if owner.by == CHANGE_MANAGER:
        looks[rendering.template_name(owner.group)] = lambda: [pinned_change(owner, purpose, ssm) for purpose in GIVING]
    for name, look in looks.items():
        try:
            look()
        except BackendRefused as error:
            if not error.problem.startswith(("runbook_", "template_")):
                raise
            yield name, error.problem


def same(found: Found | None, content: Tree) -> bool:
    return found is not None and found.content == content
