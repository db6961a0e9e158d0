"""An entry of the trail, for tests to which it matters that there is one and not what it says."""

from typing import Any

from audits.acts import Act

SUBJECT = "person:somebody"
DATA: dict[str, Any] = {"door": "command", "proof": {}, "before": None, "after": None}
ENTRY: dict[str, Any] = {"act": Act.PERSON_PASSWORD_SET, "actor": "somebody", "subject": SUBJECT, "data": DATA}
