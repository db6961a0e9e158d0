"""Form fields that Django lacks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

FILL_IN = _("Fill this in.")


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
