r"""Rich Text Format, as Outlook keeps its signatures: edits of what a reader sees become edits of the file.

Bytes outside the edits stay: formatting, style sheets, pictures, bookmarks. The call to action is a hyperlink field
between two bookmark marks, so that a later run finds it again.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from sigtrim.errors import SourceError, VerificationError
from sigtrim.formats.result import DocumentRewriter, FileRewrite, assemble, untouched
from sigtrim.formats.rtf_tokens import Tokens, scan
from sigtrim.formats.rtf_view import BOOKMARK, Item, view
from sigtrim.parse.source import Source, Span
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import Edit, apply, deleted
from sigtrim.rewriter import Rewriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sigtrim.formats.rtf_tokens import Token

__all__ = ["FORMAT", "matches", "rewrite", "with_links"]

FORMAT = "rtf"

_LINK = lazy(r'<a\b[^>]*?\shref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_TAG = lazy(r"<[^>]*>")
_BLOCK_TAG = lazy(r"</?(?:p|table|tr|td)\b[^>]*>")
_SPAN_TAG = lazy(r"</?span\b[^>]*>")
_LINK_TAG = lazy(r'<a\b[^>]*?\shref="([^"]*)"[^>]*>')
_LOOKS = frozenset(["b", "cf", "cs", "f", "fs", "i", "ul"])
# Formatting ends with its group: a group in which nothing else is left can go. These words do more than format.
_LASTING = frozenset(["par", "pard", "cell", "row", "sect", "sectd", "page", "line", "tab", "u", "nestcell", "nestrow"])
_PRINTABLE = lazy(r"[ -~]\Z")


def matches(data: bytes) -> bool:
    r"""Tell whether a file is RTF.

    >>> matches(rb"{\rtf1 Ada}")
    True
    """
    return data.startswith(b"{\\rtf")


def with_links(rewriter: Rewriter) -> Rewriter:
    """Return a rewriter whose calls to action are text links: RTF has neither buttons nor pictures from the web."""
    cta = rewriter.cta
    if cta is None or (cta.style == "link" and (cta.default is None or cta.default.style == "link")):
        return rewriter
    default = None if cta.default is None else replace(cta.default, style="link")
    plain = replace(cta, style="link", default=default)
    return Rewriter(cta=plain, rules=rewriter.rules, limits=rewriter.limits, remove_cta=rewriter.remove_cta)


def rewrite(rewriter: DocumentRewriter, data: bytes, *, name: str | None = None) -> FileRewrite:
    """Rewrite the signature in an RTF file; malformed RTF comes back untouched with the reason."""
    source = Source(data.decode("latin-1"), "latin-1", b"", name)
    try:
        tokens = scan(source.text)
    except SourceError as error:
        return untouched(source, data, format=FORMAT, reason=str(error))
    part = RtfPart.of(tokens)
    return assemble(source, data, [(part, rewriter.rewrite(part.text, format="html", name=name))], format=FORMAT)


@dataclass(frozen=True, slots=True)
class RtfPart:
    """The view of an RTF document as HTML, with the way back: item `i` begins at offset `starts[i]` of the text."""

    text: str
    source: Tokens
    items: tuple[Item, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, source: Tokens) -> RtfPart:
        """Make the view of a document."""
        items = tuple(view(source))
        starts = tuple(accumulate((len(item.html) for item in items), initial=0))
        return cls("".join(item.html for item in items), source, items, starts)

    def splice(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Turn edits of the view into edits of the file, and check that the file then shows what it should."""
        gone, cuts = self._cuts(deleted(edits))
        made = [*cuts, *(self._insertion(edit, gone) for edit in edits if edit.content)]
        made += self._emptied_groups(deleted(made))
        output = apply(self.source.text, made)
        try:
            seen = "".join(item.html for item in view(scan(output)))
        except SourceError as error:
            raise VerificationError(str(error)) from error
        if _essence(seen) != _essence(apply(self.text, edits)):
            raise VerificationError("the edited RTF does not show what it should")
        return tuple(made)

    def cover(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Return the span in the file of each span of the view."""
        return tuple(self._cover(span) for span in spans)

    def _cover(self, span: Span) -> Span:
        start = self._place(span.start)
        if span.start == span.end:
            return Span(start, start)
        last = bisect_right(self.starts, span.end - 1) - 1
        item = self.items[last]
        end = item.start + span.end - self.starts[last] if item.kind == "run" else item.end
        return Span(start, max(start, end))

    def _place(self, offset: int) -> int:
        at = bisect_right(self.starts, offset) - 1
        if at >= len(self.items):
            return self.source.tokens[-1].start
        item = self.items[at]
        return item.start + (offset - self.starts[at] if item.kind == "run" else 0)

    def _cuts(self, spans: Sequence[Span]) -> tuple[set[int], list[Edit]]:
        """Return the numbers of the items that go whole, and the edits of the file that take out all that goes."""
        gone: set[int] = set()
        cuts: list[Edit] = []
        for span in spans:
            at = bisect_right(self.starts, span.start) - 1
            while at < len(self.items) and self.starts[at] < span.end:
                first, end = max(span.start, self.starts[at]), min(span.end, self.starts[at + 1])
                item = self.items[at]
                if end - first == len(item.html):
                    gone.add(at)
                elif item.kind == "run":
                    start = item.start - self.starts[at]
                    cuts.append(Edit.deletion(Span(start + first, start + end)))
                else:
                    raise VerificationError(f"only a part of {item.html[:40]!r} would go")
                at += 1
        return gone, [*cuts, *self._whole(gone)]

    def _whole(self, gone: set[int]) -> Iterator[Edit]:
        """Yield the edits that take out items as a whole, once it is known which ones go."""
        kept = list(accumulate((at not in gone for at in range(len(self.items))), initial=0))
        stack: list[int] = []
        cells: list[int] = []
        for at, item in enumerate(self.items):
            if item.kind in ("link", "p", "table", "tr", "td"):
                stack.append(at)
                continue
            if item.kind[0] != "/":
                if at in gone:
                    yield from _deletion(item)
                continue
            opened = stack.pop()
            matches = self.items[opened].kind == item.kind[1:]
            if (opened in gone or at in gone) and not (matches and opened in gone and at in gone):
                raise VerificationError(f"only one end of {self.items[opened].html[:40]!r} would go")
            if at not in gone:
                cells = [] if item.kind == "/tr" else cells
            elif item.kind == "/td":
                # A row has as many cells as its definition says: they go with it, or stay.
                cells.append(at)
            elif item.kind == "/link" and kept[at] != kept[opened]:
                yield Edit.replacement(Span(self.items[opened].start, self.items[opened].end), "{")
                yield Edit.replacement(Span(item.start, item.end), "}")
            else:
                yield from self._block(opened, at, cells if item.kind == "/tr" else [])
                cells = [] if item.kind == "/tr" else cells

    def _block(self, opened: int, at: int, cells: list[int]) -> Iterator[Edit]:
        """Yield the edits that take out a link, paragraph, row or table: in one piece if its groups allow that."""
        span = Span(self.items[opened].start, self.items[at].end)
        if span.start < span.end and (self.items[at].kind == "/link" or self._is_balanced(span.start, span.end)):
            yield Edit.deletion(span)
            return
        for one in (*cells, at):
            yield from _deletion(self.items[one])
        if self.items[at].kind == "/tr":
            yield from self._row_definitions(span)

    def _row_definitions(self, row: Span) -> Iterator[Edit]:
        r"""Yield the edits that take out what defines a row that goes: readers take what follows for its cells.

        A row that comes next without a definition of its own has that of the row before it (RTF specification 1.9.1,
        "Table Definitions"); then it stays.
        """
        tokens = self.source.tokens
        at = bisect_right(tokens, row.end, key=lambda token: token.start)
        names = (token.name for token in tokens[at:] if token.kind == "word" and token.name in ("trowd", "row"))
        if next(names, "") == "row":
            return
        start: int | None = None
        last: int | None = None
        for token in self._tokens(row.start, row.end):
            if token.kind == "word" and token.name == "trowd":
                start = token.start
            elif token.kind == "word" and token.name == "cellx":
                last = token.end
            elif token.kind not in ("word", "newline"):
                if start is not None and last is not None:
                    yield Edit.deletion(Span(start, last))
                start = last = None
        if start is not None and last is not None:
            yield Edit.deletion(Span(start, last))

    def _is_balanced(self, start: int, end: int) -> bool:
        """Tell whether a stretch of the file can go whole: whole groups, and no bookmark in it."""
        depth = 0
        for token in self._tokens(start, end):
            if token.kind == "open":
                depth += 1
            elif token.kind == "close":
                depth -= 1
            if depth < 0 or (token.kind == "word" and token.name in ("bkmkstart", "bkmkend", "pard", "sectd")):
                return False
        return depth == 0

    def _tokens(self, start: int, end: int) -> Iterator[Token]:
        """Yield the tokens of a stretch of the file."""
        tokens = self.source.tokens
        at = bisect_right(tokens, start, key=lambda token: token.start) - 1
        while at < len(tokens) and tokens[at].start < end:
            yield tokens[at]
            at += 1

    def _emptied_groups(self, gone: Sequence[Span]) -> list[Edit]:
        """Find the groups in which nothing but formatting is left."""
        found: list[Edit] = []
        # For each group around the token: whether only formatting is left in it, and whether anything of it went.
        stack: list[list[bool]] = [[False, False]]
        starts: list[int] = []
        number = 0
        for token in self.source.tokens:
            while number < len(gone) and gone[number].end <= token.start:
                number += 1
            inside = number < len(gone) and gone[number].start <= token.start and token.end <= gone[number].end
            if inside and token.kind not in ("open", "close"):
                stack[-1][1] = True
            elif token.kind == "open":
                stack.append([True, inside])
                starts.append(token.start)
            elif token.kind == "close":
                is_empty, is_cut = stack.pop()
                start = starts.pop()
                if not inside and is_empty and is_cut and starts:
                    found.append(Edit.deletion(Span(start, token.end)))
                    stack[-1][1] = True
                elif inside:
                    # Of a link that is unwrapped the braces go and the inside stays.
                    stack[-1] = [stack[-1][0] and is_empty, True]
                else:
                    stack[-1][0] = False
            elif token.kind == "word":
                stack[-1][0] = stack[-1][0] and token.name not in _LASTING
            elif token.kind != "newline":
                stack[-1][0] = False
        return found

    def _insertion(self, edit: Edit, gone: set[int]) -> Edit:
        """Write what comes in as RTF: in a paragraph as it is, between two as a paragraph of its own."""
        offset = edit.span.start
        field = _field(edit.content, self._looks(gone))
        at = bisect_right(self.starts, offset) - 1
        item = self.items[at] if at < len(self.items) else None
        if item is not None and self.starts[at] != offset:
            if item.kind != "run":
                raise VerificationError("the call to action would stand inside of something else")
            return Edit.insertion(item.start + offset - self.starts[at], field)
        last = next((one for one in reversed(self.items[:at]) if one.kind not in ("link", "/link")), None)
        place = item.start if item is not None else self.source.tokens[-1].start
        if last is None or last.kind == "td":
            return Edit.insertion(place, f"{field}\\par ")
        if last.kind == "/p":
            if last.start < last.end:
                return Edit.insertion(last.end, f"{field}\\par ")
            return Edit.insertion(last.start, f"\\par {field}")
        if last.kind in ("/tr", "/table"):
            row = next(one for one in reversed(self.items[:at]) if one.kind == "/tr")
            return Edit.insertion(row.end, f"\\pard {field}\\par ")
        if last.kind in ("/td", "table", "tr"):
            raise VerificationError("the call to action would stand between two table cells")
        return Edit.insertion(place, field)

    def _looks(self, gone: set[int]) -> str:
        """Return the control words that format the first link that goes, an underline at least."""
        tokens = self.source.tokens
        for at in sorted(gone):
            if self.items[at].kind == "link":
                first = bisect_right(tokens, self.items[at].end - 1, key=lambda token: token.start)
                words = []
                for token in tokens[first:]:
                    if token.kind == "word" and token.name in _LOOKS:
                        words.append(self.source.text[token.start : token.end].rstrip())
                    elif token.kind in ("text", "hex", "close") or token.name == "*":
                        break
                return "".join(words if "\\ul" in words else [*words, "\\ul"])
        return "\\ul"


def _deletion(item: Item) -> Iterator[Edit]:
    if item.start < item.end:
        yield Edit.deletion(Span(item.start, item.end))


def _field(content: str, looks: str) -> str:
    """Write the HTML of a call to action as a hyperlink field."""
    link = _LINK.search(content)
    if link is None:
        raise VerificationError("a call to action that is no link cannot be written in RTF")
    before = "\\line " if "<br>" in content[: link.start()] else ""
    after = "\\line " if "<br>" in content[link.end() :] else ""
    url, words = html.unescape(link[1]), html.unescape(_TAG.sub("", link[2]))
    return (
        f"{before}{{\\*\\bkmkstart {BOOKMARK}}}"
        f'{{\\field{{\\*\\fldinst{{HYPERLINK "{_escape(url)}"}}}}{{\\fldrslt{{\\uc1{looks} {_escape(words)}}}}}}}'
        f"{{\\*\\bkmkend {BOOKMARK}}}{after}"
    )


def _escape(text: str) -> str:
    r"""Write text in RTF's ASCII: `\uN?` with N as a signed 16-bit number (RTF specification 1.9.1, "Unicode RTF")."""
    parts = []
    for character in text:
        if character in "\\{}":
            parts.append(f"\\{character}")
        elif _PRINTABLE.match(character):
            parts.append(character)
        else:
            units = character.encode("utf-16-le")
            codes = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
            parts.append("".join(f"\\u{code}?" for code in codes))
    return "".join(parts)


def _essence(view: str) -> list[str]:
    """Return what a view shows, and where its links lead, without the blocks that it stands in."""
    return html.unescape(_LINK_TAG.sub(r'<a "\1">', _BLOCK_TAG.sub(" ", _SPAN_TAG.sub("", view)))).split()
