"""What is answered when something broke that nobody caught."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

SECONDS_TO_WAIT = 10


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django's signature: a broken request is not looked at.
    """Say that the portal is not available when its database is not, else that something broke. For everybody."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        page = render_to_string("503.html")
        return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(SECONDS_TO_WAIT)})
    return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)
