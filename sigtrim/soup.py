"""Rewriting trees: for tools that hold a document in Beautiful Soup or lxml already.

The tree is changed in place; elements and strings that stay are the same objects as before. A tree does not know the
bytes that it was made of, so that the first guarantee, every other byte identical, cannot hold here: use
`sigtrim.rewrite` where the source is at hand. Everything else is the same.
"""

from __future__ import annotations

import html
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sigtrim.errors import VerificationError
from sigtrim.parse.html import VOID
from sigtrim.rewrite.edits import deleted
from sigtrim.rewriter import Rewriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bs4 import Tag
    from lxml.etree import _Element

    from sigtrim.config import CallToAction, Rules
    from sigtrim.rewrite.edits import Edit
    from sigtrim.rewriter import Rewrite

__all__ = ["rewrite_soup", "rewrite_tree"]

_RAW = frozenset(["script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"])


def rewrite_soup(soup: Tag, *, cta: CallToAction | None = None, rules: Rules | None = None) -> Rewrite:
    """Rewrite a Beautiful Soup document, or one tag of it, in place.

    The places in the report are those of the HTML in `source.text`, which the tree was written out as. Raises nothing
    of its own; a tree that cannot be rewritten stays as it is, with `skipped` set.

    >>> from bs4 import BeautifulSoup
    >>> soup = BeautifulSoup('<a href="https://x.com/ada">X</a> <a href="https://github.com/ada">G</a>!', "html.parser")
    >>> rewrite_soup(soup).changed, str(soup)
    (True, '!')
    """
    from bs4 import BeautifulSoup  # noqa: PLC0415 - takes 100 ms to import

    def make(content: str) -> Tag:
        made = BeautifulSoup(content, "html.parser").find(True)
        assert made is not None  # noqa: S101 - the call to action is an element
        return made.extract()

    return _rewrite(_SoupTree(soup, make), cta, rules)


def rewrite_tree(tree: _Element, *, cta: CallToAction | None = None, rules: Rules | None = None) -> Rewrite:
    """Rewrite an lxml element and what is in it, in place; the text behind it stays.

    The report is as that of `rewrite_soup`.

    >>> from lxml.html import fromstring, tostring
    >>> tree = fromstring('<p>Ada <a href="https://x.com/a">X</a> <a href="https://github.com/a">G</a></p>')
    >>> rewrite_tree(tree).changed, tostring(tree)
    (True, b'<p>Ada</p>')
    """
    return _rewrite(_LxmlTree(tree), cta, rules)


@dataclass(frozen=True, slots=True)
class _Item:
    """A piece of the written tree: a tag of a node, or one of its texts, written as `html`."""

    kind: Literal["open", "close", "void", "text"]
    html: str
    node: Any
    text: str = ""
    slot: str = ""


class _Tree(Protocol):
    """What the two kinds of trees have in common here."""

    def items(self) -> Iterator[_Item]:
        """Write the tree out, piece by piece."""

    def set_text(self, item: _Item, text: str) -> None:
        """Give a text of the tree other content; an empty text goes."""

    def insert(self, item: _Item | None, before: str, content: str, after: str) -> None:
        """Put an element where an item begins, or between two halves of a text."""

    def remove(self, node: Any) -> None:
        """Take out an element with all that is in it."""

    def unwrap(self, node: Any) -> None:
        """Take out an element; what is in it stays."""


def _rewrite(tree: _Tree, cta: CallToAction | None, rules: Rules | None) -> Rewrite:
    items = list(tree.items())
    rewrite = Rewriter(cta=cta, rules=rules).rewrite("".join(item.html for item in items), format="html")
    if not rewrite.changed:
        return rewrite
    try:
        changes = _Changes.of(items, rewrite.edits)
    except VerificationError as error:
        from dataclasses import replace  # noqa: PLC0415 - only needed where something is wrong

        return replace(rewrite, output=rewrite.source.text, removals=(), cta=None, skipped=str(error))
    changes.make(tree)
    return rewrite


