"""What the documents are called."""

import re

from access_requests.grants.executions import Purpose

# Source: the pattern of DocumentName in the service model of Systems Manager.
_DOCUMENT = re.compile(r"[a-zA-Z0-9_.-]{3,128}")


def name(purpose: Purpose, group: str) -> str:
    return f"Sekisho{purpose.capitalize()}-{group}"


def is_document_name(name: str) -> bool:
    return bool(_DOCUMENT.fullmatch(name))
