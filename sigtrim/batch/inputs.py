"""What a run reads and where each result goes: files, folders and what in them counts."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.errors import ConfigError
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

__all__ = ["SUFFIXES", "TABLES", "Inputs", "Problem", "Skip", "Task", "glob_pattern"]

# The suffixes by which a folder's documents are known, in lower case; every other file of a folder is a companion, such
# as an image.
SUFFIXES = frozenset([".eml", ".htm", ".html", ".json", ".mailsignature", ".mbox", ".rtf", ".txt"])
# The same for tables; what is in their columns has a format of its own.
TABLES = frozenset([".csv", ".tsv", ".tab", ".jsonl", ".ndjson"])
# JSON is written by many programs: a file that is found in a folder is a document only if its content is one.
_BY_CONTENT = frozenset([".json"])


class Task(NamedTuple):
    """One file to go through.

    `name` is the path below the folder that was named, with slashes, else the file's own name. `target` is where the
    result goes, None where nothing is written or the file is rewritten in place. A file that is no `document` is copied
    as it is, and so is one that is not `certain` to be a document if its content tells that it is none. `signature` is
    the same for the files that are one signature in several formats: the path without the suffix; None for any other.
    """

    source: Path
    name: str
    target: Path | None
    document: bool
    certain: bool = True
    signature: Path | None = None


class Skip(NamedTuple):
    """A file or folder that is left out on purpose, and why; `reason` is the same for all of a kind."""

    path: Path
    reason: str


class Problem(NamedTuple):
    """A file or folder that cannot be gone through, and why."""

    path: Path
    cause: str


class Inputs(NamedTuple):
    """The paths of a run and the rules by which files are found in folders and results get their places.

    A path that is named is a document whatever its suffix. Below a folder the documents are those that match
    `include`, else those with one of the `suffixes`; what matches `exclude` and what is hidden (a name with a leading
    dot) is not there at all. Symbolic links to folders, and to files outside the folder, are not followed.

    With `output` and one folder its tree is mirrored there, the other files too; with several paths each goes into the
    folder `output` under its own name. A single file goes to the file `output`, or into it with `mirror` or where it
    is a folder. Without `output` nothing has a target and other files have no task. With `backup`, a suffix, files
    that a run in place has left beside the documents are no documents. With `twins` the files of one folder that have
    the same name and are one signature are told by their `signature` and follow each other.

    A pattern without a slash matches names at any depth, one with a slash paths below the folder that was named; `*`
    and `?` match within a name, `**` any number of folders.
    """

    paths: tuple[Path, ...]
    output: Path | None = None
    mirror: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    in_place: bool = False
    backup: str | None = None
    suffixes: AbstractSet[str] = SUFFIXES
    twins: bool = True

    def check(self) -> None:
        """Raise `ConfigError` if two results would go to one place, or a result to the place of an input."""
        for pattern in (*self.include, *self.exclude):
            glob_pattern(pattern)
        if self.output is None:
            self._check_backups()
            return
        sources = {os.path.realpath(path): path for path in self.paths}
        targets: dict[str, Path] = {}
        for path, target in self._targets():
            if _is_folder(path):
                _check_folder(path, self.output)
            place = os.path.realpath(target)
            if place in sources:
                raise ConfigError(f"{target}: is an input too, --write rewrites in place")
            if place in targets:
                raise ConfigError(f"{target}: the results of {targets[place]} and {path} would both go there")
            targets[place] = path
        for place, path in sources.items():
            for outer in Path(place).parents:
                # An input below a tree of results: does that tree's own input have a file that goes onto it?
                tree = targets.get(str(outer))
                if tree is not None and _exists(tree / Path(place).relative_to(outer)):
                    raise ConfigError(f"{path}: is an input too, --write rewrites in place")

    def _check_backups(self) -> None:
        if not self.in_place or not self.backup:
            return
        named = {os.path.realpath(path) for path in self.paths}
        for path in self.paths:
            copy = path.with_name(path.name + self.backup)
            if os.path.realpath(copy) in named:
                raise ConfigError(f"{copy}: is an input, and where the backup of {path} would go")

    def uses(self, path: Path) -> bool:
        """Tell whether a file that is written beside the results is an input or the place of one."""
        place = Path(os.path.realpath(path))
        for root, target in self._roots():
            top = Path(os.path.realpath(root))
            if place == top:
                return True
            if target is None:
                if place.is_relative_to(top) and _exists(place) and self._is_document(place.name, place.name):
                    return True
                continue
            tree = Path(os.path.realpath(target))
            if place == tree or (place.is_relative_to(tree) and _exists(top / place.relative_to(tree))):
                return True
            inside = place.is_relative_to(top) and not place.is_relative_to(os.path.realpath(self.output or target))
            if inside and _exists(place):
                return True
        return False

    def scan(self, visit: Callable[[Path], None] | None = None) -> Iterator[Task | Skip | Problem]:
        """Yield what there is to do, folder by folder, sorted; what is found is not held in memory.

        `visit` is called with each folder that results go to before the first of them; an `OSError` that it raises
        makes the folder a problem.
        """
        visited: set[str] = set()
        own = {os.path.realpath(path) for path in self.paths} if self.output is None else set()
        done: set[str] = set()
        for path, target, signature in self._named():
            place = os.path.realpath(path)
            if self.output is None:
                if place in done:
                    continue
                done.add(place)
            if _is_folder(path):
                yield from self._walk(path, target, own - {place}, visit)
                continue
            folder = path.parent if self.in_place else target.parent if target is not None else None
            if visit is not None and folder is not None and str(folder) not in visited:
                visited.add(str(folder))
                try:
                    visit(folder)
                except OSError as error:
                    yield Problem(folder, error.strerror or str(error))
                    continue
            yield Task(path, path.name, target, document=True, signature=signature)

    def _targets(self) -> Iterator[tuple[Path, Path]]:
        return ((path, target) for path, target in self._roots() if target is not None)

    def _roots(self) -> Iterator[tuple[Path, Path | None]]:
        """Yield each path with the place of its results."""
        output = self.output
        into_folder = self.mirror or len(self.paths) > 1 or (output is not None and _is_folder(output))
        for path in self.paths:
            if output is None:
                yield path, None
            elif _is_folder(path):
                yield path, output / _own_name(path) if len(self.paths) > 1 else output
            else:
                yield path, output / path.name if into_folder else output

    def _named(self) -> Iterator[tuple[Path, Path | None, Path | None]]:
        """Yield each path with the place of its results and its signature, one signature after the other."""
        roots = list(self._roots())
        names: dict[Path, list[str]] = {}
        for path, _ in roots:
            if not _is_folder(path):
                names.setdefault(path.parent, []).append(path.name)
        signatures = {
            folder / name: folder / stem
            for folder, found in names.items()
            for name, stem in (self._stems(found) if len(found) > 1 else {}).items()
        }
        together: dict[Path, list[tuple[Path, Path | None]]] = {}
        for path, target in roots:
            together.setdefault(signatures.get(path, path), []).append((path, target))
        for group in together.values():
            for path, target in group:
                yield path, target, signatures.get(path)

    def _stems(self, names: Iterable[str]) -> dict[str, str]:
        """Return for the names that are one signature with others of a folder what they have in common."""
        if not self.twins:
            return {}
        from sigtrim.formats.outlook import find_twins  # noqa: PLC0415 - start-up time

        return {name: stem for stem, twins in find_twins(names).items() for name in twins}

    def _walk(
        self, top: Path, output: Path | None, own: set[str], visit: Callable[[Path], None] | None
    ) -> Iterator[Task | Skip | Problem]:
        real_top = os.path.realpath(top)
        # What is gone through on its own, or is no input at all.
        apart = own if self.output is None else {os.path.realpath(self.output)}
        folders = [""]
        while folders:
            below = folders.pop()
            target = None if output is None else output / below
            written = top / below if self.in_place else target
            try:
                files, subfolders = self._list(top, below)
            except OSError as error:
                yield Problem(top / below, error.strerror or str(error))
                continue
            try:
                if visit is not None and written is not None:
                    visit(written)
            except OSError as error:
                yield Problem(written or top, error.strerror or str(error))
                continue
            stems = self._stems(name for name, _ in files if self._is_document(name, f"{below}{name}"))
            for name, regular in _side_by_side(files, stems):
                if apart and os.path.join(real_top, below, name) in apart:  # noqa: PTH118 - for each file of a large tree
                    continue
                path = top / below / name
                reason = "" if regular else self._judge(path, f"{below}{name}", real_top)
                document = self._is_document(name, f"{below}{name}")
                if document and not reason and self._is_backup(path):
                    reason = "a backup of the file beside it"
                if reason:
                    yield Skip(path, reason)
                elif reason is not None and (document or target is not None):
                    place = None if target is None else target / name
                    stem = stems.get(name)
                    signature = None if stem is None else top / below / stem
                    certain = bool(self.include) or _suffix(name) not in _BY_CONTENT
                    yield Task(path, f"{below}{name}", place, document, certain, signature)
            places = ((name, os.path.join(real_top, below, name)) for name in reversed(subfolders))  # noqa: PTH118 - as above
            folders.extend(f"{below}{name}/" for name, place in places if place not in apart)

    def _list(self, top: Path, below: str) -> tuple[list[tuple[str, bool]], list[str]]:
        """Return the names in a folder, sorted: files, with whether they are regular ones, and folders."""
        excluded = [glob_pattern(pattern) for pattern in self.exclude]
        files: list[tuple[str, bool]] = []
        folders: list[str] = []
        with os.scandir(top / below) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(".") or any(pattern.fullmatch(f"{below}{name}") for pattern in excluded):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(name)
                else:
                    files.append((name, entry.is_file(follow_symlinks=False)))
        return sorted(files), sorted(folders)

    def _is_backup(self, path: Path) -> bool:
        if not self.backup or not path.name.endswith(self.backup):
            return False
        return _exists(path.with_name(path.name.removesuffix(self.backup) or path.name))

    def _judge(self, path: Path, name: str, real_top: str) -> str | None:
        """Tell why a link or a special file is left out: "" if it is not, None if it is no matter."""
        wanted = self.output is not None or self._is_document(path.name, name)
        if not os.path.islink(path):  # noqa: PTH114 - as in _is_folder
            return "not a regular file" if wanted else None
        try:
            mode = path.stat().st_mode
        except (OSError, RuntimeError):
            return "a symbolic link that leads nowhere"
        if stat.S_ISDIR(mode):
            return "a symbolic link to a folder"
        if not wanted:
            return None
        if not stat.S_ISREG(mode):
            return "not a regular file"
        if not os.path.realpath(path).startswith(real_top.rstrip(os.sep) + os.sep):
            return "a symbolic link out of the folder"
        return "a symbolic link to another file of the folder" if self.in_place else ""

    def _is_document(self, name: str, path: str) -> bool:
        if self.include:
            return any(glob_pattern(pattern).fullmatch(path) for pattern in self.include)
        return _suffix(name) in self.suffixes


def _side_by_side(files: list[tuple[str, bool]], stems: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield the files of a folder in their order, but those of one signature after the first of them."""
    if not stems:
        yield from files
        return
    together: dict[str, list[tuple[str, bool]]] = {}
    for file in files:
        if file[0] in stems:
            together.setdefault(stems[file[0]], []).append(file)
    for file in files:
        if file[0] in stems:
            yield from together.pop(stems[file[0]], ())
        else:
            yield file


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - is_dir() raises where a folder may not be entered


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - as above


