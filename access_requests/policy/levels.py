"""Levels of approval: which one waits, and whether each can get its approvals."""

from collections.abc import Collection

# Before the name of a role, which stands for whoever has it where a catalogue's file names approvers.
ROLE_MARK = "@"


def waiting_level(needed: Collection[tuple[int, int]], given: Collection[int]) -> int | None:
    """Return the number of the level that waits for an approval, or None when all have theirs.

    `needed` are (level, approvals); `given` is the level of each approval so far.
    """
    counts = [level for level, approvals in sorted(needed) if sum(1 for at in given if at == level) < approvals]
    return counts[0] if counts else None


def level_without_enough(levels: Collection[tuple[int, int, Collection[int]]]) -> int | None:
    """Return a level that cannot get its approvals, or None. `levels` are (level, approvals, who may).

    Nobody counts at two levels, so each level takes its approvals out of those who are left: a matching of seats to people.
    """
    seat_of: dict[int, tuple[int, Collection[int]]] = {}

    def seat(seat_people: tuple[int, Collection[int]], tried: set[int]) -> bool:
        for person in seat_people[1]:
            if person in tried:
                continue
            tried.add(person)
            if person not in seat_of or seat(seat_of[person], tried):
                seat_of[person] = seat_people
                return True
        return False

    for number, approvals, people in sorted(levels, key=lambda level: level[0]):
        if not all(seat((number, people), set()) for _ in range(approvals)):
            return number
    return None
