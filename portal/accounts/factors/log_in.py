"""The second step of a log-in: after the password, or a provider that asked for no second factor of its own."""

import json

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.accounts import arrivals
from portal.accounts.factors.forms import CodeForm, answer_of
from portal.accounts.factors.proving import ask_for_passkey, elsewhere, prove_by_code, prove_by_passkey
from portal.users.models import Factor, FactorKind
from portal.verbs import phrases
from portal.verbs.rejections import Rejection


class SecondFactor(AuthenticateStage):  # type: ignore[misc]  # allauth ships no types.
    """Whoever has a factor proves it. No browser is trusted to do without."""

    def _should_handle(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's signature.
        login = (self.login.signal_kwargs or {}).get("sociallogin")
        if login is not None and arrivals.proved_factor(login):
            return False
        return Factor.objects.filter(person=self.login.user).exclude(kind=FactorKind.RECOVERY).exists()


@login_stage_required(stage=SecondFactor.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def authenticate(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a passkey. For whoever has proven the first step in this browser, within minutes."""
    stage = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001  allauth's own way.
    person, by_passkey = stage.login.user, "passkey" in request.POST
    form, status, trouble = CodeForm(request.POST if request.method == "POST" and not by_passkey else None), 200, ""
    if request.method == "POST":
        try:
            if by_passkey:
                prove_by_passkey(request, person, answer_of(request))
                return _go_on(stage)
            if form.is_valid():
                prove_by_code(request, person, form.cleaned_data["code"])
                return _go_on(stage)
            status = 422
        except Rejection as refusal:
            status, trouble = refusal.status, phrases.sentence(refusal)
    address = elsewhere(request)
    asked = None if address else ask_for_passkey(request, person)
    kinds = set(Factor.objects.filter(person=person).values_list("kind", flat=True))
    context = {"form": form, "trouble": trouble, "kinds": kinds, "passkey": json.dumps(asked) if asked else ""}
    context["elsewhere"] = address if "passkey" in kinds else ""
    context["command"] = f"{settings.CODE_COMMAND} {person.username}" if settings.CODE_COMMAND else ""
    return render(request, "accounts/factors/log_in.html", context, status=status)


def _go_on(stage: SecondFactor) -> HttpResponse:
    response: HttpResponse = stage.exit()
    return response
