"""A line as one string: what goes and what stays of it, cut into items, and where each part comes from."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sigtrim.detect.phrases import is_joint
from sigtrim.parse.flow import decode_text
from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from sigtrim.parse.flow import Line, Piece
    from sigtrim.rewrite.plan import Plan

__all__ = ["GONE", "Item", "View", "view_of"]

GONE = "\x00"
_KEPT = "\x01"
_OBJECTS = str.maketrans(GONE + _KEPT, "  ")
_HARD = r"[|¦•·∙⋅‧⸱●‣▪■◆♦◇❖✦✧»›❘｜∣・]"
_SPACE = r"\s\u00a0\u2000-\u200f\u2060\ufeff"
_ITEMS = re.compile(
    rf"(?P<gone>\x00)|(?P<kept>\x01)|(?P<sep>{_HARD}+)|(?P<space>[{_SPACE}]+)"
    rf"|(?P<loose>[-–—/~\\,;.&+*]+(?=[{_SPACE}\x00\x01]|\Z))|(?P<bracket>[()\[\]{{}}（）【】])"
    rf"|(?P<word>(?:(?!{_HARD})[^{_SPACE}\x00\x01])+)"
)
_CLOSING = ")]}）】"
_PUNCTUATION = re.compile(r"[!?.,;:…。！？]+")


@dataclass(slots=True)
class Item:
    """A part of a line, by its range in the view.

    Kinds: `gone` and `kept` stand for a link, picture or text that goes or stays; `word` is a run of words, `space`
    white space, `sep` a separator, `loose` a dash or comma between spaces, `and` a conjunction, `mark` punctuation
    that belongs to what goes.
    """

    kind: str
    start: int
    end: int


class View:
    """A line as one string in which U+0000 stands for what goes and U+0001 for what stays and is no text.

    Attributes:
        text: the string.
        platforms: the platform of what goes, by its offset in the string.
        changes: how often a part of the line was noted to go when it was looked at.

    """

    __slots__ = ("_ends", "_items", "_offsets", "_parts", "_plan", "_starts", "changes", "platforms", "text")

    def __init__(self, plan: Plan, line: Line) -> None:
        self._plan = plan
        self._items: list[Item] | None = None
        self.changes = plan.changes(line)
        self._starts: list[int] = []  # where each part begins in the view
        self._offsets: list[list[int] | int] = []  # where its characters, or its first one, stand in the source
        self._ends: list[int] = []  # where it ends in the source
        self._parts: list[Piece | None] = []
        self.platforms: dict[int, str | None] = {}
        strings: list[str] = []
        at = 0
        pieces = {piece.start: piece for piece in line.pieces}
        skip_to = hidden = 0
        tokens = plan.document.tokens
        for index in range(line.first, line.last):
            kind, start, end, name = tokens[index]
            if name == "hidden":
                hidden += 1 if kind == "if" else -1
            elif hidden or start < skip_to:
                continue
            elif kind == "text":
                if not name:
                    for string in self._text_parts(pieces.get(start), start, end, at):
                        strings.append(string)
                        at += len(string)
            elif start in pieces:
                piece = pieces[start]
                skip_to = piece.end
                gone = plan.is_gone(piece)
                if gone:
                    self.platforms[at] = plan.gone[piece]
                strings.append(self._part(GONE if gone else _KEPT, at, start, piece.end, piece))
                at += 1
        self.text = "".join(strings)

    def _part(self, string: str, at: int, offsets: list[int] | int, end: int, piece: Piece | None) -> str:
        self._starts.append(at)
        self._offsets.append(offsets)
        self._ends.append(end)
        self._parts.append(piece)
        return string

    def _text_parts(self, piece: Piece | None, start: int, end: int, at: int) -> list[str]:
        """Add a token of text; return what it is in the view."""
        plan = self._plan
        source = plan.document.text
        if piece is None:
            if source[start:end].isspace():
                return [self._part(" ", at, start, end, None)]
            decoded, offsets = decode_text(source, start, end)
            return [self._part(decoded, at, offsets, end, None)]
        holes = sorted(plan.holes.get(piece, ()), key=lambda span: span.start)
        if plan.is_gone(piece) and not holes:
            self.platforms[at] = plan.gone[piece]
            return [self._part(GONE, at, start, end, piece)]
        if piece.link is not None and not holes:
            return [self._part(_KEPT, at, start, end, piece)]
        if not holes and "&" not in source[start:end]:
            return [self._part(piece.text.translate(_OBJECTS), at, start, end, piece)]
        decoded, offsets = decode_text(source, start, end)
        decoded = decoded.translate(_OBJECTS)
        strings: list[str] = []
        done = 0
        for hole in [*holes, Span(end, end)]:
            first = bisect_right(offsets, hole.start - 1, lo=done)
            if first > done:
                strings.append(self._part(decoded[done:first], at, offsets[done : first + 1], offsets[first], piece))
                at += first - done
            last = bisect_right(offsets, hole.end - 1, lo=first)
            if last > first and hole.start < end:
                self.platforms[at] = plan.gone.get(piece)
                strings.append(self._part(GONE, at, offsets[first], offsets[min(last, len(offsets) - 1)], piece))
                at += 1
            done = max(done, last)
        return strings

    def items(self) -> list[Item]:
        """Cut the view into items; neighbouring words and the spaces between them are one run of text."""
        if self._items is None:
            self._items = self._cut()
        return self._items

    def _cut(self) -> list[Item]:
        found: list[Item] = []
        text = self.text
        has_brackets = False
        for match in _ITEMS.finditer(text):
            kind = match.lastgroup or "word"
            start, end = match.span()
            if kind == "loose" and start > 0 and text[start - 1] not in " \t\r\n\u00a0\x00\x01":
                kind = "word"
            if kind == "word":
                if end - start <= 6 and is_joint(match[0]):
                    kind = "and"
                elif found and found[-1].kind == "gone" and _PUNCTUATION.fullmatch(match[0]):
                    kind = "mark"
                elif text[end - 1] in ",;" and end - start > 1:
                    found.append(Item(kind, start, end - 1))
                    kind, start = "loose", end - 1
            elif kind == "bracket":
                has_brackets = True
            found.append(Item(kind, start, end))
        if has_brackets:
            _pair_brackets(found, text)
        return _merge_words(found)

    def spans(self, start: int, end: int) -> list[Span]:
        """Return where a range of the view stands in the source, apart where tags lie between."""
        found: list[tuple[int, int]] = []
        for _, first, last in self._ranges(start, end):
            if found and found[-1][1] == first:
                found[-1] = (found[-1][0], last)
            else:
                found.append((first, last))
        return [Span(first, last) for first, last in found]

    def drop(self, start: int, end: int) -> None:
        """Note in the plan that a range of the view's text goes."""
        for piece, first, last in self._ranges(start, end):
            if piece is not None and piece.kind == "text":
                self._plan.drop_text(piece, Span(first, last))

    def piece_at(self, at: int) -> Piece | None:
        """Return the piece that a character of the view stands for; None for white space between pieces."""
        return self._parts[bisect_right(self._starts, at) - 1]

    def is_linked(self, start: int, end: int) -> bool:
        """Tell whether a part of a range lies in a link."""
        return any(piece is not None and piece.link is not None for piece, _, _ in self._ranges(start, end))

    def holds_line_end(self, item: Item) -> bool:
        """Tell whether white space is, at least in part, the layout of the source."""
        source = self._plan.document.text
        return any(
            source.find("\n", first, last) >= 0 or source.find("\r", first, last) >= 0
            for _, first, last in self._ranges(item.start, item.end)
        )

    def _ranges(self, start: int, end: int) -> list[tuple[Piece | None, int, int]]:
        """Return the pieces and source ranges of a range of the view."""
        found: list[tuple[Piece | None, int, int]] = []
        starts = self._starts
        part = max(0, bisect_right(starts, start) - 1)
        while part < len(starts) and starts[part] < end:
            begin = starts[part]
            stop = starts[part + 1] if part + 1 < len(starts) else len(self.text)
            offsets, source_end = self._offsets[part], self._ends[part]
            first, last = max(start, begin) - begin, min(end, stop) - begin
            if isinstance(offsets, list):
                first, last = offsets[first], offsets[last] if last < len(offsets) else source_end
            elif stop - begin == 1:
                first, last = offsets, source_end
            else:
                first, last = offsets + first, offsets + last
            if first < last:
                found.append((self._parts[part], first, last))
            part += 1
        return found


