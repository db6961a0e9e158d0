"""Digest files: which files were delivered in an hour, and the hour before, signed."""

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.simulated_aws.trails.log_files import Chain, LogFile
from portal.simulated_aws.trails.signing import ALGORITHM, DigestKey

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_HASH = "SHA-256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    key: str
    body: bytes
    sha256: str
    signature: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What a digest is about. One that lists what the hour's own had to leave out is made later: at `backfilled_at`."""

    begins: datetime
    ends: datetime
    files: Sequence[LogFile]
    backfilled_at: datetime | None = None


def of(chain: Chain, *, trail_name: str, home_region: str, hour: Hour, previous: Digest | None, signer: DigestKey) -> Digest:
    """Return the digest of an hour, which names the one before; None is before the first, and before one made later."""
    late = "_backfill" if hour.backfilled_at else ""
    name = f"{chain.account_id}_CloudTrail-Digest_{chain.region}_{trail_name}_{home_region}_{hour.ends:%Y%m%dT%H%M%SZ}{late}"
    key, bucket = f"{chain.folder('CloudTrail-Digest')}{hour.ends:%Y/%m/%d}/{name}.json.gz", chain.settings.bucket
    said = {
        "awsAccountId": chain.account_id,
        "digestStartTime": f"{hour.begins:{_TIME}}",
        "digestEndTime": f"{hour.ends:{_TIME}}",
        "digestS3Bucket": bucket,
        "digestS3Object": key,
        "digestPublicKeyFingerprint": signer.fingerprint,
        "digestSignatureAlgorithm": ALGORITHM,
        "newestEventTime": f"{max(file.newest for file in hour.files):{_TIME}}" if hour.files else None,
        "oldestEventTime": f"{min(file.oldest for file in hour.files):{_TIME}}" if hour.files else None,
        "previousDigestS3Bucket": bucket if previous else None,
        "previousDigestS3Object": previous.key if previous else None,
        "previousDigestHashValue": previous.sha256 if previous else None,
        "previousDigestHashAlgorithm": _HASH if previous else None,
        "previousDigestSignature": previous.signature if previous else None,
        "logFiles": [_listed(bucket, file) for file in hour.files],
    }
    text = json.dumps(said, separators=(",", ":")).encode()
    sha256 = hashlib.sha256(text).hexdigest()
    before = previous.signature if previous else "null"
    signature = signer.sign(f"{said['digestEndTime']}\n{bucket}/{key}\n{sha256}\n{before}")
    metadata = {"signature": signature, "signature-algorithm": ALGORITHM}
    if hour.backfilled_at:
        metadata["backfill-generation-timestamp"] = f"{hour.backfilled_at:{_TIME}}"
    body = gzip.compress(text, compresslevel=1, mtime=0)
    return Digest(key=key, body=body, sha256=sha256, signature=signature, metadata=metadata)


def _listed(bucket: str, file: LogFile) -> dict[str, Any]:
    return {
        "s3Bucket": bucket,
        "s3Object": file.key,
        "hashValue": file.sha256,
        "hashAlgorithm": _HASH,
        "newestEventTime": f"{file.newest:{_TIME}}",
        "oldestEventTime": f"{file.oldest:{_TIME}}",
    }
