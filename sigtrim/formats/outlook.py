"""Classic Outlook's signature folder: `NAME.htm`, `NAME.rtf` and `NAME.txt` are one signature, in three formats.

Outlook sends the one that fits the message, so that all of them must offer the same next step. The pictures of the
HTML lie in a folder beside it, whose name ends in the language of the Office that wrote it. Nothing here reads or
writes files.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sigtrim.detect.platforms import registry
from sigtrim.errors import SourceError
from sigtrim.formats import rewrite_file
from sigtrim.parse.source import Source
from sigtrim.patterns import lazy
from sigtrim.rewrite.result import Rewrite
from sigtrim.rewriter import Rewriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

__all__ = ["find_twins", "hold_back", "picture_folders", "rewrite_twins"]


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_TWINS = (".htm", ".html", ".rtf", ".txt")
# Microsoft Office Resource Kit, as listed by Set-OutlookSignatures: what each language appends to the name.
_FOLDER_ENDS = _words(
    "_archivos _arquivos _bestanden _bylos _datoteke _dosyalar _elemei _failid _fails _fajlovi _ficheiros"
    " _fichiers _file _files _fitxategiak _fitxers _pliki _soubory _tiedostot -dateien -filer .files"
)
_URL = lazy(r"https?://[^\s<>\"'()]++")
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


def picture_folders(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Find those of a folder's subfolders that hold the pictures of a signature, by its name.

    >>> picture_folders(["Ada-Dateien", "Ada 2_files", "archive"])
    {'Ada': ('Ada-Dateien',), 'Ada 2': ('Ada 2_files',)}
    """
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        end = next((end for end in _FOLDER_ENDS if name.lower().endswith(end)), None)
        if end is not None and len(name) > len(end):
            stem = name[: -len(end)]
            found[stem] = (*found.get(stem, ()), name)
    return found


def rewrite_twins(
    rewriter: Rewriter,
    twins: Mapping[str, bytes],
    *,
    fields: Mapping[str, str] | None = None,
    today: date | None = None,
) -> dict[str, Rewrite]:
    """Rewrite the twins of one signature, by file name or path.

    Each is read for itself first. A platform that one of them lists among several goes from the others too, also
    where it stands alone. Warnings tell what a twin does not list. If a twin cannot be rewritten, all of them come back
    untouched with the reason. `fields` and `today` are those of `Rewriter.rewrite`. Raises `ConfigError` as it does.
    """
    run = partial(_rewrite, fields=fields, today=today)
    first = {name: run(rewriter, data, name) for name, data in twins.items()}
    listed = frozenset().union(*(_platforms(rewrite) for rewrite in first.values()))
    done = {name: _agree(rewriter, run, rewrite, twins[name], listed) for name, rewrite in first.items()}
    failed = next((name for name, rewrite in done.items() if rewrite.skipped is not None), None)
    return done if failed is None else hold_back(done, twins, failed, done[failed].skipped or "")


def hold_back(done: Mapping[str, Rewrite], twins: Mapping[str, bytes], failed: str, reason: str) -> dict[str, Rewrite]:
    """Undo the rewrites of one signature, of which the twin `failed` stays as it is for a reason of its own.

    A signature that offers one thing in HTML and another one in plain text is worse than one that waits.
    """
    told = f"its twin {os.path.basename(failed)} stays as it is: {reason}"  # noqa: PTH119 - a name or a path, as it comes
    return {
        name: replace(_untouched(rewrite.source, twins[name], told), kept=rewrite.kept, format=rewrite.format)
        if rewrite.changed
        else rewrite
        for name, rewrite in done.items()
    }


def _rewrite(
    rewriter: Rewriter, data: bytes, name: str, *, fields: Mapping[str, str] | None, today: date | None
) -> Rewrite:
    try:
        return rewrite_file(rewriter, data, name=name, fields=fields, today=today)
    except SourceError as error:
        return _untouched(Source(data.decode("latin-1"), "latin-1", b"", name), data, str(error))


def _untouched(source: Source, data: bytes, reason: str) -> Rewrite:
    return Rewrite(source, data, skipped=reason)


def _agree(
    old: Rewriter, run: Callable[[Rewriter, bytes, str], Rewrite], rewrite: Rewrite, data: bytes, listed: frozenset[str]
) -> Rewrite:
    """Take out of a twin what stands alone in it and is listed in another."""
    alone = {kept.platform for kept in rewrite.kept if kept.role in _PROFILE and kept.platform is not None}
    if rewrite.skipped is None and alone & listed:
        rules = replace(old.rules, min_platforms=1, keep=old.rules.keep | (alone - listed))
        strict = Rewriter(cta=old.cta, rules=rules, limits=old.limits, remove_cta=old.remove_cta)
        rewrite = run(strict, data, rewrite.source.name or "")
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
