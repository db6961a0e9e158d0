"""Which roles in AWS the file's are: ARN and RoleId as AWS shows them, or an ARN that is declared whole.

An ARN is never put together from a name. Fences deny what they name: on another spelling, path or partition they deny nobody.
"""

from collections.abc import Collection, Iterable

from access_requests.grants.registry import fenced
from access_requests.services.catalogue.looking_up import Found, Unasked
from access_requests.services.catalogue.mistakes import Mistakes, quoted
from access_requests.services.catalogue.state import Fields, Kind, Objects, State, path_of
from portal.aws.directory import IamRole
from portal.iam.fences import ROLE_ARN

MEANWHILE = "somebody changed this meanwhile; try again"


def account_of(role: str) -> str:
    return role.partition("/")[0]


def portal_roles_to_find(wanted: State, current: State) -> list[str]:
    """Return the accounts whose portal role is new or was never read."""
    has_one = {key: account for key, account in wanted[Kind.ACCOUNT].items() if account["gate_role"]}
    return [key for key, account in has_one.items() if not _stays_let_in(key, account, current)]


def roles_to_read(wanted: State, current: State) -> list[str]:
    """Return the roles that are new or unread, or declared to be another, where the portal has a role to ask by."""
    gated = [key for key in wanted[Kind.ROLE] if wanted[Kind.ACCOUNT][account_of(key)]["gate_role"]]
    return [key for key in gated if not _stays_read(wanted[Kind.ROLE][key], current[Kind.ROLE].get(key))]


def groups_to_check(wanted: State, current: State) -> dict[str, list[str]]:
    """Return work group -> its roles that nobody can read, where new to it or of another ARN: its own policy must name them."""
    found = {}
    for name, group in wanted[Kind.WORK_GROUP].items():
        declared = [role for role in group["target_roles"] if fenced(group["backend"]) and _is_news(role, name, wanted, current)]
        if declared:
            found[name] = declared
    return found


def accounts(wanted: State, current: State, *, found: Found, mistakes: Mistakes) -> Objects:
    """Return the accounts with the ARN of the portal's role in each."""
    return {key: _let_in(key, account, current, found, mistakes) for key, account in wanted[Kind.ACCOUNT].items()}


def roles(wanted: State, current: State, *, found: Found, mistakes: Mistakes) -> Objects:
    """Return the roles with their ARN and RoleId."""
    known = {
        key: _known(key, role, current[Kind.ROLE].get(key), found, mistakes)
        if wanted[Kind.ACCOUNT][account_of(key)]["gate_role"]
        else {**role, "role_id": None}
        for key, role in wanted[Kind.ROLE].items()
    }
    for name, declared in groups_to_check(wanted, current).items():
        led_to = {known[role]["arn"] for role in wanted[Kind.WORK_GROUP][name]["target_roles"]}
        _check_leads_to(name, [known[role]["arn"] for role in declared], led_to, found=found, mistakes=mistakes)
    return known


def _stays_let_in(key: str, account: Fields, current: State) -> bool:
    before = current[Kind.ACCOUNT].get(key, {})
    return bool(before.get("gate_role_arn")) and before["gate_role"] == account["gate_role"]


def _stays_read(role: Fields, before: Fields | None) -> bool:
    """Whether there is nothing to read. What was read stays: a role made again is another one until the file says so."""
    if before is None or None in (before["arn"], before["role_id"]):
        return False
    return all(role[part] in (None, before[part]) for part in ("arn", "role_id"))


def _is_news(role: str, group: str, wanted: State, current: State) -> bool:
    if wanted[Kind.ACCOUNT][account_of(role)]["gate_role"]:
        return False
    led = current[Kind.WORK_GROUP].get(group, {}).get("target_roles", [])
    return role not in led or current[Kind.ROLE][role]["arn"] != wanted[Kind.ROLE][role]["arn"]


def _let_in(key: str, account: Fields, current: State, found: Found, mistakes: Mistakes) -> Fields:
    before = current[Kind.ACCOUNT].get(key, {}).get("gate_role_arn", "")
    if not account["gate_role"]:
        return {**account, "gate_role_arn": ""}
    if _stays_let_in(key, account, current):
        return {**account, "gate_role_arn": before}
    there, path = found.portal_roles.get(key), path_of(Kind.ACCOUNT, key, "gate_role")
    if isinstance(there, Unasked):
        return {**account, "gate_role_arn": ""}
    if there is None:
        mistakes.add(path, MEANWHILE)
        return {**account, "gate_role_arn": ""}
    spelled = there.arn.partition(":role/")[2]
    if spelled != account["gate_role"]:
        mistakes.add(path, f"AWS spells this {quoted(spelled)}")
    return {**account, "gate_role_arn": there.arn}


def _known(key: str, role: Fields, before: Fields | None, found: Found, mistakes: Mistakes) -> Fields:
    if before is not None and _stays_read(role, before):
        return {**role, "arn": before["arn"], "role_id": before["role_id"]}
    path = path_of(Kind.ROLE, key)
    if key not in found.roles:
        mistakes.add(path, MEANWHILE)
        return role
    there = found.roles[key]
    if isinstance(there, Unasked):
        return {**role, **{part: role[part] or (before or {}).get(part) for part in ("arn", "role_id")}}
    if there is None:
        mistakes.add(path, f"there is no role {quoted(key.partition('/')[2])} in the account")
        return role
    for message in _disagreements(key.partition("/")[2], role, there):
        mistakes.add(path, message)
    return {**role, "arn": there.arn, "role_id": there.role_id}


def _disagreements(name: str, role: Fields, there: IamRole) -> Iterable[str]:
    if there.name != name:
        yield f"AWS spells this {quoted(there.name)}"
    for part, what, is_now in (("arn", "ARN", there.arn), ("role_id", "RoleId", there.role_id)):
        if role[part] not in (None, is_now):
            yield f"the {what} of {quoted(there.name)} is {is_now} in AWS, not {role[part]}"
    if not ROLE_ARN.fullmatch(there.arn):
        yield f"{quoted(there.arn)} cannot be named in a policy and nothing else with it: give the role another path"


def _check_leads_to(
    group: str, declared: Iterable[str], led_to: Collection[str | None], *, found: Found, mistakes: Mistakes
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
