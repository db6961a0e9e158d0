"""Requests: ask, look, decide."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router

from access_requests import errors
from access_requests.api import bodies
from access_requests.api.auth import ApiRequest, Bearer, TokenCaller
from access_requests.api.kept import carry_out
from access_requests.api.showing import RequestDetail, RequestSummary, TimelineEntry
from access_requests.models import AccessRequest
from access_requests.selectors import clients, requests, timeline
from access_requests.services.requests import decide, submit
from portal.rest.paging import Page, PageQuery, page
from portal.rest.replies import shown, tagged
from portal.verbs import rejections
from portal.verbs.actor import Actor

router = Router(tags=["Requests"])
CODE = re.compile(r"R-[0-9A-Z]{8}", re.ASCII)
READ = Bearer("requests:read")
WRITE = Bearer("requests:write")
DECIDE = Bearer("decisions:write")


@router.get("", auth=READ, response=Page[RequestSummary], summary="List the requests that the person may see, newest first")
def list_requests(request: ApiRequest, query: Query[bodies.RequestQuery]) -> HttpResponse:
    caller, now = request.auth, timezone.now()
    filters = requests.Filters(**query.model_dump(exclude={"limit", "cursor", "state"}), state=query.state or "")
    mine = clients.requests_of(caller.client, requests.visible_to(caller.who))
    rows = requests.in_brief(requests.filtered(mine, filters, caller.who, now=now)).select_related("extends", "revises")
    return shown(page(request, rows, query, lambda found: [RequestSummary.of(row) for row in found]))


@router.post("", auth=WRITE, response={201: RequestDetail}, summary="Ask for access")
def submit_request(request: ApiRequest, body: bodies.AskBody) -> HttpResponse:
    def submitted(actor: Actor, now: datetime) -> RequestDetail:
        check_groups(request.auth, body.work_groups)
        return _detail(submit.submit(ask=body.ask(), actor=actor, now=now))

    return carry_out(request, submitted, body=body, status=201)


@router.get("/{code}", auth=READ, response=RequestDetail, summary="Show a request")
def show_request(request: ApiRequest, code: str) -> HttpResponse:
    return tagged(request, _detail(found_request(request.auth, code)))


@router.get("/{code}/timeline", auth=READ, response=Page[TimelineEntry], summary="List what happened to a request, oldest first")
def list_timeline(request: ApiRequest, code: str, query: Query[PageQuery]) -> HttpResponse:
    rows = timeline.of_request(found_request(request.auth, code))
    entries = page(request, rows, query, TimelineEntry.of_all, order=["id"], named_by="id")
    return shown(entries)


@router.post("/{code}/approve", auth=DECIDE, response=RequestDetail, summary="Approve")
def approve_request(request: ApiRequest, code: str, body: bodies.DecisionBody) -> HttpResponse:
    return _decide(request, code, body, decide.approve)


@router.post("/{code}/reject", auth=DECIDE, response=RequestDetail, summary="Reject, with a reason")
def reject_request(request: ApiRequest, code: str, body: bodies.DecisionBody) -> HttpResponse:
    return _decide(request, code, body, decide.reject)


@router.post("/{code}/send-back", auth=DECIDE, response=RequestDetail, summary="Ask for another version, with a reason")
def send_back_request(request: ApiRequest, code: str, body: bodies.DecisionBody) -> HttpResponse:
    return _decide(request, code, body, decide.send_back)


@router.post("/{code}/withdraw", auth=WRITE, response=RequestDetail, summary="Withdraw one's own request")
def withdraw_request(request: ApiRequest, code: str) -> HttpResponse:
    def withdrawn(actor: Actor, now: datetime) -> RequestDetail:
        found = found_request(request.auth, code)
        return _detail(decide.withdraw(request_id=found.pk, actor=actor, now=now))

    return carry_out(request, withdrawn)


def found_request(caller: TokenCaller, code: str) -> AccessRequest:
    """Return the request. Raises NotFound where the person may not see it, ClientNotAllowed where only the client may not."""
    visible = requests.visible_to(caller.who).filter(code=code) if CODE.fullmatch(code) else AccessRequest.objects.none()
    row = visible.first()
    if row is None:
        raise rejections.NotFound
    if not clients.requests_of(caller.client, AccessRequest.objects.filter(pk=row.pk)).exists():
        raise errors.ClientNotAllowed
    return row


def check_groups(caller: TokenCaller, names: list[str]) -> None:
    """Raise ClientNotAllowed for a work group that is not the client's."""
    if not clients.may_carry(caller.client, names):
        raise errors.ClientNotAllowed


def _decide(request: ApiRequest, code: str, body: bodies.DecisionBody, verb: Callable[..., AccessRequest]) -> HttpResponse:
    def decided(actor: Actor, now: datetime) -> RequestDetail:
        found = found_request(request.auth, code)
        given: dict[str, Any] = {"comment": body.comment, "seen": body.seen}
        return _detail(verb(request_id=found.pk, actor=actor, now=now, **given))

    return carry_out(request, decided, body=body)


def _detail(row: AccessRequest) -> RequestDetail:
    return RequestDetail.of(requests.in_full(AccessRequest.objects.filter(pk=row.pk)).get())
