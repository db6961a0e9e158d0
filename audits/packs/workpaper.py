"""The workpaper: every id of the population with its stratum and its key, and the sample that is drawn of them."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from audits.evidence.sampling import LEAST, Draw, Stratum, draw, key_of
from audits.models import Pack
from audits.packs.gathering import lines

NAME = "workpaper.jsonl"
SAMPLE = "08-sample"
BASH = "printf %s '{seed}|{id}' | sha256sum"
POWERSHELL = (
    "-join ([Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes('{seed}|{id}'))"
    " | ForEach-Object {{ $_.ToString('x2') }})"
)


def write(pack: Pack, strata: Iterable[tuple[str, Stratum]], folder: Path) -> tuple[Draw, str]:
    """Draw the sample and write it with all that it was drawn of. Return the draw, and the SHA-256 of the workpaper.

    Its first line says how: seed, count, and what each shell computes the first id's key by.
    """
    population = sorted(strata)
    drawn = draw(population, seed=pack.seed, count=pack.count)
    digest = sha256()
    with (folder / NAME).open("wb") as file:
        for said in (
            _head(pack, drawn),
            *({"id": code, "stratum": each, "key": key_of(pack.seed, code)} for code, each in population),
        ):
            line = json.dumps(said, ensure_ascii=False).encode() + b"\n"
            file.write(line)
            digest.update(line)
    _write_sample(drawn, folder)
    return drawn, digest.hexdigest()


def commands(seed: str, code: str) -> Mapping[str, str]:
    """Return by shell the line that computes the key of an id. A seed has no quote: `asking` takes none."""
    return {"sh": BASH.format(seed=seed, id=code), "powershell": POWERSHELL.format(seed=seed, id=code)}


def _head(pack: Pack, drawn: Draw) -> dict[str, Any]:
    first = drawn.sample[0].id if drawn.sample else "E-00000000"
    strata = [{"stratum": each, "size": drawn.sizes[each], "drawn": drawn.drawn[each]} for each in Stratum]
    said = {"seed": pack.seed, "own_seed": pack.own_seed, "count": pack.count, "least": LEAST, "population": drawn.population}
    return {**said, "strata": strata, "sample": [one.id for one in drawn.sample], "compute": commands(pack.seed, first)}


def _write_sample(drawn: Draw, folder: Path) -> None:
    wanted = {one.id: one for one in drawn.sample}
    there = {row["id"]: row for row in lines.read(folder, "04-population") if row["id"] in wanted}
    names = ("request", "person", "group", "active_at", "ended_at")
    rows = (
        {
            "number": number,
            "id": one.id,
            "stratum": one.stratum,
            "key": one.key,
            **{name: there[one.id][name] for name in names},
        }
        for number, one in enumerate(drawn.sample, start=1)
    )
    lines.write(folder, SAMPLE, rows)
