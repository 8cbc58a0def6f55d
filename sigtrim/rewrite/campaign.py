"""Plan the change from the calls to action that a document has to the one that is wanted, around the last cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigtrim.rewrite.cleanup import cut_blank_lines, cut_breaks, cut_containers
from sigtrim.rewrite.cta import find_place, look_around
from sigtrim.rewrite.positions import asked_place
from sigtrim.rewrite.previous import breaks_around
from sigtrim.rewrite.separators import cut_separators
from sigtrim.rewrite.settle import Settled, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.call import CallToAction
    from sigtrim.detect.linklist import Mention
    from sigtrim.rewrite.plan import Plan
    from sigtrim.rewrite.previous import Previous

__all__ = ["plan_call"]

_REPLACED = "another call to action takes its place"


def plan_call(  # noqa: PLR0913 - what is there, and what is wanted of it
    plan: Plan,
    mentions: Sequence[Mention],
    previous: Sequence[Previous],
    *,
    cta: CallToAction | None,
    position: str,
    remove: bool,
) -> Settled | None:
    """Cut what is left around a removed list, and settle the call to action; None if there is none to put in.

    `previous` are those of earlier runs; `position` is where they and `cta` are meant to stand. The first one keeps its
    place, unless it is to go, or there is another place that is asked for: then it goes as if it had been a link of
    the list.
    """
    own = [one.element.span for one in previous]
    asked = asked_place(plan, cta, own) if cta is not None and position != "list" else None
    anew = remove or (asked is not None and not any(one.is_same for one in previous))
    stays = None if anew or not previous else previous[0]
    going = previous if stays is None else previous[1:]
    reason = _REPLACED if cta is not None else "it is to go"
    if position != "list":
        # It never stood in the list, so that no separator is one between it and the list.
        cut_separators(plan, None)
    for one in going:
        _take_out(plan, one, reason)
    place = None
    if cta is not None and stays is None:
        place = (asked_place(plan, cta, own) if asked is not None else None) or find_place(plan, mentions)
    home = place if place is not None else stays.place if stays is not None else None
    offset = None if home is None else home.offset
    if position == "list":
        cut_separators(plan, offset)
    cut_containers(plan, None if home is None else home.host)
    cut_breaks(plan, offset if asked is None else None)
    if place is not None:
        place = look_around(plan, place, plan.spans())
        offset = place.offset
    cut_blank_lines(plan, offset)
    if cta is None or (stays is not None and stays.is_same):
        return None
    settled = settle(plan, cta, place, stays)
    plan.cut("previous-cta", None, list(settled.replaced), (_REPLACED,))
    plan.cut("empty-container", None, list(settled.left), ("no table can stand there",))
    is_elsewhere = position != "list" and asked is None and stays is None
    return settled._replace(is_elsewhere=True) if is_elsewhere else settled


def _take_out(plan: Plan, previous: Previous, reason: str) -> None:
    """Cut an earlier call to action, as if it had been a link of the list."""
    element = previous.element
    pieces = plan.pieces_in(element.start, element.end)
    for piece in pieces:
        plan.drop(piece, None)
    plan.cut("empty-container", None, breaks_around(plan.document, previous), ("line breaks of a removed line",))
    if previous.is_wrapped:
        # It brought its own line breaks, and takes no others with it.
        own = {id(piece.line) for piece in pieces}
        plan.flow.lines = [line for line in plan.flow.lines if id(line) not in own]
    plan.cut("previous-cta", None, [element.span], (reason,))
