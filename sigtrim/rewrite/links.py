"""Decide what goes with each mention: the whole link with its icon and label, or only its tags.

A platform link around kept content - a logo, a person's name, a phone number - is unwrapped: its tags go, its
content stays.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sigtrim.detect.icons import icon_of, icon_sides
from sigtrim.detect.phrases import follow_phrases, heads_links, is_word
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy
from sigtrim.rewrite.sentences import split_line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sigtrim.detect.linklist import Mention
    from sigtrim.parse.elements import Document, Element
    from sigtrim.parse.flow import Line, Piece
    from sigtrim.rewrite.plan import Plan
    from sigtrim.rewrite.sentences import Sentence

__all__ = ["cut_mentions"]

_LINK_KINDS = frozenset(["link", "placeholder"])
# A picture with a longer side, or with both sides longer, is no icon of a row; in CSS pixels.
_LOGO_SIDE = 120
_LOGO_BOTH_SIDES = 80
_LOGO_NAME = lazy(
    r"logo|avatar|banner|brand(?!s-)|company|firma|foto|head-?shot|perfil|photo|portrait|profile-?(?:pic|image)|signature",
    re.IGNORECASE,
)
_PHONE = lazy(r"[+(]?[\d\s\u00a0()./-]{6,}\Z")
_EMAIL = lazy(r"[^\s@/]+@[^\s@/]+\.[^\s@/]+\Z")
_LABEL_LENGTH = 60
_MENTIONED = lazy(r"(?:^|\s)@\w")
_FEW_WORDS = 5
_LIST_LINKS = 2  # from here on a word alone in its link is an item of a list
_PHRASE_WORDS = 3
_CALL_WORDS = 6
_LABEL_MARKS = (":", "：", "→", "»", "›", "👉")
_WORD = lazy(r"\S+")
_ADDRESS_MARKS = "()[]<>,;.!"
_HANDLE_SIGN = lazy(r"[\d_]")
_CALL_MARKS = "!?.,:;…→»›>★☆⭐👉*-–—\"'“”„()"
_CALL_WORD = lazy(r"[^\W\d_]+(?:['’-][^\W\d_]+)?")
_GLYPH_LENGTH = 3  # "PI" between other links of the list
_LABEL_END = " :：\u00a0\n\r\t"


def cut_mentions(plan: Plan, mentions: tuple[Mention, ...]) -> None:
    """Cut every mention of a link list."""
    links: list[tuple[Mention, Element]] = []
    for mention in mentions:
        if mention.kind in _LINK_KINDS:
            links.append((mention, plan.element_at(mention)))
        else:
            code = "platform-icon" if mention.kind == "icon" else "platform-handle"
            plan.cut_span(code, mention.platform, mention.span, mention.evidence)
    by_link: dict[Element, list[Piece]] = {element: [] for _, element in links}
    going = set(plan.gone)
    lines: dict[Line, None] = {}
    for piece in plan.flow.pieces:
        if piece.link in by_link:
            by_link[piece.link].append(piece)
            going.add(piece)
            lines[piece.line] = None
    sentences = _Sentences(plan.document, going, plan.flow.pieces)
    for mention, element in links:
        _cut_link(plan, mention, element, by_link[element], sentences)
    for line in lines:
        if any(piece.kind == "text" and piece.link is None and piece not in going for piece in line.pieces):
            _cut_calls(plan, sentences.on(line))


class _Sentences:
    """The sentences of lines on which links go; a line is cut into them when one is asked for."""

    def __init__(self, document: Document, going: Collection[Piece], pieces: Sequence[Piece]) -> None:
        self._document = document
        self._going = going
        self._pieces = pieces
        self._lines: dict[Line, dict[Piece, Sentence]] = {}
        self._said: str | None = None

    @property
    def said(self) -> str:
        """The text that stays."""
        if self._said is None:
            self._said = "\n".join([piece.text for piece in self._pieces if piece.text and piece not in self._going])
        return self._said

    def on(self, line: Line) -> dict[Piece, Sentence]:
        """Return the sentence of each piece of a line that goes."""
        found = self._lines.get(line)
        if found is None:
            found = self._lines[line] = split_line(self._document, line, self._going)
        return found

    def of(self, piece: Piece) -> Sentence:
        """Return the sentence of a piece that goes."""
        return self.on(piece.line)[piece]


def _cut_calls(plan: Plan, sentences: dict[Piece, Sentence]) -> None:
    """Cut the sentences that sent the reader to links that are gone: "Follow us on ..., ... and ...!"."""
    for sentence in dict.fromkeys(sentences.values()):
        if sentence.holds_kept or not (
            sentence.is_label_around() or (sentence.is_prose(plan.registry) and sentence.is_call(plan.registry))
        ):
            continue
        if all(plan.is_gone(piece) for piece in sentence.links):
            spans = sentence.spans(plan.document, plan.registry)
            for piece, span in spans:
                plan.drop_text(piece, span)
            plan.cut("platform-prose", None, [span for _, span in spans], (sentence.text.strip()[:80],))


def _cut_link(plan: Plan, mention: Mention, element: Element, pieces: list[Piece], sentences: _Sentences) -> None:
    texts = [piece for piece in pieces if piece.kind == "text"]
    keeps_text = bool(texts) and _text_stays(plan, mention, texts, sentences)
    code = "platform-link" if mention.kind == "link" else "platform-placeholder"
    unwraps = False
    for piece in pieces:
        if keeps_text if piece.kind == "text" else _picture_stays(plan, mention, piece, sentences):
            unwraps = True
        else:
            plan.drop(piece, mention.platform)
    if element.closed and not unwraps:
        plan.cut(code, mention.platform, [element.span], mention.evidence)
        return
    spans = [tag for tag in (element.start_tag, element.end_tag) if tag is not None]
    if keeps_text:
        spans += _cut_addresses(plan, mention, texts)
    plan.cut(code, mention.platform, spans + [one.span for one in pieces if plan.is_gone(one)], mention.evidence)


def _cut_addresses(plan: Plan, mention: Mention, pieces: list[Piece]) -> list[Span]:
    """Cut the platform's addresses behind a name in its link: "Ada Byrne (github.com/ada)"; return where they stand."""
    found: list[Span] = []
    for piece in pieces:
        if "/" not in piece.text or len(piece.text) > _LABEL_LENGTH:
            continue
        decoded, offsets = plan.characters(piece)
        for match in _WORD.finditer(decoded):
            address = plan.registry.match_url(match[0].strip(_ADDRESS_MARKS))
            if address is not None and address.platform == mention.platform:
                found.append(Span(offsets[match.start()], offsets[match.end()]))
                plan.drop_text(piece, found[-1])
    return found


