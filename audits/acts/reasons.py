"""What entries name by a word of the portal's, in the reader's language: why an access ended, and what differs in AWS."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The database says what nobody approved: somebody must find out who wrote it.
UNFOUNDED: Mapping[str, Promise] = {
    "not_approved": _("refused, because its request is not approved"),
    "own_decision": _("refused, because the requester is among those who decided"),
    "not_by_policy": _("refused, because its approvals do not satisfy the policy as it was then"),
    "not_signed": _("refused, because an approval lacks the signature by a passkey that the policy wants, or has another one"),
    "passkey_too_young": _("refused, because an approval was signed by a passkey that was added too shortly before"),
    "not_as_recorded": _("refused, because the audit trail does not say what the database says of it"),
    "end_not_approved": _("refused, because nobody approved the end that the database says"),
}
STOP_REASONS: Mapping[str, Promise] = {
    "expired": _("its time was over"),
    "returned": _("returned early"),
    "stopped": _("stopped"),
    "person_disabled": _("the person was disabled"),
    "work_group_retired": _("the work group left the catalogue"),
    "requester_may_not": _("the person may no longer ask for this work group"),
    "iam_user_rebound": _("another IAM user was bound to the person"),
    "identity_center_user_rebound": _("another Identity Center user was bound to the person"),
    "identity_user_missing": _("the Identity Center user is gone"),
    "grant_refused": _("AWS refused the grant"),
    "not_denied_after_end": _("AWS would not have refused after the end"),
    "iam_user_changed": _("the IAM user was renamed, or deleted and made again"),
    "change_rejected": _("the change request was rejected in AWS"),
    "execution_cancelled": _("it was cancelled in AWS"),
    "change_timed_out": _("nobody approved the change request in AWS in time"),
    "calendar_override_rejected": _("AWS's change calendar is closed, and it was not let through"),
    **UNFOUNDED,
}
# `thing` and `name` are AWS's own names, as the kind of drift has them.
FOUND: Mapping[str, Promise] = {
    "unexplained_member": _("%(name)s is in %(thing)s, and no access explains it"),
    "member_missing": _("%(name)s has access and is not in %(thing)s"),
    "tag_missing": _("The TTL tag %(name)s of %(thing)s is missing"),
    "tag_edited": _("The TTL tag %(name)s of %(thing)s says another end"),
    "tag_unexplained": _("%(thing)s has the TTL tag %(name)s, and no access explains it"),
    "fence_missing": _("The entry fence %(name)s of %(thing)s is missing"),
    "fence_edited": _("The entry fence %(name)s of %(thing)s is not as the portal wrote it"),
    "gate_missing": _("The session gate of %(thing)s is missing"),
    "gate_edited": _("The session gate of %(thing)s is not as the portal wrote it"),
    "user_renamed": _("The IAM user %(thing)s was renamed"),
    "user_remade": _("The IAM user %(thing)s was deleted and made again"),
    "user_gone": _("The IAM user %(thing)s is gone"),
    "group_gone": _("The group %(thing)s is gone"),
    "role_gone": _("The role %(thing)s is gone"),
    "role_remade": _("The role %(thing)s was deleted and made again: nobody is let in there until the catalogue says so"),
    "group_policy": _("%(thing)s has the policy %(name)s, which allows more than the switch to its roles"),
    "role_policy": _("%(thing)s has the policy %(name)s, which nobody declared"),
    "trust_open": _(
        "%(thing)s trusts more than users of the Jump account under their own name with MFA, so that its session gate "
        "may let in a stranger"
    ),
    "role_policy_missing": _("%(thing)s lacks the policy %(name)s, which was declared"),
    "role_boundary": _("%(thing)s does not carry the boundary of work roles"),
    "role_policy_edited": _("The declared policy %(name)s of %(thing)s does not say what it said"),
    "role_open": _("The role %(thing)s lets others in than people with MFA"),
    "app_role_unbounded": _("The role of an application %(thing)s does not carry SekishoAppBoundary"),
    "app_role_open": _("The role of an application %(thing)s lets in others than services of AWS"),
    "managed_policy_edited": _("The managed policy %(thing)s does not say what it said"),
    "rail_missing": _("The guard rail %(name)s was taken off %(thing)s"),
    "user_boundary": _("%(thing)s does not carry the boundary of people"),
    "new_access_key": _("%(thing)s has the access key %(name)s, which was not there before"),
    "new_mfa_device": _("%(thing)s has the MFA device %(name)s, which was not there before"),
    "switch_allowed": _("AWS lets members of %(thing)s switch to %(name)s, and the catalogue does not"),
    "switch_denied": _("AWS does not let members of %(thing)s switch to %(name)s, and the catalogue does"),
}


def stopped(reason: str) -> str:
    """Return why an access ended; AWS's own word where it is none of the portal's."""
    return str(STOP_REASONS.get(reason, reason))


def differs(kind: str, *, thing: str, name: str) -> str:
    """Return what differs, as a sentence with AWS's own names."""
    sentence = FOUND.get(kind)
    return str(sentence) % {"thing": thing, "name": name} if sentence is not None else f"{kind}: {thing} {name}"
