"""Files read and written so that a run that is cut off at any moment leaves whole old or whole new files."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from sigtrim.errors import SigtrimError, SourceError
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

if sys.platform != "win32":
    import fcntl

__all__ = [
    "TEMPORARY_PREFIX",
    "NotWrittenError",
    "Stamp",
    "Writing",
    "back_up",
    "cause_of",
    "clean_folder",
    "content_of",
    "copy_file",
    "open_regular",
    "prepare_folder",
    "read_whole",
    "replacing",
    "write_atomically",
    "write_together",
]

TEMPORARY_PREFIX = ".sigtrim-"
"""How the names of files begin that are not whole yet."""

_SUFFIX = ".tmp"
_TEMPORARY = lazy(r"\.sigtrim-[a-z0-9_]{8}\.tmp")
_CHUNK_BYTES = 1 << 20


def cause_of(error: Exception) -> str:
    """Say what went wrong, for a message that begins with the file."""
    if isinstance(error, SigtrimError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"internal error, {type(error).__name__}: {error}"


class Stamp(NamedTuple):
    """What tells that a file is still the one that was read: `size` in bytes, `changed` in nanoseconds."""

    device: int
    number: int
    size: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Take the stamp from what `os.stat` or `os.fstat` gave."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def read_whole(path: Path) -> tuple[bytes, Stamp]:
    """Read a file, with the stamp that `write_atomically` compares before it replaces it.

    Raises `OSError`; `SourceError` if the path leads to a pipe or device, or if the file changed while it was read.
    """
    with open_regular(path) as file:
        before = Stamp.of(os.fstat(file.fileno()))
        data = file.read()
        after = Stamp.of(os.fstat(file.fileno()))
    if before != after or len(data) != after.size:
        raise SourceError("changed while it was read")
    return data, after


def content_of(path: Path) -> bytes | None:
    """Return what a file holds; None where there is none that can be read."""
    with contextlib.suppress(OSError, SourceError), open_regular(path) as file:
        return file.read()
    return None


def write_atomically(path: Path, data: bytes, *, like: Path | None = None, read_as: Stamp | None = None) -> None:
    """Write a whole file or none: a temporary file in the same folder takes the place of `path` once it is complete.

    A symbolic link stays one and its target is written. The mode is that of the file that was there, else that of the
    file `like`. `read_as` is the stamp with which the file was read.

    Raises `OSError`, also for a file that may not be written; `SourceError` if the file no longer has its stamp, or if
    the path leads to a device or a pipe, whose place no file may take.
    """
    with replacing(path, like=like, read_as=read_as) as file:
        file.write(data)


@contextlib.contextmanager
def replacing(
    path: Path, *, like: Path | None = None, read_as: Stamp | None = None, unless_same: bool = False
) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes the place of `path` when the block ends, and is gone if the block fails.

    With `unless_same` a file that has the same content already stays. The rest is as with `write_atomically`.
    """
    path = Path(os.path.realpath(path))
    replaced = _status(path)
    if replaced is not None:
        _check_regular(path, replaced.st_mode)
    if replaced is not None and read_as is not None and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    pattern = replaced or (_status(like) if like is not None else None)
    file, temporary = _create(path.parent)
    try:
        with file:
            yield file
            file.flush()
            if unless_same and replaced is not None and _same_files(temporary, path):
                os.unlink(temporary)  # noqa: PTH108 - a name, not a path
                return
            if replaced is not None:
                # A new file can be made again from its source. What is replaced cannot: the new content must have
                # reached the disk before the old one goes.
                os.fsync(file.fileno())
            os.chmod(temporary, _new_file_mode() if pattern is None else stat.S_IMODE(pattern.st_mode))  # noqa: PTH101 - a name, not a path
            _keep_owner(temporary, replaced)
            if sys.platform == "win32":  # an open file cannot be renamed there
                file.close()
            _check_stamp(path, read_as)
            os.replace(temporary, path)  # noqa: PTH105 - a name, not a path
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - a name, not a path
        raise


class Writing(NamedTuple):
    """What is to be written: `old` is what the place holds now, None where there is nothing; the rest is as above."""

    path: Path
    data: bytes
    old: bytes | None
    like: Path | None = None
    read_as: Stamp | None = None


class NotWrittenError(SigtrimError):
    """One of several files that belong together cannot be written, so that none is."""

    def __init__(self, path: Path, cause: OSError | SigtrimError) -> None:
        super().__init__(cause_of(cause))
        self.path = path


