"""Pages on which people sign in: what they do there is no signed call, and CloudTrail tells of it all the same.

`switch_role` is the console's page for switching; who comes there shows a key. The others are for whoever holds the control
token, which stands for identity providers and for passwords: `console_login`, `federation`, `identity_center`, `local_login`.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from moto.core.request import Request
from werkzeug.wrappers import Response

from portal.simulated_aws import clock, signing_in
from portal.simulated_aws.doors import console_login, federation, identity_center, local_login
from portal.simulated_aws.errors import Refusal
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.gateway import one_at_a_time

Door = Callable[[Mapping[str, Any], Envelope], Mapping[str, Any]]
_DOORS: Mapping[str, Door] = {
    signing_in.CONSOLE: console_login.sign_in,
    signing_in.SAML: federation.by_saml,
    signing_in.WEB_IDENTITY: federation.by_web_identity,
    signing_in.IDENTITY_CENTER: identity_center.enter,
    signing_in.LOCAL: local_login.authorize,
    signing_in.LOCAL_AGAIN: local_login.refresh,
}


def answer(request: Request) -> Response:
    """Return the credentials of who came in as JSON, or 403 with AWS's words."""
    name = request.path.removeprefix(signing_in.DOORS_PATH)
    if name not in _DOORS:
        return Response("no such door", HTTPStatus.NOT_FOUND)
    try:
        form = json.loads(request.get_data())
        with one_at_a_time:
            shown = _DOORS[name](form, envelope(request, form))
    except Refusal as refusal:
        return Response(refusal.message, HTTPStatus.FORBIDDEN, content_type="text/plain")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return Response(f"not a way in: {error!r}", HTTPStatus.BAD_REQUEST, content_type="text/plain")
    return Response(json.dumps({"Credentials": shown}, default=datetime.isoformat), content_type="application/json")


def envelope(request: Request, form: Mapping[str, Any]) -> Envelope:
    """Return when and where somebody came from: from where they say, since everybody here is on one machine."""
    return Envelope(
        at=clock.now(),
        source_ip=form.get("source_ip") or request.remote_addr or "",
        user_agent=form.get("user_agent") or str(request.user_agent),
    )
