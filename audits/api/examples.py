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

# By the name of the operation: what it answers when all is well.
ANSWERS: dict[str, Json] = {
    "list_entries": {"items": [ENTRY], "next": None},
    "list_checkpoints": {"items": [CHECKPOINT], "next": None},
    "show_story": {"items": [STORY_LINE], "next": None},
}
