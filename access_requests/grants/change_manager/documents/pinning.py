"""Which template and which runbook a change request may name: those whose contents are the portal's."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from access_requests.grants.automation.documents import Held, difference, held, name, runbook
from access_requests.grants.automation.documents.pinning import PROBLEMS as OF_RUNBOOKS
from access_requests.grants.automation.documents.reading import APPROVED
from access_requests.grants.change_manager.documents.rendering import template_name
from access_requests.grants.change_manager.documents.templates import ends_with_portal, pinned_version
from access_requests.grants.documents import Difference
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendRefused

# What is wrong with a template, as against a call that was refused.
PROBLEMS = OF_RUNBOOKS | {"template_missing", "template_not_approved", "template_not_pinned"}


@dataclass(frozen=True, kw_only=True)
class Pinned:
    template: str
    template_version: str
    runbook: str
    runbook_version: str


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
    """Yield the template if `publish` or a review has yet to put it right. Raises BackendError."""
    yield from difference(template_name(owner.group), partial(_both_pinned, owner, ssm), PROBLEMS)


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
