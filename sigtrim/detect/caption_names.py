"""The names of platforms in a caption's lines: "Instagram", and by their place "IG", "FB/YT", "T W I T C H"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.detect.phrase_table import asking_words
from sigtrim.parse.fold import fold_text, fold_words
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.detect.caption_rows import Row
    from sigtrim.detect.platforms import Registry

__all__ = ["SPACED", "Label", "find_labels", "strong_heads", "telling_words"]

SPACED = lazy(r"(?<![^\W_])(?:[^\W\d_][ .·]){3,20}[^\W\d_](?![^\W_])")
"""Letters of a name set apart: "F A C E B O O K"."""

# A name ends at a colon, an arrow, a slash, a bracket, or a dash that stands alone.
_CHUNK = lazy(r"(?:[^:：|/,&;=~()\[\]►▶➤→➜➔➡»>•●·★☆⇢⇨⇒☛☞✔*\-–—\s]++|(?<=\S)-(?=\S)|[^\S\n]++)+")
# "Follow Acme on X": the name of a platform that is a word of its own.
_AFTER_ON = lazy(r"\b(?:on|en|sur|auf|su|no|na|op|w|в|у)\s(\S{1,12})\s?\Z", re.IGNORECASE)
_MAX_CHUNK = 60
_WEAK_CHUNK = 12
_CHUNK_WORD = lazy(r"[^\W_]+\+?")
_SHORT_NAME = 5
_COMMON = frozenset(
    ["in", "on", "me", "my", "us", "to", "at", "the", "and", "go", "it", "is", "x", "line", "page", "face"]
)


class Label(NamedTuple):
    """The name of a platform in the text, outside links; half-open offsets in code points.

    `weak` says that it is a name beside other evidence only, such as "Face" or "Max".
    """

    start: int
    end: int
    platform: str
    weak: bool = False


def find_labels(row: Row) -> list[Label]:
    """Find the names of platforms in a row, outside its links, in the order of the text."""
    if not _may_hold_name(row):
        return []
    base = row.line.start
    text = row.bare
    labels = [
        Label(hit.start + base, hit.end + base, hit.platform)
        for hit in row.known.labels_in(text)
        if not _is_in_name(text, hit.start, hit.end)
    ]
    short = _short_labels(row, labels)
    return sorted((*labels, *short), key=lambda label: label.start) if short else labels


def _may_hold_name(row: Row) -> bool:
    return (
        row.unspaced
        or _may_name(row.known, row.tokens, weak=bool(row.links or row.handles))
        or (len(row.tokens) > 3 and SPACED.search(row.text) is not None)
    )


def _short_labels(row: Row, labels: list[Label]) -> list[Label]:
    """Find the names that are only told by their place: "IG:", "FB/YT", "T W I T C H", "X: @acme"."""
    base = row.line.start
    found: list[Label] = []
    edges = [base, *(edge for one in row.links for edge in (one.link.start, one.link.end)), row.line.end]
    at = 0
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        for chunk in _CHUNK.finditer(row.text, first - base, last - base):
            start, end = chunk.start() + base, chunk.end() + base
            while at < len(labels) and labels[at].end <= start:
                at += 1
            if end - start > _MAX_CHUNK or (at < len(labels) and labels[at].start < end):
                continue
            found += _short_label(row, chunk[0], start, end)
    return found


def _short_label(row: Row, chunk: str, start: int, end: int) -> list[Label]:
    tokens = row.tokens if chunk == row.bare else fold_words(chunk)
    spaced = SPACED.search(chunk) if len(tokens) > 3 else None
    if not (spaced or row.unspaced or _may_name(row.known, tokens, weak=bool(row.links or row.handles))):
        return []
    names = _names_in(row.known, chunk, tokens, spaced)
    weak = False
    if not names and len(chunk.strip()) <= _WEAK_CHUNK and _is_beside(row, start, end):
        platform = _match_name(row.known, chunk, weak=True)
        weak = platform is not None
        names = [] if platform is None else [(0, len(chunk), platform)]
    if not names and row.links and (after := _AFTER_ON.search(chunk)) is not None:
        platform = _match_name(row.known, after[1], weak=True)
        if platform is not None and row.has("opener", "follow", "like"):
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


def _is_beside(row: Row, start: int, end: int) -> bool:
    """Tell whether a link or a handle stands beside a piece of the row."""
    return bool(row.links) or any(start <= one.start <= end + _WEAK_CHUNK for one in row.handles[:8])


def _is_in_name(text: str, start: int, end: int) -> bool:
    """Tell whether a name is a part of somebody's name: "ada_snap", "ada.yt"."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 1]
    return after == "_" or before[-1:] == "_" or (before[-1:] == "." and before[:1].isalnum())


