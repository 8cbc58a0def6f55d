"""Rewriting trees: for tools that hold a document in Beautiful Soup or lxml already.

The tree is changed in place; elements and strings that stay are the same objects as before. A tree does not know the
bytes that it was made of, so that the first guarantee, every other byte identical, cannot hold here: use
`sigtrim.rewrite` where the source is at hand. Everything else is the same.
"""

from __future__ import annotations

import html
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sigtrim.errors import VerificationError
from sigtrim.parse.tags import VOID
from sigtrim.rewrite.edits import deleted
from sigtrim.rewriter import Rewriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bs4 import Tag
    from lxml.etree import _Element

    from sigtrim.config import CallToAction, Rules
    from sigtrim.rewrite.edits import Edit
    from sigtrim.rewrite.result import Rewrite

__all__ = ["rewrite_soup", "rewrite_tree"]

_RAW = frozenset(["script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"])


def rewrite_soup(soup: Tag, *, cta: CallToAction | None = None, rules: Rules | None = None) -> Rewrite:
    """Rewrite a Beautiful Soup document, or one tag of it, in place.

    The places in the report are those of the HTML in `source.text`, which the tree was written out as. A tree that
    cannot be rewritten stays as it is, with `skipped` set. Raises `TypeError` for what is no tag.

    >>> from bs4 import BeautifulSoup
    >>> links = '<a href="https://x.com/ada">X</a> | <a href="https://github.com/ada">GitHub</a>'
    >>> soup = BeautifulSoup(f"<p>Ada</p><p>{links}</p>", "html.parser")
    >>> rewrite_soup(soup).changed, str(soup)
    (True, '<p>Ada</p>')
    """
    if not hasattr(soup, "contents"):
        raise TypeError(f"soup: expected a tag of Beautiful Soup, not {type(soup).__name__}")
    return _rewrite(_SoupTree(soup), cta, rules)


def rewrite_tree(tree: _Element, *, cta: CallToAction | None = None, rules: Rules | None = None) -> Rewrite:
    """Rewrite an lxml element and what is in it, in place; the text behind it stays.

    The report is as that of `rewrite_soup`.

    >>> from lxml.html import fromstring, tostring
    >>> links = '<a href="https://x.com/ada">X</a> | <a href="https://github.com/ada">GitHub</a>'
    >>> tree = fromstring(f"<div><p>Ada</p><p>{links}</p></div>")
    >>> rewrite_tree(tree).changed, tostring(tree)
    (True, b'<div><p>Ada</p></div>')
    """
    if not hasattr(tree, "getparent"):
        raise TypeError(f"tree: expected an element of lxml, not {type(tree).__name__}")
    return _rewrite(_LxmlTree(tree), cta, rules)


@dataclass(frozen=True, slots=True)
class _Item:
    """A piece of the written tree: a tag of a node, or one of its strings.

    `text` is the string, `lead` how many characters of `html` stand before it, as in a comment; `slot` tells an lxml
    element's two strings apart.
    """

    kind: Literal["open", "close", "void", "text"]
    html: str
    node: Any
    text: str = ""
    lead: int = 0
    escaped: bool = False
    slot: str = ""

    def index(self, offset: int) -> int:
        """Return which character of the string begins at an offset of the HTML."""
        offset -= self.lead
        if not self.escaped:
            if not 0 <= offset <= len(self.text):
                raise VerificationError(f"only a part of {self.html[:40]!r} would go")
            return offset
        at = length = 0
        while length < offset:
            length += len(_escape(self.text[at]))
            at += 1
        if length != offset:
            raise VerificationError(f"half a character of {self.html[:40]!r} would go")
        return at


class _Tree(Protocol):
    """What the two kinds of trees have in common here."""

    root: Any

    def items(self) -> Iterator[_Item]:
        """Write the tree out, piece by piece."""

    def set_text(self, item: _Item, text: str) -> None:
        """Give a string of the tree other content; an empty one goes."""

    def insert(self, item: _Item | None, content: str) -> None:
        """Put an element before an item, or at the end."""

    def split(self, item: _Item, before: str, content: str, after: str) -> None:
        """Put an element between two parts of a string, which replace it."""

    def remove(self, node: Any) -> None:
        """Take out an element with all that is in it."""

    def unwrap(self, node: Any) -> None:
        """Take out an element; what is in it stays."""


