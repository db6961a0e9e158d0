"""Files of a trail in S3: their names, and reading them in bounded memory."""

import codecs
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

# So much of a file is read at once, and no event is longer than so much: AWS cuts them at 1 MB.
CHUNK, LONGEST_EVENT = 64 * 1024, 2 * 1024 * 1024
# No file inflates to more: CloudTrail's have some megabytes. A digest names some hundred files.
MOST_INFLATED, MOST_OF_DIGEST = 256 * 1024 * 1024, 64 * 1024 * 1024
OPENS = re.compile(r'\s*\{\s*"Records"\s*:\s*\[')
BETWEEN = re.compile(r"[\s,]*")
GZIP = zlib.MAX_WBITS | 16
LONGEST_NUMBER = 100


class Unreadable(ValueError):
    """It is not a file of CloudTrail, or is cut off."""


class Interrupted(Exception):
    """There is more of it, and no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Where a trail writes. `organisation` is its id where the trail is an organisation's, else empty."""

    name: str
    arn: str
    bucket: str
    region: str
    prefix: str = ""
    organisation: str = ""
    validates: bool = False

    def folder(self, account: str, region: str, day: date | None = None, *, digests: bool = False) -> str:
        """Return the beginning of the names of the files of one account and Region, and of one day."""
        kind = "CloudTrail-Digest" if digests else "CloudTrail"
        parts = [self.prefix.strip("/"), "AWSLogs", self.organisation, account, kind, region]
        folder = "/".join(part for part in parts if part) + "/"
        return folder + (f"{day:%Y/%m/%d}/" if day else "")


def _never() -> bool:
    return False


def records(chunks: Iterable[bytes], *, is_over: Callable[[], bool] = _never) -> Iterator[dict[str, Any]]:
    """Yield the events of a gzipped file, holding one of them and a chunk. Raises Unreadable, and Interrupted once it is over."""
    texts, decoder = _texts(inflated(chunks, is_over=is_over)), json.JSONDecoder(parse_int=number)
    held, at = _opened(texts)
    while True:
        found = BETWEEN.match(held, at)
        at = found.end() if found else at
        if held.startswith("]", at):
            for _rest in texts:  # What follows is read, so that a file that is cut off is seen.
                pass
            return
        try:
            event, at = decoder.raw_decode(held, at)
        except json.JSONDecodeError:
            if len(held) - at > LONGEST_EVENT:
                raise Unreadable("an event is longer than any can be") from None
            held, at = held[at:] + _next(texts), 0
            continue
        except RecursionError:
            raise Unreadable("an event goes deeper than any does") from None
        if not isinstance(event, dict):
            raise Unreadable("what it lists are no events")
        yield event


def number(digits: str) -> int | str:
    """Return a whole number; one that Python does not read, because it is too long, as text."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


def _opened(texts: Iterator[str]) -> tuple[str, int]:
    """Return the first of the text, and where its events begin."""
    held = ""
    while (found := OPENS.match(held)) is None:
        if len(held) > CHUNK:
            raise Unreadable("it does not begin as a file of CloudTrail does")
        held += _next(texts)
    return held, found.end()


def _next(texts: Iterator[str]) -> str:
    try:
        return next(texts)
    except StopIteration:
        raise Unreadable("it is cut off") from None
    except UnicodeDecodeError as error:
        raise Unreadable("it is not text") from error


def _texts(pieces: Iterable[bytes]) -> Iterator[str]:
    text = codecs.getincrementaldecoder("utf-8")()
    for piece in pieces:
        yield text.decode(piece)
    yield text.decode(b"", final=True)


def inflated(chunks: Iterable[bytes], *, most: int = MOST_INFLATED, is_over: Callable[[], bool] = _never) -> Iterator[bytes]:
    """Yield what is in a gzipped file in pieces of bounded size. Raises Unreadable, also of more than `most`, and Interrupted."""
    inflating, size = zlib.decompressobj(GZIP), 0
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting:
                if is_over():
                    raise Interrupted
                if inflating.eof:
                    raise Unreadable("something follows its end")
                piece = inflating.decompress(waiting, CHUNK)
                size += len(piece)
                if size > most:
                    raise Unreadable("it is larger than any is")
                yield piece
                waiting = inflating.unconsumed_tail or inflating.unused_data
        yield from _rest(inflating, most - size)
    except zlib.error as error:
        raise Unreadable("it is not gzipped") from error


def _rest(inflating: "zlib._Decompress", most: int) -> Iterator[bytes]:
    """Yield what was read and not given yet."""
    rest = inflating.decompress(b"", most + 1)
    if len(rest) > most:
        raise Unreadable("it is larger than any is")
    yield rest
    if not inflating.eof:
        raise Unreadable("it is cut off")
