"""The parameters that a document declares."""

import re
from collections.abc import Mapping
from typing import Any

from portal.simulated_aws.systems_manager.definitions import Parameter
from portal.simulated_aws.systems_manager.errors import InvalidDocumentContent

TYPES = ("String", "StringList", "Integer", "Boolean", "MapList", "StringMap")
_LIMITS = ("minItems", "maxItems", "minChars", "maxChars")
_KEYS = {"type", "description", "default", "allowedValues", "allowedPattern", "displayType", *_LIMITS}
_RESOURCE = re.compile(r"AWS::\w+::\w+(::\w+)?")


def declared(tree: Any) -> dict[str, Parameter]:
    """Return the parameters by name. Raises InvalidDocumentContent."""
    if not isinstance(tree, dict):
        raise InvalidDocumentContent("parameters is a map of names to declarations.")
    return {str(name): _parameter(str(name), item) for name, item in tree.items()}


def plain_type(declared_type: str) -> str:
    """Return the type behind one such as `AWS::IAM::Role::Arn` or `List<AWS::EC2::Instance::Id>`."""
    if declared_type in TYPES:
        return declared_type
    return "StringList" if declared_type.startswith("List<") else "String"


def _parameter(name: str, item: Any) -> Parameter:
    if not isinstance(item, dict) or not _is_type(item.get("type")):
        raise InvalidDocumentContent(f"Parameter {name} has no valid type.")
    if not isinstance(item.get("allowedValues", []), list):
        raise InvalidDocumentContent(f"Parameter {name}: allowedValues is a list.")
    for key in item.keys() - _KEYS:
        raise InvalidDocumentContent(f"Parameter {name}: {key} is not a valid attribute of a parameter.")
    return Parameter(
        name=name,
        type=item["type"],
        description=str(item.get("description", "")),
        default=item.get("default"),
        allowed_values=tuple(item["allowedValues"]) if "allowedValues" in item else None,
        allowed_pattern=_pattern(name, item),
        limits=_limits(name, item),
    )


def _is_type(given: Any) -> bool:
    if not isinstance(given, str):
        return False
    inner = given.removeprefix("List<").removesuffix(">")
    return given in TYPES or bool(_RESOURCE.fullmatch(inner))


def _pattern(name: str, item: Mapping[str, Any]) -> str | None:
    pattern: str | None = item.get("allowedPattern")
    try:
        re.compile(pattern or "")
    except (re.error, TypeError) as error:
        raise InvalidDocumentContent(f"Parameter {name}: allowedPattern is no regular expression: {error}") from error
    return pattern


def _limits(name: str, item: Mapping[str, Any]) -> dict[str, int]:
    limits = {key: item[key] for key in _LIMITS if key in item}
    if not all(isinstance(limit, int) and limit >= 0 for limit in limits.values()):
        raise InvalidDocumentContent(f"Parameter {name}: {', '.join(limits)} are numbers.")
    return limits
