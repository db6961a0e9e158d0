"""One's own second factors: which there are, adding, removing. For everybody who is logged in, about themselves."""

import json
from collections.abc import Callable
from functools import partial, wraps
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import qrcode
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from qrcode.image.svg import SvgPathFillImage

from access_requests.policy.proofs import Guarded
from access_requests.services.people.factors import enrolling
from access_requests.services.people.factors.factor_errors import CodeWrong, PasskeyRefused
from access_requests.services.record import proving as steps
from portal import passkeys
from portal.accounts.factors import proving, sealing
from portal.accounts.factors.forms import PasskeyForm, TotpForm, answer_of
from portal.pages.actor import actor_of, carry_out, carry_out_or_error_page
from portal.pages.leading import ConfirmFirst
from portal.pages.page import PageRequest
from portal.passkeys import Holder
from portal.users.models import Factor, FactorKind, User
from portal.verbs.rejections import StepUpNeeded

GET_OR_POST = ["GET", "HEAD", "POST"]
ASKED = "passkey_to_register"


@require_safe
def factors(request: PageRequest) -> HttpResponse:
    rows = Factor.objects.select_related("authenticator").filter(person=request.user).order_by("pk")
    shown = [row for row in rows if row.kind != FactorKind.RECOVERY]
    recovery = next((row for row in rows if row.kind == FactorKind.RECOVERY), None)
    left = settings.MFA_RECOVERY_CODE_COUNT - recovery.authenticator.data["used_mask"].bit_count() if recovery is not None else 0
    has_codes = any(row.kind == FactorKind.TOTP for row in shown)
    context = {"rows": shown, "recovery": recovery, "left": left, "has_codes": has_codes, "elsewhere": proving.elsewhere(request)}
    return render(request, "accounts/factors/list.html", context)


def confirmed_first(view: Callable[[PageRequest], HttpResponse]) -> Callable[[PageRequest], HttpResponse]:
    """Have who comes confirm that it is them before they are shown what to set up; what they send waits for that."""

    @wraps(view)
    def led(request: PageRequest) -> HttpResponse:
        try:
            steps.check(actor_of(request), Guarded.FACTOR, now=timezone.now())
        except StepUpNeeded as needed:
            if request.method == "POST":
                raise ConfirmFirst(request, needed) from needed
            asked = {"next": request.path, "acr_values": needed.data["acr_values"]}
            return redirect(f"{reverse('account_reauthenticate')}?{urlencode(asked)}")
        return view(request)

    return led


@require_http_methods(GET_OR_POST)
@confirmed_first
def add_totp(request: PageRequest) -> HttpResponse:
    if request.method != "POST":
        secret = generate_totp_secret()
        form = TotpForm(initial={"secret": sealing.sealed(secret, purpose=_enrolment(request.user))})
        return _totp(request, form, secret)
    form = TotpForm(request.POST)
    secret = _shown(request)
    if not form.is_valid():
        return _totp(request, form, secret, status=422)
    said = {"secret": secret, "code": form.cleaned_data["code"], "name": form.cleaned_data["name"]}
    try:
        return _enrol(request, partial(enrolling.add_totp, **said))
    except CodeWrong as refusal:
        form.refuse(refusal)
        return _totp(request, form, secret, status=refusal.status)


@require_http_methods(GET_OR_POST)
@confirmed_first
def add_passkey(request: PageRequest) -> HttpResponse:
    form, status = PasskeyForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            registered = _registered(request, answer_of(request))
            return _enrol(request, partial(enrolling.add_passkey, registered=registered, name=form.cleaned_data["name"]))
        except PasskeyRefused as refusal:
            form.refuse(refusal)
            status = refusal.status
    elif request.method == "POST":
        status = 422
    person = request.user
    handle = sha256(f"{settings.PORTAL_URL}/{person.username}".encode()).digest()
    holder = Holder(handle=handle, username=person.username, name=person.get_full_name())
    party = proving.relying_party()
    asked, request.session[ASKED] = party.ask_to_register(holder, known=proving.passkeys_of(person))
    context = {"form": form, "passkey": json.dumps(asked), "elsewhere": proving.elsewhere(request)}
    return render(request, "accounts/factors/passkey.html", context, status=status)


