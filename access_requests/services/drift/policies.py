"""Policies on work groups and work roles, and the roles' session gates, against what was declared and rendered. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from access_requests.models import DriftKind
from access_requests.services.drift import applications, boundaries, switching, trust
from access_requests.services.drift.difference import Difference, Problem, each
from access_requests.services.drift.expected import Expected, ExpectedRole, Group
from access_requests.services.elevations.gates.contents import second
from access_requests.services.elevations.target_roles import IDENTITY_UNREAD
from portal.iam.account import Account, AccountRole
from portal.iam.fences import iso
from portal.iam.principals import Document
from portal.iam.session_gate import LONGEST_SESSION, SESSION_GATE_NAME, Line, lines_of

Compare = Callable[[], Iterable[Difference | Problem]]
ASSUME = "sts:assumerole"


def of_groups(expected: Expected, jump: Account) -> Iterator[Difference | Problem]:
    """Yield what allows a work group's members more than the switch to its own roles."""

    def things() -> Iterator[tuple[str, Compare]]:
        for group in expected.work_groups:
            yield group.name, lambda group=group: _group(group, expected, jump)  # type: ignore[misc]

    return each(expected.jump, things())


def of_roles(expected: Expected, account: str, there: Account) -> Iterator[Difference | Problem]:
    """Yield what differs about the target roles of one account."""

    def things() -> Iterator[tuple[str, Compare]]:
        for role in expected.roles:
            if role.account == account:
                yield role.name, lambda role=role: _role(role, expected, there)  # type: ignore[misc]

    return each(account, things())


def open_roles(expected: Expected, account: str, there: Account, *, people: Collection[str]) -> Iterator[Difference | Problem]:
    """Yield the roles that let others in than people with MFA, but for those with gates and of applications.

    `people` are ARNs of users.
    """
    place = expected.places.get(account)
    if place is None:
        return iter(())
    gated = {role.name.lower() for role in expected.roles if role.account == account and role.lines is not None}
    asked = [
        role for name, role in there.roles.items() if name not in gated | place.other_roles and not applications.is_one(role)
    ]

    def of(role: AccountRole) -> Iterable[Difference]:
        for_programs = account == expected.jump or role.name.lower() == place.portal_role
        closed_to = people if for_programs else None
        if trust.is_open(role.trust, own=place.account_id, jump=expected.jump_id, closed_to=closed_to):
            detail = {"arn": role.arn, "document": role.trust, "policies": [*role.inline, *role.attached]}
            yield Difference(kind=DriftKind.ROLE_OPEN, account=account, thing=role.name, detail=detail)

    return each(account, ((role.name, lambda role=role: of(role)) for role in asked))  # type: ignore[misc]


# Groups


def _group(group: Group, expected: Expected, jump: Account) -> Iterator[Difference | Problem]:
    there, arns = jump.group(group.name), group.role_arns
    if there is None:
        return
    if arns is None:
        # As the ARNs of its roles are not all known, the policy that permits the switch cannot be told from others.
        yield Problem(account=expected.jump, thing=group.name, problem=IDENTITY_UNREAD)
        return
    documents = {**there.inline, **{arn: jump.policies.get(arn, {}) for arn in there.attached}}
    plain = {name for name, document in documents.items() if _only_switches(document, arns)}
    reached = {name: _reached(document, arns, expected) for name, document in documents.items()}
    kept = {arn for name in plain for arn in reached[name]}
    for name in sorted(documents.keys() - plain):
        # Without this policy members would lose the switch to these roles.
        needed = sorted(reached[name] - kept)
        yield Difference(
            kind=DriftKind.GROUP_POLICY,
            account=expected.jump,
            thing=group.name,
            name=name,
            work_group_id=group.work_group_id,
            detail={"document": documents[name], "also_switches": needed},
        )


def _only_switches(document: Document, role_arns: frozenset[str]) -> bool:
    """Whether the document allows nothing but sts:AssumeRole on these roles; denials don't matter."""
    statements = document.get("Statement")
    if not statements:
        return False  # The document could not be read.
    return all(_is_harmless(statement, role_arns) for statement in _listed(statements))


def _is_harmless(statement: Any, role_arns: frozenset[str]) -> bool:
    if statement["Effect"] == "Deny":
        return True
    actions, resources = _listed(statement.get("Action", [])), _listed(statement.get("Resource", []))
    named = bool(actions and resources and "NotAction" not in statement and "NotResource" not in statement)
    return named and all(action.lower() == ASSUME for action in actions) and set(resources) <= role_arns


