"""The text of a document, in YAML or JSON, as a tree."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from portal.simulated_aws.errors import NotSimulated
from portal.simulated_aws.systems_manager.errors import InvalidDocumentContent, MaxDocumentSizeExceeded

Tree = Mapping[str, Any]
_MOST_BYTES = 64 * 1_024


def parsed(text: str, *, written_in: str) -> Tree:
    """Return what the text says. Raises MaxDocumentSizeExceeded, InvalidDocumentContent."""
    if len(text.encode()) > _MOST_BYTES:
        raise MaxDocumentSizeExceeded
    tree = _decoded(text, written_in)
    if not isinstance(tree, dict):
        raise InvalidDocumentContent(f"{written_in} not well-formed: it is no map of names to values.")
    return tree


def converted(text: str, *, written_in: str, wanted: str) -> str:
    """Return the text in the other format; in its own it stays as it was written."""
    if wanted == written_in:
        return text
    tree = _decoded(text, written_in)
    return (
        json.dumps(tree, indent=2, default=str)
        if wanted == "JSON"
        else str(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True))
    )


def _decoded(text: str, written_in: str) -> Any:
    try:
        match written_in:
            case "JSON":
                return json.loads(text)
            case "YAML":
                return yaml.safe_load(text)
    except ValueError as error:
        raise InvalidDocumentContent(f"JSON not well-formed. {error}") from error
    except yaml.YAMLError as error:
        raise InvalidDocumentContent(f"YAML not well-formed. {' '.join(str(error).split())}") from error
    raise NotSimulated(f"Documents in the format {written_in} are not simulated")
