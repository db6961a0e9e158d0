"""The story of a request: its entries and those of the accesses that it gave, each with a proof, all against one checkpoint."""

import json
import re
from collections.abc import Iterable, Iterator

from audits.acts import Act
from audits.exporting import proving, reading
from audits.exporting.reading import Sealed
from audits.merkle import tree
from audits.models import TrailEntry

# What a number of a request can be made of; what is typed into an address may be anything.
CODE = re.compile(r"R-[0-9A-Z]{1,20}")
LAST = frozenset(act for act in Act if act.is_last)


def lines(request_code: str, sealed: Sealed | None = None) -> list[str]:
    """Return the story as JSON Lines, oldest first; none where no entry of the request is sealed. Raises NothingSealed.

    Against the newest checkpoint, or the one that is given.
    """
    sealed = sealed or reading.newest()
    if not CODE.fullmatch(request_code):
        return []
    node = sealed.node()
    return [_line(sealed, entry, node) for entry in entries(request_code, last=sealed.size - sealed.log.ahead)]


def entries(request_code: str, *, last: int) -> list[TrailEntry]:
    """Return what happened to the request, to its elevations, and to the requests that extended these, up to an entry."""
    subjects, found = [request_code], list[TrailEntry]()
    for subject in subjects:
        mine = list(TrailEntry.objects.filter(subject=subject, pk__lte=last))
        found += mine
        subjects += [name for entry in mine for name in _named(entry) if name not in subjects]
    return sorted(found, key=lambda entry: entry.pk)


def unfinished(told: Iterable[TrailEntry]) -> list[str]:
    """Return the subjects of a story that have not ended; of those that it names and has not, too. None where it is whole."""
    entries = list(told)
    ended = {entry.subject for entry in entries if entry.act in LAST}
    named = [name for entry in entries for name in (entry.subject, *_named(entry))]
    return [name for name in dict.fromkeys(named) if name not in ended]


def _named(entry: TrailEntry) -> Iterator[str]:
    """Yield the subjects whose story this entry goes on in."""
    if entry.act == Act.REQUEST_APPROVED:
        yield from entry.data.get("elevations", ())
    elif entry.act == Act.ELEVATION_EXTENDED:
        yield entry.data["by"]


def _line(sealed: Sealed, entry: TrailEntry, node: tree.Node) -> str:
    found = proving.prove(sealed, entry, node)
    return json.dumps({"leaf": found.leaf, "proof": found.proof}, ensure_ascii=False)
