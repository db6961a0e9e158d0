"""What programs are written against stands in the repository, so that no change of it goes unseen."""

import json

from tests.structure.api_documents import CODES, OPENAPI, document, listing

RUN = "run: make api-docs, and say in CHANGELOG.md what becomes otherwise for programs"


def test_documented_error_codes_are_the_refusals() -> None:
    assert CODES.read_text() == listing(), RUN


def test_openapi_document_of_the_repository_is_the_portals() -> None:
    assert json.loads(OPENAPI.read_text()) == document(), RUN
