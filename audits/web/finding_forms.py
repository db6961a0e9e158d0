"""What findings are narrowed to, and what people say about one."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.findings.listing import OVERDUE, WAITING, Filters
from audits.kinds import KINDS
from audits.models import Finding, FindingStatus, Severity
from portal.pages.fields import missing, text_field
from portal.pages.forms import VerbForm
from portal.users.models import User

ALL = "all"
STATES = (
    (FindingStatus.OPEN, pgettext_lazy("findings", "Open")),
    (WAITING, pgettext_lazy("findings", "Waits for a second administrator")),
    (OVERDUE, pgettext_lazy("findings", "Overdue")),
    (FindingStatus.ACCEPTED, pgettext_lazy("findings", "Accepted")),
    (FindingStatus.CLOSED, pgettext_lazy("findings", "Closed")),
    (ALL, pgettext_lazy("findings", "All")),
)


class FindingFilterForm(forms.Form):
    """What a list of findings is narrowed to: by itself, to what is open."""

    words = forms.CharField(label=_("Names"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False)
    owner = forms.CharField(label=_("Owner"), required=False, max_length=150)
    status = forms.ChoiceField(required=False, choices=STATES, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        levels = sorted(Severity, reverse=True)
        self._offer("kind", [(kind, about.name) for kind, about in KINDS.items()])
        self._offer("severity", [(level.word, capfirst(str(level.label))) for level in levels])

    @property
    def state(self) -> str:
        return str(self.cleaned_data.get("status") or FindingStatus.OPEN)

    @property
    def narrows(self) -> bool:
        return any(value for name, value in self.cleaned_data.items() if name != "status")

    def filters(self) -> Filters:
        """Return what was typed. What cannot be read narrows nothing, and is said."""
        typed = {name: self.cleaned_data.get(name, "") for name in ("kind", "severity", "owner")}
        return Filters(status="" if self.state == ALL else self.state, names=self.cleaned_data.get("words", ""), **typed)

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("All")), *choices]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=missing())


class AssignForm(VerbForm):
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    due_on = _day(_("Due"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["due_on"].required = False
        readers = User.objects.filter(Q(is_administrator=True) | Q(is_auditor=True), is_active=True).order_by("username")
        owner = self.fields["owner"]
        if isinstance(owner, forms.ChoiceField):
            owner.choices = [("", _("Nobody")), *((name, name) for name in readers.values_list("username", flat=True))]


class CommentForm(VerbForm):
    comment = text_field(_("Comment"), rows=3, required=True)


class AskAcceptanceForm(VerbForm):
    until = _day(_("Accepted until"))
    reason = text_field(_("Reason"), rows=3, required=True)


class AnswerForm(CommentForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


# By the name of the verb, which its address ends in.
FORMS: Mapping[str, type[VerbForm]] = {
    "comment": CommentForm,
    "assign": AssignForm,
    "ask-acceptance": AskAcceptanceForm,
    "accept": AnswerForm,
    "refuse-acceptance": AnswerForm,
    "end-acceptance": CommentForm,
    "close": CommentForm,
}
INITIAL: Mapping[str, Callable[[Finding], dict[str, str | int | date | None]]] = {
    "assign": lambda finding: {"owner": finding.owner, "due_on": finding.due_on},
    "accept": lambda finding: {"seen": finding.entry_id},
    "refuse-acceptance": lambda finding: {"seen": finding.entry_id},
}


def of_verb(verb: str, finding: Finding) -> VerbForm:
    initial = INITIAL[verb](finding) if verb in INITIAL else {}
    return FORMS[verb](initial=initial, auto_id=f"id_{verb}_%s")


def typed_for(verb: str, data: Any) -> VerbForm:
    return FORMS[verb](data, auto_id=f"id_{verb}_%s")
