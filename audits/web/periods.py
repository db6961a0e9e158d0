"""A period as auditors type it: to the minute, in their own zone; and those that are asked for most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.models import EARLIEST
from portal.pages.fields import missing
from portal.pages.local_times import MINUTE, LocalTimeField

EVENING, MORNING, MIDNIGHT = time(18), time(6), time(0)
# Nothing of it has happened, and no calendar ends there.
FARTHEST_AHEAD = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Period:
    since: datetime
    until: datetime
    label: Promise | str = ""

    @property
    def query(self) -> str:
        """The period as its form sends it."""
        return urlencode({"since": _minute(self.since), "until": _minute(self.until)})


class PeriodForm(forms.Form):
    since = LocalTimeField(label=pgettext_lazy("period", "From"), alone="00:00", error_messages=missing())
    until = LocalTimeField(label=pgettext_lazy("period", "Until"), error_messages=missing())

    def clean(self) -> dict[str, datetime]:
        said: dict[str, datetime] = super().clean() or {}
        for name, moment in list(said.items()):
            if not EARLIEST <= moment <= timezone.now() + FARTHEST_AHEAD:
                self.add_error(name, ValidationError(_("Of that time there is no trail.")))
        if not self.errors and said["until"] <= said["since"]:
            self.add_error("until", ValidationError(_("The end must be after the beginning.")))
        return said

    @property
    def period(self) -> Period:
        return Period(since=self.cleaned_data["since"], until=self.cleaned_data["until"])


def presets(now: datetime) -> Sequence[Period]:
    """Return what is asked for most, in the viewer's zone. The first is shown where nothing was asked for."""
    today = timezone.localtime(now).date()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    return (
        Period(since=now - timedelta(hours=24), until=now + timedelta(minutes=1), label=_("Last 24 hours")),
        Period(since=_at(today, EVENING), until=_at(tomorrow, MIDNIGHT), label=_("This evening")),
        Period(since=_at(yesterday, EVENING), until=_at(today, MORNING), label=_("Last night")),
        Period(since=_at(yesterday, MIDNIGHT), until=_at(today, MIDNIGHT), label=_("Yesterday")),
        Period(since=_at(today - timedelta(days=7), MIDNIGHT), until=_at(tomorrow, MIDNIGHT), label=_("Last 7 days")),
    )


def initial(period: Period) -> dict[str, str]:
    return {"since": _minute(period.since), "until": _minute(period.until)}


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def _minute(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(MINUTE)
