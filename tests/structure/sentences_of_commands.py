"""The sentences of the command line. `python -m tests.structure.messages` brings portal/cli/ja.json up to them.

What the sources mark is read from them, and help from the commands themselves, where Typer's own options are too.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from portal.cli import helping, words
from portal.cli.program import spoken_command

SOURCES = Path(words.__file__).parent
# By the names of what marks or says a sentence, the places of the sentences among what it is given.
SAYS = {"said": (0,), "to_say": (0,), "counted": (1, 2)}
# What Typer writes behind a help.
BEHIND = ("env var", "default", "required")


def sentences() -> set[str]:
    """Return every sentence that the command line may say in Japanese."""
    marked = {sentence for path in SOURCES.rglob("*.py") for sentence in _marked(path)}
    return {*marked, *helping.sentences(spoken_command()), *BEHIND}


def japanese() -> dict[str, str]:
    found: dict[str, str] = json.loads(words.CATALOGUE.read_text(encoding="utf-8"))
    return found


def bring_up() -> None:
    """Put new sentences in, empty, and take those out that nobody says."""
    known = japanese() if words.CATALOGUE.exists() else {}
    text = json.dumps({sentence: known.get(sentence, "") for sentence in sorted(sentences())}, ensure_ascii=False, indent=2)
    words.CATALOGUE.write_text(text + "\n", encoding="utf-8")


def _marked(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS:
            given = [node.args[at] for at in SAYS[node.func.id] if at < len(node.args)]
            yield from (one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))
