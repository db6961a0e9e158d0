"""Members of work groups that no IAM group has, such as those of Identity Center, against who is to be in. Pure."""

from collections.abc import Callable, Iterable, Iterator

from access_requests.models import DriftKind
from access_requests.services.drift.difference import Difference, Problem, each
from access_requests.services.drift.expected import Expected, Group
from access_requests.services.drift.looking import Sight
from access_requests.services.drift.people import active, of_window, windows_of

Compare = Callable[[], Iterable[Difference]]


def compare(expected: Expected, sight: Sight) -> Iterator[Difference | Problem]:
    """Yield the differences of each group that was read, compared on its own. They are told as the Jump account's."""

    def things() -> Iterator[tuple[str, Compare]]:
        for group in expected.own_groups:
            if group.name in sight.members:
                yield group.name, lambda group=group: _group(group, expected, sight)  # type: ignore[misc]

    return each(expected.jump, things())


def _group(group: Group, expected: Expected, sight: Sight) -> Iterator[Difference]:
    members = sight.members[group.name]
    if members is None:
        yield Difference(kind=DriftKind.GROUP_GONE, account=expected.jump, thing=group.name, work_group_id=group.work_group_id)
        return
    yield from _unexplained(group, members, expected)
    for window in active(expected.windows):
        if window.group == group.name and window.user_id not in members:
            yield of_window(DriftKind.MEMBER_MISSING, window, expected, group, thing=group.name, name=window.user_name)


def _unexplained(group: Group, members: Iterable[str], expected: Expected) -> Iterator[Difference]:
    """Yield members that no elevation explains, by the name that somebody is bound by here, else by their UserId."""
    for user_id in sorted(members):
        windows = windows_of(expected.windows, user_id, group)
        if not any(window.explains for window in windows):
            yield Difference(
                kind=DriftKind.UNEXPLAINED_MEMBER,
                account=expected.jump,
                thing=group.name,
                name=expected.user_names.get(user_id, user_id),
                work_group_id=group.work_group_id,
                detail={"user_id": user_id},
                written_at=expected.last_written(windows),
            )
