"""States, deviations and what keeps somebody from signing, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.inspections.listing import DayState
from audits.inspections.rules import Bar, Deviation

STATES: Mapping[str, tuple[Promise, str]] = {
    DayState.OUTSIDE: (pgettext_lazy("inspection", "not inspected"), "no"),
    DayState.TO_COME: (pgettext_lazy("inspection", "to come"), "no"),
    DayState.NOT_READ: (pgettext_lazy("inspection", "log-ins not read yet"), "no"),
    DayState.NEVER_READ: (pgettext_lazy("inspection", "log-ins were not read then"), "no"),
    DayState.NO_USE: (pgettext_lazy("inspection", "no use"), "no"),
    DayState.WAITS: (pgettext_lazy("inspection", "waits for signatures"), "waits"),
    DayState.OVERDUE: (pgettext_lazy("inspection", "overdue"), "danger"),
    DayState.SIGNED: (pgettext_lazy("inspection", "signed"), "ok"),
}
DEVIATIONS: Mapping[str, Promise] = {
    Deviation.NO_LEAVE: _("without approval"),
    Deviation.AFTER_END: _("went on after the end"),
    Deviation.UNKNOWN: _("not known by whose leave"),
    Deviation.NO_REPORT: _("no work report"),
    Deviation.REPORTED_UNUSED: _("reported as not used"),
    Deviation.REPORT_DEVIATES: _("otherwise than planned"),
    Deviation.FINDING: _("open finding"),
}
BARS: Mapping[str, Promise] = {
    Bar.OWN: _("It is your own use."),
    Bar.ASKED: _("You asked for this access."),
    Bar.APPROVED: _("You approved this access."),
}


def deviation(word: str) -> str:
    return str(DEVIATIONS.get(word, word))
