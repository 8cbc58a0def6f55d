"""Cut HTML into tokens that partition the text, and build a light element tree over them.

Nothing is decoded, normalised or repaired: the tokens laid end to end are the text. Rewriting works on
their offsets, so whatever is not cut stays as it was written. The tokenizer follows the WHATWG one
(https://html.spec.whatwg.org/multipage/parsing.html#tokenization) in what is a tag, a comment or text and in
tag and attribute names. The tree is lighter than a browser's: it tells which tags belong together and
where the source is irregular, and leaves moving and inventing nodes to browsers.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from typing import Literal, NamedTuple

from sigtrim.parse.source import Span

__all__ = ["Attribute", "Document", "Element", "Token", "attributes", "parse", "tokenize"]

Kind = Literal["start", "end", "text", "comment", "doctype", "if", "endif", "ignored"]


class Token(NamedTuple):
    """One piece of the text: `kind`, `start` and `end` as half-open code-point offsets, and a `name`.

    The name is the lower-case tag name of a start or end tag; of an `if` marker it says whether the inside
    is `hidden` (a comment to all but Outlook) or `revealed`. Kind `ignored` is what a browser drops: `</>` and a
    tag that the end of the text cuts off.

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
_MARKUP = re.compile(rf"<(?:(/?)([a-zA-Z][^{_SPACE}/>]*+)(?:[{_SPACE}/]++|{_ATTRIBUTE})*+(>|\Z)|(?=[!?/]))")
_ATTRIBUTES = re.compile(
    rf"([^{_SPACE}/>][^{_SPACE}/>=]*+)"
    rf"(?:[{_SPACE}]*+=[{_SPACE}]*+(?:\"([^\"]*+)(?:\"|\Z)|'([^']*+)(?:'|\Z)|([^{_SPACE}>\"'][^{_SPACE}>]*+))?+)?+"
)
_TAG_NAME = re.compile(rf"<[^{_SPACE}/>]++")
_COMMENT_END = re.compile(r"--!?>")
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)} | {0: 0xFFFD}

# A hidden conditional comment holds markup for Outlook; a revealed one is a pair of markers around markup for the rest.
# https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/compatibility/ms537512(v=vs.85)
_HIDDEN_IF = re.compile(r"<!--\[if\b[^\]>]*+\]>", re.IGNORECASE)
_HIDDEN_ENDIF = re.compile(r"<!\[endif\]-->\Z", re.IGNORECASE)
_REVEALED_IF = re.compile(r"<!--\[if\b[^\]>]*+\]>(?:<!)?-*+>?(?: *+-->)?\Z|<!\[if\b[^\]>]*+\]>\Z", re.IGNORECASE)
_REVEALED_ENDIF = re.compile(r"<!(?:--<!)?(?:-- *+<!)?\[endif\](?:--)?>\Z", re.IGNORECASE)

_RAW_TEXT = {
    name: re.compile(rf"</{name}(?=[{_SPACE}/>])", re.IGNORECASE)
    for name in ("iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp")
}

