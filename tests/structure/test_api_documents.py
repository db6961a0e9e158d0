"""What programs are written against stands in the repository, so that no change of it goes unseen."""

import json

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.structure.api_documents import CODES, OPENAPI, document, listing

RUN = "run: make api-docs, and say in CHANGELOG.md what becomes otherwise for programs"


def test_documented_error_codes_are_the_refusals() -> None:
    assert CODES.read_text() == listing(), RUN


def test_openapi_document_of_the_repository_is_the_portals() -> None:
    assert json.loads(OPENAPI.read_text()) == document(), RUN


def test_openapi_document_is_one_by_the_version_that_it_declares() -> None:
    """Who reads it by the book, as generators of clients do, refuses it whole for one word in the wrong place."""
    said = document()
    assert said["openapi"].startswith("3.1.")
    assert [(error.json_path, error.message) for error in OpenAPIV31SpecValidator(said).iter_errors()] == []
