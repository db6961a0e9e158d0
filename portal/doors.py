"""Who is let in where: pages need a log-in, programs prove themselves in their own way."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

# Below these every endpoint asks for a token, a secret or a signature itself, or is a document that anybody may read.
PROGRAMS = ("/api/", "/identity/", "/chat/", "/scim/")


class PagesNeedLogin(LoginRequiredMiddleware):
    """Sends strangers to the log-in from every page that does not say otherwise, and keeps pages out of every cache.

    A page that was kept could be read by going back after a log-out.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not is_for_programs(request) and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if is_for_programs(request):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


def is_for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith(PROGRAMS)
