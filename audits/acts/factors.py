"""Data of second factors: one-time codes, passkeys and recovery codes of people. No secret is in any of it."""

from typing import ClassVar

from audits.acts.people import OfPerson
from audits.acts.shape import Moment, PersonalText, Shape


class NamedFactor(Shape):
    """`kind`: `totp`, `passkey` or `recovery`. `name`: as the person calls it."""

    id: str
    kind: str
    name: PersonalText


class EnrolledFactor(NamedFactor):
    """What a passkey's signatures are verified by, from now on: `credential_id` and `public_key` (COSE) in base64url.

    All four are null of other kinds. `aaguid` is the model that the passkey says it is, `user_verified` whether it asked its
    holder for a fingerprint, a face or a PIN.
    """

    credential_id: str | None
    public_key: str | None
    sign_count: int | None
    user_verified: bool | None
    aaguid: str | None


class FactorAdded(OfPerson):
    since: ClassVar = 5

    factor: EnrolledFactor


class FactorRemoved(OfPerson):
    since: ClassVar = 5

    factor: NamedFactor


class RecoveryUsed(OfPerson):
    """A recovery code was taken, in the place of another factor; `left` are unused."""

    since: ClassVar = 5

    factor: NamedFactor
    left: int
    address: PersonalText
    user_agent: PersonalText


class FactorCloned(OfPerson):
    """A passkey was refused because its count `said` is not above the last that was `known`: there may be two of it."""

    since: ClassVar = 5

    factor: NamedFactor
    known: int
    said: int
    address: PersonalText
    user_agent: PersonalText


class ResetProposed(OfPerson):
    since: ClassVar = 5

    reason: str
    good_until: Moment


class ResetDropped(OfPerson):
    since: ClassVar = 5

    proposed_by: str


class FactorsReset(OfPerson):
    """All factors were taken from the person by a second administrator; `proposed_by` the first."""

    since: ClassVar = 5

    proposed_by: str
    reason: str
    factors: list[NamedFactor]
