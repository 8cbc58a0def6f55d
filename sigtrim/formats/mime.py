"""The structure of MIME messages (RFC 2045, RFC 2046) with offsets, and their text bodies as editable parts.

Texts here stand for bytes, one character a byte, so that offsets are those of the file.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sigtrim.errors import SourceError, VerificationError
from sigtrim.formats import transfer
from sigtrim.parse.source import Source, Span
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import Edit, apply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Entity", "TextPart", "header_end", "is_header", "leaves", "parse", "read_text"]

_FIELD = lazy(r"[!-9;-~]{1,80}[ \t]*:")
_LINE_END = lazy(r"\r?\n")
_BARE_LINE_END = lazy(r"(?<!\r)\n")
_HEADER_END = lazy(r"\n\r?\n")
# The parameters of a field are read in a time that grows with the square of their number.
_LONGEST_FIELD = 16_384
# Codecs that Python calls text encodings and that no mail is in: they take quadratic time, or warn.
_NO_CHARSETS = frozenset(["idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"])
# What writers nest is a handful of levels; each level is read once more, so that depth is bounded.
_DEPTH = 24


@dataclass(frozen=True, slots=True)
class Entity:
    """A message or a body part: where it stands, and what its header says of it.

    `charset` and `disposition` are None where the header is silent; `transfer` is the transfer encoding. Everything
    is in lower case.
    """

    span: Span
    body: Span
    content_type: str
    charset: str | None
    transfer: str
    disposition: str | None
    children: tuple[Entity, ...] = ()


def is_header(text: str) -> bool:
    """Tell whether a text begins with a header field (RFC 5322, section 2.2)."""
    return _FIELD.match(text) is not None


def header_end(text: str, start: int, end: int) -> int:
    """Return where the body begins: behind the first blank line, at `end` if there is none."""
    if text.startswith(("\n", "\r\n"), start):
        return text.index("\n", start) + 1
    match = _HEADER_END.search(text, start, end)
    return match.end() if match is not None else end


def parse(text: str, start: int = 0, end: int | None = None, *, depth: int = 0) -> Entity:
    """Read the entity in `text[start:end]`, and the parts that it is made of.

    Messages inside a message are not opened. Raises `SourceError` if parts are nested too deeply, or if a header has a
    line that is no field.
    """
    from email.parser import HeaderParser  # noqa: PLC0415 - only needed where a file is a message

    end = len(text) if end is None else end
    body = header_end(text, start, end)
    header = HeaderParser().parsestr(text[start:body])
    if header.get_payload():
        # Some readers begin the body here, others behind the blank line: an edit could be right for one of them only.
        raise SourceError("the header of the message is malformed: a line in it is no field")
    for field in ("content-type", "content-disposition"):
        if len(header.get(field, "")) > _LONGEST_FIELD:
            raise SourceError(f"the header of the message is malformed: its {field} has no end")
    content_type = header.get_content_type()
    children: tuple[Entity, ...] = ()
    boundary = header.get_boundary()
    if content_type.startswith("multipart/") and boundary:
        if depth == _DEPTH:
            raise SourceError("the parts of the message are nested too deeply")
        children = tuple(
            parse(text, part.start, part.end, depth=depth + 1) for part in _split(text, body, end, boundary)
        )
    charset = header.get_content_charset()
    return Entity(
        Span(start, end),
        Span(body, end),
        content_type,
        charset if isinstance(charset, str) else None,
        str(header.get("content-transfer-encoding", "7bit")).partition(";")[0].strip().lower() or "7bit",
        header.get_content_disposition(),
        children,
    )


def leaves(entity: Entity) -> Iterator[Entity]:
    """Yield the parts that hold no further parts, in the order of the file."""
    if not entity.children:
        yield entity
    for child in entity.children:
        yield from leaves(child)


def _split(text: str, start: int, end: int, boundary: str) -> Iterator[Span]:
    """Yield the parts between the delimiters; the line end before a delimiter belongs to it (RFC 2046, 5.1.1)."""
    delimiter = re.compile(rf"(?:(?<=\n)|(?<![\s\S]))--{re.escape(boundary)}(--)?[ \t]*+(?:\r?\n|\Z)")
    opened: int | None = None
    for match in delimiter.finditer(text, start, end):
        if opened is not None:
            stop = match.start()
            stop -= 1 if stop > opened and text[stop - 1] == "\n" else 0
            stop -= 1 if stop > opened and text[stop - 1] == "\r" else 0
            yield Span(opened, max(stop, opened))
        opened = match.end()
        if match[1]:
            return
    if opened is not None:
        yield Span(opened, end)


@dataclass(frozen=True, slots=True)
class TextPart:
    """The text of an entity, decoded twice: from its transfer encoding, then from its charset.

    Attributes:
        text: the document.
        encoding: the Python codec of its charset.
        warnings: that the header names a charset in which the bytes are not.

    """

    text: str
    encoding: str
    warnings: tuple[str, ...]
    file: str
    span: Span
    transfer: str
    decoded: str

    def splice(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Turn edits of the document into edits of the file, and check that the file then decodes to the result."""
        has_both = "\r\n" in self.text and _BARE_LINE_END.search(self.text)
        if not has_both:
            newline = "\r\n" if "\r\n" in self.text else "\n"
            edits = [Edit(edit.span, _LINE_END.sub(newline, edit.content)) for edit in edits]
        joined = transfer.join_edits(edits)
        places = self._places([place for edit in joined for place in (edit.span.start, edit.span.end)])
        try:
            in_bytes = [
                Edit(
                    Span(places[edit.span.start], places[edit.span.end]),
                    edit.content.encode(self.encoding).decode("latin-1"),
                )
                for edit in joined
            ]
        except UnicodeEncodeError as error:
            raise VerificationError(f"{error.object[error.start]!a} cannot be written in {self.encoding}") from error
        body = self.file[self.span.start : self.span.end]
        made = transfer.splice(body, self.transfer, self.decoded, in_bytes)
        result = transfer.decode(apply(body, made), self.transfer).encode("latin-1").decode(self.encoding, "replace")
        if result != apply(self.text, edits):
            raise VerificationError("the edited part does not decode to what it should")
        at = self.span.start
        return tuple(Edit(Span(edit.span.start + at, edit.span.end + at), edit.content) for edit in made)

    def cover(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Return the span in the file of each span of the document."""
        places = self._places([place for span in spans for place in (span.start, span.end)])
        in_bytes = [Span(places[span.start], places[span.end]) for span in spans]
        body = self.file[self.span.start : self.span.end]
        at = self.span.start
        return tuple(Span(span.start + at, span.end + at) for span in transfer.cover(body, self.transfer, in_bytes))

    def _places(self, offsets: Iterable[int]) -> dict[int, int]:
        """Return the offset in bytes of each offset in code points."""
        places: dict[int, int] = {}
        at = count = 0
        for offset in sorted({*offsets, len(self.text)}):
            count += len(self.text[at:offset].encode(self.encoding))
            places[offset] = count
            at = offset
        if count != len(self.decoded):
            # Such as ISO-2022-JP, where an edit between two escape sequences would change what stands behind it.
            raise VerificationError(f"the text cannot be cut here in {self.encoding}")
        return places


def read_text(file: str, entity: Entity) -> TextPart:
    """Decode the body of an entity.

    Where the bytes do not fit the charset of the header, the one that they do fit is found out as for a file. Raises
    `SourceError` if the transfer encoding is unknown or the body does not keep to it.
    """
    body = file[entity.body.start : entity.body.end]
    decoded = transfer.decode(body, entity.transfer)
    data = decoded.encode("latin-1")
    text, encoding = _decode(data, entity.charset)
    warnings: tuple[str, ...] = ()
    if text is None:
        found = Source.from_bytes(data)
        # A mark at the start of a part is a character of it: offsets count from its first byte.
        text, encoding = (found.text, found.encoding) if not found.bom else (decoded, "latin-1")
        if entity.charset is not None:
            warnings = (f"the text is not in {entity.charset}, which its header names; read as {encoding}",)
    return TextPart(text, encoding, warnings, file, entity.body, entity.transfer, decoded)


def _decode(data: bytes, charset: str | None) -> tuple[str | None, str]:
    # RFC 2045, section 5.2: without a charset it is US-ASCII.
    try:
        encoding = codecs.lookup(charset or "us-ascii").name
        if encoding in _NO_CHARSETS:
            return None, ""
        text = data.decode(encoding)
        if isinstance(text, str) and text.encode(encoding) == data:
            return text, encoding
    except (LookupError, ValueError):
        pass
    return None, ""
