"""What a person or a client is told when something is refused.

    Rejection                   the user acts next; nothing was written
    ├── NotAllowed    403       who asks may not, by this door or at all
    ├── NotFound      404       there is no such thing, or it is not for these eyes
    ├── Conflict      409       the state refuses it
    ├── Unusable      422       what was given cannot be used; `field` says which
    └── TooOften      429       the same person has to wait first: `quota_errors`

Each has a stable `code` and an English sentence that says what to do; `access_requests.wording` translates it. The data
that the sentence names is in `data`. What AWS answers badly are `access_requests.grants.errors`, not these.
"""

from collections.abc import Mapping
from typing import ClassVar


def _(sentence: str) -> str:
    """Mark a sentence for translation; the doors translate it, since only they know the reader's language."""
    return sentence


class Rejection(Exception):
    """A refusal with a stable code and a sentence for the person."""

    status: ClassVar[int]
    code: ClassVar[str]
    sentence: ClassVar[str]

    def __init__(self, **data: object) -> None:
        self.data: Mapping[str, object] = data
        # What an answer by HTTP says in its headers as well.
        self.headers: Mapping[str, str] = {}
        super().__init__(self.code, data)


class NotAllowed(Rejection):
    status = 403


class NotFound(Rejection):
    status = 404
    code = "not_found"
    sentence = _("There is no such thing, or it is not yours to see.")


class Conflict(Rejection):
    status = 409


class Unusable(Rejection):
    """`field` is the name that the API and the form give to what cannot be used."""

    status = 422

    def __init__(self, *, field: str, **data: object) -> None:
        self.field = field
        super().__init__(field=field, **data)


# Who may


class OwnRequest(NotAllowed):
    code = "own_request"
    sentence = _("Nobody decides on their own request. Ask another approver.")


class NotAnApprover(NotAllowed):
    code = "not_an_approver"
    sentence = _("You are not an approver at the level that this request waits for.")


class NotYours(NotAllowed):
    code = "not_yours"
    sentence = _("Only the requester may do this.")


class MayNotStop(NotAllowed):
    code = "may_not_stop"
    sentence = _("Only an approver of this work group or an administrator may stop access.")


class NotAnAdministrator(NotAllowed):
    code = "not_an_administrator"
    sentence = _("Only an administrator may do this.")


class MayNotRequest(NotAllowed):
    code = "may_not_request"
    sentence = _("You may not ask for %(work_group)s. Ask an administrator if you need to.")


class DecideInBrowser(NotAllowed):
    code = "decide_in_browser"
    sentence = _("This request may not be decided on here. Decide on it in the browser: %(url)s")


class OwnClientDecided(NotAllowed):
    code = "own_client_decided"
    sentence = _("The API client %(client)s, which is yours, has carried an approval of this request. Somebody else must decide.")


class ClientNotAllowed(NotAllowed):
    code = "client_not_allowed"
    sentence = _("This client may not act for this person, for this work group or from this address. Ask an administrator.")


class WrongScope(NotAllowed):
    code = "wrong_scope"
    sentence = _("The token lacks the scope %(scope)s.")


class RightsEnded(NotAllowed):
    code = "rights_ended"
    sentence = _("Your log-in or your token has ended, or this account may do less than before. Log in again, and try again.")


class PersonDisabled(NotAllowed):
    code = "person_disabled"
    sentence = _("This account is disabled. Ask an administrator.")


# Refused by the state


class TransitionNotAllowed(Conflict):
    code = "transition_not_allowed"
    sentence = _("This is no longer possible: the state has changed meanwhile. Look at the page again.")


class AlreadyDecided(Conflict):
    code = "already_decided"
    sentence = _("You have already decided on this request.")


class DecisionTooLate(Conflict):
    code = "decision_too_late"
    sentence = _("The deadline for a decision has passed. The requester can ask again.")


class SeenChanged(Conflict):
    code = "seen_changed"
    sentence = _("What you saw no longer holds: %(changed)s changed. Look at it again and decide then.")


class WindowsOverlap(Conflict):
    code = "windows_overlap"
    sentence = _("This overlaps %(other)s for %(work_group)s. Choose another time, or extend that access.")


