"""Who can switch where: what the catalogue says, against what the policies in AWS allow. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from access_requests.evaluation import ALLOWED, DENIED, NO_GATE_ROLE, UNKNOWN
from access_requests.models import DriftKind
from access_requests.services.drift.difference import Difference, Problem, each
from access_requests.services.drift.expected import Expected, ExpectedRole, Group
from access_requests.services.drift.looking import Sight
from access_requests.services.elevations.target_roles import IDENTITY_UNREAD
from portal.iam import anybody
from portal.iam.account import Account, User
from portal.iam.evaluation import ASSUME_ROLE, Answer, Decision, evaluate
from portal.iam.principals import Call, Document, Policy, Principal, partition_of
from portal.iam.switch import evaluate_switch, keys_of_switch

SAID = {Decision.ALLOWED: ALLOWED, Decision.UNKNOWN: UNKNOWN}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Whether members of a group can switch to a role: `aws` is allowed, denied or unknown, `by` what decided."""

    catalogue: bool
    aws: str
    by: str = ""
    why: tuple[str, ...] = ()


Row = Mapping[str, Cell]


def of_group(group: Group, expected: Expected, sight: Sight, jump: Account) -> Row:
    """Return role -> cell for a person in this group and no other. A role that AWS does not have is left out."""
    there = jump.group(group.name)
    if there is None:
        return {}
    user = replace(_whoever(jump.account_id, like=there.arn), groups=(there.name,))
    with_user = replace(jump, users={user.name: user})
    answers = {role.key: _answer(with_user, user, role, expected, sight) for role in expected.roles}
    return {key: _cell(key in group.roles, answer) for key, answer in answers.items() if answer is not None}


def differences(expected: Expected, sight: Sight, jump: Account) -> Iterator[Difference | Problem]:
    """Yield where the catalogue and AWS disagree about a group."""

    def of(group: Group) -> Iterable[Difference]:
        return _disagreements(group, of_group(group, expected, sight, jump), expected)

    return each(expected.jump, ((group.name, lambda group=group: of(group)) for group in expected.groups))  # type: ignore[misc]


def _disagreements(group: Group, row: Row, expected: Expected) -> Iterator[Difference]:
    wrong = {(False, ALLOWED): DriftKind.SWITCH_ALLOWED, (True, DENIED): DriftKind.SWITCH_DENIED}
    for key, cell in row.items():
        kind = wrong.get((cell.catalogue, cell.aws))
        if kind is not None:
            yield Difference(
                kind=kind,
                account=expected.jump,
                thing=group.name,
                name=key,
                work_group_id=group.work_group_id,
                detail={"by": cell.by},
            )


def _answer(jump: Account, user: User, role: ExpectedRole, expected: Expected, sight: Sight) -> Answer | None:
    """Return how AWS would answer the switch; where the portal cannot read the role's trust, what the group's policies say."""
    if role.account in sight.failed:
        return Answer(decision=Decision.UNKNOWN, unknown=(sight.failed[role.account],))
    target = sight.targets.get(role.account)
    if target is None:
        return by_policies(jump, user, role, expected)
    there = target.role(role.name)
    return None if there is None else evaluate_switch(jump, user, there, at=expected.at).entry


def may_switch_by(document: Document, role_arn: str, expected: Expected) -> bool:
    """Whether this one policy, attached to a user, allows or may allow the switch; the role's trust is not asked."""
    user = _whoever(expected.jump_id, like=role_arn)
    alone = Principal(arn=user.arn, account_id=expected.jump_id, policies=(Policy(name="", document=document),))
    return _by(alone, user, role_arn, expected).decision in SAID


def by_policies(jump: Account, user: User, role: ExpectedRole, expected: Expected) -> Answer:
    """Return what the user's side says alone, with MFA and under the user's own name."""
    if role.arn is None:
        return Answer(decision=Decision.UNKNOWN, unknown=(IDENTITY_UNREAD,))
    return _by(jump.principal(user.name), user, role.arn, expected)


def _by(principal: Principal, user: User, role_arn: str, expected: Expected) -> Answer:
    context = keys_of_switch(user, role_arn, None, at=expected.at, mfa=True, session_name=user.name)
    return evaluate(principal, Call(action=ASSUME_ROLE, resource=role_arn, context=context))


def _whoever(account_id: str, *, like: str) -> User:
    """Return any user of the account, in the partition of the ARN."""
    return User(
        name=anybody.NAME,
        id=anybody.USER_ID,
        arn=anybody.arn(account_id, partition=partition_of(like)),
        path="/",
        inline={},
        attached=(),
        groups=(),
        boundary=None,
        tags={},
    )


def _cell(is_in_catalogue: bool, answer: Answer) -> Cell:  # noqa: FBT001  The catalogue's side of the cell.
    by = f"{answer.policy} ({answer.statement})" if answer.policy else ""
    return Cell(catalogue=is_in_catalogue, aws=SAID.get(answer.decision, DENIED), by=by, why=answer.unknown)


def unreadable(answer: Answer, problem: str | None) -> tuple[str, tuple[str, ...]]:
    """Return decision and reasons of a person's switch to a role whose trust cannot be read: only a denial is known."""
    return (UNKNOWN, (problem or NO_GATE_ROLE, *answer.unknown)) if answer.decision in SAID else (DENIED, ())
