"""Confirming who one is in the middle of a log-in, and going on with what that was asked for. For whoever is logged in.

Offered is what is strong enough, and what the person has.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.utils import get_next_redirect_url
from django import forms
from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.policy.proofs import Guarded
from portal.accounts.configured import may_use_password
from portal.accounts.factors.forms import CodeForm, answer_of
from portal.accounts.factors.proving import ask_for_passkey, prove_by_code, prove_by_passkey
from portal.accounts.views import leading_to_providers
from portal.pages import leading
from portal.pages.leading import Waiting
from portal.pages.page import PageRequest
from portal.providers.provider import OidcProvider, Provider
from portal.users.models import FactorKind, User
from portal.verbs import phrases
from portal.verbs.proving import BY_ACR, Strength
from portal.verbs.rejections import Rejection

ABOUT_TO: Mapping[str, Promise] = {
    Guarded.DECISION: _("You are about to decide on a request."),
    Guarded.EXTENSION: _("You are about to ask for more time."),
    Guarded.REVIEW: _("You are about to open an access review, or to decide in one."),
    Guarded.INSPECTION: _("You are about to sign a daily inspection."),
    Guarded.REPORT: _("You are about to answer somebody's work report."),
    Guarded.STOP: _("You are about to stop somebody's access."),
    Guarded.CLIENT: _("You are about to change what a program may do."),
    Guarded.TOKEN: _("You are about to let a program act for you."),
    Guarded.CHAT: _("You are about to link a chat account, which then speaks for you."),
    Guarded.DRIFT: _("You are about to undo drift, or to know it as right."),
    Guarded.FINDING: _("You are about to see to a finding."),
    Guarded.PEOPLE: _("You are about to change what a person may do."),
    Guarded.FACTOR: _("You are about to change your second factors."),
}
# Of what waits, by the name of its address, where one sentence is said of several.
DOING: Mapping[str, Promise] = {
    "request-approve": _("Approve"),
    "request-reject": _("Reject"),
    "request-send-back": _("Send back"),
}
UNUSABLE = 422
# Of a one-time code; a recovery code has more.
DIGITS = 6


class OneTimeCodeForm(CodeForm):
    def clean_code(self) -> str:
        """Refuse a recovery code, which would be used up and prove nothing."""
        code: str = self.cleaned_data["code"]
        if len("".join(code.split())) > DIGITS:
            raise forms.ValidationError(_("Type the six digits that your app shows now. A recovery code proves nothing here."))
        return code


@dataclass(frozen=True, kw_only=True)
class Confirming:
    """What somebody is to confirm, and by what they can: `act` is what waits for it, under its `number`, if something does.

    `acr_values` is how strong the proof has to be, also for a page that is only looked at first.
    """

    person: User
    number: str
    act: Waiting | None
    acr_values: str
    leads_to: str

    @property
    def about_to(self) -> Promise | str:
        return ABOUT_TO.get(self.act.act, "") if self.act is not None else ""

    @property
    def waits(self) -> tuple[str, Promise | str] | None:
        """What the act that waits is about, a code or a name, and what is done: whoever confirms knows what they let happen."""
        if self.act is None:
            return None
        there = resolve(self.act.path)
        return next(map(str, there.kwargs.values()), ""), DOING.get(there.url_name or "", "")

    @cached_property
    def strength(self) -> Strength:
        asked = BY_ACR.get(self.acr_values, Strength.LOG_IN)
        return max(asked, Strength.SECOND_FACTOR) if self._kinds - {FactorKind.RECOVERY} else asked

    @property
    def takes_any_log_in(self) -> bool:
        return self.strength == Strength.LOG_IN

    @property
    def by_code(self) -> bool:
        return self.strength <= Strength.SECOND_FACTOR and FactorKind.TOTP in self._kinds

    @property
    def by_passkey(self) -> bool:
        return FactorKind.PASSKEY in self._kinds

    @property
    def by_password(self) -> bool:
        has_one = self.person.has_usable_password() and may_use_password(self.person.username)
        return self.takes_any_log_in and has_one

    @cached_property
    def providers(self) -> list[Provider]:
        """Those that know the person; where a second factor is asked for, those that say whether they asked for one."""
        if self.strength > Strength.SECOND_FACTOR:
            return []
        return [one for one in _vouching_for(self.person) if self.takes_any_log_in or one.factor.is_configured]

    @property
    def is_possible(self) -> bool:
        return bool(self.by_code or self.by_passkey or self.by_password or self.providers)

    @property
    def hidden(self) -> SafeString:
        """The field by which this page, posted, knows what it is for."""
        return _hidden("act", self.number) if self.act is not None else self.way_back + _hidden("acr_values", self.acr_values)

    @property
    def way_back(self) -> SafeString:
        """The field by which a provider's answer leads there."""
        return _hidden("next", self.leads_to) if self.leads_to else SafeString()

    @cached_property
    def _kinds(self) -> set[str]:
        return {factor.kind for factor in self.person.second_factors.values()}


