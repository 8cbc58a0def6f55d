"""Where the one call to action goes in an HTML document, and what it looks like there."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sigtrim.detect.handles import row_of
from sigtrim.parse.flow import BLOCKS, is_blank
from sigtrim.parse.html import attributes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sigtrim.config import CallToAction
    from sigtrim.detect.linklist import Mention
    from sigtrim.parse.flow import Piece
    from sigtrim.parse.html import Document, Element, Token
    from sigtrim.parse.source import Span
    from sigtrim.rewrite.plan import Plan

__all__ = ["MARKER", "Place", "Previous", "count_links", "find_place", "find_previous", "look_around", "render"]

MARKER = "data-sigtrim"
"""The attribute that tells an earlier call to action from other links."""

_HOSTS = frozenset(
    [
        "!revealed",
        "!root",
        "address",
        "article",
        "aside",
        "b",
        "big",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "div",
        "dt",
        "em",
        "fieldset",
        "figcaption",
        "figure",
        "font",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "i",
        "li",
        "main",
        "nav",
        "p",
        "section",
        "small",
        "span",
        "strong",
        "td",
        "th",
    ]
)
_OWN_CONTAINERS = frozenset(["aside", "div", "nav", "section", "span"])
_OWN_NAME = re.compile(r"social|shar(?:e|ing)|follow|sns", re.IGNORECASE)
_OPENS_CONDITION = re.compile(
    r"(?:\{\{#[^{}]*\}\}|\{%-?\s*(?:if|unless|for)\b[^%]*%\}|\{[A-Z]{2}\}|<%\s*if\b[^%]*%>|%%IF[^%]*%%)\s*\Z",
    re.IGNORECASE,
)
_CLOSES_CONDITION = re.compile(
    r"\s*(?:\{\{/|\{\{else|\{%-?\s*(?:end|else)|\{/[A-Z]{2}\}|<%\s*(?:end|\}|else)|%%END)", re.IGNORECASE
)
_CLOSED_TO_LINKS = frozenset(["!hidden", "!revealed", "a", "button", "select", "svg"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_LINE_BLOCKS = frozenset(["address", "center", "div", "h1", "h2", "h3", "h4", "h5", "h6", "p"])
_LEGAL = re.compile(
    r"confidential|disclaimer|privileged|unsubscribe|registered (?:office|in)|company (?:no|number|reg)|all rights reserved|©|\(c\) \d{4}"
    r"|vertraulich|amtsgericht|handelsregister|geschäftsführ|aviso legal|confidencial|confidentiel|riservat|poufn|конфиденциальн|gdpr|rgpd|dsgvo"
    r"|please consider the environment",
    re.IGNORECASE,
)
_LEGAL_LENGTH = 220
_DECLARATION = re.compile(
    r"(?:^|;)\s*(font-family|font-size|line-height|color|font)\s*:\s*([^;]{1,120})", re.IGNORECASE
)
# https://drafts.csswg.org/css-fonts/#font-prop: ... size [/ line height] family
_FONT = re.compile(r"(\d[\d.]*+(?:px|pt|em|rem|%))(?:\s*+/\s*+[\w.%]++)?\s++(\S.*)", re.DOTALL)
_SAFE_VALUE = re.compile(r"[\w\s,.#()%'\"-]{1,120}\Z", re.ASCII)
_TINY = re.compile(
    r"(?:0*[0-4](?:\.\d+)?|0*\.\d+)\s*(?:px|pt)?\s*\Z|0*(?:\.[0-4]\d*)?0*\s*(?:em|rem|%)\Z", re.IGNORECASE
)
# Of pictures in slices, whose sheet takes the room of the text away.
_TINY_SHEET = re.compile(r"font-size\s*+:\s*+0(?:px|pt|em|%)?\s*+[;}!]", re.IGNORECASE)
_STYLE_LENGTH = 160
_READABLE = "font-size:13px;line-height:normal"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the call to action goes: the offset, the element around it, and its form there.

    `break_before` and `break_after` tell whether it needs a `<br>` to stand on a line of its own; `style` is
    the inline style that makes it look like its neighbours.
    """

    offset: int
    host: Element
    break_before: bool = False
    break_after: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class Previous:
    """An earlier call to action: its element, and the place that it was made for."""

    element: Element
    place: Place


