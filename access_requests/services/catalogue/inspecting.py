"""The plan of daily inspections: inspectors who may inspect, and days that are known."""

from access_requests.services.catalogue.kinds.inspection_plan import InspectionPlan
from access_requests.services.catalogue.mistakes import Mistakes, quoted
from access_requests.services.catalogue.state import Kind, State, path_of
from access_requests.services.catalogue.values import unknown
from audits.inspections import calendar
from audits.inspections.calendar import UnknownCountry, UnknownYear

# A day is read a day after its end; and nobody remembers longer.
SOONEST, LATEST = 2, 30


def check(state: State, mistakes: Mistakes) -> None:
    for key, plan in state.inspection_plans.items():
        _inspectors(state, key, plan, mistakes)
        _days(key, plan, mistakes)


def _inspectors(state: State, key: str, plan: InspectionPlan, mistakes: Mistakes) -> None:
    if not plan.inspectors:
        mistakes.add(path_of(Kind.INSPECTION_PLAN, key, "inspectors"), "nobody inspects: name an inspector at least")
    for number, name in enumerate(plan.inspectors):
        path = path_of(Kind.INSPECTION_PLAN, key, "inspectors", number)
        person = state.people.get(name)
        if person is None:
            mistakes.add(path, unknown("person", name, list(state.people)))
        elif person.disabled:
            mistakes.add(path, f"{quoted(name)} is disabled and cannot inspect")
        elif person.auditor:
            mistakes.add(path, f"{quoted(name)} is an auditor, who looks at inspections and signs none")


def _days(key: str, plan: InspectionPlan, mistakes: Mistakes) -> None:
    if not SOONEST <= plan.signed_within <= LATEST:
        path = path_of(Kind.INSPECTION_PLAN, key, "signed_within")
        mistakes.add(path, f"a day is signed within {SOONEST} to {LATEST} working days")
    try:
        calendar.check(plan.country, plan.years)
    except UnknownCountry:
        path = path_of(Kind.INSPECTION_PLAN, key, "country")
        mistakes.add(path, f"the public holidays of {quoted(plan.country)} are not known")
    except UnknownYear as error:
        path = path_of(Kind.INSPECTION_PLAN, key, "country")
        mistakes.add(path, f"the public holidays of {quoted(plan.country)} in {error} are not known: look at the days")
