"""Recognise what captions and signatures say when they send people on: "follow us on", "síguenos", "チャンネル登録".

The phrases live in `data/phrases.toml`; `python -m sigtrim.detect.phrases` compiles them into `data/phrases.json`,
which is loaded at the first call.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from sigtrim.parse.fold import Folded, fold, fold_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = [
    "FOLLOW_KINDS",
    "PhraseHit",
    "PhraseKind",
    "calls_at",
    "compile_table",
    "find_fillers",
    "find_phrases",
    "follow_phrases",
    "is_asking",
    "is_list_label",
    "may_credit",
    "may_hold_phrase",
]

PhraseKind = Literal[
    "network", "network_weak", "follow", "opener", "subscribe", "like", "bell", "share", "comment", "bio",
    "bait_vote", "bait_react", "bait_share", "bait_tag", "bait_comment",
    "channel", "page", "own", "credit", "thanks", "content", "filler", "not_channel",
    "header", "joint", "legal",
]  # fmt: skip
FOLLOW_KINDS: frozenset[str] = frozenset(
    ["network", "follow", "subscribe", "like", "bell", "share", "bio"]
    + [f"bait_{name}" for name in ("vote", "react", "share", "tag", "comment")]
)
"""The kinds of phrases that ask a reader to do something on a platform."""

_DATA = Path(__file__).parent.parent / "data"
_WORD = re.compile(r"[^\W_]++")
# Between two words of one phrase: anything but the end of a sentence or of a line.
_BREAK = re.compile(r"[.!?…。！？](?:\s|\Z)|[\n\r]")
_MAX_BETWEEN = 16
_GAP = "..."
_MAX_GAP_WORDS = 4
# Scripts that put no spaces between words, and Korean, whose particles are glued to the word.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NO_PHRASE_AFTER = "#＃@"


class PhraseHit(NamedTuple):
    """A phrase in a text: its range, half-open, in code points, and its kind."""

    start: int
    end: int
    kind: PhraseKind


_Run = tuple[tuple[str, ...], tuple[PhraseKind, ...]]
# The phrases that begin with a word: by their second word, and those of one word or with a gap behind it.
_Candidates = tuple[dict[str, tuple[_Run, ...]], tuple[_Run, ...]]


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The phrases, ready to be looked up.

    `by_word` gives for a first word the phrases that begin with it, the longest first, fillers apart; `runs`
    finds the phrases of scripts without spaces, whose kinds `run_kinds` tells. `asking` gives for a word those phrases
    that ask for something of which it is the longest word, each as the set of its words.
    """

    by_word: dict[str, _Candidates]
    runs: re.Pattern[str]
    run_kinds: dict[str, tuple[PhraseKind, ...]]
    filler_by_word: dict[str, _Candidates]
    filler_runs: re.Pattern[str]
    all_runs: re.Pattern[str]
    credit_words: frozenset[str]
    asking: dict[str, tuple[frozenset[str], ...]]
    asking_runs: re.Pattern[str]
    headers: frozenset[str]
    joints: frozenset[str]
    legal: re.Pattern[str]


def find_phrases(text: str) -> tuple[PhraseHit, ...]:
    """Find the phrases of all kinds but fillers, for each kind the longest at a place, in the order of the text.

    >>> [hit.kind for hit in find_phrases("Don't forget to LIKE, comment & subscribe!") if hit.kind in FOLLOW_KINDS]
    ['like', 'like', 'subscribe']
    """
    return _find(fold(text))


def may_hold_phrase(text: str, words: Iterable[str]) -> bool:
    """Tell whether a text with these folded words may hold a phrase that is no filler: a quick screen."""
    return not _phrases().by_word.keys().isdisjoint(words) or (
        not text.isascii() and _UNSPACED.search(text) is not None
    )


def find_fillers(text: str) -> tuple[PhraseHit, ...]:
    """Find the small words that may stand around a header, in the order of the text.

    >>> [hit.start for hit in find_fillers("follow all of us")]
    [0, 7, 11, 14]
    """
    return _find(fold(text), fillers=True)


