"""Entries as the rows of a file."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext, pgettext

from audits.models import Format
from audits.showing import Shown
from portal.storable import AsTyped

# By it spreadsheets know UTF-8.
BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet takes for a formula, or skips before one.
BEGINS_FORMULA = tuple("=+-@\t\r\n")
KINDS = {Format.CSV: "text/csv; charset=utf-8", Format.JSON_LINES: "application/jsonl"}


def parts(form: str, batches: Iterable[Sequence[Shown]]) -> Iterator[tuple[int, bytes]]:
    """Yield the file: of how many rows each part is, and its bytes. The first of CSV is the head."""
    if form == Format.CSV:
        yield 0, (BYTE_ORDER_MARK + lines([_head()])).encode()
    for batch in batches:
        text = lines(map(_cells, batch)) if form == Format.CSV else "".join(map(_object, batch))
        yield len(batch), text.encode()


def safe(text: str) -> str:
    """Return the text as a cell that no spreadsheet computes."""
    begins = text.lstrip(" \u3000")[:1]
    # Some take a wide sign as they take the narrow one.
    return f"'{text}" if begins and unicodedata.normalize("NFKC", begins).startswith(BEGINS_FORMULA) else text


def lines(rows: Iterable[Iterable[str]]) -> str:
    """Return the rows as CSV whose cells no spreadsheet computes."""
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([safe(cell) for cell in row] for row in rows)
    return written.getvalue()


def _head() -> list[str]:
    times = [gettext("Happened"), gettext("Recorded"), gettext("Why it was recorded late")]
    said = [gettext("What happened"), gettext("Act"), gettext("Who"), gettext("Actor"), gettext("On behalf of")]
    return [gettext("Entry"), *times, *said, pgettext("of the trail", "About")]


def _cells(shown: Shown) -> list[str]:
    entry = shown.entry
    moments = [timezone.localtime(at).isoformat(sep=" ") if at else "" for at in (entry.at, entry.recorded_at)]
    late = entry.get_late_display() if entry.late else ""
    return [str(entry.pk), *moments, late, shown.sentence, entry.act, shown.who, entry.actor, entry.on_behalf_of, entry.subject]


def _object(shown: Shown) -> str:
    return json.dumps({**shown.fields, "sentence": shown.sentence}, cls=AsTyped) + "\n"
