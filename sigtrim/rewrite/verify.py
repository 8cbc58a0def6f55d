"""The guarantees, checked on every output before it is returned.

The checks do not trust the planner: they read the output again from its text. V1 and V2: the output is the source
without the reported removals, plus the insertion. V3: its tokens are the source's kept tokens plus those of
the insertion, and no element lost one tag and kept the other. V4: no removal takes more than its code says. V5: there
is exactly one call to action. Where the markup around an edit is irregular, lxml judges as well.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from sigtrim.errors import VerificationError
from sigtrim.parse.flow import is_blank
from sigtrim.parse.html import tokenize
from sigtrim.rewrite.cta import count_links
from sigtrim.rewrite.edits import deleted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.config import CallToAction
    from sigtrim.parse.html import Document, Element, Token
    from sigtrim.parse.source import Span
    from sigtrim.rewrite.edits import Edit

__all__ = ["verify_html", "verify_text"]

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_MARKS_ONLY = re.compile(r"[^\w\x00]*+\Z")
# lxml stops at this depth and takes seconds for tags with tens of thousands of attributes: beyond, it is not asked.
_LXML_DEPTH = 200
_LXML_CHARACTERS = 2_000_000


def verify_text(source: str, output: str, edits: Sequence[Edit], insertion: Edit | None) -> tuple[Span, ...]:
    """Check V1 and V2: the output is the source without the deletions of the edits, plus the insertion.

    Returns the deleted spans. Raises `VerificationError`.
    """
    gone = deleted(edits)
    parts: list[str] = []
    at = 0
    place = insertion.span.start if insertion is not None else -1
    content = insertion.content if insertion is not None else ""
    for start, end in [(span.start, span.end) for span in gone] + [(len(source), len(source))]:
        if content and at <= place <= end:
            parts += [source[at : min(place, start)], content, source[min(place, start) : start]]
            content = ""
        else:
            parts.append(source[at:start])
        at = end
    if "".join(parts) != output:
        raise VerificationError("V1: the output is not the source without the removals, plus the call to action")
    return gone


def verify_html(
    document: Document,
    output: str,
    edits: Sequence[tuple[str, Edit]],
    insertion: Edit | None,
    *,
    cta: CallToAction | None,
) -> None:
    """Check V1 to V5; `edits` are the removals' edits with their codes. Raises `VerificationError`."""
    gone = verify_text(document.text, output, [edit for _, edit in edits], insertion)
    tokens = tokenize(output)
    _check_tokens(document, output, tokens, gone, insertion)
    _check_codes(document, edits)
    if cta is not None:
        count = count_links(output, tokens, cta)
        if count != 1:
            raise VerificationError(f"V5: the output would have {count} calls to action")


def _check_tokens(
    document: Document, output: str, tokens: list[Token], gone: tuple[Span, ...], insertion: Edit | None
) -> None:
    """Check V3: cutting made no new tag, comment or half element."""
    text = document.text
    expected: list[tuple[str, str]] = []
    owners: list[Element] = []
    place = insertion.span.start if insertion is not None else -1
    inserted = (
        [(token.kind, insertion.content[token.start : token.end]) for token in tokenize(insertion.content)]
        if insertion is not None
        else []
    )
    spans = iter(gone)
    span = next(spans, None)
    lost: dict[int, int] = {}
    for index, (kind, start, end, _) in enumerate(document.tokens):
        while span is not None and span.end <= start:
            span = next(spans, None)
        if inserted and place <= start:
            _extend(expected, inserted)
            inserted = []
        if span is None or span.start >= end:
            if inserted and start < place < end:
                if kind != "text":
                    raise VerificationError("V3: the call to action would stand inside a tag")
                _extend(expected, [("text", text[start:place]), *inserted, ("text", text[place:end])])
                inserted = []
            else:
                _extend(expected, [(kind, text[start:end])])
            continue
        if span.start <= start and end <= span.end:
            owner = document.owners[index]
            if kind in ("start", "end", "if", "endif") and start in (
                owner.start,
                owner.end_start,
            ):  # else a stray end tag
                lost[id(owner)] = lost.get(id(owner), 0) + 1
                owners.append(owner)
            continue
        if kind != "text":
            raise VerificationError(f"V3: only a part of {text[start:end][:40]!r} would go")
        rest = _cut_text(text, start, end, gone)
        if inserted and start < place < end:
            before = _cut_text(text, start, place, gone)
            _extend(expected, [("text", before), *inserted, ("text", rest[len(before) :])])
            inserted = []
        else:
            _extend(expected, [("text", rest)])
    _extend(expected, inserted)
    found: list[tuple[str, str]] = []
    _extend(found, [(kind, output[start:end]) for kind, start, end, _ in tokens])
    if found != expected:
        raise VerificationError("V3: what is left reads as other tags than before")
    for element in owners:
        if lost[id(element)] != (2 if element.end_tag is not None else 1):
            raise VerificationError(f"V3: one tag of a <{element.name}> would go and the other stay")


def _extend(tokens: list[tuple[str, str]], more: Sequence[tuple[str, str]]) -> None:
    """Add tokens; texts side by side are one, as a tokenizer reads them."""
    for kind, content in more:
        if kind == "text" and tokens and tokens[-1][0] == "text":
            tokens[-1] = ("text", tokens[-1][1] + content)
        elif content:
            tokens.append((kind, content))


def _cut_text(text: str, start: int, end: int, gone: tuple[Span, ...]) -> str:
    parts: list[str] = []
    at = start
    for span in gone:
        if span.end <= at:
            continue
        if span.start >= end:
            break
        parts.append(text[at : max(at, span.start)])
        at = max(at, span.end)
    parts.append(text[at:end])
    return "".join(parts)


def _check_codes(document: Document, edits: Sequence[tuple[str, Edit]]) -> None:
    """Check V4: a separator is marks, an emptied container holds nothing that no other removal names, and no
    e-mail address goes but with its own removal.
    """
    meant = deleted([edit for code, edit in edits if code != "empty-container"])
    spans = iter(meant)
    span = next(spans, None)
    containers = iter(deleted([edit for code, edit in edits if code == "empty-container"]))
    container = next(containers, None)
    text = document.text
    for kind, start, end, name in document.tokens:
        while container is not None and container.end <= start:
            container = next(containers, None)
        if container is None:
            break
        if container.start >= end:
            continue
        while span is not None and span.end <= start:
            span = next(spans, None)
        if span is not None and span.start <= start and end <= span.end:
            continue
        if kind == "text" and not name:
            left = _cut_text(text, max(start, container.start), min(end, container.end), meant)
            if not is_blank(html.unescape(left)):
                raise VerificationError(f"V4: {left.strip()[:40]!r} would go although no removal names it")
        elif kind == "start" and (
            name in ("img", "area", "input", "v:imagedata") or (name == "a" and _has_href(document, start))
        ):
            raise VerificationError(f"V4: {text[start:end][:60]!r} would go although no removal names it")
    for code, edit in edits:
        content = text[edit.span.start : edit.span.end]
        if code == "list-separator" and "<" not in content and not _MARKS_ONLY.match(html.unescape(content)):
            words = html.unescape(content).split()
            if any(len(word) > 6 or "@" in word for word in words):  # "and", "oder", "sowie" join links too
                raise VerificationError(f"V4: {content[:40]!r} is no separator")


def _has_href(document: Document, start: int) -> bool:
    return bool(document.owners[document.token_at(start)].get("href"))
