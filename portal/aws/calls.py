"""One call to AWS: made only while the lease holds, written down with its outcome, its errors divided by who acts next."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from django.utils import timezone

from portal.aws.causes import DENIALS, cause
from portal.aws.errors import BackendBusy, BackendError, BackendRefused

BUSY = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "ServiceUnavailable",
        "ServiceFailure",
        "InternalFailure",
        "InternalError",
        "InternalServerError",
        # Of Systems Manager: too many automations at once, too many changes of documents at once.
        "AutomationExecutionLimitExceededException",
        # What was started a moment ago may not be found yet.
        "AutomationExecutionNotFoundException",
        "TooManyUpdates",
        "ConcurrentModification",
        # Somebody else writes about the same, or it is so already: whoever asks for what may be there sorts it out.
        "ConflictException",
        "EntityTemporarilyUnmodifiable",
        "RequestTimeout",
        # Credentials that ran out in mid-task are renewed for the next attempt.
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
    }
)
# What Systems Manager says where Change Manager is closed, to new customers and to whoever had it.
CLOSED, UNAVAILABLE = "NoLongerSupportedException", "change_manager_unavailable"
# IAM's word, and the identity store's.
NOT_THERE = frozenset({"NoSuchEntity", "ResourceNotFoundException"})
SERVER_ERROR = 500


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call as it goes into the trail. `outcome` is "ok" or AWS's error code."""

    action: str
    outcome: str
    request_id: str
    at: datetime
    milliseconds: int


@dataclass(kw_only=True)
class AwsClient:
    """Makes calls with one client. `before_each` renews the lease and raises when it is lost; `clock` gives aware times."""

    client: Any
    before_each: Callable[[], None]
    clock: Callable[[], datetime]
    calls: list[Call] = field(default_factory=list)

    @classmethod
    def without_lease(cls, client: Any) -> Self:
        """Return one for what nobody has to be kept from meanwhile, such as reads."""
        return cls(client=client, before_each=lambda: None, clock=timezone.now)

    def through(self, client: Any) -> Self:
        """Return one of another service or account, for the same step: its calls are written down with these."""
        return replace(self, client=client)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Make one call by botocore's name for it, such as tag_user. Raises BackendBusy, BackendRefused."""
        self.before_each()
        at, started = self.clock(), time.monotonic()
        action = self.client.meta.method_to_api_mapping[method]
        outcome, request_id = "ok", ""
        try:
            answer: dict[str, Any] = getattr(self.client, method)(**params)
            request_id = answer.get("ResponseMetadata", {}).get("RequestId", "")
        except ClientError as error:
            outcome = error.response.get("Error", {}).get("Code", "Unknown")
            request_id = error.response.get("ResponseMetadata", {}).get("RequestId", "")
            raise _divided(error, service=self.client.meta.service_model.service_name, action=action) from error
        except BotoCoreError as error:
            outcome = type(error).__name__
            raise _divided_local(error) from error
        finally:
            spent = int((time.monotonic() - started) * 1000)
            self.calls.append(Call(action=action, outcome=outcome, request_id=request_id, at=at, milliseconds=spent))
        return answer

    def unless_missing(self, method: str, **params: Any) -> None:
        """Make a call whose work may be done already: what it is about may be gone. Raises BackendError."""
        try:
            self.call(method, **params)
        except BackendRefused as error:
            if not is_missing(error):
                raise

    def pages(self, method: str, key: str, **params: Any) -> Iterator[Any]:
        """Yield the items under `key` of every page; IAM marks its pages."""
        marker: dict[str, str] = {}
        while True:
            answer = self.call(method, **params, **marker)
            yield from answer[key]
            if not answer.get("IsTruncated"):
                return
            marker = {"Marker": answer["Marker"]}


def is_missing(error: BackendError) -> bool:
    """Whether AWS said that there is no such thing."""
    return error.problem in NOT_THERE


def is_denied(error: BackendError) -> bool:
    """Whether AWS said that the portal may not.

    Of a group or role that is gone IAM knows neither path nor boundary, so that a policy limited to either denies what
    would be NoSuchEntity; a read that is allowed on all of them tells which it is.
    """
    return error.problem in DENIALS


def _divided(error: ClientError, *, service: str, action: str) -> BackendError:
    code = str(error.response.get("Error", {}).get("Code", "Unknown"))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    message = str(error.response.get("Error", {}).get("Message", ""))
    if code in BUSY or status >= SERVER_ERROR:
        return BackendBusy(code, message)
    if code == CLOSED:
        return BackendRefused(UNAVAILABLE, message)
    return BackendRefused(code, message, cause=cause(code, service=service, action=action, message=message))


def _divided_local(error: BotoCoreError) -> BackendError:
    """Divide what went wrong before an answer came: without credentials or with unusable parameters nothing was sent."""
    name = type(error).__name__
    refused = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, ParamValidationError)
    return BackendRefused(name, str(error)) if isinstance(error, refused) else BackendBusy(name, str(error))
