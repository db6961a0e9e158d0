"""What there was at an instant, from the trail alone: entries in the order of their ids, folded into what they tell of.

Pure: who folds chooses the entries. All of them with `at` up to an instant say how it was then, as far as is known today; those
with `recorded_at` up to it say what was known then. An end that was spooled is in the first and not yet in the second.
"""

from audits.replay.fold import fold
from audits.replay.state import Entry, State, Thing, ThingKind

__all__ = ["Entry", "State", "Thing", "ThingKind", "fold"]
