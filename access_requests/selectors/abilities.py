"""What a target role can do, as the last comparison with AWS that read it found. Rows come with their role, by a prefetch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from access_requests.models import AccessRequest, TargetRole, WorkGroup
from portal.iam.abilities import Verdict
from portal.iam.questions import QUESTIONS


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The fields of portal.iam.abilities.Ability; a question that was not evaluated is unknown."""

    question: str
    verdict: str = Verdict.UNKNOWN
    call: str = ""
    thing: str = ""
    policy: str = ""
    statement: str = ""
    document: Mapping[str, Any] | None = None
    why: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Abilities:
    """Answers to all questions, in their order. `read_at` is None where the role was never read: then all are unknown.

    `version` is another one when the role's policies are. `is_readable`: the portal has a role in the account, so that the next
    comparison reads it.
    """

    role: TargetRole
    answers: Sequence[Answer]
    read_at: datetime | None = None
    version: str = ""
    policies: Sequence[str] = field(default_factory=tuple)
    boundary: str = ""

    @property
    def is_readable(self) -> bool:
        return bool(self.role.account.gate_role_arn)

    def of(self, verdict: Verdict) -> list[Answer]:
        return [answer for answer in self.answers if answer.verdict == verdict]


def with_requests(rows: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Return requests with what the roles of their work groups can do. Not for notices: their database role does not read it."""
    return rows.prefetch_related("work_groups__target_roles__abilities")


def with_groups(rows: QuerySet[WorkGroup]) -> QuerySet[WorkGroup]:
    return rows.prefetch_related("target_roles__abilities")


def of_role(role: TargetRole) -> Abilities:
    row = getattr(role, "abilities", None)
    if row is None:
        return Abilities(role=role, answers=_in_order({}))
    said = {answer["question"]: Answer(**answer) for answer in row.answers}
    return Abilities(
        role=role,
        answers=_in_order(said),
        read_at=row.read_at,
        version=row.fingerprint[:8],
        policies=row.policies,
        boundary=row.boundary,
    )


def _in_order(said: Mapping[str, Answer]) -> list[Answer]:
    return [said.get(question) or Answer(question=question) for question in QUESTIONS]
