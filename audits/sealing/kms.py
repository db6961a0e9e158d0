"""A signing key that KMS holds and nobody sees: Ed25519, over the text as it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from audits.sealing.keys import KeyRefused
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendError
from portal.aws.sessions import kms_of

ARN_PARTS = 6
# An alias may lead to another key by then. A signature that does not fit the public key is found before anybody sees it.
KEPT_SECONDS = 30.0
# KMS takes this algorithm for messages as they are, not for their digests: the signature is that of RFC 8032.
BY = {"SigningAlgorithm": "ED25519_SHA_512", "MessageType": "RAW"}


@dataclass(kw_only=True)
class KmsKey:
    """A key by its ARN, or an alias's. Costs a call for each signature, and one for the public key now and then."""

    arn: str
    role_arn: str = ""
    clock: Callable[[], float] = time.monotonic
    _public: bytes = b""
    _read_at: float = 0.0

    @property
    def public(self) -> bytes:
        if not self._public or self.clock() - self._read_at >= KEPT_SECONDS:
            self._public, self._read_at = self._public_in_kms(), self.clock()
        return self._public

    def sign(self, text: bytes) -> bytes:
        return bytes(self._call("sign", Message=text, **BY)["Signature"])

    def _public_in_kms(self) -> bytes:
        found = self._call("get_public_key")
        key = load_der_public_key(found["PublicKey"])
        if not isinstance(key, Ed25519PublicKey):
            raise KeyRefused(f"{self.arn} is {found.get('KeySpec')}. The log is signed by ECC_NIST_EDWARDS25519.")
        return key.public_bytes_raw()

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        region = self.arn.split(":")[3]
        try:
            return AwsClient.without_lease(kms_of(self.role_arn, region)).call(method, KeyId=self.arn, **params)
        except BackendError as error:
            raise KeyRefused(f"{self.arn}: {error.cause}: {error.detail}") from error


def of_arn(arn: str, *, role_arn: str) -> KmsKey:
    """Raises ValueError for what is no ARN of a key or an alias."""
    parts = arn.split(":")
    if len(parts) != ARN_PARTS or parts[2] != "kms" or not parts[3] or not parts[5].startswith(("key/", "alias/")):
        raise ValueError(f"It is no ARN of a key or an alias of KMS: {arn}.")
    return KmsKey(arn=arn, role_arn=role_arn)