def render(cta: CallToAction, place: Place) -> str:
    """Write the call to action as HTML: ASCII with numeric references, one element that carries the marker.

    >>> from sigtrim.config import CallToAction
    >>> from sigtrim.parse.html import parse
    >>> place = Place(0, parse("").root, break_before=True)
    >>> render(CallToAction("https://example.com/?a=1&b=2", "Free guide \u2192"), place)
    '<span data-sigtrim="cta"><br><a href="https://example.com/?a=1&amp;b=2">Free guide &#8594;</a></span>'
    """
    marker = f' {MARKER}="cta"'
    style = f' style="{place.style}"' if place.style else ""
    wrapped = place.break_before or place.break_after
    link = f'<a href="{_escape(cta.url)}"{"" if wrapped else marker}{style}>{_escape(cta.text)}</a>'
    if not wrapped:
        return link
    before, after = "<br>" if place.break_before else "", "<br>" if place.break_after else ""
    return f"<span{marker}>{before}{link}{after}</span>"


def _escape(text: str) -> str:
    return html.escape(text, quote=True).encode("ascii", "xmlcharrefreplace").decode("ascii")


def find_previous(document: Document, cta: CallToAction | None) -> list[Previous]:
    """Find earlier calls to action: by the marker, or by the same target and text where a mail client stripped it."""
    found: list[Previous] = []
    inside = -1
    target = _target(cta.url) if cta is not None else None
    marked = MARKER in document.text
    if not marked and (target is None or target[8:].partition("/")[0] not in document.text):
        return found
    for index, token in enumerate(document.tokens):
        if token.kind != "start" or token.start < inside or token.name not in ("a", "span"):
            continue
        element = document.owners[index]
        if not element.closed or _is_hidden(element):
            continue
        if (marked and element.get(MARKER) == "cta") or (
            cta is not None
            and element.name == "a"
            and _target(element.get("href").strip()) == target
            and _text_of(document, element) == " ".join(cta.text.split())
        ):
            found.append(Previous(element, _place_of(document, element)))
            inside = element.end
    return found


def count_links(text: str, tokens: list[Token], cta: CallToAction) -> int:
    """Count the links that a reader can see with the target and the text of a call to action.

    >>> from sigtrim.config import CallToAction
    >>> from sigtrim.parse.html import tokenize
    >>> page = '<a href="https://example.com/guide?utm_source=mail"><b>Get</b> it</a>'
    >>> count_links(page, tokenize(page), CallToAction("https://example.com/guide", "Get it"))
    1
    """
    target, words = _target(cta.url), cta.text.split()
    count = hidden = 0
    for index, token in enumerate(tokens):
        if token.name == "hidden":
            hidden += 1 if token.kind == "if" else -1
        if token.kind != "start" or token.name != "a" or hidden:
            continue
        href = next((one.value for one in attributes(text, token) if one.name == "href"), "")
        if _target(href.strip()) == target:
            stop = next(
                (at for at in range(index, len(tokens)) if tokens[at][0] == "end" and tokens[at][3] == "a"), index
            )
            content = "".join(text[start:end] for kind, start, end, _ in tokens[index:stop] if kind == "text")
            count += html.unescape(content).split() == words
    return count


def _target(url: str) -> str:
    return re.split(r"[?#]", url, maxsplit=1)[0].rstrip("/")


def _text_of(document: Document, element: Element) -> str:
    parts = [
        document.text[start:end]
        for kind, start, end, _ in document.tokens[element.first + 1 : element.last]
        if kind == "text"
    ]
    return " ".join(html.unescape("".join(parts)).split())


