"""The role that a service of AWS acts in: whether who asks for it may pass it on, and whether it trusts the service."""

from dataclasses import dataclass
from datetime import timedelta

from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role as MotoRole

from portal.iam.fences import iso
from portal.simulated_aws import authorization, events, identities, sessions, trusting
from portal.simulated_aws.asked import Asked
from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.errors import Refusal
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.sessions import RoleSession
from portal.simulated_aws.trusting import SERVICE

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
    if not trusting.trusts(identities.role(found, asked.iam), SERVICE, errand.service, context):
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
