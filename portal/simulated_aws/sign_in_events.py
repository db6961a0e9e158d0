"""Events of AWS Sign-In and of Identity Center's portal. docs/aws/events.md says which page of AWS shows each.

They lie in the Region of the sign-in page; the root user's in us-east-1 always.
"""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.simulated_aws import events, user_identity
from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.events import GLOBAL_REGION, Envelope
from portal.simulated_aws.root import Root
from portal.simulated_aws.sessions import DirectoryPerson, RoleSession

SUCCESS, FAILURE = "Success", "Failure"
WRONG_PASSWORD, NOBODY = "Failed authentication", "No username found in supplied account"
_HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in to the console: of whom, and with which device; `error` is why it failed, empty where it did not."""

    account_id: str
    region: str
    envelope: Envelope
    mfa_serial: str | None = None
    error: str = ""
    saml_provider: str = ""


def record_console_login(sign_in: SignIn, caller: Signer | None) -> None:
    """Write the sign-in down; `caller` is None for a name that the account does not have."""
    if sign_in.mfa_serial and caller:
        _record_mfa(sign_in, caller)
    used: dict[str, str] = {"LoginTo": home(sign_in.region), "MobileVersion": "No", "MFAUsed": "No"}
    if sign_in.mfa_serial:
        used |= {"MFAIdentifier": sign_in.mfa_serial, "MFAUsed": "Yes"}
    if sign_in.saml_provider:
        used["SamlProviderArn"] = sign_in.saml_provider
    result = {"ConsoleLogin": FAILURE if sign_in.error else SUCCESS}
    _write(sign_in, "ConsoleLogin", result, used, _identity(sign_in, caller), caller)


def _record_mfa(sign_in: SignIn, caller: Signer) -> None:
    """Before the console's log-in the page asks whether the user has to show a device."""
    who = {key: value for key, value in _identity(sign_in, caller).items() if key != "arn"} | {"accessKeyId": ""}
    _write(sign_in, "CheckMfa", {"CheckMfa": SUCCESS}, {"MfaType": "Virtual MFA"}, who, caller, error="")


def _write(
    sign_in: SignIn,
    name: str,
    result: Mapping[str, str],
    more: Mapping[str, str],
    who: Mapping[str, Any],
    caller: Signer | None,
    error: str | None = None,
) -> None:
    region = GLOBAL_REGION if caller and isinstance(caller.entity, Root) else sign_in.region
    error = sign_in.error if error is None else error
    body = {
        **events.head(sign_in.envelope, region=region, source="signin", name=name),
        "userIdentity": who,
        "requestParameters": None,
        "responseElements": result,
        "additionalEventData": more,
        "readOnly": False,
        "eventType": "AwsConsoleSignIn",
        "recipientAccountId": sign_in.account_id,
        **_tls(host(region)),
    }
    if error:
        body["errorMessage"] = error
    events.write_down(body, user_name=user_identity.name_of(caller) if caller else _HIDDEN)


def _identity(sign_in: SignIn, caller: Signer | None) -> dict[str, Any]:
    """Return who signed in; of one who did not succeed AWS tells no ARN, and of a wrong name not even that."""
    if caller is None:
        return {"type": "IAMUser", "accountId": sign_in.account_id, "accessKeyId": "", "userName": _HIDDEN}
    whole = {key: value for key, value in user_identity.of(caller).items() if key not in ("accessKeyId", "sessionContext")}
    if isinstance(caller.session, RoleSession):
        return {**user_identity.of(caller), "accessKeyId": ""}
    if isinstance(caller.entity, Root):
        return {**whole, "accessKeyId": ""}
    failed = {key: value for key, value in whole.items() if key != "arn"} | {"accessKeyId": ""}
    return failed if sign_in.error else whole


def record_switch(caller: Signer, *, session: RoleSession, role_name: str, region: str, envelope: Envelope) -> None:
    """Write down, in the account that was switched to, what the console adds to AssumeRole."""
    arn = f"arn:aws:sts::{session.account_id}:assumed-role/{role_name}/{session.name}"
    body = {
        **events.head(envelope, region=region, source="signin", name="SwitchRole"),
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"{session.role_id}:{session.name}",
            "arn": arn,
            "accountId": session.account_id,
        },
        "requestParameters": None,
        "responseElements": {"SwitchRole": SUCCESS},
        "additionalEventData": {"SwitchFrom": caller.arn, "RedirectTo": home(region)},
        "readOnly": False,
        "eventType": "AwsConsoleSignIn",
        "recipientAccountId": session.account_id,
        **_tls(host(region)),
    }
    events.write_down(body, user_name=session.name)


def record_oauth(
    caller: Signer, name: str, asked: Mapping[str, str], more: Mapping[str, str], *, region: str, at: Envelope
) -> None:
    """Write down a step of `aws login` or of an agent's sign-in; `more` is what AWS adds to it."""
    who = {key: value for key, value in user_identity.of(caller).items() if key != "accessKeyId"}
    body = {
        **events.head(at, region=region, source="signin", name=name),
        "userIdentity": who,
        "requestParameters": dict(asked),
        "responseElements": None,
        "additionalEventData": {"success": "true", **more},
        "requestID": str(uuid.uuid4()),
        "readOnly": True,
        "eventType": "AwsApiCall",
        "recipientAccountId": caller.account_id,
        **_tls(host(region)),
    }
    events.write_down(body, user_name=user_identity.name_of(caller))


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalVisit:
    """What somebody does in the access portal of Identity Center, whose account and Region are given."""

    person: DirectoryPerson
    user_name: str
    account_id: str
    region: str
    envelope: Envelope


def record_portal(visit: PortalVisit, name: str, *, role_name: str, target: str, error: Mapping[str, str] | None = None) -> None:
    """Write down `Federate` or `GetRoleCredentials`: which permission set of which account, in the portal's own account."""
    who = user_identity.of_person(visit.person, account_id=visit.account_id, credential_id=secrets.token_urlsafe(60))
    body = {
        **events.head(visit.envelope, region=visit.region, source="sso", name=name),
        "userIdentity": who,
        "requestParameters": None,
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "readOnly": name == "GetRoleCredentials",
        "eventType": "AwsServiceEvent",
        "recipientAccountId": visit.account_id,
        "serviceEventDetails": {"role_name": role_name, "account_id": target},
        **(error or {}),
    }
    events.write_down(body, user_name=visit.user_name)


def home(region: str) -> str:
    """Return where the console begins."""
    return f"https://{region}.console.aws.amazon.com/console/home?region={region}#"


def host(region: str) -> str:
    return f"{region}.signin.aws.amazon.com"


def _tls(name: str) -> dict[str, Any]:
    return {"tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": name}}
