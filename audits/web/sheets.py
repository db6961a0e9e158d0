"""Tables that spreadsheets open: CSV with a byte order mark, whose cells compute nothing."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from audits.extracts.rows import BYTE_ORDER_MARK, KINDS, safe
from audits.models import Format, Stay
from audits.web import accesses
from audits.web.accesses import ShownAccess
from audits.web.files import file


def of_accesses(been: Iterable[Stay], maybe: Iterable[Stay], *, name: str) -> HttpResponse:
    """Return the accesses, those that may have been last."""
    rows = [_row(shown, _("was in")) for shown in accesses.shown(been, sealed_until=0)]
    rows += [_row(shown, _("may have been in")) for shown in accesses.shown(maybe, sealed_until=0)]
    return answer([_columns(), *rows], name=name)


def answer(rows: Iterable[Sequence[str]], *, name: str) -> HttpResponse:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([safe(cell) for cell in row] for row in rows)
    return file(BYTE_ORDER_MARK + text.getvalue(), name=name, kind=KINDS[Format.CSV])


def _columns() -> list[str]:
    return [
        *(_("In production"), _("Access"), _("Person"), _("IAM user"), _("Work group"), _("Roles")),
        *(_("From (actual)"), _("Until (actual)"), _("From (approved)"), _("Until (approved)")),
        *(_("Approved by"), _("Request"), _("Reason"), _("Change ticket"), _("How it ended"), _("Comment")),
    ]


def _row(shown: ShownAccess, certainty: str) -> list[str]:
    access, said = shown.access, shown.access.said
    names = (said.get(name, "") for name in ("person", "iam_user_name", "work_group"))
    times = (access.stay.active_at, access.stay.ended_at, access.starts_at, access.ends_at)
    approved = "; ".join(f"{who} ({how})" for who, how in shown.approvals)
    asked = (access.asked.get("reason", ""), access.asked.get("change_ticket", ""))
    return [
        *(certainty, access.code, *map(str, names), ", ".join(access.roles)),
        *(_local(moment) for moment in times),
        *(approved, access.request_code, *map(str, asked), shown.end, shown.comment),
    ]


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(sep=" ", timespec="seconds") if moment else ""
