"""Rows that are locked until the transaction ends. Rows that point to them may be written meanwhile: their keys stay."""

from access_requests.models import AccessRequest, Elevation
from portal.users.models import User


def lock_person(person_id: int) -> User:
    """Return the person, locked until the transaction ends: one asks, and one is decided on, at a time."""
    return User.objects.select_for_update(no_key=True).get(pk=person_id)


def lock_request(request_id: int) -> AccessRequest:
    """Return the request, locked until the transaction ends. Rows that point to it may be written meanwhile: its key stays."""
    rows = AccessRequest.objects.select_for_update(of=("self",), no_key=True).select_related("requester", "policy")
    return rows.get(pk=request_id)


def lock_elevation(elevation_id: int) -> Elevation:
    """Return the elevation, locked as requests are."""
    rows = Elevation.objects.select_for_update(of=("self",), no_key=True).select_related(
        "person", "work_group__policy", "request"
    )
    return rows.get(pk=elevation_id)
