"""The role that a service of AWS acts in: whether who asks for it may pass it on, and whether it trusts the service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role as MotoRole

from portal.iam.evaluation import evaluate_assume_role
from portal.iam.fences import iso
from portal.iam.principals import Policy, Principal, Role
from portal.simulated_aws import authorization, events, identities, sessions
from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.errors import Refusal
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.resources import Asked
from portal.simulated_aws.sessions import RoleSession

# AWS takes the role on again and again; here one session lasts as long as anything that a service does.
_SESSION = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a service takes on a role for: its name, the ARN of what it acts for, and how it calls the session."""

    service: str
    source_arn: str
    session_name: str


def caller_in(
    role_arn: str, asked: Asked, envelope: Envelope, *, errand: Errand, refusal: Refusal, is_passed: bool = True
) -> Signer:
    """Return who the service's calls are made by. A role that the service was given before is not passed again.

    Raises AccessDenied where the caller may not pass the role, and the refusal where the service cannot take it on.
    """
    found = _role(role_arn, asked)
    if found is None:
        raise refusal
    if is_passed:
        authorization.check_pass_role(asked, envelope, role_arn=found.arn, service=errand.service)
    context = {
        "aws:CurrentTime": iso(envelope.at),
        "aws:SourceAccount": asked.caller.account_id,
        "aws:SourceArn": errand.source_arn,
        "aws:PrincipalIsAWSService": "true",
    }
    if not _trusts(identities.role(found, asked.iam), errand.service, context):
        raise refusal
    begins = envelope.at.replace(microsecond=0)
    session = RoleSession(
        account_id=asked.caller.account_id,
        role_id=found.id,
        name=errand.session_name,
        issued_at=begins,
        expires_at=begins + _SESSION,
        mfa=False,
        is_of_service=True,
    )
    sessions.keep(session)
    events.record_service_switch(session, role_arn=found.arn, service=errand.service, region=asked.region, at=envelope.at)
    return Signer(account_id=session.account_id, key_id=session.key_id, entity=found, session=session)


def _role(arn: str, asked: Asked) -> MotoRole | None:
    try:
        role: MotoRole = asked.iam.get_role_by_arn(arn)
    except NotFoundException:
        return None
    return role


def _trusts(role: Role, service: str, context: Mapping[str, str]) -> bool:
    """Say whether the role trusts the service: what its trust says of the service is asked of anybody."""
    statements = [
        _about_anybody(statement) for statement in _listed(role.trust.document["Statement"]) if _is_about(service, statement)
    ]
    trust = Policy(name=role.trust.name, document={**role.trust.document, "Statement": statements})
    anybody = Principal(arn=f"arn:aws:iam::{role.account_id}:user/{service}", account_id=role.account_id)
    return evaluate_assume_role(anybody, replace(role, trust=trust), context).allowed


def _is_about(service: str, statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    return principal == "*" or service in _listed(principal.get("Service", ()))


def _about_anybody(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**statement, "Principal": "*"}


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else [value]
