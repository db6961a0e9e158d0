"""What an approval makes: elevations, which workers then grant."""

from access_requests.models import AccessRequest, Elevation
from access_requests.services.record import bindings


def elevations_of(request: AccessRequest) -> list[Elevation]:
    """Return the elevations that an approval makes, unsaved: one a work group, for the user in AWS that is bound now."""
    if request.starts_at is None or request.ends_at is None:
        raise ValueError(f"{request} has no window yet")
    return [
        Elevation(
            request=request,
            person=request.requester,
            work_group=group,
            **bindings.columns(request.requester, group),
            starts_at=request.starts_at,
            ends_at=request.ends_at,
            ends_by=request.code,
        )
        for group in request.work_groups.all()
    ]
