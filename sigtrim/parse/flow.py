"""Lay a document out in lines, as a reader sees them: what stands side by side, and what does not.

A line is the content between two breaks: `<br>`, or the border of a block such as a paragraph, a cell or a
row. It holds pieces: runs of text, images, and other things that take up room. Labels, separators and handles
belong to what stands on their line, whatever elements they are wrapped in.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from sigtrim.parse.source import Span
from sigtrim.parse.tags import BLOCKS
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.parse.elements import Document, Element

__all__ = [
    "SEPARATORS",
    "WIDE_GAP",
    "Flow",
    "Line",
    "Piece",
    "clicked_address",
    "decode_text",
    "is_blank",
    "is_spacer",
    "lay_out",
    "row_of",
    "shared_row",
    "visible_characters",
]

SEPARATORS = "|¦•·∙⋅‧⸱●‣▪■◆♦◇❖✦✧»›❘｜∣・│┃║⎮⏐"
"""The marks that part the items of a line wherever they stand."""

WIDE_GAP = lazy(r"(?:>|\A)[^<]*(?:&nbsp;|\u00a0)")
"""Space between elements, in a piece of the source, that keeps them apart as a mark would."""


_IMAGES = frozenset(["img", "image", "svg", "v:imagedata", "v:fill"])
_BOXES = frozenset([
    "audio", "button", "canvas", "embed", "iframe", "input", "meter", "object", "progress", "select", "textarea",
    "video",
])  # fmt: skip
_INVISIBLE = frozenset(["head", "noscript", "script", "style", "template", "title", "xml"])
_SPACER = lazy(
    r"(?:^|[/_-])(?:blank|clear|dot_?clear|shim|spacer|trans(?:parent)?(?:[_-]?pixel)?|1x1)(?:[_-]?\d{1,3}(?:x\d{1,3})?)?\.(?:gif|png)\Z",
    re.IGNORECASE,
)
_CLICKED = lazy(r"(?:\blocation(?:\.href)?\s*+=|\bopen\(|\b(?:assign|replace)\()\s*+['\"]([^'\"]++)")
_ICON_ELEMENTS = frozenset(["em", "i", "span"])
_MARKED = _IMAGES | _BOXES | _INVISIBLE | _ICON_ELEMENTS | {"a", "area", "hr"}
_REFERENCE = lazy(r"&(?:#[0-9]++|#[xX][0-9a-fA-F]++|[0-9A-Za-z]++);?+")
_ICON_FONTS = lazy(r"(?:^|[\s_-])(?:fa|fab|fas|far|bi|icon|icons|ico|socicon|zocial|mdi)(?:$|[\s_-])", re.IGNORECASE)
# The first range: browsers drop NUL in text and draw nothing for the other control characters.
_BLANKS = lazy(
    r"[\x00-\x08\x0e-\x1f\x7f\s\u00a0\u00ad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060\ufeff\u034f\u115f\u2800]++"
)


_start = attrgetter("start")


@dataclass(slots=True, eq=False)
class Piece:
    """Something a reader sees: a run of text, an image, or another box.

    `text` is the decoded text of a text piece and empty for the others; `element` is the innermost element
    around it, or the image itself; `link` the link that it lies in, if any. `hidden` tells that only
    Outlook sees it.
    """

    kind: str
    start: int
    end: int
    text: str
    element: Element
    link: Element | None
    hidden: bool
    line: Line

    @property
    def span(self) -> Span:
        """Where the piece stands in the text."""
        return Span(self.start, self.end)


@dataclass(slots=True, eq=False)
class Line:
    """The pieces between two breaks, and the block that they lie in.

    `first` and `last` are the indexes of the first token after the break before, and of the token that breaks
    the line behind.
    """

    pieces: list[Piece]
    block: Element
    first: int
    last: int

    def index(self, piece: Piece) -> int:
        """Return the index of a piece on its line."""
        return bisect_left(self.pieces, piece.start, key=_start)


@dataclass(slots=True, eq=False)
class Flow:
    """A document's lines and pieces, each in the order of the text."""

    lines: list[Line]
    pieces: list[Piece]


def is_blank(text: str) -> bool:
    r"""Tell whether a reader sees nothing of a decoded text.

    >>> is_blank(" \u00a0\u200b"), is_blank("|")
    (True, False)
    """
    return not text or _BLANKS.fullmatch(text) is not None


