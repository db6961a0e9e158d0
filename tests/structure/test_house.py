"""Rules of the house that no tool knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("access_requests", "audits", "portal")
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE_LINE = 300, 50, 180
# It goes to the auditor by itself, and is read there as one file, with nothing of ours beside it.
TRAVELS_ALONE = {"audits/verify.py": 480}
PIN = re.compile(r"^([\w.-]+)(?:\[.*\])?==(\S+)", re.MULTILINE)
LOCKS = ("requirements.lock", "requirements-demo.lock", "requirements-dev.lock")


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def test_no_module_is_a_drawer() -> None:
    """A concept has a name; a drawer has contents."""
    drawers = {"utils", "util", "helpers", "common", "core", "misc", "tools"}
    assert [str(path) for path in modules() if drawers & {path.stem, *path.relative_to(ROOT).parts}] == []


def test_no_file_is_too_long_to_be_read_in_one_go() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > TRAVELS_ALONE.get(name, LONGEST_FILE)} == {}


def test_no_line_of_a_template_is_too_long_to_be_read() -> None:
    lines = {
        f"{path.relative_to(ROOT)}:{number}": len(line)
        for path in (ROOT / "templates").rglob("*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
    }
    assert {place: length for place, length in lines.items() if length > LONGEST_TEMPLATE_LINE} == {}


def test_every_template_can_be_read() -> None:
    """A tag that goes on in the next line is none: pages would fail when somebody opens them."""
    for template in (ROOT / "templates").rglob("*.html"):
        get_template(str(template.relative_to(ROOT / "templates")))


def test_no_template_joins_words_with_the_comma_of_one_language() -> None:
    templates = (ROOT / "templates").rglob("*.html")
    assert [str(path.relative_to(ROOT)) for path in templates if re.search(r"\|join:\s*['\"],", path.read_text())] == []


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {
        f"{path.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_module_reads_what_runs_code_when_it_is_read() -> None:
    runs_code = {"pickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle"}
    assert {str(path): found for path in modules() if (found := imported(path) & runs_code)} == {}


def test_signals_are_heard_where_no_lock_is_taken() -> None:
    """Handlers of one's own take locks: `portal.stopping` says what becomes of that. The simulated AWS's only raises."""
    hearing = {
        str(path.relative_to(ROOT))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("signal.signal", "signal", "signal.sigaction")
    }
    assert hearing == {"portal/stopping.py", "portal/simulated_aws/__main__.py"}


def imported(path: Path) -> set[str]:
    """Return the first part of the name of each module that is imported anywhere in a file."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[0] for name in whole | parts}


def test_locks_hold_one_version_of_each_package() -> None:
    """The demo's set and development's go into one environment, in either order."""
    product, demo, development = (dict(PIN.findall((ROOT / name).read_text())) for name in LOCKS)
    assert product.items() <= demo.items() <= development.items()


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_host_and_hash_every_package(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert len(PIN.findall(text)) == len(re.findall(r"^\S.* \\$", text, re.MULTILINE))


def test_production_has_no_simulated_aws_in_its_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {"*", "portal/demo", "portal/simulated_aws"} <= set(ignored)
    assert "!tests" not in ignored


def test_nothing_silences_a_system_check() -> None:
    settings = [path.read_text() for path in (ROOT / "portal/settings").glob("*.py")]
    assert not any("SILENCED_SYSTEM_CHECKS" in text for text in settings)
