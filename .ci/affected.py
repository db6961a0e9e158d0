"""What a change can have broken, as tests to run, for `make test FAST=1`: two minutes on two cores.

Always: rules and structure, and each test file that was changed. Then the tests that bear a changed source's name, and those of
the table in smoke.py. Then the nearest by mentions, for each changed file in turn, until the time is used up: in a Django project
nearly everything is reached from nearly everything, and the fault is mostly near. Tiers that start processes and browsers, or try
every failure of every call, are represented by a few tests. The whole gate runs the rest before a change is taken.
"""

import json
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from mentions import Mentions, is_test
from smoke import RULES, SLOW

ROOT = Path(__file__).resolve().parent.parent
MAIN = ("main", "origin/main")
ALWAYS = ("tests/pure", "tests/structure")
# Seconds of one core. The checks of sources, ALWAYS, and pytest's workers until they have a database take the rest.
BUDGET = 110.0
# Of a file that .ci/seconds.json does not name.
USUAL = 1.0
# Files that mention one that mentions one … that was changed. Beyond this it is everybody.
FARTHEST = 5


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A file, a folder or a single test, as pytest takes it; why it runs; about how long, of one core."""

    path: str
    why: str
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Selection:
    """`left_out` would have been next, had there been time."""

    chosen: Sequence[Chosen]
    left_out: Sequence[Chosen]

    @property
    def paths(self) -> list[str]:
        return [each.path for each in self.chosen]


def affected(root: Path) -> Selection:
    """Return the tests for what differs from the main branch, committed or not, and on it from the last commit but one.

    Raises CalledProcessError where git or its history is not there.
    """
    changed = changed_files(root)
    return select(changed, Mentions(root, {*changed, *_git(root, "ls-files", "--cached", "--others", "--exclude-standard")}))


def changed_files(root: Path) -> list[str]:
    known = [branch for branch in MAIN if _git(root, "for-each-ref", f"refs/heads/{branch}", f"refs/remotes/{branch}")]
    (head,) = _git(root, "rev-parse", "HEAD")
    (base,) = _git(root, "merge-base", "HEAD", *known) if known else [head]
    if base == head:
        (base,) = _git(root, "rev-parse", "HEAD~1")
    differing = _git(root, "diff", "--name-only", "--no-renames", base)
    return sorted({*differing, *_git(root, "ls-files", "--others", "--exclude-standard")})


def _git(root: Path, *arguments: str) -> list[str]:
    command = ["git", "-c", "core.quotePath=false", *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()


def select(changed: Sequence[str], mentions: Mentions) -> Selection:
    """Return the tests for these files. Only the nearest have to fit into the time."""
    seconds = json.loads((Path(__file__).parent / "seconds.json").read_text())
    chosen = {each.path: each for each in _always(changed, mentions, seconds)}
    time = BUDGET - sum(each.seconds for each in chosen.values())
    left_out = []
    for each in _nearest(changed, mentions, seconds):
        if each.path in chosen:
            continue
        if each.seconds <= time:
            chosen[each.path] = each
            time -= each.seconds
        else:
            left_out.append(each)
    return Selection(chosen=list(chosen.values()), left_out=left_out)


def _always(changed: Sequence[str], mentions: Mentions, seconds: Mapping[str, float]) -> Iterator[Chosen]:
    """Yield what runs however long all of it takes."""
    yield from (Chosen(path=path, why="always") for path in ALWAYS)
    whole = [path for path in changed if is_test(path) and path in mentions.there and not path.startswith(ALWAYS)]
    yield from (_file(path, "changed", seconds) for path in whole)
    for path in changed:
        yield from (_file(test, f"named after {path}", seconds) for test in mentions.named_after(path) if _is_fast(test))
    for rule in RULES:
        cause = next((path for path in changed if rule.holds(path)), None)
        if cause is not None:
            tests = {test: took for test, took in rule.tests.items() if test.partition("::")[0] not in whole}
            yield from (Chosen(path=test, why=f"{rule.why}: {cause}", seconds=took) for test, took in tests.items())


def _nearest(changed: Sequence[str], mentions: Mentions, seconds: Mapping[str, float]) -> Iterator[Chosen]:
    """Yield the nearest test of each changed file, then the second of each, and so on; of two as near the quicker one first."""
    queues = [_by_distance(path, mentions, seconds) for path in changed]
    yield from (each for turn in zip_longest(*queues) for each in turn if each is not None)


def _by_distance(path: str, mentions: Mentions, seconds: Mapping[str, float]) -> list[Chosen]:
    found: dict[str, tuple[int, str]] = {path: (0, "")}
    queue = deque([path])
    while queue:
        reached = queue.popleft()
        distance = found[reached][0] + 1
        if distance > FARTHEST:
            break
        for by in sorted(mentions.mentioned_by.get(reached, frozenset()) - found.keys()):
            found[by] = (distance, reached)
            queue.append(by)
    tests = (test for test in found if is_test(test) and _is_fast(test) and test != path)
    near = [(found[test][0], _file(test, _why(path, *found[test]), seconds)) for test in tests]
    return [each for _, each in sorted(near, key=lambda pair: (pair[0], pair[1].seconds, pair[1].path))]


def _why(path: str, distance: int, through: str) -> str:
    mentions = f"mirrors {through}" if through.endswith("/") else f"mentions {through}"
    return mentions if distance == 1 else f"{mentions}, {distance} steps from {path}"


def _file(path: str, why: str, seconds: Mapping[str, float]) -> Chosen:
    return Chosen(path=path, why=why, seconds=seconds.get(path, USUAL))


def _is_fast(test: str) -> bool:
    return not test.startswith((*ALWAYS, *(f"tests/{tier}/" for tier in SLOW)))


def main() -> None:
    selection = affected(ROOT)
    for each in selection.chosen:
        print(f"{each.path}  # {each.why}")
    if selection.left_out:
        took = sum(each.seconds for each in selection.left_out)
        print(f"{len(selection.left_out)} files as near or farther have no time, {took:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
