"""Many files: what to read, where each result goes, and writing that never leaves half a file."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sigtrim.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["FORMATS", "Plan", "Problem", "Task", "copy_file", "plan_tasks", "write_atomically"]

# The suffixes by which a folder's documents are known, in lower case. A format with a module of its own in
# `sigtrim.formats` gets its line here; every other file of a folder is a companion, such as an image.
FORMATS: dict[str, Literal["html", "text"]] = {
    ".htm": "html",
    ".html": "html",
    ".txt": "text",
}


@dataclass(frozen=True, slots=True)
class Task:
    """One file to go through.

    `target` is where the result goes, None where nothing is written. `format` is None where only the content can
    tell. A file that is no `document` is copied as it is.
    """

    source: Path
    target: Path | None
    format: Literal["html", "text"] | None
    document: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """A place below a folder that cannot be gone through, and why."""

    path: Path
    cause: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All tasks of a run, the folders to make for their targets, and what had to be left out."""

    tasks: tuple[Task, ...]
    folders: tuple[Path, ...]
    problems: tuple[Problem, ...]


def plan_tasks(paths: Sequence[Path], *, output: Path | None = None, mirror: bool = False) -> Plan:
    """Decide for every input file where its result goes, before anything is written.

    A path that is named is a document whatever its suffix; below a folder the documents are known by `FORMATS`. With
    `output` and one folder its tree is mirrored there, the other files too; with several paths each goes into the
    folder `output` under its own name. A single file goes to the file `output`, or into it with `mirror` or where it
    is a folder. Without `output` nothing has a target and other files have no task. Symbolic links to folders are not
    followed.

    Raises `ConfigError` if two results would go to one place, or a result to the place of an input.
    """
    tasks: list[Task] = []
    folders: list[Path] = []
    problems: list[Problem] = []
    into_folder = mirror or len(paths) > 1 or (output is not None and output.is_dir())
    for path in paths:
        if path.is_dir():
            target = output / _own_name(path) if output is not None and len(paths) > 1 else output
            if output is not None and output.exists() and not output.is_dir():
                raise ConfigError(f"{output}: is a file, the results of a folder need a folder")
            if output is not None and _same_place(path, output):
                raise ConfigError(f"{output}: is the input itself, --write rewrites in place")
            for folder, names in _walk(path, output, problems):
                place = None if target is None else target / folder.relative_to(path)
                if place is not None:
                    folders.append(place)
                tasks.extend(
                    Task(
                        folder / name, None if place is None else place / name, _format(name), _format(name) is not None
                    )
                    for name in names
                    if place is not None or _format(name) is not None
                )
        else:
            target = output / path.name if output is not None and into_folder else output
            if target is not None:
                folders.append(target.parent)
            tasks.append(Task(path, target, _format(path.name), document=True))
    _refuse_clashes(tasks)
    return Plan(tuple(tasks), tuple(dict.fromkeys(folders)), tuple(problems))


def write_atomically(path: Path, data: bytes, *, like: Path | None = None) -> None:
    """Write a whole file or none: a temporary file in the same folder takes the place of `path` once it is complete.

    A symbolic link stays one and its target is written. The mode is that of the file that was there, else that of the
    file `like`. Raises `OSError`.
    """
    import tempfile  # noqa: PLC0415 - not needed where the result goes to standard output

    path = Path(os.path.realpath(path))
    replaced = _status(path)
    pattern = replaced or (_status(like) if like is not None else None)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".sigtrim-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _new_file_mode() if pattern is None else stat.S_IMODE(pattern.st_mode))  # noqa: PTH101 - a name, not a path
        _keep_owner(temporary, replaced)
        os.replace(temporary, path)  # noqa: PTH105 - as above
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - as above
        raise


def copy_file(source: Path, target: Path) -> None:
    """Copy a file as it is, with its mode, whole or not at all. Raises `OSError`."""
    write_atomically(target, source.read_bytes(), like=source)


def _walk(top: Path, output: Path | None, problems: list[Problem]) -> Iterator[tuple[Path, list[str]]]:
    """Yield each folder below `top` with its files in sorted order, leaving out the folder of the results."""

    def note(error: OSError) -> None:
        problems.append(Problem(Path(error.filename), error.strerror or str(error)))

    for name, subfolders, files in os.walk(top, onerror=note):
        folder = Path(name)
        subfolders.sort()
        for subfolder in subfolders[:]:
            place = folder / subfolder
            if place.is_symlink():
                problems.append(Problem(place, "a symbolic link to a folder is not followed"))
                subfolders.remove(subfolder)
            elif output is not None and _same_place(place, output):
                subfolders.remove(subfolder)
        regular = []
        for file in sorted(files):
            status = _status(folder / file)
            if status is None:
                problems.append(Problem(folder / file, "a symbolic link that leads nowhere"))
            elif not stat.S_ISREG(status.st_mode):
                problems.append(Problem(folder / file, "not a regular file"))
            else:
                regular.append(file)
        yield folder, regular


def _refuse_clashes(tasks: Sequence[Task]) -> None:
    sources = {os.path.realpath(task.source) for task in tasks}
    taken: dict[str, Path] = {}
    for task in tasks:
        if task.target is None:
            continue
        place = os.path.realpath(task.target)
        if place in sources:
            raise ConfigError(f"{task.target}: is an input too, --write rewrites in place")
        if place in taken:
            raise ConfigError(f"{task.target}: the results of {taken[place]} and {task.source} would both go there")
        taken[place] = task.source


def _format(name: str) -> Literal["html", "text"] | None:
    return FORMATS.get(os.path.splitext(name)[1].lower())  # noqa: PTH122 - a name, not a path


def _own_name(folder: Path) -> str:
    """Return the name of a folder, also for `.` and `..`."""
    return folder.name if folder.name not in {"", ".."} else Path(os.path.realpath(folder)).name


def _same_place(one: Path, two: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(two)


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
