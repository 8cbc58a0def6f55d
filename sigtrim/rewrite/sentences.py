"""Cut a line at its separators into sentences, to tell a link of a list from a word of a sentence.

"Follow us on X, Y and Z!" is one sentence that sends the reader away: it goes whole. In "We write on Medium about
bees" the link is a word among others, and the words stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

from sigtrim.detect.credits import is_full_name
from sigtrim.detect.phrases import (
    FOLLOW_KINDS,
    calls_reader,
    find_phrases,
    heads_links,
    is_header,
    is_word,
    names_field,
)
from sigtrim.parse.flow import SEPARATORS, WIDE_GAP, decode_text
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.elements import Document, Element
    from sigtrim.parse.flow import Line, Piece

__all__ = ["Sentence", "clause_start", "name_end", "place_start", "split_line"]

# What JSX writes for a space, `{' '}`, is none.
_BREAK = lazy(
    rf"(?P<space>\{{(?:' *+'|\" *+\")\}})|\u00a0{{2,}}|(?<!\S)[-–—−―/~*](?!\S)|[{SEPARATORS}:：;()\[\]{{}}（）【】]"
    r"|[.!?…。！？]++(?=\s|\Z)"
)
_ENDS_SENTENCE = frozenset(".!?…。！？")
_WORD = lazy(r"\w+")
_LEAD_WORDS = 6
_WORDS_A_LINK = 2
_LABEL_WORDS = 4
_LABEL_ENDS = " \t\r\n\u00a0\ufffc,.!:：-–—"
_LABEL_COMMA = lazy(r"(?s:.*)[,;，；(]")
_COMMA = lazy(r"[,;，；(]")
_CLAUSE_MARK = lazy(r"[,;，；:：.!?…。！？](?=\s|\Z)")
_LONG_CLAUSE = 100
_DIGIT = lazy(r"\d")
_HOST = lazy(r"\w\.[a-z]{2,}(?![\w.])", re.IGNORECASE)
_NEUTRAL = frozenset(["content", "credit", "not_channel", "own", "role"])  # kinds of phrases that a name can have
# A phone number or an e-mail address is kept wherever it stands.
_CONTACT = lazy(r"[\w.+-]@[\w-]++\.\w|(?:\d[\s\u00a0()./-]{0,3}){6}")


@dataclass(slots=True, eq=False)
class Sentence:
    """What stands between two separators of a line.

    `parts` are its unlinked texts, as pieces with a range of their decoded text; `links` the going links in it by
    their pieces; `holds_kept` tells that a link, a picture, a phone number or an e-mail address in it stays;
    `neighbours` are the links of the list on the whole line.
    """

    parts: list[tuple[Piece, int, int]] = field(default_factory=list)
    links: list[Piece] = field(default_factory=list)
    holds_kept: bool = False
    neighbours: int = 0
    items: set[Element | None] = field(default_factory=set)
    called: Callable[[], set[Element | None]] = set
    words: str = ""
    text: str = ""

    def is_prose(self, registry: Registry) -> bool:
        """Tell whether it has words of its own besides links, labels and the "and" between them."""
        own = [word for word in _WORD.findall(self.words) if not is_word(word, "joint")]
        if not own:
            return False
        lead, _, rest = self.words.partition("\ufffc")
        if lead.rstrip().endswith((":", "：")) and len(lead.split()) <= _LABEL_WORDS:
            name = lead.rstrip().rstrip(":：")
            if registry.match_label(name, weak=True) or heads_links(name) or not _WORD.search(rest):
                return False
        label = self.words.strip(_LABEL_ENDS)
        return not (registry.match_label(label, weak=True) or heads_links(label))

    def is_label_around(self) -> bool:
        """Tell whether it is a header with its links in it, not in front: "Follow us on X and Y for news"."""
        lead = self.words.partition("\ufffc")[0].strip(_LABEL_ENDS)
        rest = self.words.rpartition("\ufffc")[2]
        goes_on = not all(is_word(word, "joint") for word in _WORD.findall(rest))
        if not goes_on and (not _WORD.search(lead) or heads_links(lead)):
            return False
        return heads_links(self.words.strip(_LABEL_ENDS))

    def is_call(self, registry: Registry) -> bool:
        """Tell whether it sends the reader away: by what it says, or because it names the platforms it links to."""
        if _asks(self.text):
            return True
        lead, _, rest = self.words.partition("\ufffc")
        place = None if _WORD.search(rest) or len(lead.split()) > _LEAD_WORDS + 1 else place_start(lead, registry)
        if place is not None and not is_full_name(lead[:place]):
            return True
        named = sum(1 for piece in self.links if piece.text and registry.match_label(piece.text, weak=True))
        if named < len({piece.link for piece in self.links}):
            return False
        if len(_WORD.findall(rest)) > _WORDS_A_LINK * named:
            return False
        words = lead.split()
        return bool(words) and len(words) <= _LEAD_WORDS and _leads_to_place(words[-1])

    def is_item(self, piece: Piece) -> bool:
        """Tell whether a link is an item of a list: beside another one that goes, no word of a sentence that stays."""
        if self.holds_kept and piece.link in self.called():
            return True
        if piece.link not in self.items or not self.holds_kept:
            return piece.link in self.items
        lead = [
            one.text[start:end] for one, start, end in self.parts if one.start < self.links[0].start and start < end
        ]
        words = lead[-1].split() if lead else []
        # "mail@example.com i Facebook": behind what stays it is an "and" in Polish, and a place in Danish.
        joins = len(lead) > 1 and len(words) == 1 and is_word(words[0], "joint")
        return joins or not words or not is_word(words[-1], "place")

    def is_behind_name(self) -> bool:
        """Tell whether its one link ends it, and only a name or a number stands before: "Ada Byrne, CEO LinkedIn"."""
        lead, _, rest = self.words.partition("\ufffc")
        words = _WORD.findall(lead)
        if not words or len(words) > _LEAD_WORDS or _WORD.search(rest) or "\ufffc" in rest:
            return False
        goes_on = is_word(words[-1], "place") or is_word(words[-1], "particle")
        return not goes_on and not any(word[0].islower() for word in words)

    def is_row_of_pictures(self) -> bool:
        """Tell whether the line holds nothing but linked pictures that go: icons, or slices of a picture."""
        return (
            self.neighbours > 1 and not self.holds_kept and not self.parts and not any(one.text for one in self.links)
        )

    def spans(self, document: Document, registry: Registry) -> list[tuple[Piece, Span]]:
        """Return where its unlinked texts stand in the document, without a name that it begins with."""
        found = []
        skipped = name_end(self.words.partition("\ufffc")[0].rstrip(), registry)
        for piece, first, end in self.parts:
            start = min(first + skipped, end)
            skipped -= start - first
            if start == end:
                continue
            offsets = decode_text(document.text, piece.start, piece.end)[1]
            found.append((piece, Span(offsets[start], offsets[end])))
        return found


def _asks(text: str) -> bool:
    """Tell whether a text asks for something on a platform, not for a newsletter's readers."""
    kinds = {hit.kind for hit in find_phrases(text)}
    asked = kinds & FOLLOW_KINDS
    is_newsletter = asked == {"subscribe"} and "not_channel" in kinds
    return bool(asked) and not is_newsletter and not names_field(text)


