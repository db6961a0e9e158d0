"""Log lines that a log file's reader can trust."""

import logging
from typing import Any

from django_guid import get_guid

CONTROL_CHARACTERS = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))}
# A traceback keeps its lines; what a message carries does not get to start one of its own.
ALLOWED_IN_TRACEBACKS = {code: sign for code, sign in CONTROL_CHARACTERS.items() if code not in (0x09, 0x0A)}


def to_stderr(*, level: str) -> dict[str, Any]:
    """Return Django's configuration of logging: one line a record, with the id of its call, on standard error."""
    line = {
        "()": "portal.logs.OneLineFormatter",
        "format": "{asctime} {levelname} {name} {request_id} {message}",
        "style": "{",
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "portal.logs.RequestId"}},
        "formatters": {"line": line},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
        "root": {"handlers": ["stderr"], "level": level},
        # The one tells of every id that it makes, the other of every signature that it has verified.
        "loggers": {"django_guid": {"level": "WARNING"}, "fido2": {"level": "WARNING"}},
    }


class OneLineFormatter(logging.Formatter):
    """Shows control characters of a message as escapes, so that no name or reason can forge a line or colour a terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's own name.
        return super().formatMessage(record).translate(CONTROL_CHARACTERS)

    def formatException(self, ei: object) -> str:  # noqa: N802  logging's own name.
        return super().formatException(ei).translate(ALLOWED_IN_TRACEBACKS)  # type: ignore[arg-type]


class RequestId(logging.Filter):
    """Gives each record the id of the call that it belongs to; `-` outside of calls and tasks."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = get_guid() or "-"
        return True
