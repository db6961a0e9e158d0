"""Files into nodes: JSON, and YAML with CloudFormation's short forms of functions."""

import json
import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

import yaml

from portal.iam.written.nodes import Node, Place

SPACE = re.compile(r"[ \t\r\n]*")
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
WORDS = {"true": True, "false": False, "null": None}
# No file that people write has so many parts; a few lines of aliases of YAML can stand for more than any machine holds.
MOST_PARTS = 200_000
# JSON stands for no more than it is long, and a plan is printed by a machine.
MOST_PRINTED = 2_000_000
_MERGE = "tag:yaml.org,2002:merge"
_STRINGS = json.JSONDecoder()
_PLAIN_INT = re.compile(r"-?(?:0|[1-9]\d*)")


class Unreadable(Exception):
    """What is wrong with a file, and where."""

    def __init__(self, words: str, place: Place | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.place = place


def read(text: str) -> Node:
    """Return the file's one value. Raises Unreadable."""
    text = text.removeprefix("\ufeff")
    try:
        return read_json(text) if text.lstrip()[:1] in ("{", "[") else read_yaml(text)
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error


def read_json(text: str) -> Node:
    """Return the value of JSON, and nothing more lenient. Raises Unreadable."""
    reader = _Json(text)
    node, end = reader.value(reader.skipped(0))
    if (rest := reader.skipped(end)) < len(text):
        raise Unreadable("something follows behind the JSON", reader.place(rest))
    return node


class _Json:
    def __init__(self, text: str) -> None:
        self.text = text
        self.parts = 0
        self.lines = [0, *(found.end() for found in re.finditer("\n", text))]

    def place(self, at: int) -> Place:
        line = bisect_right(self.lines, at)
        return Place(line=line, column=at - self.lines[line - 1] + 1)

    def skipped(self, at: int) -> int:
        found = SPACE.match(self.text, at)
        return found.end() if found else at

    def value(self, at: int) -> tuple[Node, int]:
        self.parts += 1
        if self.parts > MOST_PRINTED:
            raise Unreadable("it has too many parts", self.place(at))
        first = self.text[at : at + 1]
        if first == "{":
            return self._mapping(at)
        if first == "[":
            return self._list(at)
        if first == '"':
            text, end = self._string(at)
            return Node(value=text, place=self.place(at)), end
        return self._word(at)

    def _string(self, at: int) -> tuple[str, int]:
        if self.text[at : at + 1] != '"':
            raise Unreadable('a " is missing', self.place(at))
        try:
            text, end = _STRINGS.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            raise Unreadable(error.msg, self.place(error.pos)) from error
        return text, end

    def _word(self, at: int) -> tuple[Node, int]:
        for word, value in WORDS.items():
            if self.text.startswith(word, at):
                return Node(value=value, place=self.place(at)), at + len(word)
        found = NUMBER.match(self.text, at)
        if found is None:
            raise Unreadable("a value is missing", self.place(at))
        number = found.group()
        return Node(value=int(number) if _PLAIN_INT.fullmatch(number) else float(number), place=self.place(at)), found.end()

    def _list(self, at: int) -> tuple[Node, int]:
        members: list[Node] = []

        def member(start: int) -> int:
            node, end = self.value(start)
            members.append(node)
            return end

        end = self._members(at, "]", member)
        return Node(value=members, place=self.place(at)), end

    def _mapping(self, at: int) -> tuple[Node, int]:
        values: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        twice: list[tuple[str, Place]] = []

        def pair(start: int) -> int:
            key, end = self._string(start)
            end = self.skipped(end)
            if self.text[end : end + 1] != ":":
                raise Unreadable("a : is missing", self.place(end))
            node, end = self.value(self.skipped(end + 1))
            if key in values:
                twice.append((key, self.place(start)))
            values[key], keys[key] = node, self.place(start)
            return end

        end = self._members(at, "}", pair)
        return Node(value=values, place=self.place(at), keys=keys, twice=tuple(twice)), end

    def _members(self, at: int, closing: str, member: Callable[[int], int]) -> int:
        """Read what stands between the brackets, separated by commas, and return where they end."""
        at = self.skipped(at + 1)
        if self.text[at : at + 1] == closing:
            return at + 1
        while True:
            at = self.skipped(member(at))
            if self.text[at : at + 1] == closing:
                return at + 1
            if self.text[at : at + 1] != ",":
                raise Unreadable(f"a , or {closing} is missing", self.place(at))
            at = self.skipped(at + 1)


def read_yaml(text: str) -> Node:
    """Return the value of the one document, no tag of which makes anything. Raises Unreadable."""
    try:
        composed = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise Unreadable(error.problem or "it is no YAML", _place(mark) if mark else None) from error
    except yaml.YAMLError as error:
        raise Unreadable("it is no YAML") from error
    if composed is None:
        raise Unreadable("it is empty")
    return _Yaml().node(composed)


def _place(mark: Any) -> Place:
    return Place(line=mark.line + 1, column=mark.column + 1)


class _Yaml:
    def __init__(self) -> None:
        self.parts = 0

    def node(self, composed: yaml.Node) -> Node:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise Unreadable("it has too many parts", _place(composed.start_mark))
        return self._by_tag(composed, self._untagged(composed))

    def _untagged(self, composed: yaml.Node) -> Node:
        place = _place(composed.start_mark)
        if isinstance(composed, yaml.MappingNode):
            return self._mapping(composed, place)
        if isinstance(composed, yaml.SequenceNode):
            return Node(value=[self.node(one) for one in composed.value], place=place)
        return Node(value=_scalar(composed), place=place)

    def _mapping(self, composed: yaml.MappingNode, place: Place) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        twice: list[tuple[str, Place]] = []
        merged: list[Node] = []
        for key, value in composed.value:
            if key.tag == _MERGE:
                merged += self.node(value).listed()
                continue
            if not isinstance(key, yaml.ScalarNode):
                raise Unreadable("a key that is no text", _place(key.start_mark))
            if key.value in values:
                twice.append((key.value, _place(key.start_mark)))
            values[key.value], keys[key.value] = self.node(value), _place(key.start_mark)
        # Of what is merged in, the first counts, and none before the mapping's own.
        for one in merged:
            values, keys = {**dict(one.items()), **values}, {**one.keys, **keys}
        return Node(value=values, place=place, keys=keys, twice=tuple(twice))

    def _by_tag(self, composed: yaml.Node, node: Node) -> Node:
        """Return a short form of a function, such as !Sub, as its long one."""
        if not composed.tag.startswith("!"):
            return node
        name = composed.tag[1:]
        if name == "GetAtt" and node.text:
            resource, _dot, attribute = node.text.partition(".")
            node = Node(value=[Node(value=one, place=node.place) for one in (resource, attribute)], place=node.place)
        key = name if name in ("Ref", "Condition") else f"Fn::{name}"
        return Node(value={key: node}, place=node.place, keys={key: node.place})


def _scalar(composed: yaml.Node) -> Any:
    """Return the value as CloudFormation takes it: a date, an account's number and the like stay texts."""
    text = str(composed.value)
    match composed.tag.removeprefix("tag:yaml.org,2002:"):
        case "bool":
            return text.lower() in ("true", "yes", "on")
        case "null":
            return None
        case "int" if _PLAIN_INT.fullmatch(text):
            return int(text)
    return text
