"""The extracts as sheets: one XLSX with all of them, and CSV of each. Both row by row: memory does not grow with them."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from audits.extracts.rows import BYTE_ORDER_MARK, safe
from audits.models import Pack
from audits.packs import stamp
from audits.packs.gathering import lines
from audits.packs.tables import TABLES, Table
from portal.pages import unseen

XLSX = "evidence.xlsx"
# Excel's own: of a sheet, and of a cell. Of longer texts the beginning is in the cell, and all of it in JSON Lines.
MOST_ROWS, LONGEST = 1_048_575, 32_000
WIDTH = 22


class NotWritten(Exception):
    """A cell does not hold what it was given."""


def write(pack: Pack, folder: Path) -> None:
    """Write both of what the folder's JSON Lines have."""
    (folder / "csv").mkdir(exist_ok=True)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(folder)}
    with xlsxwriter.Workbook(folder / XLSX, options) as book:
        # By default it is now.
        book.set_properties({"title": f"Sekisho {pack.period}", "created": pack.sealed_at.astimezone(UTC).replace(tzinfo=None)})
        head = book.add_format({"bold": True, "bg_color": "#e8e8e8", "text_wrap": True, "valign": "top"})
        _about(pack, book.add_worksheet(_("About")), head)
        for table in TABLES:
            _table(pack, folder, table, book, head)


def cell(value: Any, zone: ZoneInfo) -> str:
    """Return a value as people read it: times in the pack's zone, and each character seen that hides."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(cell(each, zone) for each in value)
    text = str(value)
    return _local(text, zone) or (text if unseen.hides_nothing(text) else unseen.named(text))


def _table(pack: Pack, folder: Path, table: Table, book: xlsxwriter.Workbook, head: Format) -> None:
    names, labels, zone = list(table.columns), [str(label) for label in table.columns.values()], ZoneInfo(pack.zone)
    with (folder / "csv" / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(BYTE_ORDER_MARK)
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        rows.writerow(labels)
        sheet = _sheet(book, table.name, labels, head)
        for number, cells in enumerate(_cells(folder, table, names, zone)):
            rows.writerow([safe(each) for each in cells])
            if number and number % MOST_ROWS == 0:
                sheet = _sheet(book, f"{table.name[:24]} {number // MOST_ROWS + 1}", labels, head)
            _row(sheet, number % MOST_ROWS + 1, cells)


def _cells(folder: Path, table: Table, names: Sequence[str], zone: ZoneInfo) -> Iterator[list[str]]:
    for row in lines.read(folder, table.name):
        yield [cell(row.get(name), zone) for name in names]


def _sheet(book: xlsxwriter.Workbook, name: str, labels: Sequence[str], head: Format) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(labels) - 1, WIDTH)
    for column, label in enumerate(labels):
        _write(sheet, 0, column, label, head)
    return sheet


def _row(sheet: Worksheet, number: int, cells: Sequence[str]) -> None:
    for column, text in enumerate(cells):
        if text:
            _write(sheet, number, column, text)


def _write(sheet: Worksheet, row: int, column: int, text: str, form: Format | None = None) -> None:
    """Write a text as a text, whatever it begins with. Raises NotWritten where the library says that it did not."""
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
    code = sheet.write_string(row, column, shown, form)
    if code:
        raise NotWritten(f"{sheet.name} {row + 1}/{column + 1}: {code}")


def _about(pack: Pack, sheet: Worksheet, head: Format) -> None:
    """Say of each extract what it was asked by, in which zone its times are, how many rows it has, who had it made and when."""
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 4, 44)
    said = stamp.words(pack)
    for number, (name, value) in enumerate(said.items()):
        _write(sheet, number, 0, name, head)
        _write(sheet, number, 1, value)
    for column, label in enumerate((_("Extract"), _("Title"), _("Query"), _("Time zone"), _("Rows"))):
        _write(sheet, len(said) + 1, column, label, head)
    counts: Mapping[str, int] = pack.said["rows"]
    for at, table in enumerate(TABLES, start=len(said) + 2):
        for column, text in enumerate((table.name, str(table.title), table.query, pack.zone, str(counts[table.name]))):
            _write(sheet, at, column, text)


def _local(text: str, zone: ZoneInfo) -> str:
    """Return a moment of JSON in the pack's zone; nothing for another text."""
    if len(text) < 20 or text[4:5] != "-" or text[10:11] != "T":  # noqa: PLR2004  2026-11-23T05:04:10Z
        return ""
    try:
        moment = datetime.fromisoformat(text)
        return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}" if moment.tzinfo else ""
    except (ValueError, OverflowError):  # What somebody typed may be a moment that no calendar of another zone has.
        return ""
