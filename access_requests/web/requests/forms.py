"""What is typed to decide, and to narrow a list. Forms read; the rules are the verbs', whose refusals reach their field."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from access_requests import wording
from access_requests.lifecycle import RequestStatus
from portal.pages.fields import VerbatimField, suggesting
from portal.pages.forms import VerbForm


class DecisionForm(VerbForm):
    """A decision. `seen` is the digest of what the page showed; `from` says which page. `sign`: where that is left open."""

    comment = VerbatimField(
        label=_("Comment (needed to reject or send back)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Rejecting and sending back need a reason. Write it into the comment.")},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    sign = forms.BooleanField(label=_("Sign with my passkey"), required=False)

    def __init__(self, *args: Any, may_sign: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_sign:
            del self.fields["sign"]


class FilterForm(forms.Form):
    """What a list of requests is narrowed to. What cannot be read narrows nothing and is said."""

    words = forms.CharField(label=_("ID, ticket, reason, person or group"), required=False, max_length=200)
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
