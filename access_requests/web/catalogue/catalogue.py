"""What may be asked for, and by whose leave. For everybody who is logged in."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access_requests.models import TargetRole
from access_requests.selectors import abilities, switching
from access_requests.selectors import catalogue as selectors
from access_requests.web.catalogue import lines
from access_requests.web.catalogue.abilities import ShownAbilities
from access_requests.web.drift import matrix_person
from portal.pages.page import PageRequest


@require_safe
def mine(request: PageRequest) -> HttpResponse:
    """What this person may ask for, and where they can switch right now."""
    context = {
        "work_groups": abilities.with_groups(selectors.requestable_by(request.user).prefetch_related("target_roles__gate")),
        "mfa": switching.mfa_of(request.user),
        "reaches": matrix_person.reaches(request.user),
    }
    return render(request, "access_requests/catalogue/mine.html", context)


@require_safe
def whole(request: PageRequest) -> HttpResponse:
    """All of the catalogue; for administrators with the lines of the file that add to it."""
    open_to = set(selectors.requestable_by(request.user).values_list("pk", flat=True))
    work_groups = abilities.with_groups(selectors.work_groups().prefetch_related("target_roles__gate"))
    context = {
        "work_groups": [(group, group.pk in open_to) for group in work_groups],
        "mfa": switching.mfa_of(request.user),
        "standing_groups": selectors.standing_groups(),
        "accounts": selectors.accounts(),
        "add_work_group": lines.add_work_group() if request.user.is_administrator else "",
        "check": lines.CHECK,
        "load": lines.LOAD,
        "add_policy": lines.add_policy() if request.user.is_administrator else "",
    }
    return render(request, "access_requests/catalogue/catalogue.html", context)


@require_safe
def role(request: PageRequest, account: str, name: str) -> HttpResponse:
    """Each answer to what one role can do, with what decided it."""
    found = TargetRole.objects.select_related("account", "abilities").filter(account__key=account, name=name).first()
    if found is None:
        raise Http404
    groups = found.work_groups.filter(retired_at=None).order_by("name")
    can = ShownAbilities(abilities=abilities.of_role(found), groups=list(groups.values_list("name", flat=True)))
    return render(request, "access_requests/catalogue/role.html", {"can": can})