def write_together(files: Sequence[Writing]) -> None:
    """Write all of some files, each as `write_atomically` does, or none: all are complete before the first is in place.

    Raises `NotWrittenError` for the one that cannot be written; those that were in place are put back by then.
    """
    if not files:
        return
    one, others = files[0], files[1:]
    in_place = False
    try:
        with replacing(one.path, like=one.like, read_as=one.read_as) as file:
            file.write(one.data)
            write_together(others)
            in_place = True
    except NotWrittenError:
        raise
    except BaseException as error:
        for other in others if in_place else ():
            _put_back(other)
        if isinstance(error, (OSError, SigtrimError)):
            raise NotWrittenError(one.path, error) from error
        raise


def _put_back(one: Writing) -> None:
    with contextlib.suppress(OSError):
        if one.old is None:
            one.path.unlink()
        else:
            write_atomically(one.path, one.old)


def copy_file(source: Path, target: Path) -> bool:
    """Copy a file as it is, with its mode, whole or not at all; tell whether `target` was not the same already.

    Raises `OSError`; `SourceError` if the file changed meanwhile.
    """
    import shutil  # noqa: PLC0415 - only needed where a folder is mirrored

    with open_regular(source) as file:
        before = Stamp.of(os.fstat(file.fileno()))
        if _same(file, before.size, target):
            return False
        file.seek(0)
        with replacing(target, like=source) as copy:
            shutil.copyfileobj(file, copy, _CHUNK_BYTES)
            if Stamp.of(os.fstat(file.fileno())) != before:
                raise SourceError("changed while it was read")
    return True


def back_up(path: Path, suffix: str) -> None:
    """Keep what a file holds beside it, under its name with a suffix; raises `SourceError` if that cannot be."""
    copy = path.with_name(path.name + suffix)
    try:
        copy_file(path, copy)
    except (OSError, SourceError) as error:
        raise SourceError(f"its backup {copy.name} cannot be written: {cause_of(error)}") from error


def prepare_folder(folder: Path, *, make: bool) -> None:
    """Make a folder ready for results: free of what a killed run left, and there, if it may be made."""
    if make:
        folder.mkdir(parents=True, exist_ok=True)
    clean_folder(folder)


def clean_folder(folder: Path) -> int:
    """Remove the temporary files that a killed run left in a folder; return how many.

    A file that another run is writing right now stays: its writer holds a lock on it, which ends with the process.
    """
    removed = 0
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(TEMPORARY_PREFIX) and _TEMPORARY.fullmatch(entry.name) and _remove(entry.path):
                removed += 1
    return removed


def _remove(temporary: str) -> bool:
    if sys.platform == "win32":  # a file that is open in another process cannot be removed there
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - a name, not a path
            return True
        return False
    try:
        handle = os.open(temporary, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(temporary)  # noqa: PTH108 - a name, not a path
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _create(folder: Path) -> tuple[IO[bytes], str]:
    """Make a temporary file, locked for as long as it is open."""
    import tempfile  # noqa: PLC0415 - not needed where the result goes to standard output

    while True:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=TEMPORARY_PREFIX, suffix=_SUFFIX)
        if sys.platform != "win32":
            # Some network file systems have no locks; a run beside this one could take the file for a leftover there.
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink == 0:  # another run took it for a leftover before the lock was there
                os.close(handle)
                continue
        return os.fdopen(handle, "wb"), temporary


def open_regular(path: Path) -> IO[bytes]:
    """Open a file for reading; a pipe, of which opening would wait for its writer, is a `SourceError`."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _check_regular(path, os.fstat(handle).st_mode)
    except (OSError, SourceError):
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def _check_regular(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise SourceError("is not a regular file")


def _same_files(one: str, two: Path) -> bool:
    with open_regular(Path(one)) as file:
        return _same(file, os.fstat(file.fileno()).st_size, two)


def _same(file: IO[bytes], size: int, target: Path) -> bool:
    try:
        with open_regular(target) as other:
            if os.fstat(other.fileno()).st_size != size:
                return False
            while chunk := file.read(_CHUNK_BYTES):
                if other.read(_CHUNK_BYTES) != chunk:
                    return False
            return True
    except (OSError, SourceError):
        return False


def _check_stamp(path: Path, read_as: Stamp | None) -> None:
    if read_as is not None and Stamp.of(path.stat()) != read_as:
        raise SourceError("changed during the run; what is there now is left as it is")


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _new_file_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _keep_owner(temporary: str, replaced: os.stat_result | None) -> None:
    """Give the new file the owner of the old one where that is allowed: an administrator may run this for others."""
    if replaced is None or not hasattr(os, "chown"):
        return
    with contextlib.suppress(OSError):
        os.chown(temporary, replaced.st_uid, replaced.st_gid)
