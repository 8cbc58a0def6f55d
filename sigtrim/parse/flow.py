"""Lay a document out in lines, as a reader sees them: what stands side by side, and what does not.

A line is the content between two breaks: `<br>`, or the border of a block such as a paragraph, a cell or a
row. It holds pieces: runs of text, images, and other things that take up room. Labels, separators and handles
belong to what stands on their line, whatever elements they are wrapped in.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from sigtrim.parse.html import Document, Element
from sigtrim.parse.source import Span

__all__ = ["BLOCKS", "Flow", "Line", "Piece", "decode_text", "is_blank", "lay_out"]

BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "caption", "center", "col", "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"]
)
_IMAGES = frozenset(["img", "image", "svg", "v:imagedata", "v:fill"])
_BOXES = frozenset(["audio", "button", "canvas", "embed", "iframe", "input", "meter", "object", "progress", "select", "textarea", "video"])
_INVISIBLE = frozenset(["head", "noscript", "script", "style", "template", "title", "xml"])
_REFERENCE = re.compile(r"&(?:#[0-9]++|#[xX][0-9a-fA-F]++|[0-9A-Za-z]++);?+")
_ICON_FONTS = re.compile(
    r"(?:^|[\s_-])(?:fa|fab|fas|far|bi|icon|icons|ico|socicon|zocial|mdi)(?:$|[\s_-])", re.IGNORECASE
)
_BLANK = re.compile(r"[\s\u00a0\u00ad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060\ufeff\u034f\u115f\u2800]*+\Z")


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


@dataclass(slots=True, eq=False)
class Flow:
    """A document's lines and pieces, each in the order of the text."""

    lines: list[Line]
    pieces: list[Piece]


def is_blank(text: str) -> bool:
    """Tell whether a reader sees nothing of a decoded text.

    >>> is_blank(" \\u00a0\\u200b"), is_blank("|")
    (True, False)
    """
    return _BLANK.match(text) is not None


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


class _Layout:
    """The lines so far, and the one being filled; what only Outlook sees has lines of its own."""

    def __init__(self, root: Element) -> None:
        self.lines: list[Line] = []
        self.pieces: list[Piece] = []
        self.line = Line([], root, 0, 0)
        self.outer: list[Line] = []

    def finish(self, block: Element, index: int) -> None:
        """End the line before token `index`; the next one lies in `block`."""
        if self.line.pieces:
            self.line.last = index
            self.lines.append(self.line)
        self.line = Line([], block, index + 1, index + 1)

    def add(self, kind: str, start: int, end: int, text: str, element: Element, link: Element | None) -> None:
        piece = Piece(kind, start, end, text, element, link, bool(self.outer), self.line)
        self.line.pieces.append(piece)
        self.pieces.append(piece)


def lay_out(document: Document) -> Flow:
    """Find the lines of a document.

    >>> from sigtrim.parse.html import parse
    >>> flow = lay_out(parse("<p>Ada <b>Byrne</b><br><img src=logo.png></p>"))
    >>> [[piece.text or piece.kind for piece in line.pieces] for line in flow.lines]
    [['Ada ', 'Byrne'], ['image']]
    """
    text = document.text
    layout = _Layout(document.root)
    links: list[Element] = []
    skip_until = 0
    block = document.root
    blocks: dict[int, Element] = {}
    for index, (kind, start, end, name) in enumerate(document.tokens):
        if index < skip_until:
            continue
        owner = document.owners[index]
        while links and index >= links[-1].last:
            links.pop()
        if kind == "text":
            if name:
                continue
            raw = text[start:end]
            if not raw.isspace():
                value = html.unescape(raw) if "&" in raw else raw
                if not is_blank(value):
                    layout.add("text", start, end, value, owner, links[-1] if links else None)
        elif kind == "start":
            if name in BLOCKS:
                block = owner
                layout.finish(block, index)
            elif name == "br":
                layout.finish(block, index)
            elif name == "hr":
                layout.finish(block, index)
                layout.line.first = index
                layout.add("box", start, end, "", owner, None)
                layout.finish(block, index + 1)
                layout.line.first = index + 1
            elif name == "a" or name == "area" or (":" in name and "href" in owner.attributes):  # noqa: PLR1714 - speed
                if owner.last > index + 1:
                    links.append(owner)
                if name == "area":
                    layout.add("box", start, end, "", owner, owner)
            elif name == "button" and "data-href" in owner.attributes:
                links.append(owner)
            elif name in _IMAGES:
                layout.add("image", start, owner.end if owner.closed else end, "", owner, links[-1] if links else None)
                if name == "svg":
                    skip_until = owner.last
            elif name in _BOXES:
                layout.add("box", start, end, "", owner, links[-1] if links else None)
            elif name in ("i", "span", "em") and _ICON_FONTS.search(owner.get("class")):
                if owner.closed and owner.last <= index + 3 and is_blank(text[owner.start_end : owner.end_start]):
                    layout.add("image", start, owner.end, "", owner, links[-1] if links else None)
            if name in _INVISIBLE:
                skip_until = owner.last
        elif kind == "end":
            if name in BLOCKS:
                outer = owner.parent if owner.end_start == start and owner.parent is not None else owner
                block = _enclosing_block(outer, blocks)
                layout.finish(block, index)
        elif kind == "if" and name == "hidden":
            layout.outer.append(layout.line)
            layout.line = Line([], owner, index + 1, index + 1)
        elif kind == "endif" and name == "hidden" and layout.outer:
            layout.finish(owner, index)
            layout.line = layout.outer.pop()
    layout.finish(document.root, len(document.tokens))
    return Flow(layout.lines, layout.pieces)


def _enclosing_block(element: Element, known: dict[int, Element]) -> Element:
    """Find the innermost block at or around an element; what was found on the way is kept for the next search."""
    passed: list[Element] = []
    at = element
    while at.name not in BLOCKS and at.parent is not None:
        found = known.get(id(at))
        if found is not None:
            at = found
            break
        passed.append(at)
        at = at.parent
    for one in passed:
        known[id(one)] = at
    return at
