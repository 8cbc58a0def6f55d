"""The phrases by which captions and signatures send people on, as they are looked up.

They live in `data/phrases.toml`; its compiled form is loaded at the first question, and what is built of it is built
where it is first asked for: most runs see few scripts.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar, cast, get_args

from sigtrim.data import load
from sigtrim.parse.fold import fold_text
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "FOLLOW_KINDS",
    "GAP",
    "WORD",
    "ByWord",
    "Candidates",
    "PhraseKind",
    "Phrases",
    "Run",
    "WordKind",
    "all_runs",
    "asking_runs",
    "asking_words",
    "compile_table",
    "is_unspaced",
    "legal_texts",
    "phrases",
    "runs",
    "words",
]

PhraseKind = Literal[
    "network", "network_weak", "follow", "opener", "subscribe", "like", "bell", "share", "comment", "bio",
    "bait_vote", "bait_react", "bait_share", "bait_tag", "bait_comment",
    "channel", "channels", "page", "own", "credit", "role", "thanks", "content", "filler", "not_channel",
    "header", "legal",
]  # fmt: skip
WordKind = Literal["call", "called", "employer", "joint", "particle", "place"]
FOLLOW_KINDS: frozenset[str] = frozenset(
    ["network", "follow", "subscribe", "like", "bell", "share", "bio"]
    + [f"bait_{name}" for name in ("vote", "react", "share", "tag", "comment")]
)
"""The kinds of phrases that ask a reader to do something on a platform."""


_ASKING = FOLLOW_KINDS | {"network_weak", "opener"}
_APART = frozenset(["header", "legal"])  # kinds that are asked for by functions of their own
WORD = lazy(r"[^\W_]++")
GAP = "..."
"""What stands in a phrase for up to four words."""
# Scripts that put no spaces between words, and Korean, whose particles are glued to the word.
_UNSPACED = (("\u0e00", "\u0e7f"), ("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"))

Run = tuple[tuple[str, ...], tuple[PhraseKind, ...]]
# The phrases that begin with a word: by their second word, and those of one word or with a gap behind it.
Candidates = tuple[dict[str, tuple[Run, ...]], tuple[Run, ...]]
_T = TypeVar("_T")


class ByWord(Generic[_T]):
    """What is known of words. `rows` holds all of it as it is written; a word's is read when it is first asked for."""

    def __init__(self, rows: dict[str, str], read: Callable[[str], _T]) -> None:
        self.rows = rows
        self._read = read
        self._known: dict[str, _T] = {}

    def __getitem__(self, word: str) -> _T:
        if word not in self._known:
            self._known[word] = self._read(self.rows[word])
        return self._known[word]


class Phrases(NamedTuple):
    """The phrases, ready to be looked up.

    `by_word` gives for a first word the phrases that begin with it, the longest first, fillers apart; `run_kinds`
    tells the kinds of the phrases of scripts without spaces.
    """

    by_word: ByWord[Candidates]
    run_kinds: dict[str, tuple[PhraseKind, ...]]
    filler_by_word: ByWord[Candidates]
    credit_words: frozenset[str]
    role_words: frozenset[str]
    headers: frozenset[str]


def is_unspaced(text: str) -> bool:
    """Tell whether a text holds a letter of a script without spaces between words."""
    return not text.isascii() and _unspaced().search(text) is not None


@cache
def _unspaced() -> re.Pattern[str]:
    # A set of one range in front of that of several: most characters are passed over faster.
    return re.compile(f"[^\0-\u0dff](?<=[{''.join(f'{first}-{last}' for first, last in _UNSPACED)}])")


@cache
def _table() -> dict[str, Any]:
    return cast("dict[str, Any]", load("phrases"))


@cache
def asking_words() -> ByWord[tuple[frozenset[str], ...]]:
    """Return the phrases that ask for something by their longest word, each as the set of its words, short ones first.

    Those of scripts without spaces are left out.
    """
    return ByWord(_table()["asking"], _word_sets)


def _word_sets(row: str) -> tuple[frozenset[str], ...]:
    return tuple(sorted((frozenset(text.split()) - {GAP} for text in row.split("|")), key=len))


def _is_run(text: str) -> bool:
    """Tell what `is_unspaced` tells; for texts of a few letters this is faster than to make its pattern."""
    return max(text) >= _UNSPACED[0][0] and any(
        first <= character <= last for character in text for first, last in _UNSPACED
    )


@cache
def phrases() -> Phrases:
    """Load the phrases."""
    table = _table()
    return Phrases(
        ByWord(table["by_word"], _candidates),
        {text: tuple(kinds.split()) for text, kinds in table["runs"].items()},
        ByWord(table["filler_by_word"], _candidates),
        frozenset(table["credit_words"]),
        frozenset(table["role_words"]),
        frozenset(table["header"]),
    )


