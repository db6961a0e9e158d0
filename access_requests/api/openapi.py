"""The OpenAPI document: what ninja knows of each call, and what all calls share."""

from typing import Any

from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from access_requests.api import problems
from access_requests.api.auth import PERSON_HEADER, Bearer
from access_requests.api.once import HEADER as KEY_HEADER

Json = dict[str, Any]
REF = "#/components/schemas/Problem"
PROBLEM: Json = {
    "title": "Problem",
    "description": "RFC 9457. `code` is stable, `detail` a sentence in the language of Accept-Language (ja or en).",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "examples": ["own_request"]},
        "detail": {"type": "string"},
        "data": {"type": "object", "description": "What the sentence names."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "detail")},
            },
        },
    },
}
ALWAYS = {
    401: "No token, an unusable one, or no person of this identity",
    403: "Not allowed",
    422: "Something given cannot be used",
    429: "Too many calls; Retry-After says how long to wait",
    503: "The database is away; Retry-After says when to try again",
}
OF_ONE = {404: "No such thing, or not yours to see"}
OF_VERBS = {409: "Refused by the state that it is in"}
OF_BODIES = {400: "No readable JSON", 413: "Too large", 415: "No JSON"}
NOT_MODIFIED = {"description": "As it was: the entity tag of If-None-Match still holds"}
WITH_TAG = frozenset({"show_request", "list_elevations", "show_elevation"})


class Document(OpenAPISchema):
    """ninja's document, with scopes, headers and problems."""

    def operation_details(self, operation: Operation) -> Json:
        details: Json = super().operation_details(operation)
        bearer = operation.auth_callbacks[0]
        if not isinstance(bearer, Bearer):
            raise TypeError(f"{operation.path} is open to everybody")
        details["security"] = [{"Bearer": [bearer.scope] if bearer.scope else []}]
        details["parameters"] += _headers(operation, bearer)
        details["responses"] = {str(status): answer for status, answer in details["responses"].items()} | _problems(operation)
        if _name(operation) in WITH_TAG:
            details["responses"]["304"] = NOT_MODIFIED
        return details

    def get_components(self) -> Json:
        components: Json = super().get_components()
        components["schemas"]["Problem"] = PROBLEM
        return components


def _headers(operation: Operation, bearer: Bearer) -> list[Json]:
    headers = [_header(PERSON_HEADER, _person(bearer), "slack:U012AB3CD")]
    headers.append(_header("Accept-Language", "Language of `detail`.", "en"))
    if "POST" in operation.methods:
        headers.append(_header(KEY_HEADER, "Makes the call safe to repeat: one key, one effect.", "b7c1d0b2-6c39"))
    if _name(operation) in WITH_TAG:
        headers.append(_header("If-None-Match", "ETag of what the caller has.", 'W/"0123456789abcdef"'))
    return headers


def _person(bearer: Bearer) -> str:
    need = "A service's token needs it" if bearer.person_needed else "A service's token may come without it"
    return f"The person acted for. {need}; a person's own token is refused with it."


def _header(name: str, description: str, example: str) -> Json:
    schema = {"type": "string", "examples": [example]}
    return {"in": "header", "name": name, "description": description, "required": False, "schema": schema}


def _problems(operation: Operation) -> Json:
    possible = dict(ALWAYS)
    if "{" in operation.path:
        possible |= OF_ONE
    if "POST" in operation.methods:
        possible |= OF_VERBS | OF_BODIES
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": REF}}}
    return {str(status): {"description": text, "content": content} for status, text in sorted(possible.items())}


def _name(operation: Operation) -> str:
    return operation.view_func.__name__
