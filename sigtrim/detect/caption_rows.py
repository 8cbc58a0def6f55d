"""The lines of a caption with all that stands in them: links, names of platforms, handles, phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sigtrim.detect.phrases import calls_at, find_phrases
from sigtrim.detect.platforms import registry
from sigtrim.detect.wrappers import unwrap
from sigtrim.parse.caption import find_handles, find_links, split_lines

if TYPE_CHECKING:
    from sigtrim.detect.phrases import PhraseHit
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.caption import Handle, Line, TextLink

__all__ = ["Label", "Row", "RowLink", "read_rows"]

_WORD = re.compile(r"\w[\w'’.+-]*")
# Letters of a name set apart: "F A C E B O O K".
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .·]){3,}[^\W\d_](?![^\W_])")

# A name ends at a colon, an arrow, a slash, a bracket, or a dash that stands alone.
_CHUNK = re.compile(r"(?:[^:：|/,&;=~()\[\]►▶➤→➜➔➡»>•●·★☆⇢⇨⇒☛☞✔*\-–—]|(?<=\S)-(?=\S))+")
_GLUE = re.compile(r"(?<=[^\W\d_A-ZА-ЯЁ])(?=[A-ZÀ-ÞА-ЯЁ][^\W\d_A-ZА-ЯЁ]{2})")
_CHUNK_WORD = re.compile(r"[^\W_]+\+?")
_MARKED = re.compile(r"[:：►▶➤→➜➔➡»>=~|–—-]")
# "Follow Acme on X": the name of a platform that is a word of its own.
_AFTER_ON = re.compile(r"\b(?:on|en|sur|auf|su|no|na|op|w|в|у)\s+(\S{1,12})\s*\Z", re.IGNORECASE)
# A host of a few letters with one word behind it is a short link, whoever runs it.
_LOOKS_SHORT = re.compile(
    r"https?://(?:[a-z0-9-]{1,6}\.[a-z]{2,4}|[a-z0-9-]{1,4}\.[a-z]{2,6}|(?=[^/]{4,9}/)[a-z0-9-]+\.[a-z]{2,4})/[\w-]{3,32}/?",
    re.IGNORECASE,
)
_MAX_CHUNK = 60
_COMMON = frozenset(
    ["in", "on", "me", "my", "us", "to", "at", "the", "and", "go", "it", "is", "x", "line", "page", "face"]
)


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a platform in the text, outside links."""

    start: int
    end: int
    platform: str


@dataclass(slots=True)
class RowLink:
    """A link of a row and what its own address says.

    `what` is `platform` (a profile or a share dialog), `content`, `kept` (its host is never a platform), `short`
    (a short link) or `unknown` (any other site).
    """

    link: TextLink
    what: Literal["platform", "content", "kept", "short", "unknown"]
    platform: str | None
    role: Literal["profile", "share", "content"]
    url: str
    evidence: tuple[str, ...]
    decided: bool = False


@dataclass(slots=True)
class Row:
    """One line with what stands in it; all offsets are those of the whole text, half-open, in code points."""

    index: int
    line: Line
    text: str
    links: list[RowLink] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    handles: list[Handle] = field(default_factory=list)
    hits: list[PhraseHit] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    _words: list[tuple[int, int]] | None = None

    @property
    def blank(self) -> bool:
        return not self.text.strip() or not _visible(self.text)

    @property
    def words(self) -> list[tuple[int, int]]:
        """The words outside links, as offsets."""
        if self._words is None:
            base = self.line.start
            spans = [(link.link.start, link.link.end) for link in self.links]
            self._words = [
                (match.start() + base, match.end() + base)
                for match in _WORD.finditer(self.text)
                if not any(start <= match.start() + base < end for start, end in spans)
            ]
        return self._words

    @property
    def ruler(self) -> bool:
        """Whether the line only draws: dashes, stars, boxes."""
        return not self.links and not self.handles and not self.words and not self.blank

    def has(self, *kinds: str, start: int = 0, end: int | None = None) -> bool:
        """Tell whether a phrase of one of the kinds stands between two offsets."""
        return any(hit.kind in kinds and hit.start >= start and (end is None or hit.end <= end) for hit in self.hits)

    def kinds(self, start: int, end: int) -> set[str]:
        """Return the kinds of the phrases between two offsets."""
        return {hit.kind for hit in self.hits if hit.start >= start and hit.end <= end}

    def labels_between(self, start: int, end: int) -> list[Label]:
        """Return the names of platforms between two offsets."""
        return [label for label in self.labels if label.start >= start and label.end <= end]


_HIDDEN = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)


def _visible(text: str) -> bool:
    return bool(text) and (text.isascii() or _HIDDEN.sub("", text) != "")


