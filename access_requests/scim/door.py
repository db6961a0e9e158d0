"""The one view of SCIM. Its library, which is slow to import, comes with the first call."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt  # A token stands for it.
def serve(request: HttpRequest, path: str = "") -> HttpResponse:
    from access_requests.scim import endpoint  # noqa: PLC0415

    return endpoint.serve(request, path)


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    from access_requests.scim import endpoint  # noqa: PLC0415

    return endpoint.nothing_here(request)
