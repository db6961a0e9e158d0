"""What somebody has proven of themselves, by what and when; and how much that is worth. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

# Between two clocks, that of a provider of log-in and the portal's.
LEEWAY = timedelta(minutes=1)


class Strength(IntEnum):
    """From the weakest to the strongest. A recovery code lets somebody in, and proves no more than that."""

    LOG_IN = 1
    SECOND_FACTOR = 2
    PASSKEY = 3


STRENGTHS: Mapping[str, Strength] = {"totp": Strength.SECOND_FACTOR, "passkey": Strength.PASSKEY}
# The method of a recovery code.
RECOVERY = "recovery"
# Among the kinds of proof of a log-in: a provider of log-in says that it asked for a second factor.
PROVIDER_FACTOR = "provider-factor"
# What a program asks for and is told by these names (RFC 9470).
ACR: Mapping[Strength, str] = {
    Strength.LOG_IN: "urn:sekisho:log-in",
    Strength.SECOND_FACTOR: "urn:sekisho:second-factor",
    Strength.PASSKEY: "urn:sekisho:passkey",
}
BY_ACR: Mapping[str, Strength] = {name: strength for strength, name in ACR.items()}


@dataclass(frozen=True, kw_only=True)
class Proven:
    """One proof. `factor` is the number of the person's second factor; `by_provider`: a provider says that it asked for one."""

    method: str
    at: datetime
    factor: str = ""
    by_provider: bool = False

    @property
    def strength(self) -> Strength:
        if self.by_provider:
            return Strength.SECOND_FACTOR
        return STRENGTHS.get(self.method, Strength.LOG_IN) if self.factor else Strength.LOG_IN

    @property
    def by_recovery_code(self) -> bool:
        return self.method == RECOVERY and bool(self.factor)

    @classmethod
    def kept(cls, proof: Mapping[str, Any]) -> "tuple[Proven, ...]":
        """Return what a proof says that was kept as the trail has it: with a person's own token, when they allowed it."""
        if not {"method", "at"} <= set(proof):
            return ()
        by_provider = PROVIDER_FACTOR in proof.get("kinds", ()) and bool(proof.get("provider"))
        at = datetime.fromisoformat(proof["at"])
        return (cls(method=proof["method"], at=at, factor=proof.get("factor", ""), by_provider=by_provider),)

    def is_fresh(self, *, now: datetime, max_age: timedelta) -> bool:
        return -LEEWAY <= now - self.at <= max_age
