"""KMS, as far as keys for signatures go; of Ed25519 moto knows nothing. Key policies are the default one: IAM decides."""

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from moto.core.responses import ActionResult, EmptyResult

from portal.simulated_aws import clock, signing_keys
from portal.simulated_aws.errors import NotSimulated, Refusal, ValidationError
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.signing_keys import ALGORITHMS, DISABLED, ENABLED, PENDING_DELETION, Place, SigningKey

_LONGEST_MESSAGE = 4096
_USAGE = "SIGN_VERIFY"


class NotFound(Refusal):
    code = "NotFoundException"


class Disabled(Refusal):
    code = "DisabledException"
    status = 409


class InvalidState(Refusal):
    code = "KMSInvalidStateException"
    status = 409


class InvalidKeyUsage(Refusal):
    code = "InvalidKeyUsageException"


class AlreadyExists(Refusal):
    code = "AlreadyExistsException"


class WrongSignature(Refusal):
    code = "KMSInvalidSignatureException"


class KeyManagementResponse(Gateway):
    speaks_json = True

    def __init__(self) -> None:
        super().__init__(service_name="kms")
        self.automated_parameter_parsing = True

    def create_key(self) -> ActionResult:
        spec, usage = self.params.get("KeySpec", "SYMMETRIC_DEFAULT"), self.params.get("KeyUsage")
        if spec not in ALGORITHMS or usage != _USAGE or "Policy" in self.params:
            raise NotSimulated(f"{spec} for {usage} with a policy of its own is not simulated")
        key = signing_keys.add(self._place, spec=spec, description=self.params.get("Description", ""), at=clock.now())
        return ActionResult({"KeyMetadata": self._shown(key)})

    def create_alias(self) -> ActionResult:
        if signing_keys.has_alias(self._place, self.params["AliasName"]):
            raise AlreadyExists(f"An alias with the name {self.params['AliasName']} already exists")
        return self.update_alias()

    def update_alias(self) -> ActionResult:
        signing_keys.name(self._place, self.params["AliasName"], self._key(self.params["TargetKeyId"]))
        return EmptyResult()

    def describe_key(self) -> ActionResult:
        return ActionResult({"KeyMetadata": self._shown(self._key())})

    def put_key_policy(self) -> ActionResult:
        """Write it down, and change nothing: IAM alone decides here."""
        return EmptyResult()

    def create_grant(self) -> ActionResult:
        return EmptyResult()

    def enable_key(self) -> ActionResult:
        self._key().state = ENABLED
        return EmptyResult()

    def disable_key(self) -> ActionResult:
        self._key().state = DISABLED
        return EmptyResult()

    def schedule_key_deletion(self) -> ActionResult:
        key = self._key()
        key.state = PENDING_DELETION
        return ActionResult({"KeyId": key.arn, "KeyState": key.state, "PendingWindowInDays": 30})

    def get_public_key(self) -> ActionResult:
        key = self._usable()
        kind = {"KeySpec": key.spec, "CustomerMasterKeySpec": key.spec, "KeyUsage": _USAGE}
        return ActionResult(
            {"KeyId": key.arn, "PublicKey": key.public_der, **kind, "SigningAlgorithms": list(ALGORITHMS[key.spec])}
        )

    def sign(self) -> ActionResult:
        key, algorithm, message = self._asked_of_key()
        if isinstance(key.private, EllipticCurvePrivateKey):
            signature = key.private.sign(message, ECDSA(SHA256()))
        else:
            signature = key.private.sign(message)
        return ActionResult({"KeyId": key.arn, "Signature": signature, "SigningAlgorithm": algorithm})

    def verify(self) -> ActionResult:
        key, algorithm, message = self._asked_of_key()
        try:
            if isinstance(key.private, EllipticCurvePrivateKey):
                key.private.public_key().verify(self.params["Signature"], message, ECDSA(SHA256()))
            else:
                key.private.public_key().verify(self.params["Signature"], message)
        except InvalidSignature as error:
            raise WrongSignature from error
        return ActionResult({"KeyId": key.arn, "SignatureValid": True, "SigningAlgorithm": algorithm})

    @property
    def _place(self) -> Place:
        return self.caller.account_id, self.region

    def _key(self, given: str = "") -> SigningKey:
        given = given or self.params["KeyId"]
        key = signing_keys.find(self._place, given)
        if key is None:
            raise NotFound(f"{'Alias' if signing_keys.ALIAS in given else 'Key'} '{given}' does not exist")
        return key

    def _usable(self) -> SigningKey:
        key = self._key()
        if key.state == DISABLED:
            raise Disabled(f"{key.arn} is disabled.")
        if key.state == PENDING_DELETION:
            raise InvalidState(f"{key.arn} is pending deletion.")
        return key

    def _asked_of_key(self) -> tuple[SigningKey, str, bytes]:
        """Return the key, the algorithm and the message, which fit together."""
        key, algorithm, message = self._usable(), str(self.params["SigningAlgorithm"]), bytes(self.params["Message"])
        if algorithm not in ALGORITHMS[key.spec]:
            raise InvalidKeyUsage(f"Algorithm {algorithm} is incompatible with key spec {key.spec}.")
        if not 0 < len(message) <= _LONGEST_MESSAGE:
            raise ValidationError("1 validation error detected: Value at 'message' failed to satisfy constraint")
        if algorithm.endswith("_PH_SHA_512"):
            raise NotSimulated("ED25519_PH_SHA_512 is not simulated")
        if self.params.get("MessageType", "RAW") != "RAW":
            raise ValidationError(f"{algorithm} requires MessageType RAW")
        return key, algorithm, message

    def _shown(self, key: SigningKey) -> dict[str, Any]:
        return {
            "AWSAccountId": self.caller.account_id,
            "KeyId": key.id,
            "Arn": key.arn,
            "CreationDate": key.created_at,
            "Enabled": key.state == ENABLED,
            "Description": key.description,
            "KeyUsage": _USAGE,
            "KeyState": key.state,
            "Origin": "AWS_KMS",
            "KeyManager": "CUSTOMER",
            "KeySpec": key.spec,
            "CustomerMasterKeySpec": key.spec,
            "SigningAlgorithms": list(ALGORITHMS[key.spec]),
            "MultiRegion": False,
        }