def _rewrite(tree: _Tree, cta: CallToAction | None, rules: Rules | None) -> Rewrite:
    items = list(tree.items())
    rewrite = Rewriter(cta=cta, rules=rules).rewrite("".join(item.html for item in items), format="html")
    if rewrite.changed:
        try:
            changes = _Changes(items, rewrite.edits)
        except VerificationError as error:
            return replace(rewrite, output=rewrite.source.text, removals=(), cta=None, skipped=str(error))
        changes.make(tree)
    return rewrite


class _Changes:
    """What the edits of the written tree mean for its nodes.

    Raises `VerificationError` if an edit takes half a tag, or one of the two tags of an element.
    """

    def __init__(self, items: list[_Item], edits: Iterable[Edit]) -> None:
        edits = tuple(edits)
        self.items = items
        self.starts = list(accumulate((len(item.html) for item in items), initial=0))
        self.gone: set[int] = set()
        self.cuts: dict[int, list[tuple[int, int]]] = {}
        for span in deleted(edits):
            at = bisect_right(self.starts, span.start) - 1
            while at < len(items) and self.starts[at] < span.end:
                self._cut(at, max(span.start, self.starts[at]), min(span.end, self.starts[at + 1]))
                at += 1
        self.places = [self._place(edit) for edit in edits if edit.content]
        self.emptied = self._emptied()

    def make(self, tree: _Tree) -> None:
        """Change the tree: first what comes in, then the strings, then the elements from the inside out."""
        for at, index, content in self.places:
            if index is None:
                tree.insert(self.items[at] if at < len(self.items) else None, content)
            else:
                text = self.items[at].text
                tree.split(self.items[at], self._kept(at, 0, index), content, self._kept(at, index, len(text)))
        split = {at for at, index, _ in self.places if index is not None}
        # A comment that goes hands on the string behind it, which has to be cut by then.
        for at in sorted(self.cuts.keys() - split, key=lambda at: not self.items[at].slot):
            tree.set_text(self.items[at], self._kept(at, 0, len(self.items[at].text)))
        for at, item in enumerate(self.items):
            # What the caller holds stays, emptied.
            if at in self.gone and item.kind in ("close", "void") and item.node is not tree.root:
                (tree.remove if at in self.emptied or item.kind == "void" else tree.unwrap)(item.node)

    def _cut(self, at: int, start: int, end: int) -> None:
        item, offset = self.items[at], self.starts[at]
        if end - start == len(item.html):
            if item.kind == "text":
                self.cuts[at] = [(0, len(item.text))]
            else:
                self.gone.add(at)
        elif item.kind == "text":
            self.cuts.setdefault(at, []).append((item.index(start - offset), item.index(end - offset)))
        else:
            raise VerificationError(f"only a part of {item.html[:40]!r} would go")

    def _place(self, edit: Edit) -> tuple[int, int | None, str]:
        """Return before which item, or in which string at which character, an element comes in."""
        at = bisect_right(self.starts, edit.span.start) - 1
        offset = edit.span.start - self.starts[at]
        item = self.items[at] if at < len(self.items) else None
        if item is not None and item.kind == "text" and item.escaped:
            return at, item.index(offset), edit.content
        if offset or (item is not None and item.kind == "text" and not item.lead):
            raise VerificationError("the call to action would stand inside of something else")
        return at, None, edit.content

    def _emptied(self) -> set[int]:
        """Return the end tags of the elements that go and of which nothing stays."""
        emptied: set[int] = set()
        stack: list[tuple[int, int]] = []
        staying = 0
        inserted = {at for at, _, _ in self.places}
        for at, item in enumerate(self.items):
            staying += at in inserted
            if item.kind == "open":
                stack.append((at, staying))
                staying += at not in self.gone
            elif item.kind == "close":
                opened, before = stack.pop()
                if (opened in self.gone) != (at in self.gone):
                    raise VerificationError(f"one tag of {self.items[opened].html[:40]!r} would go and the other stay")
                if at in self.gone and staying == before:
                    emptied.add(at)
            elif item.kind == "void":
                staying += at not in self.gone
            else:
                staying += bool(self._kept(at, 0, len(item.text)))
        return emptied

    def _kept(self, at: int, start: int, end: int) -> str:
        """Return what stays of a stretch of a string."""
        text, parts = self.items[at].text, []
        for first, last in self.cuts.get(at, ()):
            if first >= end:
                break
            parts.append(text[start : max(start, first)])
            start = max(start, last)
        return "".join([*parts, text[start:end]])


