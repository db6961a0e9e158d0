"""Events as CloudTrail words them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.simulated_aws import trail
from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.resources import Asked, prefix
from portal.simulated_aws.sessions import RoleSession
from portal.simulated_aws.trail import Event

# IAM is everywhere at once, and is written down here.
GLOBAL_REGION = "us-east-1"
_READS = ("Get", "List", "Describe", "Lookup", "Simulate", "AssumeRole", "IsMember")
# What CloudTrail never shows.
_HIDDEN = {"TokenCode", "AuthenticationCode1", "AuthenticationCode2", "Password"}
_HIDDEN_VALUE = "HIDDEN_DUE_TO_SECURITY_REASONS"


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a call, as far as its event tells. `shared_with` is another account that has an event of it too."""

    request_id: str = ""
    error_code: str | None = None
    error_message: str | None = None
    response: Mapping[str, Any] | None = None
    resource: str | None = None
    resource_type: str = ""
    shared_with: str | None = None
    mfa: bool = False

    def tell_of_switch(self, session: RoleSession, who: Mapping[str, str], *, role_arn: str) -> None:
        """Note a session that began, without what would let others use it."""
        given = {"accessKeyId": session.key_id, "expiration": f"{session.expires_at:%b %-d, %Y, %-I:%M:%S %p}"}
        self.response = {"credentials": given, "assumedRoleUser": _parameters(who)}
        self.resource, self.resource_type, self.shared_with = role_arn, "AWS::IAM::Role", session.account_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How a call came, and when."""

    at: datetime
    source_ip: str
    user_agent: str

    @property
    def is_by_service(self) -> bool:
        """Say whether a service of AWS makes the call for somebody: its name stands in the address's place."""
        return self.source_ip.endswith(".amazonaws.com")


def record(asked: Asked, outcome: Outcome, envelope: Envelope) -> None:
    """Write the call down in the caller's account, and where it reached into another one, there too."""
    identity = {**_identity(asked.caller, mfa=outcome.mfa), **_invoked_by(envelope)}
    own = _body(asked, outcome, envelope, identity)
    if outcome.shared_with is None or outcome.error_code:
        _add(asked, outcome, own, asked.caller.account_id)
        return
    shared = {**own, "sharedEventID": str(uuid.uuid4())}
    _add(asked, outcome, shared, asked.caller.account_id)
    if outcome.shared_with != asked.caller.account_id:
        stranger = {"type": "AWSAccount", "principalId": asked.caller.user_id, "accountId": asked.caller.account_id}
        theirs = {**shared, "eventID": str(uuid.uuid4()), "userIdentity": stranger, "recipientAccountId": outcome.shared_with}
        _add(asked, outcome, theirs, outcome.shared_with)


def record_console_switch(caller: Signer, *, session: RoleSession, role_name: str, envelope: Envelope) -> None:
    """Write down, in the account that was switched to, what the console adds to AssumeRole."""
    arn = f"arn:aws:sts::{session.account_id}:assumed-role/{role_name}/{session.name}"
    identity = {
        "type": "AssumedRole",
        "principalId": f"{session.role_id}:{session.name}",
        "arn": arn,
        "accountId": session.account_id,
    }
    body = {
        **_head(envelope, region=GLOBAL_REGION, source="signin", name="SwitchRole"),
        "userIdentity": identity,
        "requestParameters": None,
        "responseElements": {"SwitchRole": "Success"},
        "additionalEventData": {
            "SwitchFrom": caller.arn,
            "RedirectTo": "https://console.aws.amazon.com/console/home",
        },
        "eventType": "AwsConsoleSignIn",
        "readOnly": False,
        "recipientAccountId": session.account_id,
    }
    event = Event(
        at=envelope.at,
        account_id=session.account_id,
        region=GLOBAL_REGION,
        name="SwitchRole",
        source="signin.amazonaws.com",
        user_name=session.name,
        key_id=None,
        is_read=False,
        record=body,
    )
    trail.add(event)


def record_service_switch(session: RoleSession, *, role_arn: str, service: str, region: str, at: datetime) -> None:
    """Write down that a service of AWS took on a role which trusts it."""
    envelope = Envelope(at=at, source_ip=service, user_agent=service)
    given = {"accessKeyId": session.key_id, "expiration": f"{session.expires_at:%b %-d, %Y, %-I:%M:%S %p}"}
    body = {
        **_head(envelope, region=region, source="sts", name="AssumeRole"),
        "userIdentity": {"type": "AWSService", **_invoked_by(envelope)},
        "requestParameters": {"roleArn": role_arn, "roleSessionName": session.name},
        "responseElements": {"credentials": given},
        "resources": [{"ARN": role_arn, "accountId": session.account_id, "type": "AWS::IAM::Role"}],
        "readOnly": True,
        "eventType": "AwsApiCall",
        "recipientAccountId": session.account_id,
        "sharedEventID": str(uuid.uuid4()),
    }
    event = Event(
        at=at,
        account_id=session.account_id,
        region=region,
        name="AssumeRole",
        source=body["eventSource"],
        user_name=None,
        key_id=None,
        is_read=True,
        resources=(("AWS::IAM::Role", role_arn),),
        record=body,
    )
    trail.add(event)


