"""Tell at a glance whether a document can mention a platform at all, so that most need no closer look.

A document is cut into words at C speed, and where none of them is a name or a part of one, only the places are looked
at where less than a name counts. Where one is, the document is looked at word by word.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sigtrim.detect.platform_names import normalize
from sigtrim.detect.platform_urls import suffixes
from sigtrim.detect.wrappers import MAX_DEPTH, coded_hosts, hides_target

if TYPE_CHECKING:
    from collections.abc import Collection

    from sigtrim.detect.platform_names import Names

__all__ = ["Screen"]

# Where no address, attribute, label or file name goes on.
_BETWEEN = b"\t\n\v\f\r <>,;&()"
_SEPARATORS = bytes(32 if code in _BETWEEN else code for code in range(256))
# Letters and digits in lower case; what is not ASCII stays.
_LETTERS = bytes(
    code + 32 if 65 <= code <= 90 else code if code > 127 or chr(code).isalnum() else 32 for code in range(256)
)
# Words of markup and of CSS that hold a platform's name.
_HARMLESS = (b"line-height", b"overflow", b"urn:schemas-microsoft-com", b"-apple-system", b"500px")
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
_IMAGE_MARK = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|ico|emf|wmz)")
_PICTURE = re.compile(r"src=[\"']?([^\"'\s>]++)", re.IGNORECASE)
_NAMED = re.compile(r"\s(?:id|data-icon|data-filename|data-input)=[\"']?([^\"'\s>]++)", re.IGNORECASE)
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_TEXT = re.compile(r"(?:alt|title|label)=[\"']?([^\"'\n]++)")
# A name that is an ordinary word counts on a link that leads nowhere or to a placeholder, and in front of a handle.
_HREF = re.compile(r"href=([^\s>]*+)")
_NOWHERE = re.compile(r"href=[\"']?+(?=[\s>#\"'{\[%$«]|\Z|javascript:|about:)")
_FIELD = re.compile(r"[{\[$«*]|%%|__")
_FIELD_SIGNS = ("{", "[", "$", "«", "*", "%%", "__")
_HANDLE = re.compile(r"@(?<![\w.+-]@)(?!font-face|media|page|list|import|charset|supports|keyframes|-)\w")
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

    __slots__ = (
        "_affixes",
        "_by_part",
        "_hints",
        "_hosts",
        "_icons",
        "_inner",
        "_names",
        "_scheme_ends",
        "_tables",
        "_weak",
        "_with_plus",
        "_words",
    )

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
        platforms = {host for host, platform in tables["hosts"].items() if platform}
        self._hosts = frozenset((*platforms, *tables["host_paths"], *tables["shorteners"]))
        self._scheme_ends = frozenset(_PIECE.findall(scheme)[-1] for scheme in tables["schemes"])
        self._inner: tuple[dict[str, list[str]], re.Pattern[str]] | None = None
        # The words that a document is cut into have no plus sign.
        self._with_plus = tuple(name for name in ("g+", *tables["strong"], *tables["whole"]) if "+" in name)
        self._affixes = tuple(tables["words"]["icon_affixes"])
        self._icons = frozenset((*tables["icons"], *tables["icons_weak"]))
        self._weak = frozenset(part for name in tables["weak"] for part in _PIECE.findall(name))
        hints = {*found, *self._scheme_ends}
        # Where a name is inflected ("na Facebooku"), an ending follows it; other scripts get a closer look anyway.
        endings = [ending for ending in tables["words"]["endings"] if ending.isascii()]
        heads = [head for head in tables["text"] if len(head) >= _LONG and head.isascii()]
        hints.update({head + ending for head in heads for ending in endings})
        sure = frozenset(hint.encode() for hint in hints if hint.isascii())
        # Of a host the longest part but the ending: "t" of "t.me". Many of these are ordinary words.
        self._by_part: dict[bytes, list[bytes]] = {}
        for host in {host.partition("/")[0] for host in self._hosts} | coded_hosts():
            if host.rpartition(".")[0].rpartition(".")[2] in hints or not self._hosts.isdisjoint(suffixes(host)[1:]):
                continue  # a word or its parent stands for it
            part = max(_PIECE.findall(host.rpartition(".")[0]), key=len).encode()
            if part not in sure:
                self._by_part.setdefault(part, []).append(host.encode())
        self._hints = sure.union(self._by_part)

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
        if len(text) > _LONG_TEXT:
            # Threads quote themselves, and tables repeat their rows.
            text = "\n".join(set(text.split("\n")))
        data = text.encode("utf-8", "surrogatepass")
        words = data.translate(_LETTERS).split()
        if self._are_telling(words, data) or ("%" in text and _ESCAPE.search(text)):
            return self._tell(set(data.translate(_SEPARATORS).split()))
        return self._has_weak_place(text) or (
            not data.isascii()
            # Whole addresses: what stands in front of one unseen is no part of its host.
            and self._tell([word for word in data.translate(_SEPARATORS).split() if not word.isascii()])
        )

    def _are_telling(self, words: list[bytes], data: bytes) -> bool:
        """Tell whether one of the words of a document is a name, or the part of a host that stands there."""
        hits = self._hints.intersection(words)
        if not hits:
            return False
        data = data.lower()
        hosts = self._by_part
        if not any(hit not in hosts or any(host in data for host in hosts[hit]) for hit in hits):
            return False
        plain = data
        for word in _HARMLESS:
            plain = plain.replace(word, b"")
        hits = self._hints.intersection(plain.translate(_LETTERS).split())
        return any(hit not in hosts or any(host in data for host in hosts[hit]) for hit in hits)

    def _has_weak_place(self, text: str) -> bool:
        """Tell whether there is a place where an ordinary word counts as a name, or a part of a word as a whole one."""
        level = text.lower()
        return (
            ("@" in level and _HANDLE.search(level) is not None)
            or any(name in level for name in self._with_plus)
            or _leads_nowhere(level)
            or (("alt=" in level or "title=" in level or "label=" in level) and self._has_weak_text(level))
            or any(map(self._may_be_icon, _PICTURE.findall(text) if "src=" in level else ()))
            or any(map(self._may_be_icon, _NAMED.findall(text) if " id=" in level or "data-" in level else ()))
        )

    def _has_weak_text(self, level: str) -> bool:
        values = _TEXT.findall(level)
        if level.isascii():
            values = [value for value in values if not self._weak.isdisjoint(_PIECE.findall(value))]
        return any(self._names.label(value, weak=True) for value in values)

    def _may_be_icon(self, value: str) -> bool:
        """Tell whether the value of an attribute that names a picture may name a platform."""
        name = value.rstrip("/").rpartition("/")[2]
        if name.isascii() and self._icons.isdisjoint(map(str.lower, _PART.findall(name))):
            level = name.lower()
            if not (level.startswith(self._affixes) or level.rpartition(".")[0].endswith(self._affixes)):
                return False
        return self._names.icon(name) is not None or self._has_inner_name(name.lower())

    def _tell(self, words: Collection[bytes]) -> bool:
        """Tell whether one of these words is a reason for a closer look."""
        told = (word for word in words if len(word) < _LONG_DATA or not _BASE64.fullmatch(word))
        text = b"\n".join(told).decode("utf-8", "surrogatepass")
        decoded = text
        for _ in range(MAX_DEPTH):
            if not _ESCAPE.search(decoded):
                break
            decoded = unquote(decoded)
            text += "\n" + decoded
        level = normalize(text)
        pieces = _PIECE.findall(level)
        if not self._words.isdisjoint(pieces):
            level = _MARKUP.sub(" ", level)
            pieces = _PIECE.findall(level)
        return (
            not self._words.isdisjoint(pieces)
            or any(name in level for name in self._with_plus)
            or any(map(self._is_host, set(_HOST.findall(level))))
            or _HANDLE.search(level) is not None
            or _leads_nowhere(level)
            or self._has_inner_name(level)
            or self._has_scheme(level, pieces)
            or any(map(self._names.icon, _IMAGE.findall(text) if _IMAGE_MARK.search(level) else ()))
            or self._has_weak_text(level)
            or (not text.isascii() and self._names.may_name(text, self._words))
        )

    def _is_host(self, host: str) -> bool:
        """Tell whether a host is a platform's, or one whose addresses do not show where they lead."""
        if len(host) > _MAX_HOST:
            return False
        return (
            not self._hosts.isdisjoint(suffixes(host))
            or any(part in host for part in self._tables["open_hosts"])
            or hides_target(host)
        )

    def _names_one(self, words: tuple[str, ...]) -> bool:
        return not self._words.isdisjoint(words)

    def _has_scheme(self, level: str, pieces: list[str]) -> bool:
        schemes = self._tables["schemes"].keys()
        return not self._scheme_ends.isdisjoint(pieces) and not schemes.isdisjoint(_SCHEME.findall(level))

    def _has_inner_name(self, level: str) -> bool:
        """Tell whether a name stands inside a longer word, or in parts: "facebookicon", "Tik-Tok"."""
        chunks = _CHUNK.findall(level)
        flat = "\n".join(chunks).replace(".", "").replace("-", "").replace("_", "")
        if not self._words.isdisjoint(chunks) or not self._words.isdisjoint(flat.split()):
            return True
        grams, glued = self._inner_names()
        affixes = self._tables["words"]["icon_affixes"]
        if any(affix in level for affix in affixes) and any(map(self._names_one, glued.findall(level))):
            return True
        present = {flat[at : at + _GRAM] for at in range(0, len(flat), _LONG - _GRAM + 1)}
        return any(name in flat for gram in grams.keys() & present for name in grams[gram])


def _leads_nowhere(level: str) -> bool:
    """Tell whether a document has a link that leads nowhere or to a placeholder."""
    if _NOWHERE.search(level):
        return True
    return any(map(level.__contains__, _FIELD_SIGNS)) and any(map(_FIELD.search, _HREF.findall(level)))


@lru_cache(maxsize=1024)
def _is_harmless_reference(reference: str) -> bool:
    """Tell whether a character reference is of a sign that no name and no address has."""
    level = normalize(html.unescape(reference + ";"))
    return bool(level) and not any(sign.isalnum() or sign in _JOINTS for sign in level)
