"""What the file must be in itself, whatever the database has."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from access_requests.grants.fences import Entrance
from access_requests.grants.registry import backend_of, with_documents
from access_requests.models import AccountKind, ClientKind
from access_requests.models.catalogue import LONGEST_SESSION_MINUTES, RESERVED
from access_requests.policy.levels import level_without_enough
from access_requests.services.catalogue import inspecting, policy_figures
from access_requests.services.catalogue.kinds.policy import Level
from access_requests.services.catalogue.kinds.standing_group import StandingGroup
from access_requests.services.catalogue.kinds.work_group import WorkGroup
from access_requests.services.catalogue.mistakes import Mistakes, Path, quoted
from access_requests.services.catalogue.state import SECTIONS, Kind, State, path_of
from access_requests.services.catalogue.values import unknown
from access_requests.services.catalogue.wanted import Wanted
from access_requests.services.people import places
from portal.iam.principals import account_of

ROLES = frozenset({places.APPROVING, places.ASKING})


def check(wanted: Wanted) -> None:
    """Raise CatalogueRefused with every mistake there is."""
    mistakes = Mistakes(wanted.lines)
    for rule in RULES:
        rule(wanted.state, mistakes)
    _secret_sources(wanted, mistakes)
    mistakes.stop()


def same_but_for_case(names: Iterable[tuple[str, Path]], what: str, mistakes: Mistakes) -> None:
    """Note each name that another one is, but for the case of its letters."""
    seen: dict[str, str] = {}
    for name, path in names:
        first = seen.setdefault(name.lower(), name)
        if first != name:
            mistakes.add(path, f"{quoted(name)} and the {what} {quoted(first)} differ by letter case only")


def _one_jump_account(state: State, mistakes: Mistakes) -> None:
    jumps = [key for key, account in state.accounts.items() if account.kind == AccountKind.JUMP]
    if not jumps:
        mistakes.add(("accounts",), "there is no account of the kind jump, where people's IAM users are")
    for key in jumps[1:]:
        mistakes.add(path_of(Kind.ACCOUNT, key, "kind"), f"{quoted(jumps[0])} is the Jump account already")


def _account_ids_differ(state: State, mistakes: Mistakes) -> None:
    seen: dict[str, str] = {}
    for key, account in state.accounts.items():
        if (first := seen.setdefault(account.id, key)) != key:
            mistakes.add(path_of(Kind.ACCOUNT, key, "id"), f"this is the id of {quoted(first)} already")


def _names_differ_by_more_than_case(state: State, mistakes: Mistakes) -> None:
    for account in state.accounts:
        roles = [key for key in state.roles if key.split("/")[0] == account]
        same_but_for_case(((key, path_of(Kind.ROLE, key)) for key in roles), "role", mistakes)
    for kind, what in ((Kind.STANDING_GROUP, "group"), (Kind.WORK_GROUP, "group"), (Kind.PERSON, "person")):
        same_but_for_case(((key, path_of(kind, key)) for key in state.by_kind()[kind]), what, mistakes)
    standing = {name.lower(): name for name in state.standing_groups}
    for name in state.work_groups:
        if name.lower() in standing:
            both = f"{quoted(standing[name.lower()])} is a standing group; a group is either a standing or a work group"
            mistakes.add(path_of(Kind.WORK_GROUP, name), both)


def _references_exist(state: State, mistakes: Mistakes) -> None:
    for kind, groups in _groups(state):
        for name, group in groups.items():
            known(group.target_roles, state.roles, "target role", path_of(kind, name, "target_roles"), mistakes)
            if not group.target_roles:
                mistakes.add(path_of(kind, name, "target_roles"), "a group without a target role leads nowhere; name one")
    for name, group in state.work_groups.items():
        if group.policy not in state.policies:
            message = unknown("policy", group.policy, state.policies)
            mistakes.add(path_of(Kind.WORK_GROUP, name, "policy"), message)
        _known_people(state, group.requesters, path_of(Kind.WORK_GROUP, name, "requesters"), mistakes)
    for key, client in state.clients.items():
        _known_people(state, client.people, path_of(Kind.CLIENT, key, "people"), mistakes)
        _known_people(state, client.owners, path_of(Kind.CLIENT, key, "owners"), mistakes)
        path = path_of(Kind.CLIENT, key, "work_groups")
        known(client.work_groups, state.work_groups, "work group", path, mistakes)
    for name, person in state.people.items():
        path = path_of(Kind.PERSON, name, "standing_groups")
        known(person.standing_groups, state.standing_groups, "standing group", path, mistakes)


def _groups(state: State) -> Iterable[tuple[Kind, Mapping[str, StandingGroup | WorkGroup]]]:
    return ((Kind.STANDING_GROUP, state.standing_groups), (Kind.WORK_GROUP, state.work_groups))


def known(
    names: list[str], there: Iterable[str], what: str, path: Path, mistakes: Mistakes, *, besides: Collection[str] = ()
) -> None:
    for number, name in enumerate(names):
        if name not in there and name not in besides:
            mistakes.add((*path, number), unknown(what, name, list(there)))


def _known_people(state: State, names: str | list[str], path: Path, mistakes: Mistakes) -> None:
    if isinstance(names, list):
        known(names, state.people, "person", path, mistakes, besides=ROLES)


def _levels_can_be_satisfied(state: State, mistakes: Mistakes) -> None:
    for key, rule in state.policies.items():
        path = path_of(Kind.POLICY, key, "levels")
        if not rule.levels:
            mistakes.add(path, "a policy needs a level of approval at least")
        if not rule.decide_by:
            mistakes.add(path_of(Kind.POLICY, key, "decide_by"), "nothing to decide by: name browser at least")
        for number, level in enumerate(rule.levels):
            _check_approvers(state, level.approvers, (*path, number, "approvers"), mistakes)
        _check_seats(rule.levels, path, mistakes)


def _check_approvers(state: State, approvers: list[str], path: Path, mistakes: Mistakes) -> None:
    known(approvers, state.people, "person", path, mistakes, besides=ROLES)
    for number, name in enumerate(approvers):
        if name in state.people and state.people[name].disabled:
            mistakes.add((*path, number), f"{quoted(name)} is disabled and cannot approve")


def _check_seats(levels: list[Level], path: Path, mistakes: Mistakes) -> None:
    ids = {name: number for number, name in enumerate(sorted({name for level in levels for name in level.approvers}))}
    # Nobody knows here how many have a role: enough, until somebody asks and there are too few.
    some = range(len(ids), len(ids) + sum(level.approvals for level in levels))
    seats = [
        (number, level.approvals, [ids[name] for name in level.approvers] + (list(some) if ROLES & {*level.approvers} else []))
        for number, level in enumerate(levels)
    ]
    number = level_without_enough(seats)
    if number is not None:
        mistakes.add((*path, number), "these approvals cannot be had: name more approvers, since nobody counts at two levels")


def _work_roles_are_apart(state: State, mistakes: Mistakes) -> None:
    """A role that people may always switch to cannot be what a work group gives."""
    standing = {role: name for name, group in state.standing_groups.items() for role in group.target_roles}
    for name, group in state.work_groups.items():
        for number, role in enumerate(group.target_roles):
            path = path_of(Kind.WORK_GROUP, name, "target_roles", number)
            if role in standing:
                mistakes.add(path, f"the standing group {quoted(standing[role])} always leads to {quoted(role)}")
            account = state.accounts.get(role.split("/")[0])
            if account is not None and account.kind == AccountKind.JUMP:
                mistakes.add(path, f"{quoted(role)} is in the Jump account, where nobody works")


def _reserved_roles_are_identity_centers(state: State, mistakes: Mistakes) -> None:
    """Membership in Identity Center leads to the roles that it made, and nothing else leads there."""
    for kind, groups in _groups(state):
        for name, group in groups.items():
            entrance = backend_of(group.backend).entrance if isinstance(group, WorkGroup) else Entrance.SWITCH
            by_identity_center = entrance == Entrance.ACCESS_PORTAL
            for number, role in enumerate(group.target_roles):
                if role.partition("/")[2].startswith(RESERVED) != by_identity_center:
                    mistakes.add(path_of(kind, name, "target_roles", number), _other_way(role, by_identity_center))


def _other_way(role: str, by_identity_center: bool) -> str:  # noqa: FBT001  Read from one place, just above.
    if by_identity_center:
        return f"a group of Identity Center leads to roles that it made, {RESERVED}…, and {quoted(role)} is none"
    return f"{quoted(role)} is a role of IAM Identity Center: only a work group that is granted there leads to it"


def _sessions_are_identity_centers(state: State, mistakes: Mistakes) -> None:
    for name, group in state.work_groups.items():
        if group.session is None:
            continue
        path = path_of(Kind.WORK_GROUP, name, "session")
        if backend_of(group.backend).fences.on_roles:
            mistakes.add(path, "only where Identity Center gives the session is its length the permission set's; leave this out")
        elif not 1 <= group.session <= LONGEST_SESSION_MINUTES:
            mistakes.add(path, "a permission set's session lasts up to 12h")


def _gates_are_elsewhere(state: State, mistakes: Mistakes) -> None:
    for key, account in state.accounts.items():
        if account.kind == AccountKind.JUMP and account.gate_role:
            mistakes.add(path_of(Kind.ACCOUNT, key, "gate_role"), "nobody works in the Jump account, so that it has no gates")


def _roles_are_declared_whole(state: State, mistakes: Mistakes) -> None:
    """Where the portal has no role it can ask nobody which role a name is."""
    for key, role in state.roles.items():
        account, name = key.split("/")
        inside, arn = state.accounts[account], role.arn
        if not inside.gate_role and arn is None:
            message = "without a gate_role here nobody can ask AWS about it: write its ARN in full (arn: …), as IAM shows it"
            mistakes.add(path_of(Kind.ROLE, key), message)
        if not inside.gate_role and role.role_id is not None:
            mistakes.add((*path_of(Kind.ROLE, key), "role_id"), "without a gate_role here nobody can compare it; leave this out")
        if arn is not None and (account_of(arn), arn.rpartition("/")[2]) != (inside.id, name):
            mistakes.add((*path_of(Kind.ROLE, key), "arn"), f"this is not the ARN of {quoted(name)} in {inside.id}")


def _fences_fit(state: State, mistakes: Mistakes) -> None:
    """The entry fence on the IAM user is named after the role: a second role of that name would overwrite the first one's."""
    roles: dict[str, str] = {}
    for name, group in state.work_groups.items():
        if not backend_of(group.backend).fences.on_users:
            continue
        for number, role in enumerate(group.target_roles):
            first = roles.setdefault(role.partition("/")[2].lower(), role)
            if first != role:
                path = path_of(Kind.WORK_GROUP, name, "target_roles", number)
                mistakes.add(path, f"{quoted(first)} has the same name; roles that work groups lead to need names of their own")


