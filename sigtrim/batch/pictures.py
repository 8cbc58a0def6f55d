"""The pictures of Outlook's signatures on the disk: which of them no file shows any more, and their deletion."""

from __future__ import annotations

import contextlib
import os
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sigtrim.batch.writing import TEMPORARY_PREFIX, content_of
from sigtrim.formats.outlook import picture_folders
from sigtrim.formats.pictures import FILE_LIST, is_picture, is_shown, named_in, owner, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Pictures"]

_FOLDERS = 8
# What is larger than any signature is not read: it could name every picture.
_LARGEST = 64_000_000


@dataclass(frozen=True, slots=True)
class _Folder:
    """What a folder holds: the picture folders of each signature, and which of its files show what.

    `showing` has the files by picture folder and picture; `unclear` those of which only the picture is certain, with
    what stands before its name. If a file cannot be read, it could show anything: `is_open` tells that.
    """

    pictures: Mapping[str, tuple[str, ...]]
    showing: Mapping[tuple[str, str], set[str]]
    unclear: Mapping[str, list[tuple[str, str]]]
    is_open: bool

    def shows(self, name: str, picture: str, own: set[str]) -> bool:
        """Tell whether a file that is none of a signature's `own` shows a picture of the picture folder `name`."""
        key = (plain(name), plain(picture))
        if self.is_open or not self.showing.get(key, own) <= own:
            return True
        return any(
            is_shown({key[1]: {before}}, picture, name)
            for file, before in self.unclear.get(key[1], ())
            if file not in own
        )


@dataclass(slots=True)
class Pictures:
    """Finds and deletes pictures; what it has read of the last folders is kept.

    A rewrite takes names of pictures out of files and never brings any in: what was read before it keeps too much
    rather than too little.
    """

    _folders: OrderedDict[Path, _Folder] = field(default_factory=OrderedDict)

    def unused(self, page: Path, files: Mapping[Path, tuple[bytes, bytes]]) -> tuple[str, ...]:
        """Return the pictures that no file shows once the files of a signature have changed, named from beside them.

        `page` is the HTML of the signature; `files` gives for each of its files what it held and what it holds then.
        A picture counts that the signature showed before, or that Word lists as its own. Other files are those beside
        the signature and those in the picture folder.
        """
        folder = self._folder(page.parent)
        unused: list[str] = []
        for name in folder.pictures.get(page.stem, ()):
            unused += (f"{name}/{picture}" for picture in self._of(page.parent, folder, name, files))
        return tuple(unused)

    def delete(self, folder: Path, names: Iterable[str]) -> tuple[str, ...]:
        """Delete pictures; return those that are gone."""
        gone = []
        for name in names:
            with contextlib.suppress(OSError):
                (folder / name).unlink()
                gone.append(name)
        return tuple(gone)

    def _folder(self, path: Path) -> _Folder:
        if path not in self._folders:
            self._folders[path] = _read(path)
            if len(self._folders) > _FOLDERS:
                self._folders.popitem(last=False)
        return self._folders[path]

    def _of(self, beside: Path, folder: _Folder, name: str, files: Mapping[Path, tuple[bytes, bytes]]) -> list[str]:
        before = [named_in(data) for data, _ in files.values()]
        after = [named_in(data) for _, data in files.values()]
        own = {path.name for path in files}
        inside = _inside(beside / name)
        if inside is None:
            return []
        pictures, others = inside
        listed = others.pop(FILE_LIST, {})
        return [
            picture
            for picture in pictures
            if (is_shown(listed, picture) or any(is_shown(named, picture, name) for named in before))
            and not any(is_shown(named, picture, name) for named in after)
            and not any(is_shown(named, picture) for named in others.values())
            and not folder.shows(name, picture, own)
        ]


def _read(path: Path) -> _Folder:
    """Look at a folder; only where it has picture folders its files are read."""
    files: list[str] = []
    folders: list[str] = []
    with contextlib.suppress(OSError), os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif not entry.name.startswith(TEMPORARY_PREFIX):
                files.append(entry.name)
    pictures = picture_folders(sorted(folders))
    known = {plain(name) for names in pictures.values() for name in names}
    showing: dict[tuple[str, str], set[str]] = {}
    unclear: dict[str, list[tuple[str, str]]] = {}
    is_open = False
    for name in files if pictures else ():
        named = _named(path / name)
        is_open = is_open or named is None
        for picture, folder in ((one, before) for one, found in (named or {}).items() for before in found):
            if owner(folder) in known:
                showing.setdefault((owner(folder), picture), set()).add(name)
            else:
                unclear.setdefault(picture, []).append((name, folder))
    return _Folder(pictures, showing, unclear, is_open)


def _inside(folder: Path) -> tuple[list[str], dict[str, Mapping[str, set[str]]]] | None:
    """Return the pictures of a picture folder, and what its other files name; None if one cannot be read."""
    pictures: list[str] = []
    others: dict[str, Mapping[str, set[str]]] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if is_picture(entry.name):
                    if entry.is_file(follow_symlinks=False):
                        pictures.append(entry.name)
                elif not entry.is_dir(follow_symlinks=False):
                    named = _named(Path(entry.path))
                    if named is None:
                        return None
                    others[entry.name.lower()] = named
    except OSError:
        return None
    return sorted(pictures), others


def _named(path: Path) -> Mapping[str, set[str]] | None:
    if is_picture(path.name):
        return {}
    try:
        if path.stat().st_size > _LARGEST:
            return None
    except OSError:
        return None
    data = content_of(path)
    return None if data is None else named_in(data)
