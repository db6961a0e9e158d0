"""Whatever a person does goes by `act_as`, which looks once more at who acts; `run` is for the portal's own processes."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOORS = [ROOT / "access_requests" / door for door in ("web", "api", "chat")] + [
    ROOT / "portal/accounts/adapters.py",
]
# OAuth 2's own calls: what is acted on is the token or the code itself, read under its lock.
OWN_PROOF = {ROOT / "access_requests/api/tokens.py"}
MODULES = sorted({file for door in DOORS for file in (door.rglob("*.py") if door.is_dir() else [door])} - OWN_PROOF)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_door_runs_no_verb_for_somebody_who_is_not_looked_at(module: Path) -> None:
    imported = [
        alias.name
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "portal.verbs.run"
        for alias in node.names
    ]
    assert "run" not in imported
