"""The guarantees, checked on every output before it is returned.

The checks do not trust the planner: they read the output again from its text. V1 and V2: the output is the source
without the reported removals, plus the insertion. V3: its tokens are the source's kept tokens plus those of
the insertion, and no element lost one tag and kept the other. V4: no removal takes more than its code says. V5: there
is exactly one call to action. Where the markup around an edit is irregular, lxml judges as well.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from sigtrim.errors import VerificationError
from sigtrim.parse.flow import is_blank, is_spacer
from sigtrim.parse.source import Span
from sigtrim.parse.tokens import SWITCHES, scan, tokenize
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import deleted
from sigtrim.rewrite.judge import is_irregular, judge
from sigtrim.rewrite.previous import count_links, host_in, target_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sigtrim.config import CallToAction
    from sigtrim.parse.elements import Document, Element
    from sigtrim.parse.tokens import PlainToken
    from sigtrim.rewrite.edits import Edit

__all__ = ["verify_html", "verify_text"]

_Run = tuple[int, int] | None  # a range of the source that stays, or None for the insertion

# With an @ before it, it is a handle of the fediverse.
_EMAIL = lazy(r"(?<![@\w.+-])[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)++")
_CONTACT_SCHEMES = ("mailto:", "tel:", "sms:")
_MARKS_ONLY = lazy(r"[^\w\x00]*+\Z")
_PICTURES = frozenset(["area", "img", "input", "v:imagedata"])
_FOREIGN = lazy(r"<(?:math|svg)", re.IGNORECASE)
_CONJUNCTION_LENGTH = 6  # "and", "oder", "sowie" join links too


def verify_text(source: str, output: str, edits: Sequence[Edit], insertion: Edit | None) -> tuple[Span, ...]:
    """Check V1 and V2: the output is the source without the deletions of the edits, plus the insertion.

    Returns the deleted spans. Raises `VerificationError`.
    """
    gone = deleted(edits)
    _check_text(source, output, _runs(len(source), gone, insertion), insertion)
    return gone


def _check_text(source: str, output: str, runs: list[_Run], insertion: Edit | None) -> None:
    content = insertion.content if insertion is not None else ""
    if "".join([content if run is None else source[run[0] : run[1]] for run in runs]) != output:
        raise VerificationError("V1: the output is not the source without the removals, plus the call to action")


def verify_html(
    document: Document,
    output: str,
    edits: Sequence[tuple[str, Edit]],
    insertion: Edit | None,
    *,
    cta: CallToAction | None,
) -> None:
    """Check V1 to V5; `edits` are the removals' edits with their codes. Raises `VerificationError`."""
    gone = deleted([edit for _, edit in edits])
    kept = _runs(len(document.text), gone, insertion)
    _check_text(document.text, output, kept, insertion)
    for runs, start in _windows(document, kept, insertion):
        expected = _expected(document, runs, start, insertion)
        if scan(output, start=start, end=expected[-1][2] if expected else start) != expected:
            raise VerificationError("V3: what is left reads as other tags than before")
    _check_pairs(document, gone)
    codes = {code for code, _ in edits}
    if "empty-container" in codes:
        _check_emptied(document, edits)
    own = deleted([edit for code, edit in edits if code == "previous-cta"]) if "previous-cta" in codes else ()
    _check_contacts(document, gone, own)
    if "list-separator" in codes:
        _check_separators(document, edits)
    if cta is not None:
        count = _count_links(document, output, insertion, cta)
        if count != 1:
            raise VerificationError(f"V5: the output would have {count} calls to action")
    if is_irregular(document, gone):
        judge(document, output, gone, insertion)


def _runs(length: int, gone: tuple[Span, ...], insertion: Edit | None) -> list[_Run]:
    """Return the ranges of the source that make the output, in order, with None for the insertion."""
    runs: list[_Run] = []
    place = insertion.span.start if insertion is not None else -1
    at = 0
    for span in (*gone, Span(length, length)):
        start, end = span.start, span.end
        if at <= place <= end:
            middle = min(place, start)
            if at < middle:
                runs.append((at, middle))
            runs.append(None)
            at, place = middle, -1
        if at < start:
            runs.append((at, start))
        at = end
    return runs