def _check_folder(folder: Path, output: Path) -> None:
    if _exists(output) and not _is_folder(output):
        raise ConfigError(f"{output}: is a file, the results of a folder need a folder")
    if os.path.realpath(folder) == os.path.realpath(output):
        raise ConfigError(f"{output}: is the input itself, --write rewrites in place")


_SPECIAL = lazy(r"[\\\[&~|]|(?<=-)-")
_GLOBS: dict[str, re.Pattern[str]] = {}


def glob_pattern(pattern: str) -> re.Pattern[str]:
    """Translate a pattern of file names into a regular expression for paths with slashes.

    Raises `ConfigError` if it is none.

    >>> [bool(glob_pattern(glob).fullmatch("berlin/jane.htm")) for glob in ("*.htm", "/*.htm", "ber*/*")]
    [True, False, True]
    >>> bool(glob_pattern("team/**/a?.[ht]*").fullmatch("team/x/y/a1.htm"))
    True
    """
    if pattern not in _GLOBS:
        anchored = "/" in pattern.rstrip("/")
        parts = []
        for part in pattern.strip("/").split("/"):
            if part == "**":
                parts.append("(?:[^/]+/)*")
            else:
                parts.append(_translate(part) + "/")
        body = "".join(parts).removesuffix("/")
        # A trailing `**` means all that is below.
        body = f"{body}.+" if pattern.endswith("/**") else body
        try:
            _GLOBS[pattern] = re.compile(body if anchored else f"(?:.*/)?{body}", re.DOTALL)
        except re.error as error:
            raise ConfigError(f"{pattern!r} is no pattern of file names: {error.msg}") from error
    return _GLOBS[pattern]


def _translate(part: str) -> str:
    """Translate one name of a pattern as `fnmatch` does, but `*` and `?` stop at a slash."""
    out = []
    at = 0
    while at < len(part):
        character = part[at]
        at += 1
        if character == "*":
            out.append("[^/]*")
        elif character == "?":
            out.append("[^/]")
        elif character == "[" and (end := part.find("]", at + 1 + (part[at : at + 1] == "!"))) > 0:
            inside = _SPECIAL.sub(r"\\\g<0>", part[at:end])
            out.append(f"[{'^' + inside[1:] if inside.startswith('!') else inside}]")
            at = end + 1
        else:
            out.append(re.escape(character))
    return "".join(out)


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 - a name, not a path


def _own_name(folder: Path) -> str:
    """Return the name of a folder, also for `.` and `..`."""
    return folder.name if folder.name not in {"", ".."} else Path(os.path.realpath(folder)).name
