"""The difference between two states, and how it reads."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from access_requests.services.catalogue.fields import Fields
from access_requests.services.catalogue.mistakes import visible
from access_requests.services.catalogue.state import Kind, State


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
        before, after = _plain(self.before), _plain(self.after)
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
    now, then = current.by_kind(), wanted.by_kind()
    return [
        Change(kind=kind, key=key, before=now[kind].get(key), after=then[kind].get(key))
        for kind in Kind
        for key in sorted({**now[kind], **then[kind]})
        if now[kind].get(key) != then[kind].get(key)
    ]


def _plain(fields: Fields | None) -> dict[str, Any]:
    return fields.model_dump() if fields is not None else {}


def _shown(value: Any) -> str:
    return visible(json.dumps(value, ensure_ascii=False, sort_keys=True))
