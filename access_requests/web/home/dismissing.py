"""Notices about own access that their reader has put away, for as long as they stay logged in."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from portal.pages.page import PageRequest

KEPT = "put_away"
# Notices are of one day, so that older ones need no place.
MOST = 50


def put_away(request: PageRequest) -> list[str]:
    """Return the codes of the elevations whose notices are not shown any more."""
    kept: list[str] = request.session.get(KEPT, [])
    return kept


@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: PageRequest, code: str) -> HttpResponse:
    """Show the notice about this access no more. Who comes without posting, such as back from the log-in, is shown it again."""
    if request.method == "POST":
        request.session[KEPT] = [*put_away(request), code][-MOST:]
    return redirect("home")
