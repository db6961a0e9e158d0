"""Answers: JSON that is stored nowhere but with the caller, with an entity tag where a call is often repeated."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from pydantic import BaseModel

from portal.rest.caller import PERSON_HEADER

MEDIA_TYPE = "application/json"


def reply(text: str, *, status: int = 200) -> HttpResponse:
    return _private(HttpResponse(text, status=status, content_type=MEDIA_TYPE))


def shown(answer: BaseModel) -> HttpResponse:
    return reply(answer.model_dump_json())


def tagged(request: HttpRequest, answer: BaseModel, *, besides: dict[str, object] | None = None) -> HttpResponse:
    """Show the answer, or 304 when the caller has it already.

    The tag is a weak one: what is left out `besides`, such as seconds that run down, does not make another answer.
    """
    same = answer.model_dump_json(exclude=besides)  # type: ignore[arg-type]  # pydantic's nested form.
    tag = f'W/"{hashlib.sha256(same.encode()).hexdigest()[:32]}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response = _private(HttpResponseNotModified()) if tag in known or "*" in known else shown(answer)
    response["ETag"] = tag
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Authorization", PERSON_HEADER))
    return response
