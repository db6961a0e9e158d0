"""Who inspects, from which day on and until when: as the catalogue says it, which the trail tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from audits.acts import Act
from audits.inspections.calendar import Calendar
from audits.models import TrailEntry

# The one thing of its kind in the catalogue.
SUBJECT = "inspection_plan:daily"
ACTS = (Act.CATALOGUE_ADDED, Act.CATALOGUE_CHANGED, Act.CATALOGUE_RETIRED)
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`inspectors` are usernames. A day is signed within so many working days."""

    inspectors: frozenset[str]
    since: date
    signed_within: int
    calendar: Calendar

    def due_on(self, day: date) -> date:
        return self.calendar.after(day, self.signed_within)

    def days(self, until: date) -> Iterator[date]:
        """Yield the days that are inspected, from the first to this one."""
        day = self.since
        while day <= until:
            yield day
            day += DAY


def current() -> Plan | None:
    """Return the plan; None where nobody inspects. One query."""
    entry = TrailEntry.objects.filter(subject=SUBJECT, act__in=ACTS).order_by("-pk").first()
    said = entry.data["after"] if entry is not None else None
    if said is None:
        return None
    days_off = frozenset(map(date.fromisoformat, said["days_off"]))
    return Plan(
        inspectors=frozenset(said["inspectors"]),
        since=date.fromisoformat(said["since"]),
        signed_within=said["signed_within"],
        calendar=Calendar(country=said["country"], days_off=days_off),
    )


def zone() -> ZoneInfo:
    """Return the company's zone, by which days begin."""
    return ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE)


def span(day: date) -> tuple[datetime, datetime]:
    """Return when the day begins, and when the next one does."""
    return datetime.combine(day, time(), zone()), datetime.combine(day + DAY, time(), zone())


def day_of(moment: datetime) -> date:
    return moment.astimezone(zone()).date()
