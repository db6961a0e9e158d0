"""Who mentions whom, among the files of the repository.

Python mentions by import, and by text where Django, Celery and pytest find things by text: a dotted name, a task's name, a path.
Templates mention templates and static files. Without a word, a test depends on each conftest.py above it and on what its folder
mirrors, and a package on its data.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGES = ("access_requests", "audits", "portal", "tests")
SOURCES = ("access_requests/", "audits/", "portal/")
DOTTED = re.compile(r"[a-z_]\w*(\.\w+)+")
QUOTED = re.compile(r"""["']([\w./-]+\.\w+)["']""")
# A folder of tests, and the sources that it mirrors; folders below mirror folders below.
MIRRORS = {
    "tests/app": "",
    "tests/app/access_requests/commands": "access_requests/management/commands",
    "tests/app/users": "portal/users",
    "tests/cli": "portal/cli",
    "tests/demo": "portal/demo",
    "tests/simulated_aws": "portal/simulated_aws",
}
# Templates that no source names as it stands: who asks for them, by a convention or by a name put together.
ASKED_FOR_BY = {
    "templates/access_requests/catalogue/": "access_requests/web/catalogue/",
    "templates/access_requests/drift/": "access_requests/web/drift/",
    "templates/access_requests/elevations/": "access_requests/web/elevations/",
    "templates/access_requests/notices/": "access_requests/web/notices/",
    "templates/access_requests/people/": "access_requests/web/people/",
    "templates/access_requests/requests/": "access_requests/web/requests/",
    "templates/access_requests/": "access_requests/web/",
    "templates/account/": "portal/accounts/adapters.py",
    "templates/allauth/": "portal/accounts/adapters.py",
    "templates/components/_nav.html": "portal/navigation.py",
    "templates/": "portal/pages/failing.py",
}
Pair = tuple[str, str]


def is_test(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return f"{folder}/".startswith("tests/") and name.startswith("test_") and name.endswith(".py")


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a Python file says: dotted names that it imports, its strings, and the names that it gives to tasks."""

    imports: frozenset[str]
    strings: frozenset[str]
    tasks: frozenset[str]


class Mentions:
    """The files, each read once. One that is gone is known by its path, so that who still mentions it is found."""

    def __init__(self, root: Path, files: Iterable[str]) -> None:
        self.files = frozenset(files)
        there = {path: root / path for path in sorted(self.files) if path.endswith((".py", ".html")) and (root / path).exists()}
        self._sources = {path: _read(file.read_text()) for path, file in there.items() if path.endswith(".py")}
        self._pages = {path: QUOTED.findall(file.read_text()) for path, file in there.items() if path.endswith(".html")}

    @cached_property
    def mentioned_by(self) -> Mapping[str, frozenset[str]]:
        """Return of each file who mentions it. A name that ends in a slash stands for the sources in it, which tests mirror."""
        found: dict[str, set[str]] = defaultdict(set)
        for mentioned, by in (*self._said(), *self._of_conftests(), *self._of_mirrors()):
            found[mentioned].add(by)
        for mentioned, askers in (*self._of_data(), *self._of_templates()):
            if all(by.startswith("tests/") or by.endswith("/") for by in found[mentioned]):
                found[mentioned] |= askers
        return {path: frozenset(by - {path}) for path, by in found.items()}

    def named_after(self, path: str) -> list[str]:
        """Return the tests that mirror this very file."""
        return sorted(test for test in self.mentioned_by.get(path, ()) if _named_after(test) == path)

    @property
    def there(self) -> frozenset[str]:
        """The Python files and templates that are not gone."""
        return frozenset((*self._sources, *self._pages))

    def _said(self) -> Iterator[Pair]:
        for path, source in self._sources.items():
            dotted = (*source.imports, *(string for string in source.strings if DOTTED.fullmatch(string)))
            yield from ((mentioned, path) for name in dotted for mentioned in self._modules(name))
            yield from ((mentioned, path) for string in source.strings for mentioned in self._by_path.get(string, ()))
        for path, strings in self._pages.items():
            yield from ((mentioned, path) for string in strings for mentioned in self._by_path.get(string, ()))

    def _modules(self, name: str) -> Iterator[str]:
        """Yield the module that the name is, or is in, and who declares the task of this name."""
        longest = next((start for start in _starts(name) if start in self._by_name), None)
        if longest is not None:
            yield self._by_name[longest]
        if name in self._by_task:
            yield self._by_task[name]

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        modules = (path for path in self.files if path.endswith(".py") and path.split("/")[0] in PACKAGES)
        return {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in modules}

    @cached_property
    def _by_task(self) -> Mapping[str, str]:
        return {name: path for path, source in self._sources.items() for name in source.tasks}

    @cached_property
    def _by_path(self) -> Mapping[str, list[str]]:
        """Return the files that are no modules, by every end of their paths."""
        found = defaultdict(list)
        for path in sorted(self.files - set(self._by_name.values())):
            for end in (path, *(path[slash.end() :] for slash in re.finditer("/", path))):
                found[end].append(path)
        return found

    def _of_conftests(self) -> Iterator[Pair]:
        for path in self.files:
            # Not the uppermost: it mentions every plugin, and every test depends on it.
            for folder in set(_folders(path)) - {"tests"}:
                if (conftest := f"{folder}/conftest.py") in self.files:
                    yield conftest, path

    def _of_mirrors(self) -> Iterator[Pair]:
        mirrored = {path: folder for path in self._sources if is_test(path) and (folder := _mirrored(path)) is not None}
        for path, folder in mirrored.items():
            yield _named_after(path), path
            yield f"{folder}/", path
        for path in self.files:
            if path.startswith(SOURCES) and (
                nearest := next((each for each in _folders(path) if each in mirrored.values()), None)
            ):
                yield path, f"{nearest}/"

    def _of_data(self) -> Iterator[tuple[str, set[str]]]:
        """Yield the files of a package that are no modules, with the modules of the nearest folder that has any."""
        modules = defaultdict(set)
        for path in self._sources:
            modules[path.rpartition("/")[0]].add(path)
        for path in self.files - self._sources.keys():
            if path.startswith(SOURCES):
                yield path, next((modules[folder] for folder in _folders(path) if folder in modules), set())

    def _of_templates(self) -> Iterator[tuple[str, set[str]]]:
        for path in self.files:
            asking = (by for folder, by in ASKED_FOR_BY.items() if path.startswith(folder))
            if by := next(asking, None):
                yield path, {by}


def _read(text: str) -> Source:
    imports, strings, tasks = set(), set(), set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imports |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            strings.add(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "shared_task":
            tasks |= {ast.unparse(each.value) for each in node.keywords if each.arg == "name"}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Task":
            # A message by its name, which leads to the worker's door for it.
            imports.add(ast.unparse(node))
    return Source(imports=frozenset(imports), strings=frozenset(strings), tasks=frozenset(tasks))


def _starts(name: str) -> Iterator[str]:
    """Yield the dotted name and each shorter one, but for the package alone, which says nothing."""
    while "." in name:
        yield name
        name = name.rpartition(".")[0]


def _folders(path: str) -> Iterator[str]:
    """Yield the folders above, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _mirrored(test: str) -> str | None:
    """Return the folder of the sources that the test's own mirrors, if it does."""
    folder = test.rpartition("/")[0]
    for above in _folders(test):
        if above in MIRRORS:
            return (MIRRORS[above] + folder.removeprefix(above)).strip("/")
    return None


def _named_after(test: str) -> str:
    """Return the source that the test mirrors by its name, which need not exist."""
    return f"{_mirrored(test)}/{test.rpartition('/')[2].removeprefix('test_')}"
