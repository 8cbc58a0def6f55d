"""Find in plain text what sends a reader away: links, handles and sentences, with their labels and headers.

Links are judged first, then what is only told by them: handles, labels, sentences, headers. Nothing is decided here
about the multi-platform rule: `find_passages` says what would go with a link list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sigtrim.detect.caption_findings import WHOLE_ROW, Code, Findings, Passage
from sigtrim.detect.caption_handles import (
    handles_behind_names,
    take_handle,
    take_handle_run,
    take_neighbour_handle,
)
from sigtrim.detect.caption_labels import heads_content, take_headers, take_label
from sigtrim.detect.caption_links import judge_links
from sigtrim.detect.caption_pieces import find_contacts, pieces_of
from sigtrim.detect.caption_prose import asks, judge_sentence
from sigtrim.detect.caption_reader import read_rows
from sigtrim.detect.linklist import Mention
from sigtrim.detect.phrases import is_list_label
from sigtrim.detect.platforms import registry
from sigtrim.parse.caption import says_nothing_beside, split_sentences
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sigtrim.detect.caption_rows import Row
    from sigtrim.detect.caption_targets import RowLink
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.caption import Line

__all__ = ["Caption", "Code", "Passage", "find_passages"]

_LONG_SENTENCE = 260  # longer than a person writes: lost line ends, lists of key words
_REACH = 110  # how far before a link its label may begin

_PURPOSE = lazy(r"[^\S\n]+(?:for|to|pour|para|per|für|um|voor|för|чтобы|для)[^\S\n]")
_CLOSERS = ")]}.,;:!?…»”、。，！？"
_PART_SEPARATOR = lazy(r"\s*[|•·●▪/,;、–—‖¦-]+\s*")
_STEP = lazy(r"[^\w\n]{0,4}(?:\d{1,2}[.)）．、](?!\d)|[①-⑳]|\d\ufe0f?\u20e3)")
_STEPS = 12  # rows above and below a step that are looked at


@dataclass(frozen=True, slots=True)
class Caption:
    """What a caption holds: `passages` in the order of the text, `content` the mentions that deliver and stay."""

    passages: tuple[Passage, ...]
    content: tuple[Mention, ...]


def find_passages(
    text: str,
    lines: Sequence[Line],
    *,
    known: Registry | None = None,
    ignore: Sequence[Line] = (),
    strips_content: bool = False,
) -> Caption:
    r"""Find what would go if the multi-platform rule applies.

    `lines` are those of `text`, `ignore` the ones to leave out, such as a call to action; `known` are the platforms,
    by default the built-in ones. With `strips_content` links to single videos and posts are links like any other.
    Linear in the length of the text.

    >>> from sigtrim.parse.caption import split_lines
    >>> text = "Follow us:\nInstagram: @acme\nWebsite: https://acme.example"
    >>> [(one.code, one.platform) for one in find_passages(text, split_lines(text)).passages]
    [('list-label', None), ('platform-handle', 'instagram')]
    """
    known = registry() if known is None else known
    rows, told = read_rows(text, lines, known, strips_content=strips_content)
    ignored = {line.start for line in ignore}
    told = [row for row in told if row.line.start not in ignored]
    found = Findings(text, rows, ignored)
    linked = [row for row in told if row.links]
    for row in linked:
        judge_links(row, rows, text, known)
    for row in linked:
        _take_links(found, row)
    others = [row for row in told if not row.links]
    known_before = len(found.passages)
    _take(found, others, take_handle)
    if len(found.passages) > known_before:
        # A name in two words is told by its neighbours, so that handles are looked for twice.
        _take(found, others, take_handle)
    _take(found, others, take_neighbour_handle)
    for row in told:
        if len(row.handles) > 1 and found.state[row.index] in (None, "part"):
            take_handle_run(found, row)
    _take(found, others, take_label)
    for row in told:
        _take_prose(found, row)
    take_headers(found)
    passages = sorted(found.passages, key=lambda passage: (passage.span.start, passage.span.end))
    return Caption(tuple(passages), tuple(_content(linked)))


def _take(found: Findings, rows: Iterable[Row], take: Callable[[Findings, Row], None]) -> None:
    """Take what a rule finds in the rows that are not judged yet."""
    state = found.state
    for row in rows:
        if state[row.index] is None:
            take(found, row)


def _content(rows: Iterable[Row]) -> Iterator[Mention]:
    for row in rows:
        for link in row.links:
            if link.role == "content" and link.platform is not None:
                yield Mention(
                    "url", "content", link.platform, Span(link.link.start, link.link.end), link.url, link.evidence
                )


def _take_links(found: Findings, row: Row) -> None:
    """Take the links of a row that go, with the whole row where it holds nothing else."""
    going = [link for link in row.links if link.goes]
    if not going:
        return
    if len(going) < len(row.links) or not _is_item(row):
        _take_parts(found, row)
        return
    for piece in pieces_of(row):
        links = going if piece is row else piece.links
        if links:
            mentions = tuple(mention for link in links for mention in _mentions_of(link))
            mentions += tuple(handles_behind_names(found, piece))
            found.add_item(piece, "platform-link", mentions, *(() if mentions else links[0].evidence))
        else:
            take_handle(found, piece)


def _is_item(row: Row) -> bool:
    """Tell whether a row of links that all go is an item of a list: what little text it holds belongs to them."""
    tail = row.links[-1].link.end
    if row.breaks or (tail < row.line.end and row.has("own", "credit", start=tail)):
        return False
    return len(row.text) - sum(link.link.end - link.link.start for link in row.links) <= WHOLE_ROW


def _take_parts(found: Findings, row: Row) -> None:
    """Take the links of a row that go, each with its label or its sentence."""
    found.state[row.index] = "part"
    plain = [one.link for one in row.links]
    sentences = split_sentences(found.text, row.line.start, row.line.end, links=plain, breaks=row.breaks)
    contacts = [end for _, end in find_contacts(row)]
    at = floor = told = 0
    gone = row.line.start
    for link in row.links:
        while sentences[at][1] <= link.link.start:
            at += 1
        while told < len(contacts) and contacts[told] <= link.link.start:
            floor = max(floor, contacts[told])
            told += 1
        if link.goes:
            first, last = sentences[at]
            start = _label_start(row, link, max(floor, first))
            end, more = _end_of_call(found, row, link, last)
            if start == first and not any(map(str.isalnum, found.text[end:last])):
                end = last  # the mark at the end of a sentence that goes
            part = _part(found, row, max(start, gone), end, gone)
            found.add(row, part, "platform-link", _mentions_of(link) + more, link.evidence)
            gone = part.end if part.start == gone else gone
            floor = part.end
        else:
            floor = link.link.end


def _label_start(row: Row, link: RowLink, start: int) -> int:
    """Narrow a part to the label of its link where more text stands before it."""
    end = link.link.start
    if end - start <= _REACH:
        return start
    names = [label.start for label in row.labels_between(end - _REACH, end)]
    calls = [hit.start for hit in row.hits_between(end - _REACH, end) if asks({hit.kind})]
    return min((*names, *calls), default=end)


def _end_of_call(found: Findings, row: Row, link: RowLink, stop: int) -> tuple[int, tuple[Mention, ...]]:
    """Widen a part over the rest of its sentence that says what the call is for, or asks for more.

    "Follow us on <link> for recipes", "Follow us on <link> and subscribe"; what that mentions is given as well.
    """
    end = link.link.end
    if stop - end > _REACH or any(end <= one.link.start < stop for one in row.links):
        return end, ()
    kinds = row.kinds(end, stop)
    verdict = judge_sentence(row, end, stop, kinds) if asks(kinds) else None
    if verdict is not None:
        return stop, verdict.mentions
    is_purpose = "own" not in kinds and _PURPOSE.match(found.text, end, stop) is not None
    return stop if is_purpose else end, ()


def _part(found: Findings, row: Row, start: int, end: int, gone: int) -> Span:
    """Widen a part of a row by white space, and by the separator behind it if all before it is gone, up to `gone`."""
    first = not found.text[gone : min(start, gone + 1000)].strip()
    if first:
        start = gone
        separator = _PART_SEPARATOR.match(found.text, end, row.line.end)
        end = end if separator is None else separator.end()
    while end < row.line.end and found.text[end] in " \t":
        end += 1
    # The blank before a part goes only where no word stands behind it.
    words = not first and end < row.line.end and found.text[end] not in _CLOSERS
    while words and found.text[start] in " \t":
        start += 1
    return Span(_back_to_text(found, row, start) if end == row.line.end else start, end)


def _take_prose(found: Findings, row: Row) -> None:
    """Take the sentences that ask to subscribe, to like, or to follow on a named platform."""
    if found.state[row.index] not in (None, "part") or not _asks(row) or _is_step(found, row):
        return
    for start, end in _open_sentences(found, row):
        kinds = row.kinds(start, end)
        if not asks(kinds) or _heads_posts(found, row, start, end, kinds):
            continue
        verdict = judge_sentence(row, start, end, kinds)
        first = _back_to_text(found, row, start) if end == row.line.end else start
        if verdict is not None:
            found.add(row, Span(first, end), verdict.code, verdict.mentions, verdict.evidence)
        elif end == row.line.end and _heads_list(found, row, start):
            found.add(row, Span(first, end), "list-label", (), ("header of a list",))
        else:
            continue
        found.state[row.index] = found.state[row.index] or "part"
    taken = sorted((one.span.start, one.span.end) for one in found.by_row.get(row.index, ()))
    if found.state[row.index] == "part" and says_nothing_beside(found.text, row.line, taken):
        found.state[row.index] = "item"


def _open_sentences(found: Findings, row: Row) -> Iterator[tuple[int, int]]:
    """Give the sentences of a row of which nothing is taken yet."""
    taken = sorted((one.span.start, one.span.end) for one in found.by_row.get(row.index, ()))
    plain = [one.link for one in row.links]
    at = 0
    for start, end in split_sentences(found.text, row.line.start, row.line.end, links=plain, breaks=row.breaks):
        while at < len(taken) and taken[at][1] <= start:
            at += 1
        # The blank behind a sentence may have gone with the next one.
        words_end = start + len(found.text[start:end].rstrip())
        if end - start <= _LONG_SENTENCE and (at == len(taken) or taken[at][0] >= words_end):
            yield start, end


def _asks(row: Row) -> bool:
    return row.may_ask() and asks({hit.kind for hit in row.hits})


def _heads_posts(found: Findings, row: Row, start: int, end: int, kinds: set[str]) -> bool:
    """Tell whether a row is the header of single posts, which stay: "Acme on Instagram, our social media"."""
    if "network" not in kinds or not kinds.isdisjoint(("follow", "subscribe")) or (start, end) != row.line[:2]:
        return False
    below = found.rows[row.index + 1] if row.index + 1 < len(found.rows) else None
    return below is not None and heads_content(found, below)


def _is_step(found: Findings, row: Row) -> bool:
    """Tell whether a row is a step of something to do, of which other steps stay: "1. Subscribe", "2. Guess"."""
    if row.links or _STEP.match(row.text) is None:
        return False
    stays = False
    for step in (-1, 1):
        for distance in range(1, _STEPS):
            at = row.index + step * distance
            if not 0 <= at < len(found.rows) or _STEP.match(found.rows[at].text) is None:
                break
            if found.state[at] == "item":
                return False
            stays = stays or not (found.rows[at].links or _asks(found.rows[at]))
    return stays


def _back_to_text(found: Findings, row: Row, start: int) -> int:
    while start > row.line.start and found.text[start - 1] in " \t":
        start -= 1
    return start


def _heads_list(found: Findings, row: Row, start: int) -> bool:
    """Tell whether the last sentence of a row is the header of the list in the row below."""
    below = found.below(row)
    near = below is not None and found.state[below.index] in ("item", "label")
    return near and is_list_label(found.text[start : row.line.end])


def _mentions_of(link: RowLink) -> tuple[Mention, ...]:
    """Return the mention that a link is; none where nobody can tell the platform ("Follow us: <short link>")."""
    span = Span(link.link.start, link.link.end)
    mention = Mention("url", link.role, link.platform or "", span, link.url, link.evidence)
    return (mention,) if mention.platform else ()
