"""Cut the separators that removed links leave doubled or dangling.

These are joint decisions: a separator between a removed and a kept link stays only if something kept stands on both its
sides once all removals are known.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sigtrim.parse.flow import SEPARATORS
from sigtrim.patterns import lazy
from sigtrim.rewrite.view import view_of

if TYPE_CHECKING:
    from sigtrim.parse.flow import Line
    from sigtrim.parse.source import Span
    from sigtrim.rewrite.plan import Plan
    from sigtrim.rewrite.view import Item, View

__all__ = ["cut_separators"]

_ENDS = ".!?…:;"
_GO = frozenset(["and", "loose", "mark", "sep", "space", "word"])  # of words those that say nothing
_SAYS = lazy(r"[\w$%<{]")
_HARD_SPACES = lazy(r"[^ \t\r\n]+")  # of white space: what the reader sees although the source breaks the line


def cut_separators(plan: Plan, insertion: int | None) -> None:
    """Cut the separators that would be doubled, or dangle at an end, in and between lines.

    `insertion` is where the call to action goes; its line counts as one that stays.
    """
    for line in plan.lines_with_gone():
        if not _is_nothing_between(plan, line):
            _cut_in_line(plan, line)
    _cut_separator_lines(plan, _line_at(plan, insertion))


def _line_at(plan: Plan, offset: int | None) -> Line | None:
    tokens = plan.document.tokens
    if offset is None or not tokens:
        return None
    at = plan.document.token_at(offset)
    behind = at if tokens[at][1] == offset else at + 1
    if behind == len(tokens):
        return None
    return next((line for line in plan.flow.lines if line.first <= at and behind <= line.last), None)


def _is_nothing_between(plan: Plan, line: Line) -> bool:
    """Tell whether a line held one text or picture, which went whole, and nothing beside it: no separator is there."""
    piece = line.pieces[0]
    if len(line.pieces) > 1 or piece not in plan.gone or piece in plan.holes:
        return False
    tokens = plan.document.tokens[line.first : line.last]
    return not any(kind == "text" and start != piece.start for kind, start, _, _ in tokens)


def _cut_in_line(plan: Plan, line: Line) -> None:
    """Leave one separator between two neighbours that stay, and none at an end that lost what stood beyond it."""
    view = view_of(plan, line)
    items = view.items()
    stays = _staying(view, items)
    bounds = [-1, *stays, len(items)]
    spans: list[Span] = []
    for left, right in pairwise(bounds):
        gap = items[left + 1 : right]
        if any(item.kind == "gone" for item in gap):
            ended = left >= 0 and view.text[items[left].end - 1] in _ENDS
            kept = _kept_in_gap(view, gap, ended=ended) if left >= 0 and right < len(items) else ()
            for item in gap:
                if item.kind in _GO and not any(item is one for one in kept):
                    ranges = view.ranges(item.start, item.end)
                    if item.kind != "space" or not view.holds_line_end(ranges):
                        spans += view.take(ranges)
                    else:
                        for match in _HARD_SPACES.finditer(view.text, item.start, item.end):
                            spans += view.take(view.ranges(*match.span()))
    if not stays:
        for piece in line.pieces:
            if piece.kind == "text" and not plan.is_gone(piece):
                plan.drop(piece, None)
    plan.cut("list-separator", None, spans, ("stood between removed links",))


def _staying(view: View, items: list[Item]) -> list[int]:
    """Return the indexes of what stays; an emoji that pointed to what goes does not stay alone."""
    stays = [at for at, item in enumerate(items) if item.kind in ("kept", "word")]
    says = any(items[at].kind == "kept" or _SAYS.search(view.text, items[at].start, items[at].end) for at in stays)
    return stays if says else []


def _kept_in_gap(view: View, gap: list[Item], *, ended: bool) -> tuple[Item, ...]:
    """Return what stays between two neighbours that stay: the first separator with the space on its sides.

    Where the sentence has `ended` in front of the gap, its commas and full stops belonged to what went.
    """
    separators = [item for item in gap if item.kind == "sep"]
    if not separators and not ended:
        separators = [item for item in gap if item.kind == "loose"]
    spaces = [item for item in gap if item.kind == "space"]
    if not separators:
        return tuple(spaces[:1])
    is_comma = view.text[separators[0].start] in ",;"
    before = [item for item in spaces if item.start < separators[0].start and not is_comma]
    behind = [item for item in spaces if item.start > separators[0].start]
    return (separators[0], *before[:1], *behind[:1])


_RULER = lazy(rf"[\s\u00a0{SEPARATORS}\-–—−―_=~*.\u2500-\u257f]+\Z")


def _is_separator_line(plan: Plan, line: Line) -> bool:
    if plan.is_line_gone(line):
        return False
    return all(
        (piece.kind == "text" and piece.link is None and _RULER.match(plan.text_left(piece) or " ") is not None)
        or (piece.kind == "box" and piece.element.name == "hr")
        for piece in line.pieces
        if not plan.is_gone(piece)
    )


def _cut_separator_lines(plan: Plan, hosts_cta: Line | None) -> None:
    """Among lines of marks and rulers, leave one between two neighbours that stay, none behind the last."""
    lines = plan.shown_lines()
    done = -1
    for at in plan.gone_lines():
        if at <= done or lines[at] is hosts_cta:
            continue
        first = at
        while first > 0 and _is_separator_line(plan, lines[first - 1]):
            first -= 1
        last = at
        while last + 1 < len(lines) and (
            _is_separator_line(plan, lines[last + 1])
            or (plan.is_line_gone(lines[last + 1]) and lines[last + 1] is not hosts_cta)
        ):
            last += 1
        block = lines[first : last + 1]
        marks = [line for line in block if _is_separator_line(plan, line)]
        inner = first > 0 and last + 1 < len(lines)
        for line in marks[1:] if inner else marks:
            spans = [piece.span for piece in line.pieces if not plan.is_gone(piece)]
            for piece in line.pieces:
                plan.drop(piece, None)
            plan.cut("list-separator", None, spans, ("a ruler beside removed lines",))
        done = last
