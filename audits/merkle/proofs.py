"""C2SP tlog-proof: that a leaf lies at an index of the log, against a checkpoint."""

import base64
from collections.abc import Sequence

FIRST_LINE = "c2sp.org/tlog-proof@v1"


def proof(*, index: int, hashes: Sequence[bytes], checkpoint: str) -> str:
    """Return the proof as text. `checkpoint` is the signed note, verbatim."""
    lines = [FIRST_LINE, f"index {index}", *(base64.b64encode(each).decode() for each in hashes), "", checkpoint]
    return "\n".join(lines)
