"""The roles that applications run as, below /app/: each within its boundary, and taken on by services alone. Pure.

No policy of IAM looks into a trust, and a boundary is asked for only where AWS knows of it, so that what is there is compared.
"""

from collections.abc import Iterable, Iterator

from access_requests.models import DriftKind
from access_requests.services.drift import boundaries, trust
from access_requests.services.drift.difference import Difference, Problem, each
from access_requests.services.drift.expected import Expected
from portal.iam.account import Account, AccountRole

PATH = "/app/"
BOUNDARY = "policy/sekisho/SekishoAppBoundary"


def of_roles(expected: Expected, account: str, there: Account) -> Iterator[Difference | Problem]:
    """Yield the roles of applications that lack their boundary, or let in others than services and are not declared as such."""
    place = expected.places.get(account)
    meant = place.other_roles if place else frozenset()
    roles = [(name, role) for name, role in there.roles.items() if is_one(role)]

    def of(name: str, role: AccountRole) -> Iterable[Difference]:
        if not boundaries.carries(role.boundary, BOUNDARY, there.account_id):
            yield _of(DriftKind.APP_ROLE_UNBOUNDED, account, role, name=BOUNDARY, found=role.boundary)
        if name not in meant and not trust.is_of_services(role.trust):
            yield _of(DriftKind.APP_ROLE_OPEN, account, role, document=role.trust)

    return each(account, ((role.name, lambda name=name, role=role: of(name, role)) for name, role in roles))  # type: ignore[misc]


def is_one(role: AccountRole) -> bool:
    return role.path.startswith(PATH)


def _of(kind: DriftKind, account: str, role: AccountRole, *, name: str = "", **detail: object) -> Difference:
    return Difference(kind=kind, account=account, thing=role.name, name=name, detail={"arn": role.arn, **detail})
