"""What an administrator types about an API client."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access_requests import wording
from access_requests.models import ApiClient, ClientKind
from access_requests.services.people import clients
from access_requests.services.people.clients import EVERYONE, Terms
from portal.listed import listed
from portal.pages.forms import VerbForm
from portal.pages.unseen import named
from portal.pages.visible import visible
from portal.users.models import User

LISTED = "listed"
# The longest address or name there is, a few hundred times.
LONGEST_LIST = 20_000
KEY = re.compile(r"[a-z0-9][a-z0-9_-]*", re.ASCII)
RESERVED = frozenset({"new"})
MISSING = {"required": gettext_lazy("Fill this in.")}


class LinesField(forms.CharField):
    """Some words, one a line or with blanks or commas between them; each once."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"})

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_LIST, **options)

    def clean(self, value: Any) -> list[str]:
        return list(dict.fromkeys(super().clean(value).replace(",", " ").split()))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class TermsForm(VerbForm):
    """What a client may do for whom, about what, from where."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("As people see it, such as Chat bot."),
        error_messages=MISSING,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple, error_messages=MISSING
    )
    whom = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        choices=[(LISTED, gettext_lazy("For these people")), (EVERYONE, gettext_lazy("For everyone"))],
        widget=forms.RadioSelect,
        initial=LISTED,
    )
    people = LinesField(label=gettext_lazy("People"), required=False, help_text=gettext_lazy("Usernames, one a line."))
    work_groups = forms.MultipleChoiceField(
        label=gettext_lazy("Work groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("It sees, asks for and decides on these alone."),
    )
    source_addresses = LinesField(
        label=gettext_lazy("From which addresses"),
        required=False,
        help_text=gettext_lazy("Networks such as 192.0.2.0/28, one a line. None means that it cannot call at all."),
    )
    may_name_by_email = forms.BooleanField(
        label=gettext_lazy("It may name people by their e-mail addresses (not with people's own scripts)"), required=False
    )

    def __init__(self, *args: Any, groups: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        _choose(self.fields["scopes"], [(word, _scope(word)) for word in wording.SCOPES])
        _choose(self.fields["work_groups"], [(name, visible(name)) for name in groups])

    def clean_people(self) -> list[str]:
        names: list[str] = self.cleaned_data["people"]
        known = set(User.objects.filter(username__in=names).values_list("username", flat=True))
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ValidationError(_("There is nobody called %(names)s.") % {"names": named(listed(unknown))})
        return names

    def clean_source_addresses(self) -> list[str]:
        try:
            return [str(ipaddress.ip_network(network)) for network in self.cleaned_data["source_addresses"]]
        except ValueError as error:
            raise ValidationError(_("This is no network: %(error)s") % {"error": error}) from error

    def terms(self) -> Terms:
        typed = self.cleaned_data
        people = EVERYONE if typed["whom"] == EVERYONE else typed["people"]
        fields = ("name", "scopes", "work_groups", "source_addresses", "may_name_by_email")
        return Terms(people=people, **{field: typed[field] for field in fields})


class NewClientForm(TermsForm):
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=50,
        help_text=gettext_lazy(
            "Small letters, digits, - and _, such as chat-bot. The trail names it so, and it is the client ID. It never changes."
        ),
        error_messages=MISSING,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            (ClientKind.SERVICE, gettext_lazy("A service, which has a secret and names whom it acts for")),
            (ClientKind.PERSONAL, gettext_lazy("People's own scripts: no secret, each person allows it for themselves")),
        ],
        widget=forms.RadioSelect,
        initial=ClientKind.SERVICE,
    )
    field_order = ("key", "kind")

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if not KEY.fullmatch(key) or key in RESERVED:
            raise ValidationError(_("A key has small letters, digits, - and _, and begins with a letter or a digit."))
        return key


def initial_of(client: ApiClient) -> Mapping[str, Any]:
    """Return what the form shows of a client as it is."""
    there = clients.describe(client)
    everyone = there["people"] == EVERYONE
    return {**there, "whom": EVERYONE if everyone else LISTED, "people": [] if everyone else there["people"]}


def _choose(field: forms.Field, choices: Sequence[tuple[str, str]]) -> None:
    if isinstance(field, forms.MultipleChoiceField):
        field.choices = choices


def _scope(word: str) -> str:
    return format_html('<span><strong>{}</strong><span class="meta"><code>{}</code></span></span>', wording.scope(word), word)
