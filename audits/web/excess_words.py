"""Answers and ways in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.iam.evaluation import Answer, Decision

DECISIONS: Mapping[Decision, Promise] = {
    Decision.ALLOWED: pgettext_lazy("policy", "allowed"),
    Decision.EXPLICIT_DENY: pgettext_lazy("policy", "denied explicitly"),
    Decision.IMPLICIT_DENY: pgettext_lazy("policy", "not allowed"),
    Decision.UNKNOWN: gettext_lazy("not known"),
}
MARKS = {Decision.ALLOWED: "danger", Decision.EXPLICIT_DENY: "ok", Decision.IMPLICIT_DENY: "ok", Decision.UNKNOWN: "waits"}
STEPS: Mapping[str, Promise] = {
    "switch": gettext_lazy("%(by)s switches to %(to)s"),
    "chain": gettext_lazy("%(by)s goes on to %(to)s"),
    "pass_role": gettext_lazy("%(by)s hands %(to)s to a service and runs something in it"),
    "trust": gettext_lazy("%(by)s rewrites the trust of %(to)s"),
    "policy_version": gettext_lazy("%(by)s rewrites a policy of their own, which gives all of %(to)s"),
    "own_policy": gettext_lazy("%(by)s gives themselves a policy, which gives all of %(to)s"),
    "credentials": gettext_lazy("%(by)s makes credentials of %(to)s"),
    "membership": gettext_lazy("%(by)s joins %(to)s"),
}


@dataclass(frozen=True, kw_only=True)
class ShownAnswer:
    """`why` is the statement that decided, or what is not known."""

    label: str
    mark: str
    why: str


def answer(given: Answer, *, is_shut: bool = False) -> ShownAnswer:
    if is_shut and given.allowed:
        words = _("The session gate refuses everybody who is not let in.")
        return ShownAnswer(label=str(DECISIONS[Decision.EXPLICIT_DENY]), mark="ok", why=words)
    decided = f"{given.policy} {given.statement}".strip()
    left_out = _("left out by %(what)s") % {"what": given.left_out_by} if given.left_out_by else ""
    why = decided or left_out or "; ".join(given.unknown)
    return ShownAnswer(label=str(DECISIONS[given.decision]), mark=MARKS[given.decision], why=why)


def way(path: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return each step as a sentence, with its call."""
    return [(str(STEPS[how]) % {"by": short(by), "to": short(to)} if how in STEPS else how, call) for how, by, to, call in path]


def short(arn: str) -> str:
    """Return whom an ARN names, with the account where it is of IAM."""
    parts = arn.split(":", 5)
    return f"{parts[5]} ({parts[4]})" if len(parts) > 5 and parts[2] in ("iam", "sts") else arn  # noqa: PLR2004  Six parts.
