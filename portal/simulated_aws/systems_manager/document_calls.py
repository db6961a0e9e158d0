"""The calls about documents."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from portal.simulated_aws import paging
from portal.simulated_aws.errors import InvalidFilterKey, InvalidNextToken, NotSimulated, ValidationError
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.systems_manager import change_manager, content, document_answers, documents
from portal.simulated_aws.systems_manager.checking import TEMPLATE
from portal.simulated_aws.systems_manager.documents import LATEST, Document, Place, Version
from portal.simulated_aws.systems_manager.errors import (
    DocumentAlreadyExists,
    DocumentLimitExceeded,
    DocumentVersionLimitExceeded,
    InvalidDocumentOperation,
    InvalidDocumentVersion,
)

_MOST_DOCUMENTS = 500
_MOST_VERSIONS = 1_000
_PAGE = 10
_RESERVED = re.compile(r"(aws|amazon|amzn)", re.IGNORECASE)
_NOT_SIMULATED = ("Attachments", "Requires", "TargetType")
_OWNERS = {"Self": True, "Private": True, "All": True, "Public": False, "Amazon": False, "ThirdParty": False}
_FILTERS: Mapping[str, Callable[[Document, str], bool]] = {
    "Name": lambda document, value: document.name.startswith(value),
    "Owner": lambda _document, value: _OWNERS.get(value, False),
    "DocumentType": lambda document, value: document.kind == value,
}


class DocumentCalls(Gateway):
    def create_document(self) -> ActionResult:
        name, kind = self.params["Name"], self.params.get("DocumentType", "Command")
        self._refuse_not_simulated()
        if _RESERVED.match(name):
            raise ValidationError(f"The document name {name} begins with a prefix that is reserved by AWS.")
        if kind == TEMPLATE:
            change_manager.check_available()
        if name in self._documents:
            raise DocumentAlreadyExists
        if len(self._documents) >= _MOST_DOCUMENTS:
            raise DocumentLimitExceeded
        document = Document(name=name, kind=kind, owner=self.caller.account_id, tags=self.params.get("Tags", ()))
        document.add(self._version(kind, 1))
        self._documents[name] = document
        return ActionResult({"DocumentDescription": document_answers.description(document, document.latest)})

    def update_document(self) -> ActionResult:
        self._refuse_not_simulated()
        document = self._document()
        if document.version(self.params.get("DocumentVersion", LATEST)) is not document.latest:
            raise InvalidDocumentVersion("Only the latest version of a document can be updated.")
        if len(document.versions) >= _MOST_VERSIONS:
            raise DocumentVersionLimitExceeded
        document.add(self._version(document.kind, document.latest.number + 1))
        return ActionResult({"DocumentDescription": document_answers.description(document, document.latest)})

    def update_document_default_version(self) -> ActionResult:
        document = self._document()
        version = document.version(self.params["DocumentVersion"])
        document.default = version.number
        names = {"DefaultVersionName": version.name} if version.name else {}
        return ActionResult({"Description": {"Name": document.name, "DefaultVersion": str(version.number), **names}})

    def get_document(self) -> ActionResult:
        document = self._document()
        version = self._wanted_version(document)
        wanted = self.params.get("DocumentFormat", version.written_in)
        if wanted == "TEXT":
            raise NotSimulated("Documents in the format TEXT are not simulated")
        text = content.converted(version.text, written_in=version.written_in, wanted=wanted)
        return ActionResult(document_answers.whole(document, version, text=text, written_in=wanted))

    def describe_document(self) -> ActionResult:
        document = self._document()
        return ActionResult({"Document": document_answers.description(document, self._wanted_version(document))})

    def delete_document(self) -> ActionResult:
        document = self._document()
        if "DocumentVersion" in self.params or "VersionName" in self.params:
            document.drop(self._wanted_version(document))
        else:
            del self._documents[document.name]
        return EmptyResult()

    def list_documents(self) -> ActionResult:
        page, token = self._page(list(self._matching()))
        return ActionResult({"DocumentIdentifiers": [document_answers.identifier(document) for document in page], **token})

    def list_document_versions(self) -> ActionResult:
        document = self._document()
        page, token = self._page([document.versions[number] for number in sorted(document.versions, reverse=True)])
        return ActionResult({"DocumentVersions": [document_answers.version(document, each) for each in page], **token})

    def update_document_metadata(self) -> ActionResult:
        document = self._document()
        if document.kind != TEMPLATE:
            raise InvalidDocumentOperation("Only versions of change templates are reviewed.")
        version = document.version(self.params.get("DocumentVersion", LATEST))
        asked = self.params["DocumentReviews"]
        comment = next((item["Content"] for item in asked.get("Comment", ())), None)
        document.reviews[version.number].act(
            asked["Action"], by=self.caller.arn, author=version.author, at=self.envelope.at, comment=comment
        )
        return EmptyResult()

    def list_document_metadata_history(self) -> ActionResult:
        document = self._document()
        version = document.version(self.params.get("DocumentVersion", LATEST))
        return ActionResult(document_answers.history(document, version))

    @property
    def place(self) -> Place:
        return self.caller.account_id, self.region

    @property
    def _documents(self) -> dict[str, Document]:
        return documents.kept(self.place)

    def _document(self) -> Document:
        return documents.find(self.place, self.params["Name"])

    def _wanted_version(self, document: Document) -> Version:
        return document.version(self.params.get("DocumentVersion"), name=self.params.get("VersionName"))

    def _version(self, kind: str, number: int) -> Version:
        text, written_in = self.params["Content"], self.params.get("DocumentFormat", "JSON")
        return Version(
            number=number,
            text=text,
            written_in=written_in,
            created_at=self.envelope.at,
            author=self.caller.arn,
            says=documents.read(kind, text, written_in=written_in),
            name=self.params.get("VersionName"),
            display_name=self.params.get("DisplayName"),
        )

    def _refuse_not_simulated(self) -> None:
        for name in _NOT_SIMULATED:
            if name in self.params:
                raise NotSimulated(f"{name} of a document is not simulated")

    def _matching(self) -> Iterator[Document]:
        filters = [(given["Key"], given["Values"]) for given in self.params.get("Filters", ())]
        filters += [(given["key"], [given["value"]]) for given in self.params.get("DocumentFilterList", ())]
        for key, _ in filters:
            if key not in _FILTERS:
                raise InvalidFilterKey(f"The filter {key} is not simulated")
        for document in documents.in_order(self.place):
            if all(any(_FILTERS[key](document, value) for value in values) for key, values in filters):
                yield document

    def _page(self, items: list[Any]) -> tuple[Any, dict[str, str]]:
        """Return the page that was asked for, and the token of the next one as it stands in the answer."""
        size, refusal = self._get_int_param("MaxResults", _PAGE), InvalidNextToken("The specified token is not valid.")
        page, token = paging.cut(items, marker=self.params.get("NextToken"), size=size, refusal=refusal)
        return page, {"NextToken": token} if token else {}
