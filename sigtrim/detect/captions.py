"""Find in plain text what sends a reader away: links, handles and sentences, with their labels and headers.

Nothing is decided here about the multi-platform rule: `find_passages` says what would go with a link list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sigtrim.detect.caption_rows import read_rows
from sigtrim.detect.linklist import Mention
from sigtrim.detect.phrases import is_list_label
from sigtrim.detect.platforms import registry
from sigtrim.parse.caption import split_sentences
from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from sigtrim.detect.caption_rows import Label, Row, RowLink

__all__ = ["Caption", "Code", "Passage", "find_passages"]

Code = Literal[
    "platform-link",
    "platform-handle",
    "platform-prose",
    "platform-placeholder",
    "list-label",
    "list-separator",
    "engagement-bait",
]

_SUBSCRIBED = "youtube"  # where one subscribes, likes and rings the bell
_ASKING = frozenset(["subscribe", "like", "bell"])
_CREDITED = frozenset(
    ["follow", "network", "subscribe", "like", "bell", "share", "channel"]
)  # more than a role and a name
_CALLS = frozenset(["follow", "network", "subscribe", "like", "bell", "share"])

_WHOLE_ROW = 160  # a row with that little text beside its links is an item of a list
_LONG_SENTENCE = 260  # longer than a person writes: lost line ends, lists of key words
_REACH = 110  # how far before a link its label may begin
_LABEL_WORDS = 9
_NAME_WORDS = 6
_ROLE_WORDS = 3

_DANGLING = re.compile(r"[:：\-–—~=→➜➔➡►▶➤»>⇒⇨⤵↓▼⬇👇☟]\ufe0f?[\s👇⬇↓]*\Z")
_COLON = re.compile(
    r"\s*(?:[:：;=~|/>»→➜➔➡►▶➤⇒⇨•·︎\ufe0f\"“”'‘’()\[\]☛☞\s\u200e\u200f\u202a-\u202e\u2060\u200b]|[-–—](?=\s|@)|\.(?=\s)|-)+\s*"
)
_TOKEN = re.compile(r"@?[\w][\w.\-]{1,40}")
_PART_SEPARATOR = re.compile(r"\s*[|•·●▪/,;、–—‖¦-]+\s*")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_TAGS = re.compile(r"(?:\s*#\w+)+\s*\Z")
_SENTENCE_MARK = re.compile(r"[.!?…。！？](?:\s|\Z)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text that goes with a link list: its range, a removal code, and the mentions in it.

    `mentions` is empty for labels, headers and sentences that name no platform ("follow us everywhere").
    """

    span: Span
    code: Code
    platform: str | None
    evidence: tuple[str, ...]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Caption:
    """What a caption holds: `passages` in the order of the text, `content` the mentions that deliver and stay."""

    passages: tuple[Passage, ...]
    content: tuple[Mention, ...]


def find_passages(
    text: str, lines: Sequence[Line], *, known: Registry | None = None, ignore: Sequence[Line] = ()
) -> Caption:
    """Find what would go if the multi-platform rule applies; `lines` are those of `text`, `ignore` the ones
    to leave out, such as a call to action, `known` the platforms, by default the built-in ones.

    Linear in the length of the text.

    >>> from sigtrim.parse.caption import split_lines
    >>> text = "Follow us:\\nInstagram: @acme\\nWebsite: https://acme.example"
    >>> caption = find_passages(text, split_lines(text))
    >>> [(passage.code, passage.platform) for passage in caption.passages]
    [('list-label', None), ('platform-handle', 'instagram')]
    """
    judge = _Judge(text, lines, registry() if known is None else known, {line.start for line in ignore})
    judge.judge()
    passages = tuple(sorted(judge.passages, key=lambda passage: (passage.span.start, passage.span.end)))
    return Caption(passages, tuple(judge.content))


