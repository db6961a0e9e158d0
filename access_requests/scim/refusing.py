"""Refusals and failures as SCIM's errors, whoever raised them."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from scim2_models import Error, SCIMException
from scim2_server.responses import SCIM_MEDIA_TYPE

from portal.verbs import phrases
from portal.verbs.rejections import Rejection, RightsEnded, Unusable

logger = logging.getLogger(__name__)
RETRY_SECONDS = 5
NO_STORE = {"Cache-Control": "no-store"}
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="SCIM"'}


def answer(request: HttpRequest, raised: Exception) -> HttpResponse:
    """Return what a directory is told; what is nobody's mistake but ours goes into the log."""
    if isinstance(raised, RequestDataTooBig):
        return error(413, f"The body is larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.")
    if isinstance(raised, SCIMException):
        return _sent(raised.to_error(), CHALLENGE if raised.status == HTTPStatus.UNAUTHORIZED else {})
    if isinstance(raised, Rejection):
        return _of_rejection(raised)
    logger.error("%s %s failed", request.method, request.path, exc_info=raised)
    if isinstance(raised, OperationalError | InterfaceError):
        return error(503, "The portal cannot reach its database. Try again.", {"Retry-After": str(RETRY_SECONDS)})
    return error(500, "Something went wrong in the portal. Nothing was changed by this call.")


def error(status: int, detail: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    return _sent(Error(status=status, detail=detail), headers or {})


def _of_rejection(refusal: Rejection) -> HttpResponse:
    detail = phrases.sentence(refusal)
    if isinstance(refusal, RightsEnded):
        return error(401, detail, CHALLENGE)
    if isinstance(refusal, Unusable):
        return _sent(Error(status=400, scim_type="invalidValue", detail=detail), {})
    return error(refusal.status, detail, refusal.headers)


def _sent(said: Error, headers: Mapping[str, str]) -> HttpResponse:
    status, body = said.status or HTTPStatus.INTERNAL_SERVER_ERROR, said.model_dump()
    return JsonResponse(body, status=status, headers={**headers, **NO_STORE}, content_type=SCIM_MEDIA_TYPE)
