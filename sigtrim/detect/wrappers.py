"""Unwrap links that mail gateways, trackers and platforms have replaced by links of their own, offline.

A wrapper is recognised by its host and path alone, never by a URL that stands somewhere inside. What is not decodable
to a web address is reported as opaque: a guessed target is worse than none. The facts live in `data/wrappers.toml`,
whose compiled form is loaded at the first call.
"""

import binascii
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from html import unescape
from typing import Any, NamedTuple

from sigtrim.data import load
from sigtrim.patterns import lazy

__all__ = ["MAX_DEPTH", "Unwrapped", "coded_hosts", "compile_table", "hides_nothing", "hides_target", "unwrap"]

MAX_DEPTH = 8
"""The number of wrappers around one link up to which it is decoded; gateways stack two or three."""

# The authority of a URL after the WHATWG URL standard: "\" counts as "/", what precedes "@" is no host. Without a
# scheme only a plain host with a path is read, so that `mailto:` and the like have none.
_AUTHORITY = lazy(
    r"""\s*+
    (?: (?:https?:)? [/\\]{2,}+ (?: [^/?#\\@]*+ @ )? | (?= [\w.-]++ [/?] ) )
    ( [^/?#\\:@\s]++ )
    (?: : \d*+ )? (?= [/?#\\] | \s*+ \Z )""",
    re.IGNORECASE | re.VERBOSE,
)
_TARGET = lazy(r"https?://[^\x00-\x20/?#\\][^\x00-\x1f]*+", re.IGNORECASE)
_SINGLE_SLASH = lazy(r"(https?:)/(?=[^/\\])", re.IGNORECASE)
_ESCAPED_COLON = lazy(r"\A(https?)%3A", re.IGNORECASE)
_TLD = lazy(r"(?:com|cat|(?:com?\.)?[a-z]{2})")
_HOST_NAME = lazy(r"[\w-]++(?:\.[\w-]++)++")
_LINE_BREAKS = lazy(r"[\t\r\n]++")
_ESCAPES = lazy(r"(?:%[0-9A-Fa-f]{2})++")
_STAR_ESCAPE = lazy(r"\*([0-9A-Fa-f]{2})")
_DASH_ESCAPE = lazy(r"-([0-9A-Fa-f]{2})?")
# Only what an HTML serialiser writes: `&copy` without a semicolon is a query parameter.
_CHARACTER_REFERENCE = lazy(r"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_PROOFPOINT_RUN = lazy(r"\*(?:\*([A-Za-z0-9_-]))?")
_PROOFPOINT_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # 2, 3 ... 65 bytes
_CODED = frozenset(["avanan", "opaque", "proofpoint-1", "proofpoint-2", "proofpoint-3", "query-base64", "query-json"])


class Unwrapped(NamedTuple):
    """Tell where a link leads as far as its text says.

    `url` is the innermost decoded URL, the input itself when it is no wrapper. `wrappers` are ids of `wrappers.toml`
    from the outside in. `opaque` says that `url` is a wrapper whose target only its service knows; `host` is then the
    target's host if the wrapper names it, in lower case, otherwise None.
    """

    url: str
    wrappers: tuple[str, ...]
    opaque: bool
    host: str | None


class _Wrapper(NamedTuple):
    """One entry of `wrappers.toml`, whose head explains the fields."""

    id: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    how: str
    parameters: tuple[str, ...]
    domain: str | None


class _Layer(NamedTuple):
    """One wrapper taken off; without a target it is opaque."""

    wrapper: str
    target: str | None
    host: str | None


def unwrap(url: str) -> Unwrapped:
    """Decode the wrappers around a URL, as many as there are, without touching the network.

    The URL is taken as a browser would get it, that is with character references already decoded. Any text is
    accepted and nothing is raised. Where more than `MAX_DEPTH` wrappers are nested, the input comes back as opaque.

    >>> unwrap("https://www.google.com/url?q=https%3A%2F%2Fexample.com%2Fguide&sa=D").url
    'https://example.com/guide'
    >>> unwrap("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3D"
    ...        "https%253A%252F%252Fexample.com%252F&data=05%7C02").wrappers
    ('safelinks', 'facebook')
    >>> unwrap("https://protect-us.mimecast.com/s/AbCdEf?domain=example.com").host
    'example.com'
    >>> unwrap("https://example.com/?url=https%3A%2F%2Fexample.org")
    Unwrapped(url='https://example.com/?url=https%3A%2F%2Fexample.org', wrappers=(), opaque=False, host=None)
    """
    return _recall(url) if len(url) <= _REMEMBERED_LENGTH else _unwrap(url)


def coded_hosts() -> frozenset[str]:
    """Return what stands in each host for which `hides_target` is true: a quick screen.

    >>> "urldefense.com" in coded_hosts()
    True
    """
    by_name, by_first = _table()
    wrappers = {wrapper for table in (by_name, by_first) for its in table.values() for wrapper in its}
    hosts = {host for wrapper in wrappers if wrapper.how in _CODED for host in wrapper.hosts}
    return frozenset(host.removeprefix("*.").removesuffix("*").removesuffix("[tld]") for host in hosts)


def hides_target(host: str) -> bool:
    """Tell whether links of a host need not hold their target's host as it is written.

    >>> hides_target("urldefense.proofpoint.com"), hides_target("www.google.com")
    (True, False)
    """
    return any(wrapper.how in _CODED for wrapper in _on_host(host))


def hides_nothing(host: str) -> bool:
    """Tell whether `unwrap` leaves all links of a host, in lower case, as they are.

    >>> hides_nothing("example.com"), hides_nothing("www.google.com")
    (True, False)
    """
    return all(wrapper.how == "opaque" for wrapper in _on_host(host))


def _unwrap(url: str) -> Unwrapped:
    layer = _peel(url)
    if layer is None:
        return Unwrapped(url, (), False, None)  # noqa: FBT003 - positional is twice as fast, this is the common case
    current = url
    seen = {url}
    wrappers: list[str] = []
    while layer is not None:
        wrappers.append(layer.wrapper)
        if layer.target is None:
            return Unwrapped(current, tuple(wrappers), opaque=True, host=layer.host)
        if layer.target in seen or len(wrappers) > MAX_DEPTH:
            return Unwrapped(url, tuple(wrappers), opaque=True, host=None)
        current = layer.target
        seen.add(current)
        layer = _peel(current)
    return Unwrapped(current, tuple(wrappers), opaque=False, host=None)


_recall = lru_cache(maxsize=2048)(_unwrap)  # signatures of one team hold the same links
_REMEMBERED_LENGTH = 1000


def _peel(url: str) -> _Layer | None:
    """Take one wrapper off, None if the URL is no wrapper."""
    authority = _AUTHORITY.match(url)
    if authority is None:
        return None
    candidates = _on_host(authority[1].lower())
    if not candidates:
        return None
    rest = url[authority.end() :].rstrip()
    if not rest.isprintable():
        # A browser drops line breaks, which mail programs leave in long links.
        rest = _LINE_BREAKS.sub("", rest)
    path, _, query = rest.partition("#")[0].partition("?")
    path = path.lower().replace("\\", "/").rstrip("/") or "/"
    for wrapper in candidates:
        if not wrapper.paths or any(_path_matches(pattern, path) for pattern in wrapper.paths):
            return _decode(wrapper, rest, query)
    return None


def _decode(wrapper: _Wrapper, rest: str, query: str) -> _Layer | None:
    named = None if wrapper.domain is None else _parameter(query, wrapper.domain)
    host = named.lower() if named is not None and _HOST_NAME.fullmatch(named) else None
    if wrapper.parameters and named is None and not any(_values(query, name) for name in wrapper.parameters):
        return None
    for text in _DECODERS[wrapper.how](wrapper, rest, query):
        target = text.strip()
        if _TARGET.fullmatch(target):
            return _Layer(wrapper.id, target, None)
    return _Layer(wrapper.id, None, host)


def _values(query: str, name: str) -> set[str]:
    """Collect the raw values of a query parameter; `&amp;` that was escaped twice leaves `amp;` before the name."""
    pairs = (part.removeprefix("amp;").partition("=") for part in query.split("&"))
    return {value for key, equals, value in pairs if equals and key.lower() == name.lower()}


def _parameter(query: str, name: str) -> str | None:
    """Return the decoded value of a query parameter, None if there is none or different ones contend."""
    value = _raw_parameter(query, name)
    return None if value is None else _percent_decode(value)


def _raw_parameter(query: str, name: str) -> str | None:
    values = _values(query, name)
    return values.pop() if len(values) == 1 else None


def _percent_decode(text: str) -> str:
    """Decode percent escapes once; bytes that are no UTF-8 stay escaped, a legacy path then still has its host."""
    return _ESCAPES.sub(_decode_escapes, text)


def _decode_escapes(match: re.Match[str]) -> str:
    raw = bytes.fromhex(match[0].replace("%", ""))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in raw)


