"""Judge single sentences: whether one sends its reader to a platform, or baits for reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from sigtrim.detect.caption_links import SUBSCRIBED
from sigtrim.detect.linklist import Mention
from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from sigtrim.detect.caption_names import Label
    from sigtrim.detect.caption_rows import Row

__all__ = ["SentenceVerdict", "asks", "judge_sentence"]

_CALLS = frozenset(["follow", "network", "subscribe", "like", "bell", "share", "opener", "bio"])
_ASKED = frozenset(["subscribe", "like", "bell"])
# One of these alone is everyday speech; two of them are "like, share and subscribe".
_CROWD = frozenset(["like", "share", "subscribe", "comment", "bell"])
_HEADER_WORDS = 9
_CALL_WORDS = 12
_TAIL_WORDS = 3
_QUOTES = frozenset('"“„”«»‘‚「『')


class SentenceVerdict(NamedTuple):
    """What a sentence is: the code under which it goes, the mentions in it, and why."""

    code: Literal["platform-prose", "engagement-bait"]
    mentions: tuple[Mention, ...]
    evidence: tuple[str, ...]


def asks(kinds: set[str]) -> bool:
    """Tell whether phrases of these kinds may make a sentence one that goes."""
    return bool(kinds & _CALLS) or any(kind.startswith("bait") for kind in kinds)


def judge_sentence(row: Row, start: int, end: int, kinds: set[str]) -> SentenceVerdict | None:
    """Judge the sentence of `row` between two offsets, in which phrases of `kinds` stand; None if it stays."""
    if "not_channel" in kinds or any(start <= one.link.start < end and not one.goes for one in row.links):
        return None
    if "thanks" in kinds and not kinds & _ASKED:
        return None
    span = Span(start, end)
    labels = row.labels_between(start, end) if kinds & {"follow", "network", "opener", "bio"} else []
    words = row.words_between(start, end)
    kept_link = any(not one.goes for one in row.links)
    opens = "opener" in kinds and _opens(row, words, labels)
    short = ("network" in kinds and len(words) <= _HEADER_WORDS) or ("bio" in kinds and len(words) <= _CALL_WORDS)
    if labels and ("follow" in kinds or opens or short):
        if kept_link:
            return None
        platforms = dict.fromkeys(label.platform for label in labels)
        mentions = tuple(
            Mention("prose", "profile", platform, span, None, ("asks to follow", f"names {platform}"))
            for platform in platforms
        )
        return SentenceVerdict("platform-prose", mentions, ())
    crowd = kinds & _CROWD
    if kinds & _ASKED or len(crowd) > 1:
        if kept_link and len(crowd) < 2 and "channel" not in kinds:
            return None
        evidence = tuple(f"asks to {kind}" if kind != "bell" else "asks to ring the bell" for kind in sorted(crowd))
        return SentenceVerdict("platform-prose", (Mention("prose", "profile", SUBSCRIBED, span, None, evidence),), ())
    bait = sorted(kind for kind in kinds if kind.startswith("bait"))
    if bait and not _is_quoted(row, start, end):
        return SentenceVerdict("engagement-bait", (), tuple(kind.replace("_", " by ", 1) for kind in bait))
    handles = any(start <= one.start < end for one in row.handles)
    if not kept_link and "opener" in kinds and _follows_handle(row, words):
        return SentenceVerdict("platform-prose", (), ("asks to follow",))
    if not kept_link and (("follow" in kinds and ("network" in kinds or handles)) or (opens and "network" in kinds)):
        return SentenceVerdict("platform-prose", (), ("asks to follow",))
    return None


def _is_quoted(row: Row, start: int, end: int) -> bool:
    """Tell whether a sentence speaks of bait: No comments like "tag a friend", please."""
    base = row.line.start
    return all(
        row.text[start - base : hit.start - base].rstrip()[-1:] in _QUOTES and bool(row.words_between(start, hit.start))
        for hit in row.hits_between(start, end)
        if hit.kind.startswith("bait")
    )


def _follows_handle(row: Row, words: list[tuple[int, int]]) -> bool:
    """Tell whether a sentence begins like "Follow @ada for more"."""
    if not words or len(words) > _CALL_WORDS or not row.handles:
        return False
    opener = next((hit for hit in row.hits_between(words[0][0], words[-1][1] + 1) if hit.kind == "opener"), None)
    if opener is None or opener.start > words[0][0]:
        return False
    behind = next((one for one in row.handles if one.start >= opener.end), None)
    return behind is not None and not row.text[opener.end - row.line.start : behind.start - row.line.start].strip()


def _opens(row: Row, words: list[tuple[int, int]], labels: list[Label]) -> bool:
    """Tell whether a sentence begins like "follow Ada on ..." and ends with the names of platforms."""
    if not words or len(words) > _CALL_WORDS:
        return False
    hits = row.hits_between(words[0][0], words[-1][1] + 1)
    opener = next((hit for hit in hits if hit.kind == "opener"), None)
    if opener is None or any(hit.kind == "content" for hit in hits):
        return False
    small = set(row.fillers_between(words[0][0], opener.start)) if opener.start > words[0][0] else set()
    before = [word for word in words if word[1] <= opener.start and word not in small]
    after = [word for word in words if labels and word[0] >= labels[-1].end]
    return not before and len(after) <= _TAIL_WORDS