def _find(folded: Folded, *, fillers: bool = False) -> tuple[PhraseHit, ...]:
    phrases = _phrases()
    text = folded.text
    hits: list[PhraseHit] = []
    by_word = phrases.filler_by_word if fillers else phrases.by_word
    tokens = _WORD.findall(text)
    found = [index for index, token in enumerate(tokens) if token in by_word]
    words = list(_WORD.finditer(text)) if found else []
    for index in found:
        before = words[index].start() - 1
        if before >= 0 and text[before] in _NO_PHRASE_AFTER:
            continue
        longer, others = by_word[tokens[index]]
        met: set[str] = set()
        for run, kinds in (*(longer.get(tokens[index + 1], ()) if index + 1 < len(tokens) else ()), *others):
            if met and met.issuperset(kinds):
                continue
            last = _match(run, tokens, index) if len(run) > 1 else index
            if last is None or (last > index and not _joined(text, words, index, last)):
                continue
            start, end = words[index].start(), words[last].end()
            if folded.ends is not None:
                start, end = folded.original(start, end)
            for kind in kinds:
                if kind not in met:
                    met.add(kind)
                    hits.append(PhraseHit(start, end, kind))
    if not text.isascii() and _UNSPACED.search(text):
        hits += _find_runs(folded, phrases, fillers=fillers)
        hits.sort(key=lambda hit: hit.start)
    return tuple(hits)


def _find_runs(folded: Folded, phrases: _Phrases, *, fillers: bool) -> Iterator[PhraseHit]:
    """Find the phrases of scripts without spaces."""
    text = folded.text
    position = 0
    runs = phrases.filler_runs if fillers else phrases.runs
    while (match := runs.search(text, position)) is not None:
        position = match.end()
        if match.start() > 0 and text[match.start() - 1] in _NO_PHRASE_AFTER:
            continue
        start, end = folded.original(match.start(), match.end())
        for kind in phrases.run_kinds[match[0]]:
            if (kind == "filler") == fillers:
                yield PhraseHit(start, end, kind)


def _match(run: tuple[str, ...], tokens: list[str], index: int) -> int | None:
    """Match the words of one phrase from `index` on; give the index of the last word, None if they differ."""
    end = index + len(run)
    if _GAP not in run:
        return end - 1 if tuple(tokens[index:end]) == run else None
    at = run.index(_GAP)
    if tuple(tokens[index : index + at]) != run[:at]:
        return None
    tail = run[at + 1 :]
    for start in range(index + at + 1, index + at + 1 + _MAX_GAP_WORDS):
        if tuple(tokens[start : start + len(tail)]) == tail:
            return start + len(tail) - 1
    return None


def _joined(text: str, words: list[re.Match[str]], first: int, last: int) -> bool:
    """Tell whether no sentence ends between the words of a phrase."""
    for index in range(first, last):
        start, end = words[index].end(), words[index + 1].start()
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
    phrases = _phrases()
    found = phrases.asking.keys() & words
    if found:
        has_all = set(words).issuperset
        if any(has_all(others) for word in found for others in phrases.asking[word]):
            return True
    return not folded.isascii() and phrases.asking_runs.search(folded) is not None


def may_credit(words: Iterable[str]) -> bool:
    """Tell whether the name of a role may stand among these folded words: a quick screen."""
    return not _phrases().credit_words.isdisjoint(words)


def calls_at(text: str, offset: int) -> tuple[PhraseHit, ...]:
    """Find the phrases in the words from `offset` on if a call to follow or to subscribe begins right there.

    >>> calls_at("see youSubscribe to my channel", 7)[0].kind
    'subscribe'
    """
    word = _WORD.match(text, offset, offset + _LONG_WORD)
    if word is None or fold_text(word[0]) not in _phrases().by_word:
        return ()
    end = text.find("\n", offset, offset + _CALL_REACH)
    hits = _find(fold(text[offset : offset + _CALL_REACH if end < 0 else end]))
    if not any(hit.start == 0 and hit.kind in ("follow", "subscribe", "like") for hit in hits):
        return ()
    return tuple(PhraseHit(hit.start + offset, hit.end + offset, hit.kind) for hit in hits)


