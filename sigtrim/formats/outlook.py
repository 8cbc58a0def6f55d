"""Classic Outlook's signature folder: `NAME.htm`, `NAME.rtf` and `NAME.txt` are one signature, in three formats.

Outlook sends the one that fits the message, so that all of them must offer the same next step. The pictures of the
HTML lie in a folder beside it, whose name ends in the language of the Office that wrote it. Nothing here reads or
writes files.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from sigtrim.detect.platforms import registry
from sigtrim.formats import rtf
from sigtrim.formats.result import BoundRewriter
from sigtrim.rewriter import Rewriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sigtrim.rewriter import Rewrite

__all__ = ["find_twins", "is_picture_folder", "rewrite_twins", "unused_pictures"]


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_TWINS = (".htm", ".html", ".rtf", ".txt")
# Microsoft Office Resource Kit, as listed by Set-OutlookSignatures: what each language appends to the name.
_FOLDER_ENDS = _words(
    "_archivos _arquivos _bestanden _bylos _datoteke _dosyalar _elemei _failid _fails _fajlovi _ficheiros"
    " _fichiers _file _files _fitxategiak _fitxers _pliki _soubory _tiedostot -dateien -filer .files"
)
_URL = re.compile(r"https?://[^\s<>\"'()]++")
_PROFILE = frozenset(["profile", "share"])


def find_twins(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Group the file names of one folder into signatures: at least two formats of the same name, one of them HTML.

    >>> find_twins(["Ada.htm", "Ada.rtf", "Ada.txt", "notes.txt"])
    {'Ada': ('Ada.htm', 'Ada.rtf', 'Ada.txt')}
    """
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name, not a path
        if suffix.lower() in _TWINS:
            found.setdefault(stem, []).append(name)
    return {
        stem: tuple(twins)
        for stem, twins in found.items()
        if len(twins) > 1 and any(name.lower().endswith((".htm", ".html")) for name in twins)
    }


def is_picture_folder(folder: str, stem: str) -> bool:
    """Tell whether a folder of this name holds the pictures of the signature `stem`.

    >>> is_picture_folder("Ada-Dateien", "Ada"), is_picture_folder("Ada 2_files", "Ada")
    (True, False)
    """
    return folder.startswith(stem) and folder[len(stem) :].lower() in _FOLDER_ENDS


def rewrite_twins(
    rewriter: Rewriter,
    twins: Mapping[str, bytes],
    *,
    fields: Mapping[str, str] | None = None,
    today: date | None = None,
) -> dict[str, Rewrite]:
    """Rewrite the twins of one signature, by file name.

    Each is read for itself first. A platform that one of them lists among several goes from the others too, also
    where it stands alone. Warnings tell what a twin does not list. A twin that cannot be rewritten comes back
    untouched with the reason, the others are rewritten. `fields`, `today` and the errors are those of
    `Rewriter.rewrite`.
    """
    bound = BoundRewriter(rewriter, fields, today)
    first = {name: _rewrite(bound, data, name) for name, data in twins.items()}
    listed = frozenset().union(*(_platforms(rewrite) for rewrite in first.values()))
    return {name: _agree(bound, rewrite, twins[name], listed) for name, rewrite in first.items()}


def unused_pictures(rewrite: Rewrite, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the files `names` in the picture folder that only the removed links of an HTML twin showed."""
    before, after = rewrite.source.text, _output(rewrite)
    return tuple(name for name in names if _shows(before, name) and not _shows(after, name))


def _rewrite(bound: BoundRewriter, data: bytes, name: str) -> Rewrite:
    if rtf.matches(data):
        return rtf.rewrite(replace(bound, rewriter=rtf.with_links(bound.rewriter)), data, name=name)
    kind: Literal["html", "text"] = "text" if name.lower().endswith(".txt") else "html"
    return bound.rewriter.rewrite(data, format=kind, name=name, fields=bound.fields, today=bound.today)


def _agree(bound: BoundRewriter, rewrite: Rewrite, data: bytes, listed: frozenset[str]) -> Rewrite:
    """Take out of a twin what stands alone in it and is listed in another."""
    alone = {kept.platform for kept in rewrite.kept if kept.role in _PROFILE and kept.platform is not None}
    if rewrite.skipped is None and alone & listed:
        old = bound.rewriter
        rules = replace(old.rules, min_platforms=1, keep=old.rules.keep | (alone - listed))
        strict = Rewriter(cta=old.cta, rules=rules, remove_cta=old.remove_cta)
        rewrite = _rewrite(replace(bound, rewriter=strict), data, rewrite.source.name or "")
    missing = sorted(listed - _platforms(rewrite))
    if missing and rewrite.skipped is None:
        told = f"its twins list {', '.join(missing)} too, which is not found here"
        rewrite = replace(rewrite, warnings=(*rewrite.warnings, told))
    return rewrite


def _platforms(rewrite: Rewrite) -> frozenset[str]:
    """Return the platforms that went; one removal of a plain text may be a line of several."""
    found = {removal.platform for removal in rewrite.removals}
    urls = [url for removal in rewrite.removals for url in _URL.findall(removal.text)]
    found |= {match.platform for match in map(registry().match_url, urls) if match is not None}
    return frozenset(platform for platform in found if platform is not None)


def _output(rewrite: Rewrite) -> str:
    output = rewrite.output
    return (
        output if isinstance(output, str) else output.removeprefix(rewrite.source.bom).decode(rewrite.source.encoding)
    )


def _shows(text: str, name: str) -> bool:
    return re.search(rf"/(?:{re.escape(name)}|{re.escape(quote(name))})(?![\w.])", text) is not None
