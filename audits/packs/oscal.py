"""A pack as OSCAL 1.2: what was to be looked at (assessment plan), and what was seen (assessment results).

Deficiencies are findings against the controls whose files tell them; whether a control is met is for the auditor to say. Ids are
made of the checkpoint's root and the seed: the same pack has the same.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import translation

from audits.evidence import controls
from audits.evidence.controls import Control
from audits.evidence.population import DEFICIENCIES, Difference
from audits.models import Pack
from audits.packs import periods, words
from audits.packs.gathering import lines
from audits.packs.workpaper import SAMPLE

VERSION = "1.2.3"
FOLDER, PLAN, RESULTS = "oscal", "assessment-plan.json", "assessment-results.json"
# All ids of ours are made below it.
SPACE = UUID("6b0f6f0e-6d6c-5a0b-9d44-2f1f6a3f2c11")
_NO_TOKEN = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)
DIFFERENCES = "02-differences"


def write(pack: Pack, folder: Path) -> None:
    """Write both documents, in English: programs read them."""
    (folder / FOLDER).mkdir(exist_ok=True)
    named = Path(settings.EVIDENCE_CONTROLS_FILE) if settings.EVIDENCE_CONTROLS_FILE else None
    mapped = controls.read(named)
    with translation.override("en"):
        documents = {PLAN: _plan(pack, mapped), RESULTS: _results(pack, folder, mapped)}
    for name, said in documents.items():
        (folder / FOLDER / name).write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")


def token(text: str) -> str:
    """Return a text as OSCAL has ids: letters, digits, dots and dashes, a letter first."""
    found = _NO_TOKEN.sub("-", text).strip("-.").lower()
    return found if found[:1].isalpha() else f"c-{found}".rstrip("-")


def control_id(control: Control) -> str:
    """Return the control's id; of one whose name has no letter that an id takes, by its place in Unicode."""
    named = f"{control.framework} {control.control}"
    return token("".join(sign if sign.isascii() else f"u{ord(sign):x}" for sign in named))


def _plan(pack: Pack, mapped: list[Control]) -> dict[str, Any]:
    task = {
        "uuid": _id(pack, "task"),
        "type": "action",
        "title": "Draw a sample and look at each of it",
        "description": f"{pack.count} by SHA-256 of seed|id, seed {pack.seed}",
    }
    return {
        "assessment-plan": {
            "uuid": _id(pack, "plan"),
            "metadata": _metadata(pack, "Assessment plan"),
            "import-ssp": {"href": "../README.txt"},
            "reviewed-controls": _reviewed(mapped),
            "tasks": [task],
        }
    }


def _results(pack: Pack, folder: Path, mapped: list[Control]) -> dict[str, Any]:
    observations = dict(_observations(pack))
    findings = list(_findings(pack, observations, mapped))
    result = {
        "uuid": _id(pack, "result"),
        "title": f"Evidence of {periods.said(pack.period)}",
        "description": f"As of the checkpoint over {pack.size} leaves, root {pack.root}",
        "start": pack.since.isoformat(),
        "end": pack.until.isoformat(),
        "reviewed-controls": _reviewed(mapped),
        "observations": [*observations.values(), *_samples(pack, folder)],
        **({"findings": findings} if findings else {}),
    }
    return {
        "assessment-results": {
            "uuid": _id(pack, "results"),
            "metadata": _metadata(pack, "Assessment results"),
            "import-ap": {"href": PLAN},
            "results": [result],
        }
    }


def _metadata(pack: Pack, title: str) -> dict[str, Any]:
    """Return what each document says of itself: nothing of when it was made, but of what it is as of."""
    return {
        "title": f"{title}, {pack.period}",
        "last-modified": pack.sealed_at.isoformat(),
        "version": f"{pack.size}",
        "oscal-version": VERSION,
    }


def _reviewed(mapped: list[Control]) -> dict[str, Any]:
    return {
        "control-selections": [{"include-controls": [{"control-id": each} for each in dict.fromkeys(map(control_id, mapped))]}]
    }


def _observations(pack: Pack) -> Iterator[tuple[Difference, dict[str, Any]]]:
    """Yield what was seen of each kind of difference, where there is none too: that was looked for."""
    for kind, label in words.DIFFERENCES.items():
        count = pack.said["counts"].get(kind, 0)
        yield (
            Difference(kind),
            {
                "uuid": _id(pack, kind),
                "title": str(label),
                "description": f"{label}: {count}",
                "props": [{"name": "count", "ns": "https://sekisho.invalid/ns", "value": str(count)}],
                "methods": ["EXAMINE"],
                "types": ["control-objective"],
                "relevant-evidence": [{"href": f"../jsonl/{DIFFERENCES}.jsonl", "description": str(label)}],
                "collected": pack.sealed_at.isoformat(),
            },
        )


def _samples(pack: Pack, folder: Path) -> Iterator[dict[str, Any]]:
    for row in lines.read(folder, SAMPLE):
        story = f"../stories/{row['request']}.story.jsonl"
        yield {
            "uuid": _id(pack, row["id"]),
            "title": f"Sample {row['number']}: {row['id']}",
            "description": f"{row['person']}, {row['group']}, stratum {row['stratum']}, key {row['key']}",
            "methods": ["TEST"],
            "relevant-evidence": [{"href": story, "description": "Its story, each entry with its proof"}],
            "collected": pack.sealed_at.isoformat(),
        }


def _findings(
    pack: Pack, observations: Mapping[Difference, Mapping[str, Any]], mapped: list[Control]
) -> Iterator[dict[str, Any]]:
    for kind, seen in observations.items():
        if kind not in DEFICIENCIES or not pack.said["counts"].get(kind):
            continue
        for control in mapped:
            if DIFFERENCES in control.files:
                target = control_id(control)
                yield {
                    "uuid": _id(pack, f"{kind} {target}"),
                    "title": seen["title"],
                    "description": seen["description"],
                    "target": {
                        "type": "objective-id",
                        "target-id": target,
                        "status": {"state": "not-satisfied", "reason": "other"},
                    },
                    "related-observations": [{"observation-uuid": seen["uuid"]}],
                }


def _id(pack: Pack, name: str) -> str:
    return str(uuid5(SPACE, f"{pack.root} {pack.seed} {pack.period} {name}"))