def view_of(plan: Plan, line: Line) -> View:
    """Return the view of a line, the last one again if nothing has changed since."""
    view = plan.views.get(line)
    if view is None or view.changes != plan.changes(line):
        view = plan.views[line] = View(plan, line)
    return view


def _pair_brackets(items: list[Item], text: str) -> None:
    """Make a pair of brackets around nothing but what goes a separator, and every other bracket part of a word."""
    opened: list[int] = []
    for at, item in enumerate(items):
        if item.kind != "bracket":
            continue
        item.kind = "word"
        if text[item.start] in _CLOSING:
            start = opened.pop() if opened else None
            inside = {one.kind for one in items[start + 1 : at]} if start is not None else set()
            if start is not None and "gone" in inside and not inside.intersection(("kept", "word")):
                items[start].kind = item.kind = "mark"
        else:
            opened.append(at)


def _merge_words(items: list[Item]) -> list[Item]:
    merged: list[Item] = []
    for index, item in enumerate(items):
        joins = item.kind in ("word", "loose", "and")
        if joins and merged and merged[-1].kind == "word" and (item.kind != "loose" or _goes_on(items, index)):
            merged[-1].end = item.end
        elif (
            joins
            and len(merged) > 1
            and merged[-1].kind == "space"
            and merged[-2].kind == "word"
            and (item.kind == "word" or _goes_on(items, index))
        ):
            merged.pop()
            merged[-1].end = item.end
        else:
            merged.append(item)
    return merged


def _goes_on(items: list[Item], index: int) -> bool:
    """Tell whether a dash or an "and" stands between two words, so that it is part of a sentence."""
    following = [item.kind for item in items[index + 1 : index + 3] if item.kind != "space"]
    return bool(following) and following[0] == "word"
