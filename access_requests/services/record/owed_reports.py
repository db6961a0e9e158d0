"""What a person owes after an access, by its policy as it is at the end. The end's entry has it; `audits.reports` keeps it."""

from collections.abc import Mapping
from datetime import datetime

from access_requests.models import Elevation, Verdict
from audits.reports import owing


def of(elevation: Elevation, *, now: datetime) -> Mapping[str, object] | None:
    """Return it as the trail has it; None where the policy wants no report. Three queries where it wants one."""
    policy, request = elevation.work_group.policy, elevation.request
    if not policy.report_days:
        return None
    approvals = request.decisions.filter(verdict=Verdict.APPROVE).order_by("decided_at", "id")
    last = policy.levels.order_by("-number").prefetch_related("approvers").first()
    return {
        "days": policy.report_days,
        "due_on": owing.due_on(policy.report_days, now=now),
        "overdue_blocks": policy.overdue_report_blocks,
        "approvers": list(approvals.values_list("approver__username", flat=True)),
        "last_level": sorted(person.username for person in last.approvers.all()) if last else [],
        "plan": request.plan,
        "roles": sorted(role.shown for role in elevation.work_group.target_roles.select_related("account")),
    }