def _documents_fit(state: State, mistakes: Mistakes) -> None:
    """Runbooks are called after their group, and know a grant by the fence on the role, which speaks of one group's only."""
    leading: dict[str, list[str]] = {}
    documented = with_documents()
    for name, group in state.work_groups.items():
        for role in group.target_roles:
            leading.setdefault(role, []).append(name)
    for name, group in state.work_groups.items():
        if group.backend in documented:
            if not backend_of(group.backend).documents.is_nameable(name):
                message = "documents of Systems Manager carry the name: letters, digits and _ . - only, at most 113"
                mistakes.add(path_of(Kind.WORK_GROUP, name), message)
            _roles_are_its_own(name, group.target_roles, leading, mistakes)


def _roles_are_its_own(name: str, roles: list[str], leading: Mapping[str, list[str]], mistakes: Mistakes) -> None:
    for number, role in enumerate(roles):
        for other in leading[role]:
            if other != name:
                path = path_of(Kind.WORK_GROUP, name, "target_roles", number)
                mistakes.add(path, f"{quoted(other)} leads there too; a group that runbooks grant needs roles of its own")


def _clients_differ(state: State, mistakes: Mistakes) -> None:
    counts = Counter(client.client_id for client in state.clients.values())
    for key, client in state.clients.items():
        if counts[client.client_id] > 1:
            mistakes.add(path_of(Kind.CLIENT, key, "client_id"), "two clients have this id")
        if not client.scopes:
            mistakes.add(path_of(Kind.CLIENT, key, "scopes"), "a client without a scope can do nothing; name one")


