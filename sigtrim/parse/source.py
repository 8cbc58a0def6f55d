"""Bytes to text and back without loss: encoding, byte order mark, line ends, places; and whether a text is HTML."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from sigtrim.errors import SourceError
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Format", "Source", "Span", "begins_as_page", "looks_binary", "sniff"]

Format = Literal["html", "text"]

# The UTF-32 marks come first: the one of UTF-32-LE begins with that of UTF-16-LE.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Browsers look for a declaration in the first 1,024 bytes; the header that Word writes is often longer.
_DECLARATION_BYTES = 4096
_DECLARED = lazy(
    rb"""<meta\b[^>]{0,512}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})"""
    rb"""|<\?xml\b[^>]{0,256}?\bencoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})["']""",
    re.IGNORECASE,
)

# WHATWG Encoding, section 4.2: labels whose meaning on the web is another one than in Python's codecs,
# or that Python does not know.
_WEB_LABELS = {
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso88591": "cp1252",
    "l1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "x-cp1252": "cp1252",
    "iso-8859-9": "cp1254",
    "iso8859-9": "cp1254",
    "latin5": "cp1254",
    "x-cp1254": "cp1254",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "dos-874": "cp874",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "logical": "iso8859-8",
    "visual": "iso8859-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf-16": "utf-8",  # a declaration that can be read as ASCII is not in UTF-16
    "utf-16be": "utf-8",
    "utf-16le": "utf-8",
    "x-user-defined": "cp1252",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "chinese": "gbk",
    "csgb2312": "gbk",
    "gb2312": "gbk",
    "gb_2312-80": "gbk",
    "iso-ir-58": "gbk",
    "x-gbk": "gbk",
    "csshiftjis": "cp932",
    "ms_kanji": "cp932",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "x-sjis": "cp932",
    "x-euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "korean": "cp949",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "windows-949": "cp949",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
}
# The encodings of the web, by the names of Python's codecs. Python knows more (utf-7, punycode, unicode_escape,
# idna); markup that names one of those must not choose it.
_WEB_CODECS = frozenset(
    ["big5hkscs", "cp866", "cp874", "cp932", "cp949", "euc_jp", "gb18030", "gbk", "iso2022_jp", "koi8-r", "koi8-u"]
    + ["mac-cyrillic", "mac-roman", "utf-8"]
    + [f"cp{number}" for number in range(1250, 1259)]
    + [f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)]
)

