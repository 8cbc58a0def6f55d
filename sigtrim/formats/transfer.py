"""Content-Transfer-Encodings of mail (RFC 2045, section 6): decoding a body, and splicing edits into it.

All strings here stand for bytes, one character a byte (Latin-1), so that offsets are those of the file. Edits of
the decoded body become edits of the encoded one; what lies outside of them keeps its bytes, soft line breaks too.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

from sigtrim.errors import SourceError
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import Edit, apply, deleted

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["LINE_LIMIT", "cover", "decode", "join_edits", "splice"]

LINE_LIMIT = 76
"""RFC 2045, section 6.7 rule 5 and section 6.8: an encoded line is no longer than this, a closing `=` included."""

_IDENTITY = frozenset(["7bit", "8bit", "binary"])
_ESCAPE = lazy(r"=(?:[0-9A-Fa-f]{2}|\r?\n|\Z)")
_SOFT_BREAK = lazy(r"=\r?\n")
_BASE64 = lazy(r"[A-Za-z0-9+/\s]*+(?:=\s*+){0,2}\Z")
_BLANK = lazy(r"\s++")
_QUOTED_PAIR = lazy(r"=[0-9A-Fa-f]{2}\Z")


def decode(body: str, encoding: str) -> str:
    r"""Decode a body; `encoding` is `7bit`, `8bit`, `binary`, `quoted-printable` or `base64`.

    Raises `SourceError` if the encoding is unknown or the body does not keep to it.

    >>> decode("caf=C3=A9 =\nnoir", "quoted-printable")
    'cafÃ© noir'
    """
    if encoding in _IDENTITY:
        return body
    if encoding == "quoted-printable":
        decoded = _ESCAPE.sub(_unescape, body)
        # Readers differ over a stray "=": where the two do, an edit could change what one of them shows.
        if decoded.encode("latin-1") != binascii.a2b_qp(body.encode("latin-1")):
            raise SourceError("the quoted-printable body is malformed")
        return decoded
    if encoding == "base64":
        return _decode_base64(body)
    raise SourceError(f"the transfer encoding {encoding!r} is unknown")


def splice(body: str, encoding: str, decoded: str, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    r"""Turn edits of the decoded body into edits of the encoded one, sorted and apart from each other.

    In quoted-printable a soft break is put in only where an edit would make a line too long, and white space that an
    edit leaves before a line end is encoded. In base64 all is written anew from the first changed group on.

    >>> body = "keep this=\n and cut this"
    >>> apply(body, splice(body, "quoted-printable", "keep this and cut this", [Edit.deletion(Span(13, 22))]))
    'keep this=\n and'
    """
    joined = join_edits(edits)
    if encoding in _IDENTITY:
        return joined
    if encoding == "base64":
        return _splice_base64(body, decoded, joined)
    return tuple(_splice_quoted(body, joined))


def cover(body: str, encoding: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return for each span of the decoded body the span of the encoded one that holds it."""
    if encoding in _IDENTITY:
        return tuple(spans)
    if encoding == "base64":
        places = _base64_places(
            body, [place for span in spans for place in (span.start // 3 * 4, -(-span.end // 3) * 4)]
        )
        return tuple(Span(places[span.start // 3 * 4], places[-(-span.end // 3) * 4]) for span in spans)
    units = _units(body, [place for span in spans for place in (span.start, max(span.start, span.end - 1))])
    return tuple(
        Span(units[span.start].start, units[max(span.start, span.end - 1)].end)
        if span.start < span.end
        else Span(units[span.start].start, units[span.start].start)
        for span in spans
    )


def join_edits(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Join edits into replacements that stand apart: each holds all that comes in where its span goes.

    >>> join_edits([Edit.deletion(Span(2, 4)), Edit.insertion(3, "x"), Edit.deletion(Span(4, 6))])
    (Edit(span=Span(start=2, end=6), content='x'),)
    """
    edits = tuple(edits)
    joined: list[Edit] = []
    insertions = sorted((edit for edit in edits if edit.content), key=lambda edit: edit.span.start)
    spans = sorted(
        [*deleted(edits), *(Span(edit.span.start, edit.span.start) for edit in insertions)],
        key=lambda span: (span.start, span.end),
    )
    at = 0
    for span in _union(spans):
        content = ""
        while at < len(insertions) and insertions[at].span.start <= span.end:
            content += insertions[at].content
            at += 1
        joined.append(Edit(span, content))
    return tuple(joined)


def _union(spans: Iterable[Span]) -> Iterator[Span]:
    last: Span | None = None
    for span in spans:
        if last is not None and span.start <= last.end:
            last = Span(last.start, max(last.end, span.end))
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[0][1:], 16)) if _QUOTED_PAIR.match(match[0]) else ""


def _units(body: str, offsets: Iterable[int]) -> dict[int, Span]:
    """Return the spans of the encoded units of decoded characters, by their offsets; that of the end is empty."""
    found: dict[int, Span] = {}
    wanted = sorted(set(offsets))
    at = count = position = 0
    for match in _ESCAPE.finditer(body):
        literal = match.start() - position
        while at < len(wanted) and wanted[at] < count + literal:
            place = position + wanted[at] - count
            found[wanted[at]] = Span(place, place + 1)
            at += 1
        count += literal
        position = match.end()
        if _QUOTED_PAIR.match(match[0]):
            if at < len(wanted) and wanted[at] == count:
                found[count] = Span(match.start(), match.end())
                at += 1
            count += 1
        if at == len(wanted):
            return found
    for offset in wanted[at:]:
        place = position + offset - count
        found[offset] = Span(place, min(place + 1, len(body)))
    return found


def _splice_quoted(body: str, edits: Sequence[Edit]) -> Iterator[Edit]:
    units = _units(
        body,
        [place for edit in edits for place in (edit.span.start - 1, edit.span.start, edit.span.end - 1) if place >= 0],
    )
    spans = [_place(body, edit, units) for edit in edits]
    column = position = 0
    for index, (edit, span) in enumerate(zip(edits, spans, strict=True)):
        column = _column(body, position, span.start, column)
        stop = spans[index + 1].start if index + 1 < len(spans) else len(body)
        start, made, column = _quote(body, span, edit.content, column, (position, stop))
        if made or start < span.end:
            yield Edit(Span(start, span.end), made)
        position = span.end


def _place(body: str, edit: Edit, units: dict[int, Span]) -> Span:
    """Return the encoded span of an edit, without the soft breaks on both sides as far as lines stay filled."""
    if edit.span.start == edit.span.end:
        place = units[edit.span.start - 1].end if edit.span.start else 0
        return Span(place, place)
    start, end = units[edit.span.start].start, units[edit.span.end - 1].end
    if not edit.content and (start == 0 or body[start - 1] == "\n"):
        soft = _SOFT_BREAK.match(body, end)
        end = soft.end() if soft is not None else end
    return Span(start, end)


def _column(text: str, start: int, end: int, column: int) -> int:
    """Return the column at `end`, if that at `start` is `column`."""
    newline = text.rfind("\n", start, end)
    return column + end - start if newline < 0 else end - newline - 1


def _quote(body: str, span: Span, content: str, column: int, bounds: tuple[int, int]) -> tuple[int, str, int]:
    """Write one edit: where it starts, the encoded content with the soft breaks that it needs, the column behind it.

    `column` is that of the start of `span` in the output; `bounds` are where the edit before ends and the next one
    starts.
    """
    newline = _newline(body, span.end)
    first, stop = bounds
    line_end = body.find("\n", span.end, stop)
    is_last = line_end >= 0 or stop == len(body)
    line_end = stop if line_end < 0 else line_end - (body[line_end - 1] == "\r" and line_end > span.end)
    rest = line_end - span.end
    pieces: list[str] = []
    start = span.start
    hard_end = is_last and rest == 0
    units = _encode(content, newline, hard_end=hard_end)
    if not content and hard_end and start > first and body[start - 1] in " \t":
        start -= 1
        units = [f"={ord(body[start]):02X}"]
        column -= 1
    elif column == LINE_LIMIT and start > first and (units or rest):
        # A full line has no room for the "=" of a soft break: its last unit moves down as well.
        pair = _QUOTED_PAIR.search(body, max(first, start - 3), start)
        start = pair.start() if pair is not None else start - 1
        units = [body[start : span.start], *units]
        column -= span.start - start
    for unit in units:
        if unit == newline:
            column = 0
        elif column and column + len(unit) > LINE_LIMIT - 1:
            pieces.append(f"={newline}")
            column = len(unit)
        else:
            column += len(unit)
        pieces.append(unit)
    if rest and column and column + rest > (LINE_LIMIT if is_last else LINE_LIMIT - 1):
        pieces.append(f"={newline}")
        column = 0
    return start, "".join(pieces), column


def _encode(content: str, newline: str, *, hard_end: bool) -> list[str]:
    """Encode content unit by unit; a line end in it is a hard one, and no white space stands before such a one."""
    units: list[str] = []
    text = content.replace("\r\n", "\n")
    for at, character in enumerate(text):
        if character == "\n":
            units.append(newline)
        elif character in " \t":
            following = text[at + 1] if at + 1 < len(text) else "\n" if hard_end else ""
            units.append(f"={ord(character):02X}" if following == "\n" else character)
        elif "!" <= character <= "~" and character != "=":
            units.append(character)
        else:
            units.append(f"={ord(character):02X}")
    return units


def _newline(body: str, offset: int) -> str:
    at = body.find("\n", offset)
    if at < 0:
        at = body.rfind("\n")
    return "\r\n" if at > 0 and body[at - 1] == "\r" else "\n"


def _decode_base64(body: str) -> str:
    if not _BASE64.match(body):
        raise SourceError("the base64 body is malformed")
    try:
        return binascii.a2b_base64(body.encode("latin-1")).decode("latin-1")
    except binascii.Error as error:
        raise SourceError(f"the base64 body is malformed: {error}") from error


def _base64_places(body: str, offsets: Iterable[int]) -> dict[int, int]:
    """Return where the base64 characters with these numbers stand, white space not counted."""
    found: dict[int, int] = {}
    wanted = sorted(set(offsets))
    at = count = position = 0
    for start, end in [*((match.start(), match.end()) for match in _BLANK.finditer(body)), (len(body), len(body))]:
        while at < len(wanted) and wanted[at] < count + start - position:
            found[wanted[at]] = position + wanted[at] - count
            at += 1
        count += start - position
        position = end
    for offset in wanted[at:]:
        found[offset] = len(body.rstrip())
    return found


def _splice_base64(body: str, decoded: str, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    if not edits:
        return ()
    group = edits[0].span.start // 3
    start = _base64_places(body, [group * 4])[group * 4]
    end = len(body.rstrip())
    lines = body.split()
    width = max(map(len, lines[:2])) if len(lines) > 1 else LINE_LIMIT
    tail = apply(decoded, edits)[group * 3 :]
    encoded = binascii.b2a_base64(tail.encode("latin-1"), newline=False).decode("ascii")
    newline = _newline(body, 0)
    room = max(width - _column(body, 0, start, 0), 0)
    rows = [encoded[:room]] if room else []
    rows += [encoded[at : at + width] for at in range(room, len(encoded), width)]
    content = newline.join(rows)
    if not room and start and body[start - 1] != "\n":
        content = newline + content
    return (Edit(Span(start, end), content),) if content or start < end else ()
