"""Time stamps of checkpoints by RFC 3161: somebody outside signs that a checkpoint was there at a time.

A stamp says when, and forbids no second head of the same size: it is never the guard, and nothing waits for it. What a service
answers is believed when it repeats our number and our checkpoint, is signed under a root that we trust, and is of now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request

from cryptography.x509 import Certificate
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from audits.models import APART, StampState
from portal import time_limit

# Of a call as a whole, from the name to the end of the answer.
SECONDS = 10.0
# A stamp with its certificates has some 6 KB.
LONGEST = 65_536
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
GRANTED = 0


class StampTrouble(Exception):
    """There is no stamp; `detail` is for administrators."""

    def __init__(self, state: StampState, detail: str) -> None:
        self.state, self.detail = state, detail
        super().__init__(f"{state.value}: {detail}")


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """`receipt` is the service's answer as it came: a TimeStampResp in DER."""

    receipt: bytes
    at: datetime


@dataclass(frozen=True, kw_only=True)
class StampService:
    url: str
    roots: Sequence[Certificate]

    def stamp(self, note: str, *, now: datetime) -> Stamp:
        """Have the note stamped. One call, of ten seconds at most. Raises StampTrouble."""
        query = TimestampRequestBuilder().data(note.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
        receipt = self._answered(query.as_bytes())
        at = _verified(receipt, note, VerifierBuilder(roots=list(self.roots), nonce=query.nonce))
        if abs(at - now) > APART:
            raise StampTrouble(StampState.WRONG, f"{self.url} stamped {at:%Y-%m-%d %H:%M:%S %Z}, which is not now.")
        return Stamp(receipt=receipt, at=at)

    def _answered(self, query: bytes) -> bytes:
        request = Request(self.url, data=query, headers={"Content-Type": QUERY, "Accept": REPLY})  # noqa: S310  http and https only.
        opener = time_limit.opener(_NoRedirect)
        try:
            with time_limit.at_most(SECONDS) as limit, opener.open(request, timeout=SECONDS) as answer:
                body: bytes = answer.read(LONGEST + 1)
                limit.check()
        except HTTPError as error:
            with error:
                raise StampTrouble(StampState.REFUSED, f"{self.url} answered {error.code} {error.reason}.") from error
        except (OSError, HTTPException) as error:
            # TimeoutError is an OSError too, and what was cut looks like many things.
            raise StampTrouble(StampState.UNREACHABLE, f"{self.url}: {type(error).__name__}: {error}") from error
        if len(body) > LONGEST:
            raise StampTrouble(StampState.WRONG, f"{self.url} answered more than {LONGEST} bytes.")
        return body


class _NoRedirect(HTTPRedirectHandler):
    """Where a service is, the settings say; a redirect is an HTTPError."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        return None


def verify(receipt: bytes, note: str, roots: Sequence[Certificate]) -> datetime:
    """Return when a stamp that was kept says that the note was there. Raises StampTrouble."""
    return _verified(receipt, note, VerifierBuilder(roots=list(roots)))


def _verified(receipt: bytes, note: str, builder: VerifierBuilder) -> datetime:
    try:
        answer = decode_timestamp_response(receipt)
        if answer.status != GRANTED:
            said = "; ".join(answer.status_string)
            raise StampTrouble(StampState.REFUSED, f"The service refused, by status {answer.status}: {said}")
        builder.build().verify_message(answer, note.encode())
        at = answer.tst_info.gen_time
    except VerificationError as error:
        raise StampTrouble(StampState.WRONG, f"The stamp does not hold: {error}") from error
    except ValueError as error:
        raise StampTrouble(StampState.WRONG, f"The answer is no time stamp: {error}") from error
    return at
