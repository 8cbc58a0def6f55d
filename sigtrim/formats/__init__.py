"""The files that signatures live in: each format has a module that unwraps its documents and splices edits back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from sigtrim.errors import ConfigError
from sigtrim.formats import eml, gmail, mailsignature, mbox, rtf
from sigtrim.formats.result import BoundRewriter, DocumentRewriter, FileRewrite

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sigtrim.rewriter import Rewriter

__all__ = ["FORMATS", "SUFFIXES", "FileRewrite", "rewrite", "sniff"]


class _Format(Protocol):
    """What a module of a format offers."""

    FORMAT: str

    def matches(self, data: bytes) -> bool: ...

    def rewrite(self, rewriter: DocumentRewriter, data: bytes, *, name: str | None = None) -> FileRewrite: ...


_MODULES: dict[str, _Format] = {module.FORMAT: module for module in (mailsignature, rtf, mbox, eml, gmail)}

FORMATS = tuple(_MODULES)
"""The formats with a module of their own; `html` and `text` are the rewriter's."""

SUFFIXES = {".eml": eml.FORMAT, ".mailsignature": mailsignature.FORMAT, ".mbox": mbox.FORMAT, ".rtf": rtf.FORMAT}
"""The format that a file name promises, by its suffix in lower case."""


def sniff(data: bytes, name: str | None = None) -> str | None:
    r"""Find out the format of a file: by its content, and where that tells nothing, by its name.

    Returns None for a document that is not wrapped: HTML or text, which the rewriter tells apart.

    >>> sniff(b"Content-Type: text/html;\n\tcharset=utf-8\nMime-Version: 1.0\n\n<b>Ada</b>")
    'mailsignature'
    >>> sniff(b"<b>Ada</b>", "ada.htm") is None
    True
    """
    for module in _MODULES.values():
        if module.matches(data):
            return module.FORMAT
    return SUFFIXES.get(os.path.splitext(name)[1].lower()) if name is not None else None  # noqa: PTH122 - a name, not a path


def rewrite(  # noqa: PLR0913 - the options of Rewriter.rewrite
    rewriter: Rewriter,
    data: bytes,
    *,
    format: str,  # noqa: A002 - the word that users know
    name: str | None = None,
    fields: Mapping[str, str] | None = None,
    today: date | None = None,
) -> FileRewrite:
    """Rewrite a file in one of `FORMATS`; all bytes outside the edits stay.

    `fields` and `today` are those of `Rewriter.rewrite`. Raises `ConfigError` for an unknown format, `SourceError` if
    the file is not in the format.
    """
    if format not in _MODULES:
        raise ConfigError(f"format: {format!r} is not one of {', '.join(FORMATS)}")
    base = rtf.with_links(rewriter) if format == rtf.FORMAT else rewriter
    return _MODULES[format].rewrite(BoundRewriter(base, fields, today), data, name=name)
