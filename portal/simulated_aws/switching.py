"""Taking on a role: by AssumeRole and by the console alike."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, Role, iam_backends

from portal.simulated_aws import authorization, conditions, identities, sessions
from portal.simulated_aws.conditions import Context
from portal.simulated_aws.credentials import PARTITION, Signer
from portal.simulated_aws.errors import ValidationError
from portal.simulated_aws.sessions import RoleSession

_ROLE_ARN = re.compile(r"arn:aws:iam::(?P<account>\d{12}):role/.+")
_CHAINED_SECONDS = 3_600
_LONGEST_SECONDS = 12 * 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Who wants to be whom. `seconds` is what was asked for; None is as long as the role allows, twelve hours at the most."""

    caller: Signer
    role_arn: str
    session_name: str
    seconds: int | None
    mfa: bool
    context: Context
    source_identity: str | None = None
    is_of_console: bool = False


def switch(asked: Switch, *, at: datetime) -> tuple[Role, RoleSession]:
    """Return the role and the session that begins in it. Raises AccessDenied, ValidationError."""
    principal = identities.principal_of(asked.caller, iam_backends[asked.caller.account_id][PARTITION])
    found = role_of(asked.role_arn)
    if found is None:
        raise authorization.no_such_role(principal, asked.role_arn)
    role = identities.role(found, iam_backends[found.account_id][PARTITION])
    authorization.check_switch(principal, role, {**asked.context, **conditions.of_role(found)})
    begins = at.replace(microsecond=0)
    session = RoleSession(
        account_id=found.account_id,
        role_id=found.id,
        name=asked.session_name,
        issued_at=begins,
        expires_at=begins + timedelta(seconds=_seconds(asked, found)),
        mfa=asked.mfa,
        source_identity=asked.source_identity,
        is_of_console=asked.is_of_console,
    )
    sessions.keep(session)
    return found, session


def who(role: Role, session: RoleSession) -> dict[str, str]:
    """Return the session's holder as AssumeRole answers it."""
    arn = f"arn:aws:sts::{session.account_id}:assumed-role/{role.name}/{session.name}"
    return {"AssumedRoleId": f"{role.id}:{session.name}", "Arn": arn}


def role_of(arn: str) -> Role | None:
    """Return the role, None where none exists. Raises ValidationError for what is no role's ARN."""
    found = _ROLE_ARN.fullmatch(arn)
    if found is None:
        raise ValidationError(f"{arn} is invalid")
    if found["account"] not in iam_backends:
        return None
    try:
        return iam_backends[found["account"]][PARTITION].get_role_by_arn(arn)
    except NotFoundException:
        return None


def reserved_role(account_id: str, beginning: str) -> Role | None:
    """Return the role that Identity Center made in the account for a permission set, None where it is not assigned there."""
    roles = iam_backends[account_id][PARTITION].get_roles() if account_id in iam_backends else []
    return next((role for role in roles if role.name.startswith(beginning)), None)


def federated_provider(role: Role) -> str:
    """Return the ARN of the provider that the trust of a reserved role names."""
    (statement,) = identities.decoded(role.assume_role_policy_document)["Statement"]
    return str(statement["Principal"]["Federated"])


def iam_of(role: Role) -> IAMBackend:
    return iam_backends[role.arn.split(":")[4]][PARTITION]


def _seconds(asked: Switch, role: Role) -> int:
    most = int(role.max_session_duration or _CHAINED_SECONDS)
    if asked.seconds is None:
        return min(most, _LONGEST_SECONDS)
    if asked.seconds > most:
        raise ValidationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    if asked.caller.is_in_role and asked.seconds > _CHAINED_SECONDS:
        message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        raise ValidationError(message)
    return asked.seconds
