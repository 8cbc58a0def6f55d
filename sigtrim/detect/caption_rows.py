"""The lines of a caption with all that stands in them: links, names of platforms, handles, phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sigtrim.detect.phrases import find_phrases
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
    labels = [Label(*one) for one in known.labels_in(text)]
    labels += _spaced_labels(text, known)
    labels.sort(key=lambda label: label.start)
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
    return rows


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


def _spaced_labels(text: str, known: Registry) -> list[Label]:
    found = []
    for match in _SPACED.finditer(text):
        platform = known.match_label(match[0])
        if platform is not None:
            found.append(Label(match.start(), match.end(), platform))
    return found


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
        return RowLink(link, "unknown", None, "profile", url, ())
    evidence = (f"host {match.host}", *(f"unwrapped {name}" for name in unwrapped.wrappers))
    if match.role == "content":
        return RowLink(link, "content", match.platform, "content", url, evidence)
    if match.role == "short":
        return RowLink(link, "short", match.platform, "profile", url, evidence)
    return RowLink(link, "platform", match.platform, match.role, url, evidence, decided=True)
