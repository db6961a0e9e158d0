"""The plan of daily inspections: who signs, from which day on, and which days are no working days. There is one, or none."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from access_requests.models import InspectionPlan as Row
from access_requests.services.catalogue.fields import Fields, Listed, Names
from access_requests.services.catalogue.values import DAY, NUMBER, matching

KEY = "daily"
COUNTRY = matching(r"[A-Z]{2}", 2, "the code of a country in ISO 3166, such as JP")
# As `inspections` has it: two days until a day is read, and some to sign it.
USUAL_DAYS = 5


class InspectionPlan(Fields):
    """Days are written as `2026-11-05`, and kept so."""

    inspectors: Names
    since: Annotated[str, DAY]
    signed_within: Annotated[int, NUMBER] = USUAL_DAYS
    country: Annotated[str, COUNTRY]
    days_off: Listed[Annotated[str, DAY]] = []

    @property
    def years(self) -> frozenset[int]:
        """All the years of which working days are asked for from the first day on: those named, and the one after the last."""
        named = {date.fromisoformat(day).year for day in (self.since, *self.days_off)}
        return frozenset({*named, max(named) + 1})


def by_key(plan: InspectionPlan | None) -> Mapping[str, InspectionPlan]:
    return {KEY: plan} if plan is not None else {}


def current() -> Mapping[str, InspectionPlan]:
    return {row.key: InspectionPlan.of_row(row) for row in Row.objects.all()}


def write(key: str, after: InspectionPlan, _now: datetime) -> None:
    Row.objects.update_or_create(key=key, defaults=after.in_columns())


def remove(key: str, _now: datetime) -> None:
    """What was opened stays, and can be signed by nobody until there is a plan again."""
    Row.objects.filter(key=key).delete()
