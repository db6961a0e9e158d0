"""One story, as each call answers it: member01 asks at five, leader01 approves, and member01 is in production for two hours.

The OpenAPI document shows them; a test holds each against what the call says that it answers.
"""

from typing import Any

from access_requests.api.inspection_examples import INSPECTED_MONTH, inspected
from access_requests.api.showing_access import ShownWorkGroup
from access_requests.errors import AlreadyDecided, OwnRequest, TooLongAccess
from audits.acts import Act

Json = dict[str, Any]
PRODUCTION = "222222222222"
ROLE_ARN = f"arn:aws:iam::{PRODUCTION}:role/Prod_MemberRole"
GROUP, TICKET, REASON = "ProdMemberWorkGroup", "CHG-123", "Rebuild the index of the orders table"
ASKED_AT, APPROVED_AT, GRANTED_AT = (f"2026-11-23T{time}Z" for time in ("05:00:00", "05:04:10", "05:04:12"))
STARTS_AT, ENDS_AT, LATER = APPROVED_AT, "2026-11-23T07:04:10Z", "2026-11-23T07:34:10Z"
REQUEST, EXTENSION, ELEVATION = "R-7K3M9QX2", "R-2B8N4VWD", "E-4D8WZ1NC"
MEMBER, LEADER = {"username": "member01", "name": "佐藤 健"}, {"username": "leader01", "name": "鈴木 花子"}
SEEN = "9f2c1e0b7a4d4c6f8e1a3b5d7f90a2c4e6b8d0f1a3c5e7f90b2d4f6a8c0e1f37"

SUMMARY: Json = {
    "id": REQUEST,
    "state": "pending",
    "requester": MEMBER,
    "work_groups": [GROUP],
    "reason": REASON,
    "change_ticket": TICKET,
    "starts_at": None,
    "ends_at": None,
    "duration_minutes": 120,
    "submitted_at": ASKED_AT,
    "decide_until": "2026-11-24T05:00:00Z",
    "settled_at": None,
    "extends": None,
    "revises": None,
}
PENDING: Json = {
    **SUMMARY,
    "impact": "Writes to the table wait for seconds",
    "plan": "REINDEX CONCURRENTLY, watched",
    "way_back": "DROP the new index",
    "door": "client",
    "client": "chatbot",
    "iam_user_name": "member01",
    "identity_center_user_name": None,
    "target_roles": [ROLE_ARN],
    "waits_for": {"people": [LEADER], "missing": 1, "until": "2026-11-24T05:00:00Z"},
    "decisions": [],
    "elevations": [],
    "seen": SEEN,
}


def _decided(verdict: str, state: str, comment: str) -> Json:
    decision = {
        "approver": LEADER,
        "verdict": verdict,
        "level": 1,
        "comment": comment,
        "door": "client",
        "decided_at": APPROVED_AT,
    }
    return {**PENDING, "state": state, "settled_at": APPROVED_AT, "waits_for": None, "decisions": [decision]}


MADE: Json = {"id": ELEVATION, "work_group": GROUP, "state": "scheduled", "starts_at": STARTS_AT, "ends_at": ENDS_AT}
APPROVED: Json = {
    **_decided("approve", "approved", "Agreed, the window is quiet."),
    "starts_at": STARTS_AT,
    "ends_at": ENDS_AT,
    "elevations": [MADE],
}
EXTENDING: Json = {
    **PENDING,
    "id": EXTENSION,
    "reason": "The index is slow to build",
    "starts_at": ENDS_AT,
    "ends_at": LATER,
    "duration_minutes": None,
    "submitted_at": "2026-11-23T06:50:00Z",
    "decide_until": ENDS_AT,
    "waits_for": {"people": [LEADER], "missing": 1, "until": ENDS_AT},
    "extends": ELEVATION,
}
TIMELINE: Json = {
    "at": ASKED_AT,
    "recorded_at": ASKED_AT,
    "late": "",
    "act": Act.REQUEST_SUBMITTED,
    "actor": "client:chatbot",
    "on_behalf_of": "member01",
    "subject": REQUEST,
    "comment": "",
    "details": {"door": "client", "to": "pending"},
}
ACTIVE: Json = {
    "id": ELEVATION,
    "person": MEMBER,
    "work_group": GROUP,
    "state": "active",
    "starts_at": STARTS_AT,
    "ends_at": ENDS_AT,
    "seconds_left": 7180,
    "details": {
        "request": REQUEST,
        "reason": REASON,
        "change_ticket": TICKET,
        "approved_by": [LEADER],
        "granted_at": GRANTED_AT,
        "stopped_at": None,
        "stop_reason": "",
        "ended_at": None,
        "problem": None,
        "aws": {
            "seen_at": GRANTED_AT,
            "membership": True,
            "ttl": ENDS_AT,
            "entry_fence": {"Prod_MemberRole": ENDS_AT},
            "session_gate": {"production/Prod_MemberRole": ENDS_AT},
        },
        "judged": {
            "evaluated_at": "2026-11-23T05:04:13Z",
            "decision": "allowed",
            "roles": [
                {
                    "role": "production/Prod_MemberRole",
                    "decision": "allowed",
                    "by": "group ProdMemberWorkGroup, policy SwitchRole, statement 1",
                    "gate": "open",
                    "why": [],
                }
            ],
        },
        "report": None,
        "switch_roles": [
            {
                "role_arn": ROLE_ARN,
                "url": f"https://signin.aws.amazon.com/switchrole?account={PRODUCTION}&roleName=Prod_MemberRole",
            }
        ],
    },
}


