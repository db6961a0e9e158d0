"""Whose leave there was in a time: the windows of accesses as approved, extended and ended, from the trail alone."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from audits import selectors
from audits.acts import Act
from audits.cloudtrail.leave import Leave, Window
from audits.cloudtrail.standing import Role
from audits.log_ins import knowing
from audits.log_ins.knowing import Known
from audits.models import Stay, TrailEntry
from audits.stays import touching

STEPS = (
    *(Act.ELEVATION_GRANTING, Act.ELEVATION_ACTIVE, Act.ELEVATION_EXTENDED, Act.ELEVATION_EXTENSION_WRITTEN),
    *(Act.ELEVATION_EXTENSION_REFUSED, Act.ELEVATION_REVOKING, Act.ELEVATION_ENDED, Act.ELEVATION_BASELINE),
)
# A session may go on for so long: whose window it began in is looked for as far back.
LONGEST_SESSION = timedelta(hours=12)


def leave(since: datetime, until: datetime, *, known: Known, portal: Collection[str] = ()) -> Leave:
    """Return what is needed to class the log-ins between these times. Two queries. `portal` is who AWS says the portal is."""
    touched = Stay.objects.filter(touching(since - LONGEST_SESSION, until + timedelta(minutes=5)))
    subjects = list(touched.values_list("subject", flat=True))
    return Leave(
        jump=known.jump,
        windows=windows(subjects, known=known),
        standing=known.standing,
        people=known.people,
        portal=frozenset(portal),
        portal_roles=known.portal_roles,
        exemptions=knowing.exemptions(),
        targets=frozenset(place.account for place in known.places if place.is_readable and not place.is_home),
    )


def windows(codes: Sequence[str], *, known: Known) -> list[Window]:
    """Return the windows of these accesses, of those that the trail tells. One query."""
    told = selectors.of_subjects(codes, acts=STEPS)
    return [window for code in codes if (window := _window(code, told[code], known)) is not None]


def _window(code: str, steps: Sequence[TrailEntry], known: Known) -> Window | None:
    said = _last(step.data.get("elevation") or step.data.get("after") for step in steps)
    if not said.get("starts_at") or not said.get("ends_at"):
        return None
    stopped = next((step.at for step in steps if step.act == Act.ELEVATION_REVOKING), None)
    ends_at = datetime.fromisoformat(said["ends_at"])
    return Window(
        elevation=code,
        person=str(said.get("person", "")),
        starts_at=datetime.fromisoformat(said["starts_at"]),
        ends_at=min(ends_at, stopped) if stopped else ends_at,
        user=str(said.get("iam_user_id") or ""),
        user_name=str(said.get("iam_user_name") or ""),
        directory_user=str(said.get("identity_center_user_id") or ""),
        roles=_roles(steps) or _declared(str(said.get("work_group", "")), datetime.fromisoformat(said["starts_at"]), known),
    )


def _declared(group: str, at: datetime, known: Known) -> frozenset[Role]:
    """Return the roles of a work group as they were declared then: an entry of an older version names none."""
    return (known.groups.at(at) or {}).get(group, frozenset())


def _last(said: Iterable[Any]) -> dict[str, Any]:
    """Return what the last entry says; each has all of it."""
    found = [one for one in said if isinstance(one, dict)]
    return found[-1] if found else {}


def _roles(steps: Sequence[TrailEntry]) -> frozenset[Role]:
    """Return the roles as they were when they were given: which ones in AWS."""
    given = next((step.data["roles"] for step in reversed(steps) if step.data.get("roles")), ())
    return frozenset((str(one["arn"]), str(one.get("role_id") or "")) for one in given if one.get("arn"))
