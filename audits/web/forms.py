"""What the trail is narrowed to, as it is typed."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits import sentences
from audits.acts.words import WORDS
from audits.models import EARLIEST, MentionKind
from audits.searching import Filters
from portal.pages.local_times import LocalTimeField

# Beyond them there is nothing, and near the ends of the calendar no time of another zone.
LATEST = datetime(3000, 1, 1, tzinfo=UTC)
_NOTHING_THEN = _("The trail has nothing of that time. Give a year from 2000 on.")
WITHIN = (MinValueValidator(EARLIEST, message=_NOTHING_THEN), MaxValueValidator(LATEST, message=_NOTHING_THEN))


class TrailFilterForm(forms.Form):
    """Each field has the name of what the API and the command line narrow by, and of a `MentionKind`.

    What cannot be read narrows to nothing at all, and is said: a list that shows more than was asked for would mislead.
    """

    since = LocalTimeField(label=pgettext_lazy("period", "From"), alone="00:00", required=False, validators=WITHIN)
    until = LocalTimeField(label=pgettext_lazy("period", "Before"), required=False, validators=WITHIN)
    act = forms.ChoiceField(label=_("What happened"), required=False)
    person = forms.CharField(label=_("Person"), required=False, max_length=200)
    iam_user = forms.CharField(label=_("IAM user"), required=False, max_length=200)
    group = forms.CharField(label=_("Group"), required=False, max_length=200)
    account = forms.CharField(label=_("AWS account"), required=False, max_length=200)
    ticket = forms.CharField(label=_("Change ticket"), required=False, max_length=200)
    about = forms.CharField(label=_("Request or access"), required=False, max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        act = self.fields["act"]
        if isinstance(act, forms.ChoiceField):
            act.choices = [("", _("All")), *_acts()]

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since >= until:
            self.add_error("until", _("This is not after the beginning of the period. Give a later time."))
        return self.cleaned_data

    def filters(self, *, last: int | None = None) -> Filters:
        typed = self.cleaned_data
        mentioned = {kind: typed[kind.value] for kind in MentionKind if typed.get(kind.value)}
        return Filters(mentioned=mentioned, act=typed["act"], since=typed["since"], until=typed["until"], last=last)


def _acts() -> list[tuple[str, str]]:
    """Return each act with its sentence, and where several say the same with its name."""
    said = {act: sentences.of_act(act) for act in WORDS}
    number = Counter(said.values())
    return [(act, f"{sentence} ({act})" if number[sentence] > 1 else sentence) for act, sentence in said.items()]
