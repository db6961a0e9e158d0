"""Which user in AWS a person is: the IAM user, or that of IAM Identity Center, as the work group is granted.

Bindings are written twice: into the table of their kind, which is read, and into the one table that follows both.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from access_requests.errors import NoIamUser, NoIdentityCenterUser
from access_requests.grants.contract import Principal
from access_requests.grants.registry import backend_of
from access_requests.models import Binding as Row
from access_requests.models import BindingKind, Elevation, IamUserBinding, IdentityCenterBinding, WorkGroup
from portal.users.models import User

Binding = IamUserBinding | IdentityCenterBinding
MISSING: Mapping[Principal, type[NoIamUser | NoIdentityCenterUser]] = {
    Principal.IAM_USER: NoIamUser,
    Principal.IDENTITY_CENTER_USER: NoIdentityCenterUser,
}
# In which columns an elevation keeps name and UserId of the user that it is for.
COLUMNS: Mapping[Principal, tuple[str, str]] = {
    Principal.IAM_USER: ("iam_user_name", "iam_user_id"),
    Principal.IDENTITY_CENTER_USER: ("identity_center_user_name", "identity_center_user_id"),
}
# What to load with a person, so that `of` asks for nothing.
LOADED = ("iam_user", "identity_center_user")


def principals(work_groups: Iterable[WorkGroup]) -> Collection[Principal]:
    """Return who people must be for these work groups, in an order that is always the same."""
    return sorted({backend_of(group.backend).principal for group in work_groups})


def of(person: User, principal: Principal) -> Binding | None:
    """Return the user that the person is bound to. No query where the person has it loaded."""
    try:
        return person.iam_user if principal == Principal.IAM_USER else person.identity_center_user
    except ObjectDoesNotExist:
        return None


def of_user(user_id: str, principal: Principal) -> Binding | None:
    """Return who is bound to the user with this id."""
    return _table(principal).objects.select_related("person").filter(user_id=user_id).first()


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
    name, user_id = COLUMNS[principal]
    return {name: binding.user_name, user_id: binding.user_id}


def is_for(principal: Principal, user_id: str) -> Q:
    """Return the condition of elevations that are for the user with this id; for nobody of this kind, with an empty one."""
    return Q(**{COLUMNS[principal][1]: user_id})


def user_of(elevation: Elevation) -> tuple[str, str]:
    """Return name and UserId of the user that the elevation is for, as they were when it was approved."""
    if elevation.identity_center_user_id:
        return elevation.identity_center_user_name, elevation.identity_center_user_id
    return elevation.iam_user_name, elevation.iam_user_id


def is_bound_still(elevation: Elevation, person: User) -> bool:
    """Whether the person, read anew, is bound to that user now."""
    binding = of(person, backend_of(elevation.work_group.backend).principal)
    return binding is not None and binding.user_id == user_of(elevation)[1]


def bind(person: User, principal: Principal, *, user_name: str, user_id: str, now: datetime) -> Binding:
    """Write a binding. Raises IntegrityError where the person, or the user, is bound already."""
    bound = _table(principal).objects.create(person=person, user_name=user_name, user_id=user_id, bound_at=now)
    # A process of the release before, which knows one table only, leaves behind here what it has unbound there.
    kind = Row.objects.filter(kind=BindingKind(principal.value))
    kind.filter(Q(person=person) | Q(user_id=user_id) | Q(kind=BindingKind.IAM_USER, user_name__iexact=user_name)).delete()
    Row.objects.create(person=person, kind=BindingKind(principal.value), user_name=user_name, user_id=user_id, bound_at=now)
    return bound


def unbind(person: User, principal: Principal) -> Binding:
    """Delete a binding; return what it was."""
    bound = _table(principal).objects.get(person=person)
    bound.delete()
    Row.objects.filter(person=person, kind=BindingKind(principal.value)).delete()
    return bound


def keep_credentials(bound: IamUserBinding) -> None:
    """Write down the access keys and MFA devices that the binding has, and when they were read."""
    read = {
        "mfa_serials": bound.mfa_serials,
        "access_keys": bound.access_keys,
        "credentials_read_at": bound.credentials_read_at,
    }
    IamUserBinding.objects.filter(pk=bound.pk).update(**read)
    Row.objects.filter(kind=BindingKind.IAM_USER, user_id=bound.user_id).update(**read)


def _table(principal: Principal) -> type[IamUserBinding] | type[IdentityCenterBinding]:
    return IamUserBinding if principal == Principal.IAM_USER else IdentityCenterBinding
