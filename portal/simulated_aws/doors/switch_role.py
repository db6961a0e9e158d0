"""The console's page for switching roles, from the inside."""

import hmac
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from moto.core.request import Request
from moto.iam.models import iam_backends
from werkzeug.wrappers import Response

from portal.simulated_aws import conditions, credentials, doors, events, sessions, sign_in_events, switching
from portal.simulated_aws.asked import Asked
from portal.simulated_aws.credentials import PARTITION, Signer
from portal.simulated_aws.devices import Devices
from portal.simulated_aws.errors import AccessDenied, InvalidClientTokenId, Refusal
from portal.simulated_aws.events import GLOBAL_REGION, Envelope, Outcome
from portal.simulated_aws.gateway import one_at_a_time
from portal.simulated_aws.switching import Switch


def answer(request: Request) -> Response:
    """Return the session's credentials as JSON, or 403 with AWS's words."""
    try:
        form = {name: value for name, value in json.loads(request.get_data()).items() if value is not None}
        with one_at_a_time:
            return _switched(form, doors.envelope(request, form))
    except Refusal as refusal:
        return Response(refusal.message, HTTPStatus.FORBIDDEN, content_type="text/plain")
    except (AttributeError, KeyError, ValueError) as error:
        return Response(f"not a switch: {error}", HTTPStatus.BAD_REQUEST, content_type="text/plain")


def _switched(form: Mapping[str, Any], envelope: Envelope) -> Response:
    caller = _signed_in(form)
    has_mfa = _proved_mfa(caller, form, envelope)
    name, arn = caller.entity.name, f"arn:aws:iam::{form['account']}:role/{form['role']}"
    asked = Switch(
        caller=caller,
        role_arn=arn,
        session_name=name,
        seconds=None,
        mfa=has_mfa,
        context=conditions.of_switch(caller, envelope, session_name=name, proved_mfa=has_mfa),
        is_of_console=True,
    )
    region = form.get("region", GLOBAL_REGION)
    outcome = Outcome(mfa=has_mfa)
    try:
        role, session = switching.switch(asked, at=envelope.at)
        outcome.tell_of_switch(session, switching.who(role, session), role_arn=arn)
    except Refusal as refusal:
        outcome.error_code, outcome.error_message = refusal.code, refusal.message
        raise
    finally:
        events.record(_as_call(asked, region), outcome, envelope)
    sign_in_events.record_switch(caller, session=session, role_name=role.name, region=region, envelope=envelope)
    session = sessions.under_new_keys(session)
    sessions.keep(session)
    shown = {**session.credentials, "Expiration": session.expires_at.isoformat()}
    return Response(json.dumps({"Credentials": shown}), content_type="application/json")


def _signed_in(form: Mapping[str, Any]) -> Signer:
    caller = credentials.user_of(form["access_key_id"])
    key = iam_backends[caller.account_id][PARTITION].access_keys[caller.key_id]
    if not hmac.compare_digest(key.secret_access_key.encode(), form["secret_access_key"].encode()):
        raise InvalidClientTokenId
    return caller


def _proved_mfa(caller: Signer, form: Mapping[str, Any], envelope: Envelope) -> bool:
    """Say whether a code of one of the user's devices was given. Raises AccessDenied for one that none shows."""
    user = caller.user
    if "mfa_code" not in form or user is None:
        return False
    iam = cast("Devices", iam_backends[caller.account_id][PARTITION])
    for serial in user.mfa_devices:
        iam.check_code(user, serial=serial, given=form["mfa_code"], at=envelope.at)
        return True
    raise AccessDenied("MultiFactorAuthentication failed: the user has no device.")


def _as_call(asked: Switch, region: str) -> Asked:
    """Return the AssumeRole that the console makes for the user."""
    return Asked(
        service="sts",
        action="AssumeRole",
        parameters={"RoleArn": asked.role_arn, "RoleSessionName": asked.session_name},
        caller=asked.caller,
        region=region,
        iam=iam_backends[asked.caller.account_id][PARTITION],
    )
