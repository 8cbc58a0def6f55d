"""The files that signatures live in: each format has a module that unwraps its documents and splices edits back."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Literal, Protocol, cast

from sigtrim.errors import ConfigError, SourceError, check_type
from sigtrim.formats.result import BoundRewriter, DocumentRewriter, FileRewrite
from sigtrim.parse.source import begins_as_page, looks_binary
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sigtrim.rewrite.result import Rewrite
    from sigtrim.rewriter import Rewriter

__all__ = ["FORMATS", "SUFFIXES", "FileRewrite", "rewrite", "rewrite_file", "sniff"]


class _Format(Protocol):
    """What a module of a format offers."""

    def matches(self, data: bytes) -> bool: ...

    def rewrite(self, rewriter: DocumentRewriter, data: bytes, *, name: str | None = None) -> FileRewrite: ...


FORMATS = ("mailsignature", "rtf", "mbox", "eml", "gmail")
"""The formats with a module of their own, of that name; `html` and `text` are the rewriter's."""

SUFFIXES = {".eml": "eml", ".json": "gmail", ".mailsignature": "mailsignature", ".mbox": "mbox", ".rtf": "rtf"}
"""The format that a file name promises, by its suffix in lower case."""

# What begins with a tag is in none of the formats, most documents do, and their modules take a while to load.
_MARKUP = lazy(rb"(?:\xef\xbb\xbf)?\s*<")
_HEAD_BYTES = 4096


def sniff(data: bytes, name: str | os.PathLike[str] | None = None) -> str | None:
    r"""Find out the format of a file: by its content, and where that tells nothing, by its name.

    Returns None for a document that is not wrapped: HTML or text, which the rewriter tells apart in the same way.

    >>> sniff(b"Content-Type: text/html;\n\tcharset=utf-8\nMime-Version: 1.0\n\n<b>Ada</b>", "ada.htm")
    'mailsignature'
    >>> sniff(b"<b>Ada</b>", "ada.htm") is None
    True
    """
    if not _MARKUP.match(data):
        for one in FORMATS:
            if _module(one).matches(data):
                return one
    promised = SUFFIXES.get(os.path.splitext(name)[1].lower()) if name is not None else None  # noqa: PTH122 - a name, not a path
    return None if promised is not None and begins_as_page(data[:_HEAD_BYTES].decode("latin-1")) else promised


def rewrite(  # noqa: PLR0913 - the options of Rewriter.rewrite
    rewriter: Rewriter,
    data: bytes,
    *,
    format: str,  # noqa: A002 - the word that users know
    name: str | os.PathLike[str] | None = None,
    fields: Mapping[str, str] | None = None,
    today: date | None = None,
) -> FileRewrite:
    """Rewrite a file in one of `FORMATS`; all bytes outside the edits stay.

    `fields` and `today` are those of `Rewriter.rewrite`. Raises `ConfigError` for an unknown format, `SourceError` if
    the file is not in the format, or beyond the limits.
    """
    check_type("data", data, bytes)
    if format not in FORMATS:
        raise ConfigError(f"format: {format!r} is not one of {', '.join(FORMATS)}")
    if format != "mbox":  # which may hold any number of messages
        rewriter.limits.check_length(len(data))
    if format == "rtf":
        from sigtrim.formats.rtf import with_links  # noqa: PLC0415 - loaded where a file is RTF

        rewriter = with_links(rewriter)
    called = None if name is None else os.fspath(name)
    return _module(format).rewrite(BoundRewriter(rewriter, fields, today), data, name=called)


def rewrite_file(  # noqa: PLR0913 - the options of Rewriter.rewrite
    rewriter: Rewriter,
    data: bytes,
    *,
    format: str | None = None,  # noqa: A002 - the word that users know
    name: str | os.PathLike[str] | None = None,
    fields: Mapping[str, str] | None = None,
    today: date | None = None,
) -> Rewrite:
    r"""Rewrite a file whatever it holds: `format` is one of `FORMATS`, `html` or `text`, found out if left out.

    All else is as with `rewrite`. Raises `SourceError` also for a file that is no text.

    >>> from sigtrim import Rewriter
    >>> rewrite_file(Rewriter(), rb"{\rtf1 Ada}", name="ada.htm").format
    'rtf'
    """
    check_type("data", data, bytes)
    if format not in (None, "html", "text", *FORMATS):
        raise ConfigError(f"format: {format!r} is not one of html, text, {', '.join(FORMATS)}")
    wrapped = format or sniff(data, name)
    if wrapped not in (None, "html", "text"):
        return rewrite(rewriter, data, format=wrapped, name=name, fields=fields, today=today)
    if looks_binary(data):
        raise SourceError("is binary, not a text")
    document = cast('Literal["html", "text"] | None', wrapped)
    return rewriter.rewrite(data, format=document, name=name, fields=fields, today=today)


def _module(name: str) -> _Format:
    return cast("_Format", import_module(f"sigtrim.formats.{name}"))