def _base64_decode(text: str) -> bytes | None:
    """Decode standard or URL-safe base64, with or without padding; None if it is malformed."""
    standard = text.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    try:
        return binascii.a2b_base64(standard + "=" * (-len(standard) % 4), strict_mode=True)
    except ValueError:
        return None


def _text(raw: bytes | None) -> str | None:
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None


def _from_query(wrapper: _Wrapper, _rest: str, query: str) -> Iterator[str]:
    for name in wrapper.parameters:
        value = _parameter(query, name)
        if value is not None:
            yield value


def _from_query_base64(wrapper: _Wrapper, rest: str, query: str) -> Iterator[str]:
    for value in _from_query(wrapper, rest, query):
        text = _text(_base64_decode(value))
        if text is not None:
            yield text


def _from_query_json(wrapper: _Wrapper, rest: str, query: str) -> Iterator[str]:
    for text in _from_query_base64(wrapper, rest, query):
        inner = _json_member(text, "p")
        url = None if inner is None else _json_member(inner, "url")
        if url is not None:
            yield url


def _json_member(text: str, name: str) -> str | None:
    import json  # noqa: PLC0415 - one rare wrapper needs it

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    member = value.get(name) if isinstance(value, dict) else None
    return member if isinstance(member, str) else None


def _from_query_raw(_wrapper: _Wrapper, rest: str, _query: str) -> Iterator[str]:
    # The fragment belongs to the target here; some pages escape the whole of it.
    text = rest.partition("?")[2]
    yield text if _TARGET.match(text) else _percent_decode(text)


