"""KMS's keys for signatures."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import ADMIN_KEY, Aws

ALGORITHM = {"SigningAlgorithm": "ED25519_SHA_512"}


@pytest.fixture
def kms(aws: Aws) -> Any:
    return aws.client("kms", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)


@pytest.fixture
def key(kms: Any) -> str:
    arn: str = kms.create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    return arn


def test_key_signs_as_rfc_8032_says_under_each_of_its_names(kms: Any, key: str) -> None:
    kms.create_alias(AliasName="alias/seal", TargetKeyId=key)
    shown = kms.get_public_key(KeyId=key)
    assert (shown["KeySpec"], shown["SigningAlgorithms"]) == ("ECC_NIST_EDWARDS25519", ["ED25519_SHA_512", "ED25519_PH_SHA_512"])
    public = load_der_public_key(shown["PublicKey"])
    assert isinstance(public, Ed25519PublicKey)
    for name in (key, key.rpartition("/")[2], "alias/seal", key.rpartition(":")[0] + ":alias/seal"):
        signature = kms.sign(KeyId=name, Message=b"text", MessageType="RAW", **ALGORITHM)["Signature"]
        public.verify(signature, b"text")
    assert kms.verify(KeyId=key, Message=b"text", Signature=signature, **ALGORITHM)["SignatureValid"]
    with refused("KMSInvalidSignatureException", status=400):
        kms.verify(KeyId=key, Message=b"other", Signature=signature, **ALGORITHM)


def test_key_refuses_what_does_not_fit(kms: Any, key: str) -> None:
    with refused("ValidationException", status=400, match="requires MessageType RAW"):
        kms.sign(KeyId=key, Message=b"text", MessageType="DIGEST", **ALGORITHM)
    with refused("ValidationException", status=400):
        kms.sign(KeyId=key, Message=b"x" * 4097, **ALGORITHM)
    with refused("InvalidKeyUsageException", status=400, match="incompatible with key spec"):
        kms.sign(KeyId=key, Message=b"text", SigningAlgorithm="ECDSA_SHA_256")
    with refused("NotFoundException", status=400):
        kms.sign(KeyId="alias/nobody", Message=b"text", **ALGORITHM)


def test_key_that_is_disabled_or_to_be_deleted_signs_nothing(kms: Any, key: str) -> None:
    kms.disable_key(KeyId=key)
    with refused("DisabledException", status=409, match="is disabled"):
        kms.sign(KeyId=key, Message=b"text", **ALGORITHM)
    with refused("DisabledException", status=409, match="is disabled"):
        kms.get_public_key(KeyId=key)
    kms.enable_key(KeyId=key)
    kms.sign(KeyId=key, Message=b"text", **ALGORITHM)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    kms.schedule_key_deletion(KeyId=key)
    with refused("KMSInvalidStateException", status=409, match="pending deletion"):
        kms.sign(KeyId=key, Message=b"text", **ALGORITHM)


def test_key_of_another_region_is_not_there(kms: Any, key: str, aws: Aws) -> None:
    abroad = aws.client("kms", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret, region="eu-west-1")
    with refused("NotFoundException", status=400):
        abroad.get_public_key(KeyId=key)


def test_iam_decides_who_signs(key: str, aws: Aws) -> None:
    with refused("AccessDeniedException", status=400, match=f"not authorized to perform: kms:Sign on resource: {key}"):
        aws.person("member01").client("kms").sign(KeyId=key, Message=b"text", **ALGORITHM)
