"""Who is let onto a page at all. The verbs behind it ask for themselves."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from portal.pages.page import PageRequest
from portal.users.models import User

View = Callable[..., HttpResponseBase]


def for_administrators(view: View) -> View:
    return _only(view, lambda person: person.is_administrator)


def for_readers(view: View) -> View:
    """Let in administrators and auditors, who read everything."""
    return _only(view, lambda person: person.reads_everything)


def _only(view: View, may: Callable[[User], bool]) -> View:
    @wraps(view)
    def guarded(request: PageRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not may(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
