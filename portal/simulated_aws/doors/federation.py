"""Roles that identity providers let people and machines into, by a SAML assertion or a token of OpenID Connect."""

import base64
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from moto.iam.models import Role

from portal.iam.fences import iso
from portal.simulated_aws import federation_events, identities, sessions, sign_in_events, switching, trusting
from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.errors import AccessDenied, Refusal
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.federation_events import SAML, WEB_IDENTITY, Assertion
from portal.simulated_aws.sessions import DirectoryPerson, RoleSession
from portal.simulated_aws.sign_in_events import SignIn
from portal.simulated_aws.trusting import FEDERATED

AUDIENCE = "https://signin.aws.amazon.com/saml"
Form = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A session that somebody asks for: of which role, under which name and for how long."""

    role_arn: str
    session_name: str
    seconds: int
    region: str
    provider_arn: str
    context: Mapping[str, str]
    person: DirectoryPerson | None = None
    web_identity_provider: str = ""
    is_of_console: bool = False


def by_saml(form: Form, envelope: Envelope) -> Mapping[str, Any]:
    """Let in whom a SAML provider names; into the console, if that is where they want to go."""
    wanted = Wanted(
        role_arn=form["role_arn"],
        session_name=form["session_name"] or form["name"],
        seconds=form["seconds"],
        region=form["region"],
        provider_arn=form["provider_arn"],
        context={"SAML:aud": AUDIENCE, "SAML:sub": form["name"], "SAML:iss": form["issuer"]},
        is_of_console=form["console"],
    )
    return enter(wanted, saml_assertion(wanted, name=form["name"], issuer=form["issuer"]), envelope)


def by_web_identity(form: Form, envelope: Envelope) -> Mapping[str, Any]:
    """Let in whom a provider of OpenID Connect names."""
    account, provider = form["role_arn"].split(":")[4], form["provider"]
    arn = f"arn:aws:iam::{account}:oidc-provider/{provider}"
    keys = {f"{provider}:aud": form["audience"], f"{provider}:sub": form["subject"]}
    wanted = Wanted(
        role_arn=form["role_arn"],
        session_name=form["session_name"],
        seconds=form["seconds"],
        region=form["region"],
        provider_arn=arn,
        context=keys,
        web_identity_provider=arn,
    )
    said = Assertion(
        action=WEB_IDENTITY,
        identity={
            "type": "WebIdentityUser",
            "principalId": f"{arn}:{form['audience']}:{form['subject']}",
            "userName": form["subject"],
            "identityProvider": arn,
        },
        asked={"roleArn": wanted.role_arn, "roleSessionName": wanted.session_name, "durationSeconds": wanted.seconds},
        told={"provider": arn, "subjectFromWebIdentityToken": form["subject"], "audience": form["audience"]},
        user_name=form["subject"],
    )
    return enter(wanted, said, envelope)


def saml_assertion(wanted: Wanted, *, name: str, issuer: str) -> Assertion:
    account, provider = wanted.provider_arn.split(":")[4], wanted.provider_arn.rpartition("/")[2]
    # As STS documents the name qualifier.
    digest = hashlib.sha1(f"{issuer}{account}/{provider}".encode(), usedforsecurity=False).digest()
    qualifier = base64.b64encode(digest).decode()
    return Assertion(
        action=SAML,
        identity={
            "type": "SAMLUser",
            "principalId": f"{qualifier}:{name}",
            "userName": name,
            "identityProvider": qualifier,
        },
        asked={
            "sAMLAssertionID": f"_{uuid.uuid4()}",
            "roleSessionName": wanted.session_name,
            "roleArn": wanted.role_arn,
            "principalArn": wanted.provider_arn,
            "durationSeconds": wanted.seconds,
        },
        told={
            "subject": name,
            "subjectType": "persistent",
            "issuer": issuer,
            "audience": AUDIENCE,
            "nameQualifier": qualifier,
        },
        provider_arn=wanted.provider_arn,
        user_name=name,
    )


def enter(wanted: Wanted, said: Assertion, envelope: Envelope) -> Mapping[str, Any]:
    """Return the credentials of the session that the role's trust allows. Raises AccessDenied; both are written down."""
    account = wanted.role_arn.split(":")[4]
    role = switching.role_of(wanted.role_arn)
    session = _session(wanted, role, envelope) if role and _is_trusted(wanted, said, role, envelope) else None
    refusal: Refusal | None = None if session else AccessDenied(f"Not authorized to perform sts:{said.action}")
    federation_events.record(said, role, session, account_id=account, region=wanted.region, at=envelope, refusal=refusal)
    if role is None or session is None:
        raise refusal or AccessDenied
    sessions.keep(session)
    if wanted.is_of_console:
        caller = Signer(account_id=account, key_id=session.key_id, entity=role, session=session)
        tried = SignIn(account_id=account, region=wanted.region, envelope=envelope, saml_provider=wanted.provider_arn)
        sign_in_events.record_console_login(tried, caller)
        session = sessions.under_new_keys(session)
        sessions.keep(session)
    return session.credentials


def _is_trusted(wanted: Wanted, said: Assertion, role: Role, envelope: Envelope) -> bool:
    context = {"aws:CurrentTime": iso(envelope.at), "sts:RoleSessionName": wanted.session_name, **wanted.context}
    found = identities.role(role, switching.iam_of(role))
    return trusting.trusts(found, FEDERATED, wanted.provider_arn, context, action=f"sts:{said.action}")


def _session(wanted: Wanted, role: Role, envelope: Envelope) -> RoleSession:
    begins = envelope.at.replace(microsecond=0)
    return RoleSession(
        account_id=wanted.role_arn.split(":")[4],
        role_id=role.id,
        name=wanted.session_name,
        issued_at=begins,
        expires_at=begins + timedelta(seconds=wanted.seconds),
        mfa=False,
        is_of_console=wanted.is_of_console,
        person=wanted.person,
        web_identity_provider=wanted.web_identity_provider,
    )
