"""Types of values in calls that come in JSON; in the query protocol everything is a text."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from portal.simulated_aws.errors import SerializationError

_TYPES: Mapping[str, type] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "list": list,
    "map": dict,
    "structure": dict,
}


def check(*, shape: Shape | None, decoded: Any) -> None:
    """Raise SerializationError for a value that is of another type than the service model's."""
    for value in _misfits(shape, decoded) if shape else ():
        raise SerializationError(f"{value!r} cannot be converted to what is expected in its place")


def _misfits(shape: Shape, value: Any) -> Iterator[Any]:
    if isinstance(shape, StructureShape) and shape.is_document_type:
        return  # Anything.
    if not isinstance(value, _TYPES.get(shape.type_name, object)):
        yield value
        return
    for member, item in _parts(shape, value):
        yield from _misfits(member, item)


def _parts(shape: Shape, value: Any) -> Iterator[tuple[Shape, Any]]:
    if isinstance(shape, StructureShape):
        yield from ((member, value[name]) for name, member in shape.members.items() if value.get(name) is not None)
    elif isinstance(shape, ListShape):
        yield from ((shape.member, item) for item in value)
    elif isinstance(shape, MapShape):
        yield from ((shape.value, item) for item in value.values())
