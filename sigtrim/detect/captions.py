"""Find in plain text what sends a reader away: links, handles and sentences, with their labels and headers.

Nothing is decided here about the multi-platform rule: `find_passages` says what would go with a link list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from sigtrim.detect.caption_links import SUBSCRIBED, judge_links
from sigtrim.detect.caption_prose import asks, judge_sentence
from sigtrim.detect.caption_rows import dangles, read_rows
from sigtrim.detect.linklist import Mention
from sigtrim.detect.phrases import is_list_label
from sigtrim.detect.platforms import registry
from sigtrim.parse.caption import split_sentences
from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.detect.caption_rows import Row, RowLink
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.caption import Line

__all__ = ["Caption", "Code", "Passage", "find_passages"]

Code = Literal["platform-link", "platform-handle", "platform-prose", "list-label", "engagement-bait"]

_WHOLE_ROW = 160  # a row with that little text beside its links is an item of a list
_LONG_SENTENCE = 260  # longer than a person writes: lost line ends, lists of key words
_REACH = 110  # how far before a link its label may begin
_LABEL_WORDS = 9
_FIRST_WORDS = 3
_NAME_WORDS = 6
_HANDLE_ROW = 300
_HANDLE_ROW_WORDS = 12
_HEADER_REACH = 6  # how many rows above an item its header may stand
_BELOW = 30  # rows of a list that are looked at below its header

_MARK = re.compile(
    r"\s*(?:[:：;=~|/>»→➜➔➡►▶➤⇒⇨•·\ufe0e\ufe0f\"“”'‘’()\[\]☛☞\s\u200e\u200f\u202a-\u202e\u2060\u200b]|[-–—](?=\s|@)"
    r"|\.(?=\s)|-)+\s*"
)
# The same, and symbols and emoji: "Snapchat 👻 : ada", "★ Snapchat ★ ada".
_SYMBOL_MARK = re.compile(
    r"\s*(?:[:：;=~|/>»+*\s\u200b-\u200f\u2010-\u2027\u202a-\u202e\u2060\u2190-\u2bff\ufe0e\ufe0f"
    r"\U0001f000-\U0001faff]|[-–—](?=\s))++"
)
_ASIDE = re.compile(r"\s*\([^()]{1,60}\)\s*\Z")
_PHONE = re.compile(r"[+(]?\d[\d\s().\-/]{5,20}\d")
# What an ordinary word is not: digits, marks, or capitals inside.
_NAME_LIKE = re.compile(r"@?(?=\S*[\d_.]|\S*[a-z]\S*[A-Z]|\S{9})[\w.\-]{3,40}")
# A name and a handle that no ordinary word looks like: "Ada: @ada", "► ADA ada_93".
_NAMED_HANDLE = re.compile(
    r"[^\w@]{0,8}(?:[^\W\d_][\w'’-]*[^\S\n]*){1,2}[^\w@.\n]{1,6}(?P<handle>@[\w.]{2,40}|(?=[\w.]*[\d_])[\w.]{4,40})[^\S\n]*"
)
_VALUE = re.compile(r"[:：]\s*\w")
_OWNER = re.compile(r"['’]s\b|\b(?:de|of|by|von|di|da|do|del|with|con|avec)\b", re.IGNORECASE)
_MARKED = re.compile(r"[:：;=~|/>»→➜➔➡►▶➤⇒⇨☛☞•·.\-–—]")
_AROUND_HANDLE = "\"'“”‘’()[]«»*|.,!;: \u200b\u200e\u200f\u202a\u202c\ufeff\u2060"
_TOKEN = re.compile(r"@?[\w][\w.\-]{1,40}")
_PART_SEPARATOR = re.compile(r"\s*[|•·●▪/,;、–—‖¦-]+\s*")
_MAIL = re.compile(r"[\w.+-]@[\w-]{1,60}\.\w")
_TAGS = re.compile(r"(?:\s*#\w+)+\s*\Z")
_SENTENCE_MARK = re.compile(r"[.!?…。！？](?:\s|\Z)")


class Passage(NamedTuple):
    """A stretch of text that goes with a link list: its range, a removal code, and the mentions in it.

    `mentions` is empty for labels, headers, bait and sentences that name no platform ("follow us everywhere").
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
    judge = _Judge(text, known, rows, told, {line.start for line in ignore})
    judge.judge()
    passages = sorted(judge.passages, key=lambda passage: (passage.span.start, passage.span.end))
    return Caption(tuple(passages), tuple(judge.content))