def clause_start(text: str) -> int | None:
    """Return where the words begin that end a text and send the reader away, behind a comma or with their "and".

    >>> clause_start("Call 555 0100 or message me on"), clause_start("We write for bees, follow us on")
    (14, 18)
    >>> clause_start("Engineer and author at")
    """
    floor = max(0, len(text) - _LONG_CLAUSE)
    marks = [match.end() for match in _CLAUSE_MARK.finditer(text, floor)]
    marks += [match.start() for match in _WORD.finditer(text, floor) if is_word(match[0], "joint")]
    for at in sorted(marks, reverse=True):
        clause = text[at:].strip()
        joint, _, rest = clause.partition(" ")
        if heads_links(rest if is_word(joint, "joint") else clause) and calls_reader(clause):
            return at
    return None


def place_start(text: str, registry: Registry) -> int | None:
    """Return where the last words of a text begin if they tell a place: "on YouTube" in "Watch our videos on YouTube".

    >>> from sigtrim.detect.platforms import registry
    >>> [place_start(text, registry()) for text in ("Watch us on YouTube", "Find me on X", "Engineer at LinkedIn", "X")]
    [9, 8, None, None]
    """
    text = text.rstrip()
    hits = registry.labels_in(text)
    lead, _, name = text.rpartition(" ")
    if hits and hits[-1].end == len(text):
        lead = text[: hits[-1].start]
    elif not (name[:1].isupper() and registry.match_label(name, weak=True)):
        return None
    lead = lead.rstrip()
    word = lead.rpartition(" ")[2]
    return len(lead) - len(word) if _leads_to_place(word) else None


def _leads_to_place(word: str) -> bool:
    """Tell whether a word in front of a platform's name makes it a place: "on", "our"; "at" makes it a company."""
    return is_word(word, "place") and not is_word(word, "employer")


