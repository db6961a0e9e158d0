"""The codes of an MFA device (RFC 6238: SHA-1, six digits, thirty seconds). Importable without moto."""

import base64
import binascii
import hashlib
import hmac
import struct
from datetime import datetime

STEP_SECONDS = 30
_DIGITS = 6


def code(seed: str, *, at: datetime) -> str:
    """Return what the device with the base32 seed shows at a moment (aware)."""
    return _code(seed, _step(at))


def is_code(seed: str, given: str, *, at: datetime) -> bool:
    """Say whether the device shows this now, or did a step ago, or will in a step: clocks differ."""
    step = _step(at)
    return any(hmac.compare_digest(_code(seed, step + drift), given) for drift in (-1, 0, 1))


def are_consecutive(seed: str, first: str, second: str, *, at: datetime) -> bool:
    """Say whether these are two codes of the device, one after the other, from about now."""
    step = _step(at)
    return any((_code(seed, step + drift), _code(seed, step + drift + 1)) == (first, second) for drift in (-2, -1, 0, 1))


def is_seed(text: str) -> bool:
    try:
        return bool(_key(text))
    except binascii.Error:
        return False


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def _code(seed: str, step: int) -> str:
    digest = hmac.digest(_key(seed), struct.pack(">Q", step), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFF_FFFF
    return str(number)[-_DIGITS:].zfill(_DIGITS)


def _key(seed: str) -> bytes:
    return base64.b32decode(seed + "=" * (-len(seed) % 8))
