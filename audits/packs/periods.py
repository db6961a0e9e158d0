"""Periods as this company counts them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audits.evidence import periods
from audits.evidence.periods import Fiscal, Length, Named, Period

# So many of each length are offered, the newest first.
OFFERED = {Length.QUARTER: 6, Length.HALF: 4, Length.YEAR: 3, Length.MONTH: 12}


def fiscal() -> Fiscal:
    return Fiscal(
        first_month=settings.EVIDENCE_FISCAL_MONTH, named=Named(settings.EVIDENCE_FISCAL_YEAR), zone=settings.EVIDENCE_ZONE
    )


def named(key: str) -> Period:
    """Return the period that a key names. Raises NoPeriod."""
    return periods.named(key, fiscal())


def offered(now: datetime) -> dict[Length, Sequence[Period]]:
    counted = fiscal()
    return {length: list(islice(periods.back_from(now, length, counted), most)) for length, most in OFFERED.items()}


def said(key: str) -> str:
    """Return a period in words, as people call it; the key where it names none as periods are counted now."""
    try:
        period = named(key)
    except periods.NoPeriod:
        return key
    words = {"year": period.year, "number": period.number}
    return {
        Length.YEAR: _("fiscal year %(year)s"),
        Length.HALF: _("fiscal year %(year)s, first half") if period.number == 1 else _("fiscal year %(year)s, second half"),
        Length.QUARTER: _("fiscal year %(year)s, quarter %(number)s"),
        Length.MONTH: pgettext("month", "%(number)s/%(year)s"),
    }[period.length] % words