def _place_of(document: Document, element: Element) -> Place:
    """Read back the form in which a call to action was written."""
    inside = [token for token in document.tokens[element.first + 1 : element.last - 1] if token.kind == "start"]
    link = next((document.owners[document.token_at(token.start)] for token in inside if token.name == "a"), element)
    names = [token.name for token in inside]
    before = bool(names) and names[0] == "br"
    after = len(names) > 1 and names[-1] == "br"
    return Place(element.start, element.parent or element, before, after, link.get("style").replace('"', "&quot;"))


def _is_hidden(element: Element) -> bool:
    at: Element | None = element
    while at is not None:
        if at.name == "!hidden":
            return True
        at = at.parent
    return False


def find_place(plan: Plan, mentions: Iterable[Mention]) -> Place:
    """Choose the first surviving place of the list's largest group; without a list, the end of the last text block."""
    groups = _groups(plan, mentions)
    if not groups:
        return _end_place(plan)
    place = _leave_own_container(plan, _group_place(plan, max(groups, key=lambda one: _rank(plan, one))))
    return _end_place(plan) if _is_conditional(plan, place) else place


def _leave_own_container(plan: Plan, place: Place) -> Place:
    """Step out of a container that was made for the list alone, such as `<div class="share-buttons">`: it goes."""
    host = place.host
    while (
        host.name in _OWN_CONTAINERS
        and host.parent is not None
        and host.closed
        and plan.is_void(host)
        and _OWN_NAME.search(f"{host.get('class')} {host.get('id')}")
        and _is_legal(host.parent)
    ):
        place = Place(host.start, host.parent)
        host = host.parent
    return place


def _is_conditional(plan: Plan, place: Place) -> bool:
    """Tell whether a template's condition stands around a place: there the call to action would come and go."""
    before = behind = ""
    for piece in plan.flow.pieces:
        if piece.kind != "text" or plan.is_gone(piece):
            continue
        if piece.start >= place.offset:
            behind = piece.text
            break
        before = piece.text
    return _OPENS_CONDITION.search(before) is not None and _CLOSES_CONDITION.match(behind) is not None


def _group_place(plan: Plan, group: list[Mention]) -> Place:
    """Find the first surviving place of a group of mentions."""
    elements = [_holder(plan, mention) for mention in group]
    common = _path(elements[0])
    for element in elements[1:]:
        path = {id(one) for one in _path(element)}
        common = [one for one in common if id(one) in path]
    host, child = _own_cell(plan, common[0], elements[0]), None
    while not _is_legal(host):
        child, host = host, host.parent or plan.document.root
    if child is not None:
        return Place(child.start if plan.is_void(child) else child.end, host)
    first = group[0].span.start
    while True:
        inner = _child_at(host, first)
        if inner is None:
            return Place(first, host)
        if inner.name not in _LINE_BLOCKS or not inner.closed or not plan.is_void(inner) or inner.start == first:
            return Place(inner.start, host)
        host = inner


def _own_cell(plan: Plan, common: Element, first: Element) -> Element:
    """Return the only cell of the list's first row, where the list takes several rows of a table; else `common`."""
    if common.name not in ("table", "tbody", "thead", "tfoot"):
        return common
    row = next((one for one in _path(first) if one.name == "tr"), None)
    cells = [one for one in row.children if one.name in ("td", "th")] if row is not None else []
    return cells[0] if len(cells) == 1 and cells[0].closed and plan.is_void(cells[0]) else common


def _rank(plan: Plan, group: list[Mention]) -> tuple[bool, bool, int]:
    """Rate a group as the place of the call to action: a row or line that it had to itself, then its size."""
    lines = {id(piece.line): piece.line for piece in plan.pieces_in(group[0].span.start, group[-1].span.end)}
    whole_lines = all(plan.is_line_gone(line) for line in lines.values())
    rows = [row for line in lines.values() if (row := row_of(line.block)) is not None]
    return all(plan.is_void(row) for row in rows), whole_lines, len({mention.platform for mention in group})


