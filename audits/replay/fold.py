from collections.abc import Iterable

from audits.replay.state import Entry, State
from audits.replay.steps import STEPS


def fold(entries: Iterable[Entry]) -> State:
    """Return the state that these entries tell, in the order of their ids. An act of another version changes nothing."""
    state = State()
    for entry in entries:
        step = STEPS.get(entry.act)
        if step is not None:
            step(state, entry)
    return state