class _Judge:
    """The judgement of one caption, row by row; `state` says what a row has turned out to be."""

    def __init__(self, text: str, known: Registry, rows: list[Row], told: list[Row], ignored: set[int]) -> None:
        self.text = text
        self.known = known
        self.rows = rows
        self.told = [row for row in told if row.line.start not in ignored]
        self.ignored = ignored
        self.passages: list[Passage] = []
        self.by_row: dict[int, list[Passage]] = {}
        self.content: list[Mention] = []
        self.state: list[Literal["item", "part", "label", "header"] | None] = [None] * len(self.rows)

    def judge(self) -> None:
        """Judge links first, then what is only told by them: handles, labels, sentences, headers."""
        linked = [row for row in self.told if row.links]
        for row in linked:
            judge_links(row, self.rows, self.text, self.known)
            self._note_content(row)
        for row in linked:
            self._take_links(row)
        others = [row for row in self.told if not row.links]
        # A name in two words is told by its neighbours, so that handles are looked for twice.
        for take in (self._take_handle, self._take_handle, self._take_neighbour_handle, self._take_label):
            for row in others:
                if self.state[row.index] is None:
                    take(row)
        for row in self.told:
            self._take_prose(row)
        self._take_headers()

    def _add(
        self, row: Row, span: Span, code: Code, mentions: tuple[Mention, ...] = (), evidence: tuple[str, ...] = ()
    ) -> None:
        platform = mentions[0].platform if mentions else None
        why = evidence or tuple(dict.fromkeys(one for mention in mentions for one in mention.evidence))
        passage = Passage(span, code, platform, why, mentions)
        self.passages.append(passage)
        self.by_row.setdefault(row.index, []).append(passage)

    def _add_row(self, row: Row, code: Code, mentions: tuple[Mention, ...], *evidence: str) -> None:
        self._add(row, Span(row.line.start, row.line.end), code, mentions, evidence)

    # Links

    def _note_content(self, row: Row) -> None:
        for link in row.links:
            if link.role == "content" and link.platform is not None:
                span = Span(link.link.start, link.link.end)
                self.content.append(Mention("url", "content", link.platform, span, link.url, link.evidence))

    def _take_links(self, row: Row) -> None:
        links = [link for link in row.links if link.goes]
        if not links:
            return
        beside = len(row.text) - sum(link.link.end - link.link.start for link in row.links)
        tail = links[-1].link.end
        keeps_tail = tail < row.line.end and (
            row.has("own", "credit", start=tail) or _MAIL.search(self.text, tail, row.line.end) is not None
        )
        if len(links) == len(row.links) and beside <= _WHOLE_ROW and not keeps_tail and not row.breaks:
            mentions = tuple(mention for link in links for mention in _mentions_of(link))
            self._add_row(row, "platform-link", mentions, *(() if mentions else links[0].evidence))
            self.state[row.index] = "item"
            return
        self.state[row.index] = "part"
        plain = [one.link for one in row.links]
        sentences = split_sentences(self.text, row.line.start, row.line.end, links=plain, breaks=row.breaks)
        at = floor = 0
        for link in row.links:
            while sentences[at][1] <= link.link.start:
                at += 1
            if link.goes:
                start = self._label_start(row, link, max(floor, sentences[at][0]))
                part = self._part(row, start, link.link.end)
                self._add(row, part, "platform-link", _mentions_of(link), link.evidence)
            floor = link.link.end

    def _label_start(self, row: Row, link: RowLink, start: int) -> int:
        """Narrow a part to the label of its link where more text stands before it."""
        end = link.link.start
        if end - start <= _REACH:
            return start
        names = [label.start for label in row.labels_between(end - _REACH, end)]
        calls = [hit.start for hit in row.hits_between(end - _REACH, end) if asks({hit.kind})]
        return min((*names, *calls), default=end)

    def _part(self, row: Row, start: int, end: int) -> Span:
        """Widen a part of a row by white space, and by the separator behind it if it is the first."""
        if not self.text[row.line.start : min(start, row.line.start + 1000)].strip():
            start = row.line.start
            separator = _PART_SEPARATOR.match(self.text, end, row.line.end)
            end = end if separator is None else separator.end()
        while end < row.line.end and self.text[end] in " \t":
            end += 1
        return Span(start, end)

    # Handles

    def _take_handle(self, row: Row) -> None:
        """Take a row that names platforms and the handle on them: "Snapchat: ada", "IG/Twitter: @ada"."""
        if len(row.text) > _HANDLE_ROW or len(row.tokens) > 2 * _HANDLE_ROW_WORDS:
            return
        if not (row.handles or len(row.tokens) <= 8 or _MARKED.search(row.text)):
            return
        if not row.labels:
            self._take_channel_handle(row)
            return
        if len(row.words) > _HANDLE_ROW_WORDS:
            return
        aside = _ASIDE.search(row.text)
        end = row.line.end if aside is None else row.line.start + aside.start()
        first, last = row.labels[0], next((one for one in reversed(row.labels) if one.end <= end), row.labels[0])
        if row.has("credit", "own", end=first.start):
            return
        if self._is_handle_value(row, last.end, len(row.words_between(row.line.start, first.start))):
            labels = {label.platform: label for label in row.labels}
            mentions = tuple(
                Mention(
                    "handle",
                    "profile",
                    label.platform,
                    Span(label.start, label.end),
                    None,
                    self._why(label.start, label.end),
                )
                for label in labels.values()
            )
            self._add_row(row, "platform-handle", mentions)
            self.state[row.index] = "item"

    def _take_channel_handle(self, row: Row) -> None:
        """Take "My second channel: @ada", not the channel of somebody who is named: "Bob's channel: @bob"."""
        if len(row.handles) != 1 or len(row.words) > _NAME_WORDS or not row.has("channel"):
            return
        handle = row.handles[0]
        channel = next((hit for hit in row.hits if hit.kind == "channel" and hit.end <= handle.start), None)
        if channel is None or row.has("credit", "own", "content", "not_channel") or handle.end < row.line.end - 3:
            return
        between = set(row.words_between(channel.end, handle.start))
        if between - set(row.fillers_between(channel.end, handle.start)):
            return
        if _OWNER.search(self.text, row.line.start, handle.start) is None:
            span = Span(handle.start, handle.end)
            mention = Mention("handle", "profile", SUBSCRIBED, span, None, ("label of a channel", "handle"))
            self._add_row(row, "platform-handle", (mention,))
            self.state[row.index] = "item"

    def _why(self, start: int, end: int) -> tuple[str, ...]:
        return f"label {self.text[start:end].strip()}", "handle"

    def _is_handle_value(self, row: Row, start: int, before: int) -> bool:
        """Tell whether what stands behind a name is a handle; `before` is the number of words before the name."""
        small = [
            (hit.start, hit.end) for hit in row.hits_between(start, row.line.end) if hit.kind in ("page", "channel")
        ]
        for first, last in sorted((*small, *row.fillers_between(start, row.line.end))):
            if not self.text[start:first].strip():
                start = max(start, last)
        marked, drawn, rest = _read_mark(self.text[start : row.line.end], drawn=before <= 1)
        words = rest.split()
        kinds = row.kinds(start, row.line.end)
        closing = row.handles[-1] if row.handles else None
        if closing is not None and closing.end >= row.line.end - 3 and len(row.words) <= _NAME_WORDS:
            between = self.text[start : closing.start].strip()
            if between and dangles(between) and not row.has("credit", "own"):
                return True
        if not words:
            return closing is not None and len(row.words) <= _NAME_WORDS and not row.has("credit")
        if before > 4 or _PHONE.fullmatch(rest):
            return False
        if len(words) == 1 and _TOKEN.fullmatch(words[0]):
            marked = marked or (drawn and (_NAME_LIKE.fullmatch(words[0]) is not None or self._near_item(row)))
            signed = words[0].startswith("@") or (closing is not None and closing.start >= start)
            return (
                signed
                or (marked and "content" not in kinds)
                or (len(row.words) <= 4 and self._near_item(row, gap="none"))
            )
        return self._are_handle_words(row, words, before, marked=marked, kinds=kinds)

    def _are_handle_words(self, row: Row, words: list[str], before: int, *, marked: bool, kinds: set[str]) -> bool:
        """Tell whether several words behind a name are a handle, or the name of a page."""
        if len(words) > 4 and not (
            before == 0 and marked and len(words) <= _NAME_WORDS and self._near_item(row, gap="handle")
        ):
            return False
        if words[0].startswith("@"):
            return True
        rest = " ".join(words)
        if before <= 1 and not kinds & {"content", "own", "credit"} and self._is_named_value(row, rest):
            return True
        return (
            marked and before <= 2 and self._near_item(row, gap="handle") and not kinds & {"content", "own", "credit"}
        )

    def _is_named_value(self, row: Row, value: str) -> bool:
        """Tell whether a value is some words, a mark and a handle, beside an item: "TikTok Cooking: ada.cooks"."""
        label, mark, name = value.rpartition(": ")
        words = label.split()
        return (
            mark != ""
            and 0 < len(words) <= 3
            and not words[0][:1].islower()
            and _NAME_LIKE.fullmatch(name.strip()) is not None
            and self._near_item(row)
        )

    def _near_item(self, row: Row, *, gap: Literal["none", "handle", "any"] = "any") -> bool:
        """Tell whether a neighbour is an item of the list; `gap` says what it must be behind a blank row."""
        for step in (-1, 1):
            index = row.index + step
            behind = gap != "none" and 0 <= index < len(self.rows) and self.rows[index].blank
            index += step if behind else 0
            if not 0 <= index < len(self.rows) or self.state[index] != "item":
                continue
            if not (behind and gap == "handle" and self.rows[index].links):
                return True
        return False

    def _take_neighbour_handle(self, row: Row) -> None:
        """Take "name @handle" right below an item of a list that holds a handle as well."""
        above, below = row.index - 1, row.index + 1
        if not row.handles or above < 0 or self.state[above] != "item" or not self.rows[above].handles:
            return
        if len(row.words) > 4 or row.has("own", "content", "channel"):
            return
        if row.has("credit") and not (below < len(self.rows) and self.state[below] == "item"):
            return
        platforms = [mention.platform for passage in self.by_row.get(above, ()) for mention in passage.mentions]
        if platforms:
            handle = row.handles[0]
            span = Span(handle.start, handle.end)
            mention = Mention("handle", "profile", platforms[0], span, None, ("handle", "list above"))
            self._add_row(row, "platform-handle", (mention,))
            self.state[row.index] = "item"

    # Labels above a link or a bare name

    def _take_label(self, row: Row) -> None:
        """Take a row that is the label of the row below: "TWITTER:", "Please subscribe:", "Vlog channel ~"."""
        if len(row.text) > _HANDLE_ROW:
            return
        below = self._below(row)
        if below is None:
            return
        dangling = dangles(row.text)
        if self.state[below.index] != "item" and (below.links or self.state[below.index] is not None):
            return
        if len(row.words) > 2 * _LABEL_WORDS:
            return
        if self.state[below.index] == "item":
            if (dangling and self._announces(row, below)) or self._is_label_of(row, below, dangling=dangling):
                self._add_row(row, "list-label", (), "label above a link")
                self.state[row.index] = "label"
            return
        if self._take_named_handles(row, below):
            return
        bare = below.text.strip()
        if not _TOKEN.fullmatch(bare) or not row.labels or row.has("credit", "thanks"):
            return
        if dangling or (bare.startswith("@") and row.labels[-1].end >= row.line.end - 3):
            start = below.line.start + below.text.index(bare)
            span = Span(start, start + len(bare))
            mention = Mention("handle", "profile", row.labels[-1].platform, span, None, ("label above", "handle"))
            self._add_row(row, "list-label", (), "label above a handle")
            self._add_row(below, "platform-handle", (mention,))
            self.state[row.index] = "label"
            self.state[below.index] = "item"

    def _take_named_handles(self, row: Row, below: Row) -> bool:
        """Take the name of a platform alone on its row, and the names with a handle that stand below it."""
        names = [(label.start, label.end) for label in row.labels]
        names += row.fillers_between(row.line.start, row.line.end) if names else []
        if not names or below.index - row.index > 2:
            return False
        if not all(any(first <= start < last for first, last in names) for start, _ in row.words):
            return False
        taken: list[tuple[Row, Span]] = []
        for one in self.rows[below.index : below.index + _BELOW]:
            match = None if one.links or self.state[one.index] is not None else _NAMED_HANDLE.fullmatch(one.text)
            if match is None or one.labels or one.has("credit", "own", "content", "thanks"):
                break
            taken.append((one, Span(one.line.start + match.start("handle"), one.line.start + match.end("handle"))))
        for one, span in taken:
            mention = Mention("handle", "profile", row.labels[-1].platform, span, None, ("label above", "handle"))
            self._add_row(one, "platform-handle", (mention,))
            self.state[one.index] = "item"
        if taken:
            self._add_row(row, "list-label", (), "label above a handle")
            self.state[row.index] = "label"
        return bool(taken)

    def _is_label_of(self, row: Row, below: Row, *, dangling: bool) -> bool:
        """Tell whether a row says what the item below is and nothing else."""
        if below.words and not (dangling and len(row.words) <= 4):
            return False
        telling = bool(row.labels) or row.has("subscribe", "channel", "follow", "network", "page")
        if telling and not row.has("credit", "content", "own"):
            return True
        return dangling and (telling or not below.words) and len(row.words) <= _LABEL_WORDS and not row.has("credit")

    def _announces(self, row: Row, below: Row) -> bool:
        """Tell whether a row names the platform of the bare link below: "... consider helping via Patreon:"."""
        names = {label.platform for label in row.labels}
        going = {link.platform for link in below.links if link.goes}
        if not going or not going <= names or below.words or row.has("own", "thanks"):
            return False
        return not row.has("credit", end=row.words[min(len(row.words), _FIRST_WORDS) - 1][1])

    def _below(self, row: Row) -> Row | None:
        """Return the next row with text, no more than one blank row away."""
        for index in range(row.index + 1, min(row.index + 3, len(self.rows))):
            if not self.rows[index].blank:
                return self.rows[index]
        return None

    # Prose

    def _take_prose(self, row: Row) -> None:
        """Take the sentences that ask to subscribe, to like, or to follow on a named platform."""
        if self.state[row.index] not in (None, "part") or not row.may_ask() or not asks({hit.kind for hit in row.hits}):
            return
        taken = sorted((one.span.start, one.span.end) for one in self.by_row.get(row.index, ()))
        plain = [one.link for one in row.links]
        at = 0
        for start, end in split_sentences(self.text, row.line.start, row.line.end, links=plain, breaks=row.breaks):
            while at < len(taken) and taken[at][1] <= start:
                at += 1
            if end - start > _LONG_SENTENCE or (at < len(taken) and taken[at][0] < end):
                continue
            kinds = row.kinds(start, end)
            if not asks(kinds):
                continue
            verdict = judge_sentence(row, start, end, kinds)
            first = self._back_to_text(row, start) if end == row.line.end else start
            if verdict is not None:
                self._add(row, Span(first, end), verdict.code, verdict.mentions, verdict.evidence)
            elif end == row.line.end and self._heads_list(row, start):
                self._add(row, Span(first, end), "list-label", (), ("header of a list",))
            else:
                continue
            self.state[row.index] = self.state[row.index] or "part"
        if self.state[row.index] == "part" and self._is_all_gone(row):
            self.state[row.index] = "item"

    def _back_to_text(self, row: Row, start: int) -> int:
        while start > row.line.start and self.text[start - 1] in " \t":
            start -= 1
        return start

    def _heads_list(self, row: Row, start: int) -> bool:
        """Tell whether the last sentence of a row is the header of the list in the row below."""
        below = self._below(row)
        near = below is not None and self.state[below.index] in ("item", "label")
        return near and is_list_label(self.text[start : row.line.end])

    def _is_all_gone(self, row: Row) -> bool:
        position, rest = row.line.start, []
        for start, end in sorted((one.span.start, one.span.end) for one in self.by_row.get(row.index, ())):
            rest.append(self.text[position:start])
            position = max(position, end)
        rest.append(self.text[position : row.line.end])
        return not any(character.isalnum() for piece in rest for character in piece)

    # Headers

    def _take_headers(self) -> None:
        """Look for headers from the bottom up, so that a header may stand above another one."""
        nearest = len(self.rows) + _HEADER_REACH + 1
        for row in reversed(self.rows) if self.passages else ():
            index = row.index
            if self.state[index] is None and (
                nearest - index <= _HEADER_REACH or (index and self.state[index - 1] == "item")
            ):
                self._take_header(row)
            if self.state[index] is not None:
                nearest = index

    def _take_header(self, row: Row) -> None:
        """Take the header of a list: a social header, or a name with nothing but items of the list below it."""
        if row.links or len(row.text) > _WHOLE_ROW or row.blank:
            return
        if row.line.start in self.ignored:
            return
        below = self._below(row)
        near = below is not None and self.state[below.index] in ("item", "label", "header")
        start = row.index + 1 if below is None else below.index
        close = near or any(state in ("item", "label") for state in self.state[start : start + 4])
        close = close or (row.index > 0 and self.state[row.index - 1] == "item")
        if not close or row.ruler:
            return
        if self._is_social_header(row) or (near and below is not None and self._is_name_above(row, below)):
            self.state[row.index] = "header"

    def _is_social_header(self, row: Row) -> bool:
        if not row.may_ask() or not row.has("network", "network_weak", "follow", "opener"):
            return False
        if not is_list_label(row.text) and not self._calls_for_list(row):
            return False
        self._add_row(row, "list-label", (), "header of a list")
        return True

    def _calls_for_list(self, row: Row) -> bool:
        """Tell whether a row is a long header: "Follow us in these places for more updates:"."""
        below = self._below(row)
        if below is None or self.state[below.index] != "item" or len(row.words) > 2 * _LABEL_WORDS:
            return False
        first = row.words[: _FIRST_WORDS + 1][-1][1] if row.words else 0
        calls = row.has("follow", end=first) and not row.has("own", "content", "credit")
        return calls and row.text.rstrip().endswith((":", "：", ";", "…", "..."))

    def _is_name_above(self, row: Row, below: Row) -> bool:
        """Take a name or a title above a list that holds nothing else, such as the members of a band."""
        if below.index != row.index + 1 or row.handles or len(row.words) > _LABEL_WORDS:
            return False
        if "#" in row.text and not row.has("opener"):
            return False
        dangling = dangles(row.text)
        if not dangling and (self.state[below.index] == "header" or _VALUE.search(row.text)):
            return False
        if not (below.links or below.handles or self.state[below.index] in ("label", "header")):
            return False
        items, clean = self._items_below(row)
        if row.has("credit", "content", "own"):
            return False
        if not clean and not (items >= 2 and dangling and row.has("channel", "page", "follow", "opener")):
            return False
        # The first row of a text is its title, or the name of who writes.
        is_first = all(earlier.blank for earlier in self.rows[: row.index])
        is_name = not is_first and len(row.words) <= _NAME_WORDS and _SENTENCE_MARK.search(row.text.strip()) is None
        if (items >= 2 and is_name) or (items >= 1 and dangling):
            self._add_row(row, "list-label", (), "name above a list")
            return True
        return False

    def _items_below(self, row: Row) -> tuple[int, bool]:
        """Count the items of the list right below, to the first blank row; tell whether nothing else stands there."""
        items = 0
        for near in self.rows[row.index + 1 : row.index + _BELOW]:
            state = self.state[near.index]
            if near.blank or (state is None and near.ruler):
                break
            if state == "item":
                items += bool(near.links or near.handles or near.labels)
            elif state not in ("label", "header"):
                return items, False
        return items, True


def _read_mark(value: str, *, drawn: bool) -> tuple[bool, bool, str]:
    """Divide what stands behind a name: whether a mark stands there, whether a symbol does, and the rest.

    Symbols are looked at with `drawn` only.
    """
    mark = _MARK.match(value)
    end = mark.end() if mark else 0
    marked = mark is not None and not mark[0].isspace() and mark[0] != ""
    symbols = _SYMBOL_MARK.match(value) if drawn else None
    longer = symbols is not None and symbols.end() > end
    if symbols is not None:
        end = max(end, symbols.end())
    rest = _TAGS.sub("", value[end:]).strip()
    return marked, longer, _ASIDE.sub("", rest).strip(_AROUND_HANDLE)


def _mentions_of(link: RowLink) -> tuple[Mention, ...]:
    """Return the mention that a link is; none where nobody can tell the platform ("Follow us: <short link>")."""
    span = Span(link.link.start, link.link.end)
    mention = Mention("url", link.role, link.platform or "", span, link.url, link.evidence)
    return (mention,) if mention.platform else ()
