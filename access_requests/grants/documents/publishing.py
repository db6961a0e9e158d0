"""Making AWS have the documents, and the review of change templates by somebody else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from access_requests.grants.documents.naming import CHANGE_MANAGER, Owner, name, template_name
from access_requests.grants.documents.pinning import pinned_runbook
from access_requests.grants.documents.reading import APPROVED, NOT_REVIEWED, PENDING, Held, held, version_saying
from access_requests.grants.documents.rendering import Content, runbook, template
from access_requests.grants.documents.templates import adapted
from access_requests.grants.executions import Purpose
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendRefused

RUNBOOK, TEMPLATE = "Automation", "Automation.ChangeTemplate"
_COMMENT = "The content is what Sekisho renders for this work group."


class State(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    APPROVED = "approved"


@dataclass(frozen=True, kw_only=True)
class Published:
    """`version` is the default one now; `before` was it until now, None where the document was not there."""

    document: str
    version: str
    before: str | None
    state: State


def publish(owner: Owner, *, publisher: AwsClient) -> list[Published]:
    """Create or update the group's documents: new content is a new version and the default one. Safe to call twice.

    Raises BackendError; what was published before it stays, and the next call goes on from there.
    """
    return list(each_published(owner, publisher=publisher))


def each_published(owner: Owner, *, publisher: AwsClient) -> Iterator[Published]:
    """Do what `publish` does, document by document, so that each can be recorded before the next. Raises BackendError."""
    versions: dict[Purpose, str] = {}
    for purpose in Purpose:
        wanted, document = runbook(purpose, owner), name(purpose, owner.group)
        done = _put(publisher, document, RUNBOOK, held(publisher, document), wanted)
        versions[purpose] = done.version
        yield done
    if owner.by == CHANGE_MANAGER:
        yield _publish_template(owner, versions, publisher)


def review(owner: Owner, *, reviewer: AwsClient) -> list[Published]:
    """Approve the default version of the group's template, if it says exactly what we render; none for a group without one.

    Raises BackendRefused: template_missing, template_not_pending, and template_differs for a template with levels of the
    company's own, which people review; runbook_missing, runbook_changed; and what calls raise.
    """
    if owner.by != CHANGE_MANAGER:
        return []
    document = template_name(owner.group)
    there = held(reviewer, document)
    if there is None:
        raise BackendRefused("template_missing", document)
    if there.review == APPROVED:
        return [Published(document=document, version=there.version, before=there.version, state=State.UNCHANGED)]
    _check_pending(owner, document, there, reviewer)
    _review(reviewer, document, there.version, {"Action": "Approve", "Comment": [{"Type": "Comment", "Content": _COMMENT}]})
    return [Published(document=document, version=there.version, before=there.version, state=State.APPROVED)]


def _check_pending(owner: Owner, document: str, there: Held, reviewer: AwsClient) -> None:
    if there.review != PENDING:
        raise BackendRefused("template_not_pending", f"{document} version {there.version}: {there.review}")
    versions = {purpose: pinned_runbook(owner, purpose, reviewer)[1] for purpose in (Purpose.GRANT, Purpose.PROLONG)}
    if there.content != template(owner, versions):
        raise BackendRefused("template_differs", f"{document} version {there.version}")


def _publish_template(owner: Owner, versions: dict[Purpose, str], publisher: AwsClient) -> Published:
    document, shipped = template_name(owner.group), template(owner, versions)
    there = held(publisher, document)
    done = _put(publisher, document, TEMPLATE, there, adapted(there.content, shipped) if there else shipped)
    now = held(publisher, document, done.version)
    if now is not None and now.review == NOT_REVIEWED:
        _review(publisher, document, done.version, {"Action": "SendForReview"})
    return done


def _put(ssm: AwsClient, document: str, kind: str, there: Held | None, wanted: Content) -> Published:
    if there is None:
        ssm.call("create_document", Name=document, Content=_text(wanted), DocumentType=kind, DocumentFormat="JSON")
        return Published(document=document, version="1", before=None, state=State.CREATED)
    if there.content == wanted:
        return Published(document=document, version=there.version, before=there.version, state=State.UNCHANGED)
    version = _with_version(ssm, document, wanted)
    ssm.call("update_document_default_version", Name=document, DocumentVersion=version)
    return Published(document=document, version=version, before=there.version, state=State.UPDATED)


def _with_version(ssm: AwsClient, document: str, wanted: Content) -> str:
    """Return the number of the version that says this, a new one unless an older one does: AWS refuses the same twice."""
    try:
        answer = ssm.call(
            "update_document", Name=document, Content=_text(wanted), DocumentVersion="$LATEST", DocumentFormat="JSON"
        )
    except BackendRefused as error:
        version = version_saying(ssm, document, wanted) if error.problem == "DuplicateDocumentContent" else None
        if version is None:
            raise
        return version
    return str(answer["DocumentDescription"]["DocumentVersion"])


def _review(ssm: AwsClient, document: str, version: str, action: dict[str, object]) -> None:
    ssm.call("update_document_metadata", Name=document, DocumentVersion=version, DocumentReviews=action)


def _text(content: Content) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)
