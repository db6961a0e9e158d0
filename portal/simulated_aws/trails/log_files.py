"""Files of events, as CloudTrail lays them out and calls them."""

import base64
import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.simulated_aws import organization
from portal.simulated_aws.trail import Event
from portal.simulated_aws.trails.configured import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Where an account's events of one Region go."""

    settings: Settings
    account_id: str
    region: str

    def folder(self, kind: str) -> str:
        """Return the beginning of all keys of a kind, `CloudTrail` or `CloudTrail-Digest`."""
        found = organization.current()
        ours = f"{found.id}/" if found and self.settings.is_organization else ""
        prefix = f"{self.settings.prefix}/" if self.settings.prefix else ""
        return f"{prefix}AWSLogs/{ours}{self.account_id}/{kind}/{self.region}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    key: str
    body: bytes
    delivered_at: datetime
    fate: str
    sha256: str
    oldest: datetime
    newest: datetime


def of(chain: Chain, events: Sequence[Event], *, delivered_at: datetime, fate: str) -> LogFile:
    """Return the file of what is delivered at one moment."""
    text = json.dumps({"Records": [event.record for event in events]}, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(text)
    times = [event.at for event in events]
    return LogFile(
        key=_key(chain, delivered_at, _unique(digest.digest())),
        body=gzip.compress(text, compresslevel=1, mtime=0),
        delivered_at=delivered_at,
        fate=fate,
        sha256=digest.hexdigest(),
        oldest=min(times),
        newest=max(times),
    )


def _key(chain: Chain, at: datetime, unique: str) -> str:
    name = f"{chain.account_id}_CloudTrail_{chain.region}_{at:%Y%m%dT%H%MZ}_{unique}.json.gz"
    return f"{chain.folder('CloudTrail')}{at:%Y/%m/%d}/{name}"


def _unique(digest: bytes) -> str:
    """Return sixteen letters and digits, which are random on AWS."""
    return base64.b64encode(digest, altchars=b"xy").decode()[:16]
