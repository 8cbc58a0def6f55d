"""Names of platforms where no text stands: in image files, classes, placeholders of templates, paths of redirects.

`Marks` answers from the tables that `sigtrim.detect.registry_data` builds; its users go through
`sigtrim.detect.platforms`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from sigtrim.detect.platform_names import label_key, normalize, words
from sigtrim.patterns import lazy

__all__ = ["Marks"]

_CAMEL = lazy(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+\+?|\+")
_MAX_NAME = 2048
_SIZE = lazy(r"(?:\d{1,4}x)?\d{1,6}(?:px|pt|x|dpi|w|h)?|\dx\d?|[a-z]\d{1,3}|\d{1,3}[a-z]|v\d+")
_HASH = lazy(r"(?=[a-z]*+\d)(?=\d*+[a-z])[0-9a-z]{6,}|[0-9a-f]{8,}")
_UUID = lazy(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_CLASS = lazy(r"[\w:/-]{1,80}")
_CLASS_PART = lazy(r"[^\W_]+")
_EXTENSIONS = frozenset(("asp", "aspx", "avif", "bmp", "emf", "gif", "htm", "html", "ico", "jpeg", "jpg", "jsp", "php"))
_EXTENSIONS |= {"png", "svg", "tif", "tiff", "webp", "wmf", "wmz"}
_PLACEHOLDER = lazy(
    r"\{\{+([^{}]{1,80}+)\}\}+|[$#]\{([^{}]{1,80}+)\}|\{%?([^{}%]{1,80}+)%?\}|<%[=-]?([^%<>]{1,80}+)%>"
    r"|%%([^%]{1,80}+)%%|%([A-Za-z][\w .-]{0,60}+)%|\[\[?([^\[\]]{1,80}+)\]\]?|\$([A-Za-z][\w.-]{0,60}+)\$"
    r"|\*\|([^|]{1,60}+)\|\*|<<([^<>]{1,60}+)>>|«([^«»]{1,60}+)»|__([A-Za-z](?:[A-Za-z0-9-]|_(?!_)){0,60}+)__"
)


class Marks:
    """Recognises platforms by the names of what belongs to them; see `Registry` for what each look-up means."""

    __slots__ = ("_tables", "_words")

    def __init__(self, tables: dict[str, Any]) -> None:
        self._tables = tables
        self._words: dict[str, frozenset[str]] = {key: frozenset(values) for key, values in tables["words"].items()}

    def icon(self, name: str, *, weak: bool = True) -> str | None:
        """Return the one platform that an image's name shows; without `weak` no short or common name counts."""
        chunks = self._chunks(name)
        strong, short = self._tables["icons"], self._tables["icons_weak"]
        found: set[str] = set()
        unknown = 0
        index = 0
        while index < len(chunks):
            # Names of several parts first: "google-plus" is not "google".
            for length in (3, 2):
                joined = "".join(spellings[0] for spellings in chunks[index : index + length])
                if joined in strong and joined != chunks[index][0]:
                    found.add(strong[joined])
                    index += length
                    break
            else:
                spellings = chunks[index]
                platform = next((strong[spelling] for spelling in spellings if spelling in strong), None)
                if platform:
                    found.add(platform)
                elif not self._is_noise(spellings[0]):
                    unknown += 1
                index += 1
        if found:
            return found.pop() if len(found) == 1 and unknown <= 2 else None
        if not weak:
            return None
        # "f" and "in" are names when nothing else is one.
        telling = [spellings for spellings in chunks if not self._is_noise(spellings[0])]
        if not telling:
            telling = [spellings for spellings in chunks if spellings[0] in short]
        if len(telling) != 1:
            return None
        return next((short[spelling] for spelling in telling[0] if spelling in short), None)

    def strong_icon(self, name: str) -> str | None:
        """Return the one platform that an image's file name names without a doubt."""
        return self.icon(name, weak=False)

    def _is_noise(self, chunk: str) -> bool:
        noise = chunk in self._words["icon_noise"]
        return noise or _SIZE.fullmatch(chunk) is not None or _HASH.fullmatch(chunk) is not None

    def _chunks(self, name: str) -> list[list[str]]:
        """Return the parts of an image's file name, each with its finer spellings; none for what is no icon."""
        if name[:5].lower() == "data:" or name[:4].lower() == "cid:":
            return []
        path = name[:_MAX_NAME].strip().partition("?")[0].partition("#")[0].replace("\\", "/").rstrip("/")
        rest = path.partition("://")[2] or (path.lstrip("/") if path.startswith("//") else "")
        if rest and "/" not in rest:
            return []  # a bare host
        segment = _UUID.sub(" ", _without_extension(unquote(path.rpartition("/")[2])[:200]))
        veto = self._words["icon_veto"]
        chunks: list[list[str]] = []
        for raw in words(segment):
            whole = normalize(raw)
            spellings = [whole]
            pieces = [normalize(piece) for piece in _CAMEL.findall(raw)]
            if len(pieces) > 1:
                letters = [piece for piece in pieces if not piece.isdigit() and piece not in ("x", "px")]
                spellings += ["".join(letters), *letters]
            bare = self._bare(whole)
            spellings.append(bare)
            if not veto.isdisjoint(spellings):
                return []
            chunks.append([spelling for spelling in dict.fromkeys(spellings) if spelling])
        return chunks

    def _bare(self, chunk: str) -> str:
        """Return a file name part without "icon", "logo", colours and forms glued to it: "fbicon" becomes "fb"."""
        affixes = self._tables["words"]["icon_affixes"]
        affix: str | None = ""
        while affix is not None:
            affix = next(
                (a for a in affixes if len(a) < len(chunk) and (chunk.endswith(a) or chunk.startswith(a))), None
            )
            if affix:
                chunk = chunk.removesuffix(affix) if chunk.endswith(affix) else chunk.removeprefix(affix)
        return chunk

    def classes(self, classes: str) -> str | None:
        """Return the one platform that a class attribute shows."""
        exact, strong = self._tables["icon_classes"], self._tables["icons"]
        found: set[str] = set()
        for name in _CLASS.findall(classes[:_MAX_NAME].lower()):
            parts = _CLASS_PART.findall(name)
            joined = [first + second for first, second in pairwise(parts)]
            platform = exact.get(name) or next((strong[part] for part in (*joined, *parts) if part in strong), None)
            if platform:
                found.add(platform)
        return found.pop() if len(found) == 1 else None

    def placeholder(self, value: str) -> str | None:
        """Return the one platform that placeholders name."""
        text = value[:300]
        if "%7b" in text.lower() or "%5b" in text.lower():
            text = unquote(text)
        telling: list[str] = []
        for match in _PLACEHOLDER.finditer(text):
            telling += self._telling_words(next(group for group in match.groups() if group is not None))
        tables = self._tables
        named = (
            tables["icons"].get(word) or tables["strong"].get(word) or tables["whole"].get(word) for word in telling
        )
        found = {platform for platform in named if platform}
        if found:
            return found.pop() if len(found) == 1 else None
        weak: str | None = tables["icons_weak"].get(telling[0]) if len(set(telling)) == 1 else None
        return weak

    def _telling_words(self, name: str) -> list[str]:
        """Return the words of a placeholder's name without the likes of "url" and "user"."""
        noise = self._words["placeholder_noise"]
        telling: list[str] = []
        for raw in words(name):
            pieces = [normalize(raw)]
            if raw.islower() or raw.isupper():
                pieces += [pieces[0].removesuffix(one) for one in noise if pieces[0].endswith(one)]  # "facebookurl"
            else:
                # "linkedInUrl" is linked, in and url, and "linkedin" without the noise.
                camel = [piece for piece in map(normalize, _CAMEL.findall(raw)) if piece not in noise]
                pieces = ["".join(camel), *camel]
            telling += [piece for piece in dict.fromkeys(pieces) if piece and piece not in noise]
        return telling

    def path(self, path: str) -> str | None:
        """Return the one platform that a redirect's path names."""
        segments = [unquote(segment) for segment in path.split("/") if segment]
        if not 1 <= len(segments) <= 5:
            return None
        redirect = self._words["redirect"]
        found: set[str] = set()
        others = 0
        for segment in segments:
            bare = _without_extension(segment)
            key = label_key(bare.replace("-", " ").replace("_", " "))
            tables = self._tables
            platform = tables["strong"].get(key) or tables["whole"].get(key) or tables["icons"].get(key)
            if platform:
                found.add(platform)
            elif len(bare) > 3 and bare not in redirect and not any(character.isdigit() for character in bare):
                # An ordinary page about a platform ("/services/facebook") is no redirect to it.
                others += 1
        return found.pop() if len(found) == 1 and not others else None


def _without_extension(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    return stem if dot and extension.lower() in _EXTENSIONS else name
