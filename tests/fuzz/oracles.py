"""What must be true of every rewrite, whatever the document: the judges of the fuzzers and of the property tests.

`check(kind, data)` rewrites the bytes of a document and raises `AssertionError` if a guarantee is broken: no errors but
the documented ones, V1 to V7, untouched bytes where nothing is done, bounded time, and what html5lib, lxml, `email` and
`json` read in the output is what they read in the source, less the removals, plus the call to action.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, get_args

import html5lib
from lxml import etree

from sigtrim import CallToAction, Rewriter, SigtrimError, formats
from sigtrim.parse.html import parse
from sigtrim.parse.source import Source
from sigtrim.rewrite.edits import apply

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigtrim import Rewrite

Kind = Literal["html", "text", "rtf", "eml", "mbox", "mailsignature", "gmail"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Verdict = Literal["changed", "same", "skipped", "refused"]
Seen = list[tuple[str, str]]

FIRST = CallToAction("https://example.com/guide", "Get the free guide")
# In plain text a call to action has no marker: the next campaign knows the last one by its address.
SECOND = CallToAction("https://shop.example.net/offer?a=1&b=2", "See the offer", previous=(FIRST.url,))
rewriters = Rewriter(cta=FIRST), Rewriter(cta=SECOND)

SECONDS = 2.0
"""What no document of less than 64 KB may take."""

_LONG_LINE = 700
_UNSEEN = {"script", "style", "title", "template", "head"}
# RFC 4155, appendix A
_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\d{4}[^\n]*\n")
_FOREIGN_HEADER = re.compile(rb"^content-[\w-]+:[^\n]*[^\t\r -~]", re.IGNORECASE | re.MULTILINE)
# libxml2 drops what stands behind the end of the body.
_BEHIND_BODY = re.compile(r"</(?:body|html)\b[^>]*>\s*[^\s<]|</(?:body|html)\b.*<[a-z]", re.DOTALL)


def check(kind: Kind, data: bytes, *, readers: bool = True) -> Verdict:
    """Rewrite a document and judge what comes out; without `readers` html5lib and lxml are not asked, who take longest.

    Raises `AssertionError`.
    """
    start = time.process_time()
    try:
        result = run(kind, data)
    except SigtrimError:
        return "refused"
    took = time.process_time() - start
    assert took < SECONDS, f"time: {took:.1f} s for {len(data)} bytes"
    assert isinstance(result.output, bytes)
    if result.skipped is not None or not result.changed:
        assert result.output == data, "an untouched document must keep its bytes"
        assert not result.removals
        if result.skipped is not None:
            return "skipped"
    _check_edits(kind, result, data)
    if kind == "html":
        if readers:
            # Decoded as the source was: where an encoding is guessed, other words may make another guess.
            check_seen(result, apply(result.source.text, result.edits))
    elif kind in ("eml", "mbox", "mailsignature"):
        _check_message(data, result.output)
    elif kind == "gmail":
        _check_json(data, result.output)
    _check_stable(kind, data, result)
    return "changed" if result.changed else "same"


def run(kind: Kind, data: bytes, *, number: int = 0) -> Rewrite:
    """Rewrite with one of the two calls to action."""
    if kind == "html" or kind == "text":  # noqa: PLR1714 - mypy narrows by comparisons, not by `in`
        return rewriters[number].rewrite(data, format=kind)
    return formats.rewrite(rewriters[number], data, format=kind)


def _check_edits(kind: Kind, result: Rewrite, data: bytes) -> None:
    """V1 and V2: the edits make the output, and each of them is reported."""
    text = result.source.text
    assert result.source.to_bytes() == data, "the source must keep its bytes"
    assert result.source.encode(apply(text, result.edits)) == result.output, "V1: the edits must make the output"
    if isinstance(result, formats.FileRewrite):
        return  # the edits of a wrapped file may encode what they leave; its readers judge below
    for removal in result.removals:
        gone = "".join(text[edit.span.start : edit.span.end] for edit in removal.edits)
        # In plain text the white space of the line is no part of what is told.
        assert removal.text == gone or (kind == "text" and removal.text.strip() in gone), "V2"


def _check_stable(kind: Kind, data: bytes, result: Rewrite) -> None:
    """V6 and V7."""
    output = result.output
    assert isinstance(output, bytes)
    again = run(kind, output)
    assert again.skipped is None, f"V6: the second run is skipped: {again.skipped}"
    assert again.output == output, "V6: a second run must change nothing"
    had_one = result.cta is None or not result.cta.content or any(one.code == "previous-cta" for one in result.removals)
    if had_one or not _is_regular(kind, data):
        return  # what the first one takes for itself is another's to the second one
    direct = run(kind, data, number=1)
    if direct.skipped is None:
        if kind in ("eml", "mbox") and max(map(len, data.split(b"\n"))) > _LONG_LINE:
            return  # a longer call to action may not fit the line (RFC 5322, section 2.1.1)
        other = run(kind, output, number=1)
        assert other.skipped is None, f"V7: the run with another call to action is skipped: {other.skipped}"
        assert _decoded(kind, other.output) == _decoded(kind, direct.output), "V7: it must replace the first one"


def _is_regular(kind: Kind, data: bytes) -> bool:
    """Tell whether the markup is whole: a link that is left open may end anywhere once another one has gone."""
    if kind == "html":
        return not parse(Source.from_bytes(data).text).irregular
    if kind == "gmail":
        return not parse(str(json.loads(Source.from_bytes(data).text, strict=False))).irregular
    if kind in ("eml", "mbox", "mailsignature"):
        return not any(parse(one.text).irregular for one in _leaves(data) if one.content_type == "text/html")
    return True


def _decoded(kind: Kind, output: str | bytes) -> object:
    """Return what a document says, where its transfer encoding may write the same in two ways."""
    if kind not in ("eml", "mbox", "mailsignature", "rtf") or isinstance(output, str):
        return output
    if kind == "rtf":
        return [word for word in re.split(rb"\\par\b|\s+|[{}]", output) if word]
    return [(one.content_type, one.text) for one in _leaves(output)]


_TRANSFERS = {"7bit", "8bit", "quoted-printable", "base64"}


class _Leaf:
    def __init__(self, part: Any) -> None:
        self.content_type = part.get_content_type()
        # `email` takes an encoding with white space behind it for an unknown one.
        self.is_plain = str(part["content-transfer-encoding"] or "7bit").lower() in _TRANSFERS
        try:
            self.raw, payload = part.get_payload(), part.get_payload(decode=True) or b""
        except ValueError:  # a NUL in the name of its charset
            self.raw, payload = "", b""
        self.text = payload.decode("latin-1")


def _leaves(data: bytes) -> list[_Leaf]:
    """Return the parts of a message or a mailbox that hold no parts."""
    messages = _SEPARATOR.split(data) if _SEPARATOR.match(data) else [data]
    parsed = [email.message_from_bytes(one, policy=email.policy.compat32) for one in messages]
    return [_Leaf(part) for message in parsed for part in message.walk() if not part.is_multipart()]


def _check_message(before: bytes, after: bytes) -> None:
    """`email` reads the same parts, and in the texts nothing new but the call to action."""
    if _FOREIGN_HEADER.search(before):
        return  # `email` knows no such field
    old, new = _leaves(before), _leaves(after)
    assert [one.content_type for one in old] == [one.content_type for one in new], "the parts of the message"
    for one, other in zip(old, new, strict=True):
        if one.content_type not in ("text/plain", "text/html"):
            assert one.raw == other.raw, "a part that is no text must keep its bytes"
        elif one.content_type == "text/html" and one.is_plain:
            # A link that is left open is repeated by a browser, so links are compared as a set.
            known = Counter(by_html5lib(one.text))
            known += Counter([("link", FIRST.url), *(("text", letter) for letter in "".join(FIRST.text.split()))])
            added = Counter(by_html5lib(other.text)) - known
            assert not {key for key in added if key[0] != "link" or key not in known}, "V4"


def _check_json(before: bytes, after: bytes) -> None:
    """`json` reads the same but for the signatures."""
    old, new = (json.loads(Source.from_bytes(data).text, strict=False) for data in (before, after))
    assert _without_signatures(old) == _without_signatures(new), "JSON: only signatures may differ"


def _without_signatures(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_signatures(one)
            for key, one in value.items()
            if not (key == "signature" and isinstance(one, str) and "sendAsEmail" in value)
        }
    return [_without_signatures(one) for one in value] if isinstance(value, list) else value


# --- what readers see -----------------------------------------------------------------------------------------------


def by_lxml(text: str) -> Seen:
    """Return what lxml sees: characters, links and pictures in order."""
    try:
        root = etree.fromstring(
            text.replace("\0", "\ufffd").encode(), etree.HTMLParser(encoding="utf-8", huge_tree=True)
        )
    except etree.LxmlError:
        return []
    return [] if root is None else _read(root)


def by_html5lib(text: str) -> Seen:
    """Return what a browser sees, by the rules of the WHATWG."""
    return _read(html5lib.parse(text.replace("\0", "\ufffd"), namespaceHTMLElements=False))


def _read(root: Any) -> Seen:
    """Return characters, links and pictures in order; white space does not count."""
    found: Seen = []
    waiting: list[tuple[Any, bool]] = [(root, False)]
    while waiting:
        node, left = waiting.pop()
        seen = node.tail if left else node.text
        if not left:
            waiting += [(node, True), *((child, False) for child in reversed(node))]
            name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
            if name in ("a", "area") and "href" in node.attrib:
                found.append(("link", str(node.get("href"))))
            elif node.tag == "img":
                found.append(("image", str(node.get("src"))))
            if node.tag in _UNSEEN or not isinstance(node.tag, str):
                seen = None
        found += [("text", one) for one in "".join((seen or "").split())]
    return found


def without_cta(seen: Seen, cta: CallToAction) -> Seen:
    """Take the call to action out of what is seen; it must be there (V5)."""
    words = [("text", one) for one in "".join(cta.text.split())]
    places = [
        at for at, one in enumerate(seen) if one == ("link", cta.url) and seen[at + 1 : at + 1 + len(words)] == words
    ]
    assert places, "V5: no call to action"
    return seen[: places[0]] + seen[places[0] + 1 + len(words) :]


def check_seen(result: Rewrite, output: str) -> None:
    """Assert V4 and V5 of HTML by html5lib and lxml."""
    text = result.source.text
    going = bytearray(len(text))
    for edit in (edit for removal in result.removals for edit in removal.edits):
        going[edit.span.start : edit.span.end] = b"\1" * (edit.span.end - edit.span.start)
    # A browser may move what is misplaced, so of irregular documents only the parts are compared, not their order.
    # Where a link is left open it repeats it, so links are compared as a set.
    before, after = _pair(by_html5lib, result, output)
    assert set(after) <= set(before), "V4"
    assert not Counter(one for one in after if one[0] != "link") - Counter(before), "V4"
    if parse(text).irregular or _BEHIND_BODY.search(text) or ("link", FIRST.url) in before:
        return
    cut = Counter(one for start, end in ranges(going) for one in by_html5lib(text[start:end]))
    for read in (by_lxml, by_html5lib):
        _check_order(*_pair(read, result, output), cut)
    seen = [
        "".join(value for kind, value in part if kind == "text") for part in (by_html5lib(text), by_html5lib(output))
    ]
    assert seen[0].count("ada@example.com") == seen[1].count("ada@example.com"), "V4"


def _pair(read: Callable[[str], Seen], result: Rewrite, output: str) -> tuple[Seen, Seen]:
    """Read the source and the output, both without the call to action."""
    before = read(result.source.text)
    had_it = result.cta is not None and not result.cta.content
    after = read(output)
    links = [sum(one == ("link", FIRST.url) for one in seen) for seen in (before, after)]
    assert links[0] or links[1] == 1, f"V5: {links[1]} calls to action"
    return without_cta(before, FIRST) if had_it else before, without_cta(after, FIRST)


def _check_order(before: Seen, after: Seen, cut: Counter[tuple[str, str]]) -> None:
    rest = iter(before)
    assert all(any(one == other for other in rest) for one in after), "V4"
    # What goes in a comment for Outlook was not seen before.
    assert not (Counter(before) - Counter(after)) - cut, "V4"


def ranges(going: bytearray) -> list[tuple[int, int]]:
    """Return the stretches that are marked."""
    return [match.span() for match in re.finditer(b"\x01+", bytes(going))]
