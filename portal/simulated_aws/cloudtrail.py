"""CloudTrail: LookupEvents over what the trail holds."""

import base64
import itertools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult

from portal.simulated_aws import trail
from portal.simulated_aws.errors import InvalidLookupAttributes, InvalidNextToken, InvalidTimeRange
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.trail import Event

_PAGE = 50
_ATTRIBUTES: Mapping[str, Callable[[Event], set[str]]] = {
    "EventId": lambda event: {event.id},
    "EventName": lambda event: {event.name},
    "ReadOnly": lambda event: {_text(event.is_read)},
    "Username": lambda event: {event.user_name or ""},
    "ResourceType": lambda event: {kind for kind, _ in event.resources},
    "ResourceName": lambda event: {name for _, name in event.resources},
    "EventSource": lambda event: {event.source},
    "AccessKeyId": lambda event: {event.key_id or ""},
}


class TrailResponse(Gateway):
    speaks_json = True

    def __init__(self) -> None:
        super().__init__(service_name="cloudtrail")
        self.automated_parameter_parsing = True

    def lookup_events(self) -> ActionResult:
        size = self._get_int_param("MaxResults", _PAGE)
        after = _decoded(self.params.get("NextToken"))
        matching = (event for event in self._wanted() if after is None or (event.at, event.number) < after)
        page = list(itertools.islice(matching, size + 1))
        result: dict[str, Any] = {"Events": [_shown(event) for event in page[:size]]}
        if len(page) > size:
            result["NextToken"] = _encoded(page[size - 1])
        return ActionResult(result)

    def _wanted(self) -> list[Event]:
        since, until = _moment(self.params.get("StartTime")), _moment(self.params.get("EndTime"))
        if since and until and since > until:
            raise InvalidTimeRange("The start time must be before the end time.")
        wants = self._attribute()
        return [
            event
            for event in trail.newest_first(account_id=self.caller.account_id, region=self.region)
            if (not since or event.at >= since) and (not until or event.at <= until) and wants(event)
        ]

    def _attribute(self) -> Callable[[Event], bool]:
        given = self.params.get("LookupAttributes", ())
        if len(given) > 1:
            raise InvalidLookupAttributes("You can specify only one lookup attribute.")
        if not given:
            return lambda _event: True
        key, value = given[0]["AttributeKey"], given[0]["AttributeValue"]
        return lambda event: value in _ATTRIBUTES[key](event)


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
