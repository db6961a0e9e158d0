"""The OpenAPI document: what ninja knows of each call, and what all calls share."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from portal.rest import problems, refusals
from portal.rest.caller import PERSON_HEADER, Authenticator
from portal.rest.once import HEADER as KEY_HEADER
from portal.verbs.rejections import Rejection

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
        "request_id": {"type": "string", "description": "As in the header X-Request-Id."},
    },
}
# What can go wrong with any call, declared once: name, and what it means. The example's code stands for others of its kind.
PROBLEMS: Mapping[int, tuple[str, str, str]] = {
    400: ("Malformed", "No readable JSON", "malformed_json"),
    401: ("Unauthenticated", "No token, an unusable one, or no person of this identity", "token_missing"),
    403: ("NotAllowed", "Not allowed", "own_request"),
    404: ("NotFound", "No such thing, or not yours to see", "not_found"),
    409: ("Conflict", "Refused by the state that it is in", "already_decided"),
    413: ("TooLarge", "Too large", "too_large"),
    415: ("WrongMediaType", "No JSON", "wrong_media_type"),
    422: ("Unusable", "Something given cannot be used; `errors` says which field, and why", "longest_exceeded"),
    429: (
        "TooManyCalls",
        "Too many calls, or too many requests of this person; Retry-After says how long to wait",
        "too_many_calls",
    ),
    503: ("Unavailable", "The database is away; Retry-After says when to try again", "unavailable"),
}
ALWAYS, OF_ONE, OF_VERBS, OF_BODIES = {401, 403, 422, 429, 503}, {404}, {409}, {400, 413, 415}
SENTENCES = dict(problems.OF_STATUS.values()) | {
    refusal.code: refusal.sentence for refusal in (refusals.TokenMissing, refusals.Malformed, refusals.WrongMediaType)
}
WAITING = {429, 503}
RETRY_AFTER: Json = {"description": "Seconds to wait.", "schema": {"type": "integer", "examples": [5]}}
REQUEST_ID: Json = {
    "description": "Names this call in the portal's log. A UUID that the caller sends under this name is kept.",
    "schema": {"type": "string", "examples": ["1c3b9a52c0e84a6f9a4a0d5c8f7e6b21"]},
}
REQUEST_ID_REF = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
NOT_MODIFIED = {"description": "As it was: the entity tag of If-None-Match still holds", "headers": REQUEST_ID_REF}


@dataclass(frozen=True, kw_only=True)
class DocumentedCalls:
    """What the document shows of the subjects' calls, by the names of their operations.

    `answers`: an example of what each answers when all is well. `tagged`: those that answer with an entity tag. `refusals`: what
    the examples of problems say.
    """

    answers: Mapping[str, Json]
    tagged: Collection[str]
    refusals: Collection[type[Rejection]]


class Document(OpenAPISchema):
    """ninja's document, with scopes, headers and problems."""

    def __init__(self, api: NinjaAPI, path_prefix: str, *, showing: DocumentedCalls) -> None:
        self.showing = showing
        self.sentences = SENTENCES | {refusal.code: refusal.sentence for refusal in showing.refusals}
        super().__init__(api, path_prefix)

    def operation_details(self, operation: Operation) -> Json:
        details: Json = super().operation_details(operation)
        tagged = _name(operation) in self.showing.tagged
        bearer = operation.auth_callbacks[0]
        if not isinstance(bearer, Authenticator):
            raise TypeError(f"{operation.path} is open to everybody")
        details["security"] = [{"Bearer": [bearer.scope] if bearer.scope else []}]
        details["parameters"] += _headers(operation, bearer, tagged=tagged)
        details["responses"] = dict(_answers(operation, details["responses"], self.showing.answers)) | _problems(operation)
        if tagged:
            details["responses"]["304"] = NOT_MODIFIED
        return details

    def operation_parameters(self, operation: Operation) -> list[Json]:
        """Return ninja's parameters without the `examples` that it copies out of their schemas.

        A schema lists its examples, and keeps them; a parameter names each of its own, and readers refuse a list there.
        """
        return [
            {name: said for name, said in each.items() if name != "examples"} for each in super().operation_parameters(operation)
        ]

    def get_components(self) -> Json:
        components: Json = super().get_components()
        components["schemas"]["Problem"] = PROBLEM
        components["headers"] = {"RequestId": REQUEST_ID}
        components["responses"] = {name: _problem(status, self.sentences) for status, (name, _, _) in PROBLEMS.items()}
        return components


def _headers(operation: Operation, bearer: Authenticator, *, tagged: bool) -> list[Json]:
    headers = [_header(PERSON_HEADER, _person(bearer), "slack:U012AB3CD")]
    headers.append(_header("Accept-Language", "Language of `detail`.", "en"))
    if "POST" in operation.methods:
        headers.append(_header(KEY_HEADER, "Makes the call safe to repeat: one key, one effect.", "b7c1d0b2-6c39"))
    if tagged:
        headers.append(_header("If-None-Match", "ETag of what the caller has.", 'W/"0123456789abcdef"'))
    return headers


def _person(bearer: Authenticator) -> str:
    need = "A service's token needs it" if bearer.person_needed else "A service's token may come without it"
    return f"The person acted for. {need}; a person's own token is refused with it."


def _header(name: str, description: str, example: str) -> Json:
    schema = {"type": "string", "examples": [example]}
    return {"in": "header", "name": name, "description": description, "required": False, "schema": schema}


def _answers(operation: Operation, responses: Json, examples: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Yield what ninja knows of the good answers, with an example of each."""
    for status, answer in responses.items():
        content = {kind: {**said, "example": examples[_name(operation)]} for kind, said in answer["content"].items()}
        yield str(status), {**answer, "content": content, "headers": REQUEST_ID_REF}


def _problems(operation: Operation) -> Json:
    possible = set(ALWAYS)
    if "{" in operation.path:
        possible |= OF_ONE
    if "POST" in operation.methods:
        possible |= OF_VERBS | OF_BODIES
    return {str(status): {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"} for status in sorted(possible)}


def _problem(status: int, sentences: Mapping[str, str]) -> Json:
    _name, description, code = PROBLEMS[status]
    headers = REQUEST_ID_REF | ({"Retry-After": RETRY_AFTER} if status in WAITING else {})
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": REF}, "example": _example(status, code, sentences)}}
    return {"description": description, "headers": headers, "content": content}


def _example(status: int, code: str, sentences: Mapping[str, str]) -> Json:
    title, sentence = HTTPStatus(status).phrase, sentences[code]
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        sentence %= {"minutes": "4 hours"}
    example: Json = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": sentence}
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        example["errors"] = [{"field": "duration_minutes", "code": code, "detail": sentence}]
    return example | {"request_id": REQUEST_ID["schema"]["examples"][0]}


def _name(operation: Operation) -> str:
    return operation.view_func.__name__
