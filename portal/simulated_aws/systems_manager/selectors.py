"""JSONPath, as far as runbooks use it: `$.A.B[0]`, `$.A[*].B`, `$..B`, `$.A[?(@.Key == 'x')].B`, `$.A['x:y']`."""

import re
from collections.abc import Callable, Iterator
from typing import Any

_PART = re.compile(
    r"""\.\.(?P<deep>[\w-]+)
      | \.(?P<name>[\w-]+)
      | \[\s*'(?P<quoted>[^']+)'\s*\] | \[\s*"(?P<quoted2>[^"]+)"\s*\]
      | \[(?P<index>-?\d+)\]
      | (?P<all>\[\*\]|\.\*)
      | \[\?\(\s*@\.(?P<key>[\w-]+)\s*==\s*(?:'(?P<value>[^']*)'|"(?P<value2>[^"]*)")\s*\)\]""",
    re.VERBOSE,
)
Find = Callable[[Any], Iterator[Any]]


class UnknownSelector(ValueError):
    """It is no JSONPath, or one of a kind that is not simulated."""


class NothingFound(LookupError):
    """A path to one thing leads to none."""


def check(selector: str) -> None:
    """Raise UnknownSelector unless it can be followed."""
    list(_parts(selector))


def select(selector: str, tree: Any) -> Any:
    """Return what the path leads to: a list where it may lead to several. Raises NothingFound, UnknownSelector."""
    found, may_be_several = [tree], False
    for find, several in _parts(selector):
        found = [item for node in found for item in find(node)]
        may_be_several = may_be_several or several
    if may_be_several:
        return found
    if not found:
        raise NothingFound(selector)
    return found[0]


def _parts(selector: str) -> Iterator[tuple[Find, bool]]:
    """Yield each part's search, and whether it may find several things."""
    if not selector.startswith("$"):
        raise UnknownSelector(f"{selector} does not begin with $.")
    position = 1
    while position < len(selector):
        part = _PART.match(selector, position)
        if part is None:
            raise UnknownSelector(f"{selector[position:]} of {selector} is not simulated.")
        yield _find(part)
        position = part.end()


def _find(part: re.Match[str]) -> tuple[Find, bool]:
    if part["all"]:
        return _children, True
    if part["deep"]:
        return lambda node: _deep(node, part["deep"]), True
    if part["key"]:
        wanted = part["value"] if part["value"] is not None else part["value2"]
        return lambda node: (item for item in _children(node) if _is(item, part["key"], wanted)), True
    if part["index"]:
        return lambda node: _at(node, int(part["index"])), False
    name = part["name"] or part["quoted"] or part["quoted2"]
    return lambda node: iter([node[name]] if isinstance(node, dict) and name in node else []), False


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        return iter(node.values())
    return iter(node if isinstance(node, list) else [])


def _deep(node: Any, name: str) -> Iterator[Any]:
    if isinstance(node, dict) and name in node:
        yield node[name]
    for child in _children(node):
        yield from _deep(child, name)


def _is(item: Any, key: str, wanted: str) -> bool:
    return isinstance(item, dict) and str(item.get(key)) == wanted


def _at(node: Any, index: int) -> Iterator[Any]:
    return iter(node[index : index + 1 or None] if isinstance(node, list) else [])
