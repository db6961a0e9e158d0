"""What Slack calls: open to everybody, and only what Slack signed is read."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from access_requests.chat import reading, receiving
from access_requests.chat.answers import Answer
from access_requests.chat.authenticity import is_authentic
from access_requests.chat.reading import Fields
from access_requests.chat.speaking import SIGNED

FORM = "application/x-www-form-urlencoded"
NO_STORE = {"Cache-Control": "no-store"}


@csrf_exempt  # A signature stands for it.
def commands(request: HttpRequest) -> HttpResponse:
    return _answer(request, _command)


@csrf_exempt  # A signature stands for it.
def interactions(request: HttpRequest) -> HttpResponse:
    return _answer(request, _interaction)


def _command(request: HttpRequest, fields: Fields, now: datetime) -> Answer | None:
    _note(request, reading.text_at(fields, "user_id"))
    return receiving.command(fields, method=SIGNED, now=now)


def _interaction(request: HttpRequest, fields: Fields, now: datetime) -> Answer | None:
    payload = reading.document(fields.get("payload", ""))
    _note(request, reading.text_at(payload, "user", "id"))
    return receiving.interaction(payload, method=SIGNED, now=now)


def _note(request: HttpRequest, user_id: str) -> None:
    """Leave word for the log of calls of whom Slack named."""
    request.auth = f"slack:{user_id}"  # type: ignore[attr-defined]  # The API's word for who calls.


def _answer(request: HttpRequest, answer: Callable[[HttpRequest, Fields, datetime], Answer | None]) -> HttpResponse:
    """Answer what is authentic and can be read, with 200 whatever is said: anything else Slack shows as a failure of ours."""
    refusal = _unwanted(request)
    if refusal is not None:
        return refusal
    now = timezone.now()
    if not is_authentic(request.body, request.headers, now=now):
        return _status(HTTPStatus.UNAUTHORIZED)
    if request.content_type != FORM:
        return _status(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        said = answer(request, reading.form(request.body), now)
    except reading.Unreadable:
        return _status(HTTPStatus.BAD_REQUEST)
    return JsonResponse(said, headers=NO_STORE) if said is not None else _status(HTTPStatus.OK)


def _unwanted(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to what is not even looked at."""
    if not settings.SLACK_SIGNING_SECRET:
        return _status(HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        return _status(HTTPStatus.METHOD_NOT_ALLOWED, Allow="POST")
    try:
        request.body  # noqa: B018  Reads it, up to what Django takes.
    except RequestDataTooBig:
        return _status(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return None


def _status(status: HTTPStatus, **headers: str) -> HttpResponse:
    return HttpResponse(status=status, content_type="text/plain", headers=NO_STORE | headers)
