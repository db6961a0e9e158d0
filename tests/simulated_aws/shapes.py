"""Answers, held against botocore's own model: a member that it does not know, or a value that it does not allow, is a failure."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from portal.simulated_aws import constraints

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "timestamp": (int, float),
}
# What people write, and AWS itself writes longer than its model says.
_UNCHECKED = {"AttributeValue", "AutomationParameterValue"}


def checked(client: Any) -> Any:
    """Return the client; each of its answers in JSON must be as the model says from now on."""
    client.meta.events.register("after-call.*.*", _check)
    return client


def _check(*, http_response: Any, model: OperationModel, **_rest: Any) -> None:
    if http_response.status_code >= 300:
        return
    answer = json.loads(http_response.content or b"{}")
    found = list(violations(model.output_shape, answer, model.name)) if model.output_shape else []
    assert not found, found


def violations(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from (f"{at} has {name}" for name in value.keys() - shape.members.keys())
        yield from (f"{at} lacks {name}" for name in set(shape.required_members) - value.keys())
        for name in value.keys() & shape.members.keys():
            yield from violations(shape.members[name], value[name], f"{at}.{name}")
    elif isinstance(shape, ListShape):
        for item in value:
            yield from violations(shape.member, item, f"{at}[]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from violations(shape.key, key, f"{at} key")
            yield from violations(shape.value, item, f"{at}.{key}")
    else:
        yield from _scalar(shape, value, at)


def _scalar(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, _SCALARS[shape.type_name]):
        yield f"{at} is {value!r}, no {shape.type_name}"
        return
    pattern, allowed = shape.metadata.get("pattern"), shape.metadata.get("enum")
    if pattern and not constraints._compiled(pattern).fullmatch(str(value)):
        yield f"{at} is {value!r}, not {pattern}"
    if allowed and value not in allowed:
        yield f"{at} is {value!r}, none of {allowed}"
    if isinstance(value, str) and shape.name not in _UNCHECKED:
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max", len(value))
        if not least <= len(value) <= most:
            yield f"{at} has {len(value)} characters, not {least} to {most}"
