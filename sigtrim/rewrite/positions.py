"""The places that a user can ask for: the start or the end of the signature, before or behind a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigtrim.detect.phrases import is_legal_text
from sigtrim.parse.tags import BLOCKS
from sigtrim.rewrite.cta import end_of, end_place, is_legal, start_of
from sigtrim.rewrite.forms import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.call import CallToAction
    from sigtrim.parse.caption import Line as TextLine
    from sigtrim.parse.elements import Element
    from sigtrim.parse.flow import Line
    from sigtrim.parse.source import Span
    from sigtrim.rewrite.plan import Plan

__all__ = ["asked_line", "asked_place"]


def asked_place(plan: Plan, cta: CallToAction, own: Sequence[Span]) -> Place | None:
    """Return the place that a call to action asks for; None where a document has no such place.

    `own` are the spans of earlier calls to action, whose words are none of the document's.

    It is never in something that goes, in a link, in what is not displayed, or in the midst of the legal text.
    """
    lines = [
        line
        for line in plan.flow.lines
        if not plan.is_unseen(line.pieces[0].element)
        and not plan.is_line_gone(line)
        and not any(span.start <= line.pieces[0].start < span.end for span in own)
    ]
    if cta.position == "end":
        return end_place(plan, is_close=True)
    if cta.position == "start":
        # Not before the delimiter "-- ", with which RFC 3676, section 4.3, begins a signature.
        first = next((line for line in lines if _has_words(plan, line) and not _is_legal_text(plan, line)), None)
        return None if first is None else _before(plan, first)
    wanted = " ".join(cta.anchor.split()).casefold()
    found = next((at for at, line in enumerate(lines) if wanted in _words(plan, line).casefold()), None)
    if found is None:
        return None
    step = 1 if cta.position.startswith("after") else -1
    while (
        _is_legal_text(plan, lines[found])
        and 0 <= found + step < len(lines)
        and _is_legal_text(plan, lines[found + step])
    ):
        found += step
    return _behind(plan, lines[found]) if step > 0 else _before(plan, lines[found])


def asked_line(
    text: str, lines: Sequence[TextLine], gone: Sequence[Span], position: str, anchor: str
) -> tuple[int, bool] | None:
    r"""Return where a plain text has the position that is asked for, and whether that is behind a line.

    `gone` are the spans that go. None if the text has no such place.

    >>> from sigtrim.parse.caption import split_lines
    >>> text = "Ada\nLeeds\nThis e-mail is confidential."
    >>> asked_line(text, split_lines(text), (), "end", "")
    (9, True)
    """
    stay = [
        line
        for line in lines
        if text[line.start : line.end].strip()
        and not any(span.start <= line.start and line.end <= span.end for span in gone)
    ]
    usual = [line for line in stay if not is_legal_text(text[line.start : line.end])]
    usual = [line for line in usual if any(one.isalnum() for one in text[line.start : line.end])]
    if position == "start":
        return (usual[0].start, False) if usual else None
    if position == "end":
        return (usual[-1].end, True) if usual else None
    wanted = " ".join(anchor.split()).casefold()
    found = (line for line in stay if wanted in " ".join(text[line.start : line.end].split()).casefold())
    line = next(found, None)
    if line is None:
        return None
    behind = position.startswith("after")
    return (line.end if behind else line.start), behind


def _words(plan: Plan, line: Line) -> str:
    """Return the words of a line that stay; white space between two tags parts words, and is no piece."""
    document = plan.document
    parts: list[str] = []
    end = line.pieces[0].start
    for piece in line.pieces:
        between = document.tokens[document.token_at(end) : document.token_at(piece.start)]
        if any(kind == "text" and start >= end for kind, start, _, _ in between):
            parts.append(" ")
        parts.append(plan.text_left(piece) if piece.kind == "text" else "")
        end = piece.end
    return " ".join("".join(parts).split())


def _has_words(plan: Plan, line: Line) -> bool:
    return any(character.isalnum() for character in _words(plan, line))


def _is_legal_text(plan: Plan, line: Line) -> bool:
    return is_legal_text(_words(plan, line))


def _before(plan: Plan, line: Line) -> Place | None:
    piece = next(piece for piece in line.pieces if not plan.is_gone(piece))
    return _climb(piece.element if piece.kind == "text" else piece.element.parent, start_of(plan, piece), first=True)


def _behind(plan: Plan, line: Line) -> Place | None:
    piece = next(piece for piece in reversed(line.pieces) if not plan.is_gone(piece))
    return _climb(piece.element if piece.kind == "text" else piece.element.parent, end_of(plan, piece), first=False)


def _climb(host: Element | None, offset: int, *, first: bool) -> Place | None:
    """Leave inline elements, and all in which no link may stand, on one side."""
    while host is not None and host.parent is not None and (host.name not in BLOCKS or not is_legal(host)):
        offset = min(offset, host.start) if first else max(offset, host.end)
        host = host.parent
    return None if host is None or not is_legal(host) else Place(offset, host)
