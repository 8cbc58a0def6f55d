"""Plan the rewrite of plain text: which stretches go, and where the call to action stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.detect.captions import Passage, find_passages
from sigtrim.detect.linklist import LinkList, Mention, find_link_list
from sigtrim.detect.platforms import registry
from sigtrim.detect.rules import kept_by
from sigtrim.parse.caption import find_links, says_nothing_beside, split_lines
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import Edit, apply
from sigtrim.rewrite.limits import caption_limits, caption_warnings
from sigtrim.rewrite.positions import asked_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sigtrim.config import CallToAction, Rules
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.caption import Line
    from sigtrim.rewrite.limits import CaptionLimits

__all__ = ["CaptionPlan", "TextRemoval", "plan_caption"]

_LINE_END = lazy(r"\r\n|\r|\n")
_TARGET = lazy(r"(?:https?://)?(?:www\.)?([^?#]*)", re.IGNORECASE)


class TextRemoval(NamedTuple):
    """A stretch that goes: its range in code points, the removal's code, its platform if any, its words, and why."""

    span: Span
    code: str
    platform: str | None
    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaptionPlan:
    """What to do to a caption.

    `removals` are in the order of the text and do not overlap. `insertion` is an offset of the original text and what
    to put there, None where there is nothing to put; `has_cta` says that the text holds the call to action afterwards.
    `kept` are the mentions that stay, each with the reason; `link_list` is what the multi-platform rule said.
    """

    removals: tuple[TextRemoval, ...]
    kept: tuple[tuple[Mention, str], ...]
    insertion: tuple[int, str] | None
    link_list: LinkList
    has_cta: bool
    warnings: tuple[str, ...]


def plan_caption(
    text: str,
    *,
    rules: Rules,
    cta: CallToAction | None = None,
    known: Registry | None = None,
    remove_cta: bool = False,
) -> CaptionPlan:
    r"""Plan the rewrite of a caption, in linear time.

    `rules.caption_platform` decides how the call to action is written and what `warnings` count; raises `ConfigError`
    if no caption limits are known for it. With `remove_cta` the call to action is only looked for, and goes.

    >>> from sigtrim.config import CallToAction, Rules
    >>> plan = plan_caption("New video!\nInstagram: @acme\nX: @acme\n", rules=Rules(),
    ...                     cta=CallToAction("https://example.com/guide", "Get the guide"))
    >>> plan.insertion
    (11, 'Get the guide: https://example.com/guide\n')
    """
    known = registry() if known is None else known
    lines = split_lines(text)
    limits = None if rules.caption_platform is None else caption_limits(rules.caption_platform)
    wanted = None if cta is None else limits.call(cta.text, cta.url) if limits is not None else f"{cta.text}: {cta.url}"
    previous = () if cta is None or wanted is None else _previous(text, lines, cta, wanted, limits)
    strips_content = rules.content_links == "strip"
    caption = find_passages(text, lines, known=known, ignore=previous, strips_content=strips_content)
    going, kept = _apply_rules(text, caption.passages, caption.content, rules, known)
    mentions = [mention for passage in going for mention in passage.mentions]
    link_list = find_link_list(mentions, min_platforms=rules.min_platforms)
    if link_list.reason is not None:
        kept += [(mention, link_list.reason) for mention in mentions]
        going = [one for one in going if one.code == "engagement-bait" and rules.engagement_bait == "strip"]
        if going and _joins_list(text, lines, going, rules, known):
            going = []
    removals = [
        TextRemoval(one.span, one.code, one.platform, text[one.span.start : one.span.end], one.evidence)
        for one in going
    ]

    stale = [line for line in previous if remove_cta or text[line.start : line.end].strip() != wanted]
    fresh = [line for line in previous if line not in stale]
    stale += fresh[1:]
    removals += [
        TextRemoval(Span(line.start, line.end), "previous-cta", None, text[line.start : line.end], ("same address",))
        for line in stale
    ]
    needed = wanted if not fresh and not remove_cta else None
    anchor = stale[0].start if stale else None
    asked = None
    if needed is not None and cta is not None and cta.position != "list":
        planned, _ = _settle(text, lines, list(removals), None, None)
        asked = asked_line(text, lines, [removal.span for removal in planned], cta.position, cta.anchor)
    if asked is not None and needed is not None:
        end = _line_end(text)
        insertion: tuple[int, str] | None = (asked[0], end + needed if asked[1] else needed + end)
    else:
        planned, insertion = _settle(text, lines, removals, needed, anchor)
    kept.sort(key=lambda one: one[0].span.start)
    warnings = () if limits is None else caption_warnings(_output(text, planned, insertion), limits.platform)
    return CaptionPlan(planned, tuple(kept), insertion, link_list, wanted is not None and not remove_cta, warnings)


def _joins_list(text: str, lines: Sequence[Line], bait: Sequence[Passage], rules: Rules, known: Registry) -> bool:
    """Tell whether lines that only the bait keeps apart would make a list: the next run would then go on."""
    removals = [TextRemoval(one.span, one.code, None, "", one.evidence) for one in bait]
    rest = _output(text, _settle(text, lines, removals, None, None)[0], None)
    caption = find_passages(rest, split_lines(rest), known=known, strips_content=rules.content_links == "strip")
    going, _ = _apply_rules(rest, caption.passages, (), rules, known)
    mentions = [mention for passage in going for mention in passage.mentions]
    return find_link_list(mentions, min_platforms=rules.min_platforms).reason is None


