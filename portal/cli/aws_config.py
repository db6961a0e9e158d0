"""~/.aws/config, of which only the profiles between `sekisho`'s own comments are changed; the rest stays byte for byte.

Where a profile stands is found here, by line. What counts is how AWS's own tools read the file: botocore reads what would be
written before anything is, and what it cannot read, or reads otherwise, is not written.
"""

import codecs
import difflib
import os
import shlex
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.cli import files
from portal.cli.aws_profiles import Profile
from portal.cli.exits import Unusable
from portal.cli.words import said

BEGIN, END = "# sekisho: begin ", "# sekisho: end "
WHOSE = " (written by `sekisho aws-profile`, which replaces it down to its end)"
NEW_FILE = 0o600
# Longest first: UTF-32's begins as UTF-16's does.
MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    codecs.BOM_UTF8: "UTF-8 with a byte order mark",
}


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A config file as it is, and as it would be."""

    path: Path
    before: bytes
    after: bytes

    @property
    def changes(self) -> bool:
        return self.before != self.after

    def difference(self) -> str:
        before, after = (text.decode(errors="replace").splitlines() for text in (self.before, self.after))
        lines = difflib.unified_diff(before, after, str(self.path), str(self.path), lineterm="")
        return "\n".join(lines)

    def write(self) -> None:
        """Write the file; what a link leads to is written, not the link. Raises Unusable."""
        target = self.path.resolve()
        try:
            if _read(target) != self.before:
                why = said("%(file)s was changed meanwhile. Run this command again.", file=self.path)
                raise Unusable(why, code="config_changed")
            files.write(target, self.after, new_mode=NEW_FILE)
        except OSError as error:
            raise _not_written(self.path, error) from error


def usual_path() -> Path:
    return Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()


def usual_credentials_path() -> Path:
    return Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials").expanduser()


def planned(path: Path, profiles: Sequence[Profile]) -> Edit:
    """Return the edit that puts the profiles in. Raises Unusable where one of a name is not ours, or our comments are damaged."""
    try:
        before = _read(path)
    except OSError as error:
        why = said("%(file)s cannot be read: %(why)s.", file=path, why=error.strerror or error)
        raise Unusable(why, code="config_unusable") from error
    after = before
    for profile in profiles:
        after = with_profile(after, profile)
    edit = Edit(path=path, before=before, after=after)
    _check_as_aws_reads(edit, profiles)
    return edit


def _read(path: Path) -> bytes:
    """Return what the file has, nothing where there is none. Raises OSError, for what is no file too."""
    if path.exists() and not path.is_file():
        raise OSError("it is no file")
    return path.read_bytes() if path.exists() else b""


def _check_as_aws_reads(edit: Edit, profiles: Sequence[Profile]) -> None:
    """Raises Unusable where AWS's tools cannot read the file, or would read something else than what is meant."""
    for mark, name in MARKS.items():
        if edit.before.startswith(mark):
            raise Unusable(
                said(
                    "%(file)s is %(encoding)s, which AWS's tools cannot read. Save it as UTF-8 without a byte order mark. "
                    "Nothing was written.",
                    file=edit.path,
                    encoding=name,
                ),
                code="config_unreadable",
            )
    ours = {f"profile {each.name}": each.settings() for each in profiles}
    (_, before), (mine, after) = (_parted(_as_aws_reads(text, edit.path), ours) for text in (edit.before, edit.after))
    # Of ours no more is asked than what we wrote: people put settings of their own below it.
    if before != after or any(not settings.items() <= mine.get(name, {}).items() for name, settings in ours.items()):
        raise Unusable(
            said(
                "AWS's tools would read %(file)s otherwise than it is meant. Nothing was written. Look at what stands around the "
                "profiles of sekisho, or name another file: --config.",
                file=edit.path,
            ),
            code="config_unreadable",
        )


