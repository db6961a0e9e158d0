"""The company's daily inspections: what is read by then is opened, and the leads sign what each of them may."""

from collections.abc import Collection
from functools import partial

from django.utils import timezone

from access_requests.services.inspections import inspecting
from audits.inspections import due, listing, population
from audits.inspections.signing import Mark
from portal.demo.past import people
from portal.users.models import User
from portal.verbs.run import act_as

INSPECTORS = ("leader01", "leader02")


def sign(*, comment: str, leave: Collection[str]) -> None:
    """Have each inspector sign what waits for them, but for uses of these people; `comment` explains what deviates."""
    for username in INSPECTORS:
        waiting = [row for row in listing.waiting_for(User.objects.get(username=username)) if not row.who.endswith(tuple(leave))]
        for day in sorted({row.inspection.day for row in waiting}):
            marks = [
                Mark(part=row.inspection.part, number=row.number, comment=comment if _deviates(row.log_in) else "")
                for row in waiting
                if row.inspection.day == day
            ]
            actor = people.acting(username, "browser")
            act_as(actor, partial(inspecting.sign, day=day, marks=marks, actor=actor, now=timezone.now()))


def open_what_is_read() -> None:
    due.sweep(now=timezone.now())


def _deviates(log_in: str) -> bool:
    return bool(population.of_codes([log_in])[log_in].deviations)
