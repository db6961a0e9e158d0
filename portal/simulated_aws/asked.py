"""A call, as everything that judges it and writes it down sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import IAMBackend

from portal.simulated_aws.credentials import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call, before it is done."""

    service: str
    action: str
    parameters: Mapping[str, Any]
    caller: Signer
    region: str
    iam: IAMBackend

    @property
    def name(self) -> str:
        return f"{prefix(self.service)}:{self.action}"


def prefix(service: str) -> str:
    """Return a service's name in policies and in CloudTrail, which may be another than its clients'."""
    return {"sso-admin": "sso"}.get(service, service)
