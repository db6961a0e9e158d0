"""What people and programs have at this moment, each as an item of a review."""

import shlex
from collections.abc import Iterator

from access_requests.grants.contract import Principal
from access_requests.models import ApiClient, IamUserBinding
from access_requests.services.catalogue import current
from access_requests.services.catalogue.kinds.person import Person
from access_requests.services.catalogue.state import State
from audits.models import ReviewKind
from audits.reviews.opening import Held
from portal.users.models import HeldRole

ROLES = ("administrator", "auditor")
SERVICES = {Principal.IAM_USER: "IAM", Principal.IDENTITY_CENTER_USER: "IAM Identity Center"}


def held() -> list[Held]:
    """Return all of it, by kind."""
    state = current.read()
    return [*_of_people(state), *_from_providers(), *_approvers(state), *_credentials(), *_clients()]


def _of_people(state: State) -> Iterator[Held]:
    for username, person in sorted(state.people.items()):
        if person.disabled:
            continue
        yield from (_standing(username, person, group) for group in person.standing_groups)
        for role in ROLES:
            if getattr(person, role):
                yield Held(kind=ReviewKind.PORTAL_ROLE, people=[username], thing=role, facts={"role": role})
        for principal in Principal:
            user = person.user(principal)
            if user is not None:
                facts = {"principal": str(principal), "user": user.name, "user_id": user.user_id or ""}
                thing = f"{SERVICES[principal]}: {user.name}"
                yield Held(kind=ReviewKind.BINDING, people=[username], thing=thing, facts=facts)


def _standing(username: str, person: Person, group: str) -> Held:
    user, user_id = (person.iam_user.name, person.iam_user.user_id or "") if person.iam_user else ("", "")
    command = _iam("remove-user-from-group", group_name=group, user_name=user) if user else ""
    facts = {"group": group, "user": user, "user_id": user_id}
    return Held(kind=ReviewKind.STANDING_GROUP, people=[username], thing=group, facts=facts, command=command)


def _from_providers() -> Iterator[Held]:
    """Yield the roles that providers of log-in give: there alone they are taken, and the next log-in tells of it."""
    rows = HeldRole.objects.exclude(source=HeldRole.HERE).filter(person__is_active=True).select_related("person")
    for row in rows.order_by("person__username", "role", "source"):
        facts = {"role": row.role, "source": row.source}
        thing = f"{row.role} ({row.source})"
        yield Held(kind=ReviewKind.PORTAL_ROLE, people=[row.person.username], thing=thing, facts=facts)


def _approvers(state: State) -> Iterator[Held]:
    """Yield who approves by which policies, with the levels. A level has no name of its own: it goes from all of them."""
    for key, policy in sorted(state.policies.items()):
        for username in sorted({name for level in policy.levels for name in level.approvers} & state.people.keys()):
            levels = [str(number) for number, level in enumerate(policy.levels, start=1) if username in level.approvers]
            thing = f"{key} {', '.join(levels)}"
            yield Held(kind=ReviewKind.APPROVER, people=[username], thing=thing, facts={"policy": key})


def _credentials() -> Iterator[Held]:
    """Yield access keys and MFA devices, as a comparison with AWS last read them."""
    for row in IamUserBinding.objects.filter(person__is_active=True).select_related("person").order_by("person__username"):
        user = row.user_name
        for key in row.access_keys or ():
            command = _iam("delete-access-key", user_name=user, access_key_id=key)
            facts = {"user": user, "user_id": row.user_id, "key": key}
            yield Held(kind=ReviewKind.ACCESS_KEY, people=[row.person.username], thing=key, facts=facts, command=command)
        for serial in row.mfa_serials or ():
            command = _iam("deactivate-mfa-device", user_name=user, serial_number=serial)
            facts = {"user": user, "user_id": row.user_id, "serial": serial}
            yield Held(kind=ReviewKind.MFA, people=[row.person.username], thing=serial, facts=facts, command=command)


def _clients() -> Iterator[Held]:
    for row in ApiClient.objects.filter(retired_at=None).prefetch_related("owners").order_by("key"):
        owners = sorted(person.username for person in row.owners.all())
        yield Held(kind=ReviewKind.CLIENT, people=owners, thing=row.key, facts={"client": row.key})


def _iam(verb: str, **options: str) -> str:
    """Return the command of the AWS CLI, so that a shell takes each name as it is."""
    said = " ".join(f"--{name.replace('_', '-')} {shlex.quote(value)}" for name, value in options.items())
    return f"aws iam {verb} {said}"