class AlreadyPending(Conflict):
    code = "already_pending"
    sentence = _("%(other)s for %(work_group)s already waits for approval. Withdraw it first, or wait for it.")


class NoIamUser(Conflict):
    code = "no_iam_user"
    sentence = _("No IAM user is bound to %(person)s. Ask an administrator to bind one.")


class NoIdentityCenterUser(Conflict):
    code = "no_identity_center_user"
    sentence = _("No Identity Center user is bound to %(person)s. Ask an administrator to bind one.")


class TooFewApprovers(Conflict):
    code = "too_few_approvers"
    sentence = _("Level %(level)s of this policy cannot be satisfied without you. Ask an administrator to name another approver.")


class ElevationOver(Conflict):
    code = "elevation_over"
    sentence = _("This access is over or about to be. Make a new request.")


class NotInProductionYet(Conflict):
    code = "not_in_production_yet"
    sentence = _("This access has not begun. Its end can be moved once it has; ask for another time if you need one.")


class ChangeNotReady(Conflict):
    code = "change_not_ready"
    sentence = _(
        "The change request of this extension does not wait for the portal in AWS yet: others must approve it there first, or it "
        "has not been begun. The timeline says which; approve when it does."
    )


class RoleFull(Conflict):
    code = "role_full"
    sentence = _(
        "The session gate of %(role)s is full: no more people fit in than the %(people)s who are there. "
        "Wait until somebody's access is over."
    )


class IdentityUnread(Conflict):
    code = "identity_unread"
    sentence = _(
        "The portal does not know yet which role in AWS %(role)s is, so nobody is let in there. Try again in a minute; if that "
        "does not help, ask an administrator."
    )


class RequesterMayNot(Conflict):
    code = "requester_may_not"
    sentence = _("%(person)s may no longer ask for %(work_group)s. Reject this request, or ask an administrator.")


class CatalogueChanged(Conflict):
    code = "catalogue_changed"
    sentence = _(
        "%(work_group)s has left the catalogue or is approved under another policy now. Reject this; it can be asked for anew."
    )


class AdministratorExists(Conflict):
    code = "administrator_exists"
    sentence = _("There is an administrator already; administrators are made by the catalogue.")


# What was given


class UnknownWorkGroup(Unusable):
    code = "unknown_work_group"
    sentence = _("There is no work group called %(work_group)s. Choose one of the catalogue.")


class NoWorkGroup(Unusable):
    code = "no_work_group"
    sentence = _("Choose at least one work group, and each only once.")


class MixedPolicies(Unusable):
    code = "mixed_policies"
    sentence = _("These work groups are approved under different policies. Make a request for each.")


class Missing(Unusable):
    code = "missing"
    sentence = _("Fill this in.")


class TooLong(Unusable):
    code = "too_long"
    sentence = _("At most %(limit)s characters; these are %(length)s.")


class ControlCharacters(Unusable):
    code = "control_characters"
    sentence = _("This holds characters that cannot be shown. Type it again without them.")


class DurationOrEnd(Unusable):
    code = "duration_or_end"
    sentence = _("Give either a duration or an end, not both and not neither.")


class TooShort(Unusable):
    code = "too_short"
    sentence = _("The shortest time for this is %(minutes)s.")


class TooLongAccess(Unusable):
    code = "longest_exceeded"
    sentence = _("The longest time for this is %(minutes)s.")


class InThePast(Unusable):
    code = "in_the_past"
    sentence = _("This time has passed. Choose a later one.")


class TooFarAhead(Unusable):
    code = "too_far_ahead"
    sentence = _("This is more than %(days)s days ahead. Ask nearer to the time.")


class EndBeforeStart(Unusable):
    code = "end_before_start"
    sentence = _("The end lies before the start.")


class NaiveTime(Unusable):
    code = "naive_time"
    sentence = _("Give the time with its zone, such as 2026-11-23T20:00:00Z.")


class AmbiguousTime(Unusable):
    code = "ambiguous_time"
    sentence = _("The clocks change then: this time does not exist or exists twice in your zone. Choose another.")


class KeyReused(Unusable):
    code = "idempotency_key_reused"
    sentence = _("This key was used with other contents. Use a new key.")
