"""Where an audit begins: the trail's state, what is often looked for in it, and what was taken home of late."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audits import selectors, sentences
from audits.acts import Act
from audits.findings import listing
from audits.findings.due import today
from audits.models import Extract, Stream
from audits.sealing import status
from audits.web import links, periods
from audits.web.forms import TrailFilterForm
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest

OFTEN = (
    Act.REQUEST_SUBMITTED,
    Act.REQUEST_APPROVED,
    Act.REQUEST_REJECTED,
    Act.ELEVATION_ACTIVE,
    Act.ELEVATION_ENDED,
    Act.ELEVATION_END_RECORDED_LATE,
    Act.DRIFT_FOUND,
    Act.CATALOGUE_CHANGED,
    Act.PERSON_CHANGED,
    Act.EXPORT_DOWNLOADED,
)
LATEST = 5


@require_safe
@for_readers
def overview(request: PageRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "presets": periods.presets(now),
        "status": status.current(now=now),
        "last": selectors.numbered().order_by("-pk").first(),
        "form": TrailFilterForm(),
        "often": [(sentences.of_act(act), links.trail(act=act)) for act in OFTEN],
        "findings": listing.counts(today=today(now)),
        "streams": Stream.objects.order_by("place"),
        "exports": Extract.objects.order_by("-pk")[:LATEST],
    }
    return render(request, "audits/overview.html", context)
