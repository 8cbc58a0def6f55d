"""The short names of platforms in pieces of a caption's lines: "IG", "FB", "T W I T C H"."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sigtrim.detect.phrase_table import asking_words
from sigtrim.parse.fold import fold_text, fold_words
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    import re

    from sigtrim.detect.platforms import Registry

__all__ = ["is_in_name", "match_name", "may_name", "names_in", "strong_heads", "telling_words"]

_CHUNK_WORD = lazy(r"[^\W_]+\+?")
_SHORT_NAME = 5
_COMMON = frozenset(
    ["in", "on", "me", "my", "us", "to", "at", "the", "and", "go", "it", "is", "x", "line", "page", "face"]
)


def is_in_name(text: str, start: int, end: int) -> bool:
    """Tell whether a name is a part of somebody's name: "ada_snap", "ada.yt"."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 1]
    return after == "_" or before[-1:] == "_" or (before[-1:] == "." and before[:1].isalnum())


def names_in(
    known: Registry, chunk: str, tokens: list[str], spaced: re.Match[str] | None
) -> list[tuple[int, int, str]]:
    """Find the short names in a piece of a row: the whole of it, its spaced letters, or some of its words."""
    label_words = known.label_words
    # The words of a name, and those that may stand around it, are known, but for one in a case form.
    strange = len(tokens) <= len(chunk.split()) and len([one for one in tokens if one not in label_words]) > 1
    heads = _names_by_head(known)[1]
    platform = None if strange else match_name(known, chunk, weak=False)
    if platform is None and spaced is not None:
        platform = match_name(known, spaced[0], weak=False)
    if platform is not None:
        return [(0, len(chunk), platform)]
    short = [token for token in tokens if len(token) <= _SHORT_NAME and token in heads]
    if chunk.isascii() and _COMMON.issuperset(short):
        return []
    return [
        (word.start(), word.end(), platform)
        for word in _CHUNK_WORD.finditer(chunk)
        if len(word[0]) <= _SHORT_NAME and word[0].casefold() not in _COMMON
        if fold_text(word[0]).rstrip("+") in heads and not is_in_name(chunk, word.start(), word.end())
        if (platform := match_name(known, word[0], weak=False)) is not None
    ]


@lru_cache(maxsize=8192)
def match_name(known: Registry, text: str, *, weak: bool) -> str | None:
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


def may_name(known: Registry, tokens: list[str], *, weak: bool) -> bool:
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
