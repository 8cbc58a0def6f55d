"""Tell at a glance whether a document can mention a platform at all, so that most need no closer look.

A document is cut into words at C speed. Words that were looked at before and prove nothing are remembered, and
signatures are made of the same few words: of a new document only names, numbers and addresses are left to look at.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sigtrim.detect.platform_names import normalize
from sigtrim.detect.platform_urls import suffixes
from sigtrim.detect.wrappers import MAX_DEPTH, hides_target

if TYPE_CHECKING:
    from sigtrim.detect.platform_names import Names

__all__ = ["Screen"]

# Where no address, attribute, label or file name goes on.
_BETWEEN = b"\t\n\v\f\r <>,;&()"
_SEPARATORS = bytes(32 if code in _BETWEEN else code for code in range(256))
_REMEMBERED = 1 << 15
_LONG_TEXT = 2048
_LONG_DATA = 500

_REFERENCE = re.compile(r"&#?\w++")
_JOINTS = frozenset(".:/@+-_%#={}[]")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")

_HOST = re.compile(r"(?<![a-z0-9-])[a-z0-9-]++(?:\.[a-z0-9-]++)++")
_SCHEME = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*+(?=:)")
_PIECE = re.compile(r"[^\W_]++")
_CHUNK = re.compile(r"[\w.-]++")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]++={0,2}[\"')]*+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_IMAGE = re.compile(
    r"(?<![\w%.@+-])[\w%.@+-]++(?<=\.png|\.jpg|\.gif|\.svg|jpeg|webp|\.bmp|\.ico|\.emf|\.wmz)", re.IGNORECASE
)
_TEXT = re.compile(r"(?:alt|title|label)=[\"']?([^\"'\n]++)")
# A name that is an ordinary word counts on a link that leads nowhere or to a placeholder, and in front of a handle.
_HREF = re.compile(r"href=(.*)")
_NOWHERE = re.compile(r"[\"']?+(?:\Z|[#\"'{\[%$«]|javascript:|about:)|.*?(?:[{\[$«*]|%%|__)")
_HANDLE = re.compile(r"(?<![\w.+-])@(?!font-face|media|page|list|import|charset|supports|keyframes|-)\w")
# Names of markup and of CSS that hold a platform's name.
_MARKUP = re.compile(
    r"line-height|overflow(?:-[xy])?:|apple-(?:system|disable|data)|microsoft-com|microsoft word|:?\b500px"
)
# Names of at least this length are found inside longer words as well: "facebookicon", "na Facebooku".
_LONG = 6
_MAX_HOST = 253
_GRAM = 4


class Screen:
    """What a document that mentions a platform holds: names, hosts, schemes, and the places of weaker names."""

    __slots__ = ("_harmless", "_inner", "_learns", "_names", "_tables", "_telling", "_words")

    def __init__(self, tables: dict[str, Any], names: Names) -> None:
        fillers = set().union(*tables["words"].values())
        ordinary = {*tables["weak"], *tables["icons_weak"], *fillers}
        found = {*tables["words"]["screen"], *tables["any_suffix"], *tables["open_hosts"], *tables["icons"]}
        found.update({part for name in found for part in _ASCII_WORD.findall(name) if len(part) > 1} - ordinary)
        # Of a name of several words one is enough to have a closer look.
        spelled = [key.split() for key in (*tables["strong"], *tables["whole"])]
        spelled += [[head, *rest] for head, entries in tables["text"].items() for _, *rest in entries]
        for words in sorted(spelled, key=len):
            if found.isdisjoint(words):
                found.add(min(words, key=lambda word: (word in fillers, len(word) < 4, word in ordinary, -len(word))))
        self._tables = tables
        self._names = names
        self._words = frozenset((*found, *tables["icon_classes"]))
        self._inner: tuple[dict[str, list[str]], re.Pattern[str]] | None = None
        self._harmless: set[bytes] = set()
        self._telling: set[bytes] = set()
        self._learns = False

    def _inner_names(self) -> tuple[dict[str, list[str]], re.Pattern[str]]:
        """Return the long names by their parts, and a pattern for short ones with a word like "icon" glued to them."""
        if self._inner is not None:
            return self._inner
        tables = self._tables
        grams: dict[str, list[str]] = {}
        for name in {*tables["strong"], *tables["whole"], *tables["icons"], *tables["open_hosts"]}:
            if len(name) >= _LONG and name.isalnum():
                # One of the three stands at a multiple of three, wherever the name begins.
                for at in range(_LONG - _GRAM + 1):
                    grams.setdefault(name[at : at + _GRAM], []).append(name)
        affixes = "|".join(tables["words"]["icon_affixes"])
        glued = re.compile(
            rf"(?<![a-z0-9])(?:([a-z0-9]{{2,5}}?)(?:{affixes})++|(?:{affixes})++([a-z0-9]{{2,5}}))(?![a-z])"
        )
        self._inner = grams, glued
        return self._inner

    def lets_through(self, text: str) -> bool:
        """Tell whether a document may hold a mention; False is certain as far as `Registry.may_mention` says."""
        if "&" in text and not all(map(_is_harmless_reference, set(_REFERENCE.findall(text)))):
            text = html.unescape(text)
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > _LONG_TEXT:
            # Threads quote themselves, and tables repeat their rows.
            data = b"\n".join(set(data.split(b"\n")))
        unseen = set(data.translate(_SEPARATORS).split()) - self._harmless
        if not unseen:
            return False
        if not self._telling.isdisjoint(unseen):
            return True
        if len(self._harmless) > _REMEMBERED:
            self._harmless = set()
            self._telling = set()
        words = list(unseen)
        if not self._tell(words):
            self._harmless.update(words)
            return False
        # Which word it was is worth knowing where more such documents follow.
        while len(words) > 1 and self._learns:
            half = words[: len(words) // 2]
            if self._tell(half):
                words = half
            else:
                self._harmless.update(half)
                words = words[len(half) :]
        if self._learns:
            self._telling.update(words)
        self._learns = True
        return True

    def _tell(self, words: list[bytes]) -> bool:
        """Tell whether one of these words is a reason for a closer look."""
        told = (word for word in words if len(word) < _LONG_DATA or not _BASE64.fullmatch(word))
        text = b"\n".join(told).decode("utf-8", "surrogatepass")
        decoded = text
        for _ in range(MAX_DEPTH):
            if not _ESCAPE.search(decoded):
                break
            decoded = unquote(decoded)
            text += "\n" + decoded
        level = _MARKUP.sub(" ", normalize(text))
        return (
            not self._words.isdisjoint(_PIECE.findall(level))
            or "g+" in level
            or "google+" in level
            or not self._tables["schemes"].keys().isdisjoint(_SCHEME.findall(level))
            or any(map(self._is_host, set(_HOST.findall(level))))
            or _HANDLE.search(level) is not None
            or any(map(_NOWHERE.match, _HREF.findall(level)))
            or self._has_inner_name(level)
            or any(self._names.icon(name) for name in _IMAGE.findall(text))
            or any(self._names.label(value, weak=True) for value in _TEXT.findall(level))
            or (not text.isascii() and self._names.may_name(text, self._words))
        )

    def _is_host(self, host: str) -> bool:
        """Tell whether a host is a platform's, or one whose addresses do not show where they lead."""
        known, paths, shorteners = (self._tables[key] for key in ("hosts", "host_paths", "shorteners"))
        return len(host) <= _MAX_HOST and (
            any(known.get(name) or name in paths or name in shorteners for name in suffixes(host))
            or any(part in host for part in self._tables["open_hosts"])
            or hides_target(host)
        )

    def _has_inner_name(self, level: str) -> bool:
        """Tell whether a name stands inside a longer word, or in parts: "facebookicon", "Tik-Tok"."""
        chunks = _CHUNK.findall(level)
        flat = "\n".join(chunks).replace(".", "").replace("-", "").replace("_", "")
        if not self._words.isdisjoint(chunks) or not self._words.isdisjoint(flat.split()):
            return True
        grams, glued = self._inner_names()
        if any(not self._words.isdisjoint(pair) for pair in glued.findall(level)):
            return True
        present = {flat[at : at + _GRAM] for at in range(0, len(flat), _LONG - _GRAM + 1)}
        return any(name in flat for gram in grams.keys() & present for name in grams[gram])


@lru_cache(maxsize=1024)
def _is_harmless_reference(reference: str) -> bool:
    """Tell whether a character reference is of a sign that no name and no address has."""
    level = normalize(html.unescape(reference + ";"))
    return bool(level) and not any(sign.isalnum() or sign in _JOINTS for sign in level)
