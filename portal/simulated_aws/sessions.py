"""AssumeRole: only roles that exist, for no longer than they allow."""

import re

from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role, iam_backends
from moto.sts.responses import TokenResponse

from portal.simulated_aws.credentials import PARTITION
from portal.simulated_aws.errors import AccessDenied, ValidationError
from portal.simulated_aws.gateway import Gateway

_ROLE_ARN = re.compile(r"arn:aws:iam::(?P<account>\d{12}):role/.+")
_DEFAULT_SECONDS = 3_600
_CHAINED_SECONDS = 3_600


class StrictTokenResponse(Gateway, TokenResponse):
    def assume_role(self) -> ActionResult:
        arn = self._get_param("RoleArn")
        role = _role(arn)
        if role is None:
            raise AccessDenied(arn=self.caller.arn, action="sts:AssumeRole", resource=arn)
        seconds = self._get_int_param("DurationSeconds", _DEFAULT_SECONDS)
        _check_duration(role, seconds, chained=self.caller.is_session)
        return super().assume_role()


def _role(arn: str) -> Role | None:
    """Return the role, None where none exists. Raises ValidationError for what is no role's ARN."""
    found = _ROLE_ARN.fullmatch(arn)
    if found is None:
        message = f"{arn} is invalid"
        raise ValidationError(message)
    if found["account"] not in iam_backends:
        return None
    try:
        return iam_backends[found["account"]][PARTITION].get_role_by_arn(arn)
    except NotFoundException:
        return None


def _check_duration(role: Role, seconds: int, *, chained: bool) -> None:
    if seconds > int(role.max_session_duration or _DEFAULT_SECONDS):
        raise ValidationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    if chained and seconds > _CHAINED_SECONDS:
        message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        raise ValidationError(message)
