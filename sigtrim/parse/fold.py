"""Fold text so that words compare: case, accents, stylised letters and invisible characters make no difference."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

__all__ = ["Folded", "fold", "fold_ascii_words", "fold_text", "fold_words"]

# Letters that stand for Latin ones in stylised names and that NFKC leaves alone: small capitals (Unicode blocks IPA
# Extensions, Phonetic Extensions, Latin Extended-D), negative circled and squared capitals (U+1F150, U+1F170).
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))
_NEGATIVE = {chr(base + index): chr(ord("a") + index) for base in (0x1F150, 0x1F170) for index in range(26)}
# The Turkish letters fold to the i of all other languages, as a reader who types without them would write.
_LETTERS = {
    **_SMALL_CAPITALS,
    **_NEGATIVE,
    "ı": "i",
    "İ": "i",
    "ł": "l",
    "Ł": "l",
    "ø": "o",
    "Ø": "o",
    "đ": "d",
    "’": "'",
    "ё": "е",
    "Ё": "е",
}

_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_TATWEEL = "\u0640"


def _fold_character(character: str) -> str:
    known = _LETTERS.get(character)
    if known is not None:
        return known
    category = unicodedata.category(character)
    # Zero-width and direction marks, soft hyphens, the tags of emoji: nobody sees them.
    if category == "Cf" or character == _TATWEEL or ord(character) in _VARIATION_SELECTORS:
        return ""
    folded = unicodedata.normalize("NFKC", character).casefold()
    folded = _LETTERS.get(folded, folded)
    if len(folded) > 1:
        folded = unicodedata.normalize("NFKC", "".join(_LETTERS.get(one, one) for one in folded))
    bare = "".join(one for one in unicodedata.normalize("NFD", folded) if not _is_accent(one))
    bare = unicodedata.normalize("NFC", bare)
    return bare if len(bare) <= 18 else character


def _is_accent(character: str) -> bool:
    """Tell whether a mark may be left out: nukta, Hebrew and Arabic vowel signs, accents above and below.

    Vowel signs of Indic scripts, the Japanese voicing marks and Thai tones are letters' halves and stay
    (canonical combining classes, Unicode Standard section 4.3).
    """
    return unicodedata.combining(character) in _ACCENT_CLASSES


_ACCENT_CLASSES = frozenset([7, *range(10, 36), *range(200, 241)])


class _Table(dict[int, str]):
    """The folding of single characters, filled as they are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        if len(folded) != 1:
            _UNEVEN.add(chr(code))
        return folded


# The characters met so far that do not fold to exactly one.
_UNEVEN: set[str] = set()
_TABLE = _Table()


class Folded(NamedTuple):
    """Folded text with the way back to the original.

    `ends` holds, for each character of the original, where its folding ends in `text`; None where each character
    folds to exactly one.
    """

    text: str
    ends: tuple[int, ...] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Give the half-open range of the original for one of the folded text.

        >>> fold("ﬁnd me").original(0, 4)
        (0, 3)
        """
        if self.ends is None:
            return start, end
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_right(self.ends, end - 1) + 1)


def fold_text(text: str) -> str:
    """Fold without the way back.

    >>> fold_text("𝐒í𝐠𝐮𝐞𝐦𝐞 ＥＮ Tʜʀᴇᴀᴅs")
    'sigueme en threads'
    """
    return text.lower() if text.isascii() else text.translate(_TABLE)


class _Words(dict[int, str]):
    """The folding of single characters with a space for all that belongs to no word, filled as they are met."""

    def __missing__(self, code: int) -> str:
        folded = "".join(one if one.isalnum() else " " for one in _TABLE[code])
        self[code] = folded
        return folded


_WORDS = _Words()
_ASCII_WORDS = bytes(code + 32 * (65 <= code <= 90) if chr(code).isalnum() else 32 for code in range(128)).ljust(256)


def fold_words(text: str) -> list[str]:
    """Fold a text and take its words: what stands between characters that are no letters and no digits.

    >>> fold_words("Sígueme en @Threads_app")
    ['sigueme', 'en', 'threads', 'app']
    """
    return (fold_ascii_words(text) if text.isascii() else text.translate(_WORDS)).split()


def fold_ascii_words(text: str) -> str:
    """Fold what is ASCII, with a space for each character that belongs to no word, and for each beyond ASCII.

    >>> fold_ascii_words("Jörg: Follow-us")
    'j rg  follow us'
    """
    return text.encode("ascii", "replace").translate(_ASCII_WORDS).decode("ascii")


def fold(text: str) -> Folded:
    """Fold with the way back: characters that nobody sees vanish, ligatures become several letters.

    >>> fold("S\u200bNAP").text
    'snap'
    """
    if text.isascii():
        return Folded(text.lower(), None)
    folded = text.translate(_TABLE)
    if _UNEVEN.isdisjoint(text):
        return Folded(folded, None)
    return Folded(folded, tuple(accumulate(len(_TABLE[ord(one)]) for one in text)))
