"""What people type of their second factors, and what browsers answer for a passkey."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access_requests.services.people.factors.factor_errors import PasskeyRefused
from portal.pages.forms import VerbForm

LONGEST_NAME = 60


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """Return what the browser answered. Raises PasskeyRefused for what is no such thing."""
    try:
        answer = json.loads(request.POST.get("passkey", ""))
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused(field="passkey", what="no answer of a browser") from error
    if not isinstance(answer, dict):
        raise PasskeyRefused(field="passkey", what="no answer of a browser")
    return answer


class CodeForm(VerbForm):
    # A recovery code fits, with spaces between its groups.
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}
        ),
    )


class _NameForm(VerbForm):
    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, required=False, help_text=_("Tells it from others, such as the device's name.")
    )


class TotpForm(_NameForm):
    """`secret` comes back sealed, as it was shown: nothing is kept of what nobody finishes."""

    field_order = ("code", "name")
    secret = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code that the app shows"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )


class PasskeyForm(_NameForm):
    pass
