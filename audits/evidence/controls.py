"""Which file of a pack answers for which control of which framework: data, which a company may have otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LIST = Path(__file__).with_suffix(".yaml")
FIELDS = {"framework", "control", "says", "answer", "files"}
LANGUAGES = ("en", "ja")


class NoMapping(ValueError):
    """The file is no control mapping; the text says where."""


@dataclass(frozen=True, kw_only=True)
class Control:
    framework: str
    control: str
    says: Mapping[str, str]
    answer: Mapping[str, str]
    files: Sequence[str]

    def row(self, language: str) -> dict[str, Any]:
        named = language[:2] if language[:2] in LANGUAGES else "en"
        words = {"says": self.says[named], "answer": self.answer[named]}
        return {"framework": self.framework, "control": self.control, **words, "files": list(self.files)}


def read(file: Path | None = None) -> list[Control]:
    """Return the mapping, by default our own. Raises NoMapping."""
    try:
        said = yaml.safe_load((file or LIST).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise NoMapping(str(error)) from error
    if not isinstance(said, list) or not said:
        raise NoMapping("it is no list of controls")
    return [_control(number, one) for number, one in enumerate(said, start=1)]


def _control(number: int, said: Any) -> Control:
    if not isinstance(said, dict) or set(said) != FIELDS:
        raise NoMapping(f"control {number} has not exactly the fields {', '.join(sorted(FIELDS))}")
    for name in ("says", "answer"):
        if not isinstance(said[name], dict) or set(said[name]) != set(LANGUAGES):
            raise NoMapping(f"control {number} says {name} not in {' and '.join(LANGUAGES)}")
    if not isinstance(said["files"], list) or not all(isinstance(each, str) for each in said["files"]):
        raise NoMapping(f"control {number} has no list of files")
    return Control(**{**said, "control": str(said["control"])})