@require_http_methods(GET_OR_POST)
def recovery_codes(request: PageRequest) -> HttpResponse:
    """Make new ones, and show them in the answer itself: a page that is sent again makes no others."""
    if request.method != "POST":
        has_some = Factor.objects.filter(person=request.user, kind=FactorKind.RECOVERY).exists()
        return render(request, "accounts/factors/recovery.html", {"has_some": has_some})
    make = partial(enrolling.make_recovery_codes, person=request.user, actor=actor_of(request), now=timezone.now())
    codes = carry_out_or_error_page(request, make)
    return _show_once(request, codes)


@require_http_methods(GET_OR_POST)
def remove(request: PageRequest, code: str) -> HttpResponse:
    found = Factor.objects.filter(person=request.user, code=code).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        others = Factor.objects.filter(person=request.user).exclude(kind=FactorKind.RECOVERY).exclude(pk=found.pk)
        return render(request, "accounts/factors/remove.html", {"factor": found, "is_last": not others.exists()})
    take = partial(enrolling.remove, person=request.user, code=code, actor=actor_of(request), now=timezone.now())
    carry_out_or_error_page(request, take)
    messages.success(request, _("Removed."))
    return redirect("factors")


def _enrol(request: PageRequest, add: Callable[..., Factor]) -> HttpResponse:
    """Add the factor, and with the first one recovery codes. Raises what the verb does."""
    actor, now = actor_of(request), timezone.now()
    said: dict[str, Any] = {"person": request.user, "actor": actor, "now": now}

    def verb() -> tuple[bool, Factor, list[str]]:
        is_proven = steps.vouches_for_new_factor(actor, now=now)
        factor = add(**said)
        return is_proven, factor, enrolling.first_recovery_codes(**said)

    is_proven, factor, codes = carry_out(request, verb)
    if is_proven:
        proving.note(request, factor)
    if codes:
        return _show_once(request, codes)
    messages.success(request, _("Added. From now on it proves that it is you."))
    return redirect("factors")


def _show_once(request: PageRequest, codes: list[str]) -> HttpResponse:
    grouped = [f"{code[:5]} {code[5:]}" for code in codes]
    return render(request, "accounts/factors/recovery_codes.html", {"codes": "\n".join(grouped)})


def _totp(request: PageRequest, form: TotpForm, secret: str, *, status: int = 200) -> HttpResponse:
    address = get_adapter().build_totp_url(request.user, secret)
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    context = {"form": form, "secret": grouped, "picture": _picture(address)}
    return render(request, "accounts/factors/totp.html", context, status=status)


def _picture(address: str) -> SafeString:
    """Return the QR code as SVG to stand in the page: nothing else is fetched, and no one else is asked."""
    drawn: str = qrcode.make(address, image_factory=SvgPathFillImage).to_string(encoding="unicode")
    return SafeString(drawn)


def _enrolment(person: User) -> str:
    return f"sekisho enrolment of {person.pk}"


def _shown(request: PageRequest) -> str:
    """Return the secret that the page showed to this person."""
    try:
        return sealing.opened(request.POST.get("secret", ""), purpose=_enrolment(request.user))
    except InvalidToken as error:
        raise Http404 from error


def _registered(request: PageRequest, answer: dict[str, Any]) -> passkeys.Registered:
    kept = request.session.pop(ASKED, None)
    if kept is None:
        raise PasskeyRefused(field="passkey", what="asked in another window, or too long ago")
    try:
        return proving.relying_party().registered(kept, answer)
    except passkeys.Refused as refusal:
        raise PasskeyRefused(field="passkey", what=str(refusal)) from refusal
