"""Which roles in AWS the file's are: ARN and RoleId as AWS shows them, or an ARN that is declared whole.

An ARN is never put together from a name. Fences deny what they name: on another spelling, path or partition they deny nobody.
"""

from collections.abc import Collection, Iterable, Mapping

from access_requests.grants.registry import with_own_members
from access_requests.services.catalogue.kinds.account import Account
from access_requests.services.catalogue.kinds.role import Role
from access_requests.services.catalogue.looking_up import Found, Unasked
from access_requests.services.catalogue.mistakes import Mistakes, quoted
from access_requests.services.catalogue.state import Kind, State, path_of
from portal.aws.directory import IamRole
from portal.iam.fences import ROLE_ARN

MEANWHILE = "somebody changed this meanwhile; try again"


def account_of(role: str) -> str:
    return role.partition("/")[0]


def portal_roles_to_find(wanted: State, current: State) -> list[str]:
    """Return the accounts whose portal role is new or was never read."""
    has_one = {key: account for key, account in wanted.accounts.items() if account.gate_role}
    return [key for key, account in has_one.items() if not _stays_let_in(key, account, current)]


def roles_to_read(wanted: State, current: State) -> list[str]:
    """Return the roles that are new or unread, or declared to be another, where the portal has a role to ask by."""
    gated = [key for key in wanted.roles if wanted.accounts[account_of(key)].gate_role]
    return [key for key in gated if not _stays_read(wanted.roles[key], current.roles.get(key))]


def groups_to_check(wanted: State, current: State) -> dict[str, list[str]]:
    """Return work group -> its roles that nobody can read, where new to it or of another ARN: its own policy must name them."""
    found, elsewhere = {}, with_own_members()
    for name, group in wanted.work_groups.items():
        declared = [role for role in group.target_roles if _is_news(role, name, wanted, current)]
        if declared and group.backend not in elsewhere:
            found[name] = declared
    return found


def accounts(wanted: State, current: State, *, found: Found, mistakes: Mistakes) -> Mapping[str, Account]:
    """Return the accounts with the ARN of the portal's role in each."""
    return {key: _let_in(key, account, current, found, mistakes) for key, account in wanted.accounts.items()}


def roles(wanted: State, current: State, *, found: Found, mistakes: Mistakes) -> Mapping[str, Role]:
    """Return the roles with their ARN and RoleId."""
    known = {
        key: _known(key, role, current.roles.get(key), found, mistakes)
        if wanted.accounts[account_of(key)].gate_role
        else role.but(role_id=None)
        for key, role in wanted.roles.items()
    }
    for name, declared in groups_to_check(wanted, current).items():
        led_to = {known[role].arn for role in wanted.work_groups[name].target_roles}
        _check_leads_to(name, [known[role].arn for role in declared], led_to, found=found, mistakes=mistakes)
    return known


def _stays_let_in(key: str, account: Account, current: State) -> bool:
    before = current.accounts.get(key)
    return before is not None and bool(before.gate_role_arn) and before.gate_role == account.gate_role


def _stays_read(role: Role, before: Role | None) -> bool:
    """Whether there is nothing to read. What was read stays: a role made again is another one until the file says so."""
    if before is None or None in (before.arn, before.role_id):
        return False
    return role.arn in (None, before.arn) and role.role_id in (None, before.role_id)


def _is_news(role: str, group: str, wanted: State, current: State) -> bool:
    if wanted.accounts[account_of(role)].gate_role:
        return False
    before = current.work_groups.get(group)
    return before is None or role not in before.target_roles or current.roles[role].arn != wanted.roles[role].arn


def _let_in(key: str, account: Account, current: State, found: Found, mistakes: Mistakes) -> Account:
    if not account.gate_role:
        return account
    if _stays_let_in(key, account, current):
        return account.but(gate_role_arn=current.accounts[key].gate_role_arn)
    there, path = found.portal_roles.get(key), path_of(Kind.ACCOUNT, key, "gate_role")
    if isinstance(there, Unasked):
        return account
    if there is None:
        mistakes.add(path, MEANWHILE)
        return account
    spelled = there.arn.partition(":role/")[2]
    if spelled != account.gate_role:
        mistakes.add(path, f"AWS spells this {quoted(spelled)}")
    return account.but(gate_role_arn=there.arn)


def _known(key: str, role: Role, before: Role | None, found: Found, mistakes: Mistakes) -> Role:
    if before is not None and _stays_read(role, before):
        return role.but(arn=before.arn, role_id=before.role_id)
    path = path_of(Kind.ROLE, key)
    if key not in found.roles:
        mistakes.add(path, MEANWHILE)
        return role
    there = found.roles[key]
    if isinstance(there, Unasked):
        known_arn, known_id = (before.arn, before.role_id) if before is not None else (None, None)
        return role.but(arn=role.arn or known_arn, role_id=role.role_id or known_id)
    if there is None:
        mistakes.add(path, f"there is no role {quoted(key.partition('/')[2])} in the account")
        return role
    for message in _disagreements(key.partition("/")[2], role, there):
        mistakes.add(path, message)
    return role.but(arn=there.arn, role_id=there.role_id)


def _disagreements(name: str, role: Role, there: IamRole) -> Iterable[str]:
    if there.name != name:
        yield f"AWS spells this {quoted(there.name)}"
    for what, said, is_now in (("ARN", role.arn, there.arn), ("RoleId", role.role_id, there.role_id)):
        if said not in (None, is_now):
            yield f"the {what} of {quoted(there.name)} is {is_now} in AWS, not {said}"
    if not ROLE_ARN.fullmatch(there.arn):
        yield f"{quoted(there.arn)} cannot be named in a policy and nothing else with it: give the role another path"


def _check_leads_to(
    group: str, declared: Iterable[str | None], led_to: Collection[str | None], *, found: Found, mistakes: Mistakes
) -> None:
    """Note where the group's own policies allow another ARN than the declared one, or more: it would be entered unfenced."""
    path = path_of(Kind.WORK_GROUP, group, "target_roles")
    if isinstance(found.switches, Unasked) or None in led_to:
        return
    if found.switches is None:
        mistakes.add(path, MEANWHILE)
        return
    allowed = found.switches.get(group.lower(), frozenset())
    shown = ", ".join(map(quoted, sorted(allowed))) or "nothing"
    for arn in declared:
        if arn not in allowed or not allowed <= set(led_to):
            what = (
                f"the policies of {quoted(group)} in the Jump account must allow the switch to exactly {arn}, and allow {shown}"
            )
            mistakes.add(path, what)
