"""What is typed to ask and to decide. Forms read; the rules are the verbs', whose refusals come back to their field."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from access_requests import details, wording
from access_requests.lifecycle import RequestStatus
from access_requests.models import WorkGroup
from access_requests.services.requests.submit import Ask
from portal.pages.fields import LocalTimeField, VerbatimField, missing, suggesting, text_field
from portal.pages.forms import VerbForm
from portal.pages.visible import visible

NOW, AT = "now", "at"
FOR, UNTIL = "for", "until"
FIRST_GUESS = 60
TEXTS = ("reason", "change_ticket", *details.NAMES)


class RequestForm(VerbForm):
    """A request for access. `finish` and `start` choose which of the fields below them counts."""

    work_groups = forms.MultipleChoiceField(
        label=_("Work group"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one work group, and each only once.")},
    )
    reason = text_field(
        _("Reason"), rows=2, required=True, help_text=_("What you will do in production, and why it must be there.")
    )
    change_ticket = VerbatimField(label=_("Change ticket"), error_messages=missing(), help_text=_("Such as CHG-1201."))
    start = forms.ChoiceField(
        label=_("Start"),
        choices=[(NOW, _("As soon as it is approved")), (AT, _("At a time"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    starts_at = LocalTimeField(label=_("Start at"), required=False)
    finish = forms.ChoiceField(
        label=_("End"),
        choices=[(FOR, _("After so many minutes")), (UNTIL, _("At a time"))],
        widget=forms.RadioSelect,
        initial=FOR,
    )
    duration_minutes = forms.IntegerField(label=_("Minutes"), required=False, initial=FIRST_GUESS)
    ends_at = LocalTimeField(label=_("End at"), required=False)
    revises = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, groups: Sequence[WorkGroup], **options: Any) -> None:
        super().__init__(*args, **options)
        self.groups = groups
        for detail in details.DETAILS:
            self.fields[detail.name] = text_field(detail.label, rows=detail.rows, help_text=detail.help_text)
        field = self.fields["work_groups"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(group.name, _choice(group)) for group in groups]
        self.fields["duration_minutes"].widget.attrs.update({"min": 1, "step": 1, "inputmode": "numeric", "list": "durations"})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("start") == AT:
            self._need("starts_at")
        self._need("ends_at" if data.get("finish") == UNTIL else "duration_minutes")
        return data

    def _need(self, field: str) -> None:
        if field not in self.errors and self.cleaned_data.get(field) is None:
            self.add_error(field, missing()["required"])

    @property
    def details(self) -> Sequence[forms.BoundField]:
        """The fields that nobody must fill in."""
        return [self[name] for name in details.NAMES]

    @property
    def is_detailed(self) -> bool:
        return any(field.value() or field.errors for field in self.details)

    def ask(self) -> Ask:
        data = self.cleaned_data
        return Ask(
            work_groups=data["work_groups"],
            starts_at=data["starts_at"] if data["start"] == AT else None,
            ends_at=data["ends_at"] if data["finish"] == UNTIL else None,
            duration_minutes=data["duration_minutes"] if data["finish"] == FOR else None,
            revises=data["revises"] or None,
            reason=data["reason"],
            change_ticket=data["change_ticket"],
            details={name: data[name] for name in details.NAMES},
        )


def _choice(group: WorkGroup) -> str:
    """A work group with what an approval needs, in the words of the catalogue."""
    return format_html(
        '<span><strong>{}</strong><span class="meta">{}</span><span class="meta">{}</span></span>',
        visible(group.name),
        visible(group.description),
        wording.policy(group.policy),
    )


class DecisionForm(VerbForm):
    """A decision. `seen` is the digest of what the page showed; `from` says which page."""

    comment = VerbatimField(
        label=_("Comment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Rejecting and sending back need a reason. Write it into the comment.")},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class FilterForm(forms.Form):
    """What a list of requests is narrowed to. What cannot be read narrows nothing and is said."""

    words = forms.CharField(label=_("Words"), required=False, max_length=200)
    state = forms.ChoiceField(label=_("State"), required=False)
    requester = forms.CharField(label=_("Requester"), required=False, max_length=150)
    work_group = forms.CharField(label=_("Work group"), required=False, max_length=116, widget=suggesting("work-groups"))
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    waiting_for_me = forms.BooleanField(label=_("Waiting for you"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        state = self.fields["state"]
        if isinstance(state, forms.ChoiceField):
            states = [(status.value, capfirst(wording.state(status))) for status in RequestStatus]
            state.choices = [("", _("All")), *states, (wording.NOT_GRANTED, capfirst(wording.state(wording.NOT_GRANTED)))]
