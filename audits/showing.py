"""Entries of the trail as lists, pages and files show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from audits import personal, sentences
from audits.models import TrailEntry


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An entry in words: `mark` is one of components/_timeline.html. `data` is what people read of it."""

    entry: TrailEntry
    mark: str
    sentence: str
    data: Mapping[str, Any]

    @property
    def fields(self) -> Mapping[str, Any]:
        """The entry as programs get it."""
        row = self.entry
        return {
            "id": row.pk,
            "at": row.at,
            "recorded_at": row.recorded_at,
            "late": row.late,
            "act": row.act,
            "actor": row.actor,
            "on_behalf_of": row.on_behalf_of,
            "subject": row.subject,
            "schema_version": row.schema_version,
            "data": self.data,
        }

    @property
    def who(self) -> str:
        return sentences.who(self.entry)


def shown(entries: Iterable[TrailEntry]) -> Sequence[Shown]:
    """Return the entries in their order, in the reader's language and zone, with personal texts as far as they are not erased.

    For showing only: a leaf is made of an entry as it is read.
    """
    return [_shown(entry) for entry in personal.shown(entries, erased=gettext("erased"))]


def _shown(entry: TrailEntry) -> Shown:
    mark, sentence = sentences.in_words(entry)
    return Shown(entry=entry, mark=mark, sentence=sentence, data=entry.data)
