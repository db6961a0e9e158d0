"""The permissions boundaries of work roles and of people, without which nothing keeps hands off gates and fences. Pure."""

from collections.abc import Iterable, Iterator

from access_requests.models import BaselineKind, DriftKind
from access_requests.services.drift.difference import Difference, Problem, each
from access_requests.services.drift.expected import Expected, ExpectedRole
from access_requests.services.drift.watched import Bound
from portal.iam.account import Account, AccountRole

OF_WORK_ROLES = "policy/sekisho/SekishoWorkRoleBoundary"
OF_PEOPLE = "policy/sekisho/SekishoPersonBoundary"


def of_role(role: ExpectedRole, found: AccountRole) -> Iterator[Difference]:
    """Yield that a role with a session gate carries another boundary, or none."""
    if role.lines is None or carries(found.boundary, OF_WORK_ROLES, found.arn.split(":")[4]):
        return
    yield Difference(
        kind=DriftKind.ROLE_BOUNDARY,
        account=role.account,
        thing=role.name,
        name=OF_WORK_ROLES,
        work_group_id=role.work_group_id,
        detail={"arn": role.arn, "found": found.boundary},
    )


def of_people(expected: Expected, jump: Account) -> Iterator[Difference | Problem]:
    """Yield who carries another boundary than before, or none: of whom may be let in, and of whom the portal saw with it."""

    def of(bound: Bound) -> Iterable[Difference]:
        return _of_person(bound, expected, jump)

    return each(expected.jump, ((bound.user_name, lambda bound=bound: of(bound)) for bound in expected.bound))  # type: ignore[misc]


def carries(boundary: str | None, wanted: str, account_id: str) -> bool:
    """Whether it is that account's policy, whatever the partition."""
    return boundary is not None and boundary.split(":", 4)[4] == f"{account_id}:{wanted}"


def _of_person(bound: Bound, expected: Expected, jump: Account) -> Iterator[Difference]:
    user = jump.user_by_id(bound.user_id)
    had = (BaselineKind.BOUNDARY, expected.jump, bound.user_id, "") in expected.known
    if user is None or not (bound.needed_by or had) or carries(user.boundary, OF_PEOPLE, jump.account_id):
        return
    yield Difference(
        kind=DriftKind.USER_BOUNDARY,
        account=expected.jump,
        thing=user.name,
        name=OF_PEOPLE,
        detail={"user_id": user.id, "found": user.boundary, "needed_by": list(bound.needed_by)},
    )
