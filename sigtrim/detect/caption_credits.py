"""Tell rows of a caption that name what others have made or lent, or a service: what stands there is no profile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.detect.caption_rows import Row

__all__ = ["BY_NAME", "NO_CREDIT", "is_credit_of_one", "is_lent", "is_name", "names_service"]

NO_CREDIT = ("follow", "network", "subscribe", "channel", "own", "opener", "like", "thanks")
"""Phrases of these kinds say that a row is no credit."""

BY_NAME = lazy(
    r"\b(?:by|par|por|von|di|door|av|af|przez)[^\S\n]+@?[A-ZÀ-Þ][\w.'’-]*(?:[^\S\n]+[A-ZÀ-Þ&][\w.'’-]*){0,3}[\s:(–—=>»→-]*\Z"
)
"""A name behind "by" at the end: "Banner by Ada Moss:"."""

_ROLE_WORDS = 3
_CREDIT_WORDS = 12
_LENT = 6
_NAME_WORDS = 4
_PARTICLE = 3  # "van", "de"
_LONG_SERVICE = 80
# Behind the beginning of a role: "by" and somebody else, or the rest of its word, a colon and a name.
_NAME_BEHIND = lazy(
    r"(?:[^\n:：]{0,30}?\b(?:by|par|por|von|di|door|av|af|przez)\s+(?!(?:me|us|myself|moi|nous|mí|mim|mir|uns)\b)\W{0,3}\w"
    r"|[^\n:：|]{1,24}[:：][^\w\n]{0,4}\w)",
    re.IGNORECASE,
)
_SERVICE = lazy(
    r"[\W_]*([^\W_][\w ]{1,30}?)\s*[-–—:=|>→►]+\s*(?:https?://)?(?:www\.)?([a-z0-9-]{2,30})\.[a-z]{2,6}/?\s*",
    re.IGNORECASE,
)


def is_credit_of_one(row: Row) -> bool:
    """Tell whether a row is a role and a name behind "by" or a colon."""
    if row.links or not row.may_credit() or not 0 < len(row.words) <= _CREDIT_WORDS or row.has(*NO_CREDIT):
        return False
    if BY_NAME.search(row.text) and not row.has("content") and not row.labels:
        return True
    near = row.words[min(len(row.words), _ROLE_WORDS) - 1][1]
    roles = [hit for hit in row.hits if hit.kind == "credit" and hit.start < near]
    return any(_NAME_BEHIND.match(row.text, hit.start - row.line.start) is not None for hit in roles)


def is_name(row: Row) -> bool:
    """Tell whether a row is nothing but the name of somebody: "Ada Moss"."""
    if row.links or row.handles or not 0 < len(row.words) <= _NAME_WORDS or row.may_ask():
        return False
    text = row.text.strip()
    capital = all(word[:1].isupper() or len(word) <= _PARTICLE for word in text.split())
    return text[:1].isupper() and text[-1].isalnum() and capital and not row.labels


def names_service(row: Row) -> bool:
    """Tell whether a row is the name of a service and its address without a path: "Acme: acme.example"."""
    match = _SERVICE.fullmatch(row.text) if len(row.text) <= _LONG_SERVICE else None
    return match is not None and match[1].replace(" ", "").casefold() == match[2].casefold()


def is_lent(row: Row) -> bool:
    """Tell whether a row begins, in a script without spaces, with what the links below it have lent: "BGM素材↓"."""
    if row.links or row.text.isascii() or not row.may_credit() or row.has(*NO_CREDIT):
        return False
    return any(hit.kind == "credit" and hit.start - row.line.start <= _LENT for hit in row.hits)
