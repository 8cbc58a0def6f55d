"""Edits of a text by spans, and their algebra; knows nothing of what the text is.

All offsets are into the original text. Deletions form a union, insertions stay at their own offset, so edits never
conflict and the order in which they are found does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Edit", "apply", "deleted", "union"]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change: the code points of `span` go, `content` comes in at the start of `span`.

    Raises `ValueError` if the span runs backwards or starts before the text, and if the edit would change nothing.

    >>> Edit.replacement(Span(4, 8), "home")
    Edit(span=Span(start=4, end=8), content='home')
    """

    span: Span
    content: str

    def __post_init__(self) -> None:
        if not 0 <= self.span.start <= self.span.end:
            raise ValueError(f"an edit cannot have the span {self.span.start}:{self.span.end}")
        if self.span.start == self.span.end and not self.content:
            raise ValueError(f"the edit at {self.span.start} changes nothing")

    @classmethod
    def deletion(cls, span: Span) -> Edit:
        """Make the edit that takes `span` away."""
        return cls(span, "")

    @classmethod
    def insertion(cls, at: int, content: str) -> Edit:
        """Make the edit that puts `content` before the code point at offset `at`."""
        return cls(Span(at, at), content)

    @classmethod
    def replacement(cls, span: Span, content: str) -> Edit:
        """Make the edit that puts `content` where `span` was: a deletion, and an insertion at its start."""
        return cls(span, content)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with all `edits` made; their offsets are into `text`.

    The union of all deleted spans goes, so nested, overlapping and touching deletions need no care. An insertion
    stays at its own offset, even inside a deletion; insertions at one offset keep the order in which they are given.
    Takes time and memory linear in the text, plus the sorting of the edits. Raises `ValueError` if an edit lies
    outside the text.

    >>> apply("one | two | three", [Edit.deletion(Span(6, 9)), Edit.deletion(Span(3, 9)), Edit.insertion(6, "!")])
    'one! | three'
    """
    edits = tuple(edits)
    insertions = sorted([edit for edit in edits if edit.content], key=_place)
    gone = deleted(edits)
    reach = max(gone[-1].end if gone else 0, insertions[-1].span.start if insertions else 0)
    if reach > len(text):
        raise ValueError(f"an edit reaches offset {reach}, the text ends at {len(text)}")

    pieces: list[str] = []
    waiting = iter(insertions)
    insertion = next(waiting, None)
    position = 0
    for span in (*gone, Span(len(text), len(text))):
        while insertion is not None and insertion.span.start <= span.end:
            at = insertion.span.start
            if position < at:
                pieces.append(text[position : min(at, span.start)])
                position = at
            pieces.append(insertion.content)
            insertion = next(waiting, None)
        if position < span.start:
            pieces.append(text[position : span.start])
        position = span.end
    return "".join(pieces)


def deleted(edits: Iterable[Edit]) -> tuple[Span, ...]:
    """Return the union of all deleted spans: sorted, apart from each other, none of them empty.

    >>> deleted([Edit.deletion(Span(5, 9)), Edit.deletion(Span(2, 5)), Edit.insertion(20, "x")])
    (Span(start=2, end=9),)
    """
    return union([edit.span for edit in edits])


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the union of spans: sorted, apart from each other, none of them empty.

    >>> union([Span(5, 9), Span(2, 5), Span(20, 20)])
    (Span(start=2, end=9),)
    """
    ordered = sorted([span for span in spans if span.start < span.end], key=_start)
    if len(ordered) < 2:
        return tuple(ordered)
    merged: list[Span] = []
    last = ordered[0]
    end = last.end
    for span in ordered:
        if span.start > end:
            merged.append(last if last.end == end else Span(last.start, end))
            last, end = span, span.end
        elif span.end > end:
            end = span.end
    merged.append(last if last.end == end else Span(last.start, end))
    return tuple(merged)


_start = attrgetter("start")
_place = attrgetter("span.start")