def _parted(sections: Mapping[str, Any], names: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the sections that are called so, by their names without quotes, and the others as they are."""
    named = {_unquoted(name): settings for name, settings in sections.items() if _unquoted(name) in names}
    return named, {name: settings for name, settings in sections.items() if _unquoted(name) not in names}


def _as_aws_reads(text: bytes, path: Path) -> dict[str, Any]:
    """Return the sections of the text as botocore reads them. Raises Unusable."""
    # Slow to import, and of this act alone.
    from botocore.configloader import raw_config_parse  # noqa: PLC0415
    from botocore.exceptions import ConfigParseError  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="sekisho-") as folder:
        copy = Path(folder) / "config"
        copy.write_bytes(text)
        try:
            found: dict[str, Any] = raw_config_parse(str(copy))
        except ConfigParseError as error:
            why = " ".join(str(error).replace(str(copy), str(path)).split())
            said_so = said("AWS's tools cannot read %(file)s. Nothing was written. %(why)s", file=path, why=why)
            raise Unusable(said_so, code="config_unreadable") from error
    return found


def _not_written(path: Path, error: OSError) -> Unusable:
    why = said("%(file)s cannot be written: %(why)s.", file=path, why=error.strerror or error)
    return Unusable(why, code="config_unusable")


def with_profile(text: bytes, profile: Profile) -> bytes:
    """Return the text with the profile: in the place of the one that was written before, else at the end."""
    newline = b"\r\n" if b"\r\n" in text else b"\n"
    lines = text.splitlines(keepends=True)
    block = newline.join(f"{BEGIN}{profile.name}{WHOSE}\n{profile.text()}\n{END}{profile.name}".encode().split(b"\n")) + newline
    own = _own_lines(lines, profile.name)
    _check_is_nobody_elses(lines, own, profile.name)
    if own:
        return b"".join((*lines[: own.start], block, *lines[own.stop :]))
    ended = text if not text or text.endswith((b"\n", b"\r")) else text + newline
    return ended + (newline if ended else b"") + block


def has_profile(name: str, *paths: Path) -> bool:
    """Whether one of the files, config or credentials, has the profile. Raises OSError, Unusable."""
    sections = (section for path in paths for section in _as_aws_reads(_read(path), path))
    return any(name == _unquoted(section).removeprefix("profile ").strip() for section in sections)


def _own_lines(lines: Sequence[bytes], name: str) -> range | None:
    """Return the lines from our first comment to our last. Raises Unusable where one is missing, or there twice."""
    begins = [number for number, line in enumerate(lines) if _is(line, BEGIN, name)]
    ends = [number for number, line in enumerate(lines) if _is(line, END, name)]
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0]:
        raise _damaged(name)
    own = range(begins[0], ends[0] + 1)
    if [header for _, header in _headers(lines[own.start : own.stop])] != [f"profile {name}"]:
        raise _damaged(name)
    return own


def _is(line: bytes, mark: str, name: str) -> bool:
    found = line.decode(errors="replace").strip()
    return found == f"{mark}{name}" or found.startswith(f"{mark}{name} ")


def _check_is_nobody_elses(lines: Sequence[bytes], own: range | None, name: str) -> None:
    """Refuse a second profile of the name: with two of them the aws command reads nothing of the file."""
    for number, header in _headers(lines):
        if header == f"profile {name}" and (own is None or number not in own):
            raise Unusable(
                said(
                    "Line %(line)s has a profile %(name)s that sekisho did not write. Rename it or delete it.",
                    line=number + 1,
                    name=name,
                ),
                code="profile_not_ours",
            )


def _headers(lines: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    """Yield the number and name of each section, without quotes, as botocore reads it."""
    for number, line in enumerate(lines):
        found = line.decode(errors="replace").rstrip()
        if found.startswith("[") and "]" in found:
            yield number, _unquoted(found[1 : found.rindex("]")])


def _unquoted(header: str) -> str:
    try:
        return " ".join(shlex.split(header))
    except ValueError:
        return header


def _damaged(name: str) -> Unusable:
    return Unusable(
        said("The comments around profile %(name)s are damaged. Delete that profile with them and run this again.", name=name),
        code="config_damaged",
    )
