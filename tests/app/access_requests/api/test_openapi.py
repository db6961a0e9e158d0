"""The OpenAPI document tells the truth: calls made up from it are answered as it says, and nothing crashes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.shortcuts import resolve_url
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from access_requests.models import ApiClient
from portal.api import SHOWN, api
from portal.rest.caller import PERSON_HEADER
from tests.stand_ins.bots import SCOPES, Bot, make_personal_client, own_token_of, read, token_of
from tests.worlds.cast import Cast
from tests.worlds.story import elevated, submitted

ALWAYS_TRUE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OF_MADE_UP_CALLS = [*ALWAYS_TRUE, negative_data_rejection, unsupported_method]
DOCUMENT = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))


portal = WSGIHandler()


def from_here(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    """The portal, as a program on this machine calls it."""
    return portal({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)


def _made_up() -> dict[str, Any]:
    """Return the document without the one header that every call here gets."""
    document: dict[str, Any] = json.loads(json.dumps(DOCUMENT))
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["parameters"] = [each for each in operation["parameters"] if each["name"] != PERSON_HEADER]
    return document


schema = schemathesis.openapi.from_dict(_made_up())
schema.app = from_here


@pytest.fixture
def headers(chatbot: ApiClient, cast: Cast) -> dict[str, str]:
    """Act for a lead who is an auditor too, so that nearly everything is open."""
    cast.leader01.is_auditor = True
    cast.leader01.save()
    return {"Authorization": f"Bearer {token_of(chatbot, *SCOPES)}", PERSON_HEADER: "slack:U0LEADER01"}


@pytest.fixture
def codes(cast: Cast) -> dict[str, str]:
    """Of a request that waits and of an elevation that is about to begin."""
    now = datetime.now(UTC)
    waiting = submitted(cast.member01, now=now, starts_at=now + timedelta(days=1))
    scheduled = elevated(cast.member01, cast.leader01, now=now, starts_at=now + timedelta(days=2))
    return {"requests": waiting.code, "elevations": scheduled.code, "audit": waiting.code}


@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_answers_are_those_that_the_document_names(
    case: schemathesis.Case[Any], headers: dict[str, str], codes: dict[str, str]
) -> None:
    case.call_and_validate(headers=headers, checks=OF_MADE_UP_CALLS)
    if "code" in case.path_parameters:
        case.path_parameters["code"] = codes[case.path.split("/")[3]]
        case.call_and_validate(headers=headers, checks=ALWAYS_TRUE)


# Who has no token is met at each call of test_every_endpoint, too.
SELDOM = [pytest.param(kind, marks=pytest.mark.exhaustive) for kind in ("without token", "own token", "auditor", "for nobody")]


@pytest.fixture(params=["reader", *SELDOM])
def others(request: pytest.FixtureRequest, chatbot: ApiClient, cast: Cast) -> dict[str, str]:
    """Whoever else calls: a person's own script, a program with less, for other people, for none, and anybody."""
    kind = request.param
    if kind == "own token":
        return {"Authorization": f"Bearer {own_token_of(cast.leader01, make_personal_client('scripts', cast), *SCOPES)}"}
    if kind == "without token":
        return {}
    read_only = {"Authorization": f"Bearer {token_of(chatbot, 'requests:read')}", PERSON_HEADER: "slack:U0MEMBER02"}
    everything = {"Authorization": f"Bearer {token_of(chatbot, *SCOPES)}"}
    return {"reader": read_only, "auditor": {**everything, PERSON_HEADER: "slack:U0AUDITOR01"}}.get(kind, everything)


@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whoever_calls_is_answered_as_the_document_says(
    case: schemathesis.Case[Any], others: dict[str, str], codes: dict[str, str]
) -> None:
    if "code" in case.path_parameters:
        case.path_parameters["code"] = codes[case.path.split("/")[3]]
    case.call_and_validate(headers=others, checks=ALWAYS_TRUE)


def test_document_names_scope_person_key_and_problems_of_every_call() -> None:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            said = {parameter["name"] for parameter in operation["parameters"]}
            assert PERSON_HEADER in said, path
            assert ("Idempotency-Key" in said) is (method == "post"), path
            assert {"401", "403", "422", "429"} <= set(operation["responses"]), path
            assert ("404" in operation["responses"]) is ("{" in path), path
            assert operation["security"][0]["Bearer"] or path.endswith("/me"), path
            assert operation["summary"], path


def test_every_call_has_an_example_of_what_it_answers_and_every_problem_too() -> None:
    """Each example holds against the schema beside it, fields that nobody demands included."""
    calls = [answer for path in DOCUMENT["paths"].values() for operation in path.values() for answer in good(operation)]
    problems = DOCUMENT["components"]["responses"].values()
    assert len(calls) == len(SHOWN.answers)
    for answer in (*calls, *problems):
        (said,) = answer["content"].values()
        schema = {**said["schema"], "components": DOCUMENT["components"]}
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(said["example"])


def good(operation: dict[str, Any]) -> list[dict[str, Any]]:
    return [answer for status, answer in operation["responses"].items() if status.startswith("2")]


def test_problems_are_declared_once_for_all_calls() -> None:
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            others = {status: said for status, said in operation["responses"].items() if status >= "400"}
            assert all(list(said) == ["$ref"] for said in others.values())


def test_document_and_its_page_are_open_and_need_nothing_from_elsewhere(bot: Bot) -> None:
    info = read(bot.get("/openapi.json", authorization=""))["info"]
    assert info["title"] == "Sekisho"
    for said in (resolve_url("oauth_token"), "grant_type=client_credentials", "X-On-Behalf-Of: slack:", "docs/api.md"):
        assert said in info["description"]
    page = bot.get("/docs", authorization="")
    assert page.status_code == 200
    text = page.content.decode()
    assert "swagger-ui-bundle.js" in text
    assert "https://" not in text
    assert "img-src 'self' data:" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
