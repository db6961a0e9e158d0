"""CloudTrail, as the portal reads it: what is in an account's own history of events, and which trails there are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.aws.calls import AwsClient
from portal.aws.errors import BackendRefused
from portal.aws.sessions import cloudtrail_in

PAGE = 50
UNREADABLE, TOKEN_GONE = "unreadable_answer", "InvalidNextTokenException"


@dataclass(frozen=True, kw_only=True)
class History:
    """What happened in one account and Region in the last 90 days. AWS answers two questions a second."""

    role_arn: str
    region: str

    def page(self, *, since: datetime, until: datetime, token: str = "") -> tuple[list[Mapping[str, Any]], str]:
        """Return events, the newest first, and what the next page is asked by; empty at the end. Raises BackendError.

        Source: CloudTrail LookupEvents, which takes whole seconds.
        """
        more = {"NextToken": token} if token else {}
        aws = AwsClient.without_lease(cloudtrail_in(self.role_arn, self.region))
        answer = aws.call("lookup_events", StartTime=since, EndTime=until + timedelta(seconds=1), MaxResults=PAGE, **more)
        try:
            return [json.loads(event["CloudTrailEvent"]) for event in answer["Events"]], str(answer.get("NextToken") or "")
        except (KeyError, TypeError, ValueError) as error:
            raise BackendRefused(UNREADABLE, f"{type(error).__name__}: {error}") from error
