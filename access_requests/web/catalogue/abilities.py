"""What roles can do, in words: a line for each role, and each answer with what decided it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from access_requests import wording
from access_requests.evaluation import NO_GATE_ROLE
from access_requests.models import TargetRole, WorkGroup
from access_requests.selectors import abilities as selectors
from access_requests.web import evidence
from portal.iam import questions
from portal.iam.abilities import Verdict

# In the order in which portal.iam.questions has them; each goes on from "may", "may not" and "not known whether it may".
QUESTIONS: Mapping[str, Promise] = {
    "read_objects": gettext_lazy("read customers' objects in S3"),
    "read_records": gettext_lazy("read records in databases"),
    "delete_data": gettext_lazy("delete data"),
    "read_secrets": gettext_lazy("read secrets"),
    "use_keys": gettext_lazy("decrypt and sign with keys"),
    "change_keys": gettext_lazy("change or delete keys"),
    "change_iam": gettext_lazy("change IAM"),
    "act_as_another": gettext_lazy("act as another role"),
    "run_commands": gettext_lazy("run commands on hosts"),
    "change_hosts": gettext_lazy("change or stop hosts and functions"),
    "change_network": gettext_lazy("change the network"),
    "open_to_strangers": gettext_lazy("open data to other accounts"),
    "spend_money": gettext_lazy("buy and pay"),
    "hide_tracks": gettext_lazy("switch off logging"),
}
# What may be comes first: it is what one decides by.
VERDICTS: Mapping[Verdict, Promise] = {
    Verdict.MAY: pgettext_lazy("ability", "may"),
    Verdict.UNKNOWN: pgettext_lazy("ability", "not known"),
    Verdict.MAY_NOT: pgettext_lazy("ability", "may not"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """All answers of one verdict."""

    verdict: Verdict
    label: str
    words: Sequence[str]

    @property
    def is_refused(self) -> bool:
        return self.verdict is Verdict.MAY_NOT


@dataclass(frozen=True, kw_only=True)
class ShownAnswer:
    answer: selectors.Answer

    @property
    def question(self) -> str:
        return capfirst(str(QUESTIONS.get(self.answer.question, self.answer.question)))

    @property
    def verdict(self) -> str:
        return str(VERDICTS[Verdict(self.answer.verdict)])

    @property
    def is_may(self) -> bool:
        return self.answer.verdict == Verdict.MAY

    @property
    def decided(self) -> str:
        """Return what decided: a statement, the boundary, that nothing allows it, or what it depends on."""
        answer = self.answer
        if answer.verdict == Verdict.UNKNOWN:
            return wording.untold(answer.why)
        if answer.statement:
            return evidence.shown(f"{answer.policy} ({answer.statement})")
        decided = (
            _("%(boundary)s does not allow it") % {"boundary": evidence.boundary(answer.policy)}
            if answer.policy
            else str(wording.DECIDED[""])
        )
        return wording.clauses((decided, *([wording.untold(answer.why)] if answer.why else [])))

    @property
    def call(self) -> str:
        """Return the call that a policy allows or denies, or that depends on something; none where no policy allows any."""
        return self.answer.call if self.answer.policy or self.answer.verdict == Verdict.UNKNOWN else ""

    @property
    def calls(self) -> list[str]:
        """Return all calls that the question asks about."""
        return [asked.action for asked in questions.QUESTIONS.get(self.answer.question, ())]

    @property
    def document(self) -> str:
        """Return the deciding statement as the policy has it."""
        return json.dumps(self.answer.document, ensure_ascii=False, indent=2) if self.answer.document else ""


@dataclass(frozen=True, kw_only=True)
class ShownAbilities:
    """`groups` are the names of those that lead to the role."""

    abilities: selectors.Abilities
    groups: Sequence[str] = ()

    @property
    def role(self) -> TargetRole:
        return self.abilities.role

    @property
    def read_at(self) -> datetime | None:
        return self.abilities.read_at

    @property
    def unread(self) -> str:
        """Return why nothing is known."""
        if not self.abilities.is_readable:
            return wording.untold([NO_GATE_ROLE])
        return _("the next comparison with AWS evaluates it")

    @property
    def lines(self) -> list[Line]:
        """Return the answers by what they say; there is no line of what no answer says."""
        shown = [(verdict, self.abilities.of(verdict)) for verdict in VERDICTS]
        return [
            Line(
                verdict=verdict,
                label=capfirst(str(VERDICTS[verdict])),
                words=[str(QUESTIONS.get(answer.question, answer.question)) for answer in answers],
            )
            for verdict, answers in shown
            if answers
        ]

    @property
    def answers(self) -> list[ShownAnswer]:
        return [ShownAnswer(answer=answer) for answer in self.abilities.answers]


def of_groups(groups: Iterable[WorkGroup]) -> list[ShownAbilities]:
    """Return each role once to which the groups lead, in the order of their names."""
    roles: dict[int, TargetRole] = {}
    leading: dict[int, list[str]] = defaultdict(list)
    for group in groups:
        for role in group.target_roles.all():
            roles.setdefault(role.pk, role)
            leading[role.pk].append(group.name)
    ordered = sorted(roles.values(), key=lambda role: (role.name, role.pk))
    return [ShownAbilities(abilities=selectors.of_role(role), groups=leading[role.pk]) for role in ordered]