@leading_to_providers
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: PageRequest) -> HttpResponseBase:
    """Have who is logged in prove it again, and go on."""
    asked = _asked(request)
    if request.method != "POST":
        return _page(request, asked, _form(request, asked, None))
    form = _form(request, asked, None if "passkey" in request.POST else request.POST)
    try:
        if not _proves(request, asked, form):
            return _page(request, asked, form, status=UNUSABLE)
    except Rejection as refusal:
        if form is None or not form.is_bound:
            return _page(request, asked, form, status=refusal.status, refusal=phrases.sentence(refusal))
        form.refuse(refusal)
        return _page(request, asked, form, status=refusal.status)
    return redirect(asked.leads_to or "home")


@require_safe
def go_on(request: PageRequest) -> HttpResponseBase:
    """Do what waited. Its number is known to this session alone, and good once, so that no other site can have it done."""
    return leading.go_on(request, request.GET.get("act", "")) or redirect("home")


def _asked(request: PageRequest) -> Confirming:
    said = request.POST if request.method == "POST" else request.GET
    number = said.get("act", "")
    act = leading.waiting(request, number)
    if act is not None:
        leads_to = f"{reverse('account_go_on')}?{urlencode({'act': number})}"
    else:
        leads_to = get_next_redirect_url(request) or ""
    acr_values = act.acr_values if act is not None else said.get("acr_values", "")
    return Confirming(person=request.user, number=number, act=act, acr_values=acr_values, leads_to=leads_to)


def _form(request: PageRequest, asked: Confirming, typed: QueryDict | None) -> Any:
    """Return the form that takes a code, or a password; None where neither proves enough."""
    if asked.by_code:
        return OneTimeCodeForm(typed)
    return ReauthenticateForm(typed, user=request.user) if asked.by_password else None


def _proves(request: PageRequest, asked: Confirming, form: Any) -> bool:
    """Return whether what was typed proves it; where it cannot be read, the form says so. Raises a Rejection."""
    if asked.by_passkey and "passkey" in request.POST:
        prove_by_passkey(request, request.user, answer_of(request), again=True)
        return True
    if form is None or not form.is_valid():
        return False
    if asked.by_code:
        prove_by_code(request, request.user, form.cleaned_data["code"], again=True)
    else:
        reauthenticate_by_password(request)
    return True


def _page(request: PageRequest, asked: Confirming, form: Any, *, status: int = 200, refusal: str = "") -> HttpResponse:
    passkey = ask_for_passkey(request, request.user) if asked.by_passkey else None
    context = {"asked": asked, "form": form, "passkey": json.dumps(passkey) if passkey else "", "refusal": refusal}
    return render(request, "account/reauthenticate.html", context, status=status)


def _vouching_for(person: User) -> list[Provider]:
    """Return the providers that have vouched for the person, and ask them when they are asked to."""
    theirs = set(person.linked_identities.filter(verified_at__isnull=False).values_list("provider", flat=True))
    return [one for one in settings.LOGIN_PROVIDERS if one.identity in theirs and isinstance(one, OidcProvider) and one.confirms]


def _hidden(name: str, value: str) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', name, value)