def _from_path_last(_wrapper: _Wrapper, rest: str, _query: str) -> Iterator[str]:
    yield _repair(_percent_decode("".join(rest.partition("?")[0].split("/", 2)[2:])))


def _from_path_part(_wrapper: _Wrapper, rest: str, _query: str) -> Iterator[str]:
    yield _repair(_percent_decode("".join(rest.partition("?")[0].split("/", 3)[2:3])))


def _from_proofpoint_1(_wrapper: _Wrapper, _rest: str, query: str) -> Iterator[str]:
    # The target may hold a bare "&": it ends where the key begins.
    text = ("&" + query).partition("&u=")[2].partition("&k=")[0]
    yield _CHARACTER_REFERENCE.sub(lambda match: unescape(match[0]), _percent_decode(text))


def _from_proofpoint_2(_wrapper: _Wrapper, _rest: str, query: str) -> Iterator[str]:
    value = _raw_parameter(query, "u")
    if value is not None and all(match[1] for match in _DASH_ESCAPE.finditer(value)):
        text = _percent_decode(_DASH_ESCAPE.sub(r"%\1", value.replace("_", "/")))
        yield _CHARACTER_REFERENCE.sub(lambda match: unescape(match[0]), text)


def _from_proofpoint_3(_wrapper: _Wrapper, rest: str, _query: str) -> Iterator[str]:
    """Put back what stands as `*` (one byte) and `**X` (a run, X its length) and is listed after `__;` in base64."""
    head, _, tail = rest.partition("__;")
    listed, mark, _ = tail.partition("!")
    raw = _base64_decode(listed)
    if not mark or raw is None or head[4:6] != "__":
        return
    text = _repair(_percent_decode(head[6:]))
    # Lengths count the bytes of the target in UTF-8, so the pieces are joined before they are decoded.
    pieces = bytearray()
    at = position = 0
    for run in _PROOFPOINT_RUN.finditer(text):
        length = 1 if run[1] is None else _PROOFPOINT_LENGTHS.index(run[1]) + 2
        pieces += text[position : run.start()].encode(errors="surrogatepass")
        pieces += raw[at : at + length]
        at += length
        position = run.end()
    pieces += text[position:].encode(errors="surrogatepass")
    target = _text(bytes(pieces)) if at == len(raw) else None
    if target is not None:
        yield target


def _from_avanan(_wrapper: _Wrapper, rest: str, _query: str) -> Iterator[str]:
    text = rest.partition("___")[2]
    # The signature after "___." is base64, which holds no dot; where it was cut off, the marker closes the link.
    target, mark, _ = text.rpartition("___.")
    if not mark and text.endswith("___"):
        target = text.removesuffix("___")
    path, question, query = target.partition("?")
    # An escape in the path is written with a star: "*2F" for "%2F".
    path = _ESCAPED_COLON.sub(r"\1:", _STAR_ESCAPE.sub(r"%\1", path))
    yield _repair(path + question + query)


