"""What is refused about requests and access: see `portal.verbs.rejections` for the tree."""

from portal.verbs.rejections import Conflict, Missing, NotAllowed, TooOften, Unusable, _

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


class MayNotRequest(NotAllowed):
    code = "may_not_request"
    sentence = _("You may not ask for %(work_group)s. Ask an administrator if you need to.")


class DecideInBrowser(NotAllowed):
    code = "decide_in_browser"
    sentence = _("This request may not be decided on here. Decide on it in the browser: %(url)s")


class ReasonMissing(Missing):
    """Of a decision that is no approval: the field is a comment's, and elsewhere optional."""

    sentence = _("Rejecting and sending back need a reason. Write it into the comment.")


class PasskeyNeeded(NotAllowed):
    code = "passkey_needed"
    sentence = _("This work group's policy wants a decision to be signed with a passkey. Sign it in the browser.")


class PasskeyMissing(NotAllowed):
    code = "passkey_missing"
    sentence = _("This work group's policy wants a decision to be signed with a passkey, and you have none yet. Add one first.")


class PasskeyTooYoung(NotAllowed):
    code = "passkey_too_young"
    sentence = _(
        "This work group's policy takes a passkey that was added at least %(minutes)s ago only. Use another one, or wait."
    )


class PasskeyCopied(NotAllowed):
    """Its count has not grown. `known` is the last, `said` what it says now; `factor` is its code."""

    code = "passkey_copied"
    sentence = _("This passkey was refused: there may be a copy of it. Remove it, add another one, and tell an administrator.")


class OwnClientDecided(NotAllowed):
    code = "own_client_decided"
    sentence = _("The API client %(client)s, which is yours, has carried an approval of this request. Somebody else must decide.")


class ClientNotAllowed(NotAllowed):
    code = "client_not_allowed"
    sentence = _("This client may not act for this person, for this work group or from this address. Ask an administrator.")


# Refused by the state


class SignatureRefused(Conflict):
    code = "signature_refused"
    sentence = _("What your passkey signed is not this decision as it is now. Read it once more, and sign it again.")


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


class TooManyPending(Conflict):
    code = "too_many_pending"
    sentence = _("%(most)s requests of yours wait for approval, and there may be no more. Withdraw one first, or wait for one.")


class WorkReportOverdue(Conflict):
    """`url` is where it is written."""

    code = "work_report_overdue"
    sentence = _("Your work report on %(elevation)s was due on %(due_on)s. Write it first, it takes a minute: %(url)s")


class TooManySubmissions(TooOften):
    code = "too_many_submissions"
    sentence = _("You have asked %(most)s times within an hour, and that is the most. Ask again in %(minutes)s.")


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