def _ending(reason: str) -> Json:
    details = {**ACTIVE["details"], "stopped_at": "2026-11-23T06:10:00Z", "stop_reason": reason, "switch_roles": []}
    return {**ACTIVE, "state": "revoking", "seconds_left": 3250, "details": {**details, "judged": None}}


def _reported(state: str, answered_by: str, answer: str) -> Json:
    report = {
        "state": state,
        "due_on": "2026-11-26",
        "overdue_blocks": True,
        "plan": PENDING["plan"],
        "unused": False,
        "done": "Rebuilt the index; 40 minutes",
        "deviation": "",
        "written_at": "2026-11-23T07:30:00Z",
        "answered_by": answered_by,
        "answered_at": "2026-11-23T08:00:00Z" if answered_by else None,
        "answer": answer,
        "may_answer": ["leader01", "leader02"],
        "last_entry": 58,
    }
    over = {"stopped_at": ENDS_AT, "stop_reason": "expired", "ended_at": "2026-11-23T07:04:14Z"}
    details = {**ACTIVE["details"], **over, "judged": None, "switch_roles": [], "report": report}
    return {**ACTIVE, "state": "ended", "seconds_left": 0, "details": details}


WORK_GROUP: Json = {
    "name": GROUP,
    "description": "Operations in production",
    "target_roles": [
        {
            "arn": ROLE_ARN,
            "name": "Prod_MemberRole",
            "level": "member",
            "account_id": PRODUCTION,
            "account": "Production",
            "session_gate": True,
        }
    ],
    "abilities": [
        {
            "role": ROLE_ARN,
            "read_at": "2026-11-23T11:00:00Z",
            "may": ["read_records", "run_commands"],
            "may_not": ["read_objects", "delete_data", "change_iam"],
            "unknown": ["read_secrets"],
        }
    ],
    "session_minutes": None,
    **{name: field.examples[0] for name, field in ShownWorkGroup.model_fields.items() if field.examples},
    "policy": "Approved by 高橋 直子 (leader01); 1 minute to 4 hours; decided within 1 day",
    "levels": [{"number": 1, "approvals": 1, "approvers": [LEADER]}],
    "decide_by": ["browser", "chat"],
}
ME: Json = {
    "client": {"key": "chatbot", "name": "Chat bot", "scopes": ["requests:read", "requests:write"]},
    "person": {
        **MEMBER,
        "administrator": False,
        "auditor": False,
        "iam_user_name": "member01",
        "identity_center_user_name": None,
        "time_zone": "Asia/Tokyo",
        "language": "ja",
        "mfa_serial": None,
        "mfa": "not_told",
    },
    "token": None,
    "aws_region": "ap-northeast-1",
}


def _page(*items: Json, following: str | None = None) -> Json:
    return {"items": list(items), "next": following}


# By the name of the operation: what it answers when all is well.
ANSWERS: dict[str, Json] = {
    "show_me": ME,
    "list_work_groups": _page(WORK_GROUP),
    "list_requests": _page(SUMMARY, following="/api/v1/requests?limit=1&cursor=R-7K3M9QX2%3A1vNe5s"),
    "submit_request": PENDING,
    "show_request": PENDING,
    "list_timeline": _page(TIMELINE),
    "approve_request": APPROVED,
    "reject_request": _decided("reject", "rejected", "Not while the sale is on."),
    "send_back_request": _decided("send_back", "sent_back", "Add the way back, please."),
    "withdraw_request": {**PENDING, "state": "withdrawn", "settled_at": APPROVED_AT, "waits_for": None},
    "list_elevations": _page(ACTIVE),
    "show_elevation": ACTIVE,
    "return_elevation": _ending("returned"),
    "extend_elevation": EXTENDING,
    "stop_elevation": _ending("stopped"),
    "list_inspections": INSPECTED_MONTH,
    "show_inspection": inspected(is_signed=False),
    "sign_inspection": inspected(is_signed=True),
    "report_elevation": _reported("written", "", ""),
    "confirm_report": _reported("confirmed", "leader01", "As agreed"),
    "ask_report_back": _reported("asked_back", "leader01", "Which index?"),
}
# Those that answer with an entity tag, since they are often repeated.
TAGGED = frozenset({"show_request", "list_elevations", "show_elevation"})
# What the examples of problems say.
REFUSALS = (OwnRequest, AlreadyDecided, TooLongAccess)
