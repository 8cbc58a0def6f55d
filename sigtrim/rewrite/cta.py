"""Where the one call to action goes in an HTML document, and how it fits in with its neighbours there."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from sigtrim.detect.phrases import is_legal_text
from sigtrim.parse.flow import is_blank, row_of
from sigtrim.parse.tags import BLOCKS, HEADINGS, TABLE_SECTIONS
from sigtrim.patterns import lazy
from sigtrim.rewrite.forms import Place
from sigtrim.rewrite.looks import style_at
from sigtrim.rewrite.previous import box_left_open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sigtrim.detect.linklist import Mention
    from sigtrim.parse.elements import Element
    from sigtrim.parse.flow import Piece
    from sigtrim.parse.source import Span
    from sigtrim.rewrite.plan import Plan

    _Group = list[tuple[Mention, Element]]  # mentions, each with the element that it stands in

__all__ = ["end_of", "end_place", "find_place", "is_legal", "look_around", "start_of"]

_HOSTS = HEADINGS | {
    "!revealed", "!root", "address", "article", "aside", "b", "big", "blockquote", "body", "caption", "center", "dd",
    "div", "dt", "em", "fieldset", "figcaption", "figure", "font", "footer", "form", "header", "i", "li", "main", "nav",
    "p", "section", "small", "span", "strong", "td", "th",
}  # fmt: skip
_OWN_CONTAINERS = frozenset(["aside", "div", "nav", "section", "span"])
_OWN_NAME = lazy(r"social|shar(?:e|ing)|follow|sns", re.IGNORECASE)
_OPENS_CONDITION = lazy(
    r"(?:\{\{#[^{}]*\}\}|\{%-?\s*(?:if|unless|for)\b[^%]*%\}|\{[A-Z]{2}\}|<%\s*if\b[^%]*%>|%%IF[^%]*%%)\s*\Z",
    re.IGNORECASE,
)
_CLOSES_CONDITION = lazy(
    r"\s*(?:\{\{/|\{\{else|\{%-?\s*(?:end|else)|\{/[A-Z]{2}\}|<%\s*(?:end|\}|else)|%%END)",
    re.IGNORECASE,
)
_CLOSED_TO_LINKS = frozenset(["!hidden", "!revealed", "a", "button", "select", "svg"])
_LINE_BLOCKS = HEADINGS | {"address", "center", "div", "p"}
_REFERENCE = lazy(r"&#?\w{1,32};?")
_LEGAL_LENGTH = 220
_start = attrgetter("start")


def find_place(plan: Plan, mentions: Iterable[Mention]) -> Place:
    """Choose the first surviving place of the list's largest group; without a list, the end of the last text block."""
    return _outside(plan, _find_place(plan, mentions))


def _outside(plan: Plan, place: Place) -> Place:
    """Step in front of a link or a box that the source leaves open, and of markup that its end cuts off."""
    document = plan.document
    if place.offset > document.end:
        place = Place(document.end, document.root)
    shut = box_left_open(document)
    if shut < place.offset:
        box = document.owners[document.token_at(shut)]
        place = Place(shut, box.parent or document.root)
    at: Element | None = document.owners[document.token_at(place.offset - 1)] if place.offset else None
    while at is not None:
        if at.name in _CLOSED_TO_LINKS and at.end_tag is None and at.start < place.offset <= at.end:
            place = Place(at.start, at.parent or document.root)
            at = document.owners[document.token_at(place.offset - 1)] if place.offset else None
        else:
            at = at.parent
    return place


def _find_place(plan: Plan, mentions: Iterable[Mention]) -> Place:
    groups = _groups(plan, mentions)
    if not groups:
        return end_place(plan)
    group = groups[0] if len(groups) == 1 else max(groups, key=lambda one: _rank(plan, one))
    place = _leave_own_container(plan, _group_place(plan, group))
    return end_place(plan) if _is_conditional(plan, place) else place


def _leave_own_container(plan: Plan, place: Place) -> Place:
    """Step out of a container that was made for the list alone, such as `<div class="share-buttons">`: it goes."""
    host = place.host
    while (
        host.name in _OWN_CONTAINERS
        and host.parent is not None
        and host.closed
        and plan.is_void(host)
        and _OWN_NAME.search(f"{host.get('class')} {host.get('id')}")
        and is_legal(host.parent)
    ):
        place = Place(host.start, host.parent)
        host = host.parent
    return place


