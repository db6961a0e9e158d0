"""What calls of the daily inspection are answered, for the document."""

from typing import Any

Json = dict[str, Any]
INSPECTED_ROW: Json = {
    "number": 1,
    "log_in": "L-5T2W8KQM",
    "began_at": "2026-11-05T05:12:00Z",
    "kind": "used",
    "who": "member01",
    "account": "production",
    "role": "Prod_MemberRole",
    "elevation": "E-4D8WZ1NC",
    "requester": "member01",
    "approvers": ["leader01"],
    "report": "confirmed",
    "findings": [],
    "deviations": [],
    "may_sign": ["leader02"],
    "seen": "9f86d081884c7d65",
    "comment": "",
    "signed_by": "",
    "signed_at": None,
}
INSPECTED_MONTH: Json = {
    "items": [
        {
            "day": "2026-11-05",
            "state": "waits",
            "due_on": "2026-11-12",
            "day_off": False,
            "holiday": "",
            "rows": 1,
            "signed": 0,
            "deviating": 0,
            "supplements": 0,
        }
    ]
}


def inspected(*, is_signed: bool) -> Json:
    at = "2026-11-09T01:03:00Z"
    signed = {"signed_by": "leader02", "signed_at": at}
    part = {
        "part": 0,
        "due_on": "2026-11-12",
        "opened_at": "2026-11-06T15:00:20Z",
        "read_until": "2026-11-06T15:00:00Z",
        "unread": [],
        "refused": 0,
        "signed_at": at if is_signed else None,
        "checkpoint": {"log": "sekisho.example.com", "size": 4107, "root": "q2NhbnQgcmVhZCB0aGlzIGFzIGEgcm9vdCBvZiBub3c="}
        if is_signed
        else None,
        "rows": [{**INSPECTED_ROW, **(signed if is_signed else {})}],
    }
    return {"day": "2026-11-05", "parts": [part]}
