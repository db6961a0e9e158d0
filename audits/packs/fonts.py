"""The fonts of reports, out of packages that the locks pin by hash, and which characters they have."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular

from portal.pages import unseen

FAMILY = "Noto Sans CJK JP"
FILES = tuple(Path(str(font.FONT_PATH)) for font in (noto_cjk_sans_jp_regular, noto_cjk_sans_jp_bold))
# By these codes are named elsewhere, and the fonts have none.
BRACKETS = str.maketrans("⟦⟧", "[]")
_WHOLE_UNICODE = 12


def printable(text: str) -> str:
    """Return the text with the code of each character in its place that hides, or that no font has: one stops the whole file."""
    seen = text if unseen.hides_nothing(text) else unseen.named(text).translate(BRACKETS)
    there = covered()
    if all(ord(sign) in there or sign in "\n\t" for sign in seen):
        return seen
    return "".join(sign if ord(sign) in there or sign in "\n\t" else f"[U+{ord(sign):04X}]" for sign in seen)


@cache
def covered() -> frozenset[int]:
    """Return the code points that each of the fonts has."""
    first, *others = (frozenset(_code_points(file.read_bytes())) for file in FILES)
    return first.intersection(*others)


def _code_points(font: bytes) -> Iterator[int]:
    """Yield what the font's `cmap` maps, of its table over the whole of Unicode."""
    cmap = _table(font, b"cmap")
    for number in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        (offset,) = struct.unpack_from(">I", font, cmap + 4 + 8 * number + 4)
        (form,) = struct.unpack_from(">H", font, cmap + offset)
        if form == _WHOLE_UNICODE:
            (groups,) = struct.unpack_from(">I", font, cmap + offset + 12)
            for group in range(groups):
                start, end, _glyph = struct.unpack_from(">III", font, cmap + offset + 16 + 12 * group)
                yield from range(start, end + 1)
            return
    raise ValueError("the font maps nothing")


def _table(font: bytes, name: bytes) -> int:
    for number in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _checksum, offset, _length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == name:
            return int(offset)
    raise ValueError(f"the font has no {name!r}")
