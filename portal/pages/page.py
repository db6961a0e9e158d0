"""A request as pages see it: somebody is logged in, and htmx may be asking for a part."""

from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from portal.users.models import User
from portal.verbs.rejections import Rejection


class PageRequest(HttpRequest):
    user: User
    htmx: HtmxDetails


def with_headers_of(rejection: Rejection, page: HttpResponse) -> HttpResponse:
    """Return the page that says why something was refused, with what the refusal says in headers as well."""
    for name, value in rejection.headers.items():
        page[name] = value
    return page
