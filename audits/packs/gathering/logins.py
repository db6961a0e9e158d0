"""L: log-ins to production that began in the period, each as the last entry up to the checkpoint tells of it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Q

from audits.acts import Act
from audits.evidence.population import Difference
from audits.log_ins.selectors import QUIET
from audits.models import LogIn, LogInClass, TrailEntry
from audits.packs.gathering.joining import Population
from audits.packs.gathering.lines import Lines

PAGE = 1000
SAYS = (Act.LOG_IN_SEEN, Act.LOG_IN_CHANGED)
DIFFERS = {
    LogInClass.NO_LEAVE: Difference.L_WITHOUT_T,
    LogInClass.AFTER_END: Difference.L_WITHOUT_T,
    LogInClass.UNKNOWN: Difference.L_NOT_KNOWN,
}
FIELDS = ("account", "role", "person", "principal", "way", "mfa", "reason", "refused")


def write(population: Population, folder: Path) -> None:
    """Write the log-ins, and tell of those that no access explains."""
    pack = population.pack
    with Lines(folder, "07-log-ins") as lines:
        for entry_id, said in _told(population):
            began, kind = datetime.fromisoformat(said["began_at"]), LogInClass(said["kind"])
            if kind in QUIET or not pack.since <= began < population.until:
                continue
            fields = {name: said[name] for name in FIELDS}
            access = said["elevation"]
            lines.add({"id": said["code"], "kind": kind, "began_at": began, **fields, "access": access, "entry": entry_id})
            population.counts[f"log_in_{kind}"] += 1
            if (differs := DIFFERS.get(kind)) is not None:
                who = said["person"] or said["principal"] or said["principal_id"]
                population.differ(differs, said["code"], began, f"{who}, {said['role'] or said['account']}, {kind}")
    population.counts["l"] = lines.count


def _told(population: Population) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the last entry of each log-in that began in the period, and what it says. Two queries a page."""
    pack = population.pack
    rows = LogIn.objects.filter(began_at__gte=pack.since, began_at__lt=population.until).order_by("began_at", "pk")
    beyond = Q()
    while page := list(rows.filter(beyond).values_list("pk", "began_at", "code")[:PAGE]):
        told = TrailEntry.objects.filter(subject__in=[row[2] for row in page], act__in=SAYS, pk__lte=pack.through)
        last = {code: (pk, data["log_in"]) for pk, code, data in told.order_by("pk").values_list("pk", "subject", "data")}
        yield from (last[code] for _pk, _at, code in page if code in last)
        beyond = Q(began_at__gt=page[-1][1]) | Q(began_at=page[-1][1], pk__gt=page[-1][0])
