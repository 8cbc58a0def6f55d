"""How wrappers hold the address that they hide: in a query or a path, as it is or in a code of their own.

A decoder is given the names of the query's parameters that may hold the target, what follows the wrapper's authority,
and the query. It yields what may be the target; nothing here raises.
"""

import binascii
import re
from collections.abc import Callable, Iterator
from html import unescape

from sigtrim.patterns import lazy

__all__ = ["CODED", "DECODERS", "TARGET", "parameter", "values"]

TARGET = lazy(r"https?://[^\x00-\x20/?#\\][^\x00-\x1f]*+", re.IGNORECASE)
_ESCAPES = lazy(r"(?:%[0-9A-Fa-f]{2})++")
_STAR_ESCAPE = lazy(r"\*([0-9A-Fa-f]{2})")
_DASH_ESCAPE = lazy(r"-([0-9A-Fa-f]{2})?")
# Only what an HTML serialiser writes: `&copy` without a semicolon is a query parameter.
_CHARACTER_REFERENCE = lazy(r"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_PROOFPOINT_RUN = lazy(r"\*(?:\*([A-Za-z0-9_-]))?")
_PROOFPOINT_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # 2, 3 ... 65 bytes
_SINGLE_SLASH = lazy(r"(https?:)/(?=[^/\\])", re.IGNORECASE)
_ESCAPED_COLON = lazy(r"\A(https?)%3A", re.IGNORECASE)
CODED = frozenset(["avanan", "opaque", "proofpoint-1", "proofpoint-2", "proofpoint-3", "query-base64", "query-json"])
"""The decoders of links in which the target's host need not stand as it is written."""


def values(query: str, name: str) -> set[str]:
    """Collect the raw values of a query parameter; `&amp;` that was escaped twice leaves `amp;` before the name."""
    pairs = (part.removeprefix("amp;").partition("=") for part in query.split("&"))
    return {value for key, equals, value in pairs if equals and key.lower() == name.lower()}


def parameter(query: str, name: str) -> str | None:
    """Return the decoded value of a query parameter, None if there is none or different ones contend."""
    value = _raw_parameter(query, name)
    return None if value is None else _percent_decode(value)


def _raw_parameter(query: str, name: str) -> str | None:
    found = values(query, name)
    return found.pop() if len(found) == 1 else None


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


def _from_query(names: tuple[str, ...], _rest: str, query: str) -> Iterator[str]:
    for name in names:
        value = parameter(query, name)
        if value is not None:
            yield value


def _from_query_base64(names: tuple[str, ...], rest: str, query: str) -> Iterator[str]:
    for value in _from_query(names, rest, query):
        text = _text(_base64_decode(value))
        if text is not None:
            yield text


def _from_query_json(names: tuple[str, ...], rest: str, query: str) -> Iterator[str]:
    for text in _from_query_base64(names, rest, query):
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


def _from_query_raw(_names: tuple[str, ...], rest: str, _query: str) -> Iterator[str]:
    # The fragment belongs to the target here; some pages escape the whole of it.
    text = rest.partition("?")[2]
    yield text if TARGET.match(text) else _percent_decode(text)


def _from_path_last(_names: tuple[str, ...], rest: str, _query: str) -> Iterator[str]:
    yield _repair(_percent_decode("".join(rest.partition("?")[0].split("/", 2)[2:])))


def _from_path_part(_names: tuple[str, ...], rest: str, _query: str) -> Iterator[str]:
    yield _repair(_percent_decode("".join(rest.partition("?")[0].split("/", 3)[2:3])))


def _from_proofpoint_1(_names: tuple[str, ...], _rest: str, query: str) -> Iterator[str]:
    # The target may hold a bare "&": it ends where the key begins.
    text = ("&" + query).partition("&u=")[2].partition("&k=")[0]
    yield _CHARACTER_REFERENCE.sub(lambda match: unescape(match[0]), _percent_decode(text))


def _from_proofpoint_2(_names: tuple[str, ...], _rest: str, query: str) -> Iterator[str]:
    value = _raw_parameter(query, "u")
    if value is not None and all(match[1] for match in _DASH_ESCAPE.finditer(value)):
        text = _percent_decode(_DASH_ESCAPE.sub(r"%\1", value.replace("_", "/")))
        yield _CHARACTER_REFERENCE.sub(lambda match: unescape(match[0]), text)


def _from_proofpoint_3(_names: tuple[str, ...], rest: str, _query: str) -> Iterator[str]:
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


def _from_avanan(_names: tuple[str, ...], rest: str, _query: str) -> Iterator[str]:
    text = rest.partition("___")[2]
    # The signature after "___." is base64, which holds no dot; where it was cut off, the marker closes the link.
    target, mark, _ = text.rpartition("___.")
    if not mark and text.endswith("___"):
        target = text.removesuffix("___")
    path, question, query = target.partition("?")
    # An escape in the path is written with a star: "*2F" for "%2F".
    path = _ESCAPED_COLON.sub(r"\1:", _STAR_ESCAPE.sub(r"%\1", path))
    yield _repair(path + question + query)


def _from_nowhere(_names: tuple[str, ...], _rest: str, _query: str) -> Iterator[str]:
    yield from ()


def _repair(target: str) -> str:
    """Give `https:/host` its second slash back, which servers and mail programs collapse in a path."""
    return _SINGLE_SLASH.sub(r"\1//", target, count=1) if _SINGLE_SLASH.match(target) else target


DECODERS: dict[str, Callable[[tuple[str, ...], str, str], Iterator[str]]] = {
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