def _personal_clients_name_nobody(state: State, mistakes: Mistakes) -> None:
    for key, client in state.clients.items():
        if client.kind == ClientKind.PERSONAL and client.may_name_by_email:
            message = "a personal client names nobody: each of its tokens acts for its own person; leave this out"
            mistakes.add(path_of(Kind.CLIENT, key, "may_name_by_email"), message)
        if client.kind == ClientKind.PERSONAL and client.owners:
            message = "a personal client has no secret that anybody could know; leave this out"
            mistakes.add(path_of(Kind.CLIENT, key, "owners"), message)


def _secret_sources(wanted: Wanted, mistakes: Mistakes) -> None:
    for key, source in wanted.secret_sources.items():
        path = (SECTIONS[Kind.CLIENT], key, "secret")
        if wanted.state.clients[key].kind == ClientKind.PERSONAL:
            mistakes.add(path, "a personal client has no secret: people allow it in the browser; leave this out")
        if len(source) != 1:
            mistakes.add(path, "name either the environment variable (env) or the file (file) that holds the secret")


RULES: tuple[Callable[[State, Mistakes], None], ...] = (
    _one_jump_account,
    _account_ids_differ,
    _names_differ_by_more_than_case,
    _references_exist,
    policy_figures.check,
    _levels_can_be_satisfied,
    _work_roles_are_apart,
    _reserved_roles_are_identity_centers,
    _sessions_are_identity_centers,
    _gates_are_elsewhere,
    _roles_are_declared_whole,
    _fences_fit,
    _documents_fit,
    _clients_differ,
    _personal_clients_name_nobody,
    inspecting.check,
)