VOID = frozenset(
    ["area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta", "param", "source", "track", "wbr"]
)
_FORMATTING = frozenset(["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"])
_TABLE_PARTS = frozenset(["caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"])
_ITEMS = frozenset(["dd", "dt", "li"])
_LISTS = ("dl", "menu", "ol", "ul")
_CELLS = frozenset(["caption", "td", "th"])
_OPTIONAL_END = frozenset(["colgroup", "dd", "dt", "li", "optgroup", "option", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr"])
# What closes an open paragraph: https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody
_CLOSES_P = frozenset(
    ["address", "article", "aside", "blockquote", "center", "details", "dialog", "dir", "div", "dl", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "li", "dd", "dt", "main", "menu", "nav", "ol", "p", "plaintext", "pre", "search", "section", "summary", "ul", "xmp"]
)
_SIBLINGS = {
    "li": ("li",),
    "dd": ("dd", "dt"),
    "dt": ("dd", "dt"),
    "option": ("option",),
    "td": ("td", "th"),
    "th": ("td", "th"),
    "tr": ("td", "th", "tr"),
    "tbody": ("td", "th", "tr", "tbody", "thead", "tfoot", "caption", "colgroup"),
    "thead": ("td", "th", "tr", "tbody", "thead", "tfoot", "caption", "colgroup"),
    "tfoot": ("td", "th", "tr", "tbody", "thead", "tfoot", "caption", "colgroup"),
}
_NO_QUIRKS = re.compile(r"<!doctype\s++html\s*+>|<!doctype\s++html\s.*?(?:xhtml|html 4\.01\b[^>]*?http)", re.IGNORECASE)


def tokenize(text: str, *, start: int = 0, end: int | None = None, raw_text: bool = True) -> list[Token]:
    """Cut `text[start:end]` into tokens that partition it; offsets are those of the whole text.

    With `raw_text` off, `<style>` and its like do not switch to raw text: the tokenizer's Data state
    alone, as html5lib-tests have it.

    >>> [token.name for token in tokenize('<P align=left>Hi<br/></P>')]
    ['p', '', 'br', 'p']
    """
    if end is None:
        end = len(text)
    tokens: list[Token] = []
    _scan(text, start, end, tokens, raw_text=raw_text)
    return tokens


def _scan(text: str, at: int, end: int, tokens: list[Token], *, raw_text: bool) -> None:  # noqa: C901, PLR0912, PLR0915 - one state machine, as in the standard
    add = tokens.append
    search = _MARKUP.search
    foreign = 0
    while at < end:
        found = search(text, at, end)
        if found is None:
            add(Token("text", at, end, ""))
            return
        begin = found.start()
        slash, name, close = found.groups()
        if name is not None:
            if at < begin:
                add(Token("text", at, begin, ""))
            at = found.end()
            if close != ">":
                add(Token("ignored", begin, at, ""))
                return
            name = name.lower() if name.isascii() and "\0" not in name else name.translate(_ASCII_LOWER)
            if slash:
                if foreign and name in ("svg", "math"):
                    foreign -= 1
                add(Token("end", begin, at, name))
                continue
            add(Token("start", begin, at, name))
            if name in ("svg", "math"):
                foreign += text[at - 2] != "/"
            elif raw_text and not foreign:
                if name in _RAW_TEXT:
                    stop = _RAW_TEXT[name].search(text, at, end)
                    until = stop.start() if stop else end
                elif name == "plaintext":
                    until = end
                else:
                    continue
                if at < until:
                    add(Token("text", at, until, name))
                at = until
            continue
        follows = text[begin + 1 : begin + 4]
        if follows == "!--":
            stop_at = _comment_end(text, begin, end)
            kind: Kind = "comment"
        elif follows[0] == "!" and text[begin + 2 : begin + 9].lower() == "doctype":
            stop_at = text.find(">", begin, end) + 1 or end
            kind = "doctype"
        elif follows[:2] == "/>":
            stop_at, kind = begin + 3, "ignored"
        elif follows[0] == "/" and begin + 2 >= end:
            add(Token("text", at, end, ""))
            return
        elif foreign and text.startswith("<![CDATA[", begin):
            stop_at = text.find("]]>", begin, end)
            stop_at, kind = (stop_at + 3 if stop_at >= 0 else end), "comment"
        else:
            stop_at = text.find(">", begin, end) + 1 or end
            kind = "comment"
        if at < begin:
            add(Token("text", at, begin, ""))
        if kind == "comment" and text.startswith("[", begin + 2 if follows[1:2] == "[" else begin + 4):
            _add_conditional(text, begin, stop_at, tokens)
        elif kind == "comment" and _REVEALED_ENDIF.match(text, begin, stop_at):
            add(Token("endif", begin, stop_at, "revealed"))
        else:
            add(Token(kind, begin, stop_at, ""))
        at = stop_at


def _comment_end(text: str, begin: int, end: int) -> int:
    if text.startswith((">", "->"), begin + 4, end):
        return text.index(">", begin + 4) + 1
    found = _COMMENT_END.search(text, begin + 4, end)
    return found.end() if found else end


def _add_conditional(text: str, begin: int, end: int, tokens: list[Token]) -> None:
    """Add a comment that starts with a square bracket: a conditional one, or a plain one after all."""
    if _REVEALED_IF.match(text, begin, end):
        tokens.append(Token("if", begin, end, "revealed"))
        return
    if _REVEALED_ENDIF.match(text, begin, end):
        tokens.append(Token("endif", begin, end, "revealed"))
        return
    opening = _HIDDEN_IF.match(text, begin, end)
    closing = _HIDDEN_ENDIF.search(text, max(begin, end - 12), end) if opening else None
    if opening is None or closing is None or closing.start() < opening.end():
        tokens.append(Token("comment", begin, end, ""))
        return
    tokens.append(Token("if", begin, opening.end(), "hidden"))
    _scan(text, opening.end(), closing.start(), tokens, raw_text=True)
    tokens.append(Token("endif", closing.start(), end, "hidden"))


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
        group = match.lastindex or 1
        name = match[1]
        name = name.lower() if name.isascii() and "\0" not in name else name.translate(_ASCII_LOWER)
        if name in found:
            continue
        value = match[group] if group > 1 else ""
        at = Span(*match.span(group)) if group > 1 else Span(match.end(), match.end())
        if "&" in value:
            value = html.unescape(value)
        found[name] = Attribute(name, value, Span(*match.span()), at)
    return tuple(found.values())


class Element:
    """One element: its start tag, its end tag where the source has one, its parent and children.

    Pseudo elements stand for conditional comments: `!hidden` and `!revealed`. The root is `!root`.

    Attributes:
        name: the lower-case tag name.
        start, start_end: where the start tag stands.
        end_start, end: where the end tag stands; both are where the content ends if there is none.
        closed: the end tag is in the source and nothing crosses the element's border, so that
            removing `text[start:end]` leaves no half element behind.
        first, last: indexes of the start tag's token and of the token behind the last one inside.

    """

    __slots__ = (
        "_attributes",
        "children",
        "closed",
        "end",
        "end_start",
        "first",
        "last",
        "name",
        "parent",
        "start",
        "start_end",
        "text",
    )

    def __init__(self, name: str, parent: Element | None, first: int, start: int, start_end: int, text: str) -> None:
        self.name = name
        self.parent = parent
        self.children: list[Element] = []
        self.first = first
        self.last = first
        self.start = start
        self.start_end = start_end
        self.end_start = start_end
        self.end = start_end
        self.closed = False
        self.text = text
        self._attributes: dict[str, str] | None = None

    def __repr__(self) -> str:
        return f"<{self.name} {self.start}:{self.end}{'' if self.closed else ' open'}>"

    @property
    def span(self) -> Span:
        """From the start tag to the end of the end tag."""
        return Span(self.start, self.end)

    @property
    def start_tag(self) -> Span:
        """Where the start tag stands."""
        return Span(self.start, self.start_end)

    @property
    def end_tag(self) -> Span | None:
        """Where the end tag stands, or None if the source has none."""
        return Span(self.end_start, self.end) if self.end > self.end_start else None

    @property
    def attributes(self) -> dict[str, str]:
        """Decoded attribute values by lower-case name."""
        if self._attributes is None:
            if self.name[0] == "!":
                self._attributes = {}
            else:
                token = Token("start", self.start, self.start_end, self.name)
                self._attributes = {one.name: one.value for one in attributes(self.text, token)}
        return self._attributes

    def get(self, name: str) -> str:
        """Return an attribute's decoded value, or an empty string."""
        return self.attributes.get(name, "")

    def contains(self, offset: int) -> bool:
        """Tell whether an offset lies inside the content."""
        return self.start_end <= offset <= self.end_start


class Document:
    """A text, its tokens, and the element tree over them.

    `owners[i]` is the element that token `i` lies in; for a start or end tag the element itself.
    """

    __slots__ = ("_starts", "owners", "root", "text", "tokens")

    def __init__(self, text: str, tokens: list[Token], root: Element, owners: list[Element]) -> None:
        self.text = text
        self.tokens = tokens
        self.root = root
        self.owners = owners
        self._starts: list[int] | None = None

    def token_at(self, offset: int) -> int:
        """Return the index of the token that holds the character at `offset`.

        >>> parse("<b>x</b>").token_at(3)
        1
        """
        if self._starts is None:
            self._starts = [token[1] for token in self.tokens]
        return max(0, bisect_right(self._starts, offset) - 1)


class _Builder:
    """The stack of open elements, with counts by name so that no end tag scans it in vain."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.root = Element("!root", None, 0, 0, 0, text)
        self.root.end_start = self.root.end = len(text)
        self.root.last = len(tokens)
        self.root.closed = True
        self.stack = [self.root]
        self.open: dict[str, list[int]] = {}
        self.cells = [0]  # stack depths that inline end tags cannot reach beyond
        self.tables = [0]  # stack depths that table parts cannot reach beyond
        self.crossed: dict[str, list[Element]] = {}
        self.quirks = True

    def push(self, element: Element) -> None:
        depth = len(self.stack)
        self.stack.append(element)
        self.open.setdefault(element.name, []).append(depth)
        if element.name == "table":
            self.tables.append(depth)
            self.cells.append(depth)
        elif element.name in _CELLS:
            self.cells.append(depth)
        elif element.name == "!hidden":
            self.tables.append(depth)
            self.cells.append(depth)

    def depth_of(self, name: str) -> int:
        """Where an open element of that name stands that an end tag here can close; 0 if there is none."""
        depths = self.open.get(name)
        if not depths:
            return 0
        if name == "table":
            return depths[-1] if depths[-1] >= self.tables[-1] else 0
        barrier = self.tables[-1] if name in _TABLE_PARTS else self.cells[-1]
        return depths[-1] if depths[-1] > barrier else 0

    def pop_to(self, depth: int, index: int, at: int) -> tuple[Element, bool]:
        """Close everything from `depth` up; tell whether a formatting element was left open inside."""
        leaks = False
        while True:
            element = self.stack.pop()
            self.open[element.name].pop()
            here = len(self.stack)
            if self.cells[-1] == here:
                self.cells.pop()
            if self.tables[-1] == here:
                self.tables.pop()
            element.end_start = element.end = at
            element.last = index
            if here == depth:
                return element, leaks
            if element.name not in _OPTIONAL_END:
                leaks = leaks or element.name in _FORMATTING
                self.crossed.setdefault(element.name, []).append(element)

    def before_start(self, name: str, index: int, at: int) -> None:
        """Close what a start tag closes: an earlier sibling cell, row or item, an open paragraph or link."""
        for sibling in _SIBLINGS.get(name, ()):
            depth = self.depth_of(sibling)
            if depth and not (name in _ITEMS and self._is_list_between(depth)):
                self.pop_to(depth, index, at)
        if name in _CLOSES_P or (name == "table" and not self.quirks):
            depth = self.depth_of("p")
            if depth:
                self.pop_to(depth, index, at)
        if name == "a":
            depth = self.depth_of("a")
            if depth:
                element, _ = self.pop_to(depth, index, at)
                self.crossed.setdefault("a", []).append(element)

    def _is_list_between(self, depth: int) -> bool:
        return any(depths[-1] > depth for name in _LISTS if (depths := self.open.get(name)))

    def end_tag(self, token: Token, index: int) -> Element:
        """Match an end tag; return the element it belongs to, or the current one for a stray tag."""
        depth = self.depth_of(token.name)
        if depth:
            element, leaks = self.pop_to(depth, index + 1, token.start)
            element.end = token.end
            element.closed = not leaks or element.name in _CELLS or element.name == "table"
            return element
        pending = self.crossed.get(token.name)
        if pending:
            element = pending.pop()
            element.end_start, element.end = token.start, token.end
            return element
        return self.stack[-1]


def parse(text: str) -> Document:
    """Tokenize a text and build its element tree.

    >>> document = parse("<p>Hi <b>you</b></p>")
    >>> document.root.children[0].children
    [<b 6:16>]
    """
    tokens = tokenize(text)
    builder = _Builder(text, tokens)
    stack = builder.stack
    owners: list[Element] = []
    own = owners.append
    for index, (kind, start, end, name) in enumerate(tokens):
        if kind == "text" or kind == "comment" or kind == "ignored":  # noqa: PLR1714 - two comparisons beat a hash
            own(stack[-1])
        elif kind == "start":
            if name in _SIBLINGS or name in _CLOSES_P or name == "table" or name == "a":  # noqa: PLR1714 - as above
                builder.before_start(name, index, start)
            parent = stack[-1]
            element = Element(name, parent, index, start, end, text)
            parent.children.append(element)
            own(element)
            if name in VOID or (text[end - 2] == "/" and (name == "svg" or ":" in name or builder.open.get("svg"))):
                element.last = index + 1
                element.closed = True
            else:
                builder.push(element)
        elif kind == "end":
            own(builder.end_tag(tokens[index], index))
        elif kind == "doctype":
            builder.quirks = _NO_QUIRKS.match(text, start, end) is None
            own(stack[-1])
        elif kind == "if":
            parent = stack[-1]
            element = Element("!" + name, parent, index, start, end, text)
            parent.children.append(element)
            own(element)
            builder.push(element)
        else:
            own(_end_conditional(builder, tokens[index], index))
    while len(stack) > 1:
        builder.pop_to(len(stack) - 1, len(tokens), len(text))
    return Document(text, tokens, builder.root, owners)


def _end_conditional(builder: _Builder, token: Token, index: int) -> Element:
    """Close a conditional comment.

    The inside of a hidden one is a text of its own and ends here whatever is open in it. The markers of a revealed
    one pair only where nothing crosses them: authors also use them to open a tag for some clients and
    close it in another pair.
    """
    name = "!" + token.name
    depths = builder.open.get(name)
    if not depths:
        return builder.stack[-1]
    depth = depths[-1]
    if token.name == "revealed" and depth != len(builder.stack) - 1:
        return builder.stack[-1]
    element, _ = builder.pop_to(depth, index + 1, token.start)
    element.end = token.end
    element.closed = True
    return element
