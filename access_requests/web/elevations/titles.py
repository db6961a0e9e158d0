"""What an access or a request has come to, as the title of its page."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.models import AccessRequest, Elevation
from audits.acts import reasons
from portal.pages import moments
from portal.verbs import phrases

MINUTE = 60
ELEVATIONS: Mapping[str, Promise] = {
    ElevationStatus.SCHEDULED: _("%(who)s will be in %(group)s from %(start)s"),
    ElevationStatus.GRANTING: _("%(who)s is about to be in %(group)s"),
    ElevationStatus.ACTIVE: _("%(who)s is in %(group)s until %(end)s"),
    ElevationStatus.REVOKING: _("The access of %(who)s to %(group)s is being ended"),
    ElevationStatus.ENDED: _("%(who)s had access by %(group)s for %(length)s, %(reason)s"),
    ElevationStatus.CANCELLED: _("%(who)s was not let into %(group)s: %(reason)s"),
}
NOT_LET_IN = _("%(who)s was not let into %(group)s")
REQUESTS: Mapping[str, Promise] = {
    RequestStatus.PENDING: _("%(who)s asks for %(groups)s"),
    RequestStatus.APPROVED: _("%(who)s was given %(groups)s"),
    RequestStatus.REJECTED: _("%(who)s asked for %(groups)s: rejected"),
    RequestStatus.SENT_BACK: _("%(who)s asked for %(groups)s: sent back"),
    RequestStatus.WITHDRAWN: _("%(who)s asked for %(groups)s: withdrawn"),
    RequestStatus.LAPSED: _("%(who)s asked for %(groups)s: nobody decided in time"),
}
EXTENSIONS: Mapping[str, Promise] = {
    RequestStatus.PENDING: _("%(who)s asks for more time in %(groups)s"),
    RequestStatus.APPROVED: _("%(who)s was given more time in %(groups)s"),
    RequestStatus.REJECTED: _("%(who)s asked for more time in %(groups)s: rejected"),
    RequestStatus.SENT_BACK: _("%(who)s asked for more time in %(groups)s: sent back"),
    RequestStatus.WITHDRAWN: _("%(who)s asked for more time in %(groups)s: withdrawn"),
    RequestStatus.LAPSED: _("%(who)s asked for more time in %(groups)s: nobody decided in time"),
}


def of_elevation(elevation: Elevation) -> str:
    """Return who is, was or was not in which work group; names as they are, with what they hide."""
    return _of(elevation, elevation.person.called)


def _of(elevation: Elevation, who: str) -> str:
    sentence = ELEVATIONS[elevation.status]
    if elevation.status == ElevationStatus.ENDED and elevation.granted_at is None:
        sentence = ELEVATIONS[ElevationStatus.CANCELLED]
    if elevation.was_not_granted:
        sentence = NOT_LET_IN
    return str(sentence) % {
        "who": who,
        "group": elevation.work_group.name,
        "start": moments.said(elevation.starts_at),
        "end": moments.said(elevation.ends_at),
        "length": _length(elevation),
        "reason": reasons.stopped(elevation.stop_reason),
    }


def of_request(request: AccessRequest) -> str:
    """Return what is asked for, or what has become of it: of one with one access, what has become of that."""
    elevations = list(request.elevations.all())
    if len(elevations) == 1:
        return _of(elevations[0], request.requester.called)
    words = {"who": request.requester.called, "groups": _named(group.name for group in request.work_groups.all())}
    if request.was_not_granted:
        refused = (row.work_group.name for row in elevations if row.was_not_granted)
        return str(NOT_LET_IN) % {**words, "group": _named(refused)}
    return str((EXTENSIONS if request.extends_id else REQUESTS)[request.status]) % words


def _named(names: Iterable[str]) -> str:
    return pgettext("between names", ", ").join(sorted(names))


def _length(elevation: Elevation) -> str:
    """Return how long it lasted, as AWS showed it; from its beginning to now is said by a countdown."""
    if elevation.granted_at is None or elevation.ended_at is None:
        return ""
    seconds = (elevation.ended_at - elevation.granted_at).total_seconds()
    return phrases.duration(max(1, round(seconds / MINUTE)))
