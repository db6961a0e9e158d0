"""CloudTrail: LookupEvents over what the trail holds, and trails."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult

from portal.simulated_aws import lookups, trail
from portal.simulated_aws.errors import InvalidLookupAttributes, InvalidNextToken, InvalidTimeRange
from portal.simulated_aws.trail import Event, Search
from portal.simulated_aws.trails.calls import TrailCalls

_PAGE = 50


class TrailResponse(TrailCalls):
    speaks_json = True

    def __init__(self) -> None:
        super().__init__(service_name="cloudtrail")
        self.automated_parameter_parsing = True

    def lookup_events(self) -> ActionResult:
        lookups.count(self.caller.account_id, self.region)
        size = self._get_int_param("MaxResults", _PAGE)
        page = trail.search(self._wanted(), most=size + 1)
        result: dict[str, Any] = {"Events": [_shown(event) for event in page[:size]]}
        if len(page) > size:
            result["NextToken"] = _encoded(page[size - 1])
        return ActionResult(result)

    def _wanted(self) -> Search:
        since, until = _moment(self.params.get("StartTime")), _moment(self.params.get("EndTime"))
        if since and until and since > until:
            raise InvalidTimeRange("The start time must be before the end time.")
        given = self.params.get("LookupAttributes", ())
        if len(given) > 1:
            raise InvalidLookupAttributes("You can specify only one lookup attribute.")
        return Search(
            account_id=self.caller.account_id,
            region=self.region,
            now=self.envelope.at,
            since=since,
            until=until,
            attribute=(given[0]["AttributeKey"], given[0]["AttributeValue"]) if given else None,
            after=_decoded(self.params.get("NextToken")),
        )


def _shown(event: Event) -> dict[str, Any]:
    shown = {
        "EventId": event.id,
        "EventName": event.name,
        "ReadOnly": _text(event.is_read),
        "EventTime": event.at,
        "EventSource": event.source,
        "Username": event.user_name,
        "AccessKeyId": event.key_id,
        "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in event.resources],
        "CloudTrailEvent": json.dumps(event.record),
    }
    return {name: value for name, value in shown.items() if value is not None}


def _text(value: bool) -> str:  # noqa: FBT001  As AWS writes it.
    return str(value).lower()


def _moment(given: datetime | None) -> datetime | None:
    """Return the time with its zone, which moto's parser leaves out."""
    return given.replace(tzinfo=given.tzinfo or UTC) if given else None


def _encoded(event: Event) -> str:
    return base64.b64encode(json.dumps([event.at.isoformat(), event.number]).encode()).decode()


def _decoded(token: str | None) -> tuple[datetime, int] | None:
    if token is None:
        return None
    try:
        at, number = json.loads(base64.b64decode(token, validate=True))
        return datetime.fromisoformat(at), int(number)
    except (TypeError, ValueError) as error:
        raise InvalidNextToken("InvalidNextTokenException", "Invalid token or mismatched parameters.") from error
