"""A mailbox, `.mbox` (RFC 4155): each message is rewritten as an `.eml` is, all separators stay.

A message that cannot be rewritten stays as it is, a warning names it, and the others are rewritten.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sigtrim.errors import SourceError, VerificationError
from sigtrim.formats import eml, mime
from sigtrim.formats.result import DocumentRewriter, FileRewrite, Part, assemble, untouched
from sigtrim.parse.source import Source, Span
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import apply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from sigtrim.rewrite.result import Rewrite

__all__ = ["FORMAT", "matches", "rewrite", "rewrite_stream"]

FORMAT = "mbox"

# RFC 4155, appendix A: a separator begins a file, or follows a blank line; it ends in a date.
_SEPARATOR = lazy(r"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\d{4}[^\n]*\n")
_FIRST = lazy(rb"From [^\n]*\d{4}[^\n]*\n")
# Python's mailbox module and some mail programs take any such line for a separator.
_LOOSE_SEPARATOR = lazy(r"^From ", re.MULTILINE)
_LENGTH = lazy(r"^Content-Length[ \t]*:", re.MULTILINE | re.IGNORECASE)


def matches(data: bytes) -> bool:
    r"""Tell whether a file is a mailbox: a separator, and a message behind it.

    >>> matches(b"From ada@example.com Mon Jan  1 10:00:00 2024\nMIME-Version: 1.0\n\nHello\n")
    True
    """
    match = _FIRST.match(data)
    return match is not None and eml.matches(data[match.end() : match.end() + 65536])


def rewrite(rewriter: DocumentRewriter, data: bytes, *, name: str | None = None) -> FileRewrite:
    """Rewrite the sender's signature in each message of a mailbox.

    Raises `SourceError` if the file is no mailbox.
    """
    return _rewrite(rewriter, data, name, messages=0, lines=0)


def rewrite_stream(rewriter: DocumentRewriter, source: BinaryIO, target: BinaryIO) -> Iterator[FileRewrite]:
    """Rewrite a mailbox message by message, with no more than one of them in memory.

    Yields what became of each message, once it is written; a message that cannot be rewritten is copied as it is.
    """
    lines = 0
    for messages, data in enumerate(_chunks(source)):
        try:
            result = _rewrite(rewriter, data, None, messages=messages, lines=lines)
        except SourceError as error:
            text = Source(data.decode("latin-1"), "latin-1", b"", None)
            result = untouched(text, data, format=FORMAT, reason=str(error))
        target.write(result.output if isinstance(result.output, bytes) else data)
        lines += data.count(b"\n")
        yield result


def _rewrite(rewriter: DocumentRewriter, data: bytes, name: str | None, *, messages: int, lines: int) -> FileRewrite:
    """Rewrite a mailbox, or a stretch of one that begins with a message; so many messages and lines stand before it."""
    source = Source(data.decode("latin-1"), "latin-1", b"", name)
    text = source.text
    if _SEPARATOR.match(text) is None:
        raise SourceError("is no mailbox: it does not begin with a separator line")
    done: list[tuple[Part, Rewrite]] = []
    notes: list[str] = []
    warnings: list[str] = []
    for number, span in enumerate(_messages(text), messages + 1):
        try:
            parts, told = _rewrite_message(rewriter, source, span)
        except (SourceError, VerificationError) as error:
            line = lines + source.line_column(span.start)[0]
            notes.append(f"message {number} (line {line}) stays as it is: {error}")
        else:
            done += parts
            warnings += [f"message {number}: {one}" for one in told]
    result = assemble(source, data, done, format=FORMAT, warnings=warnings)
    if _separators(apply(text, result.splices)) != _separators(text):
        return untouched(source, data, format=FORMAT, reason="the edited mailbox would have other messages")
    return replace(result, warnings=(*result.warnings, *notes))


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    """Yield each message with its separator."""
    lines: list[bytes] = []
    is_blank = True
    for line in source:
        if is_blank and lines and _FIRST.match(line):
            yield b"".join(lines)
            lines = []
        lines.append(line)
        is_blank = line in (b"\n", b"\r\n")
    if lines:
        yield b"".join(lines)


def _messages(text: str) -> Iterator[Span]:
    """Yield where each message stands, without its separator and the blank line that ends it."""
    start: int | None = None
    for match in _SEPARATOR.finditer(text):
        if start is not None:
            yield Span(start, max(start, match.start() - 1))
        start = match.end()
    if start is not None:
        yield Span(start, len(text))


def _separators(text: str) -> tuple[int, int]:
    """Count what readers take for separators, by the strict rule and by the loose one."""
    return len(_SEPARATOR.findall(text)), len(_LOOSE_SEPARATOR.findall(text))


def _rewrite_message(
    rewriter: DocumentRewriter, source: Source, span: Span
) -> tuple[list[tuple[Part, Rewrite]], list[str]]:
    """Rewrite one message. Raises `SourceError` or `VerificationError` with the reason if it has to stay."""
    rewriter.limits.check_length(span.end - span.start)
    entity = mime.parse(source.text, span.start, span.end)
    done = eml.rewrite_entity(rewriter, source.text, entity)
    reason = eml.refusal(source.text, entity, done) or next(
        (rewrite.skipped for _, rewrite in done if rewrite.skipped is not None), None
    )
    if reason is not None:
        raise VerificationError(reason)
    splices = [edit for part, rewrite in done if rewrite.changed for edit in part.splice(rewrite.edits)]
    eml.check_structure(source.text, entity, splices)
    if _separators(eml.edited(source.text, entity, splices)) != _separators(source.text[span.start : span.end]):
        raise VerificationError("the edited mailbox would have other messages")
    warnings = list(eml.header_warnings(source.text, entity)) if splices else []
    if splices and _LENGTH.search(source.text, entity.span.start, entity.body.start):
        warnings.append("its Content-Length is not that of the changed text")
    return done, warnings
