"""Who decides, on what, and by which door."""

from datetime import timedelta

from access_requests import errors
from access_requests.lifecycle import UNDECIDED
from access_requests.policy import facts
from portal.passkeys import has_grown
from portal.verbs import rejections
from portal.verbs.rejections import Rejection

MINUTE = timedelta(minutes=1)


def approver_is_enabled(known: facts.HasApprover) -> Rejection | None:
    return None if known.approver.is_active else rejections.PersonDisabled()


def nobody_decides_on_their_own(known: facts.HasApprover) -> Rejection | None:
    return errors.OwnRequest() if known.approver.is_requester else None


def only_approvers_decide(known: facts.HasApprover) -> Rejection | None:
    return None if known.approver.levels else errors.NotAnApprover()


def nobody_decides_twice(known: facts.HasApprover) -> Rejection | None:
    return errors.AlreadyDecided() if known.approver.has_decided else None


def only_what_waits_is_decided_on(known: facts.HasRequest) -> Rejection | None:
    status = known.request.status
    return None if status in UNDECIDED else rejections.TransitionNotAllowed(state=status)


def decisions_have_a_deadline(known: facts.HasRequest) -> Rejection | None:
    return errors.DecisionTooLate() if known.request.decide_until <= known.now else None


def levels_decide_in_turn(known: facts.HasRequest) -> Rejection | None:
    return None if known.request.level in known.approver.levels else errors.NotAnApprover()


def policy_names_the_doors(known: facts.HasPassage) -> Rejection | None:
    """A header names a person and does not prove one, and who asked may not carry the answer.

    One program's secret would else be as good as two people.
    """
    passage = known.passage
    return None if passage.is_open or passage.may_sign else errors.DecideInBrowser(url=passage.url)


def signatures_hold(known: facts.HasSignature) -> Rejection | None:
    signature = known.signature
    return errors.SignatureRefused() if signature and not signature.holds else None


def passkeys_are_no_newcomers(known: facts.HasSignature) -> Rejection | None:
    """Whoever enrols a passkey in somebody's name is found out before it decides anything."""
    signature = known.signature
    if signature is None or signature.age >= signature.least_age:
        return None
    return errors.PasskeyTooYoung(minutes=signature.least_age // MINUTE)


def passkeys_count_their_signatures(known: facts.HasSignature) -> Rejection | None:
    """Of a passkey and its copy, one counts from where the other has been."""
    signature = known.signature
    if signature is None or has_grown(known=signature.known, said=signature.said):
        return None
    return errors.PasskeyCopied(factor=signature.factor, known=signature.known, said=signature.said)


def passkeys_sign_where_the_policy_wants_it(known: facts.HasPassage) -> Rejection | None:
    return None if known.passage.is_open else errors.PasskeyNeeded()


def approvals_stay_at_their_level(known: facts.HasMovedLevels) -> Rejection | None:
    """When levels change places under the approvals given, one level's yes would pass for another's."""
    moved = known.is_approval and known.levels_moved
    return errors.CatalogueChanged(work_group=", ".join(known.group_names)) if moved else None


def nobody_approves_after_their_own_client(known: facts.HasApproval) -> Rejection | None:
    client = known.approver.carried_by
    return errors.OwnClientDecided(client=client) if known.is_approval and client else None


def approvers_saw_what_holds(known: facts.HasSight) -> Rejection | None:
    if known.sight.holds:
        return None
    changed = known.sight.changed
    return errors.SeenChanged(changed=", ".join(changed) or "digest", difference=changed)
