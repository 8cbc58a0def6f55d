"""A line as one string: what goes and what stays of it, cut into items, and where each part comes from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from sigtrim.detect.phrases import is_word
from sigtrim.parse.flow import SEPARATORS, decode_text
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sigtrim.parse.flow import Line, Piece
    from sigtrim.rewrite.plan import Plan

    # Where each character of a part stands in the source, or the part of one character; where it ends there.
    _Part = tuple[Sequence[int] | int, int, Piece | None]
    Range = tuple[Piece | None, int, int]

__all__ = ["GONE", "Item", "View", "view_of"]

GONE = "\x00"
_KEPT = "\x01"
_OBJECTS = str.maketrans(GONE + _KEPT, "  ")
_HARD = f"[{SEPARATORS}]"
_SPACE = r"\s\u00a0\u2000-\u200f\u2060\ufeff"
# What JSX writes for a space.
_JSX_SPACE = r"""\{(?:' *+'|" *+")\}"""
_ITEMS = lazy(
    rf"(?P<gone>\x00)|(?P<kept>\x01)|(?P<sep>{_HARD}+)|(?P<space>(?:[{_SPACE}]|{_JSX_SPACE})+)"
    rf"|(?P<loose>[-–—−―/~\\,;.&+*]+(?=[{_SPACE}\x00\x01]|\Z))|(?P<bracket>[()\[\]{{}}<>（）【】])"
    rf"|(?P<word>(?:(?!{_HARD}|{_JSX_SPACE})[^{_SPACE}\x00\x01])+)"
)
_WIDE_GAP = lazy(r"\s*\u00a0\s*\u00a0\s*\Z")
_CLOSING = ")]}>）】"
_start = attrgetter("start")
_PUNCTUATION = lazy(r"[!?.,;:…。！？]+")


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

    __slots__ = ("_items", "_parts", "_plan", "_starts", "changes", "platforms", "text")

    def __init__(self, plan: Plan, line: Line) -> None:
        self._plan = plan
        self._items: list[Item] | None = None
        self.changes = plan.changes(line)
        self._starts: list[int] = []  # where each part begins in the view
        self._parts: list[_Part] = []
        self.platforms: dict[int, str | None] = {}
        source = plan.document.text
        strings: list[str] = []
        pieces = {piece.start: piece for piece in line.pieces}
        skip_to = hidden = at = 0
        for kind, start, end, name in plan.document.tokens[line.first : line.last]:
            if name == "hidden":
                hidden += 1 if kind == "if" else -1
                continue
            if hidden or start < skip_to:
                continue
            if start in pieces:
                piece = pieces[start]
                skip_to = piece.end
                string = self._read_piece(piece, at)
            elif kind == "text" and not name:
                is_space = source[start:end].isspace()
                string, offsets = (" ", start) if is_space else decode_text(source, start, end)
                self._add(at, offsets, end, None)
            else:
                continue
            strings.append(string)
            at += len(string)
        self.text = "".join(strings)

    def _add(self, at: int, offsets: Sequence[int] | int, end: int, piece: Piece | None) -> None:
        self._starts.append(at)
        self._parts.append((offsets, end, piece))

    def _read_piece(self, piece: Piece, at: int) -> str:
        """Add a piece; return what it is in the view."""
        plan = self._plan
        holes = plan.holes.get(piece)
        gone = piece in plan.gone
        if holes is None and (gone or piece.kind != "text" or piece.link is not None):
            if gone:
                self.platforms[at] = plan.gone[piece]
            self._add(at, piece.start, piece.end, piece)
            return GONE if gone else _KEPT
        decoded, offsets = plan.characters(piece)
        decoded = decoded.translate(_OBJECTS)
        if holes is None:
            self._add(at, offsets, piece.end, piece)
            return decoded
        return self._read_rest(piece, decoded, offsets, at)

    def _read_rest(self, piece: Piece, decoded: str, offsets: Sequence[int], at: int) -> str:
        """Add a text with holes; return what it is in the view."""
        end = piece.end
        strings: list[str] = []
        done = 0
        for hole in [*sorted(self._plan.holes[piece], key=_start), Span(end, end)]:
            first = bisect_left(offsets, hole.start, lo=done)
            if first > done:
                strings.append(decoded[done:first])
                self._add(at, offsets[done : first + 1], offsets[first], piece)
                at += first - done
            last = bisect_left(offsets, hole.end, lo=first)
            if last > first and hole.start < end:
                self.platforms[at] = self._plan.gone.get(piece)
                strings.append(GONE)
                self._add(at, offsets[first], offsets[min(last, len(offsets) - 1)], piece)
                at += 1
            done = max(done, last)
        return "".join(strings)

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
            if kind == "word":
                if end - start <= 6 and is_word(match[0], "joint"):
                    kind = "and"
                elif _PUNCTUATION.fullmatch(match[0]) and _is_behind_gone(found):
                    kind = "mark"
                elif text[end - 1] in ",;" and end - start > 1:
                    found.append(Item(kind, start, end - 1))
                    kind, start = "loose", end - 1
            elif kind == "bracket":
                has_brackets = True
            found.append(Item(kind, start, end))
        if has_brackets:
            _pair_brackets(found, text)
        _spare_letters(found, text)
        return _merge_words(found)

    def take(self, ranges: Iterable[Range]) -> list[Span]:
        """Note in the plan that ranges of the line's text go; return where they stand."""
        found: list[Span] = []
        for piece, first, last in ranges:
            span = Span(first, last)
            if piece is not None and piece.kind == "text":
                self._plan.drop_text(piece, span)
            found.append(span)
        return found

    def piece_at(self, at: int) -> Piece | None:
        """Return the piece that a character of the view stands for; None for white space between pieces."""
        return self._parts[bisect_right(self._starts, at) - 1][2]

    def is_linked(self, start: int, end: int) -> bool:
        """Tell whether a part of a range lies in a link."""
        return any(piece is not None and piece.link is not None for piece, _, _ in self.ranges(start, end))

    def holds_line_end(self, ranges: Iterable[Range]) -> bool:
        """Tell whether white space is, at least in part, the layout of the source."""
        source = self._plan.document.text
        return any(
            source.find("\n", first, last) >= 0 or source.find("\r", first, last) >= 0 for _, first, last in ranges
        )

    def ranges(self, start: int, end: int) -> list[Range]:
        """Return the pieces and source ranges of a range of the view."""
        found: list[Range] = []
        starts = self._starts
        for part in range(max(0, bisect_right(starts, start) - 1), bisect_left(starts, end)):
            offsets, last, piece = self._parts[part]
            if isinstance(offsets, int):
                first = offsets
            else:
                begin = starts[part]
                first, last = offsets[max(0, start - begin)], offsets[min(end - begin, len(offsets) - 1)]
            if first < last:
                found.append((piece, first, last))
        return found


def view_of(plan: Plan, line: Line) -> View:
    """Return the view of a line, the last one again if nothing has changed since."""
    view = plan.views.get(line)
    if view is None or view.changes != plan.changes(line):
        view = plan.views[line] = View(plan, line)
    return view


def _is_behind_gone(items: list[Item]) -> bool:
    """Tell whether the last item goes, apart from the space that French sets before a mark."""
    last = items[-2:] if items and items[-1].kind == "space" else items[-1:]
    return bool(last) and last[0].kind == "gone"


def _spare_letters(items: list[Item], text: str) -> None:
    """Make words of what only looks like an "and": the "e" of an e-mail address, the "I" that begins a sentence."""
    for item, gap, behind in zip(items, items[1:], items[2:], strict=False):
        if item.kind != "and" or gap.kind != "space":
            continue
        is_label = behind.kind == "kept" and _WIDE_GAP.match(text, gap.start, gap.end) is not None
        is_first = (
            behind.kind == "word" and text[item.start].isupper() and not text[item.start + 1 : item.end].isupper()
        )
        if is_label or is_first:
            item.kind = "word"


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
