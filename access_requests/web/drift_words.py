"""Drift in sentences: what was found, and what undoing it does in AWS."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access_requests.lifecycle import DriftStatus
from access_requests.models import Drift, DriftKind

# `thing` and `name` are AWS's own names, as the kind of drift has them.
FOUND: Mapping[str, Promise] = {
    DriftKind.UNEXPLAINED_MEMBER: _("%(name)s is in %(thing)s, and no access explains it"),
    DriftKind.MEMBER_MISSING: _("%(name)s has access and is not in %(thing)s"),
    DriftKind.TAG_MISSING: _("The TTL tag %(name)s of %(thing)s is missing"),
    DriftKind.TAG_EDITED: _("The TTL tag %(name)s of %(thing)s says another end"),
    DriftKind.TAG_UNEXPLAINED: _("%(thing)s has the TTL tag %(name)s, and no access explains it"),
    DriftKind.FENCE_MISSING: _("The entry fence %(name)s of %(thing)s is missing"),
    DriftKind.FENCE_EDITED: _("The entry fence %(name)s of %(thing)s is not as the portal wrote it"),
    DriftKind.GATE_MISSING: _("The session gate of %(thing)s is missing"),
    DriftKind.GATE_EDITED: _("The session gate of %(thing)s is not as the portal wrote it"),
    DriftKind.USER_RENAMED: _("The IAM user %(thing)s was renamed"),
    DriftKind.USER_REMADE: _("The IAM user %(thing)s was deleted and made again"),
    DriftKind.USER_GONE: _("The IAM user %(thing)s is gone"),
    DriftKind.GROUP_GONE: _("The group %(thing)s is gone"),
    DriftKind.ROLE_GONE: _("The role %(thing)s is gone"),
    DriftKind.GROUP_POLICY: _("%(thing)s has the policy %(name)s, which allows more than the switch to its roles"),
    DriftKind.ROLE_POLICY: _("%(thing)s has the policy %(name)s, which nobody declared"),
    DriftKind.ROLE_POLICY_MISSING: _("%(thing)s lacks the policy %(name)s, which was declared"),
    DriftKind.SWITCH_ALLOWED: _("AWS allows %(name)s to switch to %(thing)s, and the catalogue does not"),
    DriftKind.SWITCH_DENIED: _("AWS does not allow %(name)s to switch to %(thing)s, and the catalogue does"),
}
UNDOES: Mapping[str, Promise] = {
    DriftKind.UNEXPLAINED_MEMBER: _(
        "%(name)s is taken out of %(thing)s, and the TTL tag taken off (RemoveUserFromGroup, UntagUser)."
    ),
    DriftKind.MEMBER_MISSING: _("%(name)s is put into %(thing)s again, until the end of the access (AddUserToGroup)."),
    DriftKind.TAG_MISSING: _("%(thing)s gets the tag %(name)s with the end of the access (TagUser)."),
    DriftKind.TAG_EDITED: _("The tag %(name)s of %(thing)s gets the end of the access again (TagUser)."),
    DriftKind.TAG_UNEXPLAINED: _("The tag %(name)s is taken off %(thing)s (UntagUser)."),
    DriftKind.FENCE_MISSING: _("%(thing)s gets the entry fence %(name)s with the end of the access (PutUserPolicy)."),
    DriftKind.FENCE_EDITED: _("The entry fence %(name)s of %(thing)s is written whole again (PutUserPolicy)."),
    DriftKind.GATE_MISSING: _("The session gate of %(thing)s is written whole (PutRolePolicy)."),
    DriftKind.GATE_EDITED: _("The session gate of %(thing)s is written whole again (PutRolePolicy)."),
}
BY_HAND = _("An administrator puts it right in AWS, or in the catalogue; the next comparison sees it.")
STATES: Mapping[str, Promise] = {
    DriftStatus.OPEN: pgettext_lazy("drift", "open"),
    DriftStatus.UNDOING: pgettext_lazy("drift", "being undone"),
    DriftStatus.UNDONE: pgettext_lazy("drift", "undone"),
    DriftStatus.GONE: pgettext_lazy("drift", "gone by itself"),
}
# What detail the comparison keeps beside what was found and expected.
DETAILS: Mapping[str, Promise] = {
    "found": _("In AWS"),
    "expected": _("As it should be"),
    "document": _("Document in AWS"),
    "names": _("About"),
    "now": _("Now"),
    "user_id": _("IAM user ID"),
    "ttl": _("TTL tag"),
    "role": _("Role"),
    "arn": _("ARN"),
    "by": _("Decided by"),
}


def found(drift: Drift) -> str:
    """Return what differs, as a sentence with AWS's own names."""
    return _said(FOUND.get(drift.kind), drift) or f"{drift.kind}: {drift.thing} {drift.name}"


def undoes(drift: Drift) -> str:
    """Return what undoing does in AWS; empty where the portal undoes nothing of this kind."""
    return _said(UNDOES.get(drift.kind), drift)


def another_tool(drift: Drift) -> str:
    """Return that the same was undone before, as a sentence about who keeps making it."""
    words = {"n": drift.undone_before, "who": drift.principal or gettext("somebody whom CloudTrail does not name")}
    return (
        gettext(
            "It was undone %(n)s times and made again each time by %(who)s: another tool manages it. "
            "Take it out of that tool, or it comes back."
        )
        % words
    )


def _said(sentence: Promise | None, drift: Drift) -> str:
    return str(sentence) % {"thing": drift.thing, "name": drift.name} if sentence is not None else ""
