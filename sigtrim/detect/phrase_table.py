"""The phrases by which captions and signatures send people on, as they are looked up.

They live in `data/phrases.toml`; `python -m sigtrim.detect.phrase_table` compiles them into `data/phrases.json`, which
is loaded at the first question. What is built of it is built where it is first asked for: most runs see few scripts.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from sigtrim.parse.fold import fold_text
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "FOLLOW_KINDS",
    "GAP",
    "WORD",
    "Candidates",
    "PhraseKind",
    "Phrases",
    "Run",
    "all_runs",
    "asking_runs",
    "asking_words",
    "compile_table",
    "is_unspaced",
    "legal_texts",
    "phrases",
    "runs",
]

PhraseKind = Literal[
    "network", "network_weak", "follow", "opener", "subscribe", "like", "bell", "share", "comment", "bio",
    "bait_vote", "bait_react", "bait_share", "bait_tag", "bait_comment",
    "channel", "channels", "page", "own", "credit", "role", "thanks", "content", "filler", "not_channel",
    "header", "joint", "legal",
]  # fmt: skip
FOLLOW_KINDS: frozenset[str] = frozenset(
    ["network", "follow", "subscribe", "like", "bell", "share", "bio"]
    + [f"bait_{name}" for name in ("vote", "react", "share", "tag", "comment")]
)
"""The kinds of phrases that ask a reader to do something on a platform."""


_APART = frozenset(["header", "joint", "legal"])  # kinds that are asked for by functions of their own
_DATA = Path(__file__).parent.parent / "data"
WORD = lazy(r"[^\W_]++")
GAP = "..."
"""What stands in a phrase for up to four words."""
# Scripts that put no spaces between words, and Korean, whose particles are glued to the word.
_UNSPACED = (("\u0e00", "\u0e7f"), ("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"))

Run = tuple[tuple[str, ...], tuple[PhraseKind, ...]]
# The phrases that begin with a word: by their second word, and those of one word or with a gap behind it.
Candidates = tuple[dict[str, tuple[Run, ...]], tuple[Run, ...]]


class Phrases(NamedTuple):
    """The phrases, ready to be looked up.

    `by_word` gives for a first word the phrases that begin with it, the longest first, fillers apart; `run_kinds`
    tells the kinds of the phrases of scripts without spaces.
    """

    by_word: dict[str, Candidates]
    run_kinds: dict[str, tuple[PhraseKind, ...]]
    filler_by_word: dict[str, Candidates]
    credit_words: frozenset[str]
    role_words: frozenset[str]
    headers: frozenset[str]
    joints: frozenset[str]


def is_unspaced(text: str) -> bool:
    """Tell whether a text holds a letter of a script without spaces between words."""
    return not text.isascii() and _unspaced().search(text) is not None


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{''.join(f'{first}-{last}' for first, last in _UNSPACED)}]")


@cache
def _texts() -> dict[str, list[str]]:
    import json  # noqa: PLC0415 - needed at the first call only

    return cast("dict[str, list[str]]", json.loads((_DATA / "phrases.json").read_bytes()))


@cache
def _asking() -> tuple[dict[str, tuple[frozenset[str], ...]], frozenset[str]]:
    """Return the phrases that ask for something: by their longest words, and those of scripts without spaces."""
    texts = {text for kind in (*FOLLOW_KINDS, "network_weak", "opener") for text in _texts()[kind]}
    unspaced = frozenset(filter(_is_run, texts))
    found: dict[str, list[frozenset[str]]] = {}
    for text in texts - unspaced:
        words = [word for word in text.split() if word != GAP]
        found.setdefault(max(words, key=len), []).append(frozenset(words))
    return {word: tuple(sorted(phrases, key=len)) for word, phrases in found.items()}, unspaced


def asking_words() -> dict[str, tuple[frozenset[str], ...]]:
    """Return the phrases that ask for something by their longest word, each as the set of its words, short ones first.

    Those of scripts without spaces are left out.
    """
    return _asking()[0]


def _is_run(text: str) -> bool:
    """Tell what `is_unspaced` tells; for texts of a few letters this is faster than to make its pattern."""
    return max(text) >= _UNSPACED[0][0] and any(
        first <= character <= last for character in text for first, last in _UNSPACED
    )


@cache
def phrases() -> Phrases:
    """Load the phrases."""
    table = _texts()
    kinds: dict[str, list[PhraseKind]] = {}
    for kind, texts in table.items():
        if kind not in _APART:
            for text in texts:
                kinds.setdefault(text, []).append(cast("PhraseKind", kind))
    by_word: dict[str, list[Run]] = {}
    filler_by_word: dict[str, list[Run]] = {}
    run_kinds: dict[str, tuple[PhraseKind, ...]] = {}
    for text, its in kinds.items():
        if _is_run(text):
            run_kinds[text] = tuple(its)
            continue
        run = tuple(text.split())
        if "filler" in its:
            filler_by_word.setdefault(run[0], []).append((run, ("filler",)))
        others = tuple(kind for kind in its if kind != "filler")
        if others:
            by_word.setdefault(run[0], []).append((run, others))
    return Phrases(
        _by_second(by_word),
        run_kinds,
        _by_second(filler_by_word),
        frozenset(text.partition(" ")[0] for text in table["credit"]),
        frozenset(text.partition(" ")[0] for text in (*table["credit"], *table["role"])),
        frozenset(table["header"]),
        frozenset(table["joint"]),
    )


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
    return _any_of(_asking()[1])


@cache
def legal_texts() -> re.Pattern[str]:
    """Return the pattern of the words of legal text."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, _texts()['legal']))})\b")


def _by_second(table: dict[str, list[Run]]) -> dict[str, Candidates]:
    """Divide the phrases that begin with a word by their second one."""
    divided = {}
    for word, rows in table.items():
        longer: dict[str, list[Run]] = {}
        others = []
        for row in sorted(rows, key=lambda row: -len(row[0])):
            if len(row[0]) > 1 and row[0][1] != GAP:
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


def _normalise(phrase: str) -> str:
    folded = fold_text(phrase).strip()
    if is_unspaced(folded):
        return " ".join(folded.split())
    return " ".join(GAP if part == GAP else " ".join(WORD.findall(part)) for part in folded.split())


if __name__ == "__main__":
    (_DATA / "phrases.json").write_text(
        compile_table((_DATA / "phrases.toml").read_text(encoding="utf-8")), encoding="utf-8", newline="\n"
    )
