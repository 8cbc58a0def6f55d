"""Tell where bare short links lead by the words in their addresses, where several stand one below another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigtrim.detect.caption_names import strong_heads
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sigtrim.detect.caption_rows import Row
    from sigtrim.detect.caption_targets import RowLink
    from sigtrim.detect.platforms import Registry

__all__ = ["named_by_address"]

_BLOCK = 12
_SLUG = lazy(r"/([\w-]{4,60})/?(?:[?#]|\Z)")
_PART = lazy(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_FIRST = lazy(r"[A-Za-z]+[_-]")
_SMALL = frozenset(["channel", "group", "official", "page", "profile"])
_OF_A_SONG = ("audio", "video")


def named_by_address(row: Row, rows: Sequence[Row], known: Registry) -> str | None:
    """Return the platform that a bare link's address names, as those beside it do: "bit.ly/AcmeFacebook".

    One song on several services names none.
    """
    own = _name(row, known)
    if own is None:
        return None
    names = {own, *_names_beside(row, rows, known)}
    if len(names) == 1 or all(known.category(name) in _OF_A_SONG for name in names):
        return None
    return own


def _names_beside(row: Row, rows: Sequence[Row], known: Registry) -> Iterator[str]:
    for step in (-1, 1):
        for distance in range(1, _BLOCK):
            index = row.index + step * distance
            name = _name(rows[index], known) if 0 <= index < len(rows) else None
            if name is None:
                break
            yield name


def _name(row: Row, known: Registry) -> str | None:
    """Return the platform of a row that is nothing but a link, None if its address names none."""
    if len(row.links) != 1 or row.worded:
        return None
    link = row.links[0]
    if link.what == "platform":
        return link.platform
    return None if link.what not in ("short", "unknown") else known.match_path(link.url) or _in_slug(link, known)


def _in_slug(link: RowLink, known: Registry) -> str | None:
    """Return the platform with which the last segment ends, or begins: "AcmeWhatsAppChannel", "Facebook_Acme"."""
    slug = _SLUG.search(link.url, link.url.find("//") + 2)
    if link.what != "short" or slug is None:
        return None
    parts = [part.group() for part in _PART.finditer(slug[1])]
    if parts and parts[-1].lower() in _SMALL:
        parts.pop()
    names = [parts[-1:], parts[-2:], parts[:1] if _FIRST.match(slug[1]) else []]
    heads = strong_heads(known)
    found = {known.match_label(name) for name in map("".join, names) if name.lower() in heads} - {None}
    return found.pop() if len(found) == 1 else None
