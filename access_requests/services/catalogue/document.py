"""The file as plain data that knows its lines: a subset of YAML in which nothing refers, repeats or runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from access_requests.services.catalogue.mistakes import CatalogueRefused, Mistake, Mistakes, Path, is_hidden, quoted

LARGEST = 1_000_000
DEEPEST = 12
PLAIN = frozenset({"str", "int", "float", "bool", "null", "timestamp"})
PREFIX = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Scalar:
    """One value as it is written; `kind` is what YAML takes it for."""

    text: str
    kind: str


Tree: TypeAlias = "Scalar | list[Tree] | dict[str, Tree]"


@dataclass(frozen=True)
class Document:
    root: Tree
    lines: dict[Path, int]


def parse(content: bytes) -> Document:
    """Return the file's data. Raises CatalogueRefused."""
    text = _text(content)
    try:
        _check_form(text)
        return _Conversion().document(yaml.compose(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused((mark.line + 1) if mark else 1, f"this is not YAML as it is used here: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise _refused(line, f"the character U+{error.character:04X} is not allowed") from error


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise _refused(1, f"the file is larger than {LARGEST} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(content[: error.start].count(b"\n") + 1, "the file is not UTF-8") from error


def _check_form(text: str) -> None:
    """Refuse what makes a small file huge or deep, before anything is built from it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused(line, "anchors and aliases are not used here: write it out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _refused(line, f"this is nested more than {DEEPEST} deep")


def _refused(line: int, message: str) -> CatalogueRefused:
    return CatalogueRefused([Mistake(line=line, where="", message=message)])


class _Conversion:
    """Makes data of YAML's nodes, noting lines and mistakes on the way."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.mistakes = Mistakes(self.lines)

    def document(self, node: yaml.Node | None) -> Document:
        if node is None:
            raise _refused(1, "the file is empty")
        self.lines[()] = node.start_mark.line + 1
        root = self._tree(node, ())
        self.mistakes.stop()
        return Document(root=root, lines=self.lines)

    def _tree(self, node: yaml.Node, path: Path) -> Tree:
        if isinstance(node, yaml.MappingNode):
            return {key: self._tree(value, (*path, key)) for key, value in self._fields(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self._item(value, (*path, number)) for number, value in enumerate(node.value)]
        return self._scalar(node, path)

    def _fields(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            inside = (*path, name)
            first = self.lines.get(inside)
            self.lines[inside] = key.start_mark.line + 1
            self._scalar(key, inside)
            if first is not None:
                self.mistakes.add(inside, f"this is there twice, first in line {first}")
            yield name, value

    def _item(self, node: yaml.Node, path: Path) -> Tree:
        self.lines[path] = node.start_mark.line + 1
        return self._tree(node, path)

    def _scalar(self, node: yaml.Node, path: Path) -> Scalar:
        kind = str(node.tag).removeprefix(PREFIX)
        if not isinstance(node, yaml.ScalarNode) or kind not in PLAIN:
            self.mistakes.add(path, f"{quoted(str(node.tag))} is not used here")
            return Scalar("", "null")
        text = str(node.value).strip()
        if any(is_hidden(sign) for sign in text):
            self.mistakes.add(path, f"{quoted(text)} holds characters that cannot be seen, or a line break")
        return Scalar(text, kind)
