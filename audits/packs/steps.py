"""The steps of a pack, in their order. Each adds files to the folder, by nothing but the pack and the files before it."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from audits import trail, verify
from audits.acts import Act
from audits.evidence import controls
from audits.evidence.covering import hours_in_all
from audits.evidence.population import Difference
from audits.exporting import reading, stories, writing
from audits.models import Checkpoint, Pack, TrailEntry
from audits.packs import oscal, reading_me, reports, sheets, stamp, workpaper
from audits.packs.gathering import covering, joining, lines, logins, privileged, rest
from audits.packs.gathering.explaining import Explaining
from audits.packs.gathering.joining import Population
from audits.packs.gathering.lines import Lines
from audits.packs.tables import TABLES
from portal.verbs.actor import WORKER

Step = Callable[[Pack, Path], None]


def known_until(pack: Pack) -> datetime:
    """Return up to when anything of the period can be known: to its end, or to the checkpoint."""
    return min(pack.until, pack.sealed_at)


def gather(pack: Pack, folder: Path) -> None:
    """Write T, M and L, every difference between them, and what else the trail says of the period."""
    until = known_until(pack)
    not_read = covering.not_read(pack, until=until)
    lines.write(folder, "01-hours-not-covered", covering.rows(not_read))
    lines.write(folder, "03-findings", rest.findings(pack, until))
    explaining = Explaining.of_findings(lines.read(folder, "03-findings"))
    with Lines(folder, "02-differences") as differences:
        population = Population(pack=pack, until=until, not_read=not_read, explaining=explaining, differences=differences)
        for one in not_read:
            where = f"{one.key or one.account} {one.region}, {one.hours} h, {one.why}"
            population.differ(Difference.HOURS_NOT_COVERED, one.account, one.since, where)
        joining.write(population, folder)
        logins.write(population, folder)
        _compare(population)
    lines.write(folder, "09-changes", rest.changes(pack, until))
    lines.write(folder, "10-late", rest.late(pack))
    lines.write(folder, "11-privileged", privileged.rows(pack))
    named = Path(settings.EVIDENCE_CONTROLS_FILE) if settings.EVIDENCE_CONTROLS_FILE else None
    lines.write(folder, "12-controls", (one.row(pack.language) for one in controls.read(named)))
    drawn, digest = workpaper.write(pack, population.strata, folder)
    pack.said = {
        "counts": dict(sorted(population.counts.items())),
        "strata": [{"stratum": each, "size": drawn.sizes[each], "drawn": drawn.drawn[each]} for each in drawn.sizes],
        "population": drawn.population,
        "sample": [one.id for one in drawn.sample],
        "workpaper": digest,
        "hours": hours_in_all(not_read),
        "rows": {table.name: sum(1 for _line in lines.read(folder, table.name)) for table in TABLES},
        "draws": _draws_before(pack),
    }
    pack.rows = sum(pack.said["rows"].values())


def tell_draw(pack: Pack) -> None:
    """Record the draw. In the transaction in which the step is settled."""
    names = ("population", "strata", "workpaper")
    data = {"period": pack.period, "seed": pack.seed, "ids": pack.said["sample"], **{name: pack.said[name] for name in names}}
    trail.record_act(now=timezone.now(), act=Act.SAMPLE_DRAWN, actor=WORKER, subject=pack.code, data=data)


def tell_stories(pack: Pack, folder: Path) -> None:
    """Write the story of each request of the sample, each entry with its proof against the pack's checkpoint."""
    (folder / "stories").mkdir(exist_ok=True)
    sealed = _sealed(pack)
    for request in sorted({row["request"] for row in lines.read(folder, workpaper.SAMPLE)}):
        text = "".join(f"{line}\n" for line in stories.lines(request, sealed))
        (folder / "stories" / f"{request}.story.jsonl").write_text(text, encoding="utf-8")


def write_sheets(pack: Pack, folder: Path) -> None:
    sheets.write(pack, folder)
    stamp.write(pack, folder)


def write_reports(pack: Pack, folder: Path) -> None:
    reports.write(pack, folder)
    oscal.write(pack, folder)


def export(pack: Pack, folder: Path) -> None:
    """Write the log up to the pack's checkpoint, and what checks it and the sample; and how all of it is read."""
    writing.export_sealed(folder / "export", _sealed(pack), since=pack.since, until=pack.until)
    (folder / "verify.py").write_bytes(Path(verify.__file__).read_bytes())
    reading_me.write(pack, folder)


STEPS: Mapping[str, Step] = {
    "gather": gather,
    "stories": tell_stories,
    "sheets": write_sheets,
    "reports": write_reports,
    "export": export,
}


def _compare(population: Population) -> None:
    """Tell what the newest comparison of the tables with the trail found apart, of those up to the checkpoint."""
    done = TrailEntry.objects.filter(act=Act.COMPARISON_DONE, pk__lte=population.pack.through).order_by("-pk").first()
    if done is None:
        return
    population.counts["compared_through"] = done.data["through"]
    for one in done.data["apart"]:
        what = f"{one['what']}: {', '.join(one['facts'])}"
        row = str(one["kind"]), str(one["key"])
        population.differ(Difference.TABLES_DIFFER, " ".join(row), done.at, what, *row)


def _draws_before(pack: Pack) -> int:
    """Return how many samples of this period were drawn before, as of the checkpoint: who draws until it fits is seen."""
    drawn = TrailEntry.objects.filter(act=Act.SAMPLE_DRAWN, pk__lte=pack.through)
    return Counter(drawn.values_list("data__period", flat=True))[pack.period]


def _sealed(pack: Pack) -> reading.Sealed:
    return reading.Sealed(Checkpoint.objects.filter(size=pack.size).order_by("-log__number")[0])
