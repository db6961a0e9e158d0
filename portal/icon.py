"""The mark, for browsers that ask at the address of old: on pages that are not the portal's own, such as the admin's."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Every view takes it.
    return redirect(static("sekisho/icon.svg"))
