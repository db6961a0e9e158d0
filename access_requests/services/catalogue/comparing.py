"""The difference between two states, and how it reads."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from access_requests.services.catalogue.mistakes import visible
from access_requests.services.catalogue.state import Fields, Kind, State


@dataclass(frozen=True, kw_only=True)
class Change:
    """One object. `before` None: it is added; `after` None: it leaves the catalogue. `ends` is the access that ends by it."""

    kind: Kind
    key: str
    before: Fields | None
    after: Fields | None
    ends: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        if self.before is None:
            return "+"
        return "-" if self.after is None else "~"

    def lines(self) -> Iterator[str]:
        """Yield the change as people read it, one field a line."""
        yield f"{self.sign} {self.kind} {visible(self.key)}"
        before, after = self.before or {}, self.after or {}
        for field in sorted({**before, **after}):
            old, new = before.get(field), after.get(field)
            if self.before is None and new not in (None, "", [], {}):
                yield f"    {field}: {_shown(new)}"
            elif self.before is not None and self.after is not None and old != new:
                yield f"    {field}: {_shown(old)} -> {_shown(new)}"
        for elevation in self.ends:
            yield f"    ends {elevation}"


def compare(current: State, wanted: State) -> list[Change]:
    """Return what is to change, in an order that is always the same."""
    return [
        Change(kind=kind, key=key, before=current[kind].get(key), after=wanted[kind].get(key))
        for kind in Kind
        for key in sorted({**current[kind], **wanted[kind]})
        if current[kind].get(key) != wanted[kind].get(key)
    ]


def _shown(value: Any) -> str:
    return visible(json.dumps(value, ensure_ascii=False))