def _windows(document: Document, runs: list[_Run], insertion: Edit | None) -> Iterator[tuple[list[_Run], int]]:
    """Yield the parts of the output that must be read again, each as its runs and where it begins in the output.

    A scanner goes on from the end of a tag as it does from there in the source, and reads the same text as the same
    tokens, unless it stands in raw text, in foreign content or in a comment. So it is enough to read from the last
    start tag before an edit to the first one behind it, where neither lies in a conditional comment.
    """
    is_foreign = not document.names.isdisjoint(("math", "svg")) or (
        insertion is not None and bool(_FOREIGN.search(insertion.content))
    )
    length = len(document.text)
    window: list[_Run] = []
    begin = position = 0
    for run in runs:
        if run is None:
            window.append(None)
            position += len(insertion.content) if insertion is not None else 0
            continue
        start, end = run
        head, tail = (end, start) if is_foreign else _anchors(document, start, end)
        if head <= tail:
            if window or start > 0:
                yield [*window, (start, head)], begin
            window, begin = [(tail, end)], position + tail - start
        else:
            window.append(run)
        position += end - start
    if window and not (len(window) == 1 and window[0] is not None and window[0][1] == length and begin):
        yield window, begin


def _anchors(document: Document, start: int, end: int) -> tuple[int, int]:
    """Return where the first start tag of a run ends and where the last one begins.

    Without one it is the run's end and its start. End tags do not tell whether they lie in a comment: theirs can be
    elements around it.
    """
    tokens, owners = document.tokens, document.owners
    head, tail = end, start
    first, last = document.token_at(start), document.token_at(end - 1)
    for index in range(first, last + 1):
        kind, at, to, name = tokens[index]
        if kind == "start" and at >= start and name not in SWITCHES and "!hidden" not in owners[index].within:
            head = to
            break
    for index in range(last, first - 1, -1):
        kind, at, to, name = tokens[index]
        if kind == "start" and to <= end and name not in SWITCHES and "!hidden" not in owners[index].within:
            tail = at
            break
    return head, tail


def _expected(
    document: Document, runs: list[_Run], position: int, insertion: Edit | None
) -> list[tuple[str, int, int, str]]:
    """Return the tokens that the runs must be in the output: the source's, moved up, and those of the insertion.

    Raises `VerificationError` if only a part of a tag or a comment would go, or if the insertion would stand in one.
    """
    expected: list[tuple[str, int, int, str]] = []
    for run in runs:
        if run is not None:
            start, end = run
            first, last = document.token_at(start), document.token_at(end - 1)
            part = document.tokens[first : last + 1]
            for kind, at, to, _ in (part[0], part[-1]):
                if kind != "text" and (at < start or to > end):
                    raise VerificationError(f"V3: {document.text[at:to][:40]!r} would be cut in two")
            shift = position - start
            moved = [(kind, at + shift, to + shift, name) for kind, at, to, name in part]
            moved[0] = (moved[0][0], position, moved[0][2], moved[0][3])
            moved[-1] = (*moved[-1][:2], position + end - start, moved[-1][3])
            position += end - start
        elif insertion is not None:
            inserted = _tokens_of(insertion.content)
            moved = [(kind, at + position, to + position, name) for kind, at, to, name in inserted]
            position += len(insertion.content)
        if expected and expected[-1][0] == moved[0][0] == "text" and expected[-1][3] == moved[0][3]:
            moved[0] = ("text", expected.pop()[1], moved[0][2], moved[0][3])
        expected += moved
    return expected


def _count_links(document: Document, output: str, insertion: Edit | None, cta: CallToAction) -> int:
    """Count the links of the output that are the call to action.

    Where no link of the source can be one, what counts is the insertion, whose tokens are known to be the output's.
    """
    if insertion is None or _stands_hidden(document, insertion.span.start):
        return count_links(output, tokenize(output), cta)
    target = target_of(cta.url)
    host = host_in(target)
    for link in document.links:
        href = link.get("href") if link.name == "a" else ""
        if host in href and target_of(href.strip()) == target:
            return count_links(output, tokenize(output), cta)
    return _count_inserted(insertion.content, cta)


# The same call to action goes into all documents of a team, in a few forms.
@lru_cache(maxsize=64)
def _tokens_of(content: str) -> list[PlainToken]:
    return scan(content)


@lru_cache(maxsize=64)
def _count_inserted(content: str, cta: CallToAction) -> int:
    return count_links(content, tokenize(content), cta)


def _stands_hidden(document: Document, offset: int) -> bool:
    """Tell whether an offset lies in a conditional comment."""
    if offset == 0:
        return False
    index = document.token_at(offset - 1)
    kind, _, _, name = document.tokens[index]
    return "!hidden" in document.owners[index].within and not (kind == "endif" and name == "hidden")


