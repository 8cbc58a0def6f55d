"""Recognise what captions and signatures say when they send people on: "follow us on", "síguenos", "チャンネル登録"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.detect.phrase_table import (
    FOLLOW_KINDS,
    GAP,
    WORD,
    PhraseKind,
    all_runs,
    asking_runs,
    asking_words,
    is_unspaced,
    legal_texts,
    phrases,
    runs,
    words,
)
from sigtrim.parse.fold import Folded, fold, fold_text, fold_words
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sigtrim.detect.phrase_table import ByWord, Candidates, Phrases, Run, WordKind

__all__ = [
    "FOLLOW_KINDS",
    "PhraseHit",
    "PhraseKind",
    "calls_at",
    "calls_reader",
    "find_fillers",
    "find_phrases",
    "follow_phrases",
    "heads_links",
    "is_asking",
    "is_header",
    "is_legal_text",
    "is_list_label",
    "is_word",
    "may_be_role",
    "may_credit",
    "names_field",
]

# Between two words of one phrase: anything but the end of a sentence or of a line.
_BREAK = lazy(r"[.!?…。！？](?:\s|\Z)|[\n\r]")
_MAX_BETWEEN = 16
_MAXGAPWORDS = 4
_NO_PHRASE_AFTER = "#＃@"


class PhraseHit(NamedTuple):
    """A phrase in a text: its range, half-open, in code points, and its kind."""

    start: int
    end: int
    kind: PhraseKind


def find_phrases(text: str, words: list[str] | None = None, base: int = 0) -> tuple[PhraseHit, ...]:
    """Find the phrases of all kinds but fillers, for each kind the longest at a place, in the order of the text.

    `words` are the folded words of the text, if they are known; the offsets are counted from `base` on.

    >>> [hit.kind for hit in find_phrases("Don't forget to LIKE, comment & subscribe!") if hit.kind in FOLLOW_KINDS]
    ['like', 'like', 'subscribe']
    """
    return _find(text, fold_words(text) if words is None else words, base)


def find_fillers(text: str) -> tuple[PhraseHit, ...]:
    """Find the small words that may stand around a header, in the order of the text.

    >>> [hit.start for hit in find_fillers("follow all of us")]
    [0, 7, 11, 14]
    """
    return _find(text, fold_words(text), fillers=True)


def _find(source: str, tokens: list[str], base: int = 0, *, fillers: bool = False) -> tuple[PhraseHit, ...]:
    table = phrases()
    by_word = table.filler_by_word if fillers else table.by_word
    begun = _begun(tokens, by_word)
    if not begun and source.isascii():
        return ()
    folded = fold(source)
    hits = _read_words(folded, tokens, begun, base) if begun else []
    if is_unspaced(folded.text):
        hits += _find_runs(folded, table, base, fillers=fillers)
        hits.sort(key=lambda hit: hit.start)
    return tuple(hits)


def _read_words(
    folded: Folded, tokens: list[str], begun: list[tuple[int, tuple[Run, ...]]], base: int
) -> list[PhraseHit]:
    """Find the phrases that go on as they have begun."""
    text = folded.text
    hits: list[PhraseHit] = []
    words = list(map(re.Match.span, WORD.finditer(text)))
    for index, candidates in begun:
        first = words[index][0]
        if first > 0 and text[first - 1] in _NO_PHRASE_AFTER:
            continue
        met: set[str] = set()
        for run, kinds in candidates:
            if met and met.issuperset(kinds):
                continue
            last = _match(run, tokens, index) if len(run) > 1 else index
            if last is None or (last > index and not _joined(text, words, index, last)):
                continue
            start, end = first, words[last][1]
            if folded.ends is not None:
                start, end = folded.original(start, end)
            for kind in kinds:
                if kind not in met:
                    met.add(kind)
                    hits.append(PhraseHit(start + base, end + base, kind))
    return hits


def _begun(tokens: list[str], by_word: ByWord[Candidates]) -> list[tuple[int, tuple[Run, ...]]]:
    """Find the words with which phrases may begin, by index, each with these phrases."""
    begun = []
    rows = by_word.rows
    for index in [index for index, token in enumerate(tokens) if token in rows]:
        longer, others = by_word[tokens[index]]
        two = longer.get(tokens[index + 1]) if longer and index + 1 < len(tokens) else None
        if two is not None or others:
            begun.append((index, others if two is None else (*two, *others)))
    return begun


def _find_runs(folded: Folded, table: Phrases, base: int, *, fillers: bool) -> Iterator[PhraseHit]:
    """Find the phrases of scripts without spaces."""
    text = folded.text
    position = 0
    pattern = runs(fillers=fillers)
    while (match := pattern.search(text, position)) is not None:
        position = match.end()
        if match.start() > 0 and text[match.start() - 1] in _NO_PHRASE_AFTER:
            continue
        start, end = folded.original(match.start(), match.end())
        for kind in table.run_kinds[match[0]]:
            if (kind == "filler") == fillers:
                yield PhraseHit(start + base, end + base, kind)


def _match(run: tuple[str, ...], tokens: list[str], index: int) -> int | None:
    """Match the words of one phrase from `index` on; give the index of the last word, None if they differ."""
    end = index + len(run)
    if GAP not in run:
        return end - 1 if tuple(tokens[index:end]) == run else None
    at = run.index(GAP)
    if tuple(tokens[index : index + at]) != run[:at]:
        return None
    tail = run[at + 1 :]
    for start in range(index + at + 1, index + at + 1 + _MAXGAPWORDS):
        if tuple(tokens[start : start + len(tail)]) == tail:
            return start + len(tail) - 1
    return None


def _joined(text: str, words: list[tuple[int, int]], first: int, last: int) -> bool:
    """Tell whether no sentence ends between the words of a phrase."""
    for index in range(first, last):
        start, end = words[index][1], words[index + 1][0]
        if end - start > 1 and (end - start > _MAX_BETWEEN or _BREAK.search(text, start, end)):
            return False
    return True


def follow_phrases(text: str) -> tuple[PhraseHit, ...]:
    """Find the phrases that ask a reader to do something on a platform, in the order of the text.

    Hashtags and handles are no phrases. Linear in the length of the text.

    >>> [(hit.start, hit.end, hit.kind) for hit in follow_phrases("Come and follow me on Instagram")]
    [(9, 18, 'follow')]
    >>> follow_phrases("In Folge 12 steht alles #follow")
    ()
    """
    return tuple(hit for hit in find_phrases(text) if hit.kind in FOLLOW_KINDS)


def is_asking(words: Collection[str], folded: str) -> bool:
    """Tell whether a phrase that asks for something may stand in a folded text with these words: a quick screen."""
    asking = asking_words()
    rows = asking.rows.keys()
    found = () if rows.isdisjoint(words) else rows & words
    if found:
        has_all = set(words).issuperset
        for word in found:
            # Where the word is a phrase itself, that phrase is the first.
            if any(map(has_all, asking[word])):
                return True
    return is_unspaced(folded) and asking_runs().search(folded) is not None


def may_credit(words: Iterable[str]) -> bool:
    """Tell whether the name of a role may stand among these folded words: a quick screen."""
    return not phrases().credit_words.isdisjoint(words)


def may_be_role(words: Iterable[str]) -> bool:
    """Tell whether folded words may be the header of a block of credits: a quick screen."""
    return not phrases().role_words.isdisjoint(words)


def calls_at(text: str, offset: int) -> tuple[PhraseHit, ...]:
    """Find the phrases in the words from `offset` on if a call to follow or to subscribe begins right there.

    >>> calls_at("see youSubscribe to my channel", 7)[0].kind
    'subscribe'
    """
    word = WORD.match(text, offset, offset + _LONG_WORD)
    if word is None or fold_text(word[0]) not in phrases().by_word.rows:
        return ()
    end = text.find("\n", offset, offset + _CALL_REACH)
    hits = find_phrases(text[offset : offset + _CALL_REACH if end < 0 else end])
    if not any(hit.start == 0 and hit.kind in ("follow", "subscribe", "like") for hit in hits):
        return ()
    return tuple(PhraseHit(hit.start + offset, hit.end + offset, hit.kind) for hit in hits)


# What stands around a header and says nothing: bullets, emoji, arrows, brackets, rulers.
_RUN_FILLERS = frozenset(["network", "follow", "filler", "channel", "page"])
_NAME_WORDS = 5
_CALL_REACH = 120
_LONG_WORD = 40
# "Acme Ltd. Follow us on", "Ada Byrne - follow me": what stands before is content. "St." and "J." end no sentence.
_SENTENCE_BEFORE = lazy(r"(?:\w{3}|[^\W\d_]\d|\d)[.!?…。！？](?=\s|\Z)|[!?…。！？]\s|\s[-–—]\s")
_LONG_LABEL = 160
_LONG_HEADER = 60
_STRONG_LEFTOVER = 4
_WEAK_LEFTOVER = 3
_FEW_LEFTOVER = 2


def is_list_label(text: str) -> bool:
    """Tell whether the whole text is the header of a link list: "Follow us:", "Síguenos en", "Мы в соцсетях".

    Bullets, emoji, arrows, case and the names of platforms in it make no difference. Neutral headers ("Contact",
    "Website") are none.

    >>> [is_list_label(text) for text in ("★ FOLLOW US ★", "Follow Acme on social media:", "Мы в соцсетях")]
    [True, True, True]
    >>> [is_list_label(text) for text in ("Contact", "Website:", "Follow the recipe", "Social media manager: Ada")]
    [False, False, False, False]
    """
    return len(text) <= _LONG_LABEL and _is_list_label(text)


@lru_cache(maxsize=4096)
def _is_list_label(text: str) -> bool:
    screened = fold_text(text)
    if not is_asking(WORD.findall(screened), screened):
        return False
    table = phrases()
    bare = _without_platforms(text)
    folded = fold(bare)
    tokens = WORD.findall(folded.text)
    hits = _find(bare, tokens)
    fillers = _find(bare, tokens, fillers=True)
    words = [folded.original(match.start(), match.end()) for match in WORD.finditer(folded.text)]
    covered = [hit for hit in hits if hit.kind in ("network", "network_weak", "follow")]
    if is_unspaced(folded.text):
        return _is_unspaced_label(folded.text, covered, table)
    if not covered:
        return _is_call_with_name(text, words, hits, {(one.start, one.end) for one in fillers})
    rest = [
        word for word in words if not any(hit.start <= word[0] and word[1] <= hit.end for hit in (*covered, *fillers))
    ]
    neutral = [hit for hit in hits if hit.kind in ("credit", "own", "not_channel")]
    if any(hit.start <= start and end <= hit.end for start, end in rest for hit in neutral):
        return False
    if rest and rest[0][0] < covered[0].start and _SENTENCE_BEFORE.search(text, rest[0][0], covered[0].start):
        return False
    strong = [hit for hit in covered if hit.kind == "network"]
    if strong:
        after = [word for word in rest if word[0] > strong[-1].end]
        colon = text[strong[-1].end : strong[-1].end + 2].strip()[:1] in (":", "：") if after else False
        return len(rest) <= _STRONG_LEFTOVER and len(after) <= 2 and not (after and colon)
    weak = [hit for hit in covered if hit.kind == "network_weak"]
    if weak and all(hit.kind == "network_weak" for hit in covered):
        # With words of its own it is a trade or a firm, "Técnico de redes", "Acme Social", unless a colon follows.
        is_head = len(rest) <= _WEAK_LEFTOVER and text.rstrip().endswith((":", "：")) and weak[-1].end == words[-1][1]
        return is_head or not rest
    if _leads_to_place(text, covered[-1], rest, named=bare != text):
        return False
    return len(rest) <= _FEW_LEFTOVER and covered[0].start <= words[0][0] + 24


def heads_links(text: str) -> bool:
    """Tell whether a text in a signature is the header of links there, and no field of work or firm.

    >>> [heads_links(text) for text in ("Our social media", "Analista de Redes Sociais", "Acme Social Media")]
    [True, False, False]
    """
    return is_list_label(text) and not names_field(text)


def calls_reader(text: str) -> bool:
    """Tell whether a text asks for something, "Follow us on", where the name of a network alone asks for nothing."""
    return any(
        hit.kind == "opener" or (hit.kind in FOLLOW_KINDS and hit.kind != "network") for hit in find_phrases(text)
    )


@lru_cache(maxsize=4096)
def names_field(text: str) -> bool:
    """Tell whether a text names social networks among words of its own, and asks for nothing: "Social Media Manager".

    >>> names_field("Find Acme on social media")
    False
    """
    hits = find_phrases(text)
    if not any(hit.kind == "network" for hit in hits) or calls_reader(text):
        return False
    if text.rstrip().endswith((":", "：")) or is_unspaced(fold_text(text)):
        return False
    left = bytearray(b"\1") * len(text)
    for hit in (*hits, *find_fillers(text)):
        if hit.kind in _RUN_FILLERS:
            left[hit.start : hit.end] = bytes(hit.end - hit.start)
    return any(left[match.start()] for match in WORD.finditer(_without_platforms(text)))


def _leads_to_place(text: str, call: PhraseHit, rest: list[tuple[int, int]], *, named: bool) -> bool:
    """Tell whether a call goes on with a place that is no platform: "Find us at the market", "Find us on floor 3"."""
    if text.rstrip().endswith((":", "：")):
        return False
    if any(text[start].isdigit() for start, _ in rest):
        return True
    last = WORD.findall(text[call.start : call.end])[-1]
    return not named and any(start >= call.end for start, _ in rest) and is_word(last, "place")


def _without_platforms(text: str) -> str:
    """Blank the names of platforms, which may stand in any header."""
    from sigtrim.detect.platforms import registry  # noqa: PLC0415 - the registry reads its data at the first use

    spans = registry().labels_in(text)
    for span in reversed(spans):
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def _is_call_with_name(
    text: str, words: list[tuple[int, int]], hits: tuple[PhraseHit, ...], fillers: set[tuple[int, int]]
) -> bool:
    """Tell whether the text is "follow" and a name: up to five words that do not begin with a small letter."""
    for hit in hits:
        if hit.kind == "opener" and hit.start <= words[0][0]:
            break
    else:
        return False
    name = [word for word in words if word[0] >= hit.end]
    proper = [word for word in name if word not in fillers]
    if not proper or len(name) > _NAME_WORDS + 2 or len(proper) > _NAME_WORDS:
        return False
    others = {(one.start, one.end) for one in hits if one.kind in ("own", "content", "credit", "not_channel")}
    if others.issuperset(proper):
        return False
    capitals = [not text[start].islower() for start, _ in proper]
    return all(capitals) or (any(capitals) and text.rstrip().endswith((":", "：")))


def _is_unspaced_label(text: str, covered: list[PhraseHit], table: Phrases) -> bool:
    if not covered:
        return False
    rest = all_runs().sub(lambda match: "" if _RUN_FILLERS.intersection(table.run_kinds[match[0]]) else match[0], text)
    return sum(map(len, WORD.findall(rest))) <= _STRONG_LEFTOVER


def is_header(text: str) -> bool:
    """Tell whether the whole text heads a list where one stands beside it: "Connect", "Online", "Where to listen".

    Many of these words head other things as well, so what stands beside must be known to be a list.

    >>> is_header("★ Find us online:"), is_header("Online shop")
    (True, False)
    """
    return len(text) <= _LONG_HEADER and _is_header(text)


@lru_cache(maxsize=4096)
def _is_header(text: str) -> bool:
    return " ".join(WORD.findall(fold_text(text))) in phrases().headers


def is_word(word: str, kind: WordKind) -> bool:
    """Tell whether a word is one of a kind, such as those that join the items of an enumeration: "and", "&".

    >>> is_word("Und", "joint"), is_word("&", "joint"), is_word("under", "joint")
    (True, True, False)
    """
    return len(word) <= _LONG_WORD and _is_word(word, kind)


@lru_cache(maxsize=4096)
def _is_word(word: str, kind: WordKind) -> bool:
    return fold_text(word) in words(kind)


def is_legal_text(text: str) -> bool:
    """Tell whether a text is legal text: a disclaimer, registry data, a way to unsubscribe.

    >>> is_legal_text("Registered in England, company number 0000000"), is_legal_text("Head of Sales")
    (True, False)
    """
    return (
        "\u00a9" in text
        or "(c) " in text.lower()
        or legal_texts().search(" ".join(WORD.findall(fold_text(text)))) is not None
    )
