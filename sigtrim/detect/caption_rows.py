"""The lines of a caption with all that stands in them: links, names of platforms, handles, phrases.

What costs time is found when it is asked for: most lines of most captions are never asked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, TypeVar

from sigtrim.detect.caption_names import Label, find_labels
from sigtrim.detect.phrases import (
    PhraseHit,
    calls_at,
    find_fillers,
    find_phrases,
    is_asking,
    may_be_role,
    may_credit,
)
from sigtrim.parse.caption import Line
from sigtrim.parse.fold import fold_text, fold_words
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.detect.caption_targets import RowLink
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.caption import Handle

_Placed = TypeVar("_Placed", "PhraseHit", "Label")

__all__ = ["GLUE", "UNSPACED", "Row", "dangles", "piece_of", "read_row", "shown_handle"]

_WORD = lazy(r"\w[\w'’.+-]*")
GLUE = lazy(r"[A-ZÀ-Я](?<=[^\W\d_A-ZА-ЯЁ][A-ZÀ-ÞА-ЯЁ])[^\W\d_A-ZА-ЯЁ]{2}")  # a set of two ranges is searched fastest
"""A capital letter right behind a small one, as where line ends were lost."""
_HIDDEN = lazy(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0]++"
)
UNSPACED = lazy(
    "[^\0-\u08ff](?<=[\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u10a0-\u10ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
    "\u2e80-\u2fdf\u3130-\u33ff\uf900-\ufaff\uff61-\uffdc\U0001f200-\U0001f2ff\U0002f800-\U0002fa1f])"
)
"""A letter of a script without spaces, in which names have no first word; of some there are full and half ones."""
_SHOWN = lazy(r"\s*/[^\S\n]+(@?\w[\w.-]{1,60})\s*")
_LONG_WORD = 60
_FEW = 24
_ROLE_WORDS = 5
_DANGLERS = frozenset(":：-–—~=→➜➔➡►▶➤»>⇒⇨⤵↓▼⬇👇☟")


class Row:
    """One line with what stands in it; all offsets are those of the whole text, half-open, in code points.

    `bare` is its text with the links blanked by line ends, across which no phrase goes on, `whole` that of all lines,
    and `tokens` are the folded words of `bare`; `unspaced` says that it holds letters of a script without spaces,
    `glued` that a capital letter stands right behind a small one.
    """

    __slots__ = (
        "_asks",
        "_breaks",
        "_hits",
        "_is_role",
        "_labels",
        "_may_credit",
        "_words",
        "bare",
        "glued",
        "handles",
        "index",
        "known",
        "line",
        "links",
        "text",
        "tokens",
        "unspaced",
        "whole",
    )

    def __init__(self, index: int, line: Line, text: str, tokens: list[str], known: Registry) -> None:
        self.index = index
        self.line = line
        self.text = text
        self.bare = text
        self.whole = text
        self.tokens = tokens
        self.unspaced = False
        self.glued = False
        self.links: Sequence[RowLink] = ()
        self.handles: Sequence[Handle] = ()
        self.known = known
        self._asks: bool | None = None
        self._labels: list[Label] | None = None
        self._hits: Sequence[PhraseHit] | None = None
        self._may_credit: bool | None = None
        self._is_role: bool | None = None
        self._words: list[tuple[int, int]] | None = None
        self._breaks: Sequence[int] = ()

    @property
    def blank(self) -> bool:
        """Whether nobody sees anything on the line."""
        text = self.text
        return not text or text.isspace() or (not text.isascii() and _HIDDEN.fullmatch(text) is not None)

    @property
    def ruler(self) -> bool:
        """Whether the line only draws: dashes, stars, boxes."""
        return not self.links and not self.handles and not self.worded and not self.blank

    @property
    def worded(self) -> bool:
        """Whether a word stands outside the links."""
        return _WORD.search(self.whole, self.line.start, self.line.end) is not None

    @property
    def words(self) -> list[tuple[int, int]]:
        """The words outside links, as ranges."""
        if self._words is None:
            self._words = list(map(re.Match.span, _WORD.finditer(self.whole, self.line.start, self.line.end)))
        return self._words

    @property
    def hits(self) -> Sequence[PhraseHit]:
        """The phrases outside links, in the order of the text."""
        if self._hits is None:
            self._hits = find_phrases(self.bare, self.tokens, self.line.start)
            if self.glued:
                self._find_calls()
        return self._hits

    def _find_calls(self) -> None:
        """Add the phrases of calls that begin right behind another word."""
        base = self.line.start
        found = [*self.hits]
        breaks = []
        for match in GLUE.finditer(self.bare):
            at = match.start()
            word = self.text.rfind(" ", max(at - _LONG_WORD, 0), at) + 1
            if self.text[word : word + 1] in ("#", "@"):
                continue
            called = calls_at(self.bare, at)
            if called:
                breaks.append(at + base)
                found += [PhraseHit(first + base, last + base, kind) for first, last, kind in called]
        self._breaks = breaks
        self._hits = sorted(found, key=lambda hit: hit.start)

    def fillers_between(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the small words of headers between two offsets, as ranges."""
        found = find_fillers(self.text[start - self.line.start : end - self.line.start])
        return [(hit.start + start, hit.end + start) for hit in found]

    @property
    def breaks(self) -> Sequence[int]:
        """Where a call begins right behind another word: "see youSubscribe to my channel"."""
        return self._breaks if self.glued and self.hits else ()

    @property
    def labels(self) -> list[Label]:
        """The names of platforms outside links, in the order of the text."""
        if self._labels is None:
            self._labels = find_labels(self)
        return self._labels

    def has(self, *kinds: str, start: int = 0, end: int | None = None) -> bool:
        """Tell whether a phrase of one of the kinds stands between two offsets."""
        hits = self.hits
        long = len(hits) > _FEW and start > self.line.start
        first = bisect_left(hits, start, key=lambda hit: hit.start) if long else 0
        for index in range(first, len(hits)):
            hit = hits[index]
            if end is not None and hit.start >= end:
                return False
            if hit.kind in kinds and hit.start >= start and (end is None or hit.end <= end):
                return True
        return False

    def kinds(self, start: int, end: int) -> set[str]:
        """Return the kinds of the phrases between two offsets."""
        return {hit.kind for hit in self.hits_between(start, end)}

    def hits_between(self, start: int, end: int) -> list[PhraseHit]:
        """Return the phrases between two offsets."""
        return _between(self.hits, start, end)

    def labels_between(self, start: int, end: int) -> list[Label]:
        """Return the names of platforms between two offsets."""
        return _between(self.labels, start, end)

    def words_between(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the words that begin between two offsets."""
        words = self.words
        return words[bisect_left(words, (start, 0)) : bisect_left(words, (end, 0))]

    def may_ask(self) -> bool:
        """Tell whether a phrase that asks for something may stand in the line: a quick screen."""
        if self._hits is not None:
            return bool(self._hits)
        return self.unspaced or self.glued or self.asks()

    def asks(self) -> bool:
        """Tell whether the words of a phrase that asks for something stand in the line."""
        if self._asks is None:
            self._asks = is_asking(self.tokens, fold_text(self.text) if self.unspaced else "")
        return self._asks

    def may_credit(self) -> bool:
        """Tell whether the name of a role may stand in the line: a quick screen."""
        if self._may_credit is None:
            self._may_credit = self.unspaced or may_credit(self.tokens)
        return self._may_credit

    def is_role(self) -> bool:
        """Tell whether the line is nothing but a role of other people: "CAST:", "🎥 MY EDITOR", "Edited by"."""
        if self._is_role is None:
            self._is_role = False
            if not self.links and not self.handles and may_be_role(self.tokens) and 0 < len(self.words) <= _ROLE_WORDS:
                roles = {(hit.start, hit.end) for hit in self.hits if hit.kind in ("credit", "role")}
                known = [*roles, *self.fillers_between(self.line.start, self.line.end)]
                rest = (hit for hit in self.hits if not any(one <= hit.start and hit.end <= end for one, end in roles))
                others = {hit.kind for hit in rest}
                self._is_role = (
                    bool(roles)
                    and others.isdisjoint(("follow", "network", "subscribe", "channel", "own", "opener"))
                    and all(any(first <= start < last for first, last in known) for start, _ in self.words)
                )
        return self._is_role

    def heads_channels(self) -> bool:
        """Tell whether the line is the header of a list of channels: "OUR CHANNELS", "Acme on YouTube:"."""
        if self.handles or not 0 < len(self.words) <= _ROLE_WORDS or self.has("content", "own", "credit"):
            return False
        if self.has("channels"):
            return True
        names = self.labels
        ends = names[-1].end if names else 0
        return bool(names) and names[-1].platform == "youtube" and dangles(self.text) and ends > self.words[-1][0]


def _between(items: Sequence[_Placed], start: int, end: int) -> list[_Placed]:
    """Return the items, in the order of the text, that stand between two offsets."""
    if len(items) > _FEW:
        first = bisect_left(items, start, key=lambda item: item[0])
        items = items[first : bisect_left(items, end, key=lambda item: item[0])]
    return [item for item in items if item[0] >= start and item[1] <= end]


def read_row(text: str, known: Registry) -> Row:
    """Read a line that stands alone and holds no link."""
    row = Row(0, Line(0, len(text), len(text)), text, fold_words(text), known)
    row.unspaced = not text.isascii() and UNSPACED.search(text) is not None
    row.glued = GLUE.search(text) is not None
    return row


def piece_of(row: Row, start: int, end: int) -> Row:
    """Return a part of a row as a row of its own, to be judged alone."""
    first, last = start - row.line.start, end - row.line.start
    piece = Row(row.index, Line(start, end, end), row.text[first:last], fold_words(row.bare[first:last]), row.known)
    piece.bare = row.bare[first:last]
    piece.whole = row.whole
    piece.unspaced = row.unspaced
    piece.glued = row.glued
    piece.links = [one for one in row.links if start <= one.link.start < end]
    piece.handles = [one for one in row.handles if start <= one.start < end]
    return piece


def dangles(text: str) -> bool:
    """Tell whether a text ends like a label: with a colon, a dash or an arrow."""
    bare = text.rstrip().rstrip("\ufe0f")
    return bare[-1:] in _DANGLERS if bare else False


def shown_handle(text: str) -> str:
    """Return the handle of a row that holds nothing else, as YouTube shows a link of which the icon is lost.

    >>> shown_handle("  / ada.codes  "), shown_handle("/ or so they say")
    ('ada.codes', '')
    """
    match = _SHOWN.fullmatch(text)
    return match[1] if match else ""