def _escape(text: str) -> str:
    # As the call to action is written, so that an earlier one is known again.
    return html.escape(text, quote=True).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _start_tag(name: str, attributes: Mapping[str, Any]) -> str:
    parts = [name]
    for key, value in attributes.items():
        text = " ".join(value) if isinstance(value, list) else value
        parts.append(key if text is None else f'{key}="{_escape(text)}"')
    return f"<{' '.join(parts)}>"


def _string(node: Any, text: str, parent: str, slot: str = "") -> _Item:
    if parent in _RAW:
        return _Item("text", text, node, text, slot=slot)
    return _Item("text", _escape(text), node, text, escaped=True, slot=slot)


class _SoupTree:
    """A tag of Beautiful Soup."""

    def __init__(self, root: Any) -> None:
        self.root = root

    def items(self) -> Iterator[_Item]:
        """Write the tree out, piece by piece."""
        if self.root.name != "[document]":
            yield _Item("open", _start_tag(self.root.name, self.root.attrs), self.root)
        stack: list[tuple[Any, Iterator[Any]]] = [(self.root, iter(self.root.contents))]
        while stack:
            tag, rest = stack[-1]
            node = next(rest, None)
            if node is None:
                stack.pop()
                if tag.name != "[document]":
                    yield _Item("close", f"</{tag.name}>", tag)
            elif not hasattr(node, "attrs"):
                yield self._leaf(node, tag.name)
            elif node.name in VOID and not node.contents:
                yield _Item("void", _start_tag(node.name, node.attrs), node)
            else:
                yield _Item("open", _start_tag(node.name, node.attrs), node)
                stack.append((node, iter(node.contents)))

    def set_text(self, item: _Item, text: str) -> None:
        """Give a string other content; an empty one goes."""
        if text:
            item.node.replace_with(type(item.node)(text))
        else:
            item.node.extract()

    def insert(self, item: _Item | None, content: str) -> None:
        """Put an element before an item, or at the end."""
        if item is None or (item.kind == "close" and item.node is self.root):
            self.root.append(self._make(content))
        elif item.kind == "close":
            item.node.append(self._make(content))
        elif item.node is self.root:
            self.root.insert(0, self._make(content))
        else:
            item.node.insert_before(self._make(content))

    def split(self, item: _Item, before: str, content: str, after: str) -> None:
        """Put an element between two parts of a string."""
        if before:
            item.node.insert_before(type(item.node)(before))
        item.node.insert_before(self._make(content))
        self.set_text(item, after)

    def remove(self, node: Any) -> None:
        """Take out an element with all that is in it."""
        node.extract()

    def unwrap(self, node: Any) -> None:
        """Take out an element; what is in it stays."""
        node.unwrap()

    def _leaf(self, node: Any, parent: str) -> _Item:
        prefix, suffix = getattr(node, "PREFIX", ""), getattr(node, "SUFFIX", "")
        if not prefix:
            return _string(node, str(node), parent)
        if prefix == "<?" and node.startswith("["):
            prefix, suffix = "<!", ">"  # how the parser takes <![if !vml]>
        return _Item("text", f"{prefix}{node}{suffix}", node, str(node), lead=len(prefix))

    def _make(self, content: str) -> Any:
        from bs4 import BeautifulSoup  # noqa: PLC0415 - takes 100 ms to import

        return BeautifulSoup(content, "html.parser").contents[0].extract()


