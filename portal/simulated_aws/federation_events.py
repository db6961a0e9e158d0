"""Events of STS for whom an identity provider speaks: in the account of the role, where nobody's key signed the call."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.iam.models import Role

from portal.simulated_aws import events, switching
from portal.simulated_aws.errors import Refusal
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.sessions import RoleSession

SAML, WEB_IDENTITY = "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What a provider says of somebody, as the event shows it. `provider_arn` is empty where AWS names no resource for it."""

    action: str
    identity: Mapping[str, str]
    asked: Mapping[str, Any]
    told: Mapping[str, str]
    provider_arn: str = ""
    user_name: str = field(kw_only=True)


def record(
    said: Assertion,
    role: Role | None,
    session: RoleSession | None,
    *,
    account_id: str,
    region: str,
    at: Envelope,
    refusal: Refusal | None,
) -> None:
    """Write the call down, with the session that came of it or with its refusal."""
    body: dict[str, Any] = {
        **events.head(at, region=region, source="sts", name=said.action),
        "userIdentity": dict(said.identity),
        "requestParameters": dict(said.asked),
        "responseElements": None,
        "additionalEventData": {"RequestDetails": {"endpointType": "regional", "awsServingRegion": region}},
        "requestID": str(uuid.uuid4()),
        "readOnly": True,
        "eventType": "AwsApiCall",
        "recipientAccountId": account_id,
    }
    if refusal:
        body |= {"errorCode": refusal.code, "errorMessage": refusal.message}
    if role and session:
        who = events.parameters(switching.who(role, session))
        body["responseElements"] = {"credentials": events.given_out(session), "assumedRoleUser": who, **said.told}
        body["resources"] = _resources(said, role, account_id)
    events.write_down(body, user_name=said.user_name)


def _resources(said: Assertion, role: Role, account_id: str) -> list[dict[str, str]]:
    named = [("AWS::IAM::Role", role.arn), *([("AWS::IAM::SAMLProvider", said.provider_arn)] if said.provider_arn else [])]
    return [{"accountId": account_id, "type": kind, "ARN": arn} for kind, arn in named]
