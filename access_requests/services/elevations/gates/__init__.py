"""The session gates of work roles: rendered whole from the database, written by one worker a role at a time."""

from access_requests.services.elevations.gates.contents import full_role, gateable, gated, lines, more_people, room, size
from access_requests.services.elevations.gates.writing import Open, as_read, as_shown, due, is_ending, refresh, rewrite, write

__all__ = [
    "Open",
    "as_read",
    "as_shown",
    "due",
    "full_role",
    "gateable",
    "gated",
    "is_ending",
    "lines",
    "more_people",
    "refresh",
    "rewrite",
    "room",
    "size",
    "write",
]
