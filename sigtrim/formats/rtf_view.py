r"""An RTF document seen as HTML: what a reader sees, item by item, each with its place in the file.

Paragraphs become `<p>`, hyperlink fields `<a>`, pictures `<img>`, table rows `<tr>`; formatting is left out. The items
partition the HTML, so that every offset in it leads back into the file.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.formats.rtf_tokens import Token, Tokens

__all__ = ["BOOKMARK", "Item", "view"]

BOOKMARK = "sigtrim_cta"
"""The bookmark around a call to action: Word keeps it, as it keeps no unknown control word."""

ItemKind = Literal[
    "run", "char", "break", "link", "/link", "picture", "p", "/p", "table", "/table", "tr", "/tr", "td", "/td"
]


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


_SKIPPED = _words(
    "colortbl filetbl fonttbl footer footerf footerl footerr footnote generator header headerf headerl"
    " headerr info latentstyles listoverridetable listtable listtext nonesttables nonshppict objdata"
    " pntext revtbl rsidtbl rxe stylesheet tc txe upr xe xmlnstbl"
)
_CHARACTERS = {
    "bullet": "\u2022",
    "emdash": "\u2014",
    "emspace": "\u2003",
    "endash": "\u2013",
    "enspace": "\u2002",
    "ldblquote": "\u201c",
    "lquote": "\u2018",
    "qmspace": "\u2005",
    "rdblquote": "\u201d",
    "rquote": "\u2019",
    "tab": "\t",
}
_SYMBOLS = {"~": "\u00a0", "_": "\u2011", "\\": "\\", "{": "{", "}": "}"}
# RTF specification 1.9.1, "Font Table": the code page of each \fcharset.
_CODE_PAGES = {0: 1252, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255}
_CODE_PAGES |= {178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250}
_DOUBLE = frozenset(["cp932", "cp936", "cp949", "cp950"])
_RUN = lazy(r"[^<>&\"'\x80-\xff]++")
_HYPERLINK = lazy(r'\s*HYPERLINK\b(?:[^"\\]|\\(?![lL]\b).)*?"([^"]*)"|\s*HYPERLINK\s+([^\s"\\]+)', re.IGNORECASE)
_INSTRUCTION_LENGTH = 8192


class Item(NamedTuple):
    """A piece of the view: its HTML, and the span in the file that it stands for.

    In a `run` each character stands for one of the file; all other items are one thing that goes whole or stays. An
    empty span is a place, such as that where a paragraph begins.
    """

    kind: ItemKind
    html: str
    start: int
    end: int


@dataclass(slots=True)
class _State:
    skip: int
    codec: str


@dataclass(slots=True)
class _Reader:
    source: Tokens
    items: list[Item] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    states: list[_State] = field(default_factory=lambda: [_State(1, "cp1252")])
    fonts: dict[int, str] = field(default_factory=dict)
    in_table: bool = False
    row_start: int | None = None
    last: int = 0
    lead: Token | None = None
    high: tuple[int, int, int] | None = None
    ends: dict[int, tuple[int, int]] = field(default_factory=dict)

    def read(self) -> list[Item]:
        at = 0
        tokens = self.source.tokens
        while at < len(tokens):
            at = self._token(at, tokens[at])
        self._close_blocks(tokens[-1].start)
        return self.items

    def _token(self, at: int, token: Token) -> int:
        """Read a token; return the number of the next one to read."""
        match token.kind:
            case "open":
                return self._group(at)
            case "close":
                return self._end(at)
            case "text":
                self._text(token.start, token.end)
            case "hex":
                self._byte(token)
            case "symbol":
                if token.name in "\r\n":
                    self._paragraph_end(token)
                elif token.name in _SYMBOLS:
                    self._character(_SYMBOLS[token.name], token.start, token.end)
            case "word":
                return self._word(at, token)
            case _:
                pass
        return at + 1

    def _group(self, at: int) -> int:
        end = self.source.ends[at]
        name, inside = self.source.destination(at)
        bare = name.removeprefix("*")
        if bare == "fonttbl":
            self._read_fonts(inside, end)
        if bare in ("shppict", "pict"):
            self._picture(at, end)
            return end + 1
        if name == "field":
            return self._field(at, inside, end)
        if bare in _SKIPPED or name.startswith("*"):
            return end + 1
        self._push()
        return at + 1

    def _push(self) -> None:
        self.states.append(_State(self.states[-1].skip, self.states[-1].codec))

    def _end(self, at: int) -> int:
        if at in self.ends:
            # The result of a hyperlink field ends, and with it the field.
            closed, end = self.ends[at]
            self._inline("/link", "</a>", self.source.tokens[at].start, end)
            at = closed
            self.states.pop()
        if len(self.states) > 1:
            self.states.pop()
        return at + 1

    def _field(self, at: int, inside: int, end: int) -> int:
        """Read a field: a hyperlink is a link around its result, of any other field there is only the result."""
        tokens = self.source.tokens
        instruction = result = None
        for group in self.source.groups(inside, end):
            name, first = self.source.destination(group)
            if name in ("*fldinst", "fldinst"):
                instruction = (first, self.source.ends[group])
            elif name in ("fldrslt", "*fldrslt"):
                result = (group, first)
        if result is None:
            return end + 1
        url = self._url(*instruction) if instruction is not None else None
        if url is None:
            self._push()
            return result[0]
        start, stop = self._bookmarked(at, end)
        marker = ' data-sigtrim="cta"' if start < tokens[at].start else ""
        self._inline("link", f'<a href="{_escape(url)}"{marker}>', start, tokens[result[1] - 1].end)
        self._push()
        self._push()
        self.ends[self.source.ends[result[0]]] = (end, stop)
        return result[1]

    def _bookmarked(self, at: int, end: int) -> tuple[int, int]:
        """Return the span of a field with the bookmark of a call to action around it, if there is one."""
        text, tokens = self.source.text, self.source.tokens
        before, after = f"{{\\*\\bkmkstart {BOOKMARK}}}", f"{{\\*\\bkmkend {BOOKMARK}}}"
        start, stop = tokens[at].start, tokens[end].end
        if text.endswith(before, 0, start) and text.startswith(after, stop):
            return start - len(before), stop + len(after)
        return start, stop

    def _url(self, start: int, end: int) -> str | None:
        """Read the address out of a field's instruction."""
        parts: list[str] = []
        length = 0
        skip = self.states[-1].skip
        at = start
        while at < end and length < _INSTRUCTION_LENGTH:
            token = self.source.tokens[at]
            name = self.source.destination(at)[0] if token.kind == "open" else ""
            if name.startswith("*"):
                at = self.source.ends[at] + 1
                continue
            if token.kind == "text":
                parts.append(self.source.text[token.start : token.end])
            elif token.kind == "hex":
                parts.append(bytes([int(token.name, 16)]).decode("cp1252", "replace"))
            elif token.kind == "symbol" and token.name in _SYMBOLS:
                parts.append(_SYMBOLS[token.name])
            elif token.kind == "word" and token.name == "u":
                parts.append(chr((token.parameter or 0) % 0x10000))
                at, place = self._skip_fallback(at, skip)
                if self.source.tokens[at].start < place:
                    parts.append(self.source.text[place : self.source.tokens[at].end])
                    at += 1
                continue
            elif token.kind == "word" and token.name == "uc":
                skip = max(0, token.parameter or 0)
            length += len(parts[-1]) if parts else 0
            at += 1
        instruction = "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        match = _HYPERLINK.match(instruction)
        return (match[1] or match[2] or "").strip() or None if match is not None else None

    def _word(self, at: int, token: Token) -> int:  # noqa: C901, PLR0912 - one branch a control word
        state, name, parameter = self.states[-1], token.name, token.parameter
        if name == "u":
            return self._unicode(at, token, state)
        if name in _CHARACTERS:
            self._character(_CHARACTERS[name], token.start, token.end)
        elif name == "par":
            self._paragraph_end(token)
        elif name == "line":
            self._inline("break", "<br>", token.start, token.end)
        elif name == "cell":
            self._cell_end(token)
        elif name == "row":
            self._row_end(token)
        elif name in ("nestcell", "nestrow", "page", "sect"):
            self._paragraph_end(token._replace(end=token.start))
        elif name == "uc":
            state.skip = max(0, parameter or 0)
            if self.high is not None and self.high[2] == token.start:
                # LibreOffice writes one between the halves of a character beyond the first 65,536.
                self.high = (*self.high[:2], token.end)
        elif name == "ansicpg":
            state.codec = _codec(parameter or 1252)
        elif name == "f":
            state.codec = self.fonts.get(parameter or 0, self.states[0].codec)
        elif name == "pard":
            self.in_table = False
        elif name == "intbl":
            self.in_table = True
        elif name == "trowd" and self.row_start is None and "tr" not in self.opened:
            self.row_start = token.start
        return at + 1

    def _read_fonts(self, at: int, end: int) -> None:
        # The code page of the document stands before its fonts, and in the group around them.
        self.states[0].codec = self.states[-1].codec
        font = 0
        for token in self.source.tokens[at:end]:
            if token.kind == "word" and token.name == "f":
                font = token.parameter or 0
            elif token.kind == "word" and token.name == "fcharset" and (token.parameter or 0) in _CODE_PAGES:
                page = _CODE_PAGES[token.parameter or 0]
                self.fonts[font] = _codec(page) if page != 1252 else self.states[-1].codec

    def _unicode(self, at: int, token: Token, state: _State) -> int:
        following, end = self._skip_fallback(at, state.skip)
        code = (token.parameter or 0) % 0x10000
        if 0xD800 <= code < 0xDC00:
            self.high = (code, token.start, end)
        elif 0xDC00 <= code < 0xE000 and self.high is not None and self.high[2] == token.start:
            high, start, _ = self.high
            self.high = None
            self._character(chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00), start, end)
        elif not 0xDC00 <= code < 0xE000:
            self._character(chr(code), token.start, end)
        if following < len(self.source.tokens) and end > self.source.tokens[following].start:
            self._text(end, self.source.tokens[following].end)
            following += 1
        return following

    def _skip_fallback(self, at: int, count: int) -> tuple[int, int]:
        r"""Pass over what stands for a `\u` in readers that do not know it; return the next token, and the offset.

        The offset lies inside that token where a text is passed over in part.
        """
        tokens = self.source.tokens
        end = tokens[at].end
        at += 1
        while count and at < len(tokens) and tokens[at].kind not in ("open", "close"):
            token = tokens[at]
            if token.kind == "text":
                if token.end - token.start > count:
                    return at, token.start + count
                count -= token.end - token.start
            elif token.kind != "newline":
                count -= 1
            end = token.end
            at += 1
        return at, end

    def _byte(self, token: Token) -> None:
        codec = self.states[-1].codec
        data = bytes([int(token.name, 16)])
        start = token.start
        if self.lead is not None and self.lead.end == token.start:
            data, start = bytes([int(self.lead.name, 16)]) + data, self.lead.start
            self.lead = None
        try:
            character = data.decode(codec)
        except UnicodeDecodeError:
            if codec in _DOUBLE and len(data) == 1:
                self.lead = token
                return
            character = "\ufffd"
        self._character(character, start, token.end)

    def _text(self, start: int, end: int) -> None:
        text = self.source.text
        at = start
        while at < end:
            run = _RUN.match(text, at, end)
            if run is not None:
                self._inline("run", run[0], at, run.end())
                at = run.end()
                continue
            character = text[at]
            if character >= "\x80":
                character = character.encode("latin-1").decode(self.states[-1].codec, "replace")
            self._character(character, at, at + 1)
            at += 1

    def _character(self, character: str, start: int, end: int) -> None:
        self._inline("char", _escape(character), start, end)

    def _picture(self, at: int, end: int) -> None:
        tokens = self.source.tokens
        start, stop = tokens[at].start, tokens[end].end
        following = end + 1
        while following < len(tokens) and tokens[following].kind == "newline":
            following += 1
        if following < len(tokens) and tokens[following].kind == "open":
            name, _ = self.source.destination(following)
            # The same picture again, for readers that do not know \shppict.
            stop = tokens[self.source.ends[following]].end if name == "nonshppict" else stop
        alt = _ALT.search(self.source.text, start, stop)
        described = f' alt="{_escape(alt[1].strip())}"' if alt is not None else ""
        self._inline("picture", f'<img src="cid:picture"{described}>', start, stop)

    def _inline(self, kind: ItemKind, content: str, start: int, end: int) -> None:
        self._open_blocks(start)
        self.items.append(Item(kind, content, start, end))
        self.last = end

    def _open(self, kind: Literal["p", "table", "tr", "td"], at: int) -> None:
        self.opened.append(kind)
        self.items.append(Item(kind, f"<{kind}>", at, at))

    def _close(self, start: int, end: int) -> None:
        kind = self.opened.pop()
        self.items.append(Item(cast("ItemKind", f"/{kind}"), f"</{kind}>", start, end))
        self.last = end

    def _open_blocks(self, at: int) -> None:
        """Open the paragraph, and the cell around it, in which an item at `at` stands."""
        if not self.in_table and "table" in self.opened:
            self._close_blocks(self.last)
        if self.in_table and not self.opened:
            self._open("table", self._row_place(at))
        if self.opened and self.opened[-1] == "table":
            self._open("tr", self._row_place(at))
            self.row_start = None
        if self.opened and self.opened[-1] == "tr":
            self._open("td", at)
        if not self.opened or self.opened[-1] != "p":
            self._open("p", at)

    def _row_place(self, at: int) -> int:
        """Return where the definition of the row begins in which an item at `at` stands."""
        return at if self.row_start is None else max(self.row_start, self.last)

    def _close_blocks(self, at: int) -> None:
        while self.opened:
            self._close(at, at)

    def _paragraph_end(self, token: Token) -> None:
        self._open_blocks(token.start)
        self._close(token.start, token.end)

    def _cell_end(self, token: Token) -> None:
        if self.opened == ["p"]:
            # The paragraph did not say that it stands in a table; its end is all that can be told.
            self._close(token.start, token.start)
            return
        self.in_table = True
        self._open_blocks(token.start)
        self._close(token.start, token.start)
        self._close(token.start, token.end)

    def _row_end(self, token: Token) -> None:
        while self.opened and self.opened[-1] in ("p", "td"):
            self._close(token.start, token.start)
        if self.opened and self.opened[-1] == "tr":
            self._close(token.start, token.end)
        self.row_start = None


_ALT = lazy(r"\{\\sp\{\\sn wzDescription\}\{\\sv ([^{}\\]{1,400})\}\}")


def view(source: Tokens) -> list[Item]:
    r"""Return what a reader sees of an RTF document.

    >>> from sigtrim.formats.rtf_tokens import scan
    >>> "".join(item.html for item in view(scan(r"{\rtf1 Caf\'e9 {\b & bar}\par}")))
    '<p>Caf&#233; &amp; bar</p>'
    """
    return _Reader(source).read()


def _escape(text: str) -> str:
    return html.escape(text, quote=True).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _codec(page: int) -> str:
    import codecs  # noqa: PLC0415 - known to the interpreter already

    try:
        return codecs.lookup(f"cp{page}").name
    except LookupError:
        return "cp1252"
