"""URLs as they stand in signatures: host and path of even a broken one, and path templates.

Nothing here knows a platform; `sigtrim.detect.platforms` brings the facts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Address", "Templates", "parse_address", "suffixes"]

# Longer ones are data: URLs and the like; whatever decides stands at the front.
_MAX_URL = 2048

# http, https and what typing makes of them: "htp:", "httpss://", "https:/", "https//", "ttps://".
_WEB_SCHEME = re.compile(r"h{0,2}t{1,3}p{1,2}s{0,3}(?::(?:/|\\)*+|(?:/|\\){2,}+)", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+-]{1,30}):(?!\d{1,5}(?:[/?#]|\Z))", re.IGNORECASE)
_AUTHORITY = re.compile(r"([^/?#\s]*+)([^?#]*+)(?:\?([^#]*+))?(?:#(.*))?", re.DOTALL)
_HOST = re.compile(r"[^\s\"'<>(){}\[\]|,;!$%&*+=@:/?#]{1,253}")
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x09, 0x0A, 0x0D))


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL points to: `scheme` is "" for the web, else an app's; `host` is lower case, `path` starts with "/".

    For an app scheme `host` is empty and `path` holds what follows the colon.
    """

    scheme: str
    host: str
    path: str
    query: str
    rest: str


def parse_address(url: str) -> Address | None:
    r"""Return where a URL points to, or None for what is no web or app address (mail, phone, fragments, files).

    White space, invisible characters, missing and broken schemes, user, port and a final dot are coped with,
    as browsers and hurried authors do (https://url.spec.whatwg.org/#url-parsing).

    >>> parse_address(" httpss://user@WWW.Example.com.:443/a/?b=1#c ")
    Address(scheme='', host='www.example.com', path='/a', query='b=1', rest='')
    >>> parse_address("skype:jane.doe?chat").scheme
    'skype'
    >>> parse_address("mailto:jane@example.com") is None
    True
    """
    text = url[:_MAX_URL].strip()
    if not text.isascii() or "\n" in text or "\t" in text or "\r" in text:
        text = text.translate(_INVISIBLE).strip()
    if "\\" in text:
        text = text.replace("\\", "/")
    scheme = _WEB_SCHEME.match(text)
    if scheme:
        text = text[scheme.end() :]
        # "http://https://example.com": only the last one counts.
        while scheme := _WEB_SCHEME.match(text):
            text = text[scheme.end() :]
    elif text.startswith("//"):
        text = text.lstrip("/")
    else:
        app = _SCHEME.match(text)
        if app:
            body, _, query = text[app.end() :].lstrip("/").partition("?")
            return Address(app[1].lower(), "", "/" + body.lower().rstrip("/"), query.lower(), "")
        if text[:1] in ("", "/", "#", "?", ".") or "." not in text:
            return None
    found = _AUTHORITY.match(text)
    if found is None:  # pragma: no cover - every part of the pattern may be empty
        return None
    authority, path, query, _ = found.groups()
    host = authority.rpartition("@")[2].partition(":")[0]
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host).replace("。", ".")
    host = host.lower().strip(".")
    if "." not in host or not _HOST.fullmatch(host):
        return None
    rest = path.lstrip("/")
    path = path.lower()
    if "%" in path:
        path = path.replace("%40", "@").replace("%2b", "+").replace("%7e", "~").replace("%2f", "/")
    if "//" in path:
        path = re.sub(r"/{2,}+", "/", path)
    return Address("", host, path.rstrip("/").rstrip() or "/", (query or "").lower(), rest)


def suffixes(host: str) -> tuple[str, ...]:
    """Return the host and every parent of it down to two labels, the longest first.

    >>> suffixes("a.b.example.com")
    ('a.b.example.com', 'b.example.com', 'example.com')
    """
    names = [host]
    while host.count(".") > 1:
        host = host.partition(".")[2]
        names.append(host)
        if len(names) > 8:
            break
    return tuple(names)


_WILD = re.compile(r"\{([hnx])\}|\*")
_KINDS = {"h": r"[^/]+", "n": r"[0-9]+", "x": r"[0-9a-f]{8,}"}


@lru_cache(maxsize=512)
def _segment_pattern(segment: str) -> re.Pattern[str]:
    """Return the pattern of a path segment that mixes letters and wildcards."""
    parts: list[str] = []
    end = 0
    for wild in _WILD.finditer(segment):
        parts.append(re.escape(segment[end : wild.start()]))
        parts.append(_KINDS[wild[1]] if wild[1] else r".*")
        end = wild.end()
    parts.append(re.escape(segment[end:]))
    return re.compile("".join(parts), re.DOTALL)


def _segment_matches(pattern: str, segment: str) -> bool:
    if pattern == "{h}":
        return bool(segment)
    if pattern == "{n}":
        return segment.isdecimal()
    if "{" in pattern or "*" in pattern:
        return _segment_pattern(pattern).fullmatch(segment) is not None
    return pattern == segment


class Templates:
    """The path templates of one role, ready to be asked.

    Templates are written in lower case: {h} a segment, {n} digits, {x} eight or more hex digits, * anything (also nothing); a
    final "/*" also covers the bare prefix; "?key=" wants that key in the query, "?*" takes any query.

    >>> Templates(["/in/{h}", "/company/{h}/*", "/profile.php?id="]).match("/company/acme/about", "")
    '/company/{h}/*'
    >>> Templates(["/profile.php?id="]).match("/profile.php", "ref=1") is None
    True
    """

    __slots__ = ("_by_first", "_wild")

    def __init__(self, templates: list[str] | tuple[str, ...]) -> None:
        self._by_first: dict[str, list[tuple[str, list[str], str]]] = {}
        self._wild: list[tuple[str, list[str], str]] = []
        for template in templates:
            path, _, query = template.partition("?")
            segments = path.split("/")[1:]
            entry = (template, segments, query.rstrip("="))
            if "{" in segments[0] or "*" in segments[0]:
                self._wild.append(entry)
            else:
                self._by_first.setdefault(segments[0], []).append(entry)

    def match(self, path: str, query: str) -> str | None:
        """Return the first template that the path and query fit, or None."""
        segments = path.split("/")[1:]
        for template, wanted, key in (*self._by_first.get(segments[0], ()), *self._wild):
            if key and key != "*" and not re.search(rf"(?:^|[&;]){re.escape(key)}=", query):
                continue
            if _fits(wanted, segments):
                return template
        return None


def _fits(wanted: list[str], segments: list[str]) -> bool:
    last = wanted[-1]
    if last.endswith("*"):
        head = len(wanted) - 1
        if last == "*":
            if len(segments) < head:
                return False
        elif len(segments) < len(wanted):
            return False
        else:
            # "/watch*" also covers "/watch/live".
            tail = "/".join(segments[head:])
            return all(map(_segment_matches, wanted[:-1], segments)) and _segment_matches(last, tail)
        return all(map(_segment_matches, wanted[:-1], segments))
    return len(wanted) == len(segments) and all(map(_segment_matches, wanted, segments))
