"""A program in somebody else's hands: a generator makes its client from the OpenAPI document, and nobody mends it by hand."""

import importlib
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType

from access_requests.models import AccessRequest
from tests.stand_ins.bots import ASK, SCOPES, make_client, token_of
from tests.structure.api_documents import OPENAPI
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
PACKAGE = "client_made_from_the_document"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of the package that the generator makes, without a complaint, and without the formatter it would run."""
    config = Config.from_sources(
        ConfigFile(post_hooks=[]), MetaType.NONE, OPENAPI, "utf-8", overwrite=False, output_path=tmp_path / PACKAGE
    )
    assert [(each.header, each.detail) for each in generate(config=config)] == []
    monkeypatch.syspath_prepend(str(tmp_path))
    return PACKAGE


def test_client_generated_from_the_document_asks_and_lists(package: str, portal: str, cast: Cast) -> None:
    def made(module: str) -> Any:
        return importlib.import_module(f"{package}.{module}")

    token = token_of(make_client("generated", cast), *SCOPES)
    caller = made("client").AuthenticatedClient(base_url=portal, token=token, httpx_args={"trust_env": False})
    member = {"client": caller, "x_on_behalf_of": "slack:U0MEMBER01"}
    with caller:
        asked = made("api.requests.submit_request").sync(body=made("models.ask_body").AskBody.from_dict(ASK), **member)
        listed = made("api.requests.list_requests").sync(**member, state=made("models").ListRequestsState.PENDING)
        problem = made("api.requests.show_request").sync("R-NOBODYS1", **member)
    assert [each.id for each in listed.items] == [asked.id] == [AccessRequest.objects.get().code]
    assert listed.items[0].requester.username == "member01"
    assert (problem.status, problem.code) == (404, "not_found")
