"""What a change request in AWS says: its text, in the source's headings, and the portal's decision with its approvers."""

from datetime import UTC, datetime

from django.conf import settings

from access_requests.details import DETAILS
from access_requests.grants.contract import Change
from access_requests.models import AccessRequest, Decision, WorkGroup
from portal.iam.fences import iso

NOTHING = "-"


def of(request: AccessRequest, work_group: WorkGroup) -> Change:
    """Return the text, the same each time: the request never changes, and AWS knows a repeated start by its equal text."""
    return Change(name=f"{request.code} {work_group.name}", details=_details(request, work_group), approval=decisions(request))


def decisions(request: AccessRequest) -> str:
    """Return who decided here and with what comment. AWS itself records the portal's role as the approver."""
    lines = [_decision(one) for one in request.decisions.select_related("approver").order_by("decided_at", "pk")]
    return "\n".join([request.code, *lines])


def _decision(one: Decision) -> str:
    who = f"{one.approver.username} ({one.approver.name})" if one.approver.name else one.approver.username
    said = f"{one.verdict} {iso(one.decided_at)}"
    return f"{who}: {said}: {one.comment}" if one.comment else f"{who}: {said}"


def _details(request: AccessRequest, work_group: WorkGroup) -> str:
    asked = request.snapshot["asked"]
    roles = [arn for group in asked["work_groups"] if group["name"] == work_group.name for arn in group["target_roles"]]
    user = (asked.get("iam_user") or {}).get("name", "")
    parts = (
        ("変更対象 / Subject", f"- IAM: {user}\n- {work_group.name}\n" + "\n".join(f"- {arn}" for arn in roles)),
        ("変更内容 / Change", _verbatim(f"{request.change_ticket}\n\n{request.reason}")),
        *((detail.heading, _verbatim(getattr(request, detail.name))) for detail in DETAILS),
        ("期間 / Window (UTC)", _window(request)),
        ("申請 / Request", f"{request.code} {request.requester.username}\n\n{settings.PORTAL_URL}/requests/{request.code}/"),
    )
    return "\n\n".join(f"### {heading}\n\n{text or NOTHING}" for heading, text in parts)


def _verbatim(text: str) -> str:
    """Return people's words as a block of code: Markdown in them is no heading, link or picture where approvers read it."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _window(request: AccessRequest) -> str:
    start = _moment(request.asked_starts_at) if request.asked_starts_at else "承認時 / when approved"
    end = _moment(request.asked_ends_at) if request.asked_ends_at else f"{request.duration_minutes} min"
    return f"{start} - {end}"


def _moment(moment: datetime) -> str:
    return iso(moment.astimezone(UTC))
