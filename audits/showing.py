"""Entries of the trail as lists, pages and files show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits import sentences
from audits.models import TrailEntry


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An entry in words: `mark` is one of components/_timeline.html. `data` is what people read of it."""

    entry: TrailEntry
    mark: str
    sentence: str
    data: Mapping[str, Any]

    @property
    def who(self) -> str:
        return sentences.who(self.entry)


def shown(entries: Iterable[TrailEntry]) -> Sequence[Shown]:
    """Return the entries in their order, in the reader's language and zone."""
    return [_shown(entry) for entry in entries]


def _shown(entry: TrailEntry) -> Shown:
    mark, sentence = sentences.in_words(entry)
    return Shown(entry=entry, mark=mark, sentence=sentence, data=entry.data)
