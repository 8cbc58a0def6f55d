"""Decide which links of a line lead away: by their own address first, and where that says nothing by their label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sigtrim.detect.caption_addresses import named_by_address
from sigtrim.detect.caption_blocks import CREDITS, LABEL_WORDS, Block
from sigtrim.detect.caption_credits import BY_NAME, NO_CREDIT, is_credit_of_one, is_lent, is_name
from sigtrim.detect.caption_rows import dangles, shown_handle
from sigtrim.detect.phrases import is_list_label
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.detect.caption_names import Label
    from sigtrim.detect.caption_rows import Row
    from sigtrim.detect.caption_targets import RowLink
    from sigtrim.detect.platforms import Registry

__all__ = ["SUBSCRIBED", "judge_links"]

SUBSCRIBED = "youtube"
"""Where one subscribes, likes and rings the bell, if no other place is named."""

# A role in front of a link makes it a credit, unless one of these says that the reader is to go there.
_MORE_THAN_CREDIT = frozenset(["follow", "network", "subscribe", "like", "bell", "share", "channel"])
_SMALL = frozenset(["follow", "page", "channel", "opener"])
_ROLE_WORDS = 3
# "Like The Voice: ..." is no credit of a voice.
_ASKING = frozenset(["like", "follow", "pin"])
# A header with one of these is about the one who writes.
_MINE = frozenset(["elsewhere", "link", "links", "me", "mein", "meine", "mes", "mi", "mis", "my", "nos", "our", "us"])
# "Ada Moss (...) for the footage".
_FOR_THAT = lazy(
    r"\)?,?[^\S\n]+(?:for[^\S\n]+(?:the|his|her|their|letting|providing|helping|all)"
    r"|pour[^\S\n]+(?:la|le|les|son|sa|ses|leur)|por[^\S\n]+(?:la|el|los|las|su|sus)|für[^\S\n]+(?:die|das|den))\b",
    re.IGNORECASE,
)
_MAX_CREDIT = 80
_CODE = frozenset(["bitbucket", "codeberg", "github", "gitlab", "huggingface"])
_STRANGE_WORDS = 2
_CALL_WORDS = 3
_NAME_WORDS = 5

_Verdict = tuple[str, tuple[str, ...]] | None


def judge_links(row: Row, rows: Sequence[Row], text: str, known: Registry) -> None:
    """Set `goes`, and with it `platform`, `role` and `evidence`, for the links of a row."""
    judge = _LinkJudge(row, rows, text, known)
    for at, link in enumerate(row.links):
        verdict = judge.decide(at, link)
        if verdict is not None:
            link.goes = True
            link.platform, link.evidence = verdict
            if link.role == "content":
                link.role = "profile"


class _LinkJudge:
    """The judgement of the links of one row."""

    def __init__(self, row: Row, rows: Sequence[Row], text: str, known: Registry) -> None:
        self.row = row
        self.rows = rows
        self.text = text
        self.known = known
        self.block = Block(row, rows, known)

    def decide(self, at: int, link: RowLink) -> _Verdict:
        """Give the platform of the link at index `at` and why it goes, None if it stays."""
        if link.what == "platform":
            return None if self._is_work_of_others(at, link) else (link.platform or "", link.evidence)
        if link.what == "kept" or (link.what == "content" and not self.row.may_ask()):
            return None
        source, start, end, words = self._label_of(at, link)
        if link.what != "content" and (source is not self.row or not words):
            named = named_by_address(self.row, self.rows, self.known)
            if named is not None:
                return named, (*link.evidence, f"address names {named}")
        if link.what == "unknown" and not source.may_ask() and not source.labels_between(start, end):
            return None
        kinds = source.kinds(start, end)
        if "not_channel" in kinds:
            return None
        if link.what == "content":
            subscribes = source is self.row and {"subscribe", "channel"} <= kinds and "content" not in kinds
            return (link.platform or "", (*link.evidence, "asks to subscribe")) if subscribes else None
        labels = source.labels_between(start, end)
        if labels:
            return self._decide_by_name(link, source, labels, kinds, words)
        return self._decide_by_kind(link, kinds, words)

    def _is_work_of_others(self, at: int, link: RowLink) -> bool:
        """Tell whether a link is named for what is found there: work of others, projects, tools, a newsletter."""
        if link.platform in _CODE and self.block.among_projects(link):
            return True
        if self._is_letter(at, link) or self.block.among_tools():
            return True
        below_role = self._stands_below_role() or self._stands_below_credit()
        if not below_role and not self.row.may_credit() and not self._thanks(at, link):
            return False
        source, start, end, words = self._label_of(at, link)
        if source.kinds(start, end) & _MORE_THAN_CREDIT:
            return False
        labels = source.labels_between(start, end)
        if below_role and labels and source is self.row:
            return bool(words) and words[0][0] < labels[0].start  # "Ada Moss - Instagram: ..."
        if labels:
            return False
        return below_role or (source is self.row and (self._is_credit(source, words) or self._thanks(at, link)))

    def _label_of(self, at: int, link: RowLink) -> tuple[Row, int, int, list[tuple[int, int]]]:
        """Find the text that tells what a link is: before it, else behind it, else in the row above."""
        row = self.row
        start, end = row.links[at - 1].link.end if at else row.line.start, link.link.start
        words = row.words_between(start, end)
        if not words and at == len(row.links) - 1:
            start, end = link.link.end, row.line.end
            words = row.words_between(start, end)
        if not words and len(row.links) == 1:
            above = self.block.text_above()
            if above is not None:
                return above, above.line.start, above.line.end, above.words
        return row, start, end, words

    def _is_credit(self, source: Row, words: list[tuple[int, int]]) -> bool:
        """Tell whether a role ("Camera", "Edited by") stands among the first words of a label or right at its end."""
        if self._is_asked(words):
            return False
        near = {*words[:_ROLE_WORDS], *words[-1:]}
        return any(
            hit.kind == "credit" and any(hit.start <= start < hit.end for start, _ in near)
            for first, last in near
            for hit in source.hits_between(max(first - 24, source.line.start), last + 24)
        )

    def _is_asked(self, words: list[tuple[int, int]]) -> bool:
        return bool(words) and self.text[slice(*words[0])].casefold() in _ASKING

    def _thanks(self, at: int, link: RowLink) -> bool:
        """Tell whether a link stands behind "by" and a name, or before what somebody is thanked for."""
        start = self.row.links[at - 1].link.end if at else self.row.line.start
        if start == link.link.start:
            return False
        label = self.text[max(start, link.link.start - _MAX_CREDIT) : link.link.start]
        if BY_NAME.search(label):
            return True
        behind = min(self.row.line.end, link.link.end + _MAX_CREDIT)
        return _FOR_THAT.match(self.text, link.link.end, behind) is not None and any(map(str.isupper, label))

    def _stands_below_role(self) -> bool:
        """Tell whether the row above the links of this block is nothing but a role: "CAST:", "Edited by"."""
        header = self._header_above(self.row.index)
        if header and self.row.worded and self.rows[header].blank:
            header -= 1
        if header is None or self.rows[header].is_role():
            return header is not None
        if self.row.worded and is_name(self.rows[header]):
            # Not everybody has a link: "Voices by", "Ada Moss", "Bob Fern - <link>".
            for above in range(header - 1, max(header - CREDITS, -1), -1):
                if self.rows[above].is_role():
                    return True
                if not self.rows[above].links and not is_name(self.rows[above]):
                    break
        # A header that nobody knows, below a block of credits: "EDITING:", "ASSETS:".
        named = self.row.worded and dangles(self.rows[header].text) and not self.rows[header].has(*NO_CREDIT)
        if not named or len(self.rows[header].words) > _ROLE_WORDS or is_list_label(self.rows[header].text):
            return False
        if any(self.text[start:end].casefold() in _MINE for start, end in self.rows[header].words):
            return False
        before = header - 1
        while before > 0 and self.rows[before].blank:
            before -= 1
        first = self._header_above(before) if before > 0 and self.rows[before].links else None
        return first is not None and self.rows[first].is_role()

    def _header_above(self, at: int) -> int | None:
        """Find the row above those with links that stand above and at the row `at`."""
        header, stop = at - 1, max(at - CREDITS, -1)
        while header > stop and self.rows[header].links:
            header -= 1
        return None if header <= stop else header

    def _stands_below_credit(self) -> bool:
        """Tell whether the link stands alone below a credit: "Music by Ada Moss", "編集：エイダ", "Vote here:"."""
        at = self.row.index
        if not at or len(self.row.links) > 1 or self.row.worded:
            return False
        below = self.rows[at + 1] if at + 1 < len(self.rows) else None
        if below is not None and not below.words and any(one.what == "platform" for one in below.links):
            return False
        above = self.rows[at - (2 if at > 1 and shown_handle(self.rows[at - 1].text) else 1)]
        if at > 1 and above.links and not above.words and above.links[0].what == "unknown":
            return is_lent(self.rows[at - 2])
        if is_credit_of_one(above):
            return True
        names = not above.links and above.may_credit() and dangles(above.text) and not above.labels
        return names and not above.has(*NO_CREDIT) and self._is_credit(above, above.words)

    def _is_letter(self, at: int, link: RowLink) -> bool:
        """Tell whether a place where people write is called a newsletter, or a blog to subscribe to."""
        if not link.platform or self.known.category(link.platform) != "writing" or not self.row.may_ask():
            return False
        source, start, end, _ = self._label_of(at, link)
        kinds = source.kinds(start, end)
        return "not_channel" in kinds or (
            {"own", "subscribe"} <= kinds and "channel" not in kinds and not source.labels_between(start, end)
        )

    def _decide_by_name(
        self, link: RowLink, source: Row, labels: list[Label], kinds: set[str], words: list[tuple[int, int]]
    ) -> _Verdict:
        label = labels[-1]
        if label.weak and not self.block.in_company():
            return None
        audio = self.block.is_audio(label.platform)
        calls = kinds & {"follow", "subscribe", "network"}
        if source.has("own", start=label.end, end=words[-1][1] + 1):
            return None
        leads_to_artist = audio and (self.block.follows_profiles() or self.block.offers_show())
        if "content" in kinds and not calls and "channel" not in kinds and not leads_to_artist:
            return None
        if audio and not calls and not leads_to_artist and not self.block.in_list():
            return None
        if not calls and not audio and self.block.among_streams(link):
            return None
        if link.what == "unknown" and (audio or self._is_about(source, words, labels, asks=bool(calls))):
            return None
        if not calls and source is self.row and self._names_thing(link, words, label):
            return None
        return label.platform, (*link.evidence, f"label {self.text[label.start : label.end].strip()}")

    def _decide_by_kind(self, link: RowLink, kinds: set[str], words: list[tuple[int, int]]) -> _Verdict:
        if {"google", "play"} <= set(self.row.tokens) and self.block.offers_show():
            return "google_podcasts", (*link.evidence, "a show in several places")
        if "own" in kinds:
            return None
        if "subscribe" in kinds and (link.what == "short" or "channel" in kinds):
            return link.platform or SUBSCRIBED, (*link.evidence, "asks to subscribe")
        if "content" in kinds:
            return None
        if link.platform is not None and (not self.block.is_audio(link.platform) or self.block.in_list()):
            return link.platform, link.evidence
        if link.what == "short" and "channel" in kinds:
            return SUBSCRIBED, (*link.evidence, "label of a channel")
        asks = "follow" in kinds or self._is_asked(words)
        if link.what == "short" and asks and len(words) <= _CALL_WORDS and self.block.in_company(gap=True):
            return "", (*link.evidence, "asks to follow")
        if link.what == "short" and len(words) <= _NAME_WORDS and self.block.stands_below_channels():
            return SUBSCRIBED, (*link.evidence, "list of channels")
        return None

    def _names_thing(self, link: RowLink, words: list[tuple[int, int]], label: Label) -> bool:
        """Tell whether an ordinary word stands behind the name of a platform: "LinkedIn guide: <short link>".

        Among other things it may stand before the name: "Mes astuces Instagram".
        """
        beside = next((word for word in words if word[0] >= label.end), None)
        if beside is None and self.block.among_things():
            beside = next((word for word in reversed(words) if word[1] <= label.start), None)
        if beside is None:
            return False
        word = self.text[slice(*beside)]
        if not (word.isalpha() and word.isascii() and word.islower()) or self.text[beside[0] - 1] == "@":
            return False
        return word not in link.url.lower() and self._strange_words(self.row, [beside], [label]) > 0

    def _is_about(self, source: Row, words: list[tuple[int, int]], labels: list[Label], *, asks: bool) -> bool:
        """Tell whether a label says more than a name of a platform: "TikTok ban explained"."""
        behind = [word for word in words if word[0] >= labels[-1].end]
        if behind and not asks and self._strange_words(source, behind, labels):
            return True
        return self._strange_words(source, words, labels) > _STRANGE_WORDS

    def _strange_words(self, source: Row, words: list[tuple[int, int]], labels: list[Label]) -> int:
        """Count the words that are no name of a platform and no small word."""
        hits = source.hits_between(words[0][0], words[-1][1] + 1)
        known = [(label.start, label.end) for label in labels]
        known += [(hit.start, hit.end) for hit in hits if hit.kind in _SMALL]
        near = words[-LABEL_WORDS:]
        known += source.fillers_between(near[0][0], near[-1][1])
        return sum(not any(start <= word[0] and word[1] <= end for start, end in known) for word in near)