class _Judge:
    """The judgement of one caption, row by row."""

    def __init__(self, text: str, lines: Sequence[Line], known: Registry, ignored: set[int]) -> None:
        self.text = text
        self.registry = known
        self.rows, told = read_rows(text, lines, known)
        self.told = [row for row in told if row.line.start not in ignored]
        self.ignored = {row.index for row in told if row.line.start in ignored}
        self.passages: list[Passage] = []
        self.by_row: dict[int, list[Passage]] = {}
        self.content: list[Mention] = []
        self.state: list[str | None] = [None] * len(self.rows)  # item, part, label, header

    def judge(self) -> None:
        told = self.told
        for row in told:
            self._decide_links(row)
        for row in told:
            if any(self.verdicts[row.index]):
                self._take_links(row)
        for row in told:
            if self.state[row.index] is None:
                self._take_handle(row)
        for row in told:
            if self.state[row.index] is None and row.handles and not row.links:
                self._take_neighbour_handle(row)
        for row in told:
            if self.state[row.index] is None:
                self._take_label(row)
        for row in told:
            if self.state[row.index] in (None, "part"):
                self._take_prose(row)
        for row in reversed(self.rows):
            if self.state[row.index] is None and row.index not in self.ignored:
                self._take_header(row)

    # Links

    def _decide_links(self, row: Row) -> None:
        verdicts = []
        for at, link in enumerate(row.links):
            start = row.links[at - 1].link.end if at else row.line.start
            platform, evidence = self._decide(row, link, start, at)
            if platform is None:
                verdicts.append(False)
                if link.role == "content" and link.platform is not None:
                    span = Span(link.link.start, link.link.end)
                    self.content.append(Mention("url", "content", link.platform, span, link.url, link.evidence))
                continue
            verdicts.append(True)
            link.platform = platform
            link.evidence = evidence
            if link.role == "content":
                link.role = "profile"
        self.verdicts[row.index] = verdicts

    def _decide(self, row: Row, link: RowLink, start: int, at: int) -> tuple[str | None, tuple[str, ...]]:
        end = link.link.start
        source = row
        words = [word for word in row.words if word[0] >= start and word[1] <= end]
        if not words and at == len(row.links) - 1:
            after = [word for word in row.words if word[0] >= link.link.end]
            if after:
                start, end, words = link.link.end, row.line.end, after
        if not words and len(row.links) == 1:
            before = self._text_before(row)
            if before is not None:
                source, start, end, words = before, before.line.start, before.line.end, before.words
        labels = source.labels_between(start, end)
        kinds = source.kinds(start, end)
        if link.what == "kept":
            return None, ()
        if link.what == "platform":
            if source is row and not labels and not kinds & _CREDITED and self._is_credit(row, words):
                return None, ()
            return link.platform, link.evidence
        if "not_channel" in kinds:
            return None, ()
        if link.what == "content":
            if source is row and {"subscribe", "channel"} <= kinds and "content" not in kinds:
                return link.platform, (*link.evidence, "subscribe")
            return None, ()
        return self._decide_by_label(row, link, source, labels, kinds, words)

    def _is_credit(self, row: Row, words: list[tuple[int, int]]) -> bool:
        """Tell whether a role ("Camera", "Edited by") stands among the first words of a label or right at its end."""
        near = {*words[:_ROLE_WORDS], *words[-1:]}
        return any(hit.kind == "credit" and any(hit.start <= start < hit.end for start, _ in near) for hit in row.hits)

    def _decide_by_label(
        self, row: Row, link: RowLink, source: Row, labels: list[Label], kinds: set[str], words: list[tuple[int, int]]
    ) -> tuple[str | None, tuple[str, ...]]:
        calls = kinds & {"follow", "subscribe", "network"}
        if labels:
            label = labels[-1]
            own = [
                hit.end
                for hit in source.hits
                if hit.kind == "own" and hit.start >= words[0][0] and hit.end <= words[-1][1]
            ]
            name = f"label {self.text[label.start : label.end].strip()}"
            audio = self._is_audio(label.platform)
            if own and max(own) > label.end:
                return None, ()
            if "content" in kinds and not calls and "channel" not in kinds:
                return None, ()
            if audio and not (calls or self._in_list(row)):
                return None, ()
            if link.what == "unknown" and (audio or self._strange_words(source, words, labels) > 2):
                return None, ()
            return label.platform, (*link.evidence, name)
        if "own" in kinds:
            return None, ()
        if "subscribe" in kinds and (link.what == "short" or "channel" in kinds):
            return link.platform or _SUBSCRIBED, (*link.evidence, "subscribe")
        if (
            link.platform is not None
            and "content" not in kinds
            and (not self._is_audio(link.platform) or self._in_list(row))
        ):
            return link.platform, link.evidence
        if link.what == "short" and "channel" in kinds and "content" not in kinds:
            return _SUBSCRIBED, (*link.evidence, "label channel")
        return None, ()

    def _is_audio(self, platform: str) -> bool:
        return self.registry.platform(platform).category == "audio"

    def _strange_words(self, row: Row, words: list[tuple[int, int]], labels: list[Label]) -> int:
        """Count the words that are no label and no small word."""
        known = [(label.start, label.end) for label in labels]
        known += [
            (hit.start, hit.end) for hit in row.hits if hit.kind in ("filler", "follow", "page", "channel", "opener")
        ]
        return sum(not any(start <= word[0] and word[1] <= end for start, end in known) for word in words)

    def _in_list(self, row: Row) -> bool:
        """Tell whether a row stands beside rows that link to profiles of another kind than music."""
        for step in (-1, 1):
            index = row.index + step
            if 0 <= index < len(self.rows):
                near = self.rows[index]
                if any(one.what == "platform" and not self._is_audio(one.platform or "") for one in near.links):
                    return True
                if step < 0 and not near.links and near.has("follow", "network"):
                    return True
        return False

    def _text_before(self, row: Row) -> Row | None:
        """Return the row above that may be the label of a link that stands alone: text without links, no more than a line away."""
        for index in range(row.index - 1, max(row.index - 3, -1), -1):
            near = self.rows[index]
            if near.blank:
                continue
            return near if not near.links and 0 < len(near.words) <= 2 * _LABEL_WORDS else None
        return None

    def _take_links(self, row: Row) -> None:
        verdicts = self.verdicts[row.index]
        links = [link for link, goes in zip(row.links, verdicts, strict=True) if goes]
        mentions = tuple(
            Mention(
                "url", link.role, link.platform or "", Span(link.link.start, link.link.end), link.url, link.evidence
            )
            for link in links
        )
        linked = sum(link.link.end - link.link.start for link in row.links)
        tail = Span(links[-1].link.end, row.line.end)
        keeps_tail = (
            row.has("own", "credit", start=tail.start) or _MAIL.search(self.text, tail.start, tail.end) is not None
        )
        if all(verdicts) and len(row.text) - linked <= _WHOLE_ROW and not keeps_tail and not row.breaks:
            self._add(Span(row.line.start, row.line.end), "platform-link", mentions)
            self.state[row.index] = "item"
            return
        self.state[row.index] = "part"
        sentences = split_sentences(
            self.text, row.line.start, row.line.end, links=tuple(one.link for one in row.links), breaks=row.breaks
        )
        for mention, link in zip(mentions, links, strict=True):
            at = row.links.index(link)
            floor = row.links[at - 1].link.end if at else row.line.start
            start = self._label_start(
                row, link, max(floor, next(first for first, last in sentences if last > link.link.start))
            )
            self._add(self._part(row, start, link.link.end), "platform-link", (mention,))
        if all(verdicts) and not self.text[tail.start : tail.end].strip(" .,;:!|-•)"):
            return

    def _label_start(self, row: Row, link: RowLink, start: int) -> int:
        """Narrow a part to the label of its link where more text stands before it."""
        if link.link.start - start <= _REACH:
            return start
        reach = link.link.start - _REACH
        starts = [one.start for one in (*row.labels, *(hit for hit in row.hits if hit.kind in _CALLS))]
        near = [one for one in starts if reach <= one < link.link.start]
        return min(near, default=link.link.start)

    def _part(self, row: Row, start: int, end: int) -> Span:
        """Widen a part of a row by the separator on one side and by white space."""
        before = self.text[row.line.start : start]
        match = _PART_SEPARATOR.match(self.text, end, row.line.end)
        if not before.strip():
            if match is not None:
                end = match.end()
            start = row.line.start
        while end < row.line.end and self.text[end] in " \t":
            end += 1
        return Span(start, end)

    def _add(self, span: Span, code: Code, mentions: tuple[Mention, ...] = (), evidence: tuple[str, ...] = ()) -> None:
        platform = mentions[0].platform if mentions else None
        why = evidence or tuple(dict.fromkeys(one for mention in mentions for one in mention.evidence))
        self.passages.append(Passage(span, code, platform, why, mentions))

    # Handles

    def _take_handle(self, row: Row) -> None:
        """Take a row that names platforms and the handle on them: "Snapchat: ada", "IG/Twitter: @ada", "@ada on Instagram"."""
        if not row.labels or row.links or len(row.words) > 12:
            return
        if row.has("credit", "own", end=row.labels[0].start):
            return
        value_start = row.labels[-1].end
        for hit in row.hits:
            if (
                hit.kind in ("page", "channel", "filler")
                and hit.start >= value_start
                and self.text[value_start : hit.start].strip() == ""
            ):
                value_start = hit.end
        value = self.text[value_start : row.line.end]
        colon = _COLON.match(value)
        rest = value[colon.end() :] if colon else value
        rest = _TAGS.sub("", rest).strip().strip("\"'“”‘’()[]«»*|.,!;: \u200b\u200e\u200f\u202a\u202c\ufeff\u2060")
        tokens = rest.split()
        has_mark = colon is not None and colon[0].strip() != ""
        before = [word for word in row.words if word[1] <= row.labels[0].start]
        if (
            row.handles
            and row.handles[-1].end >= row.line.end - 3
            and len(row.words) <= 6
            and _DANGLING.search(self.text, row.labels[-1].end, row.handles[-1].start)
            and not row.has("credit", "own")
        ):
            self._add_handle(row)
            return
        if not tokens:
            if row.handles and len(row.words) <= 6 and not row.has("credit"):
                self._add_handle(row)
            return
        if len(tokens) == 1 and _TOKEN.fullmatch(tokens[0]) and len(before) <= 4:
            at_sign = tokens[0].startswith("@") or any(one.start >= value_start for one in row.handles)
            if (
                (has_mark and not row.kinds(value_start, row.line.end) & {"content"})
                or at_sign
                or (self._near_item(row) and len(row.words) <= 4)
            ):
                self._add_handle(row)
        elif (tokens[0].startswith("@") and len(tokens) <= 4 and len(before) <= 4) or (
            has_mark
            and len(tokens) <= 4
            and len(before) <= 2
            and self._near_item(row)
            and not row.kinds(value_start, row.line.end) & {"content", "own", "credit"}
        ):
            self._add_handle(row)

    def _near_item(self, row: Row) -> bool:
        near = [index for index in (row.index - 1, row.index + 1) if 0 <= index < len(self.rows)]
        return any(self.state[index] == "item" for index in near)

    def _add_handle(self, row: Row) -> None:
        mentions = tuple(
            Mention(
                "handle",
                "profile",
                label.platform,
                Span(label.start, label.end),
                None,
                (f"label {self.text[label.start : label.end].strip()}", "handle"),
            )
            for label in {label.platform: label for label in row.labels}.values()
        )
        self._add(Span(row.line.start, row.line.end), "platform-handle", mentions)
        self.state[row.index] = "item"

    def _take_neighbour_handle(self, row: Row) -> None:
        """Take "name @handle" right below an item of a list."""
        above, below = row.index - 1, row.index + 1
        if above < 0 or self.state[above] != "item" or len(row.words) > 4 or row.has("own", "content"):
            return
        if row.has("credit") and not (below < len(self.rows) and self.state[below] == "item"):
            return
        platforms = [
            mention.platform
            for passage in self.passages
            for mention in passage.mentions
            if passage.span.start == self.rows[above].line.start
        ]
        if not platforms or not any(one.handles for one in (self.rows[above],)):
            return
        handle = row.handles[0]
        mention = Mention(
            "handle", "profile", platforms[0], Span(handle.start, handle.end), None, ("handle", "line above")
        )
        self._add(Span(row.line.start, row.line.end), "platform-handle", (mention,))
        self.state[row.index] = "item"

    # Labels above a link or a bare name

    def _take_label(self, row: Row) -> None:
        """Take a row that is the label of the row below: "TWITTER:", "Please subscribe:", "Vlog channel ~"."""
        if row.links or len(row.words) > 2 * _LABEL_WORDS:
            return
        below = self._below(row)
        if below is None:
            return
        telling = row.labels or row.has("subscribe", "channel", "follow", "network", "page")
        dangling = _DANGLING.search(row.text) is not None
        if self.state[below.index] == "item" and (not below.words or (telling and dangling and len(row.words) <= 4)):
            if (telling and not row.has("credit", "content", "own")) or (
                dangling and len(row.words) <= _LABEL_WORDS and not row.has("credit")
            ):
                self._add(Span(row.line.start, row.line.end), "list-label", (), ("label above a link",))
                self.state[row.index] = "label"
            return
        bare = below.text.strip()
        if row.labels and dangling and self.state[below.index] is None and _TOKEN.fullmatch(bare) and not below.links:
            label = row.labels[-1]
            start = below.line.start + below.text.index(bare)
            mention = Mention(
                "handle", "profile", label.platform, Span(start, start + len(bare)), None, ("label above",)
            )
            self._add(Span(row.line.start, row.line.end), "list-label", (), ("label above a handle",))
            self._add(Span(below.line.start, below.line.end), "platform-handle", (mention,))
            self.state[row.index] = "label"
            self.state[below.index] = "item"

    def _below(self, row: Row) -> Row | None:
        for index in range(row.index + 1, min(row.index + 3, len(self.rows))):
            if not self.rows[index].blank:
                return self.rows[index]
        return None

    # Prose

    def _take_prose(self, row: Row) -> None:
        """Take the sentences that ask to subscribe, to like, or to follow on a named platform."""
        if not any(hit.kind in _CALLS or hit.kind == "opener" or hit.kind.startswith("bait") for hit in row.hits):
            return
        taken = (
            [passage.span for passage in self.passages if row.line.start <= passage.span.start <= row.line.end]
            if self.state[row.index] == "part"
            else []
        )
        links = tuple(one.link for one in row.links)
        for start, end in split_sentences(self.text, row.line.start, row.line.end, links=links, breaks=row.breaks):
            if any(span.start < end and start < span.end for span in taken):
                continue
            kinds = row.kinds(start, end)
            if not kinds & _CALLS and "opener" not in kinds and not any(kind.startswith("bait") for kind in kinds):
                continue
            mentions, code, evidence = self._judge_sentence(row, start, end, kinds)
            if code is None and end == row.line.end and self._heads_list(row, start):
                code, evidence = "list-label", ("header of a list",)
            if code is None:
                continue
            if end - start > _LONG_SENTENCE:
                continue
            self._add(self._sentence_span(row, start, end), code, mentions, evidence)
            if self.state[row.index] is None:
                self.state[row.index] = "part"
        if self._is_all_gone(row):
            self.state[row.index] = "item"

    def _opens(self, row: Row, words: list[tuple[int, int]], labels: list[Label]) -> bool:
        """Tell whether a sentence begins like "follow Ada on ..." and ends with the names of platforms."""
        small = [(hit.start, hit.end) for hit in row.hits if hit.kind == "filler"]
        opener = next((hit for hit in row.hits if hit.kind == "opener" and words and hit.start >= words[0][0]), None)
        if opener is None:
            return False
        before = [word for word in words if word[1] <= opener.start and word not in small]
        after = [word for word in words if labels and word[0] >= labels[-1].end]
        return (
            len(words) <= 12
            and not before
            and len(after) <= 3
            and not row.has("content", start=words[0][0], end=words[-1][1])
        )

    def _heads_list(self, row: Row, start: int) -> bool:
        """Tell whether the last sentence of a row is the header of the list in the row below."""
        below = self._below(row)
        return (
            below is not None
            and self.state[below.index] in ("item", "label")
            and is_list_label(self.text[start : row.line.end])
        )

    def _sentence_span(self, row: Row, start: int, end: int) -> Span:
        if end == row.line.end:
            while start > row.line.start and self.text[start - 1] in " \t":
                start -= 1
        return Span(start, end)

    def _is_all_gone(self, row: Row) -> bool:
        spans = sorted(
            (p.span.start, p.span.end) for p in self.passages if row.line.start <= p.span.start < row.line.end
        )
        if not spans:
            return False
        position, rest = row.line.start, ""
        for start, end in spans:
            rest += self.text[position:start]
            position = max(position, end)
        rest += self.text[position : row.line.end]
        return not any(character.isalnum() for character in rest)

    def _judge_sentence(
        self, row: Row, start: int, end: int, kinds: set[str]
    ) -> tuple[tuple[Mention, ...], Code | None, tuple[str, ...]]:
        span = Span(start, end)
        labels = row.labels_between(start, end)
        kept_link = any(not goes for goes in self.verdicts[row.index])
        if "not_channel" in kinds:
            return (), None, ()
        if any(
            start <= link.link.start < end and not goes
            for link, goes in zip(row.links, self.verdicts[row.index], strict=True)
        ):
            return (), None, ()
        words = [word for word in row.words if start <= word[0] < end]
        calls = kinds & {"follow", "network"}
        if "opener" in kinds and self._opens(row, words, labels):
            calls.add("opener")
        if labels and ("follow" in calls or "opener" in calls or ("network" in calls and len(words) <= _LABEL_WORDS)):
            if kept_link:
                return (), None, ()
            mentions = tuple(
                Mention("prose", "profile", platform, span, None, (f"label {platform}", "call to follow"))
                for platform in dict.fromkeys(label.platform for label in labels)
            )
            return mentions, "platform-prose", ()
        asked = kinds & _ASKING
        crowd = kinds & {"like", "share", "subscribe", "comment", "bell"}
        if asked or len(crowd) >= 2:
            if kept_link and len(crowd) < 2 and "channel" not in kinds:
                return (), None, ()
            if asked == {"like"} and len(crowd) < 2 and "content" in kinds and "channel" in kinds:
                return (), None, ()
            return (
                (
                    Mention(
                        "prose",
                        "profile",
                        _SUBSCRIBED,
                        span,
                        None,
                        tuple(f"asks to {kind}" for kind in sorted(asked or crowd)),
                    ),
                ),
                "platform-prose",
                (),
            )
        bait = sorted(kind for kind in kinds if kind.startswith("bait"))
        if bait:
            return (), "engagement-bait", tuple(kind.replace("_", " ") for kind in bait)
        handles = [one for one in row.handles if start <= one.start < end]
        if not kept_link and (
            ("follow" in kinds and ("network" in kinds or handles)) or ("opener" in calls and "network" in kinds)
        ):
            return (), "platform-prose", ("call to follow",)
        return (), None, ()

    # Headers

    def _take_header(self, row: Row) -> None:
        """Take the header of a list: a social header, or a name with nothing but items of the list below it."""
        if row.links or row.blank or row.ruler:
            return
        below = self._below(row)
        if below is None:
            return
        near = self.state[below.index] in ("item", "label", "header")
        if len(row.text) <= 160 and row.has("network", "network_weak", "follow", "opener"):
            close = near or any(
                self.state[index] in ("item", "label")
                for index in range(below.index + 1, min(below.index + 4, len(self.rows)))
            )
            if close and is_list_label(row.text):
                self._add(Span(row.line.start, row.line.end), "list-label", (), ("header of a list",))
                self.state[row.index] = "header"
                return
        if (
            not near
            or below.index != row.index + 1
            or row.handles
            or ("#" in row.text and not row.has("opener"))
            or len(row.words) > _LABEL_WORDS
        ):
            return
        first = self.rows[row.index + 1]
        if not (first.links or first.handles or self.state[first.index] in ("label", "header")):
            return
        items, clean = self._items_below(row)
        dangling = _DANGLING.search(row.text) is not None
        if row.has("credit", "content", "own") or not (
            clean or (items >= 2 and dangling and row.has("channel", "page", "follow", "opener"))
        ):
            return
        if (items >= 2 and len(row.words) <= _NAME_WORDS and not _SENTENCE_MARK.search(row.text.strip())) or (
            items >= 1 and dangling
        ):
            self._add(Span(row.line.start, row.line.end), "list-label", (), ("name above a list",))
            self.state[row.index] = "header"

    def _items_below(self, row: Row) -> tuple[int, bool]:
        """Count the items of the list right below, to the first blank row; tell whether nothing else stands there."""
        items = 0
        for index in range(row.index + 1, min(row.index + 30, len(self.rows))):
            state = self.state[index]
            if self.rows[index].blank or self.rows[index].ruler:
                break
            if state == "item":
                items += bool(self.rows[index].links or self.rows[index].handles or self.rows[index].labels)
            elif state not in ("label", "header"):
                return items, False
        return items, True
