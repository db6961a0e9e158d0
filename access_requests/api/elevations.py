"""Elevations: who is in production until when, and how that ends."""

import re
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router

from access_requests import errors
from access_requests.api import bodies
from access_requests.api.auth import ApiRequest, Bearer, TokenCaller
from access_requests.api.kept import carry_out
from access_requests.api.showing import RequestDetail
from access_requests.api.showing_access import ShownElevation, shown_elevations
from access_requests.models import AccessRequest, Elevation
from access_requests.selectors import clients, elevations, requests
from access_requests.services.elevations import stop
from access_requests.services.requests import extend
from portal.rest.paging import Page, page
from portal.rest.replies import tagged
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Actor

router = Router(tags=["Elevations"])
CODE = re.compile(r"E-[0-9A-Z]{8}", re.ASCII)
READ = Bearer("requests:read")
WRITE = Bearer("requests:write")
# Seconds run down without being news.
RUNNING_DOWN: dict[str, object] = {"seconds_left": True}


@router.get("", auth=READ, response=Page[ShownElevation], summary="List who has, or will have, access, newest first")
def list_elevations(request: ApiRequest, query: Query[bodies.ElevationQuery]) -> HttpResponse:
    caller, now = request.auth, timezone.now()
    rows = elevations.everything() if query.all else elevations.current()
    rows = elevations.in_full(clients.elevations_of(caller.client, rows))
    answer = page(request, rows, query, lambda found: shown_elevations(found, caller.who, now=now))
    return tagged(request, answer, besides={"items": {"__all__": RUNNING_DOWN}})


@router.get("/{code}", auth=READ, response=ShownElevation, summary="Show an elevation")
def show_elevation(request: ApiRequest, code: str) -> HttpResponse:
    answer = shown_elevation(found_elevation(request.auth, code), request.auth.who)
    return tagged(request, answer, besides=RUNNING_DOWN)


@router.post("/{code}/return", auth=WRITE, response=ShownElevation, summary="Give one's own access back")
def return_elevation(request: ApiRequest, code: str) -> HttpResponse:
    def returned(actor: Actor, now: datetime) -> ShownElevation:
        found = found_elevation(request.auth, code)
        return shown_elevation(stop.return_early(elevation_id=found.pk, actor=actor, now=now), request.auth.who)

    return carry_out(request, returned)


@router.post("/{code}/extend", auth=WRITE, response={201: RequestDetail}, summary="Ask for more time: a request of its own")
def extend_elevation(request: ApiRequest, code: str, body: bodies.ExtendBody) -> HttpResponse:
    def extended(actor: Actor, now: datetime) -> RequestDetail:
        found = found_elevation(request.auth, code)
        return _asked(extend.extend(elevation_id=found.pk, actor=actor, now=now, **body.model_dump()))

    return carry_out(request, extended, body=body, status=201)


@router.post("/{code}/stop", auth=Bearer("decisions:write"), response=ShownElevation, summary="End somebody's access now")
def stop_elevation(request: ApiRequest, code: str, body: bodies.StopBody) -> HttpResponse:
    def stopped(actor: Actor, now: datetime) -> ShownElevation:
        found = found_elevation(request.auth, code)
        return shown_elevation(stop.stop(elevation_id=found.pk, comment=body.comment, actor=actor, now=now), request.auth.who)

    return carry_out(request, stopped, body=body)


def found_elevation(caller: TokenCaller, code: str) -> Elevation:
    """Return the elevation, which is for everybody's eyes. Raises NotFound, or ClientNotAllowed for another work group."""
    row = Elevation.objects.filter(code=code).first() if CODE.fullmatch(code) else None
    if row is None:
        raise rejections.NotFound
    if not clients.elevations_of(caller.client, Elevation.objects.filter(pk=row.pk)).exists():
        raise errors.ClientNotAllowed
    return row


def shown_elevation(row: Elevation, viewer: User) -> ShownElevation:
    rows = list(elevations.in_full(Elevation.objects.filter(pk=row.pk)))
    return shown_elevations(rows, viewer, now=timezone.now())[0]


def _asked(row: AccessRequest) -> RequestDetail:
    return RequestDetail.of(requests.in_full(AccessRequest.objects.filter(pk=row.pk)).get())
