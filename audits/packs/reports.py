"""The PDF of a pack in each language: what is missing first, pictures of the period, and a page for each of the sample."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audits.models import Pack
from audits.packs import fonts, periods, stamp, story_pages, words
from audits.packs.gathering import lines
from audits.packs.sheets import cell
from audits.packs.tables import BY_NAME
from audits.packs.workpaper import SAMPLE, commands

LANGUAGES = ("ja", "en")
TEMPLATE = Path(__file__).with_name("report.typ")
# Longer lists are in the sheets, and in JSON Lines: a hundred thousand rows would take gigabytes here.
MOST_ROWS, LONGEST = 200, 300
WEEK = timedelta(days=7)
NOT_READ = gettext_noop(
    "%(hours)s hours of the period were not read of CloudTrail. "
    "What is said here of memberships and log-ins holds for the others."
)


def write(pack: Pack, folder: Path) -> None:
    for language in LANGUAGES:
        with translation.override(language):
            (folder / name(language)).write_bytes(compiled(said(pack, folder, language)))


def name(language: str) -> str:
    return f"report.{language}.pdf"


def compiled(data: Mapping[str, Any]) -> bytes:
    """Return the PDF (PDF/A-2b, PDF/UA-1), dated by the data: what reaches the compiler is our template, and JSON."""
    year, month, day = data["date"]
    made = typst.compile(
        TEMPLATE,
        format="pdf",
        font_paths=[file.parent for file in fonts.FILES],
        ignore_system_fonts=True,
        pdf_standards=["a-2b", "ua-1"],
        sys_inputs={"data": json.dumps(_printable(data), ensure_ascii=False)},
        timestamp=int(datetime(year, month, day, tzinfo=UTC).timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("the report is one file")
    return made


def said(pack: Pack, folder: Path, language: str) -> dict[str, Any]:
    """Return all that a report shows, in the language that is active."""
    facts, at = pack.said, pack.sealed_at.astimezone(ZoneInfo(pack.zone))
    title = _("Evidence pack %(code)s") % {"code": pack.code}
    return {
        "title": title,
        "subtitle": periods.said(pack.period),
        "author": "Sekisho",
        "date": [at.year, at.month, at.day],
        "lang": language,
        "font": fonts.FAMILY,
        "footer": f"{title} · {pack.period} · {pack.root[:16]}",
        "warning": _not_read(facts),
        "all_read": _("CloudTrail was read for the whole period."),
        "parts": _parts(pack, folder),
        "stories": [story_pages.page(pack, folder, row) for row in lines.read(folder, SAMPLE)],
    }


def listed(
    pack: Pack, folder: Path, table: str, names: Mapping[str, int], only: Iterable[Mapping[str, Any]] | None = None
) -> Any:
    """Return a list of an extract as the template takes it: these columns, each so wide, and how many more there are."""
    about, zone = BY_NAME[table], ZoneInfo(pack.zone)
    found = iter(only if only is not None else lines.read(folder, table))
    rows = [[worded(name, row.get(name), zone) for name in names] for row in islice(found, MOST_ROWS)]
    more = sum(1 for _each in found)
    return {
        "kind": "list",
        "title": str(about.title),
        "head": [str(about.columns[name]) for name in names],
        "widths": list(names.values()),
        "rows": rows,
        "empty": _("None."),
        "more": _("%(count)s more in %(name)s of the sheets.") % {"count": more, "name": table} if more else "",
    }


def worded(name: str, value: Any, zone: ZoneInfo) -> str:
    """Return a value in words where it is one of ours, else as sheets have it."""
    known = {"kind": words.DIFFERENCES, "stratum": words.STRATA, "why": words.NOT_READ}.get(name, {})
    text = str(known[value]) if isinstance(value, str) and value in known else cell(value, zone)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _parts(pack: Pack, folder: Path) -> list[dict[str, Any]]:
    deficiencies = (row for row in lines.read(folder, "02-differences") if row["deficiency"])
    found = listed(
        pack,
        folder,
        "02-differences",
        {"kind": 4, "id": 3, "at": 3, "what": 5, "finding": 3, "explained_by": 2},
        only=deficiencies,
    )
    counts = [[label, str(count)] for label, count in words.differences(pack.said["counts"])]
    computed = commands(pack.seed, (pack.said["sample"] or ["E-00000000"])[0])
    return [
        {**found, "title": _("Deficiencies")},
        listed(pack, folder, "01-hours-not-covered", {"key": 3, "region": 3, "since": 3, "until": 3, "hours": 1, "why": 3}),
        {"kind": "facts", "title": _("Differences"), "rows": counts or [[_("Differences"), _("None.")]]},
        listed(pack, folder, "03-findings", {"id": 3, "sentence": 7, "severity": 2, "status": 2, "opened_at": 3, "owner": 2}),
        {"kind": "facts", "title": _("About"), "rows": [list(each) for each in stamp.words(pack).items()]},
        {"kind": "facts", "title": _("Population"), "rows": _population(pack)},
        {"kind": "bars", "title": _("Accesses by week"), "rows": _weeks(pack, folder)},
        listed(pack, folder, "11-privileged", {"kind": 2, "name": 3, "what": 5, "source": 4}),
        listed(pack, folder, "12-controls", {"framework": 3, "control": 3, "says": 4, "answer": 5, "files": 4}),
        listed(pack, folder, SAMPLE, {"number": 1, "id": 3, "stratum": 3, "person": 2, "active_at": 3, "key": 9}),
        {
            "kind": "facts",
            "title": _("To check the sample:"),
            "rows": [list(each) for each in computed.items()],
        },
    ]


def _population(pack: Pack) -> list[list[str]]:
    counts = pack.said["counts"]
    three = {
        _("Population: accesses by the trail"): counts.get("t", 0),
        _("Population: memberships given, by CloudTrail"): counts.get("m", 0),
        _("Population: production log-ins, by CloudTrail"): counts.get("l", 0),
    }
    strata = [
        [words.stratum(one["stratum"]), _("%(drawn)s of %(size)s") % {"drawn": one["drawn"], "size": one["size"]}]
        for one in pack.said["strata"]
        if one["size"]
    ]
    draws = [_("Samples of this period drawn before"), str(pack.said["draws"])]
    return [*([label, str(count)] for label, count in three.items()), *strata, draws]


def _weeks(pack: Pack, folder: Path) -> list[list[Any]]:
    """Return the first day of each week of the period, and how many accesses began in it."""
    zone, weeks = ZoneInfo(pack.zone), Counter[int]()
    for row in lines.read(folder, "04-population"):
        weeks[(datetime.fromisoformat(row["active_at"]) - pack.since) // WEEK] += 1
    last = (min(pack.until, pack.sealed_at) - pack.since) // WEEK
    return [[f"{(pack.since + WEEK * week).astimezone(zone):%Y-%m-%d}", weeks[week]] for week in range(last + 1)]


def _not_read(facts: Mapping[str, Any]) -> str:
    if not facts["rows"]["01-hours-not-covered"]:
        return ""
    return _(NOT_READ) % {"hours": facts["hours"]}


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return fonts.printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_printable(each) for each in value]
    return value
