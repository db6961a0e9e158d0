"""Form fields that Django lacks."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.verbs import phrases
from portal.verbs.rejections import AmbiguousTime

FILL_IN = _("Fill this in.")
MINUTE = "%Y-%m-%dT%H:%M"


class LocalTimeField(forms.DateTimeField):
    """A time in the person's zone. One that the clocks' change skips or repeats is refused, since it says nothing for certain."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)
    input_formats = [MINUTE]

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise ValidationError(phrases.sentence(AmbiguousTime(field=""))) from error


class VerbatimField(forms.CharField):
    """Text as it was typed: the rules for it are policy's, which every door shares."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)
        # Django's own refusal of NUL would come before policy's.
        self.validators = []

    def to_python(self, value: Any) -> str:
        return "" if value is None else str(value)


def text_field(label: Any, *, rows: int, help_text: Any = "", required: bool = False, missing: Any = "") -> VerbatimField:
    """Return a field of several lines. `missing` is said where it is left empty though it is needed."""
    return VerbatimField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing or FILL_IN},
    )


def suggesting(datalist: str) -> forms.TextInput:
    """Return an input that suggests what the page's datalist of this id holds."""
    return forms.TextInput(attrs={"list": datalist})


def missing() -> dict[str, Any]:
    return {"required": FILL_IN}
