"""What is wrong with a catalogue file, all of it at once, each with its line."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Mistake:
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.line}: {self.where}: {self.message}" if self.where else f"{self.line}: {self.message}"


class CatalogueRefused(Exception):
    """The file, as it is, changes nothing."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda mistake: (mistake.line, mistake.where, mistake.message))
        super().__init__("; ".join(map(str, self.mistakes)))


@dataclass(frozen=True)
class Mistakes:
    """Gathers. `lines` is where each path of the file begins."""

    lines: Mapping[Path, int]
    found: list[Mistake] = field(default_factory=list)

    def add(self, path: Path, message: str) -> None:
        self.found.append(Mistake(line=self._line(path), where=_where(path), message=message))

    def stop(self) -> None:
        """Raise CatalogueRefused if there is any."""
        if self.found:
            raise CatalogueRefused(self.found)

    def _line(self, path: Path) -> int:
        """Return the line of the path; of what contains it where the file lacks it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def quoted(text: str) -> str:
    """Return the text so that a terminal shows every character of it and obeys none."""
    return f'"{visible(text)}"'


def visible(text: str) -> str:
    return "".join(repr(sign)[1:-1] if is_hidden(sign) else sign for sign in text)


def is_hidden(sign: str) -> bool:
    """Whether a character is not seen, or changes how others are seen: controls, direction overrides, zero width, line breaks."""
    category = unicodedata.category(sign)
    return category.startswith("C") or category in ("Zl", "Zp")


def _where(path: Path) -> str:
    """Return `policies.lead.levels[1]`; counted from one, as people count."""
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{visible(step)}" for step in path).removeprefix(".")
