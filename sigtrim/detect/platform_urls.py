"""URLs as they stand in signatures: host and path of even a broken one, and path templates.

Nothing here knows a platform; `sigtrim.detect.platform_hosts` brings the facts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Address", "Templates", "guess", "longest", "parse_address", "suffixes"]

# Longer ones are data: URLs and the like; whatever decides stands at the front.
_MAX_URL = 2048

# The common case: nothing to repair.
_PLAIN = lazy(r"https?://([a-z0-9][a-z0-9.-]*[a-z0-9])(/[a-z0-9._~/@+-]*+)?(?:\?([^#%\s]*+))?(?:#\S*+)?", re.ASCII)
# http, https and what typing makes of them: "htp:", "httpss://", "https:/", "https//", "ttps://".
_WEB_SCHEME = lazy(r"h{0,2}t{1,3}p{1,2}s{0,3}(?::[/\\]*+|[/\\]{2,}+)")
_SCHEME = lazy(r"([a-z][a-z0-9+-]{1,30}):(?!\d{1,5}(?:[/?#]|\Z))")
_AUTHORITY = lazy(r"([^/?#\s]*+)([^?#]*+)(?:\?([^#]*+))?", re.DOTALL)
_HOST = lazy(r"[^\s\"'<>(){}\[\]|,;!$%&*+=@:/?#]{1,253}")
_COUNTRY_SECOND = frozenset(("com", "co", "net", "org"))
_COMMON_ENDINGS = frozenset(("com", "net", "org", "info", "eu", "app"))
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x09, 0x0A, 0x0D))


class Address(NamedTuple):
    """What a URL points to, in lower case: `scheme` is "" for the web, else an app's; `path` starts with "/".

    For an app scheme `host` is empty and `path` holds what follows the colon.
    """

    scheme: str
    host: str
    path: str
    query: str


@lru_cache(maxsize=256)  # a link is asked about several times in a row
def parse_address(url: str) -> Address | None:
    r"""Return where a URL points to, or None where it has no host and no scheme (fragments, files, e-mail addresses).

    White space, invisible characters, missing and broken schemes, user, port and a final dot are coped with,
    as browsers and hurried authors do (https://url.spec.whatwg.org/#url-parsing).

    >>> parse_address(" httpss://user@WWW.Example.com.:443/a/?b=1#c ")
    Address(scheme='', host='www.example.com', path='/a', query='b=1')
    >>> parse_address("skype:jane.doe?chat").scheme
    'skype'
    >>> parse_address("#top") is None
    True
    """
    text = url[:_MAX_URL].strip().lower()
    plain = _PLAIN.fullmatch(text)
    if plain:
        host, path, query = plain.groups()
        if "." not in host:
            return None
        if path is None:
            return Address("", host, "/", query or "")
        if "//" in path:
            path = re.sub(r"/{2,}+", "/", path)
        return Address("", host, path.rstrip("/") or "/", query or "")
    return _parse_odd(text)


def _parse_odd(text: str) -> Address | None:
    if not text.isascii() or "\n" in text or "\t" in text or "\r" in text:
        text = text.translate(_INVISIBLE).strip()
    text = text.replace("\\", "/")
    scheme = _WEB_SCHEME.match(text)
    app = None if scheme else _SCHEME.match(text)
    if app:
        body, _, query = text[app.end() :].lstrip("/").partition("?")
        return Address(app[1], "", "/" + body.rstrip("/"), query)
    bare = not scheme and not text.startswith("//")
    # "http://https://example.com": only the last one counts.
    while scheme:
        text = text[scheme.end() :]
        scheme = _WEB_SCHEME.match(text)
    return _parse_host(text if bare else text.lstrip("/"), bare=bare)


def _parse_host(text: str, *, bare: bool) -> Address | None:
    """Return the address that starts with a host; without a scheme (`bare`) it may be a file or e-mail."""
    found = _AUTHORITY.match(text)
    if found is None:  # pragma: no cover - every part of the pattern may be empty
        return None
    authority, path, query = found.groups()
    if bare and (authority[:1] in ("", ".") or "@" in authority):
        return None
    host = authority.rpartition("@")[2].partition(":")[0]
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host).replace("。", ".").lower()
    host = host.strip(".")
    if "." not in host or not _HOST.fullmatch(host):
        return None
    if "%" in path:
        path = path.replace("%40", "@").replace("%2b", "+").replace("%7e", "~").replace("%2f", "/")
    if "//" in path:
        path = re.sub(r"/{2,}+", "/", path)
    return Address("", host, path.rstrip("/ ") or "/", query or "")


def suffixes(host: str) -> tuple[str, ...]:
    """Return the host and every parent of it down to two labels, the longest first.

    >>> suffixes("a.b.example.com")
    ('a.b.example.com', 'b.example.com', 'example.com')
    """
    names = [host]
    while "." in host.partition(".")[2]:
        host = host.partition(".")[2]
        names.append(host)
    return tuple(names)


_WILD = lazy(r"\{([hnx])\}|\*")
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


def longest(address: Address, table: dict[str, str], paths: dict[str, list[str]]) -> tuple[str, str | None]:
    """Return the longest listed name that covers an address, and its value; ("", None) where none does."""
    host = address.host
    while True:
        if host in paths:
            path = address.path + "/"
            for prefix in paths[host]:
                if path.startswith(prefix + "/"):
                    return host + prefix, table[host + prefix]
        value = table.get(host)
        if value is not None:
            return host, value
        _, dot, host = host.partition(".")
        if not dot:
            return "", None


def guess(address: Address, brands: dict[str, str], open_hosts: dict[str, str]) -> tuple[str, str | None]:
    """Recognise a well-known name under another country's ending, and servers of open networks by their name."""
    labels = address.host.split(".")
    last = labels[-1]
    if labels[-2] in brands and (len(last) == 2 or last in _COMMON_ENDINGS):
        return ".".join(labels[-2:]), brands[labels[-2]]
    if len(labels) > 2 and labels[-3] in brands and len(last) == 2 and labels[-2] in _COUNTRY_SECOND:
        return ".".join(labels[-3:]), brands[labels[-3]]
    if address.path.startswith("/@"):
        for part, id_ in open_hosts.items():
            if part in address.host:
                return address.host, id_
    return "", None


class Templates:
    """The path templates of one role, ready to be asked.

    Templates are written in lower case: {h} a segment, {n} digits, {x} eight or more hex digits, * anything (also
    nothing); a final "/*" also covers the bare prefix; "?key=" wants that key in the query, "?*" takes any query.

    >>> Templates(["/in/{h}", "/company/{h}/*", "/profile.php?id="]).match("/company/acme/about", "")
    '/company/{h}/*'
    >>> Templates(["/profile.php?id="]).match("/profile.php", "ref=1") is None
    True
    """

    __slots__ = ("_by_first", "_by_second", "_glued", "_open")

    def __init__(self, templates: Iterable[str]) -> None:
        # Most templates are told apart by one literal segment, so that a look-up tries only a few.
        self._by_first: dict[str, list[_Template]] = {}
        self._by_second: dict[str, list[_Template]] = {}
        self._glued: list[tuple[str, _Template]] = []
        self._open: list[_Template] = []
        for text in templates:
            template = _parse_template(text)
            first = template.segments[0]
            if "{" not in first and "*" not in first:
                self._by_first.setdefault(first, []).append(template)
            elif first == "{h}":
                second = template.segments[1] if len(template.segments) > 1 else "*"
                if "{" in second or "*" in second:
                    self._open.append(template)
                else:
                    self._by_second.setdefault(second, []).append(template)
            else:
                self._glued.append((re.split(r"[{*]", first, maxsplit=1)[0], template))

    def match(self, path: str, query: str) -> str | None:
        """Return a template that the path and query fit, or None; the more literal ones are asked first."""
        segments = path[1:].split("/")
        first = segments[0]
        for template in self._by_first.get(first, ()):
            if template.fits(segments, query):
                return template.text
        if len(segments) > 1:
            for template in self._by_second.get(segments[1], ()):
                if template.fits(segments, query):
                    return template.text
        for prefix, template in self._glued:
            if first.startswith(prefix) and template.fits(segments, query):
                return template.text
        for template in self._open:
            if template.fits(segments, query):
                return template.text
        return None


class _Template(NamedTuple):
    text: str
    segments: list[str]
    key: str
    #: "": as many segments as here; "/*": these and any more; "*": the last one goes on over slashes.
    tail: str

    def fits(self, segments: list[str], query: str) -> bool:
        wanted = self.segments
        count = len(wanted)
        if not self.tail:
            if len(segments) != count:
                return False
        elif len(segments) < count:
            return False
        elif self.tail == "*":
            segments = [*segments[: count - 1], "/".join(segments[count - 1 :])]
        for pattern, segment in zip(wanted, segments, strict=False):
            if pattern == "{h}":
                if not segment:
                    return False
            elif pattern != segment and not (
                ("{" in pattern or "*" in pattern) and _segment_pattern(pattern).fullmatch(segment)
            ):
                return False
        return not self.key or re.search(rf"(?:^|[&;]){re.escape(self.key)}=", query) is not None


def _parse_template(text: str) -> _Template:
    path, _, query = text.partition("?")
    segments = path[1:].split("/")
    tail = ""
    if len(segments) > 1 and segments[-1] == "*":
        segments.pop()
        tail = "/*"
    elif segments[-1].endswith("*"):
        tail = "*"
    return _Template(text, segments, "" if query == "*" else query.rstrip("="), tail)
