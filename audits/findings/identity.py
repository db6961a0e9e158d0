"""Which finding it is: the same kind with the same key is the same finding, whenever and by whomever it is seen."""

import hashlib
import json
from collections.abc import Mapping

from audits.kinds import KINDS
from portal.codes import ALPHABET

# Eighty bits: names in AWS are anybody's to choose, and no two that share a code are to be found by trying.
LENGTH = 16


def code_of(kind: str, key: Mapping[str, str]) -> str:
    """Return the finding's code. Raises KeyError and ValueError for a kind or a key that there is not."""
    if set(key) != set(KINDS[kind].key):
        raise ValueError(f"a finding of the kind {kind} is told apart by {KINDS[kind].key}, not by {tuple(key)}")
    digest = hashlib.sha256(json.dumps([kind, key], sort_keys=True).encode()).digest()
    number = int.from_bytes(digest, "big")
    return "F-" + "".join(ALPHABET[(number >> 5 * place) % len(ALPHABET)] for place in range(LENGTH))
