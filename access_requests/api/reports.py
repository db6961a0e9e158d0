"""Work reports: what was done with an access that is over, and the answer to it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.http import HttpResponse
from ninja import Router

from access_requests.api import bodies
from access_requests.api.auth import ApiRequest, Bearer
from access_requests.api.elevations import found_elevation, shown_elevation
from access_requests.api.kept import carry_out
from access_requests.api.showing_access import ShownElevation
from access_requests.models import Elevation
from access_requests.services.elevations import reporting
from audits.models import WorkReport
from portal.verbs.actor import Actor

router = Router(tags=["Elevations"])
DECIDE = Bearer("decisions:write")


@router.post("/{code}/report", auth=Bearer("requests:write"), response=ShownElevation, summary="Report what was done")
def report_elevation(request: ApiRequest, code: str, body: bodies.ReportBody) -> HttpResponse:
    def written(found: Elevation, actor: Actor, now: datetime) -> WorkReport:
        verb = partial(reporting.report, elevation=found, done=body.done, deviation=body.deviation, is_unused=body.unused)
        return verb(actor=actor, now=now)

    return _done(request, code, body, written)


@router.post("/{code}/report/confirm", auth=DECIDE, response=ShownElevation, summary="Confirm somebody's work report")
def confirm_report(request: ApiRequest, code: str, body: bodies.AnswerReportBody) -> HttpResponse:
    def confirmed(found: Elevation, actor: Actor, now: datetime) -> WorkReport:
        return reporting.confirm(elevation=found, **body.model_dump(), actor=actor, now=now)

    return _done(request, code, body, confirmed)


@router.post("/{code}/report/ask", auth=DECIDE, response=ShownElevation, summary="Ask somebody's work report back")
def ask_report_back(request: ApiRequest, code: str, body: bodies.AnswerReportBody) -> HttpResponse:
    def asked(found: Elevation, actor: Actor, now: datetime) -> WorkReport:
        return reporting.ask_back(elevation=found, **body.model_dump(), actor=actor, now=now)

    return _done(request, code, body, asked)


def _done(
    request: ApiRequest, code: str, body: bodies.Body, verb: Callable[[Elevation, Actor, datetime], WorkReport]
) -> HttpResponse:
    def done(actor: Actor, now: datetime) -> ShownElevation:
        found = found_elevation(request.auth, code)
        verb(found, actor, now)
        return shown_elevation(found, request.auth.who)

    return carry_out(request, done, body=body)
