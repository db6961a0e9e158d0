"""Documents and their versions, as each account and Region keeps them."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.simulated_aws.errors import NotSimulated
from portal.simulated_aws.systems_manager import checking, content
from portal.simulated_aws.systems_manager.checking import RUNBOOK, TEMPLATE
from portal.simulated_aws.systems_manager.definitions import Definition
from portal.simulated_aws.systems_manager.errors import (
    DuplicateDocumentContent,
    DuplicateDocumentVersionName,
    InvalidDocument,
    InvalidDocumentOperation,
    InvalidDocumentVersion,
)
from portal.simulated_aws.systems_manager.reviews import Review
from portal.simulated_aws.systems_manager.templates import Template

LATEST, DEFAULT = "$LATEST", "$DEFAULT"
Place = tuple[str, str]
"""Account and Region."""
_ARN = re.compile(r"arn:aws:ssm:(?P<region>[\w-]+):(?P<account>\d{12}):document/(?P<name>.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a document, which never changes. `author` is the ARN of whoever wrote it."""

    number: int
    text: str
    written_in: str
    created_at: datetime
    author: str
    says: Definition | Template
    name: str | None = None
    display_name: str | None = None

    @property
    def definition(self) -> Definition:
        return self.says.definition if isinstance(self.says, Template) else self.says

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(slots=True, kw_only=True)
class Document:
    name: str
    kind: str
    owner: str
    tags: Sequence[Mapping[str, str]] = ()
    default: int = 1
    versions: dict[int, Version] = field(default_factory=dict)
    reviews: dict[int, Review] = field(default_factory=dict)

    @property
    def latest(self) -> Version:
        return self.versions[max(self.versions)]

    def add(self, version: Version) -> None:
        """Add a version; of a change template it is one that nobody reviewed. Raises what makes it a duplicate."""
        if any(version.digest == other.digest for other in self.versions.values()):
            raise DuplicateDocumentContent
        if version.name and any(version.name == other.name for other in self.versions.values()):
            raise DuplicateDocumentVersionName
        self.versions[version.number] = version
        if self.kind == TEMPLATE:
            self.reviews[version.number] = Review()

    def version(self, wanted: str | None, *, name: str | None = None) -> Version:
        """Return the version of that number, `$LATEST`, `$DEFAULT` (also None) or name. Raises InvalidDocumentVersion."""
        for version in self.versions.values():
            if self._number(wanted if wanted or name else DEFAULT) in (None, version.number) and name in (None, version.name):
                return version
        raise InvalidDocumentVersion

    def drop(self, version: Version) -> None:
        """Forget one version. Raises InvalidDocumentOperation for the default one."""
        if version.number == self.default:
            raise InvalidDocumentOperation("Default version of the document can't be deleted.")
        del self.versions[version.number]
        self.reviews.pop(version.number, None)

    def _number(self, wanted: str | None) -> int | None:
        match wanted:
            case None:
                return None
            case "$LATEST":
                return self.latest.number
            case "$DEFAULT":
                return self.default
        return int(wanted)


_documents: dict[Place, dict[str, Document]] = defaultdict(dict)


def kept(place: Place) -> dict[str, Document]:
    """Return the documents of an account and Region by name."""
    return _documents[place]


def find(place: Place, name: str) -> Document:
    """Return the document of that name, or of that ARN. Raises InvalidDocument, also for another account's."""
    arn = _ARN.fullmatch(name)
    if arn and (arn["account"], arn["region"]) == place:
        name = arn["name"]
    document = _documents[place].get(name)
    if document is None:
        raise InvalidDocument(name=name)
    return document


def read(kind: str, text: str, *, written_in: str) -> Definition | Template:
    """Return what a document says. Raises InvalidDocumentContent and its kind, NotSimulated."""
    tree = content.parsed(text, written_in=written_in)
    match kind:
        case checking.RUNBOOK:
            return checking.runbook(tree)
        case checking.TEMPLATE:
            return checking.change_template(tree)
    raise NotSimulated(f"Documents of the type {kind} are not simulated; there are {RUNBOOK} and {TEMPLATE}")


def in_order(place: Place) -> Iterator[Document]:
    yield from (document for _, document in sorted(_documents[place].items()))


def forget_all() -> None:
    _documents.clear()
