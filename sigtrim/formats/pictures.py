"""Which pictures of its folder a signature shows: file names found in documents, however they are written there.

Word numbers its pictures in every signature from 1 on, so that a name alone tells nothing: the folder before it does.
Where the two could be meant, they are: what is read here decides which files are deleted.
"""

from __future__ import annotations

import html
import os
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sigtrim.parse.source import Source
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

__all__ = ["FILE_LIST", "is_picture", "is_shown", "named_in", "owner", "plain"]

FILE_LIST = "filelist.xml"
"""Word's list of all files that it wrote for a signature (`<link rel=File-List>`), shown or not."""

_SUFFIXES = (
    "bmp",
    "emf",
    "emz",
    "gif",
    "jfif",
    "jpe",
    "jpeg",
    "jpg",
    "png",
    "svg",
    "tif",
    "tiff",
    "webp",
    "wmf",
    "wmz",
)
_NAME_END = lazy(rf"\.(?:{'|'.join(_SUFFIXES)})(?![\w-])")
# A character that is no ASCII is written in many ways; in all of them it is left out here.
_RTF_CHARACTER = lazy(r"\\'[0-9A-Fa-f]{2}|\\u-?[0-9]{1,6} ?\??")
_NOT_ASCII = lazy(r"[^\x00-\x7f]+")
_SLASHES = lazy(r"[\\/]+")
_GAP = lazy(r"\s+")
_BEFORE_FOLDER = lazy(r".*[\"'(=>]", re.DOTALL)
_BEFORE_NAME = lazy(r".*[\"'(=\s>]", re.DOTALL)
# Windows allows 255 characters in the name of a folder, and as many in that of a file.
_REACH = 512
_ANY = "*"


def is_picture(name: str) -> bool:
    """Tell by its name whether a file is a picture, of those that Word and mail programs write.

    >>> is_picture("image001.png"), is_picture("filelist.xml")
    (True, False)
    """
    return os.path.splitext(name)[1][1:].lower() in _SUFFIXES  # noqa: PTH122 - a name, not a path


def named_in(data: bytes) -> dict[str, set[str]]:
    """Return the picture files that a document names, each with what stands before its name: the end is the folder.

    >>> named_in(b'<img src="Ada%20B-Dateien/image001.png">')
    {'image001.png': {'<img src="ada b-dateien'}}
    """
    text = plain(Source.from_bytes(data).text)
    has_base = "<base" in text
    found: dict[str, set[str]] = {}
    for match in _NAME_END.finditer(text):
        before, _, name = text[max(0, match.start() - _REACH) : match.end()].rpartition("/")
        folder = _ANY if has_base else before.rpartition("/")[2]
        for one in (name, _BEFORE_NAME.sub("", name)):
            found.setdefault(one, set()).add(folder)
    return found


def is_shown(named: Mapping[str, AbstractSet[str]], name: str, folder: str | None = None) -> bool:
    """Tell whether a document names a picture, that of a `folder` if one is given.

    >>> named = named_in(b'<img src="Ada_files/image001.png">')
    >>> is_shown(named, "image001.png", "Ada_files"), is_shown(named, "image001.png", "Bob_files")
    (True, False)
    """
    folders = named.get(plain(name), frozenset())
    if folder is None:
        return bool(folders)
    end = plain(folder)
    return any(one == _ANY or one.endswith(end) for one in folders)


def owner(before: str) -> str:
    """Return the folder that stands before a picture's name in an attribute, as far as that is certain.

    >>> owner('<img src="ada b-dateien')
    'ada b-dateien'
    """
    return _BEFORE_FOLDER.sub("", before)


def plain(text: str) -> str:
    r"""Bring a text into the one form in which names are compared.

    >>> plain("J&uuml;rgen%20B-Dateien"), plain(r"J\'fcrgen B-Dateien")
    ('jrgen b-dateien', 'jrgen b-dateien')
    """
    text = unquote(_RTF_CHARACTER.sub("", html.unescape(text)), errors="replace")
    text = _NOT_ASCII.sub("", unicodedata.normalize("NFC", text))
    return _GAP.sub(" ", _SLASHES.sub("/", text)).lower()
