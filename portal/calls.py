"""The log of programs' calls."""

import logging
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.doors import is_for_programs

logger = logging.getLogger(__name__)


class CallsOfPrograms:
    """Logs one line of each call of a program, so that the id of its answer leads somewhere.

    Neither queries nor bodies: what people wrote is for fewer eyes than a log, and a token may stand in an address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_for_programs(request):
            caller = getattr(request, "auth", None) or "nobody"
            logger.info("%s %s %s by %s", request.method, request.path, response.status_code, caller)
        return response
