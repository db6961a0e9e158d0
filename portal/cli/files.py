"""Files of the person's own, written so that nobody reads half of one and nothing is left lying about."""

import errno
import os
import stat
import tempfile
from pathlib import Path

# A file that is a mount of its own, or in a folder where nothing may be made: it cannot be replaced, but perhaps written.
NOT_REPLACEABLE = frozenset({errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS})


def write(target: Path, data: bytes, *, new_mode: int) -> None:
    """Put the data into the file, under its own mode, or `new_mode` where there is none yet. Raises OSError.

    The file is replaced whole where it can be. It is written in place where it cannot be replaced, where it has a second
    name, and where it is somebody else's: there it keeps what it had if the new does not fit.
    """
    if not target.exists():
        replace(target, data, new_mode)
        return
    status = target.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no file")
    if status.st_nlink > 1 or status.st_uid != os.geteuid():
        _overwrite(target, data)
        return
    try:
        replace(target, data, stat.S_IMODE(status.st_mode))
    except OSError as error:
        if error.errno not in NOT_REPLACEABLE:
            raise
        _overwrite(target, data)


def replace(target: Path, data: bytes, mode: int) -> None:
    """Put the data into a new file, in the place of whatever has the name; who reads meanwhile sees either. Raises OSError."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file, name = tempfile.mkstemp(dir=target.parent, prefix=".sekisho-")  # Of mode 0600.
    made = Path(name)
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
            os.fchmod(opened.fileno(), mode)
        made.replace(target)
    finally:
        made.unlink(missing_ok=True)


def _overwrite(target: Path, data: bytes) -> None:
    before = target.read_bytes()
    # Not by a link that somebody puts there meanwhile.
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_NOFOLLOW), "wb") as opened:
        try:
            _put(opened.fileno(), data)
        except OSError:
            _put(opened.fileno(), before)
            raise


def _put(file: int, data: bytes) -> None:
    left = memoryview(data)
    os.lseek(file, 0, os.SEEK_SET)
    while left:
        left = left[os.write(file, left) :]
    os.ftruncate(file, len(data))
    os.fsync(file)