def _output(text: str, removals: Sequence[TextRemoval], insertion: tuple[int, str] | None) -> str:
    edits = [Edit.deletion(removal.span) for removal in removals]
    if insertion is not None:
        edits.append(Edit.insertion(*insertion))
    return apply(text, edits)


def _target(url: str) -> str:
    match = _TARGET.match(url)
    return (match[1] if match else url).rstrip("/").casefold()


@lru_cache(maxsize=16)
def _targets(urls: tuple[str, ...]) -> frozenset[str]:
    """Return where the addresses of a call to action lead, the same for all texts of a run."""
    return frozenset(map(_target, urls))


def _previous(
    text: str, lines: Sequence[Line], cta: CallToAction, wanted: str, limits: CaptionLimits | None
) -> tuple[Line, ...]:
    """Find the lines of earlier runs: `text: url` with the same target, apart from query and fragment."""
    urls = (cta.url, *cta.previous)
    targets = _targets(urls)
    hosts = {target.partition("/")[0] for target in targets}
    found = []
    if limits is not None and limits.words is not None:
        # On these platforms there is one link at most, so a line that leads to it is its call to action.
        words = limits.words.partition("{text}")[0]
        return tuple(line for line in lines if text.startswith(words, line.start))
    folded = text.casefold()
    if not any(host in folded for host in hosts):
        return ()
    for line in lines:
        content = text[line.start : line.end]
        if content.strip() == wanted or content.rstrip().endswith(tuple(f": {url}" for url in urls)):
            found.append(line)
            continue
        if not any(host in content.casefold() for host in hosts):
            continue
        links = find_links(content, is_known_host=lambda name: name in hosts)
        if (
            len(links) == 1
            and _target(links[0].url) in targets
            and not content[links[0].end :].strip()
            and content[: links[0].start].rstrip().endswith(":")
        ):
            found.append(line)
    return tuple(found)


def _apply_rules(
    text: str, passages: Sequence[Passage], content: Sequence[Mention], rules: Rules, known: Registry
) -> tuple[list[Passage], list[tuple[Mention, str]]]:
    """Divide the passages by the user's `keep` and `protect`."""
    kept = [(mention, "it delivers content") for mention in content]
    if not rules.keep and not rules.protect:
        return list(passages), kept
    going = []
    for passage in passages:
        words = text[passage.span.start : passage.span.end]
        reason = next((f"protect {one}" for one in rules.protect if one in words), None)
        reasons = [reason or kept_by(mention, known, rules.keep) for mention in passage.mentions]
        stays = reason or next((one for one in reasons if one), None)
        if stays is None:
            going.append(passage)
        else:
            kept += [(mention, why or stays) for mention, why in zip(passage.mentions, reasons, strict=True)]
    return going, kept


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring lines that are gone: first and last index."""

    first: int
    last: int


def _settle(
    text: str, lines: Sequence[Line], removals: list[TextRemoval], cta: str | None, anchor: int | None
) -> tuple[tuple[TextRemoval, ...], tuple[int, str] | None]:
    """Widen the removals to whole lines and the blank lines that they leave, and place the call to action."""
    if not removals:
        return (), None if cta is None else _append(text, lines, cta)
    removals.sort(key=lambda one: (one.span.start, one.span.end))
    removals = _disjoint(removals)
    by_line = _by_line(lines, removals)
    gone = [False] * len(lines)
    for at, its in by_line.items():
        taken = [(removals[index].span.start, removals[index].span.end) for index in its]
        gone[at] = says_nothing_beside(text, lines[at], taken)

    def is_blank(index: int) -> bool:
        start, end, _ = lines[index]
        return start == end or text[start:end].isspace()

    runs = _runs(gone, is_blank)
    home = _home(runs, removals, by_line, lines, anchor) if cta is not None else None
    emptied: list[tuple[int, int]] = []  # ranges of blank lines that go, by line index, half-open
    for run in runs:
        emptied += _blank_lines(run, gone, is_blank, keep_gap=run is home)
    for run in runs:
        for index in range(run.first, run.last + 1):
            if gone[index]:
                _take_line(removals, by_line[index], lines[index])
    extra = [
        TextRemoval(
            Span(lines[first].start, lines[last - 1].next),
            "empty-container",
            None,
            text[lines[first].start : lines[last - 1].next],
            ("blank lines around a removal",),
        )
        for first, last in emptied
        if lines[first].start < lines[last - 1].next
    ]
    insertion = None
    if home is not None and cta is not None:
        insertion = _insertion(text, lines, home, cta)
    elif cta is not None:
        insertion = _append(text, lines, cta)
    planned = sorted((*removals, *extra), key=lambda one: one.span.start)
    planned = _trim_end(text, lines, planned, insertion)
    return tuple(planned), insertion


def _by_line(lines: Sequence[Line], removals: Sequence[TextRemoval]) -> dict[int, list[int]]:
    """Group the removals, as indices, by the line in which they begin."""
    by_line: dict[int, list[int]] = {}
    at = 0
    for index, removal in enumerate(removals):
        while lines[at].next <= removal.span.start and at + 1 < len(lines):
            at += 1
        by_line.setdefault(at, []).append(index)
    return by_line


def _disjoint(removals: list[TextRemoval]) -> list[TextRemoval]:
    """Cut overlaps, so that every deleted character belongs to one removal."""
    kept: list[TextRemoval] = []
    position = 0
    for removal in removals:
        start = max(removal.span.start, position)
        if start >= removal.span.end:
            continue
        kept.append(removal if start == removal.span.start else removal._replace(span=Span(start, removal.span.end)))
        position = removal.span.end
    return kept


def _take_line(removals: list[TextRemoval], its: list[int], line: Line) -> None:
    """Give a line that goes, with its end, to the removals in it; what stands between two belongs to the first."""
    start = line.start
    for one, other in zip(its, (*its[1:], None), strict=True):
        end = line.next if other is None else max(removals[one].span.end, removals[other].span.start)
        removals[one] = TextRemoval(Span(start, end), *removals[one][1:])
        start = end


def _runs(gone: list[bool], is_blank: Callable[[int], bool]) -> list[_Run]:
    """Collect neighbouring gone lines; blank lines between two of them belong to the run."""
    runs: list[_Run] = []
    for index in compress(range(len(gone)), gone):
        if runs and all(map(is_blank, range(runs[-1].last + 1, index))):
            runs[-1] = _Run(runs[-1].first, index)
        else:
            runs.append(_Run(index, index))
    return runs


def _home(
    runs: list[_Run],
    removals: list[TextRemoval],
    by_line: dict[int, list[int]],
    lines: Sequence[Line],
    anchor: int | None,
) -> _Run | None:
    """Choose the run that makes place for the call to action: its predecessor's, else the one with most platforms."""
    best: _Run | None = None
    most = 0
    for run in runs:
        if anchor is not None:
            if lines[run.first].start <= anchor < max(lines[run.last].next, lines[run.first].start + 1):
                return run
            continue
        told = [removals[index] for line in range(run.first, run.last + 1) for index in by_line.get(line, ())]
        weight = 100 * len({one.platform for one in told if one.platform is not None}) + min(len(told), 99)
        if weight > most and any(one.platform is not None for one in told):
            best, most = run, weight
    return best