def _is_conditional(plan: Plan, place: Place) -> bool:
    """Tell whether a template's condition stands around a place: there the call to action would come and go."""
    pieces, at = plan.flow.pieces, plan.index_of(place.offset)
    behind = next((one for one in islice(pieces, at, None) if one.kind == "text" and not plan.is_gone(one)), None)
    if behind is None or not _CLOSES_CONDITION.match(behind.text):
        return False
    before = next((one for one in reversed(pieces[:at]) if one.kind == "text" and not plan.is_gone(one)), None)
    return before is not None and _OPENS_CONDITION.search(before.text) is not None


def _group_place(plan: Plan, group: _Group) -> Place:
    """Find the first surviving place of a group of mentions."""
    common = group[0][1]
    for _, element in group[1:]:
        while not common.first <= element.first < common.last and common.parent is not None:
            common = common.parent
    host, child = _own_cell(plan, common, group[0][1]), None
    while not is_legal(host):
        child, host = host, host.parent or plan.document.root
    if child is not None:
        return Place(child.start if plan.is_void(child) else child.end, host)
    first = group[0][0].span.start
    while True:
        inner = _child_at(host, first)
        if inner is None:
            return Place(first, host)
        if inner.closed and plan.has_survivor(inner.start, first):
            return Place(inner.end, host)  # the list begins at the end of a block and goes on in the next
        if inner.name not in _LINE_BLOCKS or not inner.closed or not plan.is_void(inner) or inner.start == first:
            return Place(inner.start, host)
        host = inner


def _own_cell(plan: Plan, common: Element, first: Element) -> Element:
    """Return the only cell of the list's first row, where the list takes several rows of a table; else `common`."""
    if common.name not in ("table", *TABLE_SECTIONS):
        return common
    row = next((one for one in first.path() if one.name == "tr"), None)
    cells = [one for one in row.children if one.name in ("td", "th")] if row is not None else []
    return cells[0] if len(cells) == 1 and cells[0].closed and plan.is_void(cells[0]) else common


def _rank(plan: Plan, group: _Group) -> tuple[bool, bool, int]:
    """Rate a group as the place of the call to action: a row or line that it had to itself, then its size."""
    lines = dict.fromkeys([piece.line for piece in plan.pieces_in(group[0][0].span.start, group[-1][0].span.end)])
    rows = dict.fromkeys([row_of(line.block) for line in lines])
    return (
        all(row is None or plan.is_void(row) for row in rows),
        all(map(plan.is_line_gone, lines)),
        len({mention.platform for mention, _ in group}),
    )


def _groups(plan: Plan, mentions: Iterable[Mention]) -> list[_Group]:
    """Group the visible mentions that went whole and that nothing kept stands between."""
    groups: list[_Group] = []
    end = 0
    for mention in mentions:
        start, holder = mention.span.start, _holder(plan, mention)
        if plan.is_unseen(holder) or plan.has_survivor(start, mention.span.end):
            continue
        if groups and not plan.has_survivor(end, start):
            groups[-1].append((mention, holder))
        else:
            groups.append([(mention, holder)])
        end = mention.span.end
    return groups


def _holder(plan: Plan, mention: Mention) -> Element:
    """Return the element that a mention stands in."""
    element = plan.element_at(mention)
    return element.parent if element.start == mention.span.start and element.parent is not None else element


def is_legal(element: Element) -> bool:
    """Tell whether a link may stand directly in an element, and would be seen there, in Outlook and elsewhere."""
    return element.name in _HOSTS and element.within.isdisjoint(_CLOSED_TO_LINKS)


def _child_at(host: Element, offset: int) -> Element | None:
    return next(
        (child for child in host.children if child.start <= offset < max(child.end, child.start_end)),
        None,
    )


def end_of(plan: Plan, piece: Piece) -> int:
    """Return where the last character of a piece stands behind that stays and can be seen."""
    text, end = plan.document.text, piece.end
    if piece.kind != "text" or is_blank(plan.text_left(piece)):
        return end
    while end > piece.start and is_blank(plan.text_left(piece, end - 1)):
        end -= 1
    reference = _REFERENCE.match(text, end - 1, piece.end)
    return reference.end() if reference else end


def start_of(plan: Plan, piece: Piece) -> int:
    """Return where the first character of a piece stands that stays and can be seen."""
    start = piece.start
    if piece.kind != "text" or is_blank(plan.text_left(piece)):
        return start
    while start < piece.end and is_blank(plan.text_left(piece, 0, start + 1)):
        start += 1
    return start


