"""Find the calls to action of earlier runs, and read back where and in which form they were written."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from sigtrim.detect.wrappers import unwrap
from sigtrim.parse.html import parse
from sigtrim.parse.source import Span
from sigtrim.parse.tags import BLOCKS
from sigtrim.parse.tokens import attribute_values, attributes, named
from sigtrim.patterns import lazy
from sigtrim.rewrite.forms import CLASS, MARKER, Place, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sigtrim.call import CallToAction
    from sigtrim.parse.elements import Document, Element
    from sigtrim.parse.flow import Flow
    from sigtrim.parse.tokens import Token

__all__ = ["Note", "Previous", "box_left_open", "breaks_around", "count_links", "find_previous", "host_in", "target_of"]

_NOTE = lazy(r"at(-?\d{1,6})\|([\w%.-]*)\|([\w%.-]*)")
_OWN_CLASS = lazy(rf"(?:^|\s)(?:\w*[_-])?{CLASS}(?=\s|\Z)(?:\s+(?:[a-z]*_)?(?P<note>at-?\d+\|\S*))?")
_NAMES = frozenset(["a", "div", "span", "table"])
_MOST_CHILDREN = 3
_ROW_PARTS = ("td", "tr", "tbody", "table")


class Note(NamedTuple):
    """How a call to action that is a block left the place where a text link would have been.

    The place lies `distance` characters before the block's start, or, if negative, behind its end; `before` and
    `behind` are what was cut around it.
    """

    distance: int = 0
    before: str = ""
    behind: str = ""

    def __bool__(self) -> bool:
        return self != Note()

    def __str__(self) -> str:
        return f"at{self.distance}|{quote(self.before, safe='')}|{quote(self.behind, safe='')}"

    @classmethod
    def read(cls, text: str) -> Note | None:
        """Read a note back; None if it is none, or holds more than emptied elements and breaks.

        >>> Note.read(str(Note(2, "<p class=x>", "</p>")))
        Note(distance=2, before='<p class=x>', behind='</p>')
        """
        match = _NOTE.fullmatch(text)
        if match is None:
            return None
        note = cls(int(match[1]), unquote(match[2]), unquote(match[3]))
        document = parse(note.before + note.behind)
        for index, token in enumerate(named(document.tokens)):
            value = document.text[token.start : token.end]
            if token.kind == "text" and html.unescape(value).strip():
                return None
            if token.kind == "start" and (token.name in ("a", "img", "script") or not document.owners[index].closed):
                return None
        return note


class Previous(NamedTuple):
    """An earlier call to action.

    Attributes:
        element: all that was inserted.
        place: where, and the form that was read back from it.
        marked: it carries the marker or the class; otherwise its target told.
        is_text: it is a text link, so that its form can be used again.
        is_same: it is not marked, and has the target and the text of the call to action that is wanted.
        note: how it left its place; false if it did not.

    """

    element: Element
    place: Place
    marked: bool = True
    is_text: bool = True
    is_same: bool = False
    note: Note = Note()

    @property
    def is_wrapped(self) -> bool:
        """Tell whether it brought its own line breaks."""
        return self.place.break_before or self.place.break_after


def find_previous(document: Document, flow: Flow, cta: CallToAction | None) -> list[Previous]:
    """Find earlier calls to action: by the marker or the class, else by their targets.

    An unmarked link counts if it has the target and the text of `cta`, or if it leads to one of `cta.previous` and
    stands alone on its line.
    """
    found: list[Previous] = []
    targets = set() if cta is None else {target_of(url) for url in cta.previous}
    own = None if cta is None else target_of(cta.url)
    text = document.text
    # Old mail clients write all names in capitals.
    is_marked = ("sigtrim" in text and (MARKER in text or CLASS in text)) or MARKER.upper() in text
    if not is_marked and not any(host_in(target) in text for target in (targets if own is None else targets | {own})):
        return found
    inside = -1
    shut = box_left_open(document)
    words = [] if cta is None else words_of(cta)
    ahead = tuple(targets if own is None else (*targets, own))
    for element in _candidates(document) if is_marked else document.links:
        if not is_marked and not unwrap(element.get("href").strip()).url.startswith(ahead):
            continue
        if element.start < inside or not element.closed or element.name not in _NAMES or _is_hidden(element):
            continue
        if element.start > shut:
            break
        if is_marked and (_has_marker(text, element) or _OWN_CLASS.search(element.get("class"))):
            found.append(_read(document, element, marked=True))
        elif element.name == "a" and cta is not None and "href" in element.attributes:
            target = target_of(unwrap(element.get("href").strip()).url)  # a mail gateway may have wrapped it
            if target != own and target not in targets:
                continue
            is_same = target == own and target not in targets and _text_of(document, element).split() == words
            outer = _outer(document, element)
            if not is_same and not (target in targets and _stands_alone(flow, outer)):
                continue
            found.append(_read(document, outer, marked=False, is_same=is_same))
        else:
            continue
        inside = found[-1].element.end
    return found


def _has_marker(text: str, element: Element) -> bool:
    """Tell whether an element carries the marker, in small letters or in capitals, as it is looked for first."""
    return element.get(MARKER) == "cta" and any(
        text.find(one, element.start, element.start_end) >= 0 for one in (MARKER, MARKER.upper())
    )


def _candidates(document: Document) -> Iterator[Element]:
    """Yield the elements that can carry the marker, in the order of the text."""
    for index, (kind, _, _, name) in enumerate(document.tokens):
        if kind == "start" and name in _NAMES:
            yield document.owners[index]


def box_left_open(document: Document) -> int:
    """Return where a `<select>` begins that no end tag of its own ends: a browser shows no link behind it.

    That is the end of the text if there is none.
    """
    starts = (one.start for one in document.irregular if one.name == "select" and one.end_tag is None)
    return min(starts, default=len(document.text))


def count_links(text: str, tokens: list[Token], cta: CallToAction) -> int:
    """Count the links that a reader can see with the target and the text of a call to action.

    >>> from sigtrim.config import CallToAction
    >>> from sigtrim.parse.tokens import tokenize
    >>> page = '<a href="https://example.com/guide?utm_source=mail"><b>Get</b> it</a>'
    >>> count_links(page, tokenize(page), CallToAction("https://example.com/guide", "Get it"))
    1
    """
    target, words = target_of(cta.url), words_of(cta)
    host = host_in(target)
    count = hidden = 0
    for index, token in enumerate(tokens):
        if token.name == "hidden":
            hidden += 1 if token.kind == "if" else -1
        if token.kind != "start" or token.name != "a" or hidden:
            continue
        if text.find(host, token.start, token.end) < 0 and text.find("&", token.start, token.end) < 0:
            continue
        href = attribute_values(text, token.start, token.end).get("href", "")
        if target_of(href.strip()) == target:
            stop = next(
                (at for at in range(index, len(tokens)) if tokens[at][0] == "end" and tokens[at][3] == "a"), index
            )
            count += _words(text, tokens[index:stop]) == words
    return count


def breaks_around(document: Document, previous: Previous) -> list[Span]:
    """Return the line breaks that go with a block, as they would with a text link that had the line between them.

    Where something follows on the next line, the break before is that line's. Of blank lines on both sides those on the
    side that has more stay.
    """
    element = previous.element
    before = previous.note.before.strip().lower()
    if element.name not in ("div", "table") or (before and not before.startswith("<br")):
        return []
    anchor = element.start - max(0, previous.note.distance)
    behind = named(document.tokens[document.token_at(anchor) if anchor < element.start else element.last :])
    rest, follows = _walk(document, behind)
    ahead = named(reversed(document.tokens[: document.token_at(anchor) + 1]))
    breaks, leads = _walk(document, (token for token in ahead if token.start < anchor))
    if not follows:
        return [*breaks, *rest] if leads else []
    noted = previous.note.behind.lower().count("<br")
    if not noted:
        return []
    return breaks[noted:] if leads and len(breaks) < noted + len(rest) else rest


def _walk(document: Document, tokens: Iterable[Token]) -> tuple[list[Span], bool]:
    """Walk away from an offset; return the breaks on the way, and whether content follows in the same block."""
    breaks: list[Span] = []
    for token in tokens:
        is_text = token.kind == "text" and document.text[token.start : token.end].strip()
        if is_text or token.name == "img":
            return breaks, True
        if token.kind == "start" and token.name == "br":
            breaks.append(Span(token.start, token.end))
        elif token.kind in ("start", "end") and token.name in BLOCKS:
            return breaks, False
    return breaks, False


def target_of(url: str) -> str:
    """Return what makes two addresses one target: all but the query and the fragment."""
    return url.partition("#")[0].partition("?")[0].rstrip("/")


def host_in(url: str) -> str:
    """Return the host of an address as it is written, or all of an address that has none: what is quickly looked for.

    >>> host_in("https://Example.com/guide?a=1"), host_in("mailto:ada@example.com")
    ('Example.com', 'mailto:ada@example.com')
    """
    target = target_of(url)
    return target.partition("//")[2].partition("/")[0] or target


def _words(text: str, tokens: Iterable[Token]) -> list[str]:
    parts = []
    for token in tokens:
        if token.kind == "text":
            parts.append(html.unescape(text[token.start : token.end]))
        elif token.kind == "start" and token.name == "img":
            parts += [one.value for one in attributes(text, token) if one.name == "alt"]
    return "".join(parts).split()


def _text_of(document: Document, element: Element) -> str:
    return " ".join(_words(document.text, named(document.tokens[element.first + 1 : element.last])))


def _read(document: Document, element: Element, *, marked: bool, is_same: bool = False) -> Previous:
    """Read back the form in which a call to action was written."""
    tokens = named(document.tokens[element.first + 1 : element.last - 1])
    inside = [token for token in tokens if token.kind == "start"]
    link = next((document.owners[document.token_at(token.start)] for token in inside if token.name == "a"), element)
    names = [token.name for token in inside]
    before = bool(names) and names[0] == "br"
    after = len(names) > 1 and names[-1] == "br"
    style = link.get("style").replace('"', "&quot;")
    place = Place(element.start, element.parent or element, before, after, style)
    own = _OWN_CLASS.search(element.get("class"))
    note = Note.read(own["note"]) if own is not None and own["note"] else None
    is_text = own is None and element.name in ("a", "span") and "img" not in names
    return Previous(element, place, marked, is_text, is_same, note or Note())


def _outer(document: Document, link: Element) -> Element:
    """Return the element that was inserted around a link, as far as it can be told without the marker."""
    element = link
    while element.parent is not None and _is_bare_around(document, element.parent, element):
        element = element.parent
    return link if element.name in _ROW_PARTS and element.name != "table" else element


def _is_bare_around(document: Document, outer: Element, inner: Element) -> bool:
    """Tell whether an element was made for what it holds: a span of breaks and a link, a table of one cell."""
    # An insertion holds a link and two breaks at the most.
    if not outer.closed or len(outer.children) > _MOST_CHILDREN:
        return False
    if any(
        kind == "text" and document.text[start:end].strip()
        for kind, start, end, _ in (
            *document.tokens[outer.first + 1 : inner.first],
            *document.tokens[inner.last : outer.last],
        )
    ):
        return False
    others = [child for child in outer.children if child is not inner]
    if outer.name == "span" and inner.name == "a":
        return not outer.attributes and bool(others) and all(child.name == "br" for child in others)
    if outer.name == "td" and inner.name == "a":
        return not others and bool(outer.get("bgcolor"))
    if outer.name in _ROW_PARTS and inner.name in _ROW_PARTS:
        return not others and inner.name != "table"
    return False


def _stands_alone(flow: Flow, element: Element) -> bool:
    """Tell whether nothing else stands on the lines of an element."""
    lines = {id(piece.line): piece.line for piece in flow.pieces if element.start <= piece.start < element.end}
    return bool(lines) and all(
        element.start <= piece.start < element.end for line in lines.values() for piece in line.pieces
    )


def _is_hidden(element: Element) -> bool:
    return not element.within.isdisjoint(("!hidden", "select"))
