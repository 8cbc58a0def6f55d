"""Unwrap links that mail gateways, trackers and platforms have replaced by links of their own, offline.

A wrapper is recognised by its host and path alone, never by a URL that stands somewhere inside. What is not decodable
to a web address is reported as opaque: a guessed target is worse than none. The facts live in `data/wrappers.toml`,
whose compiled form is loaded at the first call.
"""

import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sigtrim.data import load
from sigtrim.detect.wrapper_codes import CODED, DECODERS, TARGET, parameter, values
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
_TLD = lazy(r"(?:com|cat|(?:com?\.)?[a-z]{2})")
_HOST_NAME = lazy(r"[\w-]++(?:\.[\w-]++)++")
_LINE_BREAKS = lazy(r"[\t\r\n]++")


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
    hosts = {host for wrapper in wrappers if wrapper.how in CODED for host in wrapper.hosts}
    return frozenset(host.removeprefix("*.").removesuffix("*").removesuffix("[tld]") for host in hosts)


def hides_target(host: str) -> bool:
    """Tell whether links of a host need not hold their target's host as it is written.

    >>> hides_target("urldefense.proofpoint.com"), hides_target("www.google.com")
    (True, False)
    """
    return any(wrapper.how in CODED for wrapper in _on_host(host))


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
    named = None if wrapper.domain is None else parameter(query, wrapper.domain)
    host = named.lower() if named is not None and _HOST_NAME.fullmatch(named) else None
    if wrapper.parameters and named is None and not any(values(query, name) for name in wrapper.parameters):
        return None
    for text in DECODERS[wrapper.how](wrapper.parameters, rest, query):
        target = text.strip()
        if TARGET.fullmatch(target):
            return _Layer(wrapper.id, target, None)
    return _Layer(wrapper.id, None, host)


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