class _LxmlTree:
    """An element of lxml; its strings are `text`, and the `tail` of each element in it."""

    def __init__(self, root: Any) -> None:
        self.root = root

    def items(self) -> Iterator[_Item]:
        """Write the tree out, piece by piece."""
        yield _Item("open", self._start(self.root), self.root)
        stack: list[tuple[Any, Iterator[Any]]] = [(self.root, iter(self.root))]
        yield from self._text(self.root, "text", self.root)
        while stack:
            parent, rest = stack[-1]
            node = next(rest, None)
            if node is None:
                stack.pop()
                yield _Item("close", f"</{parent.tag}>", parent)
                if stack:
                    yield from self._text(parent, "tail", stack[-1][0])
            elif not isinstance(node.tag, str):
                yield self._special(node)
                yield from self._text(node, "tail", parent)
            elif node.tag in VOID and not len(node) and not node.text:
                yield _Item("void", self._start(node), node)
                yield from self._text(node, "tail", parent)
            else:
                yield _Item("open", self._start(node), node)
                yield from self._text(node, "text", node)
                stack.append((node, iter(node)))

    def set_text(self, item: _Item, text: str) -> None:
        """Give a string other content; an empty comment goes."""
        if item.slot:
            setattr(item.node, item.slot, text or None)
        elif text:
            item.node.text = text
        else:
            self.remove(item.node)

    def insert(self, item: _Item | None, content: str) -> None:
        """Put an element before an item, or at the end."""
        if item is None or item.kind == "close":
            (self.root if item is None else item.node).append(self._make(content))
        elif item.node is self.root:
            self.split(_Item("text", "", item.node, slot="text"), "", content, item.node.text or "")
        else:
            item.node.addprevious(self._make(content))

    def split(self, item: _Item, before: str, content: str, after: str) -> None:
        """Put an element between two parts of a string."""
        made = self._make(content)
        setattr(item.node, item.slot, before or None)
        if item.slot == "text":
            item.node.insert(0, made)
        else:
            item.node.getparent().insert(item.node.getparent().index(item.node) + 1, made)
        made.tail = after or None

    def remove(self, node: Any) -> None:
        """Take out an element with all that is in it; the text behind it stays."""
        parent = node.getparent()
        self._add_text(node, node.tail)
        parent.remove(node)

    def unwrap(self, node: Any) -> None:
        """Take out an element; what is in it stays."""
        parent = node.getparent()
        at = parent.index(node)
        self._add_text(node, node.text)
        children, tail = list(node), node.tail
        if children:
            children[-1].tail = f"{children[-1].tail or ''}{tail or ''}" or None
        else:
            self._add_text(node, tail)
        parent[at : at + 1] = children

    def _add_text(self, node: Any, text: str | None) -> None:
        """Put text right before a node."""
        if not text:
            return
        previous = node.getprevious()
        if previous is None:
            node.getparent().text = f"{node.getparent().text or ''}{text}"
        else:
            previous.tail = f"{previous.tail or ''}{text}"

    def _text(self, node: Any, slot: str, around: Any) -> Iterator[_Item]:
        text = getattr(node, slot)
        if text:
            yield _string(node, text, around.tag, slot)

    def _start(self, node: Any) -> str:
        return _start_tag(node.tag, dict(node.attrib))

    def _special(self, node: Any) -> _Item:
        from lxml import etree  # noqa: PLC0415 - only needed where a tree of it is at hand

        if node.tag is etree.Comment:
            return _Item("text", f"<!--{node.text}-->", node, node.text, lead=4)
        # An entity or a processing instruction is one thing, which goes whole or stays.
        return _Item("void", etree.tostring(node, encoding="unicode", with_tail=False), node)

    def _make(self, content: str) -> Any:
        from lxml.html import fragment_fromstring  # noqa: PLC0415 - as above

        return fragment_fromstring(content)
