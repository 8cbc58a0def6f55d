"""Where the sender's own signature stands in the text of a message; quoted history is never looked at.

Mail programs mark a signature each in its own way, by an element or by the line `-- ` (RFC 3676, section 4.3). What
they quote is known by the elements around it, or by a header block from which on all is older.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from sigtrim.parse.flow import lay_out
from sigtrim.parse.html import parse
from sigtrim.parse.source import Span
from sigtrim.parse.tags import VOID
from sigtrim.parse.tokens import named
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sigtrim.parse.elements import Document, Element
    from sigtrim.parse.flow import Flow

__all__ = ["find_in_html", "find_in_text", "first_line"]

# Gmail, Thunderbird, Proton Mail; Outlook on the web, Apple Mail, Outlook for phones.
_SIGNATURE_CLASSES = frozenset(
    ["gmail_signature", "moz-signature", "protonmail_signature_block", "apple-mail-signature"]
)
_SIGNATURE_IDS = frozenset(["Signature", "AppleMailSignature", "ms-outlook-mobile-signature"])
# Apple Mail for phones puts a line break before its signature; where the signature has no element, this tells it.
_SIGNATURE_BREAK = "lineBreakAtBeginningOfSignature"
_QUOTE_CLASSES = frozenset(
    ["gmail_quote", "gmail_quote_container", "gmail_extra", "moz-forward-container", "protonmail_quote", "yahoo_quoted"]
)
# From here on all is older: Outlook on the web, Outlook, Outlook.com; Word writes a rule above the header block.
_HISTORY_IDS = frozenset(["divRplyFwdMsg", "appendonsend", "stopSpelling", "mail-editor-reference-message-container"])
_HISTORY_CLASSES = frozenset(["OutlookMessageHeader"])
_HISTORY_RULE = lazy(r"border-top:\s*solid\s+#?(?:E1E1E1|B5C4DF|windowtext)", re.IGNORECASE)
_HISTORY_LINE = lazy(
    r"-{2,}\s*(?:Original Message|Urspr\u00fcngliche Nachricht|Message d'origine|Mensaje original|Messaggio originale"
    r"|Oorspronkelijk bericht|Forwarded message|Weitergeleitete Nachricht)\b"
    r"|_{20,}\s*\Z"
    r"|(?:From|Von|De|Da|Van|Fra|Fr\u00e5n|\u041e\u0442):\s.{1,200}[@<]"
    r"|(?:Begin forwarded message|Anfang der weitergeleiteten Nachricht)\b",
    re.IGNORECASE,
)
_REPLY_LINE = lazy(
    r"(?:On|Am|Le|El|Il|Op|Den|Em)\s.{4,200}\s"
    r"(?:wrote|schrieb.{0,80}|a \u00e9crit|escribi\u00f3|ha scritto|schreef.{0,80}|skrev.{0,80}|escreveu)\s*:\s*\Z",
    re.IGNORECASE,
)
_CLOSING = lazy(
    r"(?:(?:kind|best|warm|with kind|many thanks and)?\s*regards|best wishes|best|all the best|cheers|sincerely"
    r"|yours \w+|(?:many )?thanks|thank you"
    r"|(?:mit )?(?:freundlichen?|besten?|viele|liebe|herzliche|sch\u00f6ne) gr\u00fc(?:\u00df|ss)en?"
    r"|(?:bien )?cordialement|salutations|(?:un )?saludos?|atentamente|cordiali saluti|met vriendelijke groeten?"
    r"|med v\u00e4nliga? h\u00e4lsningar?|(?:med )?venlig hilsen|pozdrawiam|atenciosamente"
    r"|\u0441 \u0443\u0432\u0430\u0436\u0435\u043d\u0438\u0435\u043c)(?: \w{1,20})?[,.!]?\Z",
    re.IGNORECASE,
)
_CLOSING_LENGTH = 60
_LINE = lazy(r"[^\n]*+(?:\n|\Z)")


def find_in_html(text: str) -> Span | None:
    """Return the span of the sender's signature in the HTML of a message: whole elements, or None.

    >>> page = '<p>Hello</p><div class="gmail_signature">Ada</div><blockquote>-- <br>Bob</blockquote>'
    >>> span = find_in_html(page)
    >>> page[span.start : span.end]
    'Ada'
    """
    document = parse(text)
    own, older = _split(document)
    for element in own:
        if _is_signature(element) and element.closed:
            return Span(element.start_end, element.end_start)
    flow = lay_out(document)
    return (
        _after_dashes(document, flow, own, older)
        or _after_bookmark(own, older)
        or _after_closing(document, flow, own, older)
    )


def find_in_text(text: str, *, hint: str | None = None) -> Span | None:
    r"""Return the span of the sender's signature in the plain text of a message, or None.

    It stands behind the first line `-- ` that is not quoted; without any, it begins with the last line that says
    what `hint` says, the first line of the same signature in HTML.

    >>> text = "Hello\n-- \nAda\n\nOn Monday Bob wrote:\n> -- \n> Bob\n"
    >>> span = find_in_text(text)
    >>> text[span.start : span.end]
    'Ada\n\n'
    """
    start: int | None = None
    hinted: int | None = None
    end = len(text)
    for at, after, line in _lines(text):
        if _HISTORY_LINE.match(line):
            end = at
            break
        is_quoted = line.startswith(">") or _REPLY_LINE.match(line) is not None
        if start is None and hinted is not None and is_quoted and end == len(text):
            end = at
        if start is not None and is_quoted:
            end = at
            break
        if start is None and line == "--":
            start = after
        elif hint and line == hint:
            hinted, end = at, len(text)
    if start is None:
        start = hinted
    return Span(start, end) if start is not None and text[start:end].strip() else None


def first_line(text: str) -> str | None:
    """Return the first line of words that a reader of the HTML sees."""
    for line in lay_out(parse(text)).lines:
        words = " ".join("".join(piece.text for piece in line.pieces).split())
        if words:
            return words
    return None


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each line begins and ends, and what it says."""
    for match in _LINE.finditer(text):
        yield match.start(), match.end(), match[0].strip()


