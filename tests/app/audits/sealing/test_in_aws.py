"""A bucket as the guard and a key of KMS: what holds, and in which state each trouble ends. Nothing is lost, nothing forks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from audits.acts import Act
from audits.merkle.notes import Checkpoint as Note
from audits.models import SealState, TrailEntry
from audits.sealing import bucket, configured
from audits.sealing.guards import Taken
from audits.sealing.kms import KEPT_SECONDS
from audits.sealing.kms import of_arn as kms_of_arn
from audits.sealing.sealer import Sealing
from portal.aws import sessions
from tests.stand_ins.aws import REGION
from tests.worlds.sealed import ORIGIN
from tests.worlds.sealed_in_aws import BUCKET, DAYS, SealerInAws, new_kms_key

Check = Callable[[], None]
KEY = f"trail/{ORIGIN}/000000000001"


@pytest.fixture
def sealed(sealer_in_aws: SealerInAws) -> SealerInAws:
    sealer_in_aws.trail.grow(2)
    sealer_in_aws.trail.seal()
    sealer_in_aws.trail.grow(1)
    return sealer_in_aws


def test_checkpoints_lie_in_the_bucket_for_as_long_as_was_said(sealed: SealerInAws, assert_sealed: Check) -> None:
    sealed.trail.seal()
    assert sealed.trail.sizes == [2, 3]
    assert_sealed()
    kept = sealed.admin("s3").get_object(Bucket=BUCKET, Key=KEY)
    assert kept["ObjectLockMode"] == "COMPLIANCE"
    assert timedelta(days=DAYS - 1) < kept["ObjectLockRetainUntilDate"] - datetime.now(UTC) <= timedelta(days=DAYS)
    assert list(sealed.guard.origins()) == [ORIGIN]
    assert sealed.guard.remark == ""


ACTIONS = {
    "s3:GetBucketObjectLockConfiguration": SealState.GUARD_REFUSED,
    "s3:GetBucketVersioning": SealState.GUARD_REFUSED,
    "s3:ListBucket": SealState.GUARD_REFUSED,
    "s3:ListBucketVersions": SealState.GUARD_REFUSED,
    "s3:GetObjectVersion": SealState.GUARD_REFUSED,
    # AWS tells nobody else how long a version is kept.
    "s3:GetObjectRetention": SealState.GUARD_UNFIT,
    "s3:PutObject": SealState.GUARD_REFUSED,
    "s3:PutObjectRetention": SealState.GUARD_REFUSED,
    "kms:GetPublicKey": SealState.KEY_REFUSED,
    "kms:Sign": SealState.KEY_REFUSED,
}


@pytest.mark.parametrize("action", ACTIONS)
def test_sealer_needs_each_right_of_its_policy(sealed: SealerInAws, assert_sealed: Check, action: str) -> None:
    sealed.allow(without={action})
    # A sealer that was started anew: what it read before it need not read again.
    sealed.configure()
    stopped = sealed.trail.stops()
    assert (stopped.state, sealed.trail.sizes) == (ACTIONS[action], [2])
    sealed.allow()
    sealed.trail.seal()
    assert_sealed()


TROUBLES = [
    ("throttle", "ListObjectVersions", SealState.GUARD_UNREACHABLE, "SlowDown"),
    ("unavailable", "PutObject", SealState.GUARD_UNREACHABLE, "ServiceUnavailable"),
    ("denied", "PutObject", SealState.GUARD_REFUSED, "AccessDenied:s3:PutObject"),
    ("denied", "HeadBucket", SealState.GUARD_REFUSED, "403"),
    ("throttle", "Sign", SealState.KEY_REFUSED, "ThrottlingException"),
    ("error", "Sign", SealState.KEY_REFUSED, "InternalFailure"),
    ("denied", "Sign", SealState.KEY_REFUSED, "AccessDeniedException:kms:Sign"),
]


@pytest.mark.parametrize(("kind", "action", "state", "says"), TROUBLES)
def test_trouble_in_aws_is_a_state_with_a_sentence(
    sealed: SealerInAws, assert_sealed: Check, kind: str, action: str, state: SealState, says: str
) -> None:
    sealed.configure()
    sealed.fail(kind, action)
    stopped = sealed.trail.stops()
    assert (stopped.state, says in stopped.detail, sealed.trail.sizes) == (state, True, [2])
    sealed.mend()
    sealed.trail.seal()
    assert_sealed()


def test_aws_that_is_not_reached_has_nothing_signed(sealed: SealerInAws, settings: Settings, assert_sealed: Check) -> None:
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:9"
    sessions.forget()
    stopped = sealed.trail.stops()
    assert (stopped.state, "EndpointConnectionError" in stopped.detail) == (SealState.GUARD_UNREACHABLE, True)
    settings.AWS_ENDPOINT_URL = sealed.aws.endpoint_url
    sessions.forget()
    sealed.trail.seal()
    assert_sealed()


def test_write_whose_answer_is_lost_is_adopted(sealed: SealerInAws, settings: Settings, assert_sealed: Check) -> None:
    settings.AWS_READ_TIMEOUT = 0.3
    sessions.forget()
    sealed.fail("timeout", "PutObject", times=1)
    assert sealed.trail.stops().state == SealState.GUARD_UNREACHABLE
    assert sealed.trail.sizes == [2]
    sealed.mend()
    sealed.trail.grow(1)
    sealed.trail.seal()
    assert sealed.trail.sizes == [2, 3, 4]
    assert_sealed()


# What a bucket must be


def test_bucket_that_does_not_keep_is_refused(sealed: SealerInAws, settings: Settings) -> None:
    s3, place = sealed.admin("s3"), {"LocationConstraint": REGION}
    for name in ("sekisho-seal-plain", "sekisho-seal-versions"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    s3.put_bucket_versioning(Bucket="sekisho-seal-versions", VersioningConfiguration={"Status": "Enabled"})
    for name, says in (
        ("plain", "has no versioning"),
        ("versions", "has no Object Lock"),
        ("nowhere", "there is no such bucket"),
    ):
        settings.SEAL_GUARD = f"s3://sekisho-seal-{name}"
        stopped = sealed.trail.stops(guard=configured.guard())
        assert (stopped.state, says in stopped.detail) == (SealState.GUARD_UNFIT, True)


def test_bucket_of_another_region_is_refused_and_named(sealed: SealerInAws, settings: Settings) -> None:
    settings.SEAL_GUARD_REGION = "eu-west-1"
    stopped = sealed.trail.stops(guard=configured.guard())
    assert (stopped.state, "Set SEAL_GUARD_REGION to ap-northeast-1." in stopped.detail) == (SealState.GUARD_UNFIT, True)


@pytest.mark.parametrize("mode", ["", "GOVERNANCE"])
def test_checkpoint_that_is_not_kept_as_was_said_stops_sealing(sealed: SealerInAws, mode: str) -> None:
    note = Note(origin=ORIGIN, size=3, root=bytes(32))
    kept = {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": datetime.now(UTC) + timedelta(days=1)} if mode else {}
    sealed.admin("s3").put_object(Bucket=BUCKET, Key=f"trail/{ORIGIN}/000000000002", Body=note.body.encode(), **kept)
    stopped = sealed.trail.stops()
    assert (stopped.state, f"is kept by {mode or 'no retention'}" in stopped.detail) == (SealState.GUARD_UNFIT, True)


# Somebody in the bucket


def test_deleted_or_overwritten_newest_is_seen_and_its_first_version_stands(sealed: SealerInAws, assert_sealed: Check) -> None:
    s3 = sealed.admin("s3")
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"forged")
    sealing = Sealing(means=sealed.trail.means)
    sealed.trail.seal()
    assert_sealed()
    s3.delete_object(Bucket=BUCKET, Key=f"trail/{ORIGIN}/000000000002")
    assert sealing.step() == SealState.SEALED
    assert "deleted or overwrote checkpoint 2. Its first version stands." in sealed.guard.remark


def test_marker_lets_nobody_write_a_number_twice(sealed: SealerInAws, assert_sealed: Check) -> None:
    """The number is written, hidden by a marker, and then S3 creates it once more for whoever asks."""
    sealed.trail.seal()
    sealed.admin("s3").delete_object(Bucket=BUCKET, Key=f"trail/{ORIGIN}/000000000002")
    with pytest.raises(Taken):
        sealed.guard.write(ORIGIN, 2, "another")
    with pytest.raises(Taken):
        sealed.guard.write(ORIGIN, 1, "another")
    sealed.trail.grow(1)
    sealed.trail.seal()
    assert_sealed()


def test_many_checkpoints_are_read_one_at_a_time(sealed: SealerInAws) -> None:
    for _ in range(3):
        sealed.trail.seal()
        sealed.trail.grow(1)
    found = sealed.guard.since(ORIGIN, 2)
    assert (list(found), Note.read(found[3]).size) == ([2, 3, 4], 4)
    assert list(sealed.guard.since(ORIGIN, 4)) == [4]


# The key


def test_key_that_is_disabled_signs_nothing(sealed: SealerInAws, assert_sealed: Check) -> None:
    kms = sealed.admin("kms")
    kms.disable_key(KeyId=sealed.key_arn)
    stopped = sealed.trail.stops()
    assert (stopped.state, "DisabledException" in stopped.detail) == (SealState.KEY_REFUSED, True)
    kms.enable_key(KeyId=sealed.key_arn)
    sealed.trail.seal()
    assert_sealed()


def test_alias_that_leads_to_another_key_signs_nothing(sealed: SealerInAws, settings: Settings, assert_sealed: Check) -> None:
    kms = sealed.admin("kms")
    settings.SEAL_KMS_KEY = f"arn:aws:kms:{REGION}:111111111111:alias/sekisho-seal"
    sealed.configure()
    other = new_kms_key(kms)
    kms.create_alias(AliasName="alias/sekisho-seal-other", TargetKeyId=other)
    kms.update_alias(AliasName="alias/sekisho-seal", TargetKeyId=other)
    assert sealed.trail.stops().state == SealState.KEY_UNKNOWN
    kms.update_alias(AliasName="alias/sekisho-seal", TargetKeyId=sealed.key_arn)
    sealed.configure()
    sealed.trail.seal()
    assert_sealed()


def test_alias_that_moves_between_two_looks_gives_a_signature_that_is_not_taken(sealed: SealerInAws) -> None:
    kms = sealed.admin("kms")
    signer, watch = kms_of_arn(f"arn:aws:kms:{REGION}:111111111111:alias/sekisho-seal", role_arn=""), [0.0]
    signer.clock = lambda: watch[0]
    assert signer.public
    other = new_kms_key(kms)
    kms.create_alias(AliasName="alias/sekisho-seal-other", TargetKeyId=other)
    kms.update_alias(AliasName="alias/sekisho-seal", TargetKeyId=other)
    stopped = sealed.trail.stops(signer=signer)
    assert (stopped.state, list(sealed.guard.since(ORIGIN, 1))) == (SealState.KEY_WRONG, [1])
    watch[0] += KEPT_SECONDS
    assert sealed.trail.stops(signer=signer).state == SealState.KEY_UNKNOWN


def test_key_that_signs_by_another_curve_is_refused(sealed: SealerInAws, settings: Settings) -> None:
    kms = sealed.admin("kms")
    settings.SEAL_KMS_KEY = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/sekisho-seal-p256", TargetKeyId=settings.SEAL_KMS_KEY)
    stopped = sealed.trail.stops(signer=configured.signer())
    assert (stopped.state, "is ECC_NIST_P256" in stopped.detail) == (SealState.KEY_REFUSED, True)


def test_key_is_changed_from_one_in_kms_to_another(sealed: SealerInAws, settings: Settings, assert_sealed: Check) -> None:
    kms = sealed.admin("kms")
    settings.SEAL_KMS_KEY, settings.SEAL_KMS_KEY_BEFORE = new_kms_key(kms), sealed.key_arn
    kms.create_alias(AliasName="alias/sekisho-seal-next", TargetKeyId=settings.SEAL_KMS_KEY)
    sealed.configure()
    sealed.trail.seal()
    assert TrailEntry.objects.get(act=Act.SEAL_KEY_CHANGED).data["signed_by_both"] is True
    sealed.trail.grow(1)
    sealed.trail.seal()
    assert sealed.trail.sizes == [2, 4, 5]
    assert_sealed()


# Settings


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("s3://sealed-heads", ("sealed-heads", "")),
        ("s3://sealed-heads/", ("sealed-heads", "")),
        ("s3://sealed-heads/a/b/", ("sealed-heads", "a/b/")),
    ],
)
def test_address_of_a_bucket_is_read(address: str, found: tuple[str, str]) -> None:
    assert bucket.parts(address) == found


@pytest.mark.parametrize("address", ["s3://", "s3://A", "s3:///x", "s3://-bucket"])
def test_address_of_no_bucket_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="SEAL_GUARD names no bucket"):
        bucket.parts(address)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SEAL_GUARD_RETENTION_DAYS", 0, "SEAL_GUARD_RETENTION_DAYS is missing"),
        ("SEAL_KEY", "pem", "SEAL_KEY and SEAL_KMS_KEY are both set"),
        ("SEAL_KMS_KEY", "alias/seal", "SEAL_KMS_KEY cannot be used: It is no ARN"),
        ("SEAL_KMS_KEY", "arn:aws:s3:::key/a", "SEAL_KMS_KEY cannot be used: It is no ARN"),
    ],
)
def test_half_a_configuration_names_its_variable(settings: Settings, name: str, value: object, says: str) -> None:
    settings.SEAL_GUARD, settings.SEAL_GUARD_RETENTION_DAYS = "s3://sealed-heads", 1
    settings.SEAL_KMS_KEY = "arn:aws:kms:eu-west-1:111111111111:key/a"
    setattr(settings, name, value)
    with pytest.raises(ValueError, match=says):
        _ = (configured.guard(), configured.signer())
