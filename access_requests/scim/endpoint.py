"""What the view of SCIM does: it lets a directory in by its token, reads strictly, and answers in SCIM's words, errors too."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from scim2_models import Error, UnauthorizedException
from scim2_server.requests import ScimRequest
from scim2_server.responses import SCIM_MEDIA_TYPE, ScimResponse

from access_requests.models import ScimToken
from access_requests.scim import reading, refusing
from access_requests.scim.serving import Directory
from access_requests.selectors import scim
from access_requests.services.people import last_use
from portal.providers.provider import Provider
from portal.rest import limits

ROOT = "/scim/v2"
TOKEN = re.compile(r"Bearer +([A-Za-z0-9._~+/=-]{1,200})", re.ASCII | re.IGNORECASE)


def serve(request: HttpRequest, path: str = "") -> HttpResponse:
    """Serve one call. All of its body is read before anybody is let in."""
    try:
        return _sent(_served(request, path))
    except Exception as error:  # noqa: BLE001  Whatever it is, the directory is told in SCIM's words.
        return refusing.answer(request, error)


def nothing_here(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  A view's signature.
    return refusing.error(404, f"SCIM is at {ROOT}.")


def _served(request: HttpRequest, path: str) -> ScimResponse:
    body = request.body
    token, provider = _caller(request)
    request.auth = token.code  # type: ignore[attr-defined]  # For the log of calls.
    if limits.count(f"scim:{token.code}", 1) > settings.API_CLIENT_CALLS_PER_MINUTE:
        seconds = str(int(limits.seconds_to_wait()) + 1)
        error = Error(status=429, detail="Too many calls. Wait as long as the header Retry-After says.")
        return ScimResponse(HTTPStatus.TOO_MANY_REQUESTS, error.model_dump(), {"Retry-After": seconds})
    last_use.note(token, now=timezone.now())
    reading.check(request, body)
    asked = ScimRequest(
        method=str(request.method),
        base_url=f"{settings.PORTAL_URL}{ROOT}",
        path=path.removesuffix(".scim"),
        query=request.GET.dict(),
        headers=dict(request.headers),
        body=body,
    )
    return Directory(provider, token).answer(asked)


def _caller(request: HttpRequest) -> tuple[ScimToken, Provider]:
    """Return whose token it is. Raises UnauthorizedException for one that is nobody's, or whose provider is no more."""
    found = TOKEN.fullmatch(request.headers.get("Authorization", ""))
    token = scim.good_token(found[1]) if found is not None else None
    provisioning = {provider.key: provider for provider in settings.LOGIN_PROVIDERS if provider.scim is not None}
    if token is None or token.provider not in provisioning:
        raise UnauthorizedException(detail="Send a token of a provider that provisions here: Authorization: Bearer …")
    return token, provisioning[token.provider]


def _sent(answer: ScimResponse) -> HttpResponse:
    if answer.body is None:
        return HttpResponse(status=answer.status, headers={**_without_type(answer.headers), **refusing.NO_STORE})
    return JsonResponse(
        answer.body,
        status=answer.status,
        headers={**_without_type(answer.headers), **refusing.NO_STORE},
        content_type=SCIM_MEDIA_TYPE,
        encoder=DjangoJSONEncoder,
        json_dumps_params={"ensure_ascii": False},
    )


def _without_type(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "Content-Type"}
