"""The role that a runbook acts in: whether its starter may pass it on, and whether it trusts Systems Manager."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role as MotoRole

from portal.iam.evaluation import evaluate_assume_role
from portal.iam.fences import iso
from portal.iam.principals import Policy, Principal, Role
from portal.simulated_aws import authorization, events, identities, sessions
from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.resources import Asked
from portal.simulated_aws.sessions import RoleSession
from portal.simulated_aws.systems_manager.calls import SERVICE
from portal.simulated_aws.systems_manager.errors import InvalidAutomationExecutionParameters

# AWS takes the role on again and again; here one session lasts as long as any automation.
_SESSION = timedelta(days=30)


def caller_in(role_arn: str, asked: Asked, envelope: Envelope, *, execution_id: str) -> Signer:
    """Return who the runbook's calls are made by. Raises AccessDenied, InvalidAutomationExecutionParameters."""
    found = _role(role_arn, asked)
    if found is None:
        raise InvalidAutomationExecutionParameters("The defined assume role is unable to be assumed.")
    authorization.check_pass_role(asked, envelope, role_arn=found.arn, service=SERVICE)
    execution = f"arn:aws:ssm:{asked.region}:{asked.caller.account_id}:automation-execution/{execution_id}"
    context = {
        "aws:CurrentTime": iso(envelope.at),
        "aws:SourceAccount": asked.caller.account_id,
        "aws:SourceArn": execution,
        "aws:PrincipalIsAWSService": "true",
    }
    if not _trusts(identities.role(found, asked.iam), context):
        raise InvalidAutomationExecutionParameters("The defined assume role is unable to be assumed.")
    begins = envelope.at.replace(microsecond=0)
    session = RoleSession(
        account_id=asked.caller.account_id,
        role_id=found.id,
        name=f"Automation-{execution_id}",
        issued_at=begins,
        expires_at=begins + _SESSION,
        mfa=False,
        is_of_service=True,
    )
    sessions.keep(session)
    events.record_service_switch(session, role_arn=found.arn, service=SERVICE, region=asked.region, at=envelope.at)
    return Signer(account_id=session.account_id, key_id=session.key_id, entity=found, session=session)


def _role(arn: str, asked: Asked) -> MotoRole | None:
    try:
        role: MotoRole = asked.iam.get_role_by_arn(arn)
    except NotFoundException:
        return None
    return role


def _trusts(role: Role, context: Mapping[str, str]) -> bool:
    """Say whether the role trusts Systems Manager: what its trust says of the service is asked of anybody."""
    statements = [_about_anybody(statement) for statement in _listed(role.trust.document["Statement"]) if _is_about(statement)]
    trust = Policy(name=role.trust.name, document={**role.trust.document, "Statement": statements})
    anybody = Principal(arn=f"arn:aws:iam::{role.account_id}:user/{SERVICE}", account_id=role.account_id)
    return evaluate_assume_role(anybody, replace(role, trust=trust), context).allowed


def _is_about(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    return principal == "*" or SERVICE in _listed(principal.get("Service", ()))


def _about_anybody(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**statement, "Principal": "*"}


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else [value]
