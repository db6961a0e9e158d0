"""A chain of digests: an honest one holds, and what is edited, removed, inserted or signed anew is found."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audits.cloudtrail import digests
from audits.cloudtrail.digests import Digest, Fault

BUCKET, HOUR = "sekisho-logs", timedelta(hours=1)
BEGIN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FILES = {f"AWSLogs/1/CloudTrail/f{number}.json.gz": f"file {number}".encode() for number in range(4)}


def _signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


KEY, OTHER = _signing_key(), _signing_key()
KEYS = {"f1": KEY.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)}


def made(number: int, files: list[str], before: Digest | None, *, key: rsa.RSAPrivateKey = KEY) -> Digest:
    begins = BEGIN + number * HOUR
    name = f"AWSLogs/1/CloudTrail-Digest/d{number}.json.gz"
    said = {
        "digestS3Bucket": BUCKET,
        "digestS3Object": name,
        "digestStartTime": f"{begins:%Y-%m-%dT%H:%M:%SZ}",
        "digestEndTime": f"{begins + HOUR:%Y-%m-%dT%H:%M:%SZ}",
        "digestPublicKeyFingerprint": "f1",
        "previousDigestS3Bucket": BUCKET if before else None,
        "previousDigestS3Object": before.key if before else None,
        "previousDigestHashValue": before.sha256 if before else None,
        "previousDigestSignature": before.signature if before else None,
        "logFiles": [{"s3Bucket": BUCKET, "s3Object": one, "hashValue": hashlib.sha256(FILES[one]).hexdigest()} for one in files],
    }
    body = json.dumps(said).encode()
    unsigned = digests.read(body, bucket=BUCKET, key=name, signature="")
    signature = key.sign(digests.signed(unsigned), padding.PKCS1v15(), hashes.SHA256()).hex()
    return digests.read(body, bucket=BUCKET, key=name, signature=signature)


def chain() -> list[Digest]:
    names = sorted(FILES)
    first = made(0, names[:2], None)
    second = made(1, names[2:], first)
    return [first, second, made(2, [], second)]


def _of_files(there: dict[str, bytes]) -> list[tuple[Fault, str]]:
    found = digests.of_files(
        chain(), there=there, inflated_sha256=lambda one: hashlib.sha256(there[one.key]).hexdigest() if one.key in there else None
    )
    return [(one.fault, one.key) for one in found]


def test_honest_chain_holds() -> None:
    first, second, third = chain()
    assert [digests.checked(one, keys=KEYS) for one in (first, second, third)] == [[], [], []]
    assert [*digests.follows(first, None), *digests.follows(second, first.link), *digests.follows(third, second.link)] == []
    assert _of_files(FILES) == []


def test_signed_text_is_what_cloudtrail_documents() -> None:
    first, second, _third = chain()
    assert digests.signed(first).decode().split("\n") == ["2026-11-23T13:00:00Z", f"{BUCKET}/{first.key}", first.sha256, "null"]
    assert digests.signed(second).decode().split("\n")[3] == first.signature


def test_edited_removed_and_inserted_files_are_found() -> None:
    names = sorted(FILES)
    assert _of_files({**FILES, names[0]: b"another"}) == [(Fault.EDITED, names[0])]
    assert _of_files({name: FILES[name] for name in names[1:]}) == [(Fault.REMOVED, names[0])]
    assert _of_files({**FILES, "AWSLogs/1/CloudTrail/g.json.gz": b""}) == [(Fault.INSERTED, "AWSLogs/1/CloudTrail/g.json.gz")]


def test_digest_signed_anew_by_another_key_is_found() -> None:
    (found,) = digests.checked(made(0, [], None, key=OTHER), keys=KEYS)
    assert found.fault == Fault.NOT_SIGNED
    (found,) = digests.checked(chain()[0], keys={})
    assert found.fault == Fault.NO_KEY


def test_digest_that_lies_elsewhere_than_it_says_is_found() -> None:
    body = json.dumps({"digestS3Bucket": "other"})
    with pytest.raises(ValueError, match="no digest"):
        digests.read(body.encode(), bucket=BUCKET, key="d", signature="")
    first = chain()[0]
    moved = Digest(**{name: getattr(first, name) for name in Digest.__slots__} | {"key": "elsewhere"})
    assert [one.fault for one in digests.checked(moved, keys=KEYS)] == [Fault.NOT_ITS_PLACE]


def test_removed_digest_is_found_and_one_without_a_predecessor_is_a_gap() -> None:
    first, _second, third = chain()
    assert [one.fault for one in digests.follows(third, first.link)] == [Fault.REMOVED]
    again = made(5, [], None)
    assert digests.follows(again, first.link) == []
    assert digests.is_gap(again, first.link)
    assert not digests.is_gap(chain()[1], first.link)


def test_digest_made_anew_after_the_next_was_signed_is_found() -> None:
    first, second, _third = chain()
    assert [one.fault for one in digests.follows(second, made(0, [], None, key=OTHER).link)] == [Fault.NOT_NEXT]
    assert digests.follows(second, first.link) == []
