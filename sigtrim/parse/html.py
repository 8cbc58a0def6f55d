"""Build a light element tree over the tokens of an HTML document.

The tree tells which tags belong together and where the source is irregular, and leaves moving and inventing nodes to
browsers; every offset is one of the text. What closes what follows
https://html.spec.whatwg.org/multipage/parsing.html#tree-construction as far as that needs no moving.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from sigtrim.parse.elements import Document, Element
from sigtrim.parse.tags import (
    BARRIERS,
    CELLS,
    CLOSES_P,
    FORMATTING,
    ITEMS,
    LISTS,
    NO_TRAITS,
    OPTIONAL_END,
    PREFIXED,
    ROWS,
    SIBLINGS,
    TABLE_PARTS,
    TRAITS,
)
from sigtrim.parse.tokens import scan
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.parse.tokens import PlainToken

__all__ = ["parse"]

_NO_QUIRKS = lazy(r"<!doctype\s++html\s*+>|<!doctype\s++html\s.*?(?:xhtml|html 4\.01\b[^>]*?http)", re.IGNORECASE)
_NOTHING: frozenset[str] = frozenset()


@lru_cache(maxsize=1024)
def _join(within: frozenset[str], name: str) -> frozenset[str]:
    return within | {name}


class _Builder:
    """The stack of open elements, with counts by name so that no end tag scans it in vain."""

    def __init__(self, text: str, tokens: list[PlainToken]) -> None:
        self.text = text
        self.root = Element("!root", None, 0, 0, 0, text, _NOTHING)
        self.root.end_start = self.root.end = len(text)
        self.root.last = len(tokens)
        self.root.closed = True
        self.stack = [self.root]
        self.open: defaultdict[str, list[int]] = defaultdict(list)
        self.cells = [0]  # stack depths that inline end tags cannot reach beyond
        self.tables = [0]  # stack depths that table parts cannot reach beyond
        self.crossed: dict[str, list[Element]] = {}
        self.links: list[Element] = []
        self.opened_up: set[int] = set()
        self.quirks = True
        self.depth = 0
        self.irregular: list[Element] = []
        self.regular_until = 0  # how many irregular places were known where the hidden condition began

    def add(self, name: str, parent: Element, index: int, start: int, end: int) -> Element:
        """Add a pseudo element to the tree and put it on the stack."""
        element = Element(name, parent, index, start, end, self.text, _join(parent.within, name))
        parent.children.append(element)
        depth = len(self.stack)
        self.stack.append(element)
        self.open[name].append(depth)
        self.depth = max(self.depth, depth)
        if name in BARRIERS:
            self.cells.append(depth)
            self.tables.append(depth)
        return element

    def depth_of(self, name: str) -> int:
        """Where an open element of that name stands that an end tag here can close; 0 if there is none."""
        depths = self.open.get(name)
        if not depths:
            return 0
        if name == "table":
            return depths[-1] if depths[-1] >= self.tables[-1] else 0
        barrier = self.tables[-1] if name in TABLE_PARTS else self.cells[-1]
        return depths[-1] if depths[-1] > barrier else 0

    def pop_to(self, depth: int, index: int, at: int) -> tuple[Element, bool]:
        """Close everything from `depth` up; tell whether a formatting element was left open inside."""
        leaks = False
        while True:
            element = self.stack.pop()
            self.open[element.name].pop()
            here = len(self.stack)
            if self.cells[-1] == here:
                self.cells.pop()
            if self.tables[-1] == here:
                self.tables.pop()
            element.end_start = element.end = at
            element.last = index
            if here == depth:
                return element, leaks
            if element.name not in OPTIONAL_END:
                leaks = leaks or element.name in FORMATTING
                self.irregular.append(element)
                self.crossed.setdefault(element.name, []).append(element)

    def before_start(self, name: str, index: int, at: int) -> None:
        """Close what a start tag closes: an earlier sibling cell, row or item, an open paragraph or link."""
        for sibling in SIBLINGS.get(name, ()):
            if not self.open.get(sibling):
                continue
            depth = self.depth_of(sibling)
            if depth and not (name in ITEMS and self._is_list_between(depth)):
                self.pop_to(depth, index, at)
        if self.open.get("p") and (name in CLOSES_P or (name == "table" and not self.quirks)):
            depth = self.depth_of("p")
            if depth:
                self.pop_to(depth, index, at)
        if name == "a" and self.open.get("a"):
            depth = self.depth_of("a")
            if depth:
                element, _ = self.pop_to(depth, index, at)
                self.crossed.setdefault("a", []).append(element)
                self.irregular.append(element)

    def _is_list_between(self, depth: int) -> bool:
        return any(depths[-1] > depth for name in LISTS if (depths := self.open.get(name)))

    def _open_up(self, element: Element) -> None:
        """Note that the elements around one are not whole, because its end tag stands behind theirs."""
        around = element.parent
        # An element that is still open has no last token yet.
        while around is not None and around.last > around.first and id(around) not in self.opened_up:
            around.closed = False
            self.opened_up.add(id(around))
            around = around.parent

    def end_tag(self, name: str, index: int, start: int, end: int) -> Element:
        """Match an end tag that is not the innermost element's; return its element, of a stray tag the innermost."""
        stack = self.stack
        depth = self.depth_of(name)
        if depth:
            if name in FORMATTING:  # what it closes with it is opened again behind it, even a paragraph
                self.irregular.append(stack[depth])
            element, leaks = self.pop_to(depth, index + 1, start)
            element.end = end
            element.closed = not leaks or element.name in CELLS or element.name == "table"
            return element
        pending = self.crossed.get(name)
        if pending:
            element = pending.pop()
            element.end_start, element.end = start, end
            self._open_up(element)
            return element
        self.irregular.append(stack[-1])
        return stack[-1]


