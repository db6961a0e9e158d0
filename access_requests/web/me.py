"""One's own language and time zone. For everybody who is logged in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access_requests.services import preferences
from access_requests.services.run import run
from access_requests.web.forms import PreferencesForm
from access_requests.web.page import PageRequest

UNUSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def me(request: PageRequest) -> HttpResponse:
    person = request.user
    initial = {"language": person.language, "time_zone": person.time_zone}
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return render(request, "access_requests/me.html", {"form": form}, status=UNUSABLE if form.is_bound else 200)
    chosen = form.cleaned_data
    run(lambda: preferences.choose(person=person, language=chosen["language"], time_zone=chosen["time_zone"]))
    with translation.override(chosen["language"] or translation.get_language()):
        messages.success(request, _("Saved."))
    return redirect("me")
