"""Wherever an export is changed, and however, it does not hold, and the place is named: at places that nobody chose."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.audits.exporting.conftest import in_node, in_python
from tests.app.audits.exporting.test_export import cut, edited, flipped, inserted, removed, reordered

# The export is made of a database, which pytest-django sets up where a test says that it uses one.
pytestmark = pytest.mark.django_db
SIZE = 600
# Name -> how an export is changed at leaf `at`, which the verifiers then name.
WAYS: dict[str, Callable[[int], Callable[[Path], None]]] = {
    "edited": edited,
    "removed": removed,
    "inserted": lambda at: inserted(at + 1),
    "reordered": reordered,
}


@contextmanager
def copied(export: Path) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(shutil.copytree(export, Path(folder) / "export"))


def named(way: str, at: int) -> str:
    """Return the place: the first leaf that is another one than before; one that is gone at the end is missed there."""
    if way == "removed" and at == SIZE - 1:
        return f"entries.jsonl, leaf {at}"
    if way == "inserted":
        return f"entries.jsonl, leaf {SIZE}" if at == SIZE - 1 else f"leaf {at + 1}"
    return f"leaf {at}"


def check_named(export: Path, way: str, at: int) -> None:
    with copied(export) as folder:
        WAYS[way](at)(folder)
        verdict = in_python(folder)
        assert verdict.holds is False
        assert named(way, at) in verdict.places


@settings(max_examples=15, deadline=None)
@given(way=st.sampled_from(sorted(WAYS)), at=st.integers(0, SIZE - 2))
def test_leaf_that_was_changed_is_named(export_of_all: Path, way: str, at: int) -> None:
    check_named(export_of_all, way, at)


@settings(max_examples=5, deadline=None)
@given(size=st.integers(1, SIZE - 1))
def test_tail_that_was_cut_is_named(export_of_all: Path, size: int) -> None:
    with copied(export_of_all) as folder:
        cut(size)(folder)
        assert f"entries.jsonl, leaf {size}" in in_python(folder).places


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_no_byte_of_any_file_can_be_another_one(export_of_all: Path, data: st.DataObject) -> None:
    with copied(export_of_all) as folder:
        flip_one(folder, data)
        assert in_python(folder).holds is not True


def flip_one(folder: Path, data: st.DataObject) -> None:
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file() and file.stat().st_size)
    name = data.draw(st.sampled_from([name for name in files if name != "manifest.json"]))
    flipped(name, data.draw(st.integers(0, (folder / name).stat().st_size - 1)))(folder)


@pytest.mark.exhaustive
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_both_verifiers_find_any_byte_in_the_same_place(export_of_all: Path, data: st.DataObject) -> None:
    with copied(export_of_all) as folder:
        flip_one(folder, data)
        python, node = in_python(folder), in_node(folder)
        assert True not in (python.holds, node.holds)
        # One gives up at base64 that the other reads, and misses in later leaves the subject of one that is no JSON any more.
        assert None in (python.holds, node.holds) or python.places & node.places


@pytest.mark.exhaustive
@settings(max_examples=100, deadline=None)
@given(way=st.sampled_from(sorted(WAYS)), at=st.integers(0, SIZE - 2))
def test_leaf_that_was_changed_is_named_wherever_it_is(export_of_all: Path, way: str, at: int) -> None:
    check_named(export_of_all, way, at)
