"""Whether Slack really sent it, just now, and for the first time."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from slack_sdk.signature import Clock, SignatureVerifier

from access_requests.services.people import replays

SIGNATURE, TIMESTAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"
# Two headers of one name arrive joined by a comma, and so fit neither. slack-sdk's verifier takes what `int` takes, and
# stumbles over letters that are not ASCII and over what is not UTF-8.
OF_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
OF_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


class Moment(Clock):
    """The verifier's clock, stopped."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> float:
        return self.at.timestamp()


def is_authentic(body: bytes, headers: Mapping[str, str], *, now: datetime) -> bool:
    """Whether the signature is Slack's over these very bytes, at most five minutes off, and was never seen before."""
    signature, stamp = headers.get(SIGNATURE, ""), headers.get(TIMESTAMP, "")
    if not OF_SIGNATURE.fullmatch(signature) or not OF_TIMESTAMP.fullmatch(stamp):
        return False
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    verifier = SignatureVerifier(settings.SLACK_SIGNING_SECRET, clock=Moment(now))
    return verifier.is_valid(body=text, timestamp=stamp, signature=signature) and replays.is_first(signature, now=now)
