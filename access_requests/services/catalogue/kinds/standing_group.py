"""Groups whose members may always switch to their roles."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from access_requests.models import StandingGroup as Row
from access_requests.services.catalogue.fields import APART, Listed
from access_requests.services.catalogue.kinds import role
from access_requests.services.catalogue.kinds.described import Described
from access_requests.services.catalogue.values import IAM, IAM_RULE, ROLE_REFERENCE, matching

STANDING_GROUP_NAME = matching(IAM, 128, IAM_RULE)


class StandingGroup(Described):
    target_roles: Annotated[Listed[Annotated[str, ROLE_REFERENCE]], APART]


def current() -> Mapping[str, StandingGroup]:
    rows = Row.objects.prefetch_related("target_roles__account")
    return {row.name: StandingGroup.of_row(row, target_roles=sorted(map(str, row.target_roles.all()))) for row in rows}


def write(key: str, after: StandingGroup, _now: datetime) -> None:
    row, _ = Row.objects.update_or_create(name=key, defaults=after.in_columns())
    row.target_roles.set(role.rows(after.target_roles))


def remove(key: str, _now: datetime) -> None:
    Row.objects.get(name=key).delete()
