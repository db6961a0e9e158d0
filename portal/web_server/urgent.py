"""What is answered while everything else is slow: whether the portal lives, and what ends access."""

import re

# /healthz; /elevations/E-1/stop/ and /return/, and the same of the API. A question mark ends the path.
URGENT = re.compile(rb"/healthz|/(api/v1/)?elevations/[\w-]+/(stop|return)/?")


def is_urgent(target: bytes) -> bool:
    """Say whether a request's target, as its first line has it, gets one of the threads that are kept for these."""
    return URGENT.fullmatch(target.partition(b"?")[0]) is not None
