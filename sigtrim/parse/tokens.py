"""Cut HTML into tokens that partition the text.

Nothing is decoded, normalised or repaired: the tokens laid end to end are the text. The tokenizer follows the WHATWG
one (https://html.spec.whatwg.org/multipage/parsing.html#tokenization) in what is a tag, a comment or text and in tag
and attribute names.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from sigtrim.parse.source import Span
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["SWITCHES", "Attribute", "PlainToken", "Token", "attributes", "named", "scan", "tokenize"]

Kind = Literal["start", "end", "text", "comment", "doctype", "if", "endif", "ignored"]
# What a `Token` is without the names of its fields. A document has its tokens in this form, because the garbage
# collector takes no notice of plain tuples of texts and numbers: they are made in a fifth of the time.
PlainToken = tuple[Kind, int, int, str]


class Token(NamedTuple):
    """One piece of the text: `kind`, `start` and `end` as half-open code-point offsets, and a `name`.

    The name is the lower-case tag name of a start or end tag; of an `if` marker it says whether the inside
    is `hidden` (a comment to all but Outlook) or `revealed`; of raw text it is the element's name. Kind `ignored` is
    what a browser drops: `</>` and a tag that the end of the text cuts off.

    >>> [token.kind for token in tokenize("<b>bold</b><!-- note -->")]
    ['start', 'text', 'end', 'comment']
    """

    kind: Kind
    start: int
    end: int
    name: str


class Attribute(NamedTuple):
    """One attribute: lower-case `name`, decoded `value`, and where both stand in the text.

    `span` covers name and value; `value_span` the value inside its quotes. The value has its character
    references decoded.
    """

    name: str
    value: str
    span: Span
    value_span: Span


_SPACE = r"\t\n\f\r "
# Quotes mean something only behind an equals sign: in `<td">` the quote is part of an attribute's name.
# https://html.spec.whatwg.org/multipage/parsing.html#before-attribute-name-state
_ATTRIBUTE = (
    rf"[^{_SPACE}/>][^{_SPACE}/>=]*+"
    rf"(?:[{_SPACE}]*+=[{_SPACE}]*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^{_SPACE}>\"'][^{_SPACE}>]*+)?+)?+"
)
# Most attributes are of one form; to look for that first takes half the time.
_PLAIN = r" [a-z-]++=\"[^\"]*+\""
# The first group is what the tag begins with, the second one tells that the end of the text cuts it off.
_MARKUP = lazy(rf"<(?:(/?[a-zA-Z][^{_SPACE}/>]*+)(?:{_PLAIN})*+(?:[{_SPACE}/]++|{_ATTRIBUTE})*+(?:>|(\Z))|(?=[!?/]))")
_ATTRIBUTES = lazy(
    rf"([^{_SPACE}/>][^{_SPACE}/>=]*+)"
    rf"(?:[{_SPACE}]*+=[{_SPACE}]*+(?:\"([^\"]*+)(?:\"|\Z)|'([^']*+)(?:'|\Z)|([^{_SPACE}>\"'][^{_SPACE}>]*+))?+)?+"
)
_TAG_NAME = lazy(rf"<[^{_SPACE}/>]++")
_COMMENT_END = lazy(r"--!?>")
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)} | {0: 0xFFFD}

# A hidden conditional comment holds markup for Outlook; a revealed one is a pair of markers around markup for the rest.
# https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/compatibility/ms537512(v=vs.85)
_HIDDEN_IF = lazy(r"<!--\[if\b[^\]>]*+\]>", re.IGNORECASE)
_HIDDEN_ENDIF = lazy(r"<!\[endif\]-->\Z", re.IGNORECASE)
_REVEALED_IF = lazy(r"<!--\[if\b[^\]>]*+\]>(?:<!)?-*+>?(?: *+-->)?\Z|<!\[if\b[^\]>]*+\]>\Z", re.IGNORECASE)
_REVEALED_ENDIF = lazy(r"<!(?:--<!)?(?:-- *+<!)?\[endif\](?:--)?>\Z", re.IGNORECASE)

_RAW_TEXT = {
    name: re.compile(rf"</{name}(?=[{_SPACE}/>])", re.IGNORECASE)
    for name in ("iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp")
}
_FOREIGN = ("math", "svg")
# The tags behind which the tokenizer changes its state.
SWITCHES = frozenset([*_RAW_TEXT, *_FOREIGN, "plaintext"])


def tokenize(text: str, *, start: int = 0, end: int | None = None, raw_text: bool = True) -> list[Token]:
    """Cut `text[start:end]` into tokens that partition it; offsets are those of the whole text.

    With `raw_text` off, `<style>` and its like do not switch to raw text: the tokenizer's Data state
    alone.

    >>> [token.name for token in tokenize('<P align=left>Hi<br/></P>')]
    ['p', '', 'br', 'p']
    """
    return list(named(scan(text, start=start, end=end, raw_text=raw_text)))


def scan(text: str, *, start: int = 0, end: int | None = None, raw_text: bool = True) -> list[PlainToken]:
    """Cut `text[start:end]` into tokens as `tokenize` does, in their plain form.

    >>> scan("<b>bold</b>")
    [('start', 0, 3, 'b'), ('text', 3, 7, ''), ('end', 7, 11, 'b')]
    """
    tokens: list[PlainToken] = []
    _Scanner(text, tokens, raw_text=raw_text).scan(start, len(text) if end is None else end)
    return tokens


def named(tokens: Iterable[PlainToken]) -> Iterator[Token]:
    """Give plain tokens the names of their fields."""
    return map(Token._make, tokens)


class _Scanner:
    """One tokenization: the text, the tokens so far, and the kinds and names of the tags met, by how they begin."""

    __slots__ = ("foreign", "heads", "raw_text", "text", "tokens")

    def __init__(self, text: str, tokens: list[PlainToken], *, raw_text: bool) -> None:
        self.text = text
        self.tokens = tokens
        self.raw_text = raw_text
        self.heads: dict[str, tuple[Kind, str]] = {}
        self.foreign = 0

    def scan(self, at: int, end: int) -> None:
        """Add the tokens of `text[at:end]`."""
        text = self.text
        heads = self.heads
        tokens = self.tokens
        while at < end:
            jump = -1
            for found in _MARKUP.finditer(text, at, end):
                begin, behind = found.span()
                if at < begin:
                    tokens.append(("text", at, begin, ""))
                head = found[1]
                if head is None:
                    jump = self._declaration(begin, end)
                    break
                at = behind
                if at == end and found[2] is not None:
                    tokens.append(("ignored", begin, at, ""))
                    return
                known = heads.get(head)
                if known is None:
                    known = heads[head] = _read_head(head)
                kind, name = known
                tokens.append((kind, begin, at, name))
                if name in SWITCHES:
                    jump = self._switch(name, at, end, is_end=kind == "end")
                    if jump != at:
                        break
            else:
                break
            at = jump
        if at < end:
            tokens.append(("text", at, end, ""))

    def _switch(self, name: str, at: int, end: int, *, is_end: bool) -> int:
        """Follow a tag behind which raw text or foreign content begins or ends; return where to go on."""
        if name in _FOREIGN:
            if not is_end:
                self.foreign += self.text[at - 2] != "/"
            elif self.foreign:
                self.foreign -= 1
            return at
        if is_end or self.foreign or not self.raw_text:
            return at
        stop = _RAW_TEXT[name].search(self.text, at, end) if name in _RAW_TEXT else None
        until = stop.start() if stop else end
        if at < until:
            self.tokens.append(("text", at, until, name))
        return until

    def _declaration(self, begin: int, end: int) -> int:
        """Add the token that begins with `<!`, `<?` or `</` and is no tag; return its end."""
        text = self.text
        kind: Kind = "comment"
        if text.startswith("!--", begin + 1):
            stop = _comment_end(text, begin, end)
        elif text[begin + 1] == "!" and text[begin + 2 : begin + 9].lower() == "doctype":
            stop = text.find(">", begin, end) + 1 or end
            kind = "doctype"
        elif text.startswith("/>", begin + 1):
            stop, kind = begin + 3, "ignored"
        elif text[begin + 1] == "/" and begin + 2 >= end:
            stop, kind = end, "text"
        elif self.foreign and text.startswith("<![CDATA[", begin):
            stop = text.find("]]>", begin, end)
            stop = stop + 3 if stop >= 0 else end
        else:
            stop = text.find(">", begin, end) + 1 or end
        if kind == "comment" and self._add_conditional(begin, stop):
            return stop
        if kind == "text" and self.tokens and self.tokens[-1][0] == "text" and self.tokens[-1][2] == begin:
            begin = self.tokens.pop()[1]
        self.tokens.append((kind, begin, stop, ""))
        return stop

    def _add_conditional(self, begin: int, end: int) -> bool:
        """Add a conditional comment; tell whether it is one."""
        text = self.text
        if text.startswith("<!--", begin) and not text.endswith(("-->", "--!>"), begin, end):
            return False  # nothing ends it
        if _REVEALED_IF.match(text, begin, end):
            self.tokens.append(("if", begin, end, "revealed"))
            return True
        if _REVEALED_ENDIF.match(text, begin, end):
            self.tokens.append(("endif", begin, end, "revealed"))
            return True
        opening = _HIDDEN_IF.match(text, begin, end)
        closing = _HIDDEN_ENDIF.search(text, max(begin, end - 12), end) if opening else None
        if opening is None or closing is None or closing.start() < opening.end():
            return False
        self.tokens.append(("if", begin, opening.end(), "hidden"))
        inside = _Scanner(text, self.tokens, raw_text=True)
        inside.heads = self.heads
        inside.scan(opening.end(), closing.start())
        self.tokens.append(("endif", closing.start(), end, "hidden"))
        return True


@lru_cache(maxsize=1024)
def _read_head(head: str) -> tuple[Kind, str]:
    """Return the kind and the name of a tag by how it begins: its name as the text has it, behind a slash or not."""
    return ("end", _lower(head[1:])) if head[0] == "/" else ("start", _lower(head))


def _lower(name: str) -> str:
    return name.lower() if name.isascii() and "\0" not in name else name.translate(_ASCII_LOWER)


def _comment_end(text: str, begin: int, end: int) -> int:
    if text.startswith((">", "->"), begin + 4, end):
        return text.index(">", begin + 4) + 1
    found = _COMMENT_END.search(text, begin + 4, end)
    return found.end() if found else end


def attributes(text: str, token: Token) -> tuple[Attribute, ...]:
    """Return a start tag's attributes in order; of two with one name the first counts, as in browsers.

    >>> text = '<a HREF="?a=1&amp;b=2" download>'
    >>> [(one.name, one.value) for one in attributes(text, tokenize(text)[0])]
    [('href', '?a=1&b=2'), ('download', '')]
    """
    head = _TAG_NAME.match(text, token.start)
    if head is None:
        return ()
    found: dict[str, Attribute] = {}
    for match in _ATTRIBUTES.finditer(text, head.end(), token.end - 1):
        name = _lower(match[1])
        if name in found:
            continue
        group = match.lastindex or 1
        value = match[group] if group > 1 else ""
        at = Span(*match.span(group)) if group > 1 else Span(match.end(), match.end())
        if "&" in value:
            value = html.unescape(value)
        found[name] = Attribute(name, value, Span(*match.span()), at)
    return tuple(found.values())


def attribute_values(text: str, start: int, end: int) -> Mapping[str, str]:
    """Return the decoded attribute values, by lower-case name, of the start tag at `text[start:end]`.

    >>> attribute_values("<img SRC=a.png alt>", 0, 19)
    {'src': 'a.png', 'alt': ''}
    """
    # Of a table's cells, and of a team's signatures, most tags are the same.
    return _recall_values(text[start:end]) if end - start <= _REMEMBERED_LENGTH else _read_values(text[start:end])


def _read_values(tag: str) -> Mapping[str, str]:
    head = _TAG_NAME.match(tag)
    values: dict[str, str] = {}
    for raw, double, single, bare in _ATTRIBUTES.findall(tag[head.end() if head else 0 : -1]):
        value = double or single or bare
        name = raw.lower() if raw.isascii() and "\0" not in raw else _lower(raw)
        if name not in values:
            values[name] = html.unescape(value) if "&" in value else value
    return values


_recall_values = lru_cache(maxsize=4096)(_read_values)
_REMEMBERED_LENGTH = 600
