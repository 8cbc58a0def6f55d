"""Read plain text: its lines, the sentences of a line, links and handles, each with its place in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = [
    "Handle",
    "Line",
    "TextLink",
    "find_handles",
    "find_links",
    "says_nothing",
    "says_nothing_beside",
    "split_lines",
    "split_sentences",
]

# A face drawn with signs, with its arms and ears: "ヽ(´▽｀)ノ".
_FACE = lazy(r"\\?[ヽ٩mdbo]?[(（](?:[^\w\s()（）]|[_ωдヮoTノ]){2,10}[)）][ノﾉو۶mdbo]?")
_ITEM_NUMBER = lazy(r"[^\w\n]{0,4}\d{1,2}[.)）．、][^\w\n]{0,4}")
_LINE_END = lazy(r"\r\n|[\n\r\u2028\u2029]")

# What an RFC 3986 URL may hold, without what surrounds one in prose more often than it belongs to it.
_URL_CHARACTERS = r"A-Za-z0-9\-._~:/?#@!$&'()*+,;=%\[\]|"
_INVISIBLE_CHARACTERS = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_INVISIBLE = lazy(f"[{_INVISIBLE_CHARACTERS}]")
_SCHEMES = frozenset(["http", "https", "hxxp", "hxxps"])
# An IRI may hold any letter (RFC 3987), but a sentence in a script without spaces often stands right behind a URL.
# Letters beyond ASCII count where a part of the path begins with them, and accented Latin ones anywhere.
_URL_RUN = lazy(
    rf"(?:[{_URL_CHARACTERS}\u00c0-\u024f]++|(?<=[/=?#@%_-])[^\W\d_a-zA-Z][^\s<>\"'()\[\]{{}}（）「」『』【】《》、。，！？：；|]*+)++"
)
_HOST = lazy(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.(?=[^\W_]))++(?:xn--[a-z0-9-]++|[^\W\d_]{2,24})\.?(?::\d{1,5})?", re.IGNORECASE
)
# Most URLs: nothing behind the scheme that a sentence could own, or that might go on in another script.
_PLAIN = lazy(
    r"(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}+(?<!-)\.)++[A-Za-z]{2,24}+(?:[/?#][A-Za-z0-9\-._~/?#@!$&'()*+,;=%\[\]|]{0,3500}+)?+"
    r"(?<=[A-Za-z0-9/=-])(?=[\s\"<>]|\Z)"
)
_DOT = lazy(r"\.(?=[A-Za-z]{2})")
_BARE_HOST = lazy(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.(?=[A-Za-z0-9]))++[A-Za-z]{2,24}(?![A-Za-z0-9-]|\.[A-Za-z0-9/])"
)
_BARE_REST = lazy(
    rf"(?::\d{{1,5}})?[/?#](?:[{_URL_CHARACTERS}\u00c0-\u024f]++|(?<=[/=@])[^\W\d_a-zA-Z][^\s<>\"'()\[\]|]*+)*+"
)
_MAX_URL = 4096  # what browsers and servers agree on is less
_MAX_HOST = 253  # RFC 1035, section 2.3.4
_BROKEN_SCHEME = lazy(r"\bhttps?(?::/|//)\Z", re.IGNORECASE)  # what typing makes of "https://"
_INNER = lazy(r"https?://", re.IGNORECASE)
_TRAILING = ".,;:!?'*|_~&$"
_CLOSERS = {")": "(", "]": "["}
_AT_END = frozenset(_TRAILING + "()[]")

_HANDLE = lazy(r"[@＠](?<![A-Za-z0-9_@＠./:+-].)(\w[\w.-]{0,60})(?:@[\w-]+(?:\.[\w-]+)+)?")

# A sentence ends with its mark and white space, unless that is the point of "Dr. Byrne" or "Nov. 19"; with some marks
# also right before the next word.
_SENTENCE_END = lazy(
    r"""(?<![.!?…])
        (?: [.!?…]++ (?=["'”’)\]]*+(?:\s|\Z))
            (?<!\b(?:Dr|Lt|M[rs]|Sr|St)\.) (?<!\b(?:Dra|Gen|Mme|Mrs|Rev|Sgt|Sra|соц)\.) (?<!\b(?:Capt|Mlle|Prof)\.)
            (?! (?: (?<=\b(?:Ep|N[or])\.) | (?<=\b(?:Jan|Feb|Apr|Aug|Sep|Oct|Nov|Dec|Vol)\.) ) \s?\d )
            ["'”’)\]]*+
        | (?: [!?…]++ | \.[.!?…]++ ) (?=[^\W\d_a-z]|[\u2190-\u2bff\U0001f000-\U0001faff])
        | [。！？।؟]++["'”’)」』]*+
        | (?<=\s) (?: [:;=]['-]?[)(DP] | [xX]D | <3 ) (?=\s++[^\W\d_a-z]) )
        \s*+""",
    re.VERBOSE,
)
_MAY_END = lazy(r"[.!?…。！？।؟:;=<xX]")


class Line(NamedTuple):
    """A line of a text: from `start` to `end` without its line end, which goes on to `next`; code points, half-open."""

    start: int
    end: int
    next: int


class TextLink(NamedTuple):
    """A link in plain text: its range in code points, half-open, and its URL.

    `url` has a scheme and no invisible characters; `cut` says that the site that showed the text has shortened it
    (it ended with an ellipsis, which belongs to the range).
    """

    start: int
    end: int
    url: str
    cut: bool


class Handle(NamedTuple):
    """A name behind an at sign: the range of both, half-open, in code points, and the name without the sign."""

    start: int
    end: int
    name: str


def split_lines(text: str) -> tuple[Line, ...]:
    r"""Split text into lines that partition it; a text that ends with a line end has an empty last line.

    >>> split_lines("a\r\nb\n")
    (Line(start=0, end=1, next=3), Line(start=3, end=4, next=5), Line(start=5, end=5, next=5))
    """
    if not any(end in text for end in "\r\u2028\u2029"):
        nexts = list(accumulate([len(line) + 1 for line in text.split("\n")]))
        ends = [after - 1 for after in nexts]
        nexts[-1] = len(text)
    else:
        found = [match.span() for match in _LINE_END.finditer(text)]
        ends = [*(end for end, _ in found), len(text)]
        nexts = [*(after for _, after in found), len(text)]
    return tuple(map(Line._make, zip((0, *nexts), ends, nexts, strict=False)))


def find_links(text: str, *, is_known_host: Callable[[str], bool]) -> tuple[TextLink, ...]:
    """Find the links of a text in their order: every `http(s)://`, every `www.`, and bare hosts that are known.

    `is_known_host` is asked for the bare host in lower case. Sentence marks and unbalanced brackets at the end are
    no part of a link. Linear in the length of the text.

    >>> [link.url for link in find_links("(see https://example.com/a_(b)).", is_known_host=lambda host: False)]
    ['https://example.com/a_(b)']
    >>> [link.url for link in find_links("ツイッターx.com/ada、main.py", is_known_host=lambda host: host == "x.com")]
    ['https://x.com/ada']
    """
    if "://" not in text and "." not in text:
        return ()
    if text.isascii() or _INVISIBLE.search(text) is None:
        return tuple(_scan(text, is_known_host))
    hidden = {match.start() for match in _INVISIBLE.finditer(text)}
    kept = [index for index in range(len(text)) if index not in hidden]
    seen = _INVISIBLE.sub("", text)
    links = []
    for link in _scan(seen, is_known_host):
        start, end = kept[link.start], kept[link.end - 1] + 1
        links.append(_stop_at_invisible(text, TextLink(start, end, link.url, link.cut)))
    return tuple(links)


def _stop_at_invisible(text: str, link: TextLink) -> TextLink:
    """End a link at an invisible character in its path: between a link and the next word it stands for a space."""
    raw = text[link.start : link.end]
    host = raw.find("/", raw.find("://") + 3 if "://" in raw else 0)
    inner = _INVISIBLE.search(raw, host) if host >= 0 else None
    if inner is None:
        return link
    hidden = len(_INVISIBLE.findall(raw, 0, inner.start()))
    visible = len(link.url) - (len(raw) - len(_INVISIBLE.findall(raw)))  # the scheme that was put before
    return TextLink(
        link.start, link.start + inner.start(), link.url[: max(visible, 0) + inner.start() - hidden], link.cut
    )


def _scan(text: str, is_known_host: Callable[[str], bool]) -> list[TextLink]:
    links = _scan_schemes(text)
    ends = [link.end for link in links]
    bare = _scan_bare(text, links, ends, is_known_host)
    if not bare:
        return links
    return sorted((*links, *bare), key=lambda link: link.start)


def _scan_schemes(text: str) -> list[TextLink]:
    links: list[TextLink] = []
    position = 0
    while (colon := text.find("://", position)) >= 0:
        before = text[max(colon - 5, position) : colon].lower()
        begin = colon + 3
        if before[-4:] not in _SCHEMES and before not in _SCHEMES:
            position = begin
            continue
        start = colon - (4 if before[-4:] in _SCHEMES else 5)
        plain = _PLAIN.match(text, begin)
        end, cut = _end_of_url(text, begin) if plain is None else (plain.end(), False)
        if end == begin:
            position = begin
            continue
        url = text[start:end]
        if cut:
            end = _include_ellipsis(text, end)
        if url[:2].lower() == "hx":
            url = "http" + url[4:]
        links.append(TextLink(start, end, url, cut))
        position = end
    return links


def _end_of_url(text: str, begin: int) -> tuple[int, bool]:
    """Return where the address ends whose host begins at `begin`, there if none does, and whether it was shortened."""
    host = _HOST.match(text, begin)
    run = None if host is None else _URL_RUN.match(text, begin, begin + _MAX_URL)
    if host is None or run is None:
        return begin, False
    end = max(run.end(), host.end())
    inner = _INNER.search(text, begin, end)
    while inner is not None:
        if text[inner.start() - 1].isalnum() and "?" not in text[begin : inner.start()]:
            end = inner.start()
            break
        inner = _INNER.search(text, inner.end(), end)
    return _trim(text, begin, end)


def _trim(text: str, start: int, end: int) -> tuple[int, bool]:
    """Take sentence marks and unbalanced closing brackets off the end; tell whether an ellipsis was among them."""
    cut = text[end : end + 1] == "…"
    if end > start and text[end - 1] not in _AT_END:
        return end, cut
    depth = {
        closer: text.count(closer, start, end) - text.count(opener, start, end) for closer, opener in _CLOSERS.items()
    }
    while end > start:
        last = text[end - 1]
        if last in _CLOSERS and depth[last] > 0:
            depth[last] -= 1
        elif last in "([":
            depth[")" if last == "(" else "]"] += 1
        elif last not in _TRAILING or (last == "_" and text[end - 2] not in _TRAILING):
            break
        elif last == "." and text[end - 2 : end] == "..":
            cut = True
        end -= 1
    return end, cut


def _include_ellipsis(text: str, end: int) -> int:
    while text[end : end + 1] in (".", "…") and end < len(text):
        end += 1
    return end


def _scan_bare(
    text: str, links: list[TextLink], ends: list[int], is_known_host: Callable[[str], bool]
) -> list[TextLink]:
    found: list[TextLink] = []
    position = 0
    while (dot := _DOT.search(text, position)) is not None:
        position = dot.end()
        inside = bisect_right(ends, dot.start())
        if inside < len(links) and links[inside].start <= dot.start():
            position = links[inside].end
            continue
        floor = max(links[inside - 1].end if inside else 0, found[-1].end if found else 0, dot.start() - _MAX_HOST)
        start = dot.start()
        while start > floor and (text[start - 1].isascii() and (text[start - 1].isalnum() or text[start - 1] in ".-")):
            start -= 1
        while start < dot.start() and text[start] in ".-":
            start += 1
        host = _BARE_HOST.match(text, start)
        if host is None:
            continue
        position = host.end()
        name = host[0].lower()
        before = text[start - 1 : start]
        broken = _BROKEN_SCHEME.search(text, max(start - 8, floor), start) if before == "/" else None
        if broken is None and before and before in "@＠/_.":
            continue
        if not (name.startswith("www.") or is_known_host(name)):
            continue
        rest = _BARE_REST.match(text, host.end())
        end, cut = (
            _trim(text, host.end(), rest.end())
            if rest is not None
            else (host.end(), text[host.end() : host.end() + 1] == "…")
        )
        url = "https://" + text[start:end]
        if cut:
            end = _include_ellipsis(text, end)
        found.append(TextLink(start if broken is None else broken.start(), end, url, cut))
        position = end
    return found


def find_handles(text: str, start: int = 0, end: int | None = None) -> tuple[Handle, ...]:
    """Find the handles between two offsets; e-mail addresses are none.

    >>> [handle.name for handle in find_handles("IG: @ada.codes, mail ada@example.com")]
    ['ada.codes']
    """
    stop = len(text) if end is None else end
    if "@" not in text and "＠" not in text:
        return ()
    handles = []
    for match in _HANDLE.finditer(text, start, stop):
        name = match[0][1:].rstrip(".-")
        if name:
            handles.append(Handle(match.start(), match.start() + 1 + len(name), name))
    return tuple(handles)


def says_nothing(rest: str) -> bool:
    """Tell whether what is left of a line holds no word, apart from the number of an item.

    >>> says_nothing(" -> "), says_nothing("3. "), says_nothing("3 trees"), says_nothing("(^_^)b")
    (True, True, False, True)
    """
    if not any(map(str.isalnum, rest)) or _ITEM_NUMBER.fullmatch(rest) is not None:
        return True
    return _FACE.search(rest) is not None and not any(map(str.isalnum, _FACE.sub("", rest)))


def says_nothing_beside(text: str, line: Line, spans: Iterable[tuple[int, int]]) -> bool:
    """Tell whether nothing that says something is left of a line where spans of the text, in their order, go.

    >>> says_nothing_beside("Follow us: a, b!", Line(0, 16, 16), [(0, 12), (14, 15)])
    True
    """
    position, rest = line.start, []
    for start, end in spans:
        rest.append(text[position:start])
        position = max(position, end)
    rest.append(text[position : line.end])
    return says_nothing("".join(rest))


def split_sentences(
    text: str, start: int, end: int, *, links: Sequence[TextLink] = (), breaks: Sequence[int] = ()
) -> tuple[tuple[int, int], ...]:
    """Split a line, given by its offsets, into sentences that partition it; no link is split.

    `breaks` are further offsets, in their order, at which a sentence begins.

    >>> text = "One. Two!! Three https://example.com/a.b?c"
    >>> [text[start:end] for start, end in split_sentences(text, 0, len(text))]
    ['One. ', 'Two!! ', 'Three https://example.com/a.b?c']
    """
    first = _MAY_END.search(text, start, end)
    if first is None and not breaks:
        return ((start, end),)
    stops = list(breaks)
    at = 0
    for match in _SENTENCE_END.finditer(text, first.start(), end) if first is not None else ():
        while at < len(links) and links[at].end <= match.start():
            at += 1
        if at == len(links) or not links[at].start < match.start() < links[at].end:
            stops.append(match.end())
    stops.append(end)
    stops.sort()
    spans = []
    position = start
    for stop in stops:
        if stop > position:
            spans.append((position, stop))
            position = stop
    return tuple(spans) or ((start, end),)