@dataclass(slots=True)
class _Changes:
    """What edits of the written tree mean for its nodes."""

    items: list[_Item]
    texts: dict[int, str] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    places: list[tuple[int, int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, items: list[_Item], edits: Iterable[Edit]) -> _Changes:
        """Raise `VerificationError` if an edit takes half a tag, or one of the two of an element."""
        edits = tuple(edits)
        self = cls(items)
        starts = [0]
        for item in items:
            starts.append(starts[-1] + len(item.html))
        for span in deleted(edits):
            at = bisect_right(starts, span.start) - 1
            while at < len(items) and starts[at] < span.end:
                self._cut(at, max(span.start - starts[at], 0), min(span.end, starts[at + 1]) - starts[at])
                at += 1
        for edit in edits:
            if edit.content:
                at = bisect_right(starts, edit.span.start) - 1
                # Where items are empty several begin at one offset: the first of them is the place.
                while at and starts[at - 1] == edit.span.start:
                    at -= 1
                self.places.append((at, edit.span.start - starts[at], edit.content))
        self._check()
        return self

    def _cut(self, at: int, start: int, end: int) -> None:
        item = self.items[at]
        if item.kind == "text":
            first, last = _index(item, start), _index(item, end)
            # Cuts of one text come in order: a later one does not move the earlier ones when it is made first.
            kept = self.texts.get(at, item.text)
            behind = len(item.text) - last
            self.texts[at] = kept[: len(kept) - (len(item.text) - first)] + kept[len(kept) - behind :]
        elif end - start == len(item.html):
            self.gone.add(at)
        elif start < end:
            raise VerificationError(f"only a part of {item.html[:40]!r} would go")

    def _check(self) -> None:
        stack: list[int] = []
        for at, item in enumerate(self.items):
            if item.kind == "open":
                stack.append(at)
            elif item.kind == "close" and (stack.pop() in self.gone) != (at in self.gone):
                raise VerificationError(f"one tag of {item.html!r} would go and the other stay")
        for at, offset, _ in self.places:
            if offset and self.items[at].kind != "text":
                raise VerificationError("the call to action would stand inside a tag")

    def make(self, tree: _Tree) -> None:
        """Change the tree: texts, then what comes in, then elements, the inner ones before those around them."""
        inserted = {at for at, offset, _ in self.places if offset}
        for at, text in self.texts.items():
            if at not in inserted:
                tree.set_text(self.items[at], text)
        for at, offset, content in self.places:
            item = self.items[at] if at < len(self.items) else None
            before = after = ""
            if item is not None and offset:
                kept = self.texts.get(at, item.text)
                index = self._kept_before(at, offset)
                before, after = kept[:index], kept[index:]
            tree.insert(item, before, content, after)
        stack: list[tuple[int, bool]] = []
        for at, item in enumerate(self.items):
            if item.kind == "open":
                stack.append((at, False))
            elif item.kind == "close":
                opened, holds = stack.pop()
                if at in self.gone:
                    (tree.unwrap if holds else tree.remove)(item.node)
                if stack and (holds or at not in self.gone):
                    stack[-1] = (stack[-1][0], True)
                continue
            elif item.kind == "void" and at in self.gone:
                tree.remove(item.node)
            stays = bool(self.texts.get(at, item.text)) if item.kind == "text" else item.kind == "void" and at not in self.gone
            if stack and (stays or any(place == at for place, _, _ in self.places)):
                stack[-1] = (stack[-1][0], True)

    def _kept_before(self, at: int, offset: int) -> int:
        """Return how many characters of a text stay before an offset."""
        item = self.items[at]
        index = _index(item, offset)
        kept = self.texts.get(at, item.text)
        head = 0
        # The characters that stay are those of the text in order; count how many of the head are among them.
        for character in item.text[:index]:
            if head < len(kept) and kept[head] == character:
                head += 1
        return head
