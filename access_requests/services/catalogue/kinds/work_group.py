"""Work groups: what may be asked for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from django.conf import settings

from access_requests.grants.registry import backend_of
from access_requests.models import ApprovalPolicy, DriftAnswer
from access_requests.models import WorkGroup as Row
from access_requests.models.catalogue import LONGEST_SESSION_MINUTES
from access_requests.services.catalogue.fields import APART, EVERYONE, Listed, everyone_or
from access_requests.services.catalogue.kinds import role
from access_requests.services.catalogue.kinds.described import Described
from access_requests.services.catalogue.values import KEY, MINUTES, ROLE_REFERENCE, matching, one_of, username_or
from access_requests.services.people import places

# The name is part of the TTL tag's key: 128 characters in all, and no comma.
TAG_KEY_LENGTH = 128
WORK_GROUP_NAME = matching(
    r"[\w+=.@-]+",
    min(116, TAG_KEY_LENGTH - len(settings.TTL_TAG_KEY.format(group=""))),
    "letters, digits and _ + = . @ - (no comma, since the TTL tag carries the name)",
)
# Usernames, and the role that providers of log-in give.
Requesters = Listed[Annotated[str, username_or(places.ASKING)]]


class WorkGroup(Described):
    policy: Annotated[str, KEY, APART]
    target_roles: Annotated[Listed[Annotated[str, ROLE_REFERENCE]], APART]
    requesters: Annotated[Literal["everyone"] | list[str], everyone_or(Requesters), APART]
    backend: Annotated[str, one_of(lambda: settings.GRANT_BACKENDS)] = "iam_group"
    drift: Annotated[str, one_of(DriftAnswer.values)] = DriftAnswer.REPORT.value
    session: Annotated[int | None, MINUTES, APART] = None


def current() -> Mapping[str, WorkGroup]:
    rows = Row.objects.filter(retired_at=None).select_related("policy")
    return {row.name: _of(row) for row in rows.prefetch_related("target_roles__account", "requesters")}


def _of(row: Row) -> WorkGroup:
    return WorkGroup.of_row(
        row,
        policy=row.policy.key,
        target_roles=sorted(map(str, row.target_roles.all())),
        requesters=EVERYONE if row.everyone_may_request else _requesters(row),
        session=backend_of(row.backend).fences.outlived_by(row.session_minutes),
    )


def _requesters(row: Row) -> list[str]:
    """Return them as the file names them, without those who have their place by a role."""
    return sorted(map(str, row.requesters.all()) if row.named is None else row.named)


def with_session(group: WorkGroup) -> WorkGroup:
    """Say how long sessions may live on where AWS does not end them; elsewhere nothing is said."""
    if group.session is not None:
        return group
    return group.but(session=backend_of(group.backend).fences.outlived_by(LONGEST_SESSION_MINUTES))


def write(key: str, after: WorkGroup, _now: datetime) -> None:
    everyone = after.requesters == EVERYONE
    values = {
        **after.in_columns(),
        "session_minutes": after.session or LONGEST_SESSION_MINUTES,
        "policy": ApprovalPolicy.objects.get(key=after.policy),
        "everyone_may_request": everyone,
        "named": [] if everyone else sorted(after.requesters),
        "retired_at": None,
    }
    row, _ = Row.objects.update_or_create(name=key, defaults=values)
    row.target_roles.set(role.rows(after.target_roles))
    row.requesters.set(places.people([] if everyone else after.requesters))


def remove(key: str, now: datetime) -> None:
    """Retire the group: requests and elevations point to it."""
    Row.objects.filter(name=key).update(retired_at=now)
