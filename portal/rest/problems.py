"""Every error as RFC 9457 problem+json: ours, ninja's and Django's own."""

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.serializers.json import DjangoJSONEncoder
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.csrf import csrf_exempt
from django_guid import get_guid
from ninja.errors import HttpError, ValidationError

from portal.rest import refusals
from portal.verbs import phrases, rejections

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
BELOW = "/api/"
RETRY_SECONDS = 5
# What has no rejection of its own: status -> code, sentence.
OF_STATUS: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", _("The call cannot be read.")),
    404: (rejections.NotFound.code, rejections.NotFound.sentence),
    405: ("method_not_allowed", _("This method is not allowed here. The header Allow says which are.")),
    413: ("too_large", _("The body is too large.")),
    429: ("too_many_calls", _("Too many calls. Wait as long as the header Retry-After says.")),
    500: (
        "internal_error",
        _("Something went wrong in the portal. Nothing was changed by this call; an administrator finds it in the log."),
    ),
    503: ("unavailable", _("The portal cannot reach its database. Nothing was changed by this call; try again.")),
}
INVALID = _("Something in this call cannot be used: see errors.")
UNUSABLE = _("This cannot be used here.")
# pydantic's and our own kinds of what is wrong with a field.
OF_FIELD: Mapping[str, str] = {
    "missing": rejections.Missing.sentence,
    "extra_forbidden": _("There is no field of this name."),
    "int_type": _("Give a whole number."),
    "int_parsing": _("Give a whole number."),
    "string_type": _("Give a text."),
    "string_unicode": rejections.ControlCharacters.sentence,
    "string_pattern_mismatch": rejections.ControlCharacters.sentence,
    "string_too_long": _("This is too long."),
    "too_long": _("These are too many."),
    "list_type": _("Give a list."),
    "model_attributes_type": _("Give an object with fields."),
    "enum": _("This is none of the values that are possible here."),
    "bool_parsing": _("Give true or false."),
    "moment": _("Give a time such as 2026-11-23T20:00:00Z."),
    "naive_time": rejections.NaiveTime.sentence,
    "greater_than_equal": _("This is too small."),
    "less_than_equal": _("This is too large."),
}


def answer(status: int, *, code: str, detail: str, **more: object) -> HttpResponse:
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, **more}
    body["request_id"] = get_guid()
    # What was sent may be named here, half characters included.
    text = json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False).encode(errors="replace")
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=headers)


def of_rejection(request: HttpRequest, rejection: rejections.Rejection) -> HttpResponse:  # noqa: ARG001  ninja's signature.
    code, detail = rejection.code, phrases.sentence(rejection)
    if isinstance(rejection, rejections.Unusable):
        return answer(rejection.status, code=code, detail=detail, errors=[_field(rejection.field, code, detail)])
    refused = answer(rejection.status, code=code, detail=detail, data=rejection.data)
    for name, value in rejection.headers.items():
        refused[name] = value
    if isinstance(rejection, refusals.Unauthenticated):
        refused["WWW-Authenticate"] = "Bearer" if isinstance(rejection, refusals.TokenMissing) else 'Bearer error="invalid_token"'
    if isinstance(rejection, refusals.WrongScope):
        refused["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{rejection.data["scope"]}"'
    return refused


def of_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001  ninja's signature.
    """Say of each field what is wrong with it."""
    found = [_field(_name(each["loc"]), each["type"], gettext(OF_FIELD.get(each["type"], UNUSABLE))) for each in error.errors]
    return answer(422, code="invalid", detail=gettext(INVALID), errors=found)


def of_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what ninja refuses; what its parser was refused by is the cause."""
    if isinstance(error.__cause__, rejections.Rejection):
        return of_rejection(request, error.__cause__)
    return of_status(error.status_code)


def of_too_much(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:  # noqa: ARG001  ninja's signature.
    return of_status(413)


def of_database(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("%s %s: the database did not answer", request.method, request.path, exc_info=error)
    return of_status(503, headers={"Retry-After": str(RETRY_SECONDS)})


@csrf_exempt
def nothing_here(request: HttpRequest, **_: object) -> HttpResponse:  # noqa: ARG001  A view's signature.
    return of_status(404)


def of_status(status: int, *, headers: Mapping[str, str] | None = None) -> HttpResponse:
    code, sentence = OF_STATUS.get(status, OF_STATUS[400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500])
    problem = answer(status, code=code, detail=gettext(sentence))
    for name, value in (headers or {}).items():
        problem[name] = value
    return problem


HANDLERS: Mapping[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    rejections.Rejection: of_rejection,
    ValidationError: of_validation,
    HttpError: of_http_error,
    RequestDataTooBig: of_too_much,
    OperationalError: of_database,
    InterfaceError: of_database,
}


class ProblemMiddleware:
    """Turns what Django itself answers below /api/, an unknown path or a crash, into a problem. After LocaleMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        below = request.path.startswith(BELOW)
        if not below or response.status_code < HTTPStatus.BAD_REQUEST or response["Content-Type"] == MEDIA_TYPE:
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        return of_status(response.status_code, headers=kept)


def _field(name: str, code: str, detail: str) -> dict[str, str]:
    return {"field": name, "code": code, "detail": detail}


def _name(loc: tuple[str | int, ...]) -> str:
    """Return the field's name: what pydantic says without where it was, and in a body without the name of our parameter."""
    inside = loc[2:] if loc[0] == "body" else loc[1:]
    return ".".join(str(part) for part in inside) or str(loc[0])
