"""What happened to a request, from the trail: the request, its elevations, their extensions, drift of what they have in AWS."""

from collections.abc import Iterable

from django.db.models import QuerySet

from access_requests.models import AccessRequest, Drift, Elevation
from audits.acts import Act
from audits.models import TrailEntry


def of_request(request: AccessRequest) -> QuerySet[TrailEntry]:
    """Return the entries, oldest first. Of an extension: its own, and those of the elevation that it names."""
    elevations = request.elevations.all() if request.extends_id is None else Elevation.objects.filter(pk=request.extends_id)
    codes = [request.code, *elevations.values_list("code", flat=True)]
    codes += AccessRequest.objects.filter(extends__in=request.elevations.all()).values_list("code", flat=True)
    codes += Drift.objects.filter(elevation__in=elevations).values_list("code", flat=True)
    return TrailEntry.objects.filter(subject__in=codes).order_by("id")


def of_ends(elevations: Iterable[Elevation]) -> QuerySet[TrailEntry]:
    """Return the entries with which the ends of these began: who ended them, and why."""
    codes = [elevation.code for elevation in elevations]
    return TrailEntry.objects.filter(subject__in=codes, act__in=(Act.ELEVATION_REVOKING, Act.ELEVATION_CANCELLED))
