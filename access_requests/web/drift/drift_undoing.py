"""What undoing a drift does in AWS, call by call, and whom it touches; and who acts where the portal cannot undo it."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests.grants.registry import with_own_members, words_of
from access_requests.grants.words import Step, Words
from access_requests.models import (
    DRIFT_FROM_BASELINE,
    DRIFT_OF_ANOTHER_USER,
    DRIFT_OF_ELEVATION,
    DRIFT_OF_MEMBERS,
    DRIFT_OF_SWITCH,
    Drift,
    DriftKind,
)
from access_requests.services.drift import learning

# The calls to IAM in their order. `thing` and `name` as in models.Drift.
_ACCESS: Sequence[Step] = (
    ("PutRolePolicy", _("The session gates of the work group's roles are written whole, from what is approved now.")),
    ("PutUserPolicy", _("The entry fences get the end of the access.")),
    ("TagUser", _("The TTL tag gets the end of the access.")),
    ("AddUserToGroup", _("The membership is given again, until the end of the access.")),
)
_GATE: Sequence[Step] = (("PutRolePolicy", _("The session gate of %(thing)s is written whole, from what is approved now.")),)
STEPS: Mapping[str, Sequence[Step]] = {
    DriftKind.UNEXPLAINED_MEMBER: (
        ("PutUserPolicy", _("If a person of the portal has this IAM user, its entry fences are set to now.")),
        ("RemoveUserFromGroup", _("%(name)s is taken out of %(thing)s, and the membership is read back.")),
        ("UntagUser", _("The TTL tag is taken off once the membership is gone.")),
    ),
    DriftKind.TAG_UNEXPLAINED: (
        ("UntagUser", _("The tag %(name)s is taken off %(thing)s, unless AWS shows a membership that it belongs to.")),
    ),
    **dict.fromkeys(DRIFT_OF_ELEVATION, _ACCESS),
    DriftKind.GATE_MISSING: _GATE,
    DriftKind.GATE_EDITED: _GATE,
    DriftKind.GROUP_POLICY: (("DeleteGroupPolicy", _("The policy %(name)s is taken off %(thing)s. Its document is kept here.")),),
    DriftKind.ROLE_POLICY: (("DeleteRolePolicy", _("The policy %(name)s is taken off %(thing)s. Its document is kept here.")),),
}
# A managed policy is not deleted.
DETACHED = {"DeleteGroupPolicy": "DetachGroupPolicy", "DeleteRolePolicy": "DetachRolePolicy"}
_ONE_ACCESS = _("%(person)s alone, whose access %(elevation)s goes on as it was approved. If it ends first, nothing is written.")
_SHUT_OUT = _("Whoever has no approved access to %(thing)s: every call of their sessions is refused. Approved access goes on.")
TOUCHES: Mapping[str, Promise] = {
    DriftKind.UNEXPLAINED_MEMBER: _(
        "%(name)s alone, who cannot switch by this group any more. If access was approved meanwhile, nothing is written."
    ),
    DriftKind.TAG_UNEXPLAINED: _("%(thing)s alone. The tag gives no access, so none is lost."),
    **dict.fromkeys(DRIFT_OF_ELEVATION, _ONE_ACCESS),
    DriftKind.GATE_MISSING: _SHUT_OUT,
    DriftKind.GATE_EDITED: _SHUT_OUT,
    DriftKind.GROUP_POLICY: _("Every member of %(thing)s, who loses what the policy allows."),
    DriftKind.ROLE_POLICY: _("Whoever works as %(thing)s, in open sessions too: what the policy allows is lost at once."),
}
# Where more than the one that is named may be in the midst of work.
TOUCHES_MANY = frozenset({DriftKind.GATE_MISSING, DriftKind.GATE_EDITED, DriftKind.GROUP_POLICY, DriftKind.ROLE_POLICY})
_ANOTHER_USER = _(
    "The portal ends every access of this IAM user by itself. An administrator binds the person's IAM user anew in the catalogue."
)
_CATALOGUE = _("An administrator changes the policies in AWS, or the catalogue; the next comparison sees it.")
_BOUNDARY = _(
    "An administrator puts the boundary SekishoWorkRoleBoundary on the role in AWS, at once. Without it a session may make a "
    "way in that outlives its end, and the portal cannot write the session gate."
)
_PERSON_BOUNDARY = _(
    "An administrator puts the boundary SekishoPersonBoundary on the IAM user in AWS, at once. Without it the portal cannot "
    "write the user's entry fences, and gives nothing."
)
_OR_ACCEPTED = _("An administrator puts it right in AWS, or accepts it as it is now.")
_CREDENTIAL = _(
    "An administrator asks the person, by another way than the portal. If it is not theirs, it is taken off in AWS at once; "
    "if it is, it is accepted here."
)
_OPEN_ROLE = _(
    "An administrator closes its trust in AWS, or deletes it. If it is meant, it belongs into other_roles of the account in the "
    "catalogue."
)
_UNBOUNDED_APPLICATION = _(
    "An administrator puts the boundary SekishoAppBoundary on the role in AWS, or deletes the role. Without it the role may do "
    "whatever its policies allow, whoever has made it."
)
_OPEN_APPLICATION = _(
    "An administrator has its trust name services of AWS alone, or deletes it. If it is meant, it belongs into other_roles of "
    "the account in the catalogue."
)
BY_HAND: Mapping[str, Promise] = {
    **dict.fromkeys(DRIFT_OF_ANOTHER_USER, _ANOTHER_USER),
    **dict.fromkeys(DRIFT_OF_SWITCH, _CATALOGUE),
    **dict.fromkeys(DRIFT_FROM_BASELINE, _OR_ACCEPTED),
    DriftKind.NEW_ACCESS_KEY: _CREDENTIAL,
    DriftKind.NEW_MFA_DEVICE: _CREDENTIAL,
    DriftKind.ROLE_BOUNDARY: _BOUNDARY,
    DriftKind.ROLE_OPEN: _OPEN_ROLE,
    DriftKind.APP_ROLE_UNBOUNDED: _UNBOUNDED_APPLICATION,
    DriftKind.APP_ROLE_OPEN: _OPEN_APPLICATION,
}
BY_HAND_ELSE = _("An administrator puts it right in AWS, or in the catalogue; the next comparison sees it.")


def is_of_own_members(drift: Drift) -> bool:
    """Whether it is about who is in a work group whose members are in no IAM group."""
    if drift.kind not in DRIFT_OF_MEMBERS or drift.work_group is None:
        return False
    return drift.work_group.backend in with_own_members()


def _words_of(drift: Drift) -> Words:
    """Return the words of the work group's backend where it has its own for what is put right, else those of all."""
    return words_of(drift.work_group.backend) if drift.work_group is not None else Words(name="")


def steps(drift: Drift) -> list[tuple[str, str]]:
    """Return the calls, each with what it does."""
    is_managed = drift.name.startswith("arn:")
    done = _words_of(drift).steps.get(drift.kind, STEPS.get(drift.kind, ()))
    return [(DETACHED.get(call, call) if is_managed else call, str(sentence) % _words(drift)) for call, sentence in done]


def touches(drift: Drift) -> str:
    sentence = _words_of(drift).touches.get(drift.kind, TOUCHES.get(drift.kind))
    return str(sentence) % _words(drift) if sentence is not None else ""


def by_hand(drift: Drift) -> str:
    if drift.kind == DriftKind.USER_BOUNDARY and not learning.acceptable(drift):
        return str(_PERSON_BOUNDARY)
    return str(BY_HAND.get(drift.kind, BY_HAND_ELSE))


def _words(drift: Drift) -> Mapping[str, str]:
    elevation = drift.elevation
    return {
        "thing": drift.thing,
        "name": drift.name,
        "person": elevation.person.username if elevation else "",
        "elevation": elevation.code if elevation else "",
    }
