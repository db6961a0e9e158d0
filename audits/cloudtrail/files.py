"""Files of a trail in S3: their names, and reading them in bounded memory."""

import codecs
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

# So much of a file is read at once, and no event is longer than so much: AWS cuts them at 256 kB.
CHUNK, LONGEST_EVENT = 64 * 1024, 4 * 1024 * 1024
OPENS = re.compile(r'\s*\{\s*"Records"\s*:\s*\[')
BETWEEN = re.compile(r"[\s,]*")
GZIP = zlib.MAX_WBITS | 16
LONGEST_NUMBER = 100


class Unreadable(ValueError):
    """It is not a file of CloudTrail, or is cut off."""


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


def records(chunks: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the events of a gzipped file, holding one of them and a chunk. Raises Unreadable."""
    texts, decoder = _inflated(chunks), json.JSONDecoder(parse_int=number)
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


def _inflated(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield the text in pieces of bounded size, however much a file inflates to. Raises Unreadable."""
    text, inflating = codecs.getincrementaldecoder("utf-8")(), zlib.decompressobj(GZIP)
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting:
                yield text.decode(inflating.decompress(waiting, CHUNK))
                waiting = inflating.unconsumed_tail
        yield text.decode(inflating.flush(), final=True)
    except zlib.error as error:
        raise Unreadable("it is not gzipped") from error
    if not inflating.eof:
        raise Unreadable("it is cut off")
