"""Marks of what is stored in the place of a secret: they tell it from another that somebody put there, and tell nothing of it.

What is stored is a hash with a salt of its own, a digest of 256 random bits, or sealed: nobody who has a mark can try a secret
against it without the stored text, of which at least 128 bits are random (docs/decisions/0032-state-from-the-trail.md). Whoever
has the stored text learns nothing new. No key, so that whoever reads the tables can compute it, and no change of key changes it.
"""

import hashlib

from audits.marked import PREFIX


def of(stored: str) -> str:
    """Return the mark, as 64 hex digits."""
    return hashlib.sha256(f"{PREFIX}{stored}".encode()).hexdigest()