# What stands around a header and says nothing: bullets, emoji, arrows, brackets, rulers.
_RUN_FILLERS = frozenset(["network", "follow", "filler", "channel", "page"])
_NAME_WORDS = 5
_CALL_REACH = 120
_LONG_WORD = 40
_LONG_LABEL = 160
_LONG_HEADER = 60
_STRONG_LEFTOVER = 4
_WEAK_LEFTOVER = 3


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
    phrases = _phrases()
    folded = fold(_without_platforms(text))
    hits = _find(folded)
    fillers = _find(folded, fillers=True)
    words = [folded.original(match.start(), match.end()) for match in _WORD.finditer(folded.text)]
    if not words:
        return False
    covered = [hit for hit in hits if hit.kind in ("network", "network_weak", "follow")]
    if _UNSPACED.search(folded.text):
        return _is_unspaced_label(folded.text, covered, phrases)
    if not covered:
        return _is_call_with_name(text, words, hits, {(one.start, one.end) for one in fillers})
    rest = [
        word for word in words if not any(hit.start <= word[0] and word[1] <= hit.end for hit in (*covered, *fillers))
    ]
    neutral = [hit for hit in hits if hit.kind in ("credit", "own", "not_channel")]
    if any(hit.start <= start and end <= hit.end for start, end in rest for hit in neutral):
        return False
    strong = [hit for hit in covered if hit.kind == "network"]
    if strong:
        after = [word for word in rest if word[0] > strong[-1].end]
        colon = text[strong[-1].end : strong[-1].end + 2].strip()[:1] in (":", "：") if after else False
        return len(rest) <= _STRONG_LEFTOVER and len(after) <= 2 and not (after and colon)
    weak = [hit for hit in covered if hit.kind == "network_weak"]
    if weak and all(hit.kind == "network_weak" for hit in covered):
        return len(rest) <= _WEAK_LEFTOVER and (weak[-1].end == words[-1][1] or not rest)
    return len(rest) <= 2 and covered[0].start <= words[0][0] + 24


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


def _is_unspaced_label(text: str, covered: list[PhraseHit], phrases: _Phrases) -> bool:
    if not covered:
        return False
    rest = phrases.all_runs.sub(
        lambda match: "" if _RUN_FILLERS.intersection(phrases.run_kinds[match[0]]) else match[0], text
    )
    return sum(map(len, _WORD.findall(rest))) <= _STRONG_LEFTOVER


@cache
def _phrases() -> _Phrases:
    import json  # noqa: PLC0415 - needed at the first call only

    table = cast("dict[PhraseKind, list[str]]", json.loads((_DATA / "phrases.json").read_bytes()))
    headers, joints, legal = (table.pop(kind) for kind in ("header", "joint", "legal"))
    kinds: dict[str, list[PhraseKind]] = {}
    for kind, texts in table.items():
        for text in texts:
            kinds.setdefault(text, []).append(kind)
    by_word: dict[str, list[_Run]] = {}
    filler_by_word: dict[str, list[_Run]] = {}
    run_kinds: dict[str, tuple[PhraseKind, ...]] = {}
    for text, its in kinds.items():
        if _UNSPACED.search(text):
            run_kinds[text] = tuple(its)
            continue
        run = tuple(text.split())
        if "filler" in its:
            filler_by_word.setdefault(run[0], []).append((run, ("filler",)))
        others = tuple(kind for kind in its if kind != "filler")
        if others:
            by_word.setdefault(run[0], []).append((run, others))
    asked = {text for kind in (*FOLLOW_KINDS, "network_weak", "opener") for text in table[cast("PhraseKind", kind)]}
    return _Phrases(
        _by_second(by_word),
        _any_of(text for text, its in run_kinds.items() if its != ("filler",)),
        run_kinds,
        _by_second(filler_by_word),
        _any_of(text for text, its in run_kinds.items() if "filler" in its),
        _any_of(run_kinds),
        frozenset(text.partition(" ")[0] for text in table["credit"]),
        _by_longest_word(text for text in asked if text not in run_kinds),
        _any_of(text for text in asked if text in run_kinds),
        frozenset(headers),
        frozenset(joints),
        re.compile(rf"\b(?:{'|'.join(map(re.escape, legal))})\b"),
    )


