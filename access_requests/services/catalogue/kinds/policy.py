"""Approval policies: who decides, how soon, and how long access may last."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from access_requests.models import ApprovalLevel, ApprovalPolicy
from access_requests.models.catalogue import DECIDE_BY
from access_requests.services.catalogue.fields import APART, Column, Fields, Listed
from access_requests.services.catalogue.values import FLAG, MINUTES, NUMBER, matching, one_of, username_or
from access_requests.services.people import places

# Names of channels may be written in any script, and are small letters.
SLACK_CHANNEL = matching(
    r"[CG][A-Z0-9]{2,40}|#[^\x00-\x20\x7f-\xa0A-Z#<>&|,.!?@*\u2000-\u200f\u2028-\u202f\u2060-\u206f\u3000\ufeff]{1,80}",
    81,
    "a channel of Slack, such as C012AB3CD or '#production' in quotes",
)


# Usernames, and the role that providers of log-in give.
Approvers = Listed[Annotated[str, username_or(places.APPROVING)]]


class Level(Fields):
    approvers: Annotated[Approvers, APART]
    approvals: Annotated[int, NUMBER] = 1


class Policy(Fields):
    shortest: Annotated[int, MINUTES, Column("shortest_minutes")]
    longest: Annotated[int, MINUTES, Column("longest_minutes")]
    decision: Annotated[int, MINUTES, Column("decision_minutes")]
    levels: Annotated[Listed[Level], APART]
    decide_by: Listed[Annotated[str, one_of(DECIDE_BY)]] = ["browser"]
    factor_age: Annotated[int, MINUTES, Column("factor_age_minutes")] = 0
    same_client_may_decide: Annotated[bool, FLAG] = False
    report_days: Annotated[int, NUMBER] = 0
    overdue_report_blocks: Annotated[bool, FLAG] = False
    slack_channel: Annotated[str, SLACK_CHANNEL] = ""


def current() -> Mapping[str, Policy]:
    rows = ApprovalPolicy.objects.filter(retired_at=None).prefetch_related("levels__approvers")
    return {row.key: Policy.of_row(row, levels=_levels(row)) for row in rows}


def _levels(row: ApprovalPolicy) -> list[Level]:
    return [Level.of_row(level, approvers=_approvers(level)) for level in row.levels.all()]


def _approvers(level: ApprovalLevel) -> list[str]:
    """Return them as the file names them, without those who have their place by a role."""
    return sorted(map(str, level.approvers.all()) if level.named is None else level.named)


def write(key: str, after: Policy, _now: datetime) -> None:
    row, _ = ApprovalPolicy.objects.update_or_create(key=key, defaults={**after.in_columns(), "retired_at": None})
    for number, wanted in enumerate(after.levels, start=1):
        # Changed in place: decisions point to their level.
        values = {**wanted.in_columns(), "named": sorted(wanted.approvers)}
        level, _ = row.levels.update_or_create(number=number, defaults=values)
        level.approvers.set(places.people(wanted.approvers))
    row.levels.filter(number__gt=len(after.levels)).delete()


def remove(key: str, now: datetime) -> None:
    """Retire the policy: requests and elevations point to it."""
    ApprovalPolicy.objects.filter(key=key).update(retired_at=now)
