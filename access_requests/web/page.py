"""A request as pages see it: somebody is logged in, and htmx may be asking for a part."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from portal.users.models import User


class PageRequest(HttpRequest):
    user: User
    htmx: HtmxDetails
