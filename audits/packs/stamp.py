"""Whose pack it is and when it was ordered: all that two packs of one checkpoint and seed do not have in common."""

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from audits.models import Pack
from audits.packs.tables import TABLES

NAME = "stamp.json"


def release() -> str:
    """Return the portal's version."""
    try:
        return version("sekisho")
    except PackageNotFoundError:
        return "0.1.0"


def words(pack: Pack) -> dict[str, str]:
    """Return what each extract says of itself, by its label: who, when, of what, as of which checkpoint."""
    zone = ZoneInfo(pack.zone)
    return {
        _("Evidence pack"): pack.code,
        _("Period"): pack.period,
        _("From"): f"{pack.since.astimezone(zone):%Y-%m-%d %H:%M} {pack.zone}",
        _("Before"): f"{pack.until.astimezone(zone):%Y-%m-%d %H:%M} {pack.zone}",
        _("As of checkpoint"): f"{pack.size}, {pack.root}",
        _("Sealed"): f"{pack.sealed_at.astimezone(zone):%Y-%m-%d %H:%M:%S} {pack.zone}",
        _("Sampling seed"): pack.seed,
        _("Ordered by"): pack.asked_by,
        _("Ordered"): f"{pack.asked_at.astimezone(zone):%Y-%m-%d %H:%M:%S} {pack.zone}",
        _("Version"): f"Sekisho {release()}",
    }


def write(pack: Pack, folder: Path) -> None:
    """Write the stamp: who had it made and when, and of each extract what the sheets say as well."""
    said: dict[str, Any] = {"pack": pack.code, "asked_by": pack.asked_by, "asked_at": pack.asked_at.isoformat()}
    facts = {"zone": pack.zone, "version": release(), "who": pack.asked_by, "when": pack.asked_at.isoformat()}
    extracts = [{"name": each.name, "query": each.query, "rows": pack.said["rows"][each.name], **facts} for each in TABLES]
    (folder / NAME).write_text(json.dumps({**said, "extracts": extracts}, indent=1, ensure_ascii=False), encoding="utf-8")
