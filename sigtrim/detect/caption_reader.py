"""Read a caption into rows, and tell the few rows in which something may be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigtrim.detect.caption_names import SPACED, strong_heads, telling_words
from sigtrim.detect.caption_rows import GLUE, UNSPACED, Row, dangles
from sigtrim.detect.caption_targets import host_screen, read_link
from sigtrim.detect.phrases import calls_at
from sigtrim.parse.caption import find_handles, find_links
from sigtrim.parse.fold import fold_ascii_words, fold_words
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.detect.caption_targets import RowLink
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.caption import Handle, Line, TextLink

__all__ = ["read_rows"]

# What stands in each name whose letters are set apart: a quick screen.
_APART = lazy("[ .·][^ ][ .·][^ ][ .·]")
_SHORT_ROW = 100
_LONG_ROW = 60  # in shorter ones no call is looked for behind another word


def read_rows(
    text: str, lines: Sequence[Line], known: Registry, *, strips_content: bool = False
) -> tuple[list[Row], list[Row]]:
    """Read a caption into rows, in linear time: all of them, and those in which something may be found.

    With `strips_content` a link to a single video or post counts as one to a profile.
    """
    links = find_links(text, is_known_host=host_screen(known))
    bare = _blank(text, links)
    plain = fold_ascii_words(bare)
    holds_unspaced = not text.isascii() and UNSPACED.search(text) is not None
    rows = []
    for index, line in enumerate(lines):
        start, end, _ = line
        content = text[start:end]
        tokens = plain[start:end].split() if content.isascii() else fold_words(bare[start:end])
        row = Row(index, line, content, tokens, known)
        row.whole = bare
        row.unspaced = holds_unspaced and UNSPACED.search(content) is not None
        rows.append(row)
    linked = _place_links(rows, links, bare, strips_content=strips_content)
    linked |= _place_handles(rows, links, find_handles(text))
    at = 0
    for match in GLUE.finditer(bare):
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
        if len(tokens) > 3 and SPACED.search(text) is not None:
            return True
    return row.glued and len(text) > _LONG_ROW and any(calls_at(text, match.start()) for match in GLUE.finditer(text))
