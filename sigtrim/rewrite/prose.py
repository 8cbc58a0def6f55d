"""Cut the sentences that send a reader away without a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sigtrim.detect.captions import Passage
    from sigtrim.rewrite.plan import Plan

__all__ = ["cut_prose"]


def cut_prose(plan: Plan, passages: Iterable[Passage]) -> None:
    """Cut the text of passages, never the tags between."""
    for passage in passages:
        spans: list[Span] = []
        start, end = passage.span.start, passage.span.end
        for piece in plan.pieces_in(plan.document.tokens[plan.document.token_at(start)][1], end):
            if piece.kind == "text":
                span = Span(max(piece.start, start), min(piece.end, end))
                plan.drop_text(piece, span)
                spans.append(span)
        plan.cut(passage.code, passage.platform, spans, passage.evidence)
