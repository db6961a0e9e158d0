"""README.txt of a pack: what is in it, what was not read, and how somebody checks the sample, the stories and the log alone."""

from pathlib import Path

from django.utils.translation import gettext as _

from audits.models import Pack
from audits.packs import stamp, workpaper
from audits.packs.tables import TABLES

NAME = "README.txt"


def write(pack: Pack, folder: Path) -> None:
    text = "\n".join(_parts(pack)) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8")


def _parts(pack: Pack) -> list[str]:
    said, first = pack.said, (pack.said["sample"] or ["E-00000000"])[0]
    commands = workpaper.commands(pack.seed, first)
    hours = said["hours"]
    gap = (
        _("%(hours)s hours of the period were not read of CloudTrail: see 01-hours-not-covered.") % {"hours": hours}
        if said["rows"]["01-hours-not-covered"]
        else _("CloudTrail was read for the whole period.")
    )
    deficiencies = _("Deficiencies that nobody has explained: %(count)s.") % {"count": said["counts"].get("deficiencies", 0)}
    draws = _("Samples of this period that were drawn before: %(count)s.") % {"count": said["draws"]}
    return [
        *(f"{name}: {value}" for name, value in stamp.words(pack).items()),
        *("", gap, deficiencies, draws, ""),
        *(f"{table.name}  {table.title}: {said['rows'][table.name]}" for table in TABLES),
        *("", _("To check the sample:"), "  python verify.py --sample workpaper.jsonl"),
        *(f"  {commands['sh']}", f"  {commands['powershell']}"),
        *("", _("To check the log, and the story of a request:"), "  python verify.py export"),
        "  python verify.py --story stories/R-….story.jsonl --keys export/keys.json",
        *("", _("Trust the keys that you got on another way: on an earlier visit, or from the seal's page.")),
    ]
