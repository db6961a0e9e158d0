"""A statement as it is written, with the place of each part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from portal.iam.checks.remarks import Remark
from portal.iam.statements import Kind
from portal.iam.written.nodes import Node, Place
from portal.iam.written.policies import UNRESOLVED, File, Holder, Written


@dataclass(frozen=True, kw_only=True)
class Given:
    """One key of a Condition."""

    operator: str
    key: str
    values: tuple[str, ...]
    place: Place

    @property
    def is_negated(self) -> bool:
        return "Not" in self.operator

    @property
    def is_if_exists(self) -> bool:
        return self.operator.endswith("IfExists")

    @property
    def base(self) -> str:
        return self.operator.rpartition(":")[2].removesuffix("IfExists")


@dataclass(frozen=True)
class Body:
    holder: Holder | None
    written: Written
    number: int
    node: Node

    @cached_property
    def label(self) -> str:
        sid = self.node.get("Sid")
        return sid.text if sid and sid.text else f"#{self.number}"

    @property
    def allows(self) -> bool:
        return self._is("Allow")

    @property
    def denies(self) -> bool:
        return self._is("Deny")

    @property
    def is_of_identity(self) -> bool:
        return self.written.kind is Kind.IDENTITY

    @cached_property
    def actions(self) -> Sequence[Node]:
        return self._listed("Action")

    @cached_property
    def not_actions(self) -> Sequence[Node]:
        return self._listed("NotAction")

    @cached_property
    def resources(self) -> Sequence[Node]:
        return self._listed("Resource")

    @cached_property
    def conditions(self) -> tuple[Given, ...]:
        element = self.node.get("Condition")
        return tuple(_given(element)) if element else ()

    @property
    def place(self) -> Place:
        return self.node.place

    def place_of(self, key: str) -> Place:
        return self.node.keys.get(key, self.node.place)

    def principals(self) -> Iterator[tuple[str, Node]]:
        """Yield whom it names, with their kind; of NotPrincipal nobody."""
        found = self.node.get("Principal")
        if found is None:
            return
        if found.text:
            yield "AWS", found
        for kind, several in found.items():
            for one in several.listed():
                yield kind, one

    def remark(self, rule: str, place: Place | None = None, **fields: str) -> Remark:
        return Remark(rule=rule, place=place or self.place, where=self.written.name, statement=self.label, fields=fields)

    def _is(self, effect: str) -> bool:
        found = self.node.get("Effect")
        return found is not None and found.text == effect

    def _listed(self, key: str) -> Sequence[Node]:
        found = self.node.get(key)
        return [one for one in found.listed() if one.text] if found else []


def bodies(file: File) -> Iterator[Body]:
    """Yield each statement of the file once."""
    for holder, written in file.written():
        for number, node in written.statements():
            if isinstance(node.value, Mapping):
                yield Body(holder, written, number, node)


def is_untold(text: str) -> bool:
    """Whether a part of the text is not told by the file."""
    return UNRESOLVED in text


def _given(element: Node) -> Iterator[Given]:
    for operator, keys in element.items():
        for key, values in keys.items():
            texts = tuple(_text(one) for one in values.listed())
            yield Given(operator=operator, key=key.lower(), values=texts, place=keys.keys.get(key, keys.place))


def _text(node: Node) -> str:
    value = node.value
    return str(value).lower() if isinstance(value, bool) else str(value)
