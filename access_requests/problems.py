"""What is in the way of a grant, an end or an undo in AWS, in the reader's language: the cause, its number, and what to do.

A cause is a word, as AWS's own code, with what belongs to it behind a colon: `groups_full:10`, `AccessDenied:iam:TagUser`.
`grants.causes` says which there are; the portal's own words have nothing behind them.
"""

from collections.abc import Mapping

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_requests.evaluation import NO_GATE_ROLE
from access_requests.grants.registry import words_of
from access_requests.grants.words import Text
from access_requests.models import Elevation
from portal.aws.causes import DENIALS

RUNBOOK_FAILED = "execution_failed"
_PERSON_BUSY = _("The portal is writing something else about this person just now. It is tried again.")
_DENIED = _("AWS denies this to the portal. An administrator must give its role the permission.")
_PATIENCE = _("AWS asks for patience. It is tried again.")
SENTENCES: Mapping[str, Promise] = {
    "identity_unread": _(
        "The portal does not know yet which role in AWS this is. It is read and tried again; where the portal has no role in the "
        "account, an administrator must write the ARN into the catalogue."
    ),
    "role_changed": _(
        "The role is gone, or was deleted and made again: it is not the one that was approved. An administrator must look into "
        "it, and load the catalogue with its new RoleId."
    ),
    "not_denied_after_end": _(
        "What AWS shows of fence and gate does not deny the second after the end, so nothing was given. An administrator must "
        "look into it."
    ),
    "fence_not_shown_yet": _("AWS does not show the entry fence as it was written. It is looked at again."),
    "not_shown_yet": _("AWS does not show the change yet. It is looked at again."),
    "still_shown": _("AWS still shows the membership. It is taken out again."),
    "leave_unread": _("The audit trail could not be read, so the session gate is not written yet. It is tried again."),
    "still_a_member": _("AWS still shows the membership. It is taken out again."),
    "iam_user_changed": _("The IAM user was renamed, or deleted and made again. An administrator must bind it anew."),
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
    "LimitExceeded": _("A limit of IAM is reached. An administrator must make room, or have AWS raise it."),
    "NoSuchEntity": _("The IAM user or group is gone. An administrator must look into it."),
    "Throttling": _PATIENCE,
    "ThrottlingException": _PATIENCE,
    "ConflictException": _("Somebody writes about the same in AWS just now. It is tried again."),
    "ConnectTimeoutError": _("AWS did not answer. It is tried again."),
    "ReadTimeoutError": _("AWS did not answer in time, so the outcome is unknown. It is looked at again."),
    "EndpointConnectionError": _("AWS could not be reached. It is tried again."),
    "role_full": _("The session gate of a role is full. It is tried again; room comes when somebody's access is over."),
    "gate_busy": _("Another worker is writing the role's session gate. It is tried again."),
    "gate_not_shown_yet": _("AWS does not show the role's session gate as it was written. It is looked at again."),
    "person_busy": _PERSON_BUSY,
    "TooLateToSendError": _("The credentials for AWS took too long, and nothing was sent. It is tried again."),
    "not_undoable": _("The portal does not undo what stands there now. An administrator must look into it."),
    "lease_lost": _PERSON_BUSY,
    NO_GATE_ROLE: _("The portal has no role in this account with which to write there. An administrator must name one."),
    "unreadable_answer": _("AWS answered what the portal cannot read. An administrator must look into it."),
    "another_account": _("The portal's credentials lead to another AWS account. An administrator must put them right."),
    "no_work_group": _("It belongs to no work group of the catalogue. An administrator must put it right in AWS."),
    "session_gate": _("It is the role's session gate, which the portal does not take off. An administrator must look into it."),
}
# With the number or the call that belongs to it.
MORE: Mapping[str, Promise] = {
    "groups_full": _(
        "The IAM user is in %(about)s groups already, as many as IAM allows. An administrator must take the user out of one, or "
        "have AWS raise the quota."
    ),
    "tags_full": _("The IAM user has %(about)s tags already, as many as IAM allows. An administrator must take one off."),
    "user_policies_full": _(
        "The entry fence does not fit: the IAM user's inline policies may have %(about)s characters together. An administrator "
        "must move those that are not the portal's into managed policies."
    ),
    "role_full": _(
        "The session gate does not fit: a role's inline policies may have %(about)s characters together. It is tried again; room "
        "comes when somebody's access is over, or when an administrator moves the role's own into managed policies."
    ),
    **dict.fromkeys(DENIALS, _("AWS denies %(about)s to the portal. An administrator must give its role the permission.")),
    RUNBOOK_FAILED: _("The runbook failed in AWS: %(about)s"),
}
# What passes by itself, and did not in time.
PASSES = frozenset(
    {
        *("identity_unread", "fence_not_shown_yet", "not_shown_yet", "still_shown", "leave_unread", "still_a_member"),
        *("Throttling", "ThrottlingException", "ConflictException", "ConnectTimeoutError", "ReadTimeoutError"),
        *("EndpointConnectionError", "role_full", "gate_busy", "gate_not_shown_yet", "person_busy", "TooLateToSendError"),
        "lease_lost",
    }
)


def sentence(cause: str) -> str:
    """Return what a cause means and what happens next; an unknown one is named as AWS names it."""
    known = _known(cause)
    return known if known is not None else gettext("AWS answered %(code)s. It is tried again.") % {"code": cause}


def of(elevation: Elevation) -> str:
    """Return what is in the way of an elevation, or was when its end began; empty where nothing is."""
    if elevation.problem:
        return sentence(elevation.problem)
    return at_the_end(elevation.problem_at_end) if elevation.problem_at_end else ""


def at_the_end(cause: str) -> str:
    """Return what was in the way when the end began: nothing is tried again any more."""
    known = _known(cause)
    if known is None:
        return gettext("AWS answered %(code)s.") % {"code": cause}
    if cause.partition(":")[0] in PASSES:
        return gettext("Until then AWS had not done what was asked for (%(code)s).") % {"code": cause}
    return known


def _of_backends() -> Mapping[str, Text]:
    """Return the sentences of the backends for what they alone raise."""
    return {cause: sentence for alias in settings.GRANT_BACKENDS for cause, sentence in words_of(alias).problems.items()}


def _known(cause: str) -> str | None:
    word, _colon, about = cause.partition(":")
    if about and word in MORE:
        said = sentence(about) if word == RUNBOOK_FAILED else about
        return str(MORE[word]) % {"about": said}
    found = SENTENCES.get(word) or _of_backends().get(word)
    return str(found) if found is not None else None
