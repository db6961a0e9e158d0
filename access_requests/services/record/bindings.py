"""Which user in AWS a person is: the IAM user, or that of IAM Identity Center, as the work group is granted.

A principal's value is the name of the binding beside a person, and begins the names of an elevation's columns.
"""

from collections.abc import Collection, Iterable, Mapping

from access_requests.errors import NoIamUser, NoIdentityCenterUser
from access_requests.grants.contract import Principal
from access_requests.grants.registry import backend_of
from access_requests.models import Elevation, IamUserBinding, IdentityCenterBinding, WorkGroup
from portal.users.models import User

Binding = IamUserBinding | IdentityCenterBinding
MISSING: Mapping[Principal, type[NoIamUser | NoIdentityCenterUser]] = {
    Principal.IAM_USER: NoIamUser,
    Principal.IDENTITY_CENTER_USER: NoIdentityCenterUser,
}


def principals(work_groups: Iterable[WorkGroup]) -> Collection[Principal]:
    """Return who people must be for these work groups, in an order that is always the same."""
    return sorted({backend_of(group.backend).principal for group in work_groups})


def of(person: User, principal: Principal) -> Binding | None:
    """Return the user that the person is bound to. No query where the person has it loaded."""
    binding: Binding | None = getattr(person, principal, None)
    return binding


def of_user(user_id: str, principal: Principal) -> Binding | None:
    """Return who is bound to the user with this id."""
    model = IamUserBinding if principal == Principal.IAM_USER else IdentityCenterBinding
    return model.objects.select_related("person").filter(user_id=user_id).first()


def lacking(person: User, work_group: WorkGroup) -> type[NoIamUser | NoIdentityCenterUser] | None:
    """Return the refusal that says which user the person would have to be bound to for the group, or None."""
    principal = backend_of(work_group.backend).principal
    return MISSING[principal] if of(person, principal) is None else None


def needed(person: User, work_group: WorkGroup) -> Binding:
    """Return the user that the group is granted to. Raises NoIamUser or NoIdentityCenterUser."""
    principal = backend_of(work_group.backend).principal
    binding = of(person, principal)
    if binding is None:
        raise MISSING[principal](person=person.username)
    return binding


def columns(person: User, work_group: WorkGroup) -> Mapping[str, str]:
    """Return what an elevation keeps of the user that it is for. The columns of the other one stay empty."""
    principal, binding = backend_of(work_group.backend).principal, needed(person, work_group)
    return {f"{principal}_name": binding.user_name, f"{principal}_id": binding.user_id}


def user_of(elevation: Elevation) -> tuple[str, str]:
    """Return name and UserId of the user that the elevation is for, as they were when it was approved."""
    if elevation.identity_center_user_id:
        return elevation.identity_center_user_name, elevation.identity_center_user_id
    return elevation.iam_user_name, elevation.iam_user_id


def is_bound_still(elevation: Elevation, person: User) -> bool:
    """Whether the person, read anew, is bound to that user now."""
    binding = of(person, backend_of(elevation.work_group.backend).principal)
    return binding is not None and binding.user_id == user_of(elevation)[1]
