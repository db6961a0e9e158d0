"""Three truths: yes, no, and what this evaluator does not know. An unknown never decides where a known answer does."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Never


@dataclass(frozen=True)
class Unknown:
    """What could not be evaluated, in words."""

    words: tuple[str, ...]

    def __bool__(self) -> Never:
        """Refuse to be taken for a yes or a no."""
        raise TypeError(f"neither true nor false: {'; '.join(self.words)}")


Truth = bool | Unknown


def unknown(words: str) -> Unknown:
    return Unknown((words,))


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return whether all are true; one that is false settles it."""
    return _settled(truths, by=False)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return whether one is true; one that is true settles it."""
    return _settled(truths, by=True)


def negate(truth: Truth) -> Truth:
    return truth if isinstance(truth, Unknown) else not truth


def _settled(truths: Iterable[Truth], *, by: bool) -> Truth:
    words: list[str] = []
    for truth in truths:
        if isinstance(truth, Unknown):
            words += truth.words
        elif truth is by:
            return by
    return Unknown(tuple(dict.fromkeys(words))) if words else not by
