"""Cut a row of a link list around what stays in it: contact data, one's own host, a sentence that asks for nothing."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from sigtrim.detect.caption_prose import asks
from sigtrim.detect.caption_rows import piece_of
from sigtrim.parse.caption import split_sentences
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sigtrim.detect.caption_rows import Row

__all__ = ["find_contacts", "pieces_of"]

_MAIL = r"(?<![\w.+@-])[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,60})+"
# A number that is dialled: with the prefix of a country or of all other places, or in the groups of North America.
_PHONE = (
    r"(?<![\w.@/#:-])(?!\d\d?[./-]\d\d?[./-]\d|\d{16})(?:\(?\+\d|\(?0\d|\(\d{3}\)|\d{3}[-. ]\d{3}[-. ](?=\d{4}))"
    r"(?=(?:[ ().\-/]{0,2}\d){5})[\d ().\-/]{4,18}\d(?![\w@])"
)
# Quick screens: what each phone number holds, and each host.
_DIGITS = lazy(r"\d(?:[ ().\-/]{0,2}\d){5}")
_DOT = lazy(r"\.[A-Za-z]{2}")
_CONTACT = lazy(rf"{_MAIL}|{_PHONE}")
_HOST = lazy(r"(?<![\w.@/#-])(?:[a-z0-9-]{2,60}\.)+[a-z]{2,10}(?![\w@-]|\.\w)", re.IGNORECASE)
# A link is blanked by line ends.
_SEPARATOR = lazy(r"[^\S\n]*(?:[|•·●▪‖¦;][^\S\n]*)+|,[^\S\n]+|[^\S\n]+[-–—/](?:[^\S\n]+|(?=\n))|\n+")
_STATEMENT_END = (".", "。")
_EXCLAIMED = ("!", "！")
_EXCLAIMED_WORDS = 2  # in front of a handle: "Lake day! IG: @ada"
_STATEMENT_WORDS = 4
_STATEMENT_LETTERS = 8  # in a script without spaces


def pieces_of(row: Row) -> list[Row]:
    """Divide a row of a list into the pieces that may go: the row itself where nothing in it has to stay."""
    stays = find_contacts(row)
    if any(mark in row.bare for mark in _STATEMENT_END + _EXCLAIMED):
        stays = sorted((*stays, *_statements(row)))
    if not stays:
        return [row]
    start, end = row.line.start, row.line.end
    pieces = []
    position = start
    for first, last in (*stays, (end, end)):
        stop = first
        if start < position and first < end:
            # Between two that stay their separator stays as well.
            marks = (one for one in _SEPARATOR.finditer(row.whole, position, first) if one[0][0] != "\n")
            stop = max((one.start() for one in marks), default=first)
        while start < position < stop == first < end and row.whole[position] in " \t":
            position += 1  # of the blanks on both sides one is left
        if stop > position:
            pieces.append(piece_of(row, position, stop))
        position = max(position, last)
    return pieces or [row]


def _statements(row: Row) -> Iterator[tuple[int, int]]:
    """Find the sentences that hold no link and no name of a platform, and ask for nothing."""
    for start, end in split_sentences(row.whole, row.line.start, row.line.end, breaks=row.breaks):
        text = row.whole[start:end].rstrip()
        if (
            text.endswith(_STATEMENT_END + _EXCLAIMED)
            and not text.endswith("..")
            and _says_something(row, text, start)
            and "\n" not in text
            and not row.labels_between(start, end)
            and not any(start <= one.start < end for one in row.handles)
            and not asks(row.kinds(start, end))
        ):
            yield start + len(text) - len(text.lstrip()), start + len(text)


def _says_something(row: Row, text: str, start: int) -> bool:
    """Tell whether a sentence is long enough, and no label: "We met at six!", not "Donations are welcome! <link>"."""
    end = start + len(text)
    words = len(row.words_between(start, end))
    if text.endswith(_EXCLAIMED):
        link = next((one.link.start for one in row.links if one.link.start >= end), None)
        if link is not None and not row.words_between(end, link):
            return False
        if not row.links:
            return words >= _EXCLAIMED_WORDS
    return words >= _STATEMENT_WORDS or (row.unspaced and len(text) >= _STATEMENT_LETTERS)


def find_contacts(row: Row) -> list[tuple[int, int]]:
    """Find the parts of a row, between two separators, that hold an e-mail address, a phone number or a host."""
    if "@" not in row.bare and _DIGITS.search(row.bare) is None and _DOT.search(row.bare) is None:
        return []
    found: list[tuple[int, int]] = []
    text = row.whole
    start = row.line.start
    is_beside_link = False
    for separator in (*_SEPARATOR.finditer(text, start, row.line.end), None):
        end, after = (row.line.end, row.line.end) if separator is None else separator.span()
        leads_to_link = end < after and text[end] == "\n"
        contacts = [match.span() for match in _CONTACT.finditer(text, start, end)]
        if contacts:
            first, last = contacts[0][0], contacts[-1][1]
            before = bisect_left(row.handles, first, key=lambda handle: handle.start)
            start = max(start, row.handles[before - 1].end if before else start)
            while text[start] in " \t":
                start += 1
            found.append((start, last if leads_to_link or row.labels_between(last, end) else end))
        elif not leads_to_link and not is_beside_link and _is_host(row, start, end):
            found.append((start, end))
        start, is_beside_link = after, leads_to_link
    return found


def _is_host(row: Row, start: int, end: int) -> bool:
    """Tell whether a part of a row shows a host and names no platform."""
    shows = _HOST.search(row.whole, start, end) is not None
    return shows and not row.labels_between(start, end) and not asks(row.kinds(start, end))
