"""The guard, the key and the time-stamp services that the settings name.

Each raises ValueError for what is missing or cannot be read, by its variable.
"""

from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from django.conf import settings

from audits.sealing import bucket, kms
from audits.sealing.bucket import BucketGuard
from audits.sealing.guards import DirectoryGuard, Guard
from audits.sealing.keys import PrivateKey, Signer
from audits.sealing.stamps import StampService
from portal.aws.objects import Bucket


def guard() -> Guard:
    if not settings.SEAL_GUARD:
        raise ValueError("SEAL_GUARD is missing: name a bucket (s3://…), or a folder, best on another machine's disk.")
    if not settings.SEAL_GUARD.startswith(bucket.SCHEME):
        return DirectoryGuard(Path(settings.SEAL_GUARD))
    name, prefix = bucket.parts(settings.SEAL_GUARD)
    if settings.SEAL_GUARD_RETENTION_DAYS < 1:
        raise ValueError("SEAL_GUARD_RETENTION_DAYS is missing: say for how many days the bucket keeps each checkpoint.")
    place = Bucket(name=name, region=settings.SEAL_GUARD_REGION, role_arn=settings.SEAL_ROLE_ARN)
    return BucketGuard(
        bucket=place, prefix=prefix, mode=settings.SEAL_GUARD_RETENTION_MODE, days=settings.SEAL_GUARD_RETENTION_DAYS
    )


def signer() -> Signer:
    found = _signer("SEAL_KEY", "SEAL_KMS_KEY")
    if found is None:
        raise ValueError(
            "SEAL_KEY is missing: set it, or SEAL_KEY_FILE, to an Ed25519 key in PEM; or SEAL_KMS_KEY to a key's ARN."
        )
    return found


def before() -> Signer | None:
    """Return the key that the other follows while it is being changed."""
    return _signer("SEAL_KEY_BEFORE", "SEAL_KMS_KEY_BEFORE")


def stamp_services() -> list[StampService]:
    roots = stamp_roots()
    for url in settings.SEAL_STAMP_URLS:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"SEAL_STAMP_URLS names no address of a time-stamp service: {url}.")
    if settings.SEAL_STAMP_URLS and not roots:
        raise ValueError(
            "SEAL_STAMP_ROOTS_FILE is missing: name a file with the root certificates of the time-stamp services, PEM."
        )
    return [StampService(url=url, roots=roots) for url in settings.SEAL_STAMP_URLS]


def stamp_roots() -> list[Certificate]:
    """Return the roots under which time stamps count; none where no file is named."""
    if not settings.SEAL_STAMP_ROOTS_FILE:
        return []
    try:
        return load_pem_x509_certificates(Path(settings.SEAL_STAMP_ROOTS_FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise ValueError(f"SEAL_STAMP_ROOTS_FILE cannot be read: {error}") from error


def _signer(in_memory: str, in_kms: str) -> Signer | None:
    pem, arn = getattr(settings, in_memory), getattr(settings, in_kms)
    if pem and arn:
        raise ValueError(f"{in_memory} and {in_kms} are both set; set one.")
    try:
        if arn:
            return kms.of_arn(arn, role_arn=settings.SEAL_ROLE_ARN)
        return PrivateKey.read(pem) if pem else None
    except ValueError as error:
        raise ValueError(f"{in_kms if arn else in_memory} cannot be used: {error}") from error