def _picture_stays(plan: Plan, mention: Mention, piece: Piece, sentences: _Sentences) -> bool:
    """Tell whether a picture inside a platform link is a logo, a portrait or a banner rather than the link's icon."""
    element = piece.element
    if element.name != "img":
        return piece.kind == "box" and element.name not in ("area", "button")
    name = " ".join(
        (element.get("src").rsplit("/", 1)[-1][:120], element.get("alt"), element.get("class"), element.get("id"))
    )
    if not _is_logo_name(name):
        sides = icon_sides(element)
        is_large = bool(sides) and (max(sides) >= _LOGO_SIDE or (len(sides) > 1 and min(sides) >= _LOGO_BOTH_SIDES))
        if not is_large or sentences.of(piece).is_row_of_pictures():
            return False
    icon = icon_of(element, plan.registry)
    return icon is None or icon.platform != mention.platform


@lru_cache(maxsize=1024)  # the same icons in every signature
def _is_logo_name(name: str) -> bool:
    return _LOGO_NAME.search(name) is not None


def _text_stays(plan: Plan, mention: Mention, pieces: list[Piece], sentences: _Sentences) -> bool:
    """Tell whether the text of a platform link is content: a name, a phone number, a word of a sentence."""
    registry = plan.registry
    sentence = sentences.of(pieces[0])
    text = " ".join(piece.text.strip() for piece in pieces).strip()
    if _PHONE.match(text) or _EMAIL.match(text):
        return True
    if _is_address(plan, text):
        return False  # without the link around it this would be a link of the list
    in_prose = (
        not sentence.is_item(pieces[0])
        and sentence.is_prose(registry)
        and (sentence.holds_kept or not sentence.is_call(registry))
    )
    if registry.match_label(text, weak=True) or text[0] in "@/" or heads_links(text):
        return in_prose and not (registry.match_label(text) == mention.platform and sentence.is_behind_name())
    calls = follow_phrases(text)
    if (calls and calls[0].start == 0) or _MENTIONED.search(text):
        return in_prose
    if len(text) <= _LABEL_LENGTH and registry.match_words(text) == mention.platform:
        return in_prose
    if _is_labelled(plan, pieces[0], mention, sentences) or _names_weakly(plan, text, mention):
        return False
    if not in_prose and len(text) <= _GLYPH_LENGTH and sentence.neighbours > 1:
        return False
    if not in_prose and _is_phrase(text, in_row=sentence.neighbours > 1):
        return False
    if in_prose or " " in text:
        return in_prose or not sentence.is_call(plan.registry)
    return sentence.neighbours < _LIST_LINKS and not _is_handle_of(text, mention)


