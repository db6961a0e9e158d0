"""A time as people type it: a day and a clock of 24 hours, in the person's zone. A browser's own field may show twelve."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.verbs import phrases
from portal.verbs.rejections import AmbiguousTime

MINUTE = "%Y-%m-%dT%H:%M"
DAY, CLOCK = "_day", "_time"
# 18:30, 1830, 9, 18時30分: what phones and Japanese keyboards make of it.
_CLOCK = re.compile(r"(\d{1,2})(?:[:.時]?(\d{2})分?|時)?")


class LocalTimeInput(forms.Widget):
    """Two fields, `NAME_day` and `NAME_time`; a link may give both as NAME=2026-11-23T18:30."""

    template_name = "components/_moment.html"
    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> str | None:
        if name + DAY not in data and name + CLOCK not in data:
            return super().value_from_datadict(data, files, name)  # type: ignore[no-any-return]
        day, clock = (str(data.get(name + part) or "").strip() for part in (DAY, CLOCK))
        return f"{day}T{clock}" if day or clock else ""

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Mapping[str, Any], name: str) -> bool:  # noqa: ARG002
        return all(each not in data for each in (name, name + DAY, name + CLOCK))

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        text = value.strftime(MINUTE) if isinstance(value, datetime) else str(value or "")
        day, _sign, clock = text.partition("T")
        return super().get_context(name, None, attrs) | {
            "day": day,
            "clock": clock,
            "is_wrong": bool(attrs and attrs.get("aria-invalid")),
        }

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:  # noqa: ARG002
        return SafeString(TemplatesSetting().render(template_name, context))


class LocalTimeField(forms.DateTimeField):
    """A time in the person's zone. One that the clocks' change skips or repeats is refused, since it says nothing for certain."""

    widget = LocalTimeInput
    input_formats = [MINUTE]
    default_error_messages = {
        "invalid": _("Type a day and a time of 24 hours, such as 18:30."),
        "no_day": _("Choose the day, too."),
        "no_clock": _("Type the time, too, in 24 hours, such as 18:30."),
    }

    def __init__(self, *, alone: str = "", **options: Any) -> None:
        """`alone` is the clock that a day without one means."""
        super().__init__(**options)
        self.alone = alone

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(self._whole(value) if isinstance(value, str) and value else value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise ValidationError(phrases.sentence(AmbiguousTime(field=""))) from error

    def _whole(self, value: str) -> str:
        """Return what was typed as MINUTE has it, as far as it can be read."""
        day, _sign, clock = unicodedata.normalize("NFKC", value).partition("T")
        clock = clock.strip() or self.alone
        if not day:
            raise ValidationError(self.error_messages["no_day"], code="no_day")
        if not clock:
            raise ValidationError(self.error_messages["no_clock"], code="no_clock")
        read = _CLOCK.fullmatch(clock)
        if not read:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return f"{day.replace('/', '-')}T{read[1]}:{read[2] or '00'}"
