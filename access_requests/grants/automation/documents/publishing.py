"""Making AWS have the documents."""

import json
from collections.abc import Iterator

from access_requests.grants.automation.documents.naming import name
from access_requests.grants.automation.documents.reading import Held, held, version_saying
from access_requests.grants.automation.documents.rendering import Content, runbook
from access_requests.grants.documents import DocumentKind, Published, State
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendRefused

# What Systems Manager calls each kind.
TYPES = {DocumentKind.RUNBOOK: "Automation", DocumentKind.CHANGE_TEMPLATE: "Automation.ChangeTemplate"}


def publish(owner: Owner, *, publisher: AwsClient) -> Iterator[Published]:
    """Create or update the group's runbooks: new content is a new version and the default one. Raises BackendError."""
    for purpose in Purpose:
        document = name(purpose, owner.group)
        yield put(publisher, document, DocumentKind.RUNBOOK, held(publisher, document), runbook(purpose, owner))


def put(ssm: AwsClient, document: str, kind: DocumentKind, there: Held | None, wanted: Content) -> Published:
    """Make AWS have this content as the document's default version. Raises BackendError."""
    if there is None:
        ssm.call("create_document", Name=document, Content=_text(wanted), DocumentType=TYPES[kind], DocumentFormat="JSON")
        return Published(document=document, version="1", before=None, state=State.CREATED, kind=kind)
    if there.content == wanted:
        return Published(document=document, version=there.version, before=there.version, state=State.UNCHANGED, kind=kind)
    version = _with_version(ssm, document, wanted)
    ssm.call("update_document_default_version", Name=document, DocumentVersion=version)
    return Published(document=document, version=version, before=there.version, state=State.UPDATED, kind=kind)


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


def _text(content: Content) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)
