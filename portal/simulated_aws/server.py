"""The HTTP side: signed calls go to their service, a switch to the console.

The rest below /_simulated/ is for whoever holds the control token.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from moto.core.request import Request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from portal.simulated_aws import (
    building,
    clock,
    console,
    control,
    credentials,
    doors,
    failing,
    faults,
    leaving,
    service_calls,
    signing_in,
    trail,
)
from portal.simulated_aws.account_management import AccountResponse
from portal.simulated_aws.cloudformation.response import StackResponse
from portal.simulated_aws.cloudtrail import TrailResponse
from portal.simulated_aws.doors import switch_role
from portal.simulated_aws.errors import MissingAuthenticationToken, NotSimulated, Refusal
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.iam import StrictIamResponse
from portal.simulated_aws.identity_center.instances import InstancesResponse
from portal.simulated_aws.identity_center.membership_calls import IdentityStoreResponse
from portal.simulated_aws.key_management import KeyManagementResponse
from portal.simulated_aws.objects import ObjectsResponse
from portal.simulated_aws.organizations import OrganizationsResponse
from portal.simulated_aws.sts import StrictTokenResponse
from portal.simulated_aws.systems_manager import change_manager
from portal.simulated_aws.systems_manager.response import SystemsManagerResponse
from portal.simulated_aws.systems_manager.waiting import changed
from portal.simulated_aws.world import World, WorldError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_SERVICES: Mapping[str, type[Gateway | ObjectsResponse]] = {
    "iam": StrictIamResponse,
    "sts": StrictTokenResponse,
    "ssm": SystemsManagerResponse,
    "cloudformation": StackResponse,
    "cloudtrail": TrailResponse,
    "identitystore": IdentityStoreResponse,
    "sso": InstancesResponse,
    "kms": KeyManagementResponse,
    "organizations": OrganizationsResponse,
    "account": AccountResponse,
    "s3": ObjectsResponse,
    **leaving.RESPONSES,
}


class Application:
    def __init__(self, *, control_token: str) -> None:
        self._control_token = control_token

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == console.SWITCH_PATH:
            return switch_role.answer(request)
        return self._control(request) if request.path.startswith("/_simulated/") else _aws(request)

    def _control(self, request: Request) -> Response:
        given = request.headers.get(control.TOKEN_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._control_token.encode()):
            return Response("wrong control token", HTTPStatus.FORBIDDEN)
        try:
            return _controlled(request)
        except (WorldError, json.JSONDecodeError) as error:
            return Response(str(error), HTTPStatus.BAD_REQUEST)


def serve(*, host: str, port: int, control_token: str, keep: Path | None = None) -> BaseWSGIServer:
    """Return a server that listens already; port 0 chooses a free one. The caller runs `serve_forever`.

    `keep` is the file in which what CloudTrail remembers outlives the process.
    """
    building.reset()
    if keep:
        trail.keep_in(keep)
    service_calls.open_door(_aws)
    return make_server(host, port, Application(control_token=control_token), threaded=True, request_handler=_QuietHandler)


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of calls that were answered."""


def _controlled(request: Request) -> Response:
    if request.path.startswith(control.FAULTS_PATH):
        return _faults(request, request.path.removeprefix(control.FAULTS_PATH).strip("/"))
    if request.path.startswith(signing_in.DOORS_PATH):
        return doors.answer(request)
    match request.method, request.path:
        case "PUT", control.COMPANY_PATH:
            building.build(World.parsed(json.loads(request.get_data())))
        case "POST", control.COMPANY_PATH:
            building.add(World.parsed(json.loads(request.get_data())))
        case "POST", control.RESET_PATH:
            building.reset()
        case "PUT", control.CLOCK_PATH:
            with changed:
                _set_clock(json.loads(request.get_data()))
                changed.notify_all()
        case "PUT", control.CHANGE_MANAGER_PATH:
            with changed:
                change_manager.configure(json.loads(request.get_data()))
                changed.notify_all()
        case _:
            return Response("no such control", HTTPStatus.NOT_FOUND)
    return Response(status=HTTPStatus.NO_CONTENT)


def _faults(request: Request, fault_id: str) -> Response:
    match request.method:
        case "GET":
            return _json({"faults": faults.listed()})
        case "POST":
            return _json(faults.add(json.loads(request.get_data())).shown())
        case "DELETE" if faults.clear(fault_id or None) or not fault_id:
            return Response(status=HTTPStatus.NO_CONTENT)
    return Response("no such fault", HTTPStatus.NOT_FOUND)


def _json(shown: Mapping[str, Any]) -> Response:
    return Response(json.dumps(shown), content_type="application/json")


def _set_clock(wanted: Mapping[str, Any]) -> None:
    """Shift the clock by {"offset_seconds": 60}, or stop it by {"at": "2026-11-23T05:00:00Z"}."""
    try:
        if "at" in wanted:
            clock.stop(datetime.fromisoformat(wanted["at"]))
        else:
            clock.shift(timedelta(seconds=wanted["offset_seconds"]))
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise WorldError(f"no time: {error}") from error


def _aws(request: Request) -> Response:
    try:
        service = credentials.service_of(request.headers)
    except MissingAuthenticationToken as refusal:
        return _refused(refusal, request)
    if service not in _SERVICES:
        return _refused(NotSimulated(f"The service {service} is not simulated"), request)
    return failing.answer(request, _SERVICES[service].answered)


def _refused(refusal: Refusal, request: Request) -> Response:
    """Answer a call that reaches no service, in the protocol that it came in."""
    if "X-Amz-Target" in request.headers:
        body = json.dumps({"__type": refusal.code, "message": refusal.message})
        return Response(body, refusal.status, content_type="application/x-amz-json-1.0")
    error = f"<Error><Type>Sender</Type><Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message></Error>"
    return Response(f"<ErrorResponse>{error}</ErrorResponse>", refusal.status, content_type="text/xml")