def _by_longest_word(texts: Iterable[str]) -> dict[str, tuple[frozenset[str], ...]]:
    """Return the words of each phrase by its longest one."""
    found: dict[str, list[frozenset[str]]] = {}
    for text in texts:
        words = [word for word in text.split() if word != _GAP]
        found.setdefault(max(words, key=len), []).append(frozenset(words))
    return {word: tuple(phrases) for word, phrases in found.items()}


def _by_second(table: dict[str, list[_Run]]) -> dict[str, _Candidates]:
    """Divide the phrases that begin with a word by their second one."""
    divided = {}
    for word, rows in table.items():
        longer: dict[str, list[_Run]] = {}
        others = []
        for row in sorted(rows, key=lambda row: -len(row[0])):
            if len(row[0]) > 1 and row[0][1] != _GAP:
                longer.setdefault(row[0][1], []).append(row)
            else:
                others.append(row)
        divided[word] = ({second: tuple(its) for second, its in longer.items()}, tuple(others))
    return divided


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(text) for text in sorted(texts, key=lambda text: (-len(text), text))))


def compile_table(toml: str) -> str:
    r"""Compile the text of `phrases.toml` into that of `phrases.json`: the folded phrases of all languages by kind.

    Raises `tomllib.TOMLDecodeError` where the text is no TOML.

    >>> compile_table('[es]\nfollow = ["Sígueme en"]\n[fr]\nfollow = ["suis-moi"]')
    '{\n"follow":["sigueme en","suis moi"]\n}\n'
    """
    import json  # noqa: PLC0415 - needed by the generator only
    import tomllib  # noqa: PLC0415 - needed by the generator only

    table: dict[str, set[str]] = {}
    for language in tomllib.loads(toml).values():
        for kind, texts in language.items():
            table.setdefault(kind, set()).update(map(_normalise, texts))
    rows = (
        f"{json.dumps(kind)}:{json.dumps(sorted(texts), ensure_ascii=False, separators=(',', ':'))}"
        for kind, texts in sorted(table.items())
    )
    return "{\n" + ",\n".join(rows) + "\n}\n"


def is_header(text: str) -> bool:
    """Tell whether the whole text heads a list where one stands beside it: "Connect", "Online", "Where to listen".

    Many of these words head other things as well, so what stands beside must be known to be a list.

    >>> is_header("★ Find us online:"), is_header("Online shop")
    (True, False)
    """
    return len(text) <= _LONG_HEADER and _is_header(text)


@lru_cache(maxsize=4096)
def _is_header(text: str) -> bool:
    return " ".join(_WORD.findall(fold_text(text))) in _phrases().headers


def is_joint(word: str) -> bool:
    """Tell whether a word joins the items of an enumeration: "and", "oder", "&".

    >>> is_joint("Und"), is_joint("&"), is_joint("under")
    (True, True, False)
    """
    return len(word) <= _LONG_WORD and _is_joint(word)


@lru_cache(maxsize=4096)
def _is_joint(word: str) -> bool:
    return word in ("&", "+", "and/or") or fold_text(word).strip() in _phrases().joints


def is_legal_text(text: str) -> bool:
    """Tell whether a text is legal text: a disclaimer, registry data, a way to unsubscribe.

    >>> is_legal_text("Registered in England, company number 0000000"), is_legal_text("Head of Sales")
    (True, False)
    """
    return (
        "\u00a9" in text
        or "(c) " in text.lower()
        or _phrases().legal.search(" ".join(_WORD.findall(fold_text(text)))) is not None
    )


def _normalise(phrase: str) -> str:
    folded = fold_text(phrase).strip()
    if _UNSPACED.search(folded):
        return " ".join(folded.split())
    return " ".join(_GAP if part == _GAP else " ".join(_WORD.findall(part)) for part in folded.split())


if __name__ == "__main__":
    (_DATA / "phrases.json").write_text(
        compile_table((_DATA / "phrases.toml").read_text(encoding="utf-8")), encoding="utf-8", newline="\n"
    )
