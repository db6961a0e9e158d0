"""The text of a template: JSON, or YAML with CloudFormation's short forms (`!Ref x` for `{"Ref": "x"}`)."""

import json
from typing import Any

import yaml

from portal.simulated_aws.errors import ValidationError

MOST_BYTES = 51_200
_PLAIN = {"Ref", "Condition"}


# The one in C, where it is there: it reads the same seven times as fast.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads dates as the texts that they are in policies."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in _PLAIN else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def parsed(text: str) -> dict[str, Any]:
    """Return the template as it is written. Raises ValidationError for what is none, or is too long to be handed in as a body."""
    if len(text.encode()) > MOST_BYTES:
        at = "at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to"
        raise ValidationError(f"1 validation error detected: Value '{text[:40]}…' {at} {MOST_BYTES}")
    read = _read(text)
    if not isinstance(read, dict):
        raise ValidationError("Template format error: unsupported structure.")
    return read


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  It is a SafeLoader.
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise ValidationError(f"Template format error: YAML not well-formed.{where}") from error