def _is_address(plan: Plan, text: str) -> bool:
    """Tell whether a text is nothing but addresses of platforms, and what asks to go there: "Work: github.com/ada"."""
    words = text.split()
    rest = [word for word in words if plan.registry.match_url(word.strip(_ADDRESS_MARKS)) is None]
    if not rest or len(rest) == len(words):
        return not rest
    is_lead = words[: len(rest)] == rest and len(text) <= _LABEL_LENGTH
    return is_lead and (rest[-1].endswith(_LABEL_MARKS) or _is_phrase(" ".join(rest), in_row=False))


def _is_phrase(text: str, *, in_row: bool) -> bool:
    """Tell whether a short text calls the reader and has no name in it: "Like us", "View my full profile".

    A name has a second capital letter. In a row of links any short text without one is the label of its link; alone
    it can be a title or a trade: "Head of growth".
    """
    words = [word.strip(_CALL_MARKS) for word in text.split()]
    words = [word for word in words if word]
    if len(words) < 2 or any(word != word.lower() or not _CALL_WORD.fullmatch(word) for word in words[1:]):
        return False
    opens = is_word(words[0], "call") or is_word(words[-1], "called")
    return len(words) <= _CALL_WORDS if opens else in_row and len(words) <= _PHRASE_WORDS


def _names_weakly(plan: Plan, text: str, mention: Mention) -> bool:
    """Tell whether a short text holds a name that is a common word elsewhere: "Chat on Signal"."""
    words = text.split()
    return len(words) <= _FEW_WORDS and any(
        (len(word) > 2 or word == "X") and plan.registry.match_label(word, weak=True) == mention.platform
        for word in words
    )


def _is_labelled(plan: Plan, piece: Piece, mention: Mention, sentences: _Sentences) -> bool:
    """Tell whether the platform's name stands directly before a link: "LinkedIn: Acme Ltd"."""
    at = piece.line.index(piece)
    before = piece.line.pieces[at - 1] if at else None
    if before is None or (before.link is not None and (before.kind != "image" or before.link is not piece.link)):
        return False
    if before.kind == "image":
        # The name stands elsewhere too; here it is what the icon's row says.
        icon = icon_of(before.element, plan.registry)
        return icon is not None and icon.platform == mention.platform and piece.text.strip() in sentences.said
    return plan.registry.match_label(before.text.strip(_LABEL_END), weak=True) == mention.platform


def _is_handle_of(text: str, mention: Mention) -> bool:
    """Tell whether one word is the handle that the link leads to, or looks like nothing but a handle."""
    parts = re.split(r"[/:?=@#&]", (mention.url or "").rstrip("/").casefold())
    looks_so = text == text.lower() or (text[0].islower() and _HANDLE_SIGN.search(text) is not None)
    return text.casefold() in parts or (looks_so and len(text) > 1)