def _split(document: Document) -> tuple[list[Element], list[int]]:
    """Return the elements that are the sender's, and where older messages begin."""
    own: list[Element] = []
    older: list[int] = []
    behind = 0
    for index, token in enumerate(named(document.tokens)):
        if token.kind != "start" or token.start < behind:
            continue
        element = document.owners[index]
        if _begins_history(element):
            older.append(element.start)
            break
        if _is_quote(element):
            older.append(element.start)
            behind = element.end
        else:
            own.append(element)
    return own, older


def _classes(element: Element) -> frozenset[str]:
    return frozenset(element.get("class").split())


def _is_signature(element: Element) -> bool:
    return element.get("id") in _SIGNATURE_IDS or not _SIGNATURE_CLASSES.isdisjoint(_classes(element))


def _is_quote(element: Element) -> bool:
    return element.name == "blockquote" or not _QUOTE_CLASSES.isdisjoint(_classes(element))


def _begins_history(element: Element) -> bool:
    if element.get("id") in _HISTORY_IDS or not _HISTORY_CLASSES.isdisjoint(_classes(element)):
        return True
    return element.name == "div" and _HISTORY_RULE.search(element.get("style")) is not None


def _after_dashes(document: Document, flow: Flow, own: list[Element], older: list[int]) -> Span | None:
    """Find what follows the line `-- `."""
    known = {id(element) for element in own} | {id(document.root)}
    for number, line in enumerate(flow.lines):
        if "".join(piece.text for piece in line.pieces).strip() != "--" or id(line.block) not in known:
            continue
        container, start = line.block, line.pieces[-1].end
        following = flow.lines[number + 1] if number + 1 < len(flow.lines) else None
        while (following is None or following.pieces[0].start >= container.end) and container.parent is not None:
            start = container.end
            container = container.parent
        return _tail(container, start, older)
    return None


def _after_bookmark(own: list[Element], older: list[int]) -> Span | None:
    """Find what begins with the bookmark of Outlook, or behind the line break of Apple Mail."""
    for element in own:
        if element.get("id") == _SIGNATURE_BREAK and element.parent is not None:
            return _tail(element.parent, element.start_end, older)
        if element.name == "a" and element.get("name") == "_MailAutoSig":
            child = element
            while child.parent is not None and child.parent.name not in ("div", "body", "!root"):
                child = child.parent
            return _tail(child.parent, child.start, older) if child.parent is not None else None
    return None


def _after_closing(document: Document, flow: Flow, own: list[Element], older: list[int]) -> Span | None:
    """Find the last block that Word wrote: what follows the closing words."""
    container = next((one for one in own if one.name == "div" and "WordSection1" in _classes(one)), None)
    if container is None:
        return None
    found = None
    border = older[0] if older else len(document.text)
    for line in flow.lines:
        first = line.pieces[0]
        if not container.start <= first.start < min(container.end, border):
            continue
        words = " ".join("".join(piece.text for piece in line.pieces).split())
        if len(words) <= _CLOSING_LENGTH and _CLOSING.match(words):
            found = line.block
    while found is not None and found.parent is not container:
        found = found.parent
    return _tail(container, found.end, older) if found is not None else None


def _tail(container: Element, start: int, older: list[int]) -> Span | None:
    """Return what stands in an element from an offset on, as far as it is the sender's, in whole elements."""
    end = container.end_start
    for child in container.children:
        if child.end <= start:
            continue
        nearest = bisect_left(older, child.start)
        if nearest < len(older) and older[nearest] < max(child.end, child.start_end):
            end = child.start
            break
        if not child.closed and child.name not in VOID:
            return None
    return Span(start, end) if start < end and container.text[start:end].strip() else None
