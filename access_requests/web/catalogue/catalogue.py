"""What may be asked for, and by whose leave. For everybody who is logged in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access_requests.selectors import abilities, switching
from access_requests.selectors import catalogue as selectors
from portal.pages.page import PageRequest


@require_safe
def catalogue(request: PageRequest) -> HttpResponse:
    mine = set(selectors.requestable_by(request.user).values_list("pk", flat=True))
    work_groups = abilities.with_groups(selectors.work_groups().prefetch_related("target_roles__gate"))
    context = {
        "work_groups": [(group, group.pk in mine) for group in work_groups],
        "mfa": switching.mfa_of(request.user),
        "standing_groups": selectors.standing_groups(),
        "accounts": selectors.accounts(),
    }
    return render(request, "access_requests/catalogue/catalogue.html", context)
