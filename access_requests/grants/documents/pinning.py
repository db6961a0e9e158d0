"""Which versions may be run: those whose content is what we render. A version never changes in AWS, so its number will do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from access_requests.grants.documents.naming import CHANGE_MANAGER, Owner, name, template_name
from access_requests.grants.documents.reading import APPROVED, Held, held
from access_requests.grants.documents.rendering import runbook
from access_requests.grants.documents.templates import ends_with_portal, pinned_version
from access_requests.grants.executions import Purpose
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendRefused

# What is wrong with a document, as against a call that was refused.
PROBLEMS = frozenset(
    {
        *("runbook_missing", "runbook_changed"),
        *("template_missing", "template_not_approved", "template_not_pinned"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Pinned:
    template: str
    template_version: str
    runbook: str
    runbook_version: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A document that is not as it must be; `problem` is one of PROBLEMS."""

    document: str
    problem: str


def pinned_runbook(owner: Owner, purpose: Purpose, ssm: AwsClient) -> tuple[str, str]:
    """Return name and default version of the runbook.

    Raises BackendRefused: runbook_missing, or runbook_changed where it is not what we render; and what calls raise. One call.
    """
    document = name(purpose, owner.group)
    there = held(ssm, document)
    if there is None:
        raise BackendRefused("runbook_missing", document)
    if there.content != runbook(purpose, owner):
        raise BackendRefused("runbook_changed", document)
    return document, there.version


def pinned_change(owner: Owner, purpose: Purpose, ssm: AwsClient) -> Pinned:
    """Return the template's default version and the runbook's version that it pins.

    Raises BackendRefused: template_missing, template_not_approved, template_not_pinned where it pins no version of the runbook
    or one that is not what we render, or where its last level is not the portal's alone; runbook_missing. Two calls.
    """
    document = template_name(owner.group)
    there = _approved(ssm, document)
    book, version = name(purpose, owner.group), pinned_version(there.content, name(purpose, owner.group))
    if version is None or not ends_with_portal(there.content):
        raise BackendRefused("template_not_pinned", document)
    run = held(ssm, book, version)
    if run is None:
        raise BackendRefused("runbook_missing", f"{book} version {version}")
    if run.content != runbook(purpose, owner):
        raise BackendRefused("template_not_pinned", f"{document} pins {book} version {version}")
    return Pinned(template=document, template_version=there.version, runbook=book, runbook_version=version)


def differences(owner: Owner, ssm: AwsClient) -> Iterator[Difference]:
    """Yield each document of the group that `publish` or a review has yet to put right. Raises BackendError."""
    for purpose in Purpose:
        yield from _difference(name(purpose, owner.group), partial(pinned_runbook, owner, purpose, ssm))
    if owner.by == CHANGE_MANAGER:
        yield from _difference(template_name(owner.group), partial(_both_pinned, owner, ssm))


def _approved(ssm: AwsClient, document: str) -> Held:
    there = held(ssm, document)
    if there is None:
        raise BackendRefused("template_missing", document)
    if there.review != APPROVED:
        raise BackendRefused("template_not_approved", f"{document} version {there.version}: {there.review or 'not a template'}")
    return there


def _both_pinned(owner: Owner, ssm: AwsClient) -> None:
    for purpose in (Purpose.GRANT, Purpose.PROLONG):
        pinned_change(owner, purpose, ssm)


def _difference(document: str, look: Callable[[], object]) -> Iterator[Difference]:
    try:
        look()
    except BackendRefused as error:
        if error.problem not in PROBLEMS:
            raise
        yield Difference(document=document, problem=error.problem)