# Enough of the text to tell UTF-16 by where its NUL bytes stand.
_SAMPLE_BYTES = 4096
_CONTROLS = frozenset(map(chr, range(0x20))) - frozenset("\t\n\f\r")
_LINE_END = lazy(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A range of code points in the decoded text, half-open: `start` belongs to it, `end` does not.

    >>> text = "Follow us: facebook"
    >>> label = Span(0, 10)
    >>> text[label.start : label.end]
    'Follow us:'
    """

    start: int
    end: int

    def contains(self, other: Span) -> bool:
        """Tell whether all of `other` lies inside.

        >>> Span(2, 8).contains(Span(2, 5)), Span(2, 8).contains(Span(7, 9))
        (True, False)
        """
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two have at least one code point in common.

        >>> Span(2, 8).overlaps(Span(7, 9)), Span(2, 8).overlaps(Span(8, 9))
        (True, False)
        """
        return max(self.start, other.start) < min(self.end, other.end)

    def touches(self, other: Span) -> bool:
        """Tell whether the two overlap or stand side by side.

        >>> Span(2, 8).touches(Span(8, 9)), Span(2, 8).touches(Span(9, 9))
        (True, False)
        """
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Source:
    r"""A document as text, with all that is needed to give back its bytes.

    `encoding` is the name of a Python codec, `bom` the byte order mark that stood before the text (it is no part of
    `text`), `name` what messages call the document. No line end is translated.

    >>> data = b"\xef\xbb\xbfcaf\xc3\xa9\r\n"
    >>> source = Source.from_bytes(data, name="cafe.html")
    >>> source.text, source.encoding
    ('café\r\n', 'utf-8')
    >>> source.to_bytes() == data
    True
    """

    text: str = field(repr=False)
    encoding: str
    bom: bytes
    name: str | None
    _line_starts: tuple[int, ...] | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def from_bytes(cls, data: bytes, *, name: str | None = None) -> Source:
        r"""Decode `data` with the first encoding that gives the same bytes back.

        Asked in this order: the byte order mark, strict UTF-8, UTF-16 without a mark where NUL bytes make it obvious,
        the encoding that the markup declares (its label read as a browser reads it, WHATWG Encoding section 4.2),
        the guess of Beautiful Soup, Latin-1. Never raises: Latin-1 fits every byte string.

        >>> Source.from_bytes(b'<meta charset="latin1">\x93quoted\x94').text
        '<meta charset="latin1">“quoted”'
        """
        for bom, encoding in _BOMS:
            if data.startswith(bom):
                text = _decode(data[len(bom) :], encoding)
                if text is not None:
                    return cls(text, encoding, bom, name)
        for encoding in _candidates(data):
            text = _decode(data, encoding)
            if text is not None:
                return cls(text, encoding, b"", name)
        return cls(data.decode("latin-1"), "latin-1", b"", name)

    @classmethod
    def from_text(cls, text: str, *, name: str | None = None) -> Source:
        r"""Take text as it is; its bytes are UTF-8.

        >>> Source.from_text("a\r\nb").to_bytes()
        b'a\r\nb'
        """
        return cls(text, "utf-8", b"", name)

    def to_bytes(self) -> bytes:
        """Give back the bytes that the document was made of."""
        return self.encode(self.text)

    def encode(self, text: str) -> bytes:
        r"""Encode another text, such as the rewritten one, in the encoding of this document, with its mark.

        Raises `SourceError` if the encoding has no place for a character of `text`.

        >>> Source.from_bytes(b'<meta charset="iso-8859-1">\xe9').encode("\u2019")
        b'\x92'
        """
        try:
            return self.bom + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            character = ascii(text[error.start])
            raise SourceError(f"{character} cannot be written in {self.encoding}") from error

    def line_column(self, offset: int) -> tuple[int, int]:
        r"""Give the line and the column of an offset, both from 1; the column counts code points.

        A line ends with ``\n``, ``\r\n`` or ``\r``. The first call reads the text once, each further one takes
        logarithmic time.

        >>> Source.from_text("a\r\nbc").line_column(4)
        (2, 2)
        """
        starts = self._line_starts
        if starts is None:
            starts = _line_starts(self.text)
            object.__setattr__(self, "_line_starts", starts)
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1


def _line_starts(text: str) -> tuple[int, ...]:
    """Return where the lines of a text start."""
    if "\r" not in text or text.count("\r") == text.count("\r\n"):  # no line ends with a carriage return alone
        starts = [0, *accumulate([len(line) + 1 for line in text.split("\n")])]
        return tuple(starts[:-1])
    return (0, *[match.end() for match in _LINE_END.finditer(text)])


def looks_binary(data: bytes) -> bool:
    r"""Tell whether `data` is no text: it holds NUL characters once it is decoded.

    >>> looks_binary(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), looks_binary("é".encode("utf-16"))
    (True, False)
    """
    return b"\0" in data and "\0" in Source.from_bytes(data).text


def _decode(data: bytes, encoding: str) -> str | None:
    """Decode strictly; None if that fails or if the way back gives other bytes."""
    try:
        text = data.decode(encoding)
        if text.encode(encoding) == data:
            return text
    except (LookupError, UnicodeError):
        pass
    return None


def _candidates(data: bytes) -> Iterator[str]:
    """Yield the encodings to try for bytes without a byte order mark, the likeliest first."""
    wide = _wide_encoding(data)
    if wide is not None:
        yield wide
    declared = _declared_encoding(data)
    if declared == "iso2022_jp" and b"\x1b" in data:
        # All its bytes are ASCII, so it passes for UTF-8, and the second half of a character passes for a "<".
        yield declared
    yield "utf-8"
    if declared is not None:
        yield declared
    yield from _guessed_encodings(data)


def _wide_encoding(data: bytes) -> str | None:
    """Return the UTF-16 that the places of the NUL bytes show: markup is ASCII, so every second byte is NUL."""
    sample = data[:_SAMPLE_BYTES]
    for encoding, high_half in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if high_half.count(0) * 2 > len(high_half) and _CONTROLS.isdisjoint(sample.decode(encoding, "ignore")):
            return encoding
    return None


def _declared_encoding(data: bytes) -> str | None:
    """Return the codec that the markup asks for, if it is one of the web's."""
    match = _DECLARED.search(data[:_DECLARATION_BYTES])
    if match is None:
        return None
    label = (match[1] or match[2]).decode("ascii").lower()
    try:
        codec = codecs.lookup(_WEB_LABELS.get(label, label)).name
    except LookupError:
        return None
    return codec if codec in _WEB_CODECS else None


def _guessed_encodings(data: bytes) -> Iterator[str]:
    """Yield the guesses of Beautiful Soup, the same ones whatever else is installed."""
    from bs4.dammit import EncodingDetector  # noqa: PLC0415 - takes 100 ms to import and is seldom needed

    detector = EncodingDetector(data, is_html=True)
    detector.chardet_encoding = ""  # no codec: what chardet or its like would say, where one happens to be there
    for encoding in detector.encodings:
        try:
            codec = codecs.lookup(encoding).name
        except (LookupError, ValueError):  # a NUL in the name
            continue
        if codec in _WEB_CODECS:
            yield codec


_TAG = lazy(r"<(?:!doctype|!--|/?[a-z][a-z0-9:]*+[\s/>])", re.IGNORECASE)
# A whole page is HTML whatever its name says; a piece of markup may well be what a plain text is about.
_PAGE = lazy(r"\ufeff?\s*(?:<\?xml\b[^>]{0,512}>\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)


def sniff(source: Source) -> Format:
    """Tell whether a document is HTML or plain text: a whole page is HTML, else its name tells, else its content.

    >>> sniff(Source.from_text("Hello <b>world</b>")), sniff(Source.from_text("a < b"))
    ('html', 'text')
    """
    name = (source.name or "").lower()
    if name.endswith((".htm", ".html", ".xhtml")) or begins_as_page(source.text):
        return "html"
    if name.endswith((".txt", ".md", ".text")):
        return "text"
    return "html" if _TAG.search(source.text) else "text"


def begins_as_page(text: str) -> bool:
    """Tell whether a text begins as a whole page of HTML does.

    >>> begins_as_page("<!DOCTYPE html><p>"), begins_as_page("<p>")
    (True, False)
    """
    return _PAGE.match(text) is not None
