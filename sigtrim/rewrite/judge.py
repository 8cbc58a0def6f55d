"""The second judge: where the markup around an edit is irregular, lxml reads source and output as well.

A browser moves and closes what stands in the wrong place, so cutting a tag can move what stays. Here the source with
its removed content blanked - its tags stay, bare - and the output must read as the same text, links and pictures in
the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigtrim.errors import VerificationError
from sigtrim.parse.tags import VOID

if TYPE_CHECKING:
    from sigtrim.parse.elements import Document, Element
    from sigtrim.parse.source import Span
    from sigtrim.rewrite.edits import Edit

__all__ = ["is_irregular", "judge", "read"]

# libxml2 drops what is nested deeper, and takes seconds for a tag with tens of thousands of attributes: beyond these
# it is not asked, and the own checks stand alone.
_DEPTH = 200
_CHARACTERS = 2_000_000
_TAG_CHARACTERS = 50_000
_INVISIBLE = frozenset(["script", "style", "template", "title"])
_SEEN = {"a": (("a", "href"),), "area": (("a", "href"),), "img": (("img", "src"),)}


def is_irregular(document: Document, gone: tuple[Span, ...]) -> bool:
    """Tell whether an element around or beside a removal is not closed in the source, or is crossed or misplaced.

    What counts is the range from the parent of the first removal's element to the end of that of the last one.
    """
    if not document.irregular or not gone:
        return False
    around = [_around(document, span) for span in (gone[0], gone[-1])]
    start, end = min(one.start for one in around), max(one.end for one in around)
    return any(one.start < end and start < one.end for one in document.irregular)


def _around(document: Document, span: Span) -> Element:
    element = document.owners[document.token_at(span.start)]
    for _ in range(2):
        element = element.parent or element
    return element


def judge(document: Document, output: str, gone: tuple[Span, ...], insertion: Edit | None) -> None:
    """Compare what lxml reads in the output with what it reads in the source without the removed content.

    Raises `VerificationError` if they differ. Too large or too deep documents are not compared.
    """
    if len(document.text) > _CHARACTERS or document.depth > _DEPTH or len(output) > 2 * _CHARACTERS:
        return
    if any(end - start > _TAG_CHARACTERS for kind, start, end, _ in document.tokens if kind == "start"):
        return
    if read(_blanked(document, gone, insertion)) != read(output):
        raise VerificationError("V4: a browser would show what is left in another order, or not all of it")


def _blanked(document: Document, gone: tuple[Span, ...], insertion: Edit | None) -> str:
    """Return the source with the removed text and pictures taken out, and the removed tags left bare."""
    text = document.text
    parts: list[str] = []
    spans = iter(gone)
    span = next(spans, None)
    place = insertion.span.start if insertion is not None else len(text) + 1
    hidden = 0
    for kind, start, end, name in document.tokens:
        at = start
        if name == "hidden":
            hidden += 1 if kind == "if" else -1
        while at < end:
            while span is not None and span.end <= at:
                span = next(spans, None)
            if place <= at and insertion is not None:
                parts.append(insertion.content)
                place = len(text) + 1
            if span is not None and span.start <= at:
                if kind == "start" and name not in VOID and not hidden:
                    parts.append(f"<{name}>")
                elif kind == "end" and not hidden:
                    parts.append(text[start:end])
                at = min(end, span.end)
                continue
            stop = min(end, place, span.start if span is not None else end)
            parts.append(text[at:stop])
            at = stop
    if place <= len(text) and insertion is not None:
        parts.append(insertion.content)
    return "".join(parts)


def read(text: str) -> list[tuple[str, str]]:
    """Return the text, the links and the pictures that lxml finds, in order; text without its white space.

    >>> read('<p>Ada <b>Byrne</b> <a href="x">home</a><!-- no -->')
    [('text', 'AdaByrne'), ('a', 'x'), ('text', 'home')]
    """
    from lxml import etree  # noqa: PLC0415 - only where the second judge is asked

    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = etree.fromstring(text.replace("\0", "\ufffd").encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return []
    found: list[tuple[str, str]] = []
    words: list[str] = []

    def add(kind: str, value: str) -> None:
        if words:
            found.append(("text", "".join(words)))
            words.clear()
        found.append((kind, value))

    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")) if root is not None else ():
        if event == "start":
            for kind, attribute in _SEEN.get(node.tag, ()):
                if attribute in node.attrib:
                    add(kind, node.attrib[attribute])
            if node.text and node.tag not in _INVISIBLE:
                words += node.text.split()
        elif node.tail:
            words += node.tail.split()
    return [*found, ("text", "".join(words))] if words else found
