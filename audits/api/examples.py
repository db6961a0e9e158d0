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
}

# By the name of the operation: what it answers when all is well.
ANSWERS: dict[str, Json] = {"list_entries": {"items": [ENTRY], "next": None}}