def visible_characters(text: str) -> bytearray:
    r"""Return one byte for each character of a decoded text: 1 if a reader sees it, 0 if it is blank.

    >>> visible_characters("a\u00a0b")
    bytearray(b'\x01\x00\x01')
    """
    seen = bytearray(b"\1") * len(text)
    for match in _BLANKS.finditer(text):
        seen[match.start() : match.end()] = bytes(match.end() - match.start())
    return seen


def decode_text(text: str, start: int, end: int) -> tuple[str, list[int]]:
    """Decode the character references of `text[start:end]`; tell where each character comes from.

    Returns the decoded text and a list with one offset more than it has characters: character `i` stands
    at `offsets[i]` to `offsets[i + 1]` of the text.

    >>> decode_text("R&amp;D", 0, 7)
    ('R&D', [0, 1, 6, 7])
    """
    if text.find("&", start, end) < 0:
        return text[start:end], list(range(start, end + 1))
    parts: list[str] = []
    offsets: list[int] = []
    at = start
    for match in _REFERENCE.finditer(text, start, end):
        parts.append(text[at : match.start()])
        offsets.extend(range(at, match.start()))
        decoded = html.unescape(match[0])
        parts.append(decoded)
        if len(decoded) == len(match[0]):
            offsets.extend(range(match.start(), match.end()))
        else:
            offsets.extend([match.start()] * len(decoded))
        at = match.end()
    parts.append(text[at:end])
    offsets.extend(range(at, end + 1))
    return "".join(parts), offsets


def clicked_address(element: Element) -> str:
    """Return the address that a button opens by script, `onclick="window.open('https:..')"`; empty if it opens none."""
    match = _CLICKED.search(element.get("onclick")) if "onclick" in element.attributes else None
    return match[1] if match else ""


def is_spacer(element: Element) -> bool:
    """Tell whether a picture only takes up room: a transparent one of a pixel, named so or drawn so small.

    One with a query counts who reads the mail, and is not meant.

    >>> from sigtrim.parse.html import parse
    >>> [is_spacer(parse(f"<img src={name} width=8 height=1>").root.children[0]) for name in ("spacer.gif", "fb.gif")]
    [True, False]
    """
    source = element.get("src")
    if "?" in source or not is_blank(element.get("alt")):
        return False
    sides = [element.get(name).strip().removesuffix("px") for name in ("width", "height")]
    return all(side in ("0", "1", "2") for side in sides) or _SPACER.search(source) is not None


def row_of(block: Element) -> Element | None:
    """Return the table row or list item that a block lies in, if it lies in one."""
    at: Element | None = block if "tr" in block.within or "li" in block.within else None
    while at is not None and at.name not in ("tr", "li", "table", "body", "!root"):
        at = at.parent
    return at if at is not None and at.name in ("tr", "li") else None


def shared_row(one: Line, other: Line) -> Element | None:
    """Return the row or item that two lines lie in, each in a block of its own there, such as two cells of a table."""
    if one.block is other.block:
        return None
    row = row_of(one.block)
    return row if row is not None and row is row_of(other.block) else None


