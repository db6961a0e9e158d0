"""The words of states and refusals, in the reader's language; doors use these and nothing else for them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access_requests.errors import Rejection
from access_requests.lifecycle import ElevationStatus, RequestStatus

REQUEST_STATES: Mapping[str, Promise] = {
    RequestStatus.PENDING: _("waiting for approval"),
    RequestStatus.APPROVED: _("approved"),
    RequestStatus.REJECTED: _("rejected"),
    RequestStatus.SENT_BACK: _("sent back"),
    RequestStatus.WITHDRAWN: _("withdrawn"),
    RequestStatus.LAPSED: _("lapsed"),
}
ELEVATION_STATES: Mapping[str, Promise] = {
    ElevationStatus.SCHEDULED: pgettext_lazy("elevation", "scheduled"),
    ElevationStatus.GRANTING: _("granting"),
    ElevationStatus.ACTIVE: pgettext_lazy("elevation", "active"),
    ElevationStatus.REVOKING: _("revoking"),
    ElevationStatus.ENDED: pgettext_lazy("elevation", "ended"),
    ElevationStatus.CANCELLED: pgettext_lazy("elevation", "cancelled"),
}
STOP_REASONS: Mapping[str, Promise] = {
    "expired": _("its time was over"),
    "returned": _("returned early"),
    "stopped": _("stopped"),
    "person_disabled": _("the person was disabled"),
    "work_group_retired": _("the work group left the catalogue"),
    "iam_user_rebound": _("another IAM user was bound to the person"),
    "grant_refused": _("AWS refused the grant"),
}
PROBLEMS: Mapping[str, Promise] = {
    "not_shown_yet": _("AWS does not show the change yet. It is looked at again."),
    "still_shown": _("AWS still shows the membership. It is taken out again."),
    "still_a_member": _("AWS still shows the membership. It is taken out again."),
    "iam_user_changed": _("The IAM user was renamed, or deleted and made again. An administrator must bind it anew."),
    "AccessDenied": _("AWS denies this to the portal. An administrator must give its role the permission."),
    "LimitExceeded": _("A limit of IAM is reached, such as ten groups a user. An administrator must make room."),
    "NoSuchEntity": _("The IAM user or group is gone. An administrator must look into it."),
    "Throttling": _("AWS asks for patience. It is tried again."),
    "ConnectTimeoutError": _("AWS did not answer. It is tried again."),
    "ReadTimeoutError": _("AWS did not answer in time, so the outcome is unknown. It is looked at again."),
    "EndpointConnectionError": _("AWS could not be reached. It is tried again."),
}


def sentence(rejection: Rejection) -> str:
    """Return the refusal as a sentence that says what to do."""
    return gettext(rejection.sentence) % rejection.data


def problem(word: str) -> str:
    """Return what a problem of AWS means and what happens next; an unknown one is named as AWS names it."""
    known = PROBLEMS.get(word)
    return str(known) if known is not None else gettext("AWS answered %(code)s. It is tried again.") % {"code": word}
