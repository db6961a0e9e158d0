"""What AWS saw of an access, beside its work report: log-ins and calls of CloudTrail, as far as it was read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from audits import selectors
from audits.acts import Act
from audits.models import ElevationUse, LogIn, LogInClass, SeenEvent, Stay, UseState
from portal.listed import listed
from portal.pages import moments

# Of a log-in so many kinds of calls are named, the most frequent first.
MOST_CALLS = 8
# These say which roles in AWS the access is for.
GIVEN = (Act.ELEVATION_GRANTING, Act.ELEVATION_ACTIVE, Act.ELEVATION_BASELINE)


@dataclass(frozen=True, kw_only=True)
class SeenLogIn:
    """A log-in within the access. `calls`: name -> how often, of those that AWS let through."""

    row: LogIn
    calls: Mapping[str, int]

    @property
    def began_at(self) -> datetime:
        return self.row.began_at

    @property
    def sentence(self) -> str:
        """When, by which way, into which role, and what was called."""
        when = moments.dated(self.row.began_at, self.row.last_call_at)
        called = [f"{name} {count}" for name, count in list(self.calls.items())[:MOST_CALLS]]
        named = listed([*called, "…"] if len(self.calls) > MOST_CALLS else called)
        role = self.row.role.rpartition("/")[2]
        began = f"{when} {self.row.get_way_display()} {role}".strip()
        return f"{began}: {named}" if named else began


@dataclass(frozen=True, kw_only=True)
class SeenUse:
    """`use` says whether all was read that could tell of the access; None before anything was."""

    log_ins: Sequence[SeenLogIn]
    use: ElevationUse | None

    @property
    def is_read(self) -> bool:
        """Whether CloudTrail was read long enough after the end: only then it says "never used", or "this was all"."""
        return self.use is not None and self.use.use != UseState.UNKNOWN

    @property
    def draft(self) -> str:
        """What a report begins with: a line for each log-in, under which the person says why."""
        return "\n".join(each.sentence for each in self.log_ins)


def was_used(elevation: str) -> bool:
    """Whether AWS saw anybody log in by it, as far as it was read. One query."""
    return LogIn.objects.filter(elevation=elevation, kind__in=(LogInClass.USED, LogInClass.AFTER_END)).exists()


def may_be_used(elevation: str) -> bool:
    """Whether somebody came in by a role of the access, in its time, of whom it is not known who it was. Three queries."""
    stay = Stay.objects.filter(subject=elevation).first()
    entries = selectors.of_subjects([elevation], acts=GIVEN)[elevation]
    roles = {_named(str(role["arn"])) for entry in entries for role in entry.data.get("roles") or () if role.get("arn")}
    if stay is None or not roles:
        return False
    went_on = Q(began_at__gte=stay.granting_at) | Q(last_call_at__gte=stay.granting_at)
    rows = LogIn.objects.filter(went_on, kind=LogInClass.UNKNOWN)
    rows = rows.filter(began_at__lte=stay.ended_at) if stay.ended_at else rows
    return any(_named(role) in roles for role in rows.values_list("role", flat=True).distinct())


def _named(arn: str) -> tuple[str, str]:
    """Return account and name of a role: an event may leave out its path."""
    return arn.partition(":role/")[0].rpartition(":")[2], arn.rpartition("/")[2]


def of(elevation: str) -> SeenUse:
    """Return what was seen of an access. Three queries."""
    rows = list(LogIn.objects.filter(elevation=elevation).order_by("began_at", "id"))
    calls: dict[int, dict[str, int]] = defaultdict(dict)
    counted = SeenEvent.objects.filter(log_in__in=rows, part="call", error="").values("log_in", "name").annotate(n=Count("id"))
    for each in counted.order_by("-n", "name"):
        calls[each["log_in"]][each["name"]] = each["n"]
    use = ElevationUse.objects.filter(elevation=elevation).first()
    return SeenUse(log_ins=[SeenLogIn(row=row, calls=calls[row.pk]) for row in rows], use=use)
