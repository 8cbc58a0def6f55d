"""Find the sentences of an HTML document that send the reader away without a link: "Don't forget to subscribe!".

They are those that `detect/captions.py` finds in plain text; in HTML they go with a link list and never make one.
"""

from __future__ import annotations

from string import ascii_letters
from typing import TYPE_CHECKING

from sigtrim.detect.phrases import is_asking
from sigtrim.parse.flow import decode_text
from sigtrim.parse.fold import fold_text, fold_words
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.detect.captions import Passage
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.elements import Document
    from sigtrim.parse.flow import Flow, Line

__all__ = ["find_prose"]

_TOGETHER = 500  # lines
_CODES = ("platform-prose", "engagement-bait")
# A capital letter right behind a small one, as where line ends were lost.
_GLUED = lazy(r"[A-ZÀ-ÞА-ЯЁ](?<=[^\W\d_A-ZА-ЯЁ].)")
_ASCII_CASES = bytes.maketrans(ascii_letters.encode(), b"a" * 26 + b"A" * 26)
_ADDRESS = lazy(r"://|\.\S")


def find_prose(document: Document, flow: Flow, known: Registry) -> tuple[Passage, ...]:
    """Find the sentences without a link that ask a reader to follow, subscribe, like or share.

    >>> from sigtrim.detect.platforms import registry
    >>> from sigtrim.parse.flow import lay_out
    >>> from sigtrim.parse.html import parse
    >>> document = parse("<p>New episode!</p><p>Don't forget to subscribe to my channel.</p>")
    >>> [one.span for one in find_prose(document, lay_out(document), registry())]
    [Span(start=22, end=62)]
    """
    lines = [line for line in flow.lines if _is_text(line)]
    contents = ["".join([piece.text for piece in line.pieces]) for line in lines]
    doubtful = [one for one in contents if not one.isascii()]
    # Nearly all lines are plain: one look at many mostly settles it, and at not too many takes little memory.
    plain = [one for one in contents if one.isascii()]
    if any(_may_ask("\n".join(plain[at : at + _TOGETHER])) for at in range(0, len(plain), _TOGETHER)):
        doubtful = contents
    if not any(_may_ask(one) and _asks(one, known) for one in doubtful):
        return ()
    from sigtrim.detect.captions import find_passages  # noqa: PLC0415 - see `_asks`
    from sigtrim.parse.caption import split_lines  # noqa: PLC0415 - as above

    texts = [" ".join(one.split()) for one in contents]
    text = "\n".join(texts)
    found: list[Passage] = []
    starts: list[int] = []
    at = 0
    for one in texts:
        starts.append(at)
        at += len(one) + 1
    index = 0
    for passage in find_passages(text, split_lines(text), known=known).passages:
        while index + 1 < len(starts) and starts[index + 1] <= passage.span.start:
            index += 1
        if passage.code in _CODES:
            start, end = passage.span.start - starts[index], passage.span.end - starts[index]
            found.append(passage._replace(span=_source_span(document, lines[index], start, end)))
    return tuple(found)


def _may_ask(text: str) -> bool:
    """Tell whether a text may hold a sentence that asks for something: a quick screen."""
    words = set(fold_words(text))
    if text.isascii():
        return is_asking(words, "") or b"aA" in text.encode().translate(_ASCII_CASES)
    return is_asking(words, fold_text(text)) or _GLUED.search(text) is not None


def _asks(content: str, known: Registry) -> bool:
    """Tell whether a line may hold a sentence that asks for something: a screen in front of the full judgement."""
    text = " ".join(content.split())
    # Imported here as in `find_prose`: few signatures ask for something, and all start faster.
    from sigtrim.detect.caption_prose import asks  # noqa: PLC0415 - as said above
    from sigtrim.detect.caption_rows import read_row  # noqa: PLC0415 - as said above

    row = read_row(text, known)
    # The words of an address are none of a phrase, so that a line with one takes the full judgement.
    return row.may_ask() and (_ADDRESS.search(text) is not None or asks({hit.kind for hit in row.hits}))


def _is_text(line: Line) -> bool:
    for piece in line.pieces:  # noqa: SIM110 - asked of each line: all() takes twice as long
        if piece.kind != "text" or piece.link is not None or piece.hidden:
            return False
    return True


def _source_span(document: Document, line: Line, start: int, end: int) -> Span:
    """Turn a range of a line's text, its white space collapsed, into one of the document."""
    offsets: list[int] = []
    last = 0
    in_space = True
    for piece in line.pieces:
        decoded, places = decode_text(document.text, piece.start, piece.end)
        for character, place, following in zip(decoded, places, places[1:], strict=False):
            if not character.isspace() or not in_space:
                offsets.append(place)
                last = following
            in_space = character.isspace()
    return Span(offsets[start], offsets[end] if end < len(offsets) else last)
