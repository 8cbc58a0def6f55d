"""What is going to be cut from a document, and what a reader still sees once it is gone."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.parse.flow import decode_text, visible_characters
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import union

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.detect.linklist import Mention
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.elements import Document, Element
    from sigtrim.parse.flow import Flow, Line, Piece
    from sigtrim.rewrite.view import View

__all__ = ["Cut", "Plan"]


_NOT_DISPLAYED = lazy(r"(?:^|;)\s*+display\s*+:\s*+none\b", re.IGNORECASE)


class Cut(NamedTuple):
    """The spans that one removal takes out, its code, and why."""

    code: str
    platform: str | None
    spans: tuple[Span, ...]
    evidence: tuple[str, ...]


class _Rest:
    """What is left of a piece of text while holes are cut into it.

    Attributes:
        holes: how many holes were cut.
        visible: how many characters are left that a reader sees.

    """

    __slots__ = ("_decoded", "_kept", "_offsets", "_seen", "holes", "visible")

    def __init__(self, decoded: str, offsets: Sequence[int]) -> None:
        self._decoded = decoded
        self._offsets = offsets
        self._kept = bytearray(b"\1") * len(decoded)
        self._seen = visible_characters(decoded)
        self.holes = 0
        self.visible = sum(self._seen)

    def cut(self, hole: Span) -> None:
        """Take out the characters that begin in a span of the source."""
        start, end = bisect_left(self._offsets, hole.start), bisect_left(self._offsets, hole.end)
        end = min(end, len(self._decoded))
        self.holes += 1
        if start < end:
            self.visible -= sum(self._seen[start:end])
            self._kept[start:end] = self._seen[start:end] = bytes(end - start)

    def text(self, start: int, end: int) -> str:
        """Return the characters that are left between two offsets of the source."""
        first, last = bisect_left(self._offsets, start), bisect_left(self._offsets, end)
        return "".join(compress(self._decoded[first:last], self._kept[first:last]))


class Plan:
    """The cuts so far. Each step adds some, and asks what is left for a reader to see.

    Attributes:
        cuts: in the order in which they were decided.
        gone: pieces that go whole, with the platform that they belong to.
        holes: for pieces of text that go in part: the spans that go.
        views: the lines as strings, as they were last looked at.

    """

    def __init__(self, document: Document, flow: Flow, registry: Registry) -> None:
        self.document = document
        self.flow = flow
        self.registry = registry
        self.cuts: list[Cut] = []
        self.gone: dict[Piece, str | None] = {}
        self.holes: dict[Piece, list[Span]] = {}
        self._changes: dict[Line, int] = {}  # for a line on which something goes: how often that was noted
        self._rests: dict[Piece, _Rest] = {}
        self.views: dict[Line, View] = {}
        self._shown: tuple[list[Line], list[Line]] = ([], [])  # all lines, and those of them that are shown
        self._starts: list[int] | None = None
        self._survivors: list[int] | None = None
        self._union: tuple[int, tuple[Span, ...]] = (0, ())
        self._unseen: dict[Element, Element | None] = {}

    def spans(self) -> tuple[Span, ...]:
        """Return the union of all that the cuts take out so far."""
        if self._union[0] != len(self.cuts):
            self._union = (len(self.cuts), union([span for cut in self.cuts for span in cut.spans]))
        return self._union[1]

    def cut(self, code: str, platform: str | None, spans: list[Span], evidence: tuple[str, ...]) -> None:
        """Add a cut; nothing is added for no spans."""
        if spans:
            self.cuts.append(Cut(code, platform, tuple(spans), evidence))

    def cut_span(self, code: str, platform: str | None, span: Span, evidence: tuple[str, ...]) -> None:
        """Cut the text and the pictures of a span, never the tags between."""
        spans: list[Span] = []
        first = max(0, self.index_of(span.start) - 1)
        for piece in self.flow.pieces[first : self.index_of(span.end)]:
            if piece.end <= span.start:
                continue
            if piece.kind == "text":
                part = Span(max(piece.start, span.start), min(piece.end, span.end))
                self.drop_text(piece, part)
                if piece in self.gone:
                    self.drop(piece, platform)
                spans.append(part)
            else:
                self.drop(piece, platform)
                spans.append(piece.span)
        self.cut(code, platform, spans, evidence)

    def drop(self, piece: Piece, platform: str | None) -> None:
        """Note that a piece goes whole."""
        self.gone[piece] = platform
        self._note(piece)
        self._survivors = None

    def drop_text(self, piece: Piece, span: Span) -> None:
        """Note that part of a text piece goes."""
        self.holes.setdefault(piece, []).append(span)
        self._note(piece)
        if piece not in self.gone:
            is_whole = span.start <= piece.start and piece.end <= span.end
            if is_whole or not self._rest(piece).visible:
                self.drop(piece, None)

    def _note(self, piece: Piece) -> None:
        line = piece.line
        self._changes[line] = self._changes.get(line, 0) + 1

    def text_left(self, piece: Piece, start: int = 0, end: int | None = None) -> str:
        """Return the decoded text of a piece without what goes, or of its part between two offsets."""
        if piece in self.gone:
            return ""
        if piece not in self.holes and len(piece.text) == piece.end - piece.start:
            return piece.text[max(0, start - piece.start) : None if end is None else max(0, end - piece.start)]
        return self._rest(piece).text(start, piece.end if end is None else end)

    def _rest(self, piece: Piece) -> _Rest:
        rest = self._rests.get(piece)
        if rest is None:
            rest = self._rests[piece] = _Rest(*self.characters(piece))
        for hole in self.holes.get(piece, [])[rest.holes :]:
            rest.cut(hole)
        return rest

    def characters(self, piece: Piece) -> tuple[str, Sequence[int]]:
        """Return the decoded text of a piece, and where its characters stand, as `decode_text` does."""
        if len(piece.text) == piece.end - piece.start:  # no reference in it stands for anything else
            return piece.text, range(piece.start, piece.end + 1)
        return decode_text(self.document.text, piece.start, piece.end)

    def is_gone(self, piece: Piece) -> bool:
        """Tell whether a piece goes whole."""
        return piece in self.gone

    def is_line_gone(self, line: Line) -> bool:
        """Tell whether all of a line goes."""
        return line in self._changes and all(map(self.gone.__contains__, line.pieces))

    def gone_lines(self) -> list[int]:
        """Return the indexes of the shown lines of which all goes."""
        gone = {line for line in self._changes if self.is_line_gone(line)}
        return [at for at, line in enumerate(self.shown_lines()) if line in gone]

    def shown_lines(self) -> list[Line]:
        """Return the lines that not only Outlook sees."""
        if self._shown[0] is not self.flow.lines:
            self._shown = (self.flow.lines, [line for line in self.flow.lines if not line.pieces[0].hidden])
        return self._shown[1]

    def has_gone(self, line: Line) -> bool:
        """Tell whether something on a line goes."""
        return line in self._changes

    def lines_with_gone(self) -> list[Line]:
        """Return the lines on which something goes, in their order."""
        changes = self._changes
        return [line for line in self.flow.lines if line in changes]

    def changes(self, line: Line) -> int:
        """Return how often a part of a line was noted to go: as long as that is the same, nothing has changed."""
        return self._changes.get(line, 0)

    def is_void(self, element: Element) -> bool:
        """Tell whether a reader will see nothing of what is inside an element."""
        return not self.has_survivor(element.start, max(element.end, element.start_end))

    def has_survivor(self, start: int, end: int) -> bool:
        """Tell whether something that stays begins between two offsets."""
        if self._survivors is None:
            gone = self.gone
            self._survivors = [piece.start for piece in self.flow.pieces if piece not in gone]
        survivors = self._survivors
        at = bisect_left(survivors, start)
        return at < len(survivors) and survivors[at] < end

    def index_of(self, offset: int) -> int:
        """Return the index of the first piece that begins at an offset or behind it."""
        if self._starts is None:
            self._starts = [piece.start for piece in self.flow.pieces]
        return bisect_left(self._starts, offset)

    def pieces_in(self, start: int, end: int) -> list[Piece]:
        """Return the pieces that begin between two offsets."""
        return self.flow.pieces[self.index_of(start) : self.index_of(end)]

    def is_unseen(self, element: Element) -> bool:
        """Tell whether an element is for Outlook alone, or is not displayed, such as a preheader."""
        return "!hidden" in element.within or self.unseen_around(element) is not None

    def unseen_around(self, element: Element) -> Element | None:
        """Return the outermost of an element and those around it that is not displayed; None if there is none."""
        known = self._unseen
        path: list[Element] = []
        at: Element | None = element
        while at is not None and at not in known:
            path.append(at)
            at = at.parent
        found = None if at is None else known[at]
        for one in reversed(path):
            if found is None and ("hidden" in one.attributes or _hides(one.get("style"))):
                found = one
            known[one] = found
        return found

    def release(self) -> None:
        """Part what holds each other in circles: a document then goes at once, and none waits for the collector."""
        for element in set(self.document.owners):
            element.parent = None
        for line in self.flow.lines:
            line.pieces.clear()
        self.views.clear()

    def element_at(self, mention: Mention) -> Element:
        """Return the element whose start tag a link's mention begins with, or in which a text mention stands."""
        return self.document.owners[self.document.token_at(mention.span.start)]


@lru_cache(maxsize=1024)  # the same style in every cell
def _hides(style: str) -> bool:
    return _NOT_DISPLAYED.search(style) is not None