def name_end(text: str, registry: Registry) -> int:
    """Return where the content in front of a label ends: "Ada Byrne, CEO, follow me on"; 0 if there is none.

    Content is an address, a number, a host ("Visit example.com, follow us on"), or a full name that asks for nothing
    and names no platform.
    """
    match = _LABEL_COMMA.match(text)
    if match is None or not (heads_links(text[match.end() :]) and calls_reader(text[match.end() :])):
        return 0
    head = text[: match.end()] if match[0][-1] == "(" else text[: match.end() - 1].rstrip()
    if _HOST.search(head) or _CONTACT.search(head):
        return len(head)
    name = _COMMA.split(head, maxsplit=1)[0]
    if not (is_full_name(name) or _DIGIT.search(head)) or is_header(name) or registry.labels_in(name):
        return 0
    return len(head) if all(hit.kind in _NEUTRAL for hit in find_phrases(name)) else 0


def split_line(document: Document, line: Line, going: Collection[Piece]) -> dict[Piece, Sentence]:
    """Return the sentence of each piece of a line that goes; `going` are the pieces that do."""
    found: dict[Piece, Sentence] = {}
    sentence = Sentence()
    end = line.pieces[0].start
    for piece in line.pieces:
        if piece.start > end and WIDE_GAP.search(document.text[end : piece.start]):
            sentence = Sentence()
        end = piece.end
        if piece in going:
            sentence.links.append(piece)
            sentence.words += "\ufffc"
            sentence.text += piece.text + " "
            found[piece] = sentence
        elif piece.kind != "text" or piece.link is not None:
            sentence.holds_kept = True
        else:
            sentence = _read_text(sentence, piece)
    links = len({piece.link for piece in found})
    items = _items(line, going)
    called = cache(partial(_called, line, going))
    for sentence in found.values():
        sentence.neighbours = links
        sentence.items = items
        sentence.called = called
    return found


def _read_text(sentence: Sentence, piece: Piece) -> Sentence:
    """Add a text to a sentence; return the one that is open at its end."""
    at = 0
    for match in _BREAK.finditer(piece.text):
        if match.lastgroup == "space":
            continue
        # A full stop belongs to the sentence that it ends, a separator to none, a label to what follows it.
        end = match.end() if match[0][0] in _ENDS_SENTENCE else match.start()
        labels = match[0] in ":：" and len(piece.text[at:end].split()) <= _LABEL_WORDS
        if not labels:
            _add(sentence, piece, at, end)
        sentence = Sentence()
        if labels:
            _add(sentence, piece, at, match.end())
        at = match.end()
    _add(sentence, piece, at, len(piece.text))
    return sentence


def _items(line: Line, going: Collection[Piece]) -> set[Element | None]:
    """Return the links that are items of a list: beside another one that goes, or between commas."""
    pieces = line.pieces
    if len(pieces) == 1:
        return {pieces[0].link}
    items: set[Element | None] = set()
    before: Piece | None = None
    for at, piece in enumerate(pieces):
        if piece not in going:
            if piece.kind != "text" or piece.link is not None or _WORD.search(piece.text):
                before = piece
            continue
        if before is not None and before in going and before.link is not piece.link:
            items.update((before.link, piece.link))
        before = piece
        first, last = at, at + 1
        while first > 0 and pieces[first - 1].link is piece.link and piece.link is not None:
            first -= 1
        while last < len(pieces) and pieces[last].link is piece.link and piece.link is not None:
            last += 1
        lead = _words_of(pieces[first - 1]).rstrip() if first else ","
        tail = _words_of(pieces[last]).lstrip() if last < len(pieces) else ","
        if lead.endswith(",") and tail.startswith(","):
            items.add(piece.link)
    return items


def _called(line: Line, going: Collection[Piece]) -> set[Element | None]:
    """Return the links that a call of its own leads to, and those that an "and" or a comma joins to them."""
    called: set[Element | None] = set()
    text = ""
    is_behind = False
    for piece in line.pieces:
        if piece in going:
            if piece.link not in called:
                joins = is_behind and all(is_word(word, "joint") for word in _WORD.findall(text))
                if joins or heads_links(text.strip()) or clause_start(text) is not None:
                    called.add(piece.link)
            is_behind = piece.link in called
            text = ""
        elif piece.kind == "text" and piece.link is None:
            text += piece.text
        else:
            is_behind = False
            text = ""
    return called


def _words_of(piece: Piece) -> str:
    """Return the unlinked text of a piece; a comma for a picture or another link, which end an item as well."""
    return piece.text if piece.kind == "text" and piece.link is None else ","


def _add(sentence: Sentence, piece: Piece, start: int, end: int) -> None:
    if start < end:
        sentence.parts.append((piece, start, end))
        text = piece.text[start:end]
        sentence.words += text
        sentence.text += text
        sentence.holds_kept = sentence.holds_kept or _CONTACT.search(text) is not None