def _groups(plan: Plan, mentions: Iterable[Mention]) -> list[list[Mention]]:
    """Group the visible mentions that went whole and that nothing kept stands between."""
    groups: list[list[Mention]] = []
    end = 0
    for mention in mentions:
        if _is_hidden(_holder(plan, mention)) or plan.has_survivor(mention.span.start, mention.span.end):
            continue
        if groups and not plan.has_survivor(end, mention.span.start):
            groups[-1].append(mention)
        else:
            groups.append([mention])
        end = mention.span.end
    return groups


def _holder(plan: Plan, mention: Mention) -> Element:
    """Return the element that a mention stands in."""
    element = plan.element_at(mention)
    return element.parent if element.start == mention.span.start and element.parent is not None else element


def _path(element: Element) -> list[Element]:
    path = [element]
    while path[-1].parent is not None:
        path.append(path[-1].parent)
    return path


def _is_legal(element: Element) -> bool:
    """Tell whether a link may stand directly in an element, and would be seen there, in Outlook and elsewhere."""
    return element.name in _HOSTS and not any(one.name in _CLOSED_TO_LINKS for one in _path(element))


def _child_at(host: Element, offset: int) -> Element | None:
    return next((child for child in host.children if child.start <= offset < max(child.end, child.start_end)), None)


def _end_place(plan: Plan) -> Place:
    """Find the end of the last text block that is no legal text."""
    last: Piece | None = None
    spare: Piece | None = None
    for line in plan.flow.lines:
        if line.pieces[0].hidden:
            continue
        text = "".join(piece.text for piece in line.pieces)
        spare = line.pieces[-1]
        if text and len(text) <= _LEGAL_LENGTH and not _LEGAL.search(text) and any(one.isalnum() for one in text):
            last = line.pieces[-1]
    if last is None:
        return _last_resort(plan, spare)
    host, end = last.element, last.end
    while host.name not in BLOCKS and host.parent is not None:
        end = max(end, host.end)
        host = host.parent
    while not _is_legal(host) and host.parent is not None:
        end = host.end
        host = host.parent
    return Place(end, host)


def _last_resort(plan: Plan, piece: Piece | None) -> Place:
    """Without a text block: behind the outermost table around the last thing to see, else where the body ends."""
    root = plan.document.root
    body = next((one for parent in (root, *root.children) for one in parent.children if one.name == "body"), root)
    if piece is None:
        return Place(body.end_start, body)
    path = _path(piece.element)
    tables = [one for one in path if one.name == "table"]
    if tables and tables[-1].parent is not None and _is_legal(tables[-1].parent):
        return Place(tables[-1].end, tables[-1].parent)
    child = piece.element
    while child.parent is not None and (child.name not in BLOCKS or not _is_legal(child.parent)):
        child = child.parent
    return Place(child.end, child.parent) if child.parent is not None else Place(body.end_start, body)


def look_around(plan: Plan, place: Place, gone: tuple[Span, ...]) -> Place:
    """Settle the form at a place: the breaks that it needs, and the font of its neighbours.

    Where neighbours on both sides stay, they stay on one line, and the call to action goes behind it.
    """
    before = _neighbour(plan, place.offset, gone, step=-1)
    behind = _neighbour(plan, place.offset, gone, step=1)
    if before and behind:
        place = _behind_line(plan, place)
        before = _neighbour(plan, place.offset, gone, step=-1)
        behind = _neighbour(plan, place.offset, gone, step=1)
    return Place(place.offset, place.host, before, behind, _style(plan, place))


def _behind_line(plan: Plan, place: Place) -> Place:
    """Return the place behind the line that a place lies in; the same place where no link may stand there."""
    document = plan.document
    tokens = document.tokens
    for line in plan.flow.lines:
        if tokens[line.first].start <= place.offset <= line.pieces[-1].end:
            if line.last >= len(tokens):
                return Place(len(document.text), document.root)
            owner = document.owners[line.last]
            host = owner if tokens[line.last].kind == "end" else owner.parent
            if host is not None and _is_legal(host):
                return Place(tokens[line.last].start, host)
    return place


