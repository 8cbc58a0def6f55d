"""Cut what removed links leave behind: emptied elements, cells, rows, line breaks, and blank lines of the source.

An element goes whole only where its start and end tags match in the source and nothing crosses its border, and a
cell or row only where no other row depends on it. Everywhere else it stays, emptied.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sigtrim.parse.flow import is_spacer
from sigtrim.parse.source import Span
from sigtrim.parse.tags import BLOCKS
from sigtrim.patterns import lazy
from sigtrim.rewrite.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sigtrim.parse.elements import Element
    from sigtrim.parse.flow import Line
    from sigtrim.rewrite.plan import Plan

__all__ = ["cut_blank_lines", "cut_breaks", "cut_containers"]

_NEVER = frozenset(["!root", "body", "head", "html", "form", "style", "script"])
_LINE_END = lazy(r"[\r\n]")
_TABLE_PARTS = frozenset(["td", "th", "tr"])
_SPAN_DEPTH = 3  # around a spacer picture
_ROOM = lazy(r"\b(?:width|padding|margin)", re.IGNORECASE)
_PAINT = lazy(r"\b(?:background|border|content)\b", re.IGNORECASE)


def cut_containers(plan: Plan, host: Element | None) -> None:
    """Cut the outermost elements that lost all they held; `host`, where the call to action goes, stays."""
    seen = set() if host is None else set(host.path())
    spared = frozenset(seen)
    tables = Tables()
    emptied: dict[Element, None] = {}
    for element in _around_cuts(plan):
        best = None
        current: Element | None = element
        while current is not None and current not in seen and plan.is_void(current):
            seen.add(current)
            if current.closed and current.name not in _NEVER and tables.can_go(current):
                best = current
            current = current.parent
        if best is not None:
            emptied[best] = None
    for spacer in _needless_spacers(plan, emptied, spared, tables):
        emptied[spacer] = None
    if host is not None and plan.is_void(host):
        emptied.update(dict.fromkeys(_spacers_in(plan, host)))
    cut_already = {(span.start, span.end) for cut in plan.cuts for span in cut.spans} if emptied else ()
    for element in emptied:
        if (element.start, element.end) not in cut_already:
            plan.cut(
                "empty-container",
                None,
                [element.span],
                (f"<{element.name}> was left empty",),
            )


def _around_cuts(plan: Plan) -> Iterator[Element]:
    """Yield the elements around what goes, innermost first."""
    document, gone = plan.document, plan.gone
    for piece in plan.flow.pieces:
        if piece in gone:
            yield (piece.element if piece.kind == "text" else (piece.element.parent or piece.element))
    for cut in plan.cuts:
        for span in cut.spans:
            owner = document.owners[document.token_at(span.start)]
            yield (owner.parent or owner) if owner.start == span.start else owner


def _needless_spacers(
    plan: Plan, emptied: Collection[Element], spared: Collection[Element], tables: Tables
) -> list[Element]:
    """Return the empty cells or rows beside removed ones that kept them apart from their neighbours.

    One stays between two neighbours that stay; at an end none does.
    """
    parents = dict.fromkeys(one.parent for one in emptied if one.name in _TABLE_PARTS and one.parent is not None)
    found: list[Element] = []
    for parent in parents:
        siblings = [one for one in parent.children if one.name in _TABLE_PARTS]
        at = 0
        while at < len(siblings):
            first = at
            spacers: list[Element] = []
            while at < len(siblings):
                one = siblings[at]
                if one not in emptied:
                    if one in spared or not one.closed or not plan.is_void(one) or not tables.can_go(one):
                        break
                    spacers.append(one)
                at += 1
            if len(spacers) < at - first:
                found += spacers[1:] if first > 0 and at < len(siblings) else spacers
            at += 1
    return found


def _spacers_in(plan: Plan, host: Element, depth: int = _SPAN_DEPTH) -> Iterator[Element]:
    """Yield what only kept removed links apart: pictures, each with the `<span>` that is around it alone, and gaps."""
    for child in host.children:
        if child.name == "img" and is_spacer(child):
            yield child
        elif child.name == "span" and depth:
            inner = list(_spacers_in(plan, child, depth - 1))
            is_whole = child.closed and len(inner) == len(child.children) == 1 and plan.is_void(child)
            yield from [child] if is_whole or _is_gap(plan, child) else inner


def _is_gap(plan: Plan, span: Element) -> bool:
    """Tell whether a `<span>` is nothing but room between two links: empty, with a width, and painting nothing."""
    style = span.get("style")
    return (
        span.closed
        and not span.children
        and set(span.attributes) == {"style"}
        and _ROOM.search(style) is not None
        and _PAINT.search(style) is None
        and plan.is_void(span)
    )


def cut_breaks(plan: Plan, insertion: int | None) -> None:
    """Cut the `<br>`s of lines that went; `insertion` is where the call to action goes, which counts as content."""
    lines, gone = plan.shown_lines(), plan.gone_lines()
    first = 0
    while first < len(gone):
        last = first + 1
        while (
            last < len(gone)
            and gone[last] == gone[last - 1] + 1
            and lines[gone[last]].block is lines[gone[first]].block
        ):
            last += 1
        _cut_breaks_around(plan, lines[gone[first]], lines[gone[last - 1]], insertion)
        first = last


def _cut_breaks_around(plan: Plan, first: Line, last: Line, insertion: int | None) -> None:
    tokens = plan.document.tokens
    inside = enumerate(tokens[first.first : last.last], first.first)
    cuts = [index for index, (kind, _, _, name) in inside if name == "br" and kind == "start"]
    if insertion is None or not tokens[first.first][1] <= insertion <= tokens[min(last.last, len(tokens) - 1)][1]:
        before, content_before = _breaks(plan, range(first.first - 1, -1, -1), insertion)
        behind, content_behind = _breaks(plan, range(last.last, len(tokens)), insertion)
        if content_before and content_behind:
            cuts += behind if len(before) >= len(behind) else before
        elif content_before:
            cuts += before + behind
        else:
            cuts += behind
    plan.cut("empty-container", None, _spans(plan, cuts), ("line breaks of removed lines",))


def _spans(plan: Plan, indexes: list[int]) -> list[Span]:
    return [Span(*plan.document.tokens[index][1:3]) for index in indexes]


def _breaks(plan: Plan, indexes: range, insertion: int | None) -> tuple[list[int], bool]:
    """Walk away from a removed line; return the breaks on the way, and whether content follows in the same block."""
    found: list[int] = []
    tokens = plan.document.tokens
    for index in indexes:
        kind, start, end, name = tokens[index]
        if insertion is not None and start <= insertion < end:
            return found, True
        if plan.has_survivor(start, start + 1):
            return found, True
        if kind in ("start", "end") and name == "br":
            found.append(index)
        elif kind in ("start", "end") and name in BLOCKS:
            return found, False
    return found, False


def cut_blank_lines(plan: Plan, insertion: int | None) -> None:
    """Cut the source lines on which nothing but white space is left, so that no gap shows where the list was."""
    text = plan.document.text
    gone = plan.spans()
    spans: list[Span] = []
    index = floor = 0
    while index < len(gone):
        # What went before ended on an earlier line: nothing in front of that line's end is looked at again.
        before = gone[index].start
        start = max(text.rfind("\n", floor, before), text.rfind("\r", floor, before)) + 1 or floor
        end = _line_end(text, gone[index].end)
        left: list[Span] = []
        at = start
        while index < len(gone) and gone[index].start <= end:
            left.append(Span(at, gone[index].start))
            at = gone[index].end
            if at > end:
                end = _line_end(text, at)
            index += 1
        floor = end
        behind = end + (2 if text.startswith("\r\n", end) else end < len(text))
        left.append(Span(at, behind))
        is_blank_now = all(not text[one.start : one.end].strip(" \t\r\n") for one in left)
        holds_insertion = insertion is not None and start <= insertion <= end
        if is_blank_now and behind > end and not holds_insertion:
            spans += [one for one in left if one.start < one.end]
    plan.cut("empty-container", None, spans, ("blank line of the source",))


def _line_end(text: str, offset: int) -> int:
    """Return where the line that holds an offset ends, before its line end."""
    found = _LINE_END.search(text, offset)
    return found.start() if found else len(text)
