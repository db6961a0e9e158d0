"""What people of the company prove with who they are: an access key and an MFA device. Importable without moto."""

from dataclasses import dataclass, field

from portal.simulated_aws.world import AccessKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An access key, and the base32 seed of a device whose serial number ends in the person's name."""

    key: AccessKey
    mfa_seed: str = field(repr=False)
