"""Tell at a glance whether a document can mention a platform at all, so that most need no closer look.

A document is cut into words at C speed, and where none of them is a name or a part of one, only the places are looked
at where less than a name counts. Where one is, the document is looked at word by word.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sigtrim.detect.platform_names import normalize
from sigtrim.detect.platform_urls import suffixes
from sigtrim.detect.wrappers import MAX_DEPTH, coded_hosts, hides_target
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Collection

    from sigtrim.detect.platform_marks import Marks
    from sigtrim.detect.platform_names import Names

__all__ = ["Screen"]

# Where no address, attribute, label or file name goes on.
_BETWEEN = b"\t\n\v\f\r <>,;&()"
_SEPARATORS = bytes(32 if code in _BETWEEN else code for code in range(256))
# ASCII letters and digits; each other character ends a word.
_LETTERS = bytes(code if code < 128 and chr(code).isalnum() else 32 for code in range(256))
_ASCII = bytes(range(128))
# Words of markup and of CSS that hold a platform's name.
_HARMLESS = (b"line-height", b"overflow", b"urn:schemas-microsoft-com", b"-apple-system", b"500px")
_LONG_TEXT = 2048
_LONG_DATA = 500

_REFERENCE = lazy(r"&#?\w++")
_JOINTS = frozenset(".:/@+-_%#={}[]$*«»")
_ESCAPE = lazy(r"%[0-9A-Fa-f]{2}")

_HOST = lazy(r"(?<![a-z0-9-])[a-z0-9-]++(?:\.[a-z0-9-]++)++")
_SCHEME = lazy(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*+(?=:)")
_PIECE = lazy(r"[^\W_]++")
_CHUNK = lazy(r"[\w.-]++")
_BASE64 = lazy(rb"[A-Za-z0-9+/]++={0,2}[\"')]*+")
_ASCII_WORD = lazy(r"[a-z0-9]+")
_ASCII_PART = lazy(r"[a-z0-9]{2,}")
_IMAGE = lazy(r"(?<![\w%.@+-])[\w%.@+-]++(?<=\.png|\.jpg|\.gif|\.svg|jpeg|webp|\.bmp|\.ico|\.emf|\.wmz)", re.IGNORECASE)
_IMAGE_MARK = lazy(r"\.(?:png|jpe?g|gif|svg|webp|bmp|ico|emf|wmz)")
_PART = lazy(r"[A-Z]?[a-z]+|[A-Z]+")
# Attributes that name a picture or speak for it: the words that a document with one of them has, and the values.
_VALUE = rb"""\s*+=\s*+(?:"([^"]*+)|'([^']*+)|([^\s>]*+))"""
_PICTURE = (b"src",), re.compile(rb"src" + _VALUE)
_NAMED = (b"id", b"data"), re.compile(rb"\s(?:id|data-icon|data-filename|data-input)" + _VALUE)
_TEXT = (b"alt", b"title", b"label"), re.compile(rb"(?:alt|title|label)" + _VALUE)
_MARKS = frozenset((b"href", *_PICTURE[0], *_NAMED[0], *_TEXT[0]))
# A name that is an ordinary word counts on a link that leads nowhere or to a placeholder, and in front of a handle.
_HREF = lazy(rb"href" + _VALUE)
_NOWHERE = lazy(rb"href\s*+=\s*+[\"']?+(?=[\s>#\"'{\[%$]|\xc2[\xa0\xab]|\Z|javascript:|about:|https?:/*+[\s>\"'])")
_FIELD = lazy(r"[{\[$«*]|%%|__")
_FIELD_SIGNS = (b"{", b"[", b"$", b"*", b"%", b"_", b"\xab")
_HANDLE = lazy(rb"@(?<![\w.+-]@)(?!font-face|media|page|list|import|charset|supports|keyframes|-)[\w\x80-\xff]")
_PLUS = lazy(rb"\+(?<=[a-z]\+)")
# Parts of hosts that many a document has as ordinary words, in markup or in other hosts.
_ORDINARY = {
    *("a", "about", "account", "are", "at", "b", "be", "by", "c", "cc", "click", "co", "com", "de", "direct"),
    *("do", "e", "email", "es", "for", "fr", "front", "g", "go", "home", "id", "in", "is", "it", "j", "link"),
    *("links", "m", "mail", "max", "me", "medium", "my", "net", "network", "ok", "on", "one", "org", "page"),
    *("push", "ru", "s", "share", "short", "smart", "so", "social", "t", "team", "tech", "to", "too", "track"),
    *("tv", "u", "uk", "us", "v", "video", "w"),
}
# Names of markup and of CSS that hold a platform's name.
_MARKUP = lazy(r"line-height|overflow(?:-[xy])?:|apple-(?:system|disable|data)|microsoft-com|microsoft word|:?\b500px")
_MARKUP_NAMES = {"microsoft", "overflow"}
# Names of at least this length are found inside longer words as well: "facebookicon", "na Facebooku".
_LONG = 6
_MAX_HOST = 253
_GRAM = 4


class Screen:
    """What a document that mentions a platform holds: names, hosts, schemes, and the places of weaker names."""

    __slots__ = (
        "_affixes",
        "_by_part",
        "_certain",
        "_hints",
        "_hosts",
        "_icons",
        "_inner",
        "_marks",
        "_names",
        "_plain",
        "_scheme_ends",
        "_tables",
        "_weak",
        "_with_plus",
        "_words",
    )

    def __init__(self, tables: dict[str, Any], names: Names, marks: Marks) -> None:
        self._tables = tables
        self._names = names
        self._marks = marks
        found = _telling_words(tables)
        self._words = frozenset((*found, *tables["icon_classes"]))
        platforms = {host for host, platform in tables["hosts"].items() if platform}
        self._hosts = frozenset((*platforms, *tables["host_paths"], *tables["shorteners"]))
        self._scheme_ends = frozenset(_PIECE.findall(scheme)[-1] for scheme in tables["schemes"])
        self._inner: tuple[dict[str, list[str]], re.Pattern[str]] | None = None
        # The words that a document is cut into have no plus sign.
        self._with_plus = {name.encode() for name in ("g+", *tables["strong"], *tables["whole"]) if "+" in name}
        self._affixes = tuple(tables["words"]["icon_affixes"])
        self._icons = frozenset((*tables["icons"], *tables["icons_weak"]))
        self._weak = frozenset(part for name in tables["weak"] for part in _PIECE.findall(name))
        # Neither markup nor encoded data holds these by chance.
        certain = self._words - _MARKUP_NAMES
        self._certain = frozenset(name.encode() for name in certain if len(name) >= _LONG and name.isascii())
        hints = found | self._scheme_ends | _inflected(tables)
        # Of a name with other letters the longest ASCII part; without any its letters show that it may be there.
        others = {*hints, *tables["unspaced"]}
        parts = {name: _ASCII_PART.findall(name) for name in others if not name.isascii()}
        hints.update(max(found, key=len) for found in parts.values() if found)
        self._plain = _Plain("".join(name for name, found in parts.items() if not found))
        sure = frozenset(hint.encode() for hint in hints if hint.isascii())
        marks_alone: dict[bytes, list[bytes]] = {mark: [] for mark in _MARKS - sure}
        self._by_part = marks_alone | _by_rarest_part(self._hosts, hints)
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
        if len(text) > _LONG_TEXT:
            # Threads quote themselves, and tables repeat their rows. No tag is cut apart.
            end = ">\r\n" if "\r" in text else ">\n"
            text = end.join(set(text.split(end)))
        if "&" in text and not all(map(_is_harmless_reference, set(_REFERENCE.findall(text)))):
            text = html.unescape(text)
        data = text.encode("utf-8", "surrogatepass")
        level = data.lower()
        hits = self._hints.intersection(level.translate(_LETTERS).split())
        if not self._certain.isdisjoint(hits):
            return True
        if self._are_telling(hits, level) or ("%" in text and _ESCAPE.search(text)):
            is_told = self._tell(set(data.translate(_SEPARATORS).split()))
        else:
            is_told = not data.isascii() and self._has_telling_signs(data)
        return is_told or self._has_weak_place(hits, level, data)

    def _are_telling(self, hits: frozenset[bytes], level: bytes) -> bool:
        """Tell whether one of the words that a document shares with us is a name, or part of a host that is there."""
        if not self._is_any_there(hits, level):
            return False
        plain = level
        for word in _HARMLESS:
            plain = plain.replace(word, b"")
        return self._is_any_there(self._hints.intersection(plain.translate(_LETTERS).split()), level)

    def _is_any_there(self, hits: frozenset[bytes], level: bytes) -> bool:
        for hit in hits:
            hosts = self._by_part.get(hit)
            if hosts is None or any(map(level.__contains__, hosts)):
                return True
        return False

    def _has_weak_place(self, hits: frozenset[bytes], level: bytes, data: bytes) -> bool:
        """Tell whether there is a place where an ordinary word counts as a name, or a part of a word as a whole one."""
        return (
            (b"@" in level and _HANDLE.search(level) is not None)
            or (_PLUS.search(level) is not None and any(name in level for name in self._with_plus))
            or (b"href" in hits and _leads_nowhere(level))
            or (not hits.isdisjoint(_TEXT[0]) and self._has_weak_text(level))
            or (not hits.isdisjoint(_PICTURE[0]) and any(map(self._may_be_icon, _values(_PICTURE[1], level, data))))
            or (not hits.isdisjoint(_NAMED[0]) and any(map(self._may_be_icon, _values(_NAMED[1], level, data))))
        )

    def _has_weak_text(self, level: bytes) -> bool:
        values = _values(_TEXT[1], level, level)
        telling = (value for value in values if not value.isascii() or not self._weak.isdisjoint(_PIECE.findall(value)))
        return any(self._names.label(value, weak=True) for value in telling)

    def _has_telling_signs(self, data: bytes) -> bool:
        """Tell whether one of the words is a reason for a closer look that hold what is neither ASCII nor plain."""
        signs = set(data.translate(None, _ASCII).decode("utf-8", "surrogatepass"))
        odd = {sign for sign in signs if not self._plain[sign]}
        if not odd:
            return False
        # Whole addresses: what stands in front of one unseen is no part of its host.
        words = [word for word in data.translate(_SEPARATORS).split() if not word.isascii()]
        return self._tell([word for word in words if not odd.isdisjoint(word.decode("utf-8", "surrogatepass"))])

    def _may_be_icon(self, value: str) -> bool:
        """Tell whether the value of an attribute that names a picture may name a platform."""
        name = value.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
        if name.isascii() and self._icons.isdisjoint(map(str.lower, _PART.findall(name))):
            level = name.lower()
            stem = level.rpartition(".")[0] or level
            if not (level.startswith(self._affixes) or stem.endswith(self._affixes)):
                return False
        return self._marks.icon(name) is not None or self._has_inner_name(name.lower())

    def _tell(self, words: Collection[bytes]) -> bool:
        """Tell whether one of these words is a reason for a closer look."""
        told = (word for word in words if len(word) < _LONG_DATA or not _BASE64.fullmatch(word))
        text = b"\n".join(told).decode("utf-8", "surrogatepass")
        if not text.isascii():
            # A sign that becomes letters ("™") hides none in front of which it stands: a host may begin there.
            text += "\n" + text.encode("ascii", "replace").decode("ascii")
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
        signs = level.encode("utf-8", "surrogatepass")
        return (
            not self._words.isdisjoint(pieces)
            or any(name in signs for name in self._with_plus)
            or any(map(self._is_host, set(_HOST.findall(level))))
            or _HANDLE.search(signs) is not None
            or _leads_nowhere(signs)
            or self._has_inner_name(level)
            or self._has_scheme(level, pieces)
            or any(map(self._marks.icon, _IMAGE.findall(text) if _IMAGE_MARK.search(level) else ()))
            or self._has_weak_text(signs)
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


def _telling_words(tables: dict[str, Any]) -> set[str]:
    """Return the names of platforms, and of a name of several words one: enough to have a closer look."""
    fillers = set().union(*tables["words"].values())
    ordinary = {*tables["weak"], *tables["icons_weak"], *fillers}
    found = {*tables["words"]["screen"], *tables["any_suffix"], *tables["open_hosts"], *tables["icons"]}
    found.update({part for name in found for part in _ASCII_WORD.findall(name) if len(part) > 1} - ordinary)
    spelled = [key.split() for key in (*tables["strong"], *tables["whole"])]
    spelled += [[head, *rest] for head, entries in tables["text"].items() for _, *rest in entries]
    for words in sorted(spelled, key=len):
        if found.isdisjoint(words):
            found.add(min(words, key=lambda word: (word in fillers, len(word) < 4, word in ordinary, -len(word))))
    return found


def _inflected(tables: dict[str, Any]) -> set[str]:
    """Return the names with the endings of a case: "na Facebooku"; other scripts get a closer look anyway."""
    endings = [ending for ending in tables["words"]["endings"] if ending.isascii()]
    heads = [head for head in tables["text"] if len(head) >= _LONG and head.isascii()]
    return {head + ending for head in heads for ending in endings}


def _by_rarest_part(hosts: frozenset[str], hints: set[str]) -> dict[bytes, list[bytes]]:
    """Return the hosts that no hint and no parent stands for, by the part that is rarest as a word: "gd" of "is.gd"."""
    found: dict[bytes, list[bytes]] = {}
    for host in {host.partition("/")[0] for host in hosts} | coded_hosts():
        if host.rpartition(".")[0].rpartition(".")[2] in hints or not hosts.isdisjoint(suffixes(host)[1:]):
            continue
        part = min(_PIECE.findall(host), key=lambda part: (part in _ORDINARY, -len(part)))
        if part not in hints:
            found.setdefault(part.encode(), []).append(host.encode())
    return found


def _leads_nowhere(level: bytes) -> bool:
    """Tell whether a document has a link that leads nowhere or to a placeholder."""
    if _NOWHERE.search(level):
        return True
    return any(map(level.__contains__, _FIELD_SIGNS)) and any(map(_FIELD.search, _values(_HREF, level, level)))


def _values(attribute: re.Pattern[bytes], level: bytes, data: bytes) -> list[str]:
    """Return the values of attributes, which are looked for in the document in lower case, as `data` spells them."""
    spans = [found.span(found.lastindex or 0) for found in attribute.finditer(level)]
    return [html.unescape(data[start:end].decode("utf-8", "surrogatepass")) for start, end in spans]


class _Plain(dict[str, bool]):
    """Which characters that are not ASCII can be no part of a name or an address, and nothing else in other words."""

    def __init__(self, names: str) -> None:
        super().__init__()
        self._joints = frozenset(("。", *names))

    def __missing__(self, sign: str) -> bool:
        level = normalize(sign)
        plain = bool(level) and (level.isspace() or not any(one.isascii() or one in self._joints for one in level))
        plain = self[sign] = plain and not unicodedata.combining(sign)
        return plain


@lru_cache(maxsize=1024)
def _is_harmless_reference(reference: str) -> bool:
    """Tell whether a character reference is of a sign that no name and no address has."""
    level = normalize(html.unescape(reference + ";"))
    return bool(level) and not any(sign.isalnum() or sign in _JOINTS for sign in level)
