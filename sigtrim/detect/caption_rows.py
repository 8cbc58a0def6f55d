"""The lines of a caption with all that stands in them: links, names of platforms, handles, phrases.

What costs time is found when it is asked for: most lines of most captions are never asked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sigtrim.detect.caption_names import is_in_name, match_name, may_name, names_in, strong_heads, telling_words
from sigtrim.detect.caption_targets import host_screen, read_link
from sigtrim.detect.phrases import (
    PhraseHit,
    calls_at,
    find_fillers,
    find_phrases,
    is_asking,
    may_be_role,
    may_credit,
)
from sigtrim.parse.caption import Line, find_handles, find_links
from sigtrim.parse.fold import fold_ascii_words, fold_text, fold_words
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.detect.caption_targets import RowLink
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.caption import Handle, TextLink

_Placed = TypeVar("_Placed", "PhraseHit", "Label")

__all__ = ["Label", "Row", "dangles", "piece_of", "read_row", "read_rows", "shown_handle"]

_WORD = lazy(r"\w[\w'’.+-]*")
_TOKEN = lazy(r"[^\W_]+")
# Letters of a name set apart, "F A C E B O O K", and what stands in each: a quick screen.
_APART = lazy("[ .·][^ ][ .·][^ ][ .·]")
_SPACED = lazy(r"(?<![^\W_])(?:[^\W\d_][ .·]){3,20}[^\W\d_](?![^\W_])")
# A capital letter right behind a small one, as where line ends were lost. A set of two ranges is searched fastest.
_GLUE = lazy(r"[A-ZÀ-Я](?<=[^\W\d_A-ZА-ЯЁ][A-ZÀ-ÞА-ЯЁ])[^\W\d_A-ZА-ЯЁ]{2}")
# A name ends at a colon, an arrow, a slash, a bracket, or a dash that stands alone.
_CHUNK = lazy(r"(?:[^:：|/,&;=~()\[\]►▶➤→➜➔➡»>•●·★☆⇢⇨⇒☛☞✔*\-–—\s]++|(?<=\S)-(?=\S)|[^\S\n]++)+")
# "Follow Acme on X": the name of a platform that is a word of its own.
_AFTER_ON = lazy(r"\b(?:on|en|sur|auf|su|no|na|op|w|в|у)\s(\S{1,12})\s?\Z", re.IGNORECASE)
_HIDDEN = lazy(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0]++"
)
# Names in scripts without spaces have no first word; of these letters there are full and half ones.
_UNSPACED = lazy(
    "[^\0-\u08ff](?<=[\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u10a0-\u10ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
    "\u2e80-\u2fdf\u3130-\u33ff\uf900-\ufaff\uff61-\uffdc\U0001f200-\U0001f2ff\U0002f800-\U0002fa1f])"
)
_SHOWN = lazy(r"\s*/[^\S\n]+(@?\w[\w.-]{1,60})\s*")
_MAX_CHUNK = 60
_FEW = 24
_SHORT_ROW = 100
_ROLE_WORDS = 5
_WEAK_CHUNK = 12
_DANGLERS = frozenset(":：-–—~=→➜➔➡►▶➤»>⇒⇨⤵↓▼⬇👇☟")


class Label(NamedTuple):
    """The name of a platform in the text, outside links; half-open offsets in code points.

    `weak` says that it is a name beside other evidence only, such as "Face" or "Max".
    """

    start: int
    end: int
    platform: str
    weak: bool = False


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
        for match in _GLUE.finditer(self.bare):
            at = match.start()
            word = self.text.rfind(" ", max(at - _MAX_CHUNK, 0), at) + 1
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
            self._labels = self._find_labels() if self._may_name() else []
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

    def _find_labels(self) -> list[Label]:
        base = self.line.start
        text = self.bare
        labels = [
            Label(hit.start + base, hit.end + base, hit.platform)
            for hit in self.known.labels_in(text)
            if not is_in_name(text, hit.start, hit.end)
        ]
        short = self._short_labels(labels)
        return sorted((*labels, *short), key=lambda label: label.start) if short else labels

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

    def _may_name(self) -> bool:
        return (
            self.unspaced
            or may_name(self.known, self.tokens, weak=bool(self.links or self.handles))
            or (len(self.tokens) > 3 and _SPACED.search(self.text) is not None)
        )

    def _short_labels(self, labels: list[Label]) -> list[Label]:
        """Find the names that are only told by their place: "IG:", "FB/YT", "T W I T C H", "X: @acme"."""
        base = self.line.start
        found: list[Label] = []
        edges = [base, *(edge for one in self.links for edge in (one.link.start, one.link.end)), self.line.end]
        at = 0
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            for chunk in _CHUNK.finditer(self.text, first - base, last - base):
                start, end = chunk.start() + base, chunk.end() + base
                while at < len(labels) and labels[at].end <= start:
                    at += 1
                if end - start > _MAX_CHUNK or (at < len(labels) and labels[at].start < end):
                    continue
                found += self._short_label(chunk[0], start, end)
        return found

    def _short_label(self, chunk: str, start: int, end: int) -> list[Label]:
        tokens = self.tokens if chunk == self.bare else fold_words(chunk)
        spaced = _SPACED.search(chunk) if len(tokens) > 3 else None
        if not (spaced or self.unspaced or may_name(self.known, tokens, weak=bool(self.links or self.handles))):
            return []
        names = names_in(self.known, chunk, tokens, spaced)
        weak = False
        if not names and len(chunk.strip()) <= _WEAK_CHUNK and self._is_beside(start, end):
            platform = match_name(self.known, chunk, weak=True)
            weak = platform is not None
            names = [] if platform is None else [(0, len(chunk), platform)]
        if not names and self.links and (after := _AFTER_ON.search(chunk)) is not None:
            platform = match_name(self.known, after[1], weak=True)
            if platform is not None and self.has("opener", "follow", "like"):
                names = [(after.start(1), after.end(1), platform)]
        labels = []
        for one, other, platform in names:
            first, last = one, other
            while last > first and not chunk[last - 1].isalnum() and chunk[last - 1] != "+":
                last -= 1
            while first < last and not chunk[first].isalnum():
                first += 1
            labels.append(Label(start + first, start + last, platform, weak))
        return labels

    def _is_beside(self, start: int, end: int) -> bool:
        """Tell whether a link or a handle stands beside a piece of the row."""
        return bool(self.links) or any(start <= one.start <= end + _WEAK_CHUNK for one in self.handles[:8])


def _between(items: Sequence[_Placed], start: int, end: int) -> list[_Placed]:
    """Return the items, in the order of the text, that stand between two offsets."""
    if len(items) > _FEW:
        first = bisect_left(items, start, key=lambda item: item[0])
        items = items[first : bisect_left(items, end, key=lambda item: item[0])]
    return [item for item in items if item[0] >= start and item[1] <= end]


def read_rows(
    text: str, lines: Sequence[Line], known: Registry, *, strips_content: bool = False
) -> tuple[list[Row], list[Row]]:
    """Read a caption into rows, in linear time: all of them, and those in which something may be found.

    With `strips_content` a link to a single video or post counts as one to a profile.
    """
    links = find_links(text, is_known_host=host_screen(known))
    bare = _blank(text, links)
    plain = fold_ascii_words(bare)
    holds_unspaced = not text.isascii() and _UNSPACED.search(text) is not None
    rows = []
    for index, line in enumerate(lines):
        start, end, _ = line
        content = text[start:end]
        tokens = plain[start:end].split() if content.isascii() else fold_words(bare[start:end])
        row = Row(index, line, content, tokens, known)
        row.whole = bare
        row.unspaced = holds_unspaced and _UNSPACED.search(content) is not None
        rows.append(row)
    linked = _place_links(rows, links, bare, strips_content=strips_content)
    linked |= _place_handles(rows, links, find_handles(text))
    at = 0
    for match in _GLUE.finditer(bare):
        while lines[at].next <= match.start():
            at += 1
        rows[at].glued = True
    above = {index - 1 for index in linked} | {index - 2 for index in linked}
    telling = telling_words(known)
    is_apart = _APART.search(text) is not None
    told = []
    for row in rows:
        index, content = row.index, row.text
        if (
            index in linked
            or ((not telling.isdisjoint(row.tokens) or is_apart or row.glued or row.unspaced) and _may_tell(row))
            or (index in above and len(content) <= _SHORT_ROW and dangles(content))
        ):
            told.append(row)
    return rows, told


def read_row(text: str, known: Registry) -> Row:
    """Read a line that stands alone and holds no link."""
    row = Row(0, Line(0, len(text), len(text)), text, fold_words(text), known)
    row.unspaced = not text.isascii() and _UNSPACED.search(text) is not None
    row.glued = _GLUE.search(text) is not None
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


def _blank(text: str, links: Sequence[TextLink]) -> str:
    """Put line ends in the place of all links."""
    pieces = []
    position = 0
    for link in links:
        pieces += [text[position : link.start], "\n" * (link.end - link.start)]
        position = link.end
    return "".join((*pieces, text[position:]))


def _place_links(rows: list[Row], links: Sequence[TextLink], bare: str, *, strips_content: bool) -> set[int]:
    """Give each row its links; return the indices of these rows."""
    by_row: dict[int, list[RowLink]] = {}
    at = 0
    for link in links:
        while rows[at].line.next <= link.start:
            at += 1
        by_row.setdefault(at, []).append(read_link(link, rows[at].known, strips_content=strips_content))
    for index, its in by_row.items():
        row = rows[index]
        row.links = its
        row.bare = bare[row.line.start : row.line.end]
    return set(by_row)


def _place_handles(rows: list[Row], links: Sequence[TextLink], handles: Sequence[Handle]) -> set[int]:
    """Give each row its handles, but those in links; return the indices of these rows."""
    named = set()
    at = inside = 0
    for handle in handles:
        while rows[at].line.next <= handle.start:
            at += 1
        while inside < len(links) and links[inside].end <= handle.start:
            inside += 1
        if inside == len(links) or links[inside].start >= handle.end:
            rows[at].handles = [*rows[at].handles, handle]
            named.add(at)
    return named


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


def _may_tell(row: Row) -> bool:
    """Tell whether a line may ask for something or, being short, name a platform."""
    text, tokens = row.text, row.tokens
    if len(text) < 2:
        return False
    if row.asks():
        return True
    if len(text) <= _SHORT_ROW:
        if row.unspaced or not strong_heads(row.known).isdisjoint(tokens):
            return True
        if len(tokens) > 3 and _SPACED.search(text) is not None:
            return True
    return row.glued and len(text) > _MAX_CHUNK and any(calls_at(text, match.start()) for match in _GLUE.finditer(text))
