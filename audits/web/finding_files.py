"""Findings as files: CSV for spreadsheets, and JSON Lines with the evidence and the history of each."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audits import findings_showing as showing
from audits.extracts.rows import BYTE_ORDER_MARK, lines
from audits.findings_showing import ShownFinding
from audits.models import Finding, Format
from portal.storable import AsTyped


def parts(file_format: str, batches: Iterable[Sequence[Finding]]) -> Iterator[bytes]:
    """Yield the file, in the language and the zone of whoever asks for it: it is written when the view has returned."""
    return _parts(file_format, batches, language=translation.get_language(), zone=timezone.get_current_timezone())


def _parts(file_format: str, batches: Iterable[Sequence[Finding]], *, language: str, zone: tzinfo) -> Iterator[bytes]:
    with translation.override(language), timezone.override(zone):
        if file_format == Format.CSV:
            yield (BYTE_ORDER_MARK + lines([_head()])).encode()
        for batch in batches:
            yield (lines(map(_cells, showing.in_brief(batch))) if file_format == Format.CSV else _objects(batch)).encode()


def _head() -> list[str]:
    return [
        *(_("ID"), _("Kind"), _("Finding"), _("Severity"), _("State"), _("First seen"), _("Last seen"), _("Opened")),
        *(_("Times opened"), _("Closed"), _("Owner"), _("Due"), _("Accepted until"), _("Accepted by")),
        *(_("Acceptance asked for by"), _("Reason"), _("May have caused it"), _("Last entry")),
    ]


def _cells(shown: ShownFinding) -> list[str]:
    row = shown.finding
    days = [day.isoformat() if day else "" for day in (row.due_on, row.accepted_until)]
    return [
        *(row.code, shown.kind, shown.sentence, str(shown.severity.label), str(shown.status.label)),
        *(_local(row.first_seen_at), _local(row.last_seen_at), _local(row.opened_at), str(row.times_opened)),
        *(_local(row.closed_at), row.owner, days[0], days[1], row.accepted_by, row.asked_by, row.asked_because),
        *(", ".join(row.caused_by), str(row.entry_id)),
    ]


def _objects(batch: Sequence[Finding]) -> str:
    return "".join(json.dumps({**each.fields, **each.details}, cls=AsTyped) + "\n" for each in showing.in_full(batch))


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(sep=" ", timespec="seconds") if moment else ""
