"""Where the catalogue names a role instead of people: the places of whoever has it, written where named people have theirs.

So a rule, a page or a notice asks one table for who may decide or ask, and the catalogue's file stays as it is written.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from access_requests.models import ApprovalLevel, WorkGroup
from access_requests.policy.levels import ROLE_MARK
from portal.providers.provider import Role
from portal.users.models import HeldRole, User

# What the file may write in the place of a username.
APPROVING, ASKING = f"{ROLE_MARK}{Role.LEAD}", f"{ROLE_MARK}{Role.ENGINEER}"


def people(names: Iterable[str]) -> QuerySet[User]:
    """Return everybody whom these names of a file mean: usernames, and roles with their mark."""
    roles = [name.removeprefix(ROLE_MARK) for name in names if name.startswith(ROLE_MARK)]
    held = HeldRole.objects.filter(role__in=roles).values("person")
    return User.objects.filter(username__in=names) | User.objects.filter(pk__in=held)


def settle(person: User) -> None:
    """Give the person the places of the roles that they have now, and take those of roles that they lost."""
    held = {ROLE_MARK + role for role in HeldRole.objects.filter(person=person).values_list("role", flat=True)}
    for level in ApprovalLevel.objects.exclude(named=None):
        if APPROVING in (named := level.named or []):
            (level.approvers.add if held.union({person.username}) & {*named} else level.approvers.remove)(person)
    for group in WorkGroup.objects.exclude(named=None):
        if ASKING in (named := group.named or []):
            (group.requesters.add if held.union({person.username}) & {*named} else group.requesters.remove)(person)