def _blank_lines(
    run: _Run, gone: list[bool], is_blank: Callable[[int], bool], *, keep_gap: bool
) -> list[tuple[int, int]]:
    """Give the blank lines that go with a run: those inside it, and on one side where there are some on both."""
    ranges = []
    index = run.first
    while index <= run.last:
        if gone[index]:
            index += 1
            continue
        start = index
        while not gone[index]:
            index += 1
        ranges.append((start, index))
    if keep_gap:
        return ranges
    before = run.first
    while before > 0 and not gone[before - 1] and is_blank(before - 1):
        before -= 1
    after = run.last + 1
    while after < len(gone) and not gone[after] and is_blank(after):
        after += 1
    above, below = run.first - before, after - run.last - 1
    if before == 0:
        ranges.append((run.last + 1, after))
    elif after == len(gone):
        ranges.append((before, run.first))
    elif above and below:
        ranges.append((run.last + 1, run.last + 1 + below) if below <= above else (before, run.first))
    return [one for one in ranges if one[0] < one[1]]


def _line_end(text: str) -> str:
    match = _LINE_END.search(text)
    return match[0] if match else "\n"


def _insertion(text: str, lines: Sequence[Line], home: _Run, cta: str) -> tuple[int, str]:
    last = lines[home.last]
    # Its own line end, whatever that of other lines is: the next campaign takes the whole line and gives it back.
    return lines[home.first].start, cta + text[last.end : last.next]


def _append(text: str, lines: Sequence[Line], cta: str) -> tuple[int, str]:
    """Put the call to action on a last line of its own, below a blank line where the text has paragraphs."""
    last = next((line for line in reversed(lines) if text[line.start : line.end].strip()), None)
    end = _line_end(text)
    if last is None:
        return 0, cta if lines[0].start == lines[0].end else cta + end
    return last.end, (end if len(lines) < 3 else 2 * end) + cta


def _trim_end(
    text: str, lines: Sequence[Line], planned: list[TextRemoval], insertion: tuple[int, str] | None
) -> list[TextRemoval]:
    """Where the end of a text without a last line end goes, let the line end before it go too."""
    if not planned or planned[-1].span.end != len(text) or lines[-1].start == lines[-1].end:
        return planned
    first = len(planned) - 1
    while first > 0 and planned[first - 1].span.end == planned[first].span.start:
        first -= 1
    start = planned[first].span.start
    if insertion is not None and insertion[0] >= start:
        return planned
    line = next((one for one in lines if one.next == start and one.next > one.end), None)
    if line is not None:
        planned[first] = planned[first]._replace(span=Span(line.end, planned[first].span.end))
    return planned