def _neighbour(plan: Plan, offset: int, gone: tuple[Span, ...], *, step: int) -> bool:
    """Tell whether something kept stands on the same line on one side of an offset."""
    tokens = plan.document.tokens
    index = plan.document.token_at(offset)
    if step < 0 and tokens and tokens[index].start >= offset:
        index -= 1
    pieces = {piece.start: piece for piece in plan.flow.pieces if not plan.is_gone(piece)}
    around = pieces.get(tokens[index].start) if 0 <= index < len(tokens) else None
    if around is not None and around.kind == "text" and around.start < offset < around.end:
        side = plan.text_left(around, offset) if step > 0 else plan.text_left(around, 0, offset)
        if not is_blank(side):
            return True
    spans = iter(gone if step > 0 else reversed(gone))
    span = next(spans, None)
    while 0 <= index < len(tokens):
        kind, start, end, name = tokens[index]
        while span is not None and (span.end <= start if step > 0 else span.start >= end):
            span = next(spans, None)
        is_cut = span is not None and span.start <= start and end <= span.end
        if not is_cut and (start >= offset if step > 0 else end <= offset):
            if start in pieces:
                return name != "hr"
            if kind in ("start", "end") and (name in BLOCKS or name == "br"):
                return False
        index += step
    return False


def _style(plan: Plan, place: Place) -> str:
    """Write the declarations that a neighbouring text has and the host has not."""
    neighbour = _nearest_text(plan, place)
    host = _declared(place.host)
    wanted = _declared(neighbour.element) if neighbour is not None else {}
    parts = []
    for name in ("font-family", "font-size", "color"):
        value = wanted.get(name)
        if value and value != host.get(name) and not (name == "font-size" and _TINY.match(value)):
            parts.append(f"{name}:{value}")
    size = wanted.get("font-size") or host.get("font-size", "")
    tiny = _TINY.match(host.get("font-size", "x")) or _TINY.match(host.get("line-height", "x"))
    if tiny or _TINY_SHEET.search(plan.document.text):
        parts = [part for part in parts if not part.startswith("font-size")]
        parts.append(_READABLE if not size or _TINY.match(size) else f"font-size:{size};line-height:normal")
    style = ";".join(parts)
    while len(style) > _STYLE_LENGTH:
        parts.pop(0)
        style = ";".join(parts)
    return style.replace('"', "&quot;")


def _nearest_text(plan: Plan, place: Place) -> Piece | None:
    """Return the kept text whose looks to share: in the same element if there is any, no heading, before rather than behind."""
    best: tuple[bool, bool, bool, int] | None = None
    nearest = None
    for piece in plan.flow.pieces:
        if piece.kind != "text" or piece.hidden or plan.is_gone(piece):
            continue
        path = _path(piece.element)
        outside = not any(one is place.host for one in path)
        heading = any(one.name in _HEADINGS for one in path)
        rank = (heading, outside, piece.start >= place.offset, abs(piece.start - place.offset))
        if best is None or rank < best:
            best, nearest = rank, piece
    return nearest


def _declared(element: Element) -> dict[str, str]:
    """Return the font declarations in force at an element, as far as inline styles and `<font>` tell."""
    found: dict[str, str] = {}
    for one in _path(element):
        if one.name[0] == "!":
            continue
        for property_, value in _DECLARATION.findall(one.get("style")):
            key = property_.lower()
            clean = value.replace("!important", "").strip()
            shorthand = _FONT.search(clean) if key == "font" else None
            if shorthand is not None:
                declared = {"font-size": shorthand[1], "font-family": shorthand[2].strip()}
            else:
                declared = {key: clean} if key != "font" else {}
            for name, known in declared.items():
                if name not in found and _SAFE_VALUE.match(known):
                    found[name] = known
        if one.name == "font":
            for attribute, key in (("face", "font-family"), ("color", "color")):
                if one.get(attribute) and _SAFE_VALUE.match(one.get(attribute)):
                    found.setdefault(key, one.get(attribute))
    return found
