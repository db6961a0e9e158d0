"""Documents as AWS has them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.aws.calls import AwsClient
from portal.aws.errors import BackendRefused

DEFAULT = "$DEFAULT"
NOT_REVIEWED, PENDING, APPROVED = "NOT_REVIEWED", "PENDING", "APPROVED"
_NOT_THERE = ("InvalidDocument", "InvalidDocumentVersion")


@dataclass(frozen=True, kw_only=True)
class Held:
    """One version of a document. `review` is empty for what is not reviewed at all, as runbooks are not."""

    version: str
    content: dict[str, Any]
    review: str


def held(ssm: AwsClient, document: str, version: str = DEFAULT) -> Held | None:
    """Return the version, None where it is not there. One call. Raises BackendError."""
    try:
        answer = ssm.call("get_document", Name=document, DocumentVersion=version, DocumentFormat="JSON")
    except BackendRefused as error:
        if error.problem in _NOT_THERE:
            return None
        raise
    return Held(
        version=str(answer["DocumentVersion"]), content=json.loads(answer["Content"]), review=answer.get("ReviewStatus", "")
    )


def version_saying(ssm: AwsClient, document: str, content: dict[str, Any]) -> str | None:
    """Return the newest version of this content. Costs a call for each version that is newer, at worst for all."""
    for version in _versions(ssm, document):
        there = held(ssm, document, version)
        if there is not None and there.content == content:
            return version
    return None


def _versions(ssm: AwsClient, document: str) -> Iterator[str]:
    more: dict[str, str] = {}
    while True:
        answer = ssm.call("list_document_versions", Name=document, **more)
        yield from (str(version["DocumentVersion"]) for version in answer["DocumentVersions"])
        if not answer.get("NextToken"):
            return
        more = {"NextToken": answer["NextToken"]}
