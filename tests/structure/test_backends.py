"""A backend is a package that says what is asked of it; nothing outside knows which one it is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from access_requests.grants.registry import backend_of

ROOT = Path(__file__).resolve().parents[2]
GRANTS = ROOT / "access_requests/grants"
PACKAGES = sorted(path.parent for path in GRANTS.glob("*/backend.py"))
PARTS = ("backend", "fences", "needs", "probe", "words")
# Where the setting's default alias is a field's default.
DEFAULTS = {"access_requests/models/catalogue.py", "access_requests/services/catalogue/kinds/work_group.py"}
SHARED = "access_requests.grants"


def sources() -> Iterator[Path]:
    for room in ("access_requests", "audits", "portal/pages", "portal/rest", "portal/verbs"):
        yield from (path for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)


def texts(path: Path) -> set[object]:
    return {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}


def imported(path: Path) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    return {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_package_of_a_backend_has_its_parts(package: Path) -> None:
    assert {path.stem for path in package.glob("*.py")} >= {*PARTS, "__init__"}


def test_each_alias_of_the_settings_is_of_a_package() -> None:
    of = {type(backend_of(alias)).__module__.removeprefix(f"{SHARED}.").split(".")[0] for alias in settings.GRANT_BACKENDS}
    assert of == {package.name for package in PACKAGES}


@pytest.mark.parametrize("alias", list(settings.GRANT_BACKENDS))
def test_permissions_that_a_backend_needs_are_files_and_settings(alias: str) -> None:
    for one in backend_of(alias).needs.permissions:
        assert (ROOT / "portal/aws/policies" / one.policy).is_file()
        assert not one.setting or (hasattr(settings, one.setting) and one.role)


def test_no_alias_is_written_down_but_in_the_settings() -> None:
    knowing = {str(path.relative_to(ROOT)) for path in sources() if texts(path) & settings.GRANT_BACKENDS.keys()}
    assert knowing == DEFAULTS


def test_what_is_asked_of_a_backend_is_asked_by_the_contract() -> None:
    """Who is who in the identity store is asked where people are bound; no other module knows a package of a backend."""
    packages = tuple(f"{SHARED}.{package.name}" for package in PACKAGES)
    knowing = {
        str(path.relative_to(ROOT))
        for path in sources()
        if GRANTS not in path.parents and any(name.startswith(packages) for name in imported(path))
    }
    people = {"access_requests/services/catalogue/looking_up.py", "access_requests/services/people/people.py"}
    assert knowing <= people | {"access_requests/services/catalogue/kinds/person.py"}


def test_documentation_names_every_part_of_a_package() -> None:
    said = (ROOT / "docs/backends.md").read_text()
    assert {*re.findall(r"^\| `(\w+)\.py` \|", said, re.MULTILINE)} == {*PARTS}
