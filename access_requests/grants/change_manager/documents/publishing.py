"""Making AWS have the change template, and its review by somebody else."""

from collections.abc import Mapping

from access_requests.grants.automation.documents import Held, held, pinned_runbook, put
from access_requests.grants.automation.documents.reading import APPROVED, NOT_REVIEWED, PENDING
from access_requests.grants.change_manager.documents.rendering import template, template_name
from access_requests.grants.change_manager.documents.templates import adapted
from access_requests.grants.documents import DocumentKind, Published, State
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendRefused

_COMMENT = "The content is what Sekisho renders for this work group."


def publish(owner: Owner, versions: Mapping[Purpose, str], publisher: AwsClient) -> Published:
    """Create or update the group's template, and send it for review. Raises BackendError."""
    document, shipped = template_name(owner.group), template(owner, versions)
    there = held(publisher, document)
    wanted = adapted(there.content, shipped) if there else shipped
    done = put(publisher, document, DocumentKind.CHANGE_TEMPLATE, there, wanted)
    now = held(publisher, document, done.version)
    if now is not None and now.review == NOT_REVIEWED:
        _review(publisher, document, done.version, {"Action": "SendForReview"})
    return done


def review(owner: Owner, *, reviewer: AwsClient) -> list[Published]:
    """Approve the default version of the group's template, if it says exactly what we render.

    Raises BackendRefused: template_missing, template_not_pending, and template_differs for a template with levels of the
    company's own, which people review; runbook_missing, runbook_changed; and what calls raise.
    """
    document = template_name(owner.group)
    there = held(reviewer, document)
    if there is None:
        raise BackendRefused("template_missing", document)
    if there.review == APPROVED:
        return [_reviewed(document, there, State.UNCHANGED)]
    _check_pending(owner, document, there, reviewer)
    _review(reviewer, document, there.version, {"Action": "Approve", "Comment": [{"Type": "Comment", "Content": _COMMENT}]})
    return [_reviewed(document, there, State.APPROVED)]


def _reviewed(document: str, there: Held, state: State) -> Published:
    kind = DocumentKind.CHANGE_TEMPLATE
    return Published(document=document, version=there.version, before=there.version, state=state, kind=kind)


def _check_pending(owner: Owner, document: str, there: Held, reviewer: AwsClient) -> None:
    if there.review != PENDING:
        raise BackendRefused("template_not_pending", f"{document} version {there.version}: {there.review}")
    versions = {purpose: pinned_runbook(owner, purpose, reviewer)[1] for purpose in (Purpose.GRANT, Purpose.PROLONG)}
    if there.content != template(owner, versions):
        raise BackendRefused("template_differs", f"{document} version {there.version}")


def _review(ssm: AwsClient, document: str, version: str, action: dict[str, object]) -> None:
    ssm.call("update_document_metadata", Name=document, DocumentVersion=version, DocumentReviews=action)
