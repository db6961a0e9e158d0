"""From a call to a verb: in one transaction, and with an Idempotency-Key only once."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Protocol

from django.http import HttpResponse
from django.utils import timezone
from pydantic import BaseModel

from portal.rest.caller import ApiRequest
from portal.rest.refusals import KeyUnusable
from portal.rest.replies import reply
from portal.verbs.actor import Actor
from portal.verbs.run import Answer, Claim, act_as, act_once

HEADER = "Idempotency-Key"
KEY = re.compile(r"[!-~]{1,255}")


class Keeping(Protocol):
    """How an answer's JSON is kept for a repeated call."""

    def kept(self, shown: BaseModel) -> str:
        """Return the JSON as it is to be stored."""

    def whole(self, stored: str) -> str:
        """Return the JSON as it is to be sent."""


class AsItIs:
    """Keeps an answer as it was sent."""

    def kept(self, shown: BaseModel) -> str:
        return shown.model_dump_json()

    def whole(self, stored: str) -> str:
        return stored


AS_IT_IS = AsItIs()


def carry_out(
    request: ApiRequest,
    verb: Callable[[Actor, datetime], BaseModel],
    *,
    body: BaseModel | None = None,
    status: int = 200,
    keeping: Keeping = AS_IT_IS,
) -> HttpResponse:
    """Run the verb and show what it returns; the same call again, by its key, gets the same text and status.

    The same is what means the same: another order of the fields, other white space or another time zone make no other call.
    """
    now = timezone.now()
    actor = request.auth.actor(now)

    def answered() -> Answer:
        return Answer(status=status, body=keeping.kept(verb(actor, now)))

    key = request.headers.get(HEADER)
    answer = act_as(actor, answered) if key is None else act_once(_claim(request, key, body), answered, actor=actor, now=now)
    return reply(keeping.whole(answer.body), status=answer.status)


def _claim(request: ApiRequest, key: str, body: BaseModel | None) -> Claim:
    if not KEY.fullmatch(key):
        raise KeyUnusable(field=HEADER)
    said = body.model_dump(exclude_unset=True) if body is not None else None
    called = json.dumps([request.method, request.path, said], sort_keys=True, default=_moment)
    return Claim(
        client=request.auth.key,
        person_id=request.auth.who.pk,
        key=key,
        body_digest=hashlib.sha256(called.encode()).hexdigest(),
    )


def _moment(value: date) -> str:
    """Return the moment, in whichever zone it was said; one without a zone is another. A day is as it is."""
    if not isinstance(value, datetime):
        return value.isoformat()
    return (value.astimezone(UTC) if value.tzinfo is not None else value).isoformat()