def _body(asked: Asked, outcome: Outcome, envelope: Envelope, identity: Mapping[str, Any]) -> dict[str, Any]:
    region = GLOBAL_REGION if asked.service == "iam" else asked.region
    body = {
        **_head(envelope, region=region, source=prefix(asked.service), name=asked.action),
        "userIdentity": identity,
        "requestParameters": _parameters(asked.parameters) or None,
        "responseElements": outcome.response,
        "requestID": outcome.request_id,
        "readOnly": asked.action.startswith(_READS),
        "eventType": "AwsApiCall",
        "recipientAccountId": asked.caller.account_id,
    }
    if outcome.error_code:
        body |= {"errorCode": outcome.error_code, "errorMessage": outcome.error_message}
    if outcome.resource:
        body["resources"] = [
            {"ARN": outcome.resource, "accountId": outcome.resource.split(":")[4], "type": outcome.resource_type}
        ]
    return body


def _head(envelope: Envelope, *, region: str, source: str, name: str) -> dict[str, Any]:
    return {
        "eventVersion": "1.11",
        "eventID": str(uuid.uuid4()),
        "eventTime": _time(envelope.at),
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": envelope.source_ip,
        "userAgent": envelope.user_agent,
        "managementEvent": True,
        "eventCategory": "Management",
    }


def _add(asked: Asked, outcome: Outcome, body: Mapping[str, Any], account_id: str) -> None:
    is_own = account_id == asked.caller.account_id
    event = Event(
        at=datetime.fromisoformat(body["eventTime"]),
        account_id=account_id,
        region=body["awsRegion"],
        name=asked.action,
        source=body["eventSource"],
        user_name=_user_name(asked.caller) if is_own else None,
        key_id=asked.caller.key_id if is_own else None,
        is_read=body["readOnly"],
        resources=((outcome.resource_type, outcome.resource),) if outcome.resource else (),
        record=body,
    )
    trail.add(event)


def _identity(caller: Signer, *, mfa: bool) -> dict[str, Any]:
    who = {"principalId": caller.user_id, "arn": caller.arn, "accountId": caller.account_id, "accessKeyId": caller.key_id}
    if isinstance(caller.session, RoleSession):
        issuer = {"type": "Role", "principalId": caller.entity.id, "arn": caller.entity.arn, "accountId": caller.account_id}
        context = {"sessionIssuer": {**issuer, "userName": caller.entity.name}, **_attributes(caller, mfa=mfa)}
        return {"type": "AssumedRole", **who, "sessionContext": context}
    context = _attributes(caller, mfa=mfa)
    return {"type": "IAMUser", **who, "userName": caller.entity.name, **({"sessionContext": context} if context else {})}


def _invoked_by(envelope: Envelope) -> dict[str, str]:
    """Return the service that makes a call for somebody; such a call comes from its name instead of an address."""
    return {"invokedBy": envelope.source_ip} if envelope.is_by_service else {}


def _attributes(caller: Signer, *, mfa: bool) -> dict[str, Any]:
    """Return when the session began and whether with MFA; of a long-term key nothing, unless this very call proved it."""
    if caller.session:
        return {
            "attributes": {"creationDate": _time(caller.session.issued_at), "mfaAuthenticated": str(caller.session.mfa).lower()}
        }
    return {"attributes": {"mfaAuthenticated": "true"}} if mfa else {}


def _user_name(caller: Signer) -> str:
    return caller.session.name if isinstance(caller.session, RoleSession) else str(caller.entity.name)


def _parameters(given: Any) -> Any:
    if isinstance(given, Mapping):
        shown = {name[:1].lower() + name[1:]: _parameters(value) for name, value in given.items() if name not in _HIDDEN}
        return {**shown, **_hidden_values(given)}
    if isinstance(given, list | tuple):
        return [_parameters(value) for value in given]
    return _time(given) if isinstance(given, datetime) else given


def _hidden_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a runbook as CloudTrail shows them: their names, and how many values they have."""
    values = given.get("Parameters")
    if not isinstance(values, Mapping):
        return {}
    return {"parameters": {name: [_HIDDEN_VALUE for _ in each] for name, each in values.items()}}


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
