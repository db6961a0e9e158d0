"""The page to which a one-time link leads. Open to whoever has the link, and to nobody else."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from access_requests.services.people import first_links
from access_requests.services.people.person_errors import LinkOver
from access_requests.web.people.forms import FirstPasswordForm
from portal.users.models import User
from portal.verbs import phrases
from portal.verbs.rejections import Rejection, RightsEnded
from portal.verbs.run import act_as

UNUSABLE = 422


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def first_password(request: HttpRequest, username: str, token: str) -> HttpResponse:
    """Ask for the password, and set it. Looking at the page does not use the link up."""
    person = first_links.holder(username, token)
    if person is None:
        return _over(request)
    form = FirstPasswordForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form, person, status=UNUSABLE if form.is_bound else 200)
    now = timezone.now()
    actor = first_links.actor(person, token, now=now)
    use = partial(first_links.use, person=person, token=token, password=form.cleaned_data["password"], actor=actor, now=now)
    try:
        act_as(actor, use, ends_own_rights=True)
    except (LinkOver, RightsEnded):
        return _over(request)
    except ValidationError as error:
        form.add_error("password", error)
        return _page(request, form, person, status=UNUSABLE)
    messages.success(request, _("Your password is set. Log in with it."))
    return redirect("account_login")


def _page(request: HttpRequest, form: FirstPasswordForm, person: User, *, status: int) -> HttpResponse:
    return render(request, "access_requests/people/first_password.html", {"form": form, "person": person}, status=status)


def _over(request: HttpRequest) -> HttpResponse:
    refusal: Rejection = LinkOver()
    context = {"refusal": phrases.sentence(refusal)}
    return render(request, "access_requests/people/first_password_over.html", context, status=refusal.status)