@cache
def words(kind: WordKind) -> frozenset[str]:
    """Return the single words of a kind, folded."""
    return frozenset(_table()["words"][kind].split())


@cache
def runs(*, fillers: bool) -> re.Pattern[str]:
    """Return the pattern of the phrases of scripts without spaces: of the fillers, or of all others."""
    return _any_of(
        text for text, its in phrases().run_kinds.items() if ("filler" in its if fillers else its != ("filler",))
    )


@cache
def all_runs() -> re.Pattern[str]:
    """Return the pattern of all phrases of scripts without spaces."""
    return _any_of(phrases().run_kinds)


@cache
def asking_runs() -> re.Pattern[str]:
    """Return the pattern of those that ask for something."""
    return _any_of(_table()["asking_runs"])


@cache
def legal_texts() -> re.Pattern[str]:
    """Return the pattern of the words of legal text."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, _table()['legal']))})\b")


def _candidates(row: str) -> Candidates:
    """Read the phrases that begin with a word, and divide them by their second one."""
    phrases = [text.partition("=") for text in row.split("|")]
    found = [(tuple(text.split()), cast("tuple[PhraseKind, ...]", tuple(kinds.split()))) for text, _, kinds in phrases]
    longer: dict[str, list[Run]] = {}
    others = []
    for one in sorted(found, key=lambda one: -len(one[0])):
        if len(one[0]) > 1 and one[0][1] != GAP:
            longer.setdefault(one[0][1], []).append(one)
        else:
            others.append(one)
    return {second: tuple(its) for second, its in longer.items()}, tuple(others)


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(text) for text in sorted(texts, key=lambda text: (-len(text), text))))


def compile_table(toml: str) -> str:
    r"""Compile the text of `phrases.toml` into that of `phrases.json`: the folded phrases of all languages by word.

    Raises `tomllib.TOMLDecodeError` where the text is no TOML.

    >>> compile_table('[es]\nfollow = ["Sígueme en"]\n[fr]\nfollow = ["suis-moi"]').splitlines()[1]
    '"asking":{"sigueme":"sigueme en","suis":"suis moi"},'
    """
    import json  # noqa: PLC0415 - needed by the generator only
    import tomllib  # noqa: PLC0415 - needed by the generator only

    kinds: dict[str, set[str]] = {}
    single: dict[str, set[str]] = {kind: set() for kind in get_args(WordKind)}
    for language in tomllib.loads(toml).values():
        for kind, texts in language.items():
            if kind in single:
                single[kind].update(map(fold_text, texts))
                continue
            for text in texts:
                kinds.setdefault(_normalise(text), set()).add(kind)
    words = {kind: " ".join(sorted(texts)) for kind, texts in single.items()}
    tables = {**_rows(dict(sorted(kinds.items()))), "words": words}
    rows = (
        f"{json.dumps(name)}:{json.dumps(rows, ensure_ascii=False, separators=(',', ':'), sort_keys=True)}"
        for name, rows in sorted(tables.items())
    )
    return "{\n" + ",\n".join(rows) + "\n}\n"


def _rows(kinds: dict[str, set[str]]) -> dict[str, list[str] | dict[str, str]]:
    """Return the tables of `phrases.json` of the kinds of all phrases."""
    asking: dict[str, list[str]] = {}
    by_word: dict[str, list[str]] = {}
    fillers: dict[str, list[str]] = {}
    runs = {}
    for text, all_its in kinds.items():
        its = all_its - _APART
        if its and _is_run(text):
            runs[text] = " ".join(sorted(its))
            continue
        if not its.isdisjoint(_ASKING):
            asking.setdefault(max((word for word in text.split() if word != GAP), key=len), []).append(text)
        for table, those in ((fillers, its & {"filler"}), (by_word, its - {"filler"})):
            if those:
                table.setdefault(text.split()[0], []).append(f"{text}={' '.join(sorted(those))}")
    credit = {text.partition(" ")[0] for text in kinds if "credit" in kinds[text]}
    return {
        "asking": {word: "|".join(texts) for word, texts in asking.items()},
        "asking_runs": [text for text in runs if not kinds[text].isdisjoint(_ASKING)],
        "by_word": {word: "|".join(texts) for word, texts in by_word.items()},
        "credit_words": sorted(credit),
        "filler_by_word": {word: "|".join(texts) for word, texts in fillers.items()},
        "role_words": sorted(credit | {text.partition(" ")[0] for text in kinds if "role" in kinds[text]}),
        "runs": runs,
        **{kind: [text for text in kinds if kind in kinds[text]] for kind in sorted(_APART)},
    }


def _normalise(phrase: str) -> str:
    folded = fold_text(phrase).strip()
    if is_unspaced(folded):
        return " ".join(folded.split())
    return " ".join(GAP if part == GAP else " ".join(WORD.findall(part)) for part in folded.split())