def end_place(plan: Plan, *, is_close: bool = False) -> Place:
    """Find the end of the last text block that is no legal text; with `is_close` before the white space there."""
    last: Piece | None = None
    spare: Piece | None = None
    for line in reversed(plan.flow.lines):
        if plan.is_unseen(line.pieces[0].element):
            continue
        stays = [piece for piece in line.pieces if not plan.is_gone(piece)]
        if not stays:
            continue
        text = "".join(plan.text_left(piece) for piece in stays if piece.kind == "text")
        spare = spare or stays[-1]
        if text and len(text) <= _LEGAL_LENGTH and not is_legal_text(text) and any(one.isalnum() for one in text):
            last = stays[-1]
            break
    if last is None:
        return _last_resort(plan, spare)
    host, end = last.element, end_of(plan, last) if is_close else last.end
    while host.name not in BLOCKS and host.parent is not None:
        end = max(end, host.end)
        host = host.parent
    while (host.name in HEADINGS or not is_legal(host)) and host.parent is not None:
        end = host.end
        host = host.parent
    return Place(end, host)


def _last_resort(plan: Plan, piece: Piece | None) -> Place:
    """Without a text block: behind the outermost table around the last thing to see, else where the body ends."""
    root = plan.document.root
    page = next((one for one in root.children if one.name == "html"), root)
    body = next(
        (one for parent in (root, page) for one in parent.children if one.name == "body"),
        page,
    )
    if piece is None:
        return Place(body.end_start, body)
    path = piece.element.path()
    tables = [one for one in path if one.name == "table"]
    if tables and tables[-1].parent is not None and is_legal(tables[-1].parent):
        return Place(tables[-1].end, tables[-1].parent)
    child = piece.element
    while child.parent is not None and (child.name not in BLOCKS or not is_legal(child.parent)):
        child = child.parent
    if child.parent is None or child.name in ("body", "html"):
        return Place(body.end_start, body)
    return Place(child.end, child.parent)


def look_around(plan: Plan, place: Place, gone: tuple[Span, ...]) -> Place:
    """Settle the form at a place: the breaks that it needs, and the font of its neighbours.

    Where neighbours on both sides stay, they stay on one line, and the call to action goes behind it.
    """
    before = _neighbour(plan, place.offset, gone, step=-1)
    behind = _neighbour(plan, place.offset, gone, step=1)
    if before and behind:
        place = _outside(plan, _behind_line(plan, place))
        before = _neighbour(plan, place.offset, gone, step=-1)
        behind = _neighbour(plan, place.offset, gone, step=1)
    return Place(place.offset, place.host, before, behind, style_at(plan, place))


def _behind_line(plan: Plan, place: Place) -> Place:
    """Return the place behind the line that a place lies in; the same place where no link may stand there."""
    document = plan.document
    tokens = document.tokens
    for line in plan.flow.lines:
        if tokens[line.first][1] <= place.offset <= line.pieces[-1].end:
            if line.last >= len(tokens):
                return Place(len(document.text), document.root)
            kind, start, _, _ = tokens[line.last]
            owner = document.owners[line.last]
            host = owner if kind == "end" else owner.parent
            if host is not None and is_legal(host):
                return Place(start, host)
    return place


def _neighbour(plan: Plan, offset: int, gone: tuple[Span, ...], *, step: int) -> bool:
    """Tell whether something kept stands on the same line on one side of an offset."""
    document = plan.document
    tokens = document.tokens
    index = document.token_at(offset)
    if step < 0 and tokens and tokens[index][1] >= offset:
        index -= 1
    found = plan.pieces_in(*tokens[index][1:3]) if 0 <= index < len(tokens) else []
    around = found[0] if found else None
    if around is not None and around.kind == "text" and around.start < offset < around.end:
        side = plan.text_left(around, offset) if step > 0 else plan.text_left(around, 0, offset)
        if not is_blank(side):
            return True
    while 0 <= index < len(tokens):
        kind, start, end, name = tokens[index]
        at = bisect_right(gone, start, key=_start) - 1
        if at >= 0 and end <= gone[at].end:
            beyond = document.token_at(gone[at].end if step > 0 else gone[at].start - 1)
            index = max(index + 1, beyond) if step > 0 else min(index - 1, beyond)
            continue
        if start >= offset if step > 0 else end <= offset:
            if plan.has_survivor(start, start + 1):
                return name != "hr"
            if kind in ("start", "end") and (name in BLOCKS or name == "br"):
                return False
        index += step
    return False
