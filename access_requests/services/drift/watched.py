"""Whom and what a comparison watches besides the portal's own work: accounts, bound people, and what is known of AWS."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from access_requests.grants.registry import with_fences_on_users
from access_requests.models import AwsAccount, Baseline, IamUserBinding, WorkGroup
from portal.iam.principals import Document

# Kind, account, thing and name of a Baseline.
Known = tuple[str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class Place:
    """An AWS account; `other_roles` are names of roles that let others in on purpose, `portal_role` is the portal's own there."""

    account_id: str
    portal_role: str = ""
    other_roles: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Bound:
    """An IAM user that a person acts as, with the credentials that AWS last listed; None before AWS was asked.

    Without the boundary nobody can be fenced: `needed_by` are the work groups that this person may be let into.
    """

    user_id: str
    user_name: str
    needed_by: tuple[str, ...] = ()
    access_keys: tuple[str, ...] | None = None
    mfa_serials: tuple[str, ...] | None = None


def places() -> Mapping[str, Place]:
    return {
        row.key: Place(
            account_id=row.account_id,
            portal_role=row.gate_role.rpartition("/")[2].lower(),
            other_roles=frozenset(name.lower() for name in row.other_roles),
        )
        for row in AwsAccount.objects.all()
    }


def bound(inside: Collection[tuple[int, str]]) -> Iterable[Bound]:
    """Yield whom people act as in IAM. `inside` are person and work group of each window.

    Where everyone may ask, who has one needs the boundary; where people are named, they do.
    """
    groups = WorkGroup.objects.filter(retired_at=None, backend__in=with_fences_on_users()).prefetch_related("requesters")
    named = {(person.pk, group.name) for group in groups for person in group.requesters.all()}
    fenced = {group.name for group in groups}
    needed: dict[int, list[str]] = defaultdict(list)
    for person, group in sorted(named | {(person, group) for person, group in inside if group in fenced}):
        needed[person].append(group)
    for row in IamUserBinding.objects.filter(person__is_active=True).order_by("user_name"):
        yield Bound(
            user_id=row.user_id,
            user_name=row.user_name,
            needed_by=tuple(needed[row.person_id]),
            access_keys=None if row.access_keys is None else tuple(row.access_keys),
            mfa_serials=None if row.mfa_serials is None else tuple(row.mfa_serials),
        )


def known() -> Mapping[Known, Document | None]:
    return {(row.kind, row.account, row.thing, row.name): row.document for row in Baseline.objects.all()}