def _from_nowhere(_wrapper: _Wrapper, _rest: str, _query: str) -> Iterator[str]:
    yield from ()


def _repair(target: str) -> str:
    """Give `https:/host` its second slash back, which servers and mail programs collapse in a path."""
    return _SINGLE_SLASH.sub(r"\1//", target, count=1) if _SINGLE_SLASH.match(target) else target


_DECODERS: dict[str, Callable[[_Wrapper, str, str], Iterator[str]]] = {
    "avanan": _from_avanan,
    "opaque": _from_nowhere,
    "path-last": _from_path_last,
    "path-part": _from_path_part,
    "proofpoint-1": _from_proofpoint_1,
    "proofpoint-2": _from_proofpoint_2,
    "proofpoint-3": _from_proofpoint_3,
    "query": _from_query,
    "query-base64": _from_query_base64,
    "query-json": _from_query_json,
    "query-raw": _from_query_raw,
}


@lru_cache(maxsize=1024)  # signatures of one team name the same few hosts
def _on_host(host: str) -> tuple[_Wrapper, ...]:
    """List the wrappers that a host serves, in the order of the table."""
    name = host.removesuffix(".")  # a fully qualified name ends with a dot
    labels = name.split(".")
    if len(labels) < 2:
        return ()
    by_name, by_first = _table()
    candidates = by_name.get(labels[-2], ()) + by_first.get(labels[0], ())
    return tuple(wrapper for wrapper in candidates if any(_host_matches(pattern, name) for pattern in wrapper.hosts))


def _host_matches(pattern: str, host: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    if pattern.endswith(".[tld]"):
        stem = pattern[:-5]
        return host.startswith(stem) and _TLD.fullmatch(host, len(stem)) is not None
    if pattern.endswith(".*"):
        return host.startswith(pattern[:-1]) and host.count(".") >= 2
    return host == pattern


def _path_matches(pattern: str, path: str) -> bool:
    if pattern.endswith("*"):
        return path.startswith(pattern[:-1]) and len(path) >= len(pattern)
    return path == pattern


def _names(pattern: str) -> tuple[str, ...]:
    """List the second-last labels of all hosts that a pattern matches; `a.*` has none, its first label is the key."""
    if pattern.endswith(".*"):
        return ()
    if pattern.endswith(".[tld]"):
        return (pattern.split(".")[-2], "com", "co")
    return (pattern.split(".")[-2],)


_Index = dict[str, tuple[_Wrapper, ...]]


@cache
def _table() -> tuple[_Index, _Index]:
    """Load the wrappers, by the second-last and by the first label of their hosts."""
    by_name: _Index = {}
    by_first: _Index = {}
    for identifier, hosts, paths, how, parameters, domain in load("wrappers"):
        wrapper = _Wrapper(identifier, tuple(hosts), tuple(paths), how, tuple(parameters), domain)
        for name in sorted({name for host in hosts for name in _names(host)}):
            by_name[name] = (*by_name.get(name, ()), wrapper)
        for first in sorted({host[:-2] for host in hosts if host.endswith(".*")}):
            by_first[first] = (*by_first.get(first, ()), wrapper)
    return by_name, by_first


def compile_table(toml: str) -> str:
    r"""Compile the text of `wrappers.toml` into that of `wrappers.json`, one wrapper a line.

    Raises `tomllib.TOMLDecodeError` where the text is no TOML and `KeyError` where an entry lacks a field.

    >>> compile_table('[[wrapper]]\nid = "a"\nhosts = ["a.example"]\nhow = "opaque"\nsource = "invented"')
    '[\n["a",["a.example"],[],"opaque",[],null]\n]\n'
    """
    import json  # noqa: PLC0415 - needed by the generator only
    import tomllib  # noqa: PLC0415 - needed by the generator only

    def row(entry: dict[str, Any]) -> str:
        optional = (entry.get("paths", []), entry["how"], entry.get("parameters", []), entry.get("domain"))
        return json.dumps([entry["id"], entry["hosts"], *optional], separators=(",", ":"))

    return "[\n" + ",\n".join(map(row, tomllib.loads(toml)["wrapper"])) + "\n]\n"
