"""Names of platforms as people and files write them: labels, alt texts, icon files, classes, placeholders.

`Names` answers from the tables that `sigtrim.detect.registry_data` builds; its users go through
`sigtrim.detect.platforms`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LabelHit", "Names", "compact", "is_unspaced", "label_key", "normalize", "words"]


class LabelHit(NamedTuple):
    """A platform's name in a text: half-open code-point offsets into that text."""

    start: int
    end: int
    platform: str


# Zero-width and direction marks, soft hyphens, variation selectors.
_INVISIBLE = dict.fromkeys(
    (
        0x00AD,
        0x061C,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        *range(0xFE00, 0xFE10),
        0xFEFF,
    )
)
_IGNORED = lazy(r"[^\w+]|_")
_ASCII_WORD = lazy(r"[^\W_]+\+?")


@cache
def _any_word() -> re.Pattern[str]:
    """Return the pattern of words of all scripts; to make it takes as long as to read a signature."""
    # Letters of spaced scripts and of the others are different words: "公式Twitter".
    return re.compile(r"[^\W_\u0900-\U0010ffff]+\+?|[^\W_\x00-\u08ff]+")


def _word_in(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _any_word()


_MAX_LABEL = 120
_MAX_UNKNOWN_WORDS = 5
# A name is inflected only where it is long enough to be told from other words ("na Facebooku", "в телеграме").
_MIN_STEM = 6


def normalize(text: str) -> str:
    """Return the text with compatibility forms, case and invisible characters levelled (UAX 15, NFKC).

    >>> normalize("𝗧𝗶𝗸𝗧𝗼𝗸")
    'tiktok'
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(_INVISIBLE)


def compact(text: str) -> str:
    """Return the letters, digits and plus signs of a text, levelled: "T W I T C H" and "Twitch:" become one.

    >>> compact("► T W I T C H:")
    'twitch'
    """
    return _IGNORED.sub("", normalize(text))


def label_key(text: str) -> str:
    """Return the key under which a label is looked up: its words levelled, without punctuation and emoji.

    Spaced-out letters are put together, words are not: "We chat" is no "WeChat".

    >>> label_key("► T W I T C H:"), label_key("X (formerly Twitter)"), label_key("Tik-Tok")
    ('twitch', 'x formerly twitter', 'tiktok')
    """
    pieces = [piece for piece in (_IGNORED.sub("", part) for part in normalize(text).split()) if piece]
    if len(pieces) > 1 and all(len(piece) == 1 for piece in pieces):
        return "".join(pieces)
    return " ".join(pieces).replace(" +", "+")


def words(text: str) -> list[str]:
    """Return the words of a text, a final plus sign included ("google+")."""
    return _word_in(text).findall(text)


def is_unspaced(label: str) -> bool:
    """Tell whether a label is in a script without spaces around words (Indic, Thai, Hangul, CJK)."""
    return any(ord(character) >= 0x0900 for character in label)


class _Levels(dict[int, str]):
    """A table for `str.translate` that levels one character at a time, so that offsets can be kept.

    `uneven` are the characters met so far that do not become exactly one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        level = self[code] = normalize(chr(code))
        if len(level) != 1:
            self.uneven.add(chr(code))
        return level


# Text in which a platform's name is no label: addresses, e-mail addresses, handles, hashtags.
_NO_LABEL = lazy(
    r"(?<![a-z0-9])[a-z][a-z0-9+-]{0,30}+://\S++|\bwww\.\S++|(?<![\w.+-])[\w.+-]++@[\w.-]*+|[@#][\w.-]++"
    r"|(?<![\w.@-])(?:[a-z0-9-]++\.)++[a-z]{2,}+(?:[:/?#]\S*+)?"
)
_NO_LABEL_SIGN = lazy(r"[@#.]|://")
# What may stand between the words of one name ("buy me a coffee", "ko-fi", "angie's list").
_GLUE = lazy(r"[ \t\r\n\xa0_./'’\u2010\u2011-]{0,3}")
_KATAKANA = lazy(r"[\u30a1-\u30fa\u30fc]")


class Names:
    """Recognises platforms by what they are called; see `Registry` for what each look-up means."""

    __slots__ = ("_heads", "_label_words", "_levels", "_stems", "_tables", "_unspaced", "_words")

    def __init__(self, tables: dict[str, Any]) -> None:
        self._tables = tables
        self._words: dict[str, frozenset[str]] = {key: frozenset(values) for key, values in tables["words"].items()}
        # How the names begin that are long enough to be inflected.
        self._stems = frozenset(name[:_MIN_STEM] for name in tables["text"] if len(name) >= _MIN_STEM)
        self._levels = _Levels()
        self._heads: dict[str, list[str]] = {}
        self._unspaced: re.Pattern[str] | None = None
        self._label_words: frozenset[str] | None = None

    @property
    def label_words(self) -> frozenset[str]:
        """The words of which labels are made, and those that may stand around one."""
        if self._label_words is None:
            labels = (label for table in ("strong", "whole", "weak") for label in self._tables[table])
            self._label_words = self._words["fillers"].union(word for label in labels for word in label.split())
        return self._label_words

    def label(self, text: str, *, weak: bool) -> str | None:
        """Return the platform of which the whole text is a name."""
        if len(text) > _MAX_LABEL:
            return None
        key = label_key(text)
        found = self._label(key, weak=weak)
        if found or not key:
            return found
        fillers = self._words["fillers"]
        tokens = words(normalize(text))
        while tokens and tokens[0] in fillers:
            del tokens[0]
        while tokens and tokens[-1] in fillers:
            del tokens[-1]
        return self._label(" ".join(tokens), weak=weak) if tokens else None

    def strong_label(self, text: str) -> str | None:
        """Return the platform of which the whole text is a name wherever it stands."""
        return self.label(text, weak=False)

    def weak_label(self, text: str) -> str | None:
        """Return the platform of which the whole text is a name beside other evidence."""
        return self.label(text, weak=True)

    def _label(self, key: str, *, weak: bool) -> str | None:
        tables = self._tables
        found: str | None = tables["strong"].get(key) or tables["whole"].get(key)
        if found is None and weak:
            found = tables["weak"].get(key)
        if found is None and key.endswith("+"):
            return self._label(key.rstrip("+"), weak=weak)
        if found is None and len(key) > _MIN_STEM:
            found = tables["strong"].get(self._stem(key, tables["strong"]))
        return found

    def _stem(self, token: str, known: dict[str, Any]) -> str:
        """Return the known name of which a word is a case form, else the word."""
        endings = self._words["endings"]
        for length in (1, 2, 3):
            stem = token[:-length]
            if token[-length:] in endings and len(stem) >= _MIN_STEM and stem in known:
                return stem
        return token

    def labels_in(self, text: str) -> tuple[LabelHit, ...]:
        """Return every strong label in a longer text."""
        level, offsets = self._level(text)
        hits = self._token_hits(level)
        if not text.isascii():
            hits += self._unspaced_hits(level)
        if not hits:
            return ()
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        hidden = [found.span() for found in _NO_LABEL.finditer(level)] if _NO_LABEL_SIGN.search(level) else []
        result: list[LabelHit] = []
        end = at = 0
        for hit in hits:
            while at < len(hidden) and hidden[at][1] <= hit.start:
                at += 1
            if hit.start < end or (at < len(hidden) and hidden[at][0] < hit.end):
                continue
            end = hit.end
            if offsets is None:
                result.append(hit)
            else:
                result.append(LabelHit(offsets[hit.start], offsets[hit.end - 1] + 1, hit.platform))
        return tuple(result)

    def _level(self, text: str) -> tuple[str, list[int] | None]:
        """Return the text levelled for names, and for each of its characters the source offset (None: the same)."""
        if text.isascii():
            return text.lower(), None
        level = text.translate(self._levels)
        if self._levels.uneven.isdisjoint(text):
            return level, None
        offsets: list[int] = []
        for index, character in enumerate(text):
            offsets.extend([index] * len(self._levels[ord(character)]))
        return level, offsets

    def _token_hits(self, level: str) -> list[LabelHit]:
        heads: dict[str, list[list[str]]] = self._tables["text"]
        stems = self._stems
        hits: list[LabelHit] = []
        tokens = _word_in(level).findall(level)
        telling = [
            index
            for index, token in enumerate(tokens)
            if token in heads or token[-1] == "+" or token[:_MIN_STEM] in stems
            if any(tokens[index + 1 : index + len(names)] == names[1:] for names in self._entries(token))
        ]
        found = list(_word_in(level).finditer(level)) if telling else []
        for index in telling:
            token, end = tokens[index], found[index].end()
            if token not in heads and token[-1] == "+":
                end -= 1
            for platform, *rest in self._entries(token):
                last = self._follow(level, found, index, end, rest)
                if last:
                    hits.append(LabelHit(found[index].start(), last, platform))
                    break
        return hits

    def _entries(self, token: str) -> Sequence[list[str]]:
        """Return the names that begin with a word, each as its platform and its further words."""
        heads: dict[str, list[list[str]]] = self._tables["text"]
        entries = heads.get(token)
        if entries is None and token[-1] == "+":
            token = token[:-1]
            entries = heads.get(token)
        if entries is None and len(token) > _MIN_STEM:
            entries = heads.get(self._stem(token, heads))
        return entries or ()

    @staticmethod
    def _follow(level: str, found: Sequence[re.Match[str]], index: int, end: int, rest: Sequence[str]) -> int:
        """Return where a name ends whose further words must follow, or 0 where they do not."""
        for step, wanted in enumerate(rest, index + 1):
            if step >= len(found) or found[step][0] != wanted or not _GLUE.fullmatch(level, end, found[step].start()):
                return 0
            end = found[step].end()
        return end

    def _unspaced_hits(self, level: str) -> list[LabelHit]:
        table: dict[str, str] = self._tables["unspaced"]
        if self._unspaced is None:
            heads: dict[str, list[str]] = {}
            for label in sorted(table, key=len, reverse=True):
                heads.setdefault(label[0], []).append(label)
            self._heads = heads
            self._unspaced = re.compile(f"[{re.escape(''.join(heads))}]" if heads else r"(?!)")
        hits: list[LabelHit] = []
        for found in self._unspaced.finditer(level):
            start = found.start()
            for label in self._heads[found[0]]:
                if level.startswith(label, start) and not _goes_on(level, start, start + len(label)):
                    hits.append(LabelHit(start, start + len(label), table[label]))
                    break
        return hits

    def may_name(self, text: str, screen: frozenset[str]) -> bool:
        """Tell whether a text with other scripts or stylised letters holds a name, `screen` being the known words."""
        level = text.translate(self._levels)
        if self._unspaced_hits(level):
            return True
        return any(word in screen or self._label(word, weak=False) for word in _word_in(level).findall(level))

    def words(self, text: str) -> str | None:
        """Return the one platform that an alt text or title names."""
        if len(text) > _MAX_LABEL:
            return None
        found = {hit.platform for hit in self.labels_in(text)}
        noise = self._words["alt"]
        fillers = self._words["fillers"]
        unknown = [token for token in words(normalize(text)) if token not in noise and token not in fillers]
        if len(found) == 1:
            return found.pop() if len(unknown) <= _MAX_UNKNOWN_WORDS else None
        if found or not unknown:
            return None
        return self._label(" ".join(unknown), weak=True)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Tell whether a katakana word goes on before or after a span: then it is another word."""
    before = start > 0 and _KATAKANA.match(text[start]) and _KATAKANA.match(text[start - 1])
    return bool(before or (_KATAKANA.match(text[end - 1]) and _KATAKANA.match(text[end : end + 1])))
