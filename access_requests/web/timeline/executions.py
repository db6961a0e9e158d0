"""What AWS does by itself, in words: change requests and runbooks, as the trail keeps them."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_requests.grants.executions import APPROVE, FAILED, REFUSED, SUCCEEDED
from audits.acts import Act
from audits.models import TrailEntry

SEEN = frozenset({Act.REQUEST_EXECUTION_SEEN, Act.ELEVATION_EXECUTION_SEEN})
STATUSES: Mapping[str, Promise] = {
    "": _("is being started"),
    "Pending": _("waits for its turn"),
    "InProgress": _("is running"),
    "Waiting": _("waits"),
    "PendingApproval": _("waits for approval in AWS"),
    "Approved": _("was approved in AWS"),
    "Scheduled": _("waits for its time"),
    "RunbookInProgress": _("was approved, its runbook is running"),
    "PendingChangeCalendarOverride": _(
        "waits in AWS: the change calendar is closed. It goes on when the calendar opens, "
        "or when an approver for such times lets it"
    ),
    "ChangeCalendarOverrideApproved": _("was let through the closed change calendar"),
    "ChangeCalendarOverrideRejected": _("was not let through the closed change calendar"),
    "Success": _("is done"),
    "CompletedWithSuccess": _("is done"),
    "Failed": _("failed"),
    "CompletedWithFailure": _("was approved, and its runbook failed"),
    "TimedOut": _("ran out of time"),
    "Cancelling": _("is being cancelled"),
    "Cancelled": _("was cancelled"),
    "Rejected": _("was rejected in AWS"),
    "Exited": _("was ended"),
}
# Why a request ended here that nobody decided on here.
ENDED_IN_AWS: Mapping[str, Promise] = {
    "change_rejected": _("Its change request was rejected in AWS: the request is rejected here too"),
    "execution_cancelled": _("Its change request was cancelled in AWS: the request is rejected here too"),
    "change_timed_out": _("Nobody approved its change request in AWS in time: the request lapsed"),
    "calendar_override_rejected": _("AWS's change calendar is closed and nobody let it through: the request is rejected"),
}
AHEAD = _(
    "It was approved in AWS ahead of the decision here. Nobody was given anything by that; "
    "the decision here has another one made."
)


def sentence(entry: TrailEntry) -> tuple[str, str]:
    """Return how the timeline marks it, and what it says."""
    execution = entry.data["execution"]
    status = str(execution["status"])
    words = {"what": _what(execution), "status": STATUSES.get(status, status)}
    kind = "check" if status in SUCCEEDED else "alert" if status in FAILED or status in REFUSED else "step"
    return kind, gettext("%(what)s %(status)s") % words


def ended(entry: TrailEntry) -> tuple[str, str] | None:
    """Return mark and sentence of a request that somebody ended in AWS; None for any other."""
    told = entry.data.get("in_aws")
    return ("alert", str(ENDED_IN_AWS.get(told["reason"], told["status"]))) if told else None


def notes(entry: TrailEntry) -> list[str]:
    """Return AWS's own steps with their statuses, who decided there, and what went wrong."""
    execution = entry.data.get("execution")
    if not execution:
        by = entry.data.get("in_aws", {}).get("by")
        return [by] if by else []
    steps = execution["steps"]
    is_ahead = entry.act.startswith("request.") and execution["status"] in (*FAILED, *SUCCEEDED)
    ahead = [str(AHEAD)] if is_ahead and entry.data["request"]["status"] == "pending" else []
    return [*ahead, *_path(steps), *(_said(said) for step in steps for said in step["said"]), *_messages(execution)]


def meta(entry: TrailEntry) -> str:
    """Return what AWS calls it: the status as it is in AWS, and the execution's ID."""
    execution = entry.data.get("execution")
    return f"{execution['status'] or '–'} · {execution['id']}" if execution else ""


def _what(execution: Mapping[str, Any]) -> str:
    document = execution["document"]
    if not document:  # Not looked at yet.
        return gettext("What AWS carries out by itself")
    is_change = any(step["action"] == APPROVE for step in execution["steps"])
    if is_change:
        return gettext("The change request by %(document)s") % {"document": document}
    return gettext("The runbook %(document)s") % {"document": document}


def _path(steps: list[dict[str, Any]]) -> list[str]:
    """Return a line for the change request's own steps, and one for those of its runbook."""
    lines = []
    for level in (0, 1):
        began = [step for step in steps if step["level"] == level and step["status"] != "Pending"]
        lines += [" → ".join(f"{step['name']} {step['status']}" for step in began)] if began else []
    return lines


def _said(said: Mapping[str, str]) -> str:
    words = {"who": said["approver"], "comment": said["comment"] or "–"}
    if said["decision"] == "Reject":
        return gettext("Rejected in AWS by %(who)s: %(comment)s") % words
    return gettext("Approved in AWS by %(who)s: %(comment)s") % words


def _messages(execution: Mapping[str, Any]) -> list[str]:
    # What failed on the way to success was meant to, such as to find out that somebody is no member any more.
    return [execution["message"]] if execution["message"] and execution["status"] not in SUCCEEDED else []
