"""Turn a place, or an earlier call to action, into the one insertion: the form that the new one has there.

A text link takes the first surviving place of the list, which may be a paragraph. A table may not stand in one, and
leaves it; what that changes beside the insertion is noted in its class, so that the next campaign can have another
style and still come out as if it had been the first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.parse.flow import lay_out
from sigtrim.parse.html import parse
from sigtrim.parse.source import Span
from sigtrim.parse.tags import BLOCKS, HEADINGS, VOID
from sigtrim.parse.tokens import named
from sigtrim.patterns import lazy
from sigtrim.rewrite.cta import look_around
from sigtrim.rewrite.edits import Edit, apply, union
from sigtrim.rewrite.forms import Look, Place, is_block, render
from sigtrim.rewrite.looks import declared
from sigtrim.rewrite.plan import Plan
from sigtrim.rewrite.previous import Note, Previous

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.call import CallToAction
    from sigtrim.parse.elements import Document, Element

__all__ = ["Settled", "settle"]

_CLOSE_ON_TABLE = HEADINGS | {"p"}
# Elements that hold text and links but, by the standard, no tables:
# https://html.spec.whatwg.org/multipage/dom.html#phrasing-content-2
_PHRASING = _CLOSE_ON_TABLE | {"b", "big", "em", "font", "i", "small", "span", "strong"}
_ALIGN = lazy(r"(?:^|;)\s*text-align\s*:\s*(?:-webkit-)?(left|center|right|start|end|justify)", re.IGNORECASE)
_FAMILY = lazy(r"(?!inherit|initial|unset|var\b)[\w ,'-]+", re.ASCII | re.IGNORECASE)
_LINE_END = lazy(r"\r\n|\r|\n")
_NOTE_LENGTH = 320


class Settled(NamedTuple):
    """The insertion, and what else has to go for it: the earlier call to action, and what a table leaves behind.

    `is_elsewhere` tells that a document has not the place that was asked for.
    """

    insertion: Edit
    place: Place
    replaced: tuple[Span, ...] = ()
    left: tuple[Span, ...] = ()
    is_elsewhere: bool = False


def settle(plan: Plan, cta: CallToAction, place: Place | None, previous: Previous | None) -> Settled:
    """Write the call to action for its place, in the form it has there, or for that of an earlier one.

    An earlier one that has a place given beside it is gone already, as far as the plan's cuts tell.
    """
    replaced = (previous.element.span,) if place is None and previous is not None else ()
    note = Note()
    if place is not None:
        if not is_block(cta):
            return Settled(Edit.insertion(place.offset, render(cta, place)), place)
    elif previous is not None:
        place, note = previous.place, previous.note
        if previous.is_text and cta.style == "link":
            return Settled(Edit.insertion(place.offset, render(cta, place)), place, replaced)
    if place is None:
        raise ValueError("there is neither a place nor an earlier call to action")
    gone = union([*plan.spans(), *replaced])
    bare = _Bare(plan, place, previous.element if replaced and previous is not None else None, note, gone)
    if not is_block(cta):
        content = note.before + render(cta, look_around(bare.plan, bare.place, ())) + note.behind
        return Settled(Edit.insertion(bare.anchor, content), place, replaced)
    if replaced and note:
        look = _look(bare.host_outside(), str(note))
        return Settled(Edit.insertion(place.offset, render(cta, place, look)), place, replaced)
    outside = _leave(bare)
    look = _look(outside.host, str(outside.note) if outside.note else "")
    left = tuple(span for one in outside.cuts for span in bare.to_source(one))
    offset = bare.offset_in_source(outside.offset)
    return Settled(Edit.insertion(offset, render(cta, place, look)), place, replaced, left)


class _Bare:
    """The document as it is with all cuts made and without any call to action, and the place in it.

    Attributes:
        anchor: the place as an offset of the source.
        document, plan: the bare document, and an empty plan for it.
        place: the place in it.

    """

    def __init__(self, plan: Plan, place: Place, element: Element | None, note: Note, gone: Sequence[Span]) -> None:
        source = plan.document.text
        self.anchor = place.offset
        if element is not None and note.distance > 0:
            self.anchor = element.start - note.distance
        elif element is not None and note.distance < 0:
            self.anchor = element.end - note.distance
        self._gone = gone
        edits = [Edit.deletion(span) for span in gone]
        if note.before or note.behind:
            edits.append(Edit.insertion(self.anchor, note.before + note.behind))
        offset = self.anchor - sum(min(span.end, self.anchor) - span.start for span in gone if span.start < self.anchor)
        offset += len(note.before)
        self.length = len(source)
        self.document = parse(apply(source, edits))
        self.plan = Plan(self.document, lay_out(self.document), plan.registry)
        self.place = Place(offset, _host_at(self.document, offset))

    def host_outside(self) -> Element:
        """Return the element in which a block stands that left this place."""
        leaving = _leaving(self.place.host)
        return self.place.host if leaving is None else leaving.parent or leaving

    def offset_in_source(self, offset: int) -> int:
        """Return the offset of the source at which a character of the bare document stands."""
        for span in self._gone:
            if span.start <= offset:
                offset += span.end - span.start
        return min(offset, self.length)

    def to_source(self, span: Span) -> list[Span]:
        """Return the spans of the source that make a span of the bare document."""
        start, end = self.offset_in_source(span.start), self.offset_in_source(span.end - 1) + 1
        spans = []
        for gone in self._gone:
            if start < gone.start < end:
                spans.append(Span(start, gone.start))
                start = gone.end
        return [*spans, Span(start, end)]


class _Outside(NamedTuple):
    offset: int
    host: Element
    note: Note
    cuts: tuple[Span, ...] = ()


def _leave(bare: _Bare) -> _Outside:
    """Find where a block can stand that belongs to a place, what must be cut there, and the note of both."""
    text = bare.document.text
    place = bare.place
    leaving = _leaving(place.host)
    line = look_around(bare.plan, place, ())
    cut = None if line.break_before else _break_behind(bare)
    if leaving is None:
        return _moved(bare, place.offset, place.host, cut)
    host = leaving.parent or bare.document.root
    if bare.plan.is_void(leaving) and leaving.closed:
        note = Note(0, text[leaving.start : place.offset], text[place.offset : leaving.end])
        if len(str(note)) <= _NOTE_LENGTH and Note.read(str(note)) == note:
            return _Outside(leaving.start, host, note, (leaving.span,))
        return _Outside(leaving.end, host, Note(leaving.end - place.offset))
    if not bare.plan.has_survivor(leaving.start, place.offset):
        return _moved(bare, leaving.start, host, cut)
    return _moved(bare, leaving.end, host, cut or (None if line.break_after else _break_before(bare)))


def _moved(bare: _Bare, offset: int, host: Element, cut: Span | None) -> _Outside:
    """Note the way from the place to an offset, and a cut that begins or ends at the place."""
    text, place = bare.document.text, bare.place.offset
    cut = cut or Span(place, place)
    if offset != place:
        cut = _whole_line(text, cut)
    distance = 0 if offset == place else offset - cut.end if offset > place else offset - cut.start
    note = Note(distance, text[cut.start : place], text[place : cut.end])
    return _Outside(offset, host, note, () if cut.start == cut.end else (cut,))


def _whole_line(text: str, span: Span) -> Span:
    """Widen a span to its line of the source, if nothing else stands there."""
    start = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    found = _LINE_END.search(text, span.end)
    if found is None or text[start : span.start].strip() or text[span.end : found.start()].strip():
        return span
    return Span(start, found.end())


def _leaving(host: Element) -> Element | None:
    """Return the outermost element around a place that a table must leave; None if it may stand there.

    An inline element that holds blocks already is a container in all but its name.
    """
    leaving = None
    for element in host.path():
        if element.name not in _PHRASING:
            break
        if element.name in _CLOSE_ON_TABLE or not any(child.name in BLOCKS for child in element.children):
            leaving = element
    return leaving


def _host_at(document: Document, offset: int) -> Element:
    """Return the element that is open at an offset."""
    index = document.token_at(offset)
    if index < len(document.tokens) and document.tokens[index][1] >= offset:
        index -= 1
    if index < 0 or not document.tokens:
        return document.root
    kind, _, end, name = document.tokens[index]
    owner = document.owners[index]
    if kind in ("end", "endif") and owner.end == end:
        return owner.parent or document.root
    if kind == "start" and (name in VOID or owner.end == end):
        return owner.parent or document.root
    return owner


def _break_behind(bare: _Bare) -> Span | None:
    """Return the break right behind the place, with the white space between."""
    document, offset = bare.document, bare.place.offset
    for token in named(document.tokens[document.token_at(offset) :]):
        if token.end <= offset:
            continue
        if token.kind == "start" and token.name == "br":
            return Span(offset, token.end)
        if token.kind != "text" or document.text[max(offset, token.start) : token.end].strip():
            return None
    return None


def _break_before(bare: _Bare) -> Span | None:
    """Return the break right before the place, with the white space between."""
    document, offset = bare.document, bare.place.offset
    for token in named(reversed(document.tokens[: document.token_at(offset) + 1])):
        if token.start >= offset:
            continue
        if token.kind == "start" and token.name == "br":
            return Span(token.start, offset)
        if token.kind != "text" or document.text[token.start : min(offset, token.end)].strip():
            return None
    return None


def _look(host: Element, note: str) -> Look:
    family = declared(host).get("font-family", "").replace('"', "'")
    return Look(_align(host), family if _FAMILY.fullmatch(family) else "", note)


def _align(host: Element) -> str:
    """Return how the text in an element is aligned: `center`, `right`, or an empty string."""
    for element in host.path():
        match = _ALIGN.search(element.get("style"))
        value = match[1].lower() if match else element.get("align").lower()
        if element.name == "center":
            value = "center"
        if value in ("center", "right", "end", "left", "start", "justify") and element.name not in ("table", "img"):
            return {"end": "right"}.get(value, value if value in ("center", "right") else "")
        if element.name == "table":
            return ""
    return ""
