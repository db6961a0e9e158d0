"""A list as JSON and as HTML, and a step: lock, update, note, answer. `bytes` says how long the answer is to be."""

from collections.abc import Iterable

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import path

from tests.bench.toy.models import Note, Thing

ROWS = 50
PAGE = engines["django"].from_string(
    "<!doctype html><title>Things</title><table>{% for thing in things %}"
    "<tr><td>{{ thing.pk }}</td><td>{{ thing.state }}</td><td>{{ thing.text }}</td></tr>{% endfor %}</table>"
)


def as_json(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"items": [{"id": thing.pk, "state": thing.state, "text": thing.text} for thing in _things(request)]})


def as_html(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.render({"things": _things(request)}, request))


def step(request: HttpRequest) -> JsonResponse:
    with transaction.atomic():
        thing = Thing.objects.select_for_update().get(pk=request.GET["id"])
        thing.state = "approved"
        thing.save(update_fields=["state"])
        Note.objects.create(act="thing.approved", data={"thing": thing.pk, "text": thing.text})
    return JsonResponse({"id": thing.pk, "text": "x" * _size(request)})


def _things(request: HttpRequest) -> Iterable[Thing]:
    each = _size(request) // ROWS
    things = list(Thing.objects.order_by("-pk")[:ROWS])
    for thing in things:
        thing.text = (thing.text * (each // len(thing.text) + 1))[:each]
    return things


def _size(request: HttpRequest) -> int:
    return int(request.GET["bytes"])


urlpatterns = [path("json", as_json), path("html", as_html), path("step", step)]