def _touched(document: Document, spans: Iterable[Span]) -> Iterator[tuple[Span, range]]:
    """Yield spans, each with the indexes of the tokens that lie in it, at least in part."""
    for span in spans:
        yield span, range(document.token_at(span.start), document.token_at(span.end - 1) + 1)


def _check_pairs(document: Document, gone: tuple[Span, ...]) -> None:
    """Check V3: no element loses one tag and keeps the other. A stray end tag belongs to none."""
    owners = document.owners
    lost: dict[Element, int] = {}
    for span, indexes in _touched(document, gone):
        for one in dict.fromkeys(owners[indexes.start : indexes.stop]):
            if one.start < span.start or span.end < one.end:
                start = span.start < one.start_end and one.start < span.end
                end = one.end_start < one.end and span.start < one.end and one.end_start < span.end
                if start or end:
                    lost[one] = lost.get(one, 0) + start + end
    for element, count in lost.items():
        if count != (2 if element.end > element.end_start else 1):
            raise VerificationError(f"V3: one tag of a <{element.name}> would go and the other stay")


def _check_emptied(document: Document, edits: Sequence[tuple[str, Edit]]) -> None:
    """Check V4: an emptied container holds nothing to see that no other removal names."""
    text = document.text
    meant = _without_code(edits, "empty-container")
    ends = [span.end for span in meant]
    for span, indexes in _touched(document, deleted([edit for code, edit in edits if code == "empty-container"])):
        for index in indexes:
            kind, start, end, name = document.tokens[index]
            if kind == "text":
                if name or text[start:end].isspace():
                    continue
                left = _without(text, max(start, span.start), min(end, span.end), meant, ends)
                if left and not is_blank(html.unescape(left)):
                    raise VerificationError(f"V4: {left.strip()[:40]!r} would go although no removal names it")
            elif kind == "start" and (name in _PICTURES or (name == "a" and document.owners[index].get("href"))):
                at = bisect_right(ends, start)
                if (at == len(meant) or meant[at].start > start) and not is_spacer(document.owners[index]):
                    raise VerificationError(f"V4: {text[start:end][:60]!r} would go although no removal names it")


def _without(text: str, start: int, end: int, spans: tuple[Span, ...], ends: list[int]) -> str:
    """Return a part of the text without what lies in sorted spans, whose ends are `ends`."""
    parts: list[str] = []
    for at in range(bisect_right(ends, start), len(spans)):
        span = spans[at]
        if span.start >= end:
            break
        parts.append(text[start : max(start, span.start)])
        start = min(end, span.end)
    parts.append(text[start:end])
    return "".join(parts)


def _without_code(edits: Iterable[tuple[str, Edit]], unwanted: str) -> tuple[Span, ...]:
    return deleted([edit for code, edit in edits if code != unwanted])


def _check_contacts(document: Document, gone: tuple[Span, ...], own: tuple[Span, ...]) -> None:
    """Check V4: no e-mail address and no link to one or to a phone number goes, save those of earlier calls, `own`."""
    text, tokens = document.text, document.tokens
    for span, indexes in _touched(document, gone):
        last = tokens[indexes[-1]][2]
        at = text.find("@", tokens[indexes[0]][1], last)
        while at >= 0:
            kind, start, end, name = tokens[document.token_at(at)]
            for match in _EMAIL.finditer(text, start, end) if kind == "text" and not name else ():
                if match.start() < span.end and match.end() > span.start and not _holds(own, match.start()):
                    raise VerificationError(f"V4: the e-mail address {match[0]!r} would go")
            at = text.find("@", end, last)
    ends = [span.end for span in gone]
    for link in document.links:
        at = bisect_right(ends, link.start)
        if at < len(gone) and gone[at].start < link.start_end and link.name in ("a", "area"):
            href = link.get("href").strip().lower()
            if href.startswith(_CONTACT_SCHEMES) and not _holds(own, link.start):
                raise VerificationError(f"V4: the link to {href[:60]!r} would go")


def _holds(spans: tuple[Span, ...], offset: int) -> bool:
    at = bisect_right(spans, offset, key=lambda span: span.start) - 1
    return at >= 0 and offset < spans[at].end


def _check_separators(document: Document, edits: Sequence[tuple[str, Edit]]) -> None:
    """Check V4: a separator is marks or a conjunction."""
    for code, edit in edits:
        content = document.text[edit.span.start : edit.span.end]
        if code == "list-separator" and "<" not in content and not _MARKS_ONLY.match(html.unescape(content)):
            words = html.unescape(content).split()
            if any(len(word) > _CONJUNCTION_LENGTH or "@" in word for word in words):
                raise VerificationError(f"V4: {content[:40]!r} is no separator")
