"""`aws login` and agents: who is signed in to the console has a program act for them, by tokens of AWS Sign-In."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from moto.iam.models import iam_backends

from portal.simulated_aws import authorization, credentials, sessions, sign_in_events
from portal.simulated_aws.asked import Asked
from portal.simulated_aws.credentials import PARTITION, Signer
from portal.simulated_aws.errors import AccessDenied, InvalidClientTokenId
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.sessions import Session
from portal.simulated_aws.signing_in import AGENT

AUTHORIZE, TOKEN = "AuthorizeOAuth2Access", "CreateOAuth2Token"
_LASTS = timedelta(minutes=15)
Form = Mapping[str, Any]


def authorize(form: Form, envelope: Envelope) -> Mapping[str, Any]:
    """Return what the program gets of who holds the session in the console. Raises AccessDenied."""
    caller, region = credentials.holder_of(form["access_key_id"], at=envelope.at), form["region"]
    client, callback = _client(form), "http://127.0.0.1:53037/oauth/callback"
    scope = {"resource": _mcp(region)} if form["client"] == AGENT else {"scope": "openid"}
    method = "S256" if form["client"] == AGENT else "SHA-256"
    asked = {**scope, "redirect_uri": callback, "code_challenge_method": method, "client_id": client}
    _step(caller, AUTHORIZE, asked, {}, form, envelope)
    session = _session(caller, f"arn:aws:signin:{region}:{caller.account_id}:session/{uuid.uuid4()}", envelope)
    return _token(caller, session, {}, form, envelope)


def refresh(form: Form, envelope: Envelope) -> Mapping[str, Any]:
    """Return the next credentials of a program that has been let in. Raises AccessDenied."""
    caller = credentials.holder_of(form["access_key_id"], at=envelope.at)
    if caller.session is None or not caller.session.sign_in_session:
        raise InvalidClientTokenId
    session = _session(caller, caller.session.sign_in_session, envelope)
    again = {"signInSessionArn": session.sign_in_session, "grant_type": "refresh_token"}
    return _token(caller, session, again, form, envelope)


def _token(caller: Signer, session: Session, more: Mapping[str, str], form: Form, envelope: Envelope) -> Mapping[str, Any]:
    asked = {**({"resource": _mcp(form["region"])} if form["client"] == AGENT else {}), "client_id": _client(form)}
    _step(caller, TOKEN, asked, more, form, envelope)
    sessions.keep(session)
    return session.credentials


def _step(caller: Signer, name: str, asked: Mapping[str, str], more: Mapping[str, str], form: Form, envelope: Envelope) -> None:
    """Ask whether the caller may, and write it down as AWS does: a refusal with `success` false."""
    try:
        _check(caller, name, form, envelope)
    except AccessDenied:
        sign_in_events.record_oauth(caller, name, asked, {**more, "success": "false"}, region=form["region"], at=envelope)
        raise
    sign_in_events.record_oauth(caller, name, asked, more, region=form["region"], at=envelope)


def _check(caller: Signer, name: str, form: Form, envelope: Envelope) -> None:
    where = f"arn:aws:signin:{form['region']}:{caller.account_id}"
    kind = "service-principal/aws-mcp.amazonaws.com" if form["client"] == AGENT else "oauth2/public-client/localhost"
    iam = iam_backends[caller.account_id][PARTITION]
    asked = Asked(service="signin", action=name, parameters={}, caller=caller, region=form["region"], iam=iam)
    authorization.check_action(asked, envelope, action=asked.name, resource=f"{where}:{kind}")


def _session(caller: Signer, sign_in_session: str, envelope: Envelope) -> Session:
    """Return credentials of whom the program acts for, which live for a quarter of an hour."""
    if caller.session is None:
        raise AccessDenied("Only who is signed in to the console authorizes a program.")
    begins = envelope.at.replace(microsecond=0)
    fresh = sessions.under_new_keys(caller.session)
    return replace(fresh, issued_at=begins, expires_at=begins + _LASTS, sign_in_session=sign_in_session, is_of_console=False)


def _client(form: Form) -> str:
    if form["client"] == AGENT:
        return f"arn:aws:signin:{form['region']}::external-client/dcr/{uuid.uuid5(uuid.NAMESPACE_URL, AGENT)}"
    return f"arn:aws:signin:::devtools/{form['client']}"


def _mcp(region: str) -> str:
    return f"https://aws-mcp.{region}.api.aws/mcp"
