"""Count a caption as its platform does, and write the call to action so that it works there.

The facts live in `data/limits.toml`, whose compiled form is loaded at the first call.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from sigtrim.data import load
from sigtrim.errors import ConfigError
from sigtrim.parse.caption import find_links
from sigtrim.parse.graphemes import count_graphemes
from sigtrim.patterns import lazy

__all__ = ["UNITS", "CaptionLimits", "caption_limits", "caption_warnings", "compile_table", "count"]

UNITS = ("characters", "utf16", "bytes", "graphemes", "x", "mastodon", "threads")
"""The units in which platforms count, see `count`."""

_URL_LENGTH = 23  # X: transformed_url_length of twitter-text v3; Mastodon: characters_reserved_per_url
# twitter-text configuration v3: code points that count one; all others count two.
_X_LIGHT = lazy(r"[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_X_PUNCTUATION = r"""!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$"""
_X_SPACES = r"\u0009-\u000d \u0085\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_X_INVALID = r"\ufffe\ufeff\uffff\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_X_LABEL = rf"[^{_X_PUNCTUATION}{_X_SPACES}{_X_INVALID}]"
_X_DOMAIN = lazy(rf"(?:{_X_LABEL}|[-_])++(?:\.(?:{_X_LABEL}|[-_])++)++")
_X_LATIN = r"a-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253-\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
_X_LETTERS = rf"{_X_LATIN}\u0400-\u04ff"
_X_BARE = lazy(rf"[{_X_LATIN}-]+(?:\.[{_X_LATIN}-]+)+", re.IGNORECASE)
_X_SHORT = lazy(r"https?://t\.co/[a-z0-9]{1,40}", re.IGNORECASE)
_X_PATH = rf"[{_X_LETTERS}!*';:=+,.$/%#\[\]\-\u2013_~@|&]"
_X_PATH_RUN = lazy(rf"/(?:{_X_PATH}|\({_X_PATH}{{1,256}}\))*+", re.IGNORECASE)
_X_PATH_END = lazy(rf"[{_X_LETTERS}+\-=_#/)]", re.IGNORECASE)
_X_QUERY_RUN = lazy(r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*+", re.IGNORECASE)
_X_QUERY_END = lazy(r"[a-z0-9\-_&=#/]", re.IGNORECASE)
_SCHEME_BEFORE = lazy(r"https?://\Z", re.IGNORECASE)
_REMOTE_MENTION = lazy(r"(?<![\w/@])(@\w+)@[\w.-]+\w", re.ASCII)


@dataclass(frozen=True, slots=True)
class CaptionLimits:
    """What a platform says about captions.

    `limits` are pairs of a number and the unit it counts (see `count`); `words` is what stands in place of an address
    that cannot be clicked, with `{text}` for the call to action's text, None where addresses work; `forbidden` are
    characters that the platform refuses; `source` and `date` tell where and when that was looked up.
    """

    platform: str
    limits: tuple[tuple[int, str], ...]
    words: str | None
    forbidden: str
    source: str
    date: str

    def call(self, text: str, url: str) -> str:
        """Write the call to action: `text: url`, or words where an address would be dead.

        >>> caption_limits("instagram").call("Get the guide", "https://example.com/guide")
        'Link in bio: Get the guide'
        """
        return f"{text}: {url}" if self.words is None else self.words.format(text=text)


def caption_limits(platform: str) -> CaptionLimits:
    """Return what is known of a platform's captions.

    Raises `ConfigError` if nothing is, with the platforms that are.

    >>> caption_limits("youtube").limits
    ((5000, 'bytes'),)
    """
    table = _table()["platform"]
    if platform not in table:
        raise ConfigError(f"platform: no caption limits are known for {platform!r} (known: {', '.join(sorted(table))})")
    limits, words, forbidden, source, date = table[platform]
    return CaptionLimits(platform, tuple((number, unit) for number, unit in limits), words, forbidden, source, date)


def caption_warnings(text: str, platform: str) -> tuple[str, ...]:
    """Return what a platform would refuse in a caption: too long in its own unit, characters it does not take.

    >>> caption_warnings("a" * 281, "x")
    ('x: 281 of 280 (weighted as X does)',)
    >>> caption_warnings("a < b", "youtube")
    ("youtube: '<' is not allowed",)
    """
    limits = caption_limits(platform)
    found = []
    for number, unit in limits.limits:
        length = count(text, unit)
        if length > number:
            found.append(f"{platform}: {length} of {number} ({_UNIT_WORDS[unit]})")
    found += [f"{platform}: {character!r} is not allowed" for character in limits.forbidden if character in text]
    return tuple(found)


_UNIT_WORDS = {
    "bytes": "UTF-8 bytes",
    "characters": "characters",
    "graphemes": "graphemes",
    "mastodon": "characters, an address counts 23",
    "threads": "characters, an emoji counts its UTF-8 bytes",
    "utf16": "UTF-16 units",
    "x": "weighted as X does",
}


def count(text: str, unit: str) -> int:
    """Count a text in one of the `UNITS`, in linear time.

    `characters` are code points; `threads` counts the UTF-8 bytes of emoji; `x` weighs code points, emoji and addresses
    as twitter-text v3; `mastodon` counts graphemes, an address as 23, a remote mention without its server.

    >>> [count("日本 https://example.com/guide 👩‍👩‍👧", unit) for unit in ("characters", "utf16", "x", "mastodon")]
    [34, 37, 31, 28]
    """
    match unit:
        case "characters":
            return len(text)
        case "utf16":
            return len(text) + sum(character > "\uffff" for character in text)
        case "bytes":
            return len(text.encode("utf-8", "surrogatepass"))
        case "graphemes":
            return count_graphemes(text)
        case "x":
            return _count_x(text)
        case "mastodon":
            return _count_mastodon(text)
        case "threads":
            emoji = _emoji()
            return sum(len(piece[0].encode()) - len(piece[0]) for piece in emoji.finditer(text)) + len(text)
        case _:
            raise ConfigError(f"unit: {unit!r} is none of {', '.join(UNITS)}")


def _count_mastodon(text: str) -> int:
    links = find_links(text, is_known_host=lambda _: False)
    pieces, position, length = [], 0, 0
    for link in links:
        if not text.startswith(("http", "HTTP"), link.start):
            continue
        pieces.append(text[position : link.start])
        length += _URL_LENGTH
        position = link.end
    pieces.append(text[position:])
    return length + sum(count_graphemes(_REMOTE_MENTION.sub(r"\1", piece)) for piece in pieces)


def _count_x(text: str) -> int:
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    length = position = 0
    emoji = _emoji()
    for start, end in _x_addresses(text):
        length += _weigh(text[position:start], emoji) + _URL_LENGTH
        position = end
    return length + _weigh(text[position:], emoji)


def _weigh(text: str, emoji: re.Pattern[str]) -> int:
    if text.isascii():
        return len(text)
    rest, found = emoji.subn("", text)
    light = len(_X_LIGHT.findall(rest))
    return 2 * found + 2 * len(rest) - light


def _x_addresses(text: str) -> list[tuple[int, int]]:
    """Find the addresses that X replaces by a short link (twitter-text, extractUrls)."""
    found: list[tuple[int, int]] = []
    top_level = _top_level()
    position = 0
    while (run := _X_DOMAIN.search(text, position)) is not None:
        position = run.end()
        scheme = _SCHEME_BEFORE.search(text, max(run.start() - 8, 0), run.start())
        first = scheme.start() if scheme else run.start()
        if not scheme and (run[0][0] in "-_" or (first > 0 and text[first - 1] in "@＠$#＃-_./")):
            continue
        if scheme and first > 0 and re.match(r"[A-Za-z0-9@＠$#＃\ufffe\ufeff\uffff]", text[first - 1]):
            continue
        end = _domain_end(run[0], text[run.end() : run.end() + 1], top_level)
        if end is None:
            continue
        stop = run.start() + end
        if scheme is None:
            # Of a name in mixed scripts only the parts that are ASCII or accented Latin are linked.
            names = [
                (name.start() + run.start(), name.start() + run.start() + inner)
                for name in _X_BARE.finditer(run[0][:end])
                if (inner := _domain_end(name[0], run[0][name.end() : name.end() + 1], top_level)) is not None
            ]
            if not names:
                continue
            if names[-1][1] == stop:
                names[-1] = (names[-1][0], _path_end(text, stop))
            found += names
            position = max(names[-1][1], run.start() + 1)
            continue
        short = _X_SHORT.match(text, first)
        stop = short.end() if short else _path_end(text, stop)
        found.append((first, stop))
        position = max(stop, run.start() + 1)
    return found


def _domain_end(domain: str, following: str, top_level: frozenset[str]) -> int | None:
    """Return where the longest name with a known top-level domain ends; `following` is the character behind it."""
    end = len(domain)
    while (dot := domain.rfind(".", 0, end)) > 0:
        label = domain[dot + 1 : end]
        ascii_part = re.match(r"[a-z0-9-]*", label, re.IGNORECASE)
        for candidate in (label, ascii_part[0] if ascii_part else ""):
            after = (domain + following)[dot + 1 + len(candidate) : dot + 2 + len(candidate)]
            known = candidate.casefold() in top_level or candidate.casefold().startswith("xn--")
            if known and not re.match(r"[0-9a-zA-Z@+-]", after) and domain[dot - 1] not in "-_":
                return dot + 1 + len(candidate)
        end = dot
    return None


def _path_end(text: str, stop: int) -> int:
    port = re.compile(r":[0-9]+").match(text, stop)
    end = port.end() if port else stop
    path = _X_PATH_RUN.match(text, end)
    if path is not None:
        last = path.end()
        while last > end + 1 and not _X_PATH_END.match(text, last - 1):
            last -= 1
        end = last
    query = _X_QUERY_RUN.match(text, end)
    if query is not None:
        last = query.end()
        while last > end + 1 and not _X_QUERY_END.match(text, last - 1):
            last -= 1
        if last > end + 1:
            end = last
    return end


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = load("limits")
    return table


@cache
def _top_level() -> frozenset[str]:
    return frozenset(_table()["top_level"].split())


@cache
def _emoji() -> re.Pattern[str]:
    """Build the pattern of one emoji (UTS 51, section 1.4.9) from the sequences in the data."""
    data = _table()["emoji"]
    skin = "[\U0001f3fb-\U0001f3ff]"
    modifiable = _character_class(data["modifiable"])
    joined = []
    for sequence in data["joined"].split():
        parts = [chr(int(part, 16)) for part in sequence.split("+")]
        joined.append("\u200d".join(f"{re.escape(part)}(?:{skin}|\ufe0f)?" for part in parts))
    joined.sort(key=len, reverse=True)
    flags = "|".join(
        "".join(chr(ord(letter) - ord("A") + 0x1F1E6) for letter in flag) for flag in data["flags"].split()
    )
    tags = "|".join("".join(chr(ord(letter) + 0xE0000) for letter in tag) for tag in data["tags"].split())
    heads = "".join(sorted({chr(int(sequence.split("+")[0], 16)) for sequence in data["joined"].split()}))
    return re.compile(
        f"(?=[{heads}])(?:{'|'.join(joined)})|{flags}|\U0001f3f4(?:{tags})\U000e007f"
        f"|[{re.escape(data['keycaps'])}]\ufe0f?\u20e3|[{modifiable}]{skin}|[{_character_class(data['selectable'])}]\ufe0f"
        f"|[{_character_class(data['single'])}]"
    )


def _character_class(ranges: str) -> str:
    return "".join("-".join(f"\\U{int(end, 16):08x}" for end in item.split("-")) for item in ranges.split())


def compile_table(toml: str) -> str:
    """Compile the text of `limits.toml` into that of `limits.json`.

    Raises `tomllib.TOMLDecodeError` where the text is no TOML and `KeyError` where a table lacks a field.
    """
    import json  # noqa: PLC0415 - needed by the generator only
    import tomllib  # noqa: PLC0415 - needed by the generator only

    data = tomllib.loads(toml)
    platforms = {
        one["id"]: [one["limits"], one.get("words"), one.get("forbidden", ""), one["source"], one["date"]]
        for one in data["platform"]
    }
    table = {"platform": platforms, "emoji": data["emoji"], "top_level": data["domains"]["top_level"]}
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"