def parse(text: str) -> Document:  # noqa: C901, PLR0912, PLR0915 - one branch a kind of token
    """Tokenize a text and build its element tree.

    >>> document = parse("<p>Hi <b>you</b></p>")
    >>> document.root.children[0].children
    [<b 6:16>]
    """
    tokens = scan(text)
    builder = _Builder(text, tokens)
    stack, opened, links = builder.stack, builder.open, builder.links
    owners: list[Element] = []
    for index, (kind, start, end, name) in enumerate(tokens):
        parent = stack[-1]
        if kind == "text":
            if parent.name in ROWS and not text[start:end].isspace():
                builder.irregular.append(parent)
            owners.append(parent)
        elif kind == "start":
            traits = TRAITS.get(name)
            if traits is None:
                traits = PREFIXED if ":" in name else NO_TRAITS
            closes, homes, fits_rows, is_link, is_void, is_foreign, is_barrier, is_tracked = traits
            for one in closes:
                if one in opened and opened[one] and parent.name not in homes:
                    builder.before_start(name, index, start)
                    parent = stack[-1]
                    break
            if not fits_rows and parent.name in ROWS:
                builder.irregular.append(parent)
            within = parent.within
            if is_tracked and name not in within:
                within = _join(within, name)
            element = Element(name, parent, index, start, end, text, within)
            parent.children.append(element)
            owners.append(element)
            if is_link:
                links.append(element)
            if is_void or (text[end - 2] == "/" and (is_foreign or opened.get("svg"))):
                element.last = index + 1
                element.closed = True
                continue
            depth = len(stack)
            if depth > builder.depth:  # noqa: PLR1730 - once a tag: a call of max() would cost time
                builder.depth = depth
            stack.append(element)
            opened[name].append(depth)
            if is_barrier:
                builder.cells.append(depth)
                if name == "table":
                    builder.tables.append(depth)
        elif kind == "end":
            if parent.name == name:
                stack.pop()
                opened[name].pop()
                if name in BARRIERS:
                    builder.cells.pop()
                    if name == "table":
                        builder.tables.pop()
                parent.end_start = start
                parent.end = end
                parent.last = index + 1
                parent.closed = True
                owners.append(parent)
            else:
                owners.append(builder.end_tag(name, index, start, end))
        elif kind == "doctype":
            builder.quirks = _NO_QUIRKS.match(text, start, end) is None
            owners.append(parent)
        elif kind == "comment" or kind == "ignored":  # noqa: PLR1714 - two comparisons beat a hash
            owners.append(parent)
        elif kind == "if":
            owners.append(builder.add("!" + name, parent, index, start, end))
            builder.regular_until = len(builder.irregular)
        else:
            owners.append(_end_conditional(builder, name, index, start, end))
    while len(stack) > 1:
        builder.pop_to(len(stack) - 1, len(tokens), len(text))
    return Document(
        text,
        tokens,
        builder.root,
        owners=owners,
        links=links,
        irregular=builder.irregular,
        names=frozenset(opened),
        depth=builder.depth,
    )


def _end_conditional(builder: _Builder, which: str, index: int, start: int, end: int) -> Element:
    """Close a conditional comment.

    The inside of a hidden one is a text of its own and ends here whatever is open in it. The markers of a revealed
    one pair only where nothing crosses them: authors also use them to open a tag for some clients and
    close it in another pair.
    """
    name = "!" + which
    depths = builder.open.get(name)
    if not depths:
        return builder.stack[-1]
    depth = depths[-1]
    if which == "revealed" and depth != len(builder.stack) - 1:
        return builder.stack[-1]
    element, _ = builder.pop_to(depth, index + 1, start)
    element.end = end
    element.closed = True
    if which == "hidden":
        del builder.irregular[builder.regular_until :]  # a comment to a browser
    return element
