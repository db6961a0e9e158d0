"""Systems Manager: sessions on instances, which live on when the AWS session that opened them has ended."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from moto.core.responses import ActionResult

from portal.simulated_aws import paging
from portal.simulated_aws.errors import DoesNotExist, InvalidFilterKey, InvalidNextToken
from portal.simulated_aws.gateway import Gateway

_PAGE = 10
_HISTORY_MOST = 1_000
_DEFAULT_DOCUMENT = "SSM-SessionManagerRunShell"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellSession:
    id: str
    target: str
    owner: str
    started_at: datetime
    document: str
    reason: str | None
    ended_at: datetime | None = None

    @property
    def status(self) -> str:
        return "Terminated" if self.ended_at else "Connected"


# In each account and Region, by id, in the order in which they began.
_sessions: dict[tuple[str, str], dict[str, ShellSession]] = defaultdict(dict)
_FILTERS: Mapping[str, Callable[[ShellSession, str], bool]] = {
    "InvokedAfter": lambda session, value: session.started_at > datetime.fromisoformat(value),
    "InvokedBefore": lambda session, value: session.started_at < datetime.fromisoformat(value),
    "Target": lambda session, value: session.target == value,
    "Owner": lambda session, value: session.owner == value,
    "Status": lambda session, value: session.status == value,
    "SessionId": lambda session, value: session.id == value,
}


class SessionManagerResponse(Gateway):
    speaks_json = True

    def __init__(self) -> None:
        super().__init__(service_name="ssm")
        self.automated_parameter_parsing = True

    def start_session(self) -> ActionResult:
        name = self.caller.arn.rpartition("/")[2]
        session = ShellSession(
            id=f"{name}-{secrets.token_hex(9)[:17]}",
            target=self.params["Target"],
            owner=self.caller.arn,
            started_at=self.envelope.at,
            document=self.params.get("DocumentName", _DEFAULT_DOCUMENT),
            reason=self.params.get("Reason"),
        )
        self._kept[session.id] = session
        self._drop_oldest_ended()
        url = f"wss://ssmmessages.{self.region}.amazonaws.com/v1/data-channel/{session.id}?role=publish_subscribe"
        return ActionResult({"SessionId": session.id, "TokenValue": secrets.token_urlsafe(), "StreamUrl": url})

    def terminate_session(self) -> ActionResult:
        """End the session; ending one that has ended is fine, as on AWS."""
        session = self._kept.get(self.params["SessionId"])
        if session is None:
            raise DoesNotExist("Session does not exist")
        if session.ended_at is None:
            self._kept[session.id] = replace(session, ended_at=self.envelope.at)
        return ActionResult({"SessionId": session.id})

    def describe_sessions(self) -> ActionResult:
        size, refusal = self._get_int_param("MaxResults", _PAGE), InvalidNextToken("The specified token is not valid.")
        page, token = paging.cut(list(self._wanted()), marker=self.params.get("NextToken"), size=size, refusal=refusal)
        sessions = [_shown(session) for session in page]
        return ActionResult({"Sessions": sessions, **({"NextToken": token} if token else {})})

    @property
    def _kept(self) -> dict[str, ShellSession]:
        return _sessions[self.caller.account_id, self.region]

    def _wanted(self) -> Iterator[ShellSession]:
        filters = [(given["key"], given["value"]) for given in self.params.get("Filters", ())]
        for key, _ in filters:
            if key not in _FILTERS:
                raise InvalidFilterKey(f"The filter {key} is not simulated")
        wants_active = self.params["State"] == "Active"
        for session in reversed(list(self._kept.values())):
            if (session.ended_at is None) == wants_active and all(_FILTERS[key](session, value) for key, value in filters):
                yield session

    def _drop_oldest_ended(self) -> None:
        ended = [session.id for session in self._kept.values() if session.ended_at]
        for number in ended[:-_HISTORY_MOST]:
            del self._kept[number]


def forget_all() -> None:
    _sessions.clear()


def _shown(session: ShellSession) -> dict[str, Any]:
    shown = {
        "SessionId": session.id,
        "Target": session.target,
        "Status": session.status,
        "StartDate": session.started_at,
        "EndDate": session.ended_at,
        "DocumentName": session.document,
        "Owner": session.owner,
        "Reason": session.reason,
    }
    return {name: value for name, value in shown.items() if value is not None}
