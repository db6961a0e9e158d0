"""~/.aws/config, of which only the profiles between `sekisho`'s own comments are changed; the rest stays byte for byte."""

import difflib
import os
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.cli.aws_profiles import Profile
from portal.cli.exits import Unusable

BEGIN, END = "# sekisho: begin ", "# sekisho: end "
WHOSE = " (written by `sekisho aws-profile`, which replaces it down to its end)"
NEW_FILE = 0o600


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
        """Replace the file whole, under its mode; what a link leads to is replaced, not the link. Raises Unusable."""
        target = self.path.resolve()
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            mode = target.stat().st_mode & 0o7777 if target.exists() else NEW_FILE
            file, made = tempfile.mkstemp(dir=target.parent, prefix=".sekisho-")
            with os.fdopen(file, "wb") as opened:
                opened.write(self.after)
                opened.flush()
                os.fsync(opened.fileno())
                os.fchmod(opened.fileno(), mode)
            Path(made).replace(target)
        except OSError as error:
            raise Unusable(f"{self.path} cannot be written: {error.strerror}.", code="config_unusable") from error


def usual_path() -> Path:
    return Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()


def usual_credentials_path() -> Path:
    return Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials").expanduser()


def planned(path: Path, profiles: Sequence[Profile]) -> Edit:
    """Return the edit that puts the profiles in. Raises Unusable where one of a name is not ours, or our comments are damaged."""
    try:
        before = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.", code="config_unusable") from error
    after = before
    for profile in profiles:
        after = with_profile(after, profile)
    return Edit(path=path, before=before, after=after)


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
    """Whether one of the files, config or credentials, has the profile. Raises OSError."""
    texts = (path.read_bytes() for path in paths if path.is_file())
    return any(name == found.removeprefix("profile ").strip() for text in texts for _, found in _headers(text.splitlines()))


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
                f"Line {number + 1} has a profile {name} that sekisho did not write. Rename it or delete it.",
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
        f"The comments around profile {name} are damaged. Delete that profile, with them, and run this again.",
        code="config_damaged",
    )
