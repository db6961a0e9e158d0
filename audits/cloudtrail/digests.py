"""The chain of digest files: each is signed by CloudTrail, names the files of its hour with their hashes, and the one before it.

What is signed is, by lines: the digest's end, its bucket and key, the SHA-256 of the digest as it inflates, and the signature of
the one before in hexadecimal, or `null`; by RSA with SHA-256 in the padding of PKCS #1, version 1.5.
Source: AWS CloudTrail, "Custom implementations of CloudTrail log file integrity validation".
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from audits.cloudtrail.files import number
from audits.cloudtrail.said import moment

ALGORITHM, HASH = "SHA256withRSA", "SHA-256"
NOTHING_BEFORE = "null"
BACKFILL = "_backfill.json.gz"


class Fault(StrEnum):
    """What is wrong; a gap is none, since a trail may have been stopped, or begun anew."""

    NOT_READABLE = "not_readable"
    NOT_ITS_PLACE = "not_its_place"
    NO_KEY = "no_key"
    NOT_SIGNED = "not_signed"
    NOT_NEXT = "not_next"
    REMOVED = "removed"
    EDITED = "edited"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A file that a digest names, with the SHA-256 of what it inflates to."""

    bucket: str
    key: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A digest as it was read from its key. `signature` is what S3 keeps beside it, in hexadecimal; `sha256` of it inflated."""

    bucket: str
    key: str
    begins: datetime
    ends: datetime
    ends_as_said: str
    fingerprint: str
    signature: str
    sha256: str
    before: Named | None
    before_signature: str
    files: tuple[Named, ...]
    claims: tuple[str, str]

    @property
    def link(self) -> "Link":
        return Link(key=self.key, sha256=self.sha256, signature=self.signature, ends=self.ends)

    @property
    def is_backfill(self) -> bool:
        """Whether it was made later, of what its hour's own had to leave out: it is in nobody's chain."""
        return self.key.endswith(BACKFILL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What is kept of a digest for the next one."""

    key: str
    sha256: str
    signature: str
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    fault: Fault
    key: str


def read(inflated: bytes, *, bucket: str, key: str, signature: str) -> Digest:
    """Return a digest by its text. Raises ValueError for one that cannot be read."""
    try:
        said = json.loads(inflated, parse_int=number)
        before = said.get("previousDigestS3Object")
        return Digest(
            bucket=bucket,
            key=key,
            begins=moment(said["digestStartTime"]),
            ends=moment(said["digestEndTime"]),
            ends_as_said=str(said["digestEndTime"]),
            fingerprint=str(said["digestPublicKeyFingerprint"]),
            signature=signature,
            sha256=hashlib.sha256(inflated).hexdigest(),
            before=_before(said) if before else None,
            before_signature=str(said.get("previousDigestSignature") or NOTHING_BEFORE),
            files=tuple(_file(one) for one in said["logFiles"]),
            claims=(str(said["digestS3Bucket"]), str(said["digestS3Object"])),
        )
    except (AttributeError, KeyError, RecursionError, TypeError) as error:
        raise ValueError(f"no digest: {error}") from error


def signed(digest: Digest) -> bytes:
    """Return what CloudTrail has signed of a digest."""
    place = f"{digest.bucket}/{digest.key}"
    return f"{digest.ends_as_said}\n{place}\n{digest.sha256}\n{digest.before_signature}".encode()


def checked(digest: Digest, *, keys: Mapping[str, bytes]) -> list[Finding]:
    """Return what is wrong with a digest by itself. `keys`: fingerprint -> public key of the Region, by ListPublicKeys."""
    if digest.claims != (digest.bucket, digest.key):
        return [Finding(fault=Fault.NOT_ITS_PLACE, key=digest.key)]
    key = keys.get(digest.fingerprint)
    if key is None:
        return [Finding(fault=Fault.NO_KEY, key=digest.key)]
    return [] if _verifies(digest, key) else [Finding(fault=Fault.NOT_SIGNED, key=digest.key)]


def follows(digest: Digest, earlier: Link | None) -> list[Finding]:
    """Return what is wrong between a digest and the one that was read before it.

    None at the beginning, and where it names none before it: whatever was there is a gap and nobody's fault.
    """
    if earlier is None or digest.before is None:
        return []
    same = digest.before.key == earlier.key and digest.before.sha256 == earlier.sha256
    if same and digest.before_signature == earlier.signature:
        return []
    fault = Fault.NOT_NEXT if digest.before.key == earlier.key else Fault.REMOVED
    return [Finding(fault=fault, key=digest.before.key)]


def of_files(digests: Iterable[Digest], *, there: Iterable[str], inflated_sha256: Callable[[Named], str | None]) -> list[Finding]:
    """Return what is wrong with the files of some digests; `there` are the keys in the bucket in the time that they are of.

    `inflated_sha256` reads a file, and returns None where there is none.
    """
    named = {one.key: one for digest in digests for one in digest.files}
    found = of_named([named[key] for key in sorted(named)], inflated_sha256=inflated_sha256)
    return [*found, *(Finding(fault=Fault.INSERTED, key=key) for key in sorted(set(there) - set(named)))]


def of_named(named: Iterable[Named], *, inflated_sha256: Callable[[Named], str | None]) -> list[Finding]:
    """Return which of these files are not there, or are others."""
    found = []
    for one in named:
        seen = inflated_sha256(one)
        if seen is None:
            found.append(Finding(fault=Fault.REMOVED, key=one.key))
        elif seen != one.sha256:
            found.append(Finding(fault=Fault.EDITED, key=one.key))
    return found


def is_gap(digest: Digest, earlier: Link | None) -> bool:
    """Whether nothing is proven between the digest before and this one."""
    return earlier is not None and (digest.before is None or digest.begins > earlier.ends)


def _verifies(digest: Digest, key: bytes) -> bool:
    try:
        public = _public(key)
        public.verify(bytes.fromhex(digest.signature), signed(digest), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _public(key: bytes) -> rsa.RSAPublicKey:
    """Return the key, which ListPublicKeys gives in PKCS #1. Raises ValueError."""
    found = load_der_public_key(key)
    if not isinstance(found, rsa.RSAPublicKey):
        raise ValueError("no key of RSA")  # noqa: TRY004  What was read is wrong, not its caller.
    return found


def _before(said: Mapping[str, Any]) -> Named:
    return Named(
        bucket=str(said["previousDigestS3Bucket"]),
        key=str(said["previousDigestS3Object"]),
        sha256=str(said.get("previousDigestHashValue") or ""),
    )


def _file(said: Mapping[str, Any]) -> Named:
    return Named(bucket=str(said["s3Bucket"]), key=str(said["s3Object"]), sha256=str(said["hashValue"]))