def _reached(document: Document, role_arns: Iterable[str], expected: Expected) -> set[str]:
    """Return to which of the group's roles the document alone allows the switch, or may."""
    return {arn for arn in role_arns if switching.may_switch_by(document, arn, expected)}


def only_denies(document: Document) -> bool:
    """Whether the document only denies, like the one that the console puts on a role to revoke its sessions."""
    statements = _listed(document.get("Statement", []))
    return bool(statements) and all(isinstance(one, dict) and one.get("Effect") == "Deny" for one in statements)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# Roles


def _role(role: ExpectedRole, expected: Expected, there: Account) -> Iterator[Difference]:
    found = there.role_details(role.name)
    if found is None:
        yield _of_role(DriftKind.ROLE_GONE, role, "")
        return
    if role.role_id not in (None, found.id):
        yield _of_role(DriftKind.ROLE_REMADE, role, "", now=f"{found.arn} {found.id}", role_id=role.role_id)
    yield from _gate(role, expected, found)
    yield from boundaries.of_role(role, found)
    if role.lines is not None and not trust.is_narrow(found.trust, of=found.arn, jump=expected.jump_id):
        yield _of_role(DriftKind.TRUST_OPEN, role, "", document=found.trust)
    yield from _declared(role, found, there)


def _declared(role: ExpectedRole, found: AccountRole, there: Account) -> Iterator[Difference]:
    if role.policies is None:
        return
    documents = {**found.inline, **{arn: there.policies.get(arn, {}) for arn in found.attached}}
    documents.pop(SESSION_GATE_NAME, None)
    for name in sorted(documents.keys() - set(role.policies)):
        yield _of_role(DriftKind.ROLE_POLICY, role, name, document=documents[name])
    for name in sorted(set(role.policies) - documents.keys() - {SESSION_GATE_NAME}):
        yield _of_role(DriftKind.ROLE_POLICY_MISSING, role, name)


# Gates


def _gate(role: ExpectedRole, expected: Expected, found: AccountRole) -> Iterator[Difference]:
    if role.lines is None:
        return
    document = found.inline.get(SESSION_GATE_NAME)
    if document is None:
        yield _of_gate(DriftKind.GATE_MISSING, role, expected)
        return
    shown = lines_of(document)
    if shown is None:
        yield _of_gate(DriftKind.GATE_EDITED, role, expected, document=document)
        return
    wrong = sorted(_wrong_names(role.lines, shown, expected))
    if wrong:
        as_text = [f"{line.user_name} {iso(line.since)} {iso(line.until)}" for line in shown]
        yield _of_gate(DriftKind.GATE_EDITED, role, expected, names=wrong, found=as_text)


def _wrong_names(wanted: Iterable[Line], shown: Iterable[Line], expected: Expected) -> Iterator[str]:
    """Yield the people whose lines in the gate differ. A line whose end has passed lets nobody in and may stay."""
    by_name = {line.user_name: line for line in shown}
    for line in wanted:
        there = by_name.pop(line.user_name, None)
        if there is None or not _is_same(line, there, expected):
            yield line.user_name
    yield from (line.user_name for line in by_name.values() if line.until > expected.at)


def _is_same(line: Line, there: Line, expected: Expected) -> bool:
    """Whether two starts mean the same to AWS: all times before the longest session are alike, since no token is as old."""
    oldest = expected.at - LONGEST_SESSION
    since = line.since == there.since or max(line.since, there.since) <= oldest
    return since and second(line.until) == there.until


def _of_gate(
    kind: DriftKind, role: ExpectedRole, expected: Expected, *, names: list[str] | None = None, **detail: object
) -> Difference:
    windows = [w for w in expected.windows if names and w.user_name in names and role.key in w.roles]
    moments = [role.gate_read_at, expected.last_written(windows)]
    if role.gate_moving or any(window.behind for window in windows):
        moments.append(expected.at)
    return _of_role(
        kind,
        role,
        SESSION_GATE_NAME,
        written_at=max((moment for moment in moments if moment is not None), default=None),
        names=names or [],
        **detail,
    )


def _of_role(kind: DriftKind, role: ExpectedRole, name: str, *, written_at: Any = None, **detail: object) -> Difference:
    return Difference(
        kind=kind,
        account=role.account,
        thing=role.name,
        name=name,
        work_group_id=role.work_group_id,
        detail={"arn": role.arn, **detail},
        written_at=written_at,
    )
