"""What each call answers in the story that `access_requests.api.examples` tells: leader01 has approved."""

from typing import Any

from audits.acts import LATEST, Act

Json = dict[str, Any]
ENTRY: Json = {
    "id": 41,
    "at": "2026-11-23T05:04:10Z",
    "recorded_at": "2026-11-23T05:04:10Z",
    "late": "",
    "act": Act.REQUEST_APPROVED,
    "actor": "leader01",
    "on_behalf_of": "",
    "subject": "R-7K3M9QX2",
    "schema_version": LATEST,
    "data": {"door": "browser", "from": "pending", "to": "approved"},
    "sentence": "leader01 approved",
}

CHECKPOINT: Json = {
    "id": 12,
    "origin": "portal.example.com",
    "size": 41,
    "note": "portal.example.com\n41\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— portal.example.com Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n",
    "sealed_at": "2026-11-23T05:04:12Z",
}
STORY_LINE: Json = {
    "leaf": '{"act":"request.submitted","actor":"member01", …}',
    "proof": f"c2sp.org/tlog-proof@v1\nindex 39\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n{CHECKPOINT['note']}",
}

FINDING: Json = {
    "id": "F-3V9K2M7QX4T8RN5C",
    "kind": "end_overdue",
    "key": {"elevation": "E-4D8WZ1NC"},
    "sentence": "E-4D8WZ1NC should have ended, and AWS has not shown that it did",
    "severity": "critical",
    "status": "open",
    "caused_by": ["member01"],
    "first_seen_at": "2026-11-23T07:10:00Z",
    "last_seen_at": "2026-11-23T07:10:00Z",
    "opened_at": "2026-11-23T07:10:00Z",
    "times_opened": 1,
    "closed_at": None,
    "owner": "admin01",
    "due_on": "2026-11-24",
    "accepted_until": None,
    "accepted_by": "",
    "asked_by": "",
    "asked_until": None,
    "asked_because": "",
    "last_entry": 58,
}
FINDING_DETAIL: Json = {
    **FINDING,
    "advice": "The page of the access says what AWS refuses. The finding closes when AWS shows that the access is gone.",
    "evidence": [52],
    "history": [
        {
            "entry": 57,
            "at": "2026-11-23T07:10:00Z",
            "act": Act.FINDING_OPENED,
            "who": "sekisho:worker",
            "sentence": "A finding was opened: E-4D8WZ1NC should have ended, and AWS has not shown that it did",
            "comment": None,
            "evidence": [52],
            "remark": None,
        }
    ],
}
FINDING_VERBS = (
    *("comment_finding", "assign_finding", "ask_finding_acceptance", "accept_finding", "refuse_finding_acceptance"),
    *("end_finding_acceptance", "close_finding", "show_finding"),
)

STATE: Json = {
    "person": "member01",
    "at": "2026-11-23T06:00:00Z",
    "question": "was",
    "known": True,
    "disabled": False,
    "roles": {},
    "standing": [
        {
            "group": "MemberGroup",
            "roles": ["arn:aws:iam::444444444444:role/Prod_ReadOnlyRole"],
            "code": "",
            "state": "",
            "until": None,
        }
    ],
    "elevations": [
        {
            "group": "ProdMemberWorkGroup",
            "roles": ["arn:aws:iam::444444444444:role/Prod_MemberRole"],
            "code": "E-4T2W8RZ6",
            "state": "active",
            "until": "2026-11-23T07:04:10Z",
        }
    ],
    "may_ask": ["ProdMemberWorkGroup"],
    "may_decide": [],
    "programs": [
        {
            "client": "chatbot",
            "scopes": ["requests:read", "requests:write"],
            "owners": ["admin01"],
            "names_them": True,
            "is_owned": False,
        }
    ],
    "tokens": [{"code": "T-5H2K8N4Q", "client": "scripts", "scopes": ["requests:read"], "until": "2026-12-01T04:00:00Z"}],
    "drift": [],
    "through": 47,
}

LOG_IN: Json = {
    "id": "L-7Q2M9X4T8RN5",
    "kind": "used",
    "reason": "",
    "account": "444444444444",
    "role": "arn:aws:iam::444444444444:role/Prod_MemberRole",
    "session": "member01",
    "person": "member01",
    "principal": "arn:aws:iam::111111111111:user/member01",
    "way": "cli",
    "mfa": True,
    "began_at": "2026-11-23T05:10:00Z",
    "until": "2026-11-23T06:10:00Z",
    "last_call_at": "2026-11-23T05:31:00Z",
    "refused": False,
    "elevation": "E-4T2W8RZ6",
    "exemption": None,
    "address": "203.0.113.7",
    "user_agent": "aws-cli/2.31",
    "changed_at": "2026-11-23T05:15:00Z",
    "last_entry": 49,
}
CALL: Json = {
    "name": "DescribeInstances",
    "error": "",
    "count": 12,
    "first_at": "2026-11-23T05:11:00Z",
    "last_at": "2026-11-23T05:31:00Z",
}
REMAINS: Json = {"kind": "session", "name": "i-0123456789abcdef0", "call": "StartSession", "at": "2026-11-23T05:20:00Z"}
COVERAGE: Json = {
    "until": "2026-11-23T05:40:00Z",
    "missing": [{"account": "555555555555", "region": "", "until": None, "problem": "no_role"}],
    "proved": [
        {
            "account": "444444444444",
            "trail": "arn:aws:cloudtrail:ap-northeast-1:222222222222:trail/company",
            "until": "2026-11-23T05:00:00Z",
            "problem": "",
        }
    ],
}

PACK: Json = {
    "id": "P-6F2K9M4X",
    "period": "FY2026-Q3",
    "since": "2026-09-30T15:00:00Z",
    "until": "2026-12-31T15:00:00Z",
    "zone": "Asia/Tokyo",
    "state": "done",
    "size": 41,
    "root": "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    "seed": "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    "own_seed": False,
    "asked_by": "auditor01",
    "asked_at": "2026-11-23T06:00:00Z",
    "hours_not_read": 1.5,
    "deficiencies": 0,
    "counts": {"deficiencies": 0, "hours_not_covered": 1, "l": 1, "m": 1, "t": 1},
    "sample": ["E-4T2W8RZ6"],
    "bytes": 184320,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "kept_until": "2027-12-28T06:00:41Z",
}

# By the name of the operation: what it answers when all is well.
ANSWERS: dict[str, Json] = {
    "list_entries": {"items": [ENTRY], "next": None},
    "show_state": STATE,
    "list_checkpoints": {"items": [CHECKPOINT], "next": None},
    "list_findings": {"items": [FINDING], "next": None},
    **dict.fromkeys(FINDING_VERBS, FINDING_DETAIL),
    "list_log_ins": {"items": [LOG_IN], "next": None},
    "show_log_in": {**LOG_IN, "done": [CALL], "remains": [REMAINS]},
    "show_coverage": COVERAGE,
    "list_packs": {"items": [PACK], "next": None},
    "show_pack": PACK,
    "show_story": {"items": [STORY_LINE], "next": None},
}
