"""Events as CloudTrail words them."""

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.simulated_aws import clock, faults, trail, user_identity
from portal.simulated_aws.asked import Asked, prefix
from portal.simulated_aws.sessions import RoleSession, Session
from portal.simulated_aws.trail import Event

# IAM is everywhere at once, and is written down here.
GLOBAL_REGION = "us-east-1"
_READS = ("Get", "List", "Describe", "Lookup", "Simulate", "AssumeRole", "AssumeRoot", "IsMember")
# What CloudTrail never shows.
_HIDDEN = {"TokenCode", "AuthenticationCode1", "AuthenticationCode2", "Password"}
# Calls and parameters that have another name in events.
_NAMES = {"lambda:AddPermission": "AddPermission20150331v2"}
_PARAMETERS = {("s3", "bucket"): "bucketName"}
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
        identity = {"sourceIdentity": session.source_identity} if session.source_identity else {}
        self.response = {"credentials": given_out(session), "assumedRoleUser": parameters(who), **identity}
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
    identity = {**user_identity.of(asked.caller, mfa=outcome.mfa), **_invoked_by(envelope)}
    own = _body(asked, outcome, envelope, identity)
    if outcome.shared_with is None or outcome.error_code:
        write_down(own, user_name=user_identity.name_of(asked.caller), key_id=asked.caller.key_id)
        return
    shared = {**own, "sharedEventID": str(uuid.uuid4())}
    write_down(shared, user_name=user_identity.name_of(asked.caller), key_id=asked.caller.key_id)
    if outcome.shared_with != asked.caller.account_id:
        stranger = user_identity.of_stranger(asked.caller)
        theirs = {**shared, "eventID": str(uuid.uuid4()), "userIdentity": stranger, "recipientAccountId": outcome.shared_with}
        write_down(theirs)


def record_service_switch(session: RoleSession, *, role_arn: str, service: str, region: str, at: datetime) -> None:
    """Write down that a service of AWS took on a role which trusts it."""
    envelope = Envelope(at=at, source_ip=service, user_agent=service)
    body = {
        **head(envelope, region=region, source="sts", name="AssumeRole"),
        "userIdentity": {"type": "AWSService", **_invoked_by(envelope)},
        "requestParameters": {"roleArn": role_arn, "roleSessionName": session.name},
        "responseElements": {"credentials": given_out(session)},
        "resources": [{"ARN": role_arn, "accountId": session.account_id, "type": "AWS::IAM::Role"}],
        "readOnly": True,
        "eventType": "AwsApiCall",
        "recipientAccountId": session.account_id,
        "sharedEventID": str(uuid.uuid4()),
    }
    write_down(body)


def _body(asked: Asked, outcome: Outcome, envelope: Envelope, identity: Mapping[str, Any]) -> dict[str, Any]:
    region = GLOBAL_REGION if asked.service == "iam" else asked.region
    body = {
        **head(envelope, region=region, source=prefix(asked.service), name=_NAMES.get(asked.name, asked.action)),
        "userIdentity": identity,
        "requestParameters": _requested(asked) or None,
        "responseElements": outcome.response,
        "requestID": outcome.request_id,
        "readOnly": asked.action.startswith(_READS),
        "eventType": "AwsApiCall",
        "recipientAccountId": asked.caller.account_id,
    }
    if asked.caller.session and asked.caller.session.is_of_console:
        body["sessionCredentialFromConsole"] = "true"
    if outcome.error_code:
        body |= {"errorCode": outcome.error_code, "errorMessage": outcome.error_message}
    if outcome.resource:
        body["resources"] = [
            {"ARN": outcome.resource, "accountId": outcome.resource.split(":")[4], "type": outcome.resource_type}
        ]
    return body


def head(envelope: Envelope, *, region: str, source: str, name: str) -> dict[str, Any]:
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


def write_down(body: Mapping[str, Any], *, user_name: str | None = None, key_id: str | None = None) -> None:
    """Have the trail of the account that the event is for keep it; who it was done by is what LookupEvents finds it by."""
    name = body["eventName"]
    if faults.take(name, faults.MISSING):
        return
    late, fate = faults.take(name, faults.LATE), faults.take(name, *faults.FATES)
    event = Event(
        at=datetime.fromisoformat(body["eventTime"]),
        account_id=body["recipientAccountId"],
        region=body["awsRegion"],
        name=name,
        source=body["eventSource"],
        user_name=user_name,
        key_id=key_id,
        is_read=body["readOnly"],
        resources=tuple((each["type"], each["ARN"]) for each in body.get("resources", ())),
        record=body,
        written_at=clock.now(),
        late=timedelta(seconds=late.seconds if late else 0),
        fate=fate.kind if fate else "",
    )
    for _ in range(2 if faults.take(name, faults.DOUBLED) else 1):
        trail.add(event)


def given_out(session: Session) -> dict[str, str]:
    """Return credentials as events show them, without what would let others use them."""
    return {"accessKeyId": session.key_id, "expiration": f"{session.expires_at:%b %-d, %Y, %-I:%M:%S %p}"}


def _invoked_by(envelope: Envelope) -> dict[str, str]:
    """Return the service that makes a call for somebody; such a call comes from its name instead of an address."""
    return {"invokedBy": envelope.source_ip} if envelope.is_by_service else {}


def _requested(asked: Asked) -> Any:
    """Return the parameters, under the names that the service's events have."""
    shown = parameters(asked.parameters)
    return {_PARAMETERS.get((asked.service, name), name): value for name, value in shown.items()}


def parameters(given: Any) -> Any:
    if isinstance(given, Mapping):
        shown = {name[:1].lower() + name[1:]: parameters(value) for name, value in given.items() if name not in _HIDDEN}
        return {**shown, **_hidden_values(given)}
    if isinstance(given, list | tuple):
        return [parameters(value) for value in given]
    if isinstance(given, bytes):
        return base64.b64encode(given).decode()
    return _time(given) if isinstance(given, datetime) else given


def _hidden_values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a runbook as CloudTrail shows them: their names, and how many values they have."""
    values = given.get("Parameters")
    if not isinstance(values, Mapping):
        return {}
    return {"parameters": {name: [_HIDDEN_VALUE for _ in each] for name, each in values.items()}}


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