def _names_in(
    known: Registry, chunk: str, tokens: list[str], spaced: re.Match[str] | None
) -> list[tuple[int, int, str]]:
    """Find the short names in a piece of a row: the whole of it, its spaced letters, or some of its words."""
    label_words = known.label_words
    # The words of a name, and those that may stand around it, are known, but for one in a case form.
    strange = len(tokens) <= len(chunk.split()) and len([one for one in tokens if one not in label_words]) > 1
    heads = _names_by_head(known)[1]
    platform = None if strange else _match_name(known, chunk, weak=False)
    if platform is None and spaced is not None:
        platform = _match_name(known, spaced[0], weak=False)
    if platform is not None:
        return [(0, len(chunk), platform)]
    short = [token for token in tokens if len(token) <= _SHORT_NAME and token in heads]
    if chunk.isascii() and _COMMON.issuperset(short):
        return []
    return [
        (word.start(), word.end(), platform)
        for word in _CHUNK_WORD.finditer(chunk)
        if len(word[0]) <= _SHORT_NAME and word[0].casefold() not in _COMMON
        if fold_text(word[0]).rstrip("+") in heads and not _is_in_name(chunk, word.start(), word.end())
        if (platform := _match_name(known, word[0], weak=False)) is not None
    ]


@lru_cache(maxsize=8192)
def _match_name(known: Registry, text: str, *, weak: bool) -> str | None:
    """Look a name up; captions of one author repeat the same ones."""
    return known.match_label(text, weak=weak)


@lru_cache(maxsize=8)
def telling_words(known: Registry) -> frozenset[str]:
    """Collect the words of which one stands in each line that asks for something or names a platform."""
    return strong_heads(known).union(asking_words().rows)


@lru_cache(maxsize=8)
def strong_heads(known: Registry) -> frozenset[str]:
    """Collect the longest words of the names of platforms."""
    return frozenset(_names_by_head(known)[0])


def _may_name(known: Registry, tokens: list[str], *, weak: bool) -> bool:
    """Tell whether the name of a platform may stand among folded words: a quick screen.

    `weak` also counts what is a name beside other evidence only. Letters that are set apart are not looked at.
    """
    names = _names_by_head(known)[weak]
    if names.keys().isdisjoint(tokens):
        return False
    joined = "".join(tokens)
    for token in tokens:
        for name in names.get(token, ()):
            if name in joined:
                return True
    return False


@lru_cache(maxsize=8)
def _names_by_head(known: Registry) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Group the names of platforms, their words put together, by their longest word; then the same with weak names."""
    strong: dict[str, list[str]] = {}
    for name in {name for one in known for name in (*one.labels, *one.labels_whole)}:
        _add_name(strong, name)
    every = {head: [*names] for head, names in strong.items()}
    for name in {name for one in known for name in one.labels_weak}:
        _add_name(every, name)
    return strong, every


def _add_name(names: dict[str, list[str]], name: str) -> None:
    words = fold_words(name)
    if words:
        names.setdefault(max(words, key=len), []).append("".join(words))