class _Layout:
    """The lines so far, the one being filled, and what the next one begins with.

    What only Outlook sees has lines of its own. Most borders of blocks have nothing between them: which block a line
    lies in is found when it gets its first piece.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines: list[Line] = []
        self.pieces: list[Piece] = []
        self.line: Line | None = None
        self.first = 0
        self.block = document.root
        self.border = -1  # the token that tells the block of the next line, if it does not lie in `block`
        self.outer: list[tuple[Line | None, int, Element, int]] = []
        self.links: list[Element] = []
        self.blocks: dict[Element, Element] = {}

    def begin(self) -> Line:
        """Begin a line."""
        border = self.border
        if border >= 0:
            block = self.document.owners[border]
            kind, start, _, _ = self.document.tokens[border]
            if kind == "end" and block.end_start == start and block.parent is not None:
                block = block.parent
            self.block = block if block.name in BLOCKS else self._enclosing_block(block)
            self.border = -1
        line = self.line = Line([], self.block, self.first, self.first)
        return line

    def break_line(self, index: int, *, first: int) -> None:
        """End a line before token `index`, if there is one; the next one begins with `first`, in the same block."""
        if self.line is not None:
            self.line.last = index
            self.lines.append(self.line)
            self.line = None
        self.first = first

    def link_at(self, index: int) -> Element | None:
        """Return the innermost link around a token."""
        links = self.links
        while links and index >= links[-1].last:
            links.pop()
        return links[-1] if links else None

    def add(self, kind: str, end: int, element: Element, link: Element | None) -> None:
        """Add a piece that is no text to the line being filled."""
        line = self.line or self.begin()
        piece = Piece(kind, element.start, end, "", element, link, bool(self.outer), line)
        line.pieces.append(piece)
        self.pieces.append(piece)

    def start_tag(self, index: int, element: Element) -> int:  # noqa: C901 - one branch a kind of element
        """Take in a start tag that matters and begins no block; return the index to go on with, at least."""
        name = element.name
        if name == "a":
            if element.last > index + 1:
                self.links.append(element)
        elif name in _ICON_ELEMENTS:
            if element.last <= index + 3 and _is_icon(self.document.text, element):
                self.add("image", element.end, element, self.link_at(index))
        elif name == "hr":
            self.break_line(index, first=index)
            self.add("box", element.start_end, element, None)
            self.break_line(index + 1, first=index + 1)
        elif ":" in name and "href" in element.attributes:
            if element.last > index + 1:
                self.links.append(element)
        elif name in _IMAGES:
            if name != "img" or not is_spacer(element):
                end = element.end if element.closed else element.start_end
                self.add("image", end, element, self.link_at(index))
        elif name == "area":
            self.add("box", element.start_end, element, element)
        elif name == "button" and ("data-href" in element.attributes or clicked_address(element)):
            self.links.append(element)
        elif name in _BOXES:
            self.add("box", element.start_end, element, self.link_at(index))
        return element.last if name in _INVISIBLE or name == "svg" else 0

    def _enclosing_block(self, element: Element) -> Element:
        """Find the innermost block at or around an element; what is found on the way is kept for the next search."""
        known = self.blocks
        passed: list[Element] = []
        at = element
        while at.name not in BLOCKS and at.parent is not None:
            passed.append(at)
            at = known.get(at, at.parent)
        for one in passed:
            known[one] = at
        return at

    def open_hidden(self, index: int, element: Element) -> None:
        """Begin what only Outlook sees."""
        self.outer.append((self.line, self.first, self.block, self.border))
        self.line, self.first, self.block, self.border = None, index + 1, element, -1

    def close_hidden(self, index: int) -> None:
        """Go on with the line that what only Outlook sees interrupted."""
        if self.outer:
            self.break_line(index, first=index + 1)
            self.line, self.first, self.block, self.border = self.outer.pop()


def lay_out(document: Document) -> Flow:  # noqa: C901, PLR0912 - one branch a kind of token
    """Find the lines of a document.

    >>> from sigtrim.parse.html import parse
    >>> flow = lay_out(parse("<p>Ada <b>Byrne</b><br><img src=logo.png></p>"))
    >>> [[piece.text or piece.kind for piece in line.pieces] for line in flow.lines]
    [['Ada ', 'Byrne'], ['image']]
    """
    text = document.text
    owners = document.owners
    layout = _Layout(document)
    links = layout.links
    pieces = layout.pieces
    skip_to = 0
    for index, (kind, start, end, name) in enumerate(document.tokens):
        if index < skip_to:
            continue
        if kind == "text":
            value = text[start:end]
            if name or value.isspace():
                continue
            if "&" in value:
                value = html.unescape(value)
            # What begins with a visible character of ASCII need not be looked through.
            if "!" <= value < "\x7f" or not is_blank(value):
                line = layout.line or layout.begin()
                link = layout.link_at(index) if links else None
                piece = Piece("text", start, end, value, owners[index], link, bool(layout.outer), line)
                line.pieces.append(piece)
                pieces.append(piece)
        elif kind == "start" or kind == "end":  # noqa: PLR1714 - two comparisons beat a hash
            if name in BLOCKS:
                if layout.line is not None:
                    layout.line.last = index
                    layout.lines.append(layout.line)
                    layout.line = None
                layout.first = index + 1
                layout.border = index
                if name == "head" and kind == "start":
                    skip_to = owners[index].last
            elif kind == "end":
                continue
            elif name == "br":
                layout.break_line(index, first=index + 1)
            elif name in _MARKED or ":" in name:
                skip_to = layout.start_tag(index, owners[index])
        elif kind == "if" and name == "hidden":
            layout.open_hidden(index, owners[index])
        elif kind == "endif" and name == "hidden":
            layout.close_hidden(index)
    layout.break_line(len(document.tokens), first=len(document.tokens))
    return Flow(layout.lines, pieces)


def _is_icon(text: str, element: Element) -> bool:
    """Tell whether an element is empty but for the icon that a font draws in it."""
    return (
        element.closed
        and _ICON_FONTS.search(element.get("class")) is not None
        and is_blank(text[element.start_end : element.end_start])
    )