def read_rows(text: str) -> list[Row]:
    """Read a caption into rows, in linear time."""
    known = registry()
    rows = [Row(index, line, text[line.start : line.end]) for index, line in enumerate(split_lines(text))]
    links = find_links(text, is_known_host=_known_host(known))
    handles = find_handles(text)
    hits = find_phrases(text)
    if not links and not handles and not hits:
        return rows
    labels = [Label(hit.start, hit.end, hit.platform) for hit in known.labels_in(text)]
    starts_ends = [(link.start, link.end) for link in links]
    _distribute(
        rows,
        [_classify(link, known) for link in links],
        lambda one: one.link.start,
        lambda row, one: row.links.append(one),
    )
    for items, add in (
        (labels, lambda row, one: row.labels.append(one)),
        (handles, lambda row, one: row.handles.append(one)),
        (hits, lambda row, one: row.hits.append(one)),
    ):
        _distribute(rows, _outside(items, starts_ends), lambda one: one.start, add)
    for row in rows:
        _find_breaks(row, text)
        if row.links or row.handles or _MARKED.search(row.text) or row.has("follow", "network", "opener"):
            _add_short_labels(row, known)
    return rows


def _find_breaks(row: Row, text: str) -> None:
    """Find the calls that stand right behind a word, as where line ends were lost: "see youSubscribe to my channel"."""
    for match in _GLUE.finditer(row.text):
        at = match.start() + row.line.start
        start = row.text.rfind(" ", 0, match.start()) + 1
        if row.text[start : start + 1] in ("#", "@") or any(one.link.start < at < one.link.end for one in row.links):
            continue
        found = calls_at(text, at)
        if found:
            row.breaks.append(at)
            row.hits = sorted((*row.hits, *found), key=lambda hit: hit.start)


def _add_short_labels(row: Row, known: Registry) -> None:
    """Add the names that are only told by their place: "IG:", "FB/YT", "T W I T C H", "X: @acme"."""
    base = row.line.start
    found: list[Label] = []
    edges = [base, *(edge for one in row.links for edge in (one.link.start, one.link.end)), row.line.end]
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        for chunk in _CHUNK.finditer(row.text, first - base, last - base):
            start, end = chunk.start() + base, chunk.end() + base
            if len(chunk[0]) > _MAX_CHUNK or any(label.start < end and start < label.end for label in row.labels):
                continue
            platform = known.match_label(chunk[0])
            if platform is None:
                spaced = _SPACED.search(chunk[0])
                platform = known.match_label(spaced[0]) if spaced else None
            if platform is None:
                for word in _CHUNK_WORD.finditer(chunk[0]):
                    if (
                        len(word[0]) <= 5
                        and word[0].casefold() not in _COMMON
                        and (platform := known.match_label(word[0])) is not None
                    ):
                        start, end = start + word.start(), start + word.end()
                        break
            named = _AFTER_ON.search(chunk[0]) if platform is None and row.links else None
            if named is not None and row.has("opener", "follow", "like"):
                platform = known.match_label(named[1], weak=True)
                start += named.start(1)
            if (
                platform is None
                and len(chunk[0].strip()) <= 12
                and (row.links or any(one.start >= end for one in row.handles))
            ):
                platform = known.match_label(chunk[0], weak=True)
            if platform is not None:
                while end > start and not row.text[end - 1 - base].isalnum() and row.text[end - 1 - base] != "+":
                    end -= 1
                while start < end and not row.text[start - base].isalnum():
                    start += 1
                found.append(Label(start, end, platform))
    if found:
        row.labels = sorted((*row.labels, *found), key=lambda label: label.start)


def _outside(items, spans):
    """Leave out what stands inside links; both are in the order of the text."""
    kept = []
    at = 0
    for item in items:
        while at < len(spans) and spans[at][1] <= item.start:
            at += 1
        if at < len(spans) and spans[at][0] < item.end:
            continue
        kept.append(item)
    return kept


def _distribute(rows, items, start_of, add) -> None:
    at = 0
    for item in items:
        while rows[at].line.next <= start_of(item) and at + 1 < len(rows):
            at += 1
        add(rows[at], item)


def _known_host(known: Registry):
    return lambda host: known.match_url(f"https://{host}/a") is not None or known.is_shortener(f"https://{host}/a")


def _classify(link: TextLink, known: Registry) -> RowLink:
    unwrapped = unwrap(link.url)
    url = unwrapped.url
    match = known.match_url(url)
    if match is None:
        if known.is_shortener(url):
            return RowLink(link, "short", None, "profile", url, ())
        if known.kept_category(url) is not None:
            return RowLink(link, "kept", None, "content", url, ())
        looks_short = _LOOKS_SHORT.fullmatch(url) is not None
        return RowLink(link, "short" if looks_short else "unknown", None, "profile", url, ())
    evidence = (f"host {match.host}", *(f"unwrapped {name}" for name in unwrapped.wrappers))
    if match.role == "content":
        return RowLink(link, "content", match.platform, "content", url, evidence)
    if match.role == "short":
        return RowLink(link, "short", match.platform, "profile", url, evidence)
    return RowLink(link, "platform", match.platform, match.role, url, evidence, decided=True)
