"""Members, TTL tags, entry fences and IAM users as AWS shows them, against what they are to be. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from access_requests.lifecycle import ElevationStatus
from access_requests.models import DriftKind
from access_requests.services.drift.difference import Difference, Problem, each
from access_requests.services.drift.expected import Expected, ExpectedRole, Group, Identity, Window
from portal.iam.account import Account, User
from portal.iam.fences import entry_fence, entry_fence_name, iso, window_of

Compare = Callable[[], Iterable[Difference]]


def compare(expected: Expected, jump: Account) -> Iterator[Difference | Problem]:
    """Yield the differences of the Jump account's groups and users, each compared on its own."""
    yield from each(expected.jump, _groups(expected, jump))
    yield from each(expected.jump, _users(expected, jump))
    yield from each(expected.jump, _identities(expected, jump))


def _groups(expected: Expected, jump: Account) -> Iterator[tuple[str, Compare]]:
    for group in expected.groups:
        yield group.name, lambda group=group: _group(group, expected, jump)  # type: ignore[misc]


def _users(expected: Expected, jump: Account) -> Iterator[tuple[str, Compare]]:
    for user in jump.users.values():
        yield user.name, lambda user=user: _user(user, expected)  # type: ignore[misc]


def _identities(expected: Expected, jump: Account) -> Iterator[tuple[str, Compare]]:
    for identity in expected.identities:
        yield identity.user_name, lambda identity=identity: _identity(identity, expected, jump)  # type: ignore[misc]


# Members


def _group(group: Group, expected: Expected, jump: Account) -> Iterator[Difference]:
    there = jump.group(group.name)
    if there is None:
        yield Difference(kind=DriftKind.GROUP_GONE, account=expected.jump, thing=group.name, work_group_id=group.work_group_id)
    elif group.work_group_id is not None:
        members = [user for user in jump.users.values() if user.name in there.members]
        yield from _unexplained(group, members, expected)
        yield from _missing(group, {user.id for user in members}, expected, jump)


def _unexplained(group: Group, members: Iterable[User], expected: Expected) -> Iterator[Difference]:
    """Yield members by their UserId: another user may have the name by now."""
    for user in members:
        windows = windows_of(expected.windows, user.id, group)
        if not any(window.explains for window in windows):
            yield Difference(
                kind=DriftKind.UNEXPLAINED_MEMBER,
                account=expected.jump,
                thing=group.name,
                name=user.name,
                work_group_id=group.work_group_id,
                detail={"user_id": user.id, "ttl": _tag(user, group.tag_key)},
                written_at=expected.last_written(windows),
            )


def _missing(group: Group, members: set[str], expected: Expected, jump: Account) -> Iterator[Difference]:
    for window in active(expected.windows):
        user = jump.user_by_id(window.user_id)
        if window.group == group.name and window.user_id not in members and user is not None:
            yield of_window(DriftKind.MEMBER_MISSING, window, expected, group, thing=group.name, name=user.name)


# Tags and fences


def _user(user: User, expected: Expected) -> Iterator[Difference]:
    mine = [window for window in expected.windows if window.user_id == user.id]
    for group in expected.work_groups:
        yield from _ttl(user, group, windows_of(mine, user.id, group), expected)
    for role in expected.roles:
        yield from _fence(user, role, [window for window in mine if role.key in window.roles], expected)


def _ttl(user: User, group: Group, windows: list[Window], expected: Expected) -> Iterator[Difference]:
    found = _tag(user, group.tag_key)
    for window in active(windows):
        if found != window.ttl:
            kind = DriftKind.TAG_MISSING if found is None else DriftKind.TAG_EDITED
            detail = {"found": found, "expected": window.ttl}
            yield of_window(kind, window, expected, group, thing=user.name, name=group.tag_key, detail=detail)
    if found is not None and not any(window.explains for window in windows):
        yield Difference(
            kind=DriftKind.TAG_UNEXPLAINED,
            account=expected.jump,
            thing=user.name,
            name=group.tag_key,
            work_group_id=group.work_group_id,
            detail={"user_id": user.id, "found": found},
            written_at=expected.last_written(windows),
        )


def _fence(user: User, role: ExpectedRole, windows: list[Window], expected: Expected) -> Iterator[Difference]:
    """Yield where the role's fence differs. A person's windows on one role share one fence, which says the latest end."""
    mine = list(active(windows))
    if not mine or role.arn is None:
        return
    until = max(window.ends_at for window in windows if window.is_inside)
    name = entry_fence_name(role.name)
    found = user.inline.get(name)
    # Its Sid names the elevation whose end it says. Only runbooks read that, so whatever stands there is kept.
    wanted = entry_fence(role_arn=role.arn, until=until, window=window_of(found))
    if found != wanted:
        kind = DriftKind.FENCE_MISSING if found is None else DriftKind.FENCE_EDITED
        group = next(group for group in expected.work_groups if group.name == mine[0].group)
        detail = {"found": found, "expected": iso(until), "role": role.key}
        yield of_window(
            kind, mine[0], expected, group, thing=user.name, name=name, detail=detail, written=expected.last_written(windows)
        )


# Users


def _identity(identity: Identity, expected: Expected, jump: Account) -> Iterator[Difference]:
    user, namesake = jump.user_by_id(identity.user_id), jump.user(identity.user_name)
    if user is not None and user.name == identity.user_name:
        return
    if user is not None:
        kind, detail = DriftKind.USER_RENAMED, {"now": user.name}
    elif namesake is not None:
        kind, detail = DriftKind.USER_REMADE, {"now": namesake.id}
    else:
        kind, detail = DriftKind.USER_GONE, {}
    yield Difference(
        kind=kind,
        account=expected.jump,
        thing=identity.user_name,
        name=identity.user_id,
        work_group_id=identity.work_group_id,
        elevation_id=identity.elevation_id,
        detail=detail,
        written_at=identity.bound_at,
    )


def windows_of(windows: Iterable[Window], user_id: str, group: Group) -> list[Window]:
    return [window for window in windows if window.user_id == user_id and window.group == group.name]


def active(windows: Iterable[Window]) -> Iterator[Window]:
    return (window for window in windows if window.status == ElevationStatus.ACTIVE)


def _tag(user: User, key: str) -> str | None:
    """Return the tag's value; keys of users' tags ignore letter case."""
    return next((value for found, value in user.tags.items() if found.casefold() == key.casefold()), None)


def of_window(
    kind: DriftKind,
    window: Window,
    expected: Expected,
    group: Group,
    *,
    thing: str,
    name: str,
    detail: Mapping[str, object] | None = None,
    written: datetime | None = None,
) -> Difference:
    return Difference(
        kind=kind,
        account=expected.jump,
        thing=thing,
        name=name,
        work_group_id=group.work_group_id,
        elevation_id=window.pk,
        detail={"user_id": window.user_id, **(detail or {})},
        written_at=written or expected.last_written([window]),
    )
