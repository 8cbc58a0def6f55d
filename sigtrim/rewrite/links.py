"""Decide what goes with each mention: the whole link with its icon and label, or only its tags.

A platform link around kept content - a logo, a person's name, a phone number - is unwrapped: its tags go, its
content stays.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from sigtrim.detect.icons import icon_of, icon_sides
from sigtrim.detect.phrases import follow_phrases, is_list_label
from sigtrim.parse.source import Span
from sigtrim.rewrite.labels import CONJUNCTIONS

if TYPE_CHECKING:
    from sigtrim.detect.linklist import Mention
    from sigtrim.parse.flow import Piece
    from sigtrim.parse.html import Element
    from sigtrim.rewrite.plan import Plan

__all__ = ["cut_mentions"]

# A picture with a longer side, or with both sides longer, is no icon of a row; in CSS pixels.
_LOGO_SIDE = 120
_LOGO_BOTH_SIDES = 80
_LOGO_NAME = re.compile(
    r"logo|avatar|banner|brand|company|firma|foto|head-?shot|perfil|photo|portrait|profile-?(?:pic|image)|signature",
    re.IGNORECASE,
)
_PHONE = re.compile(r"[+(]?[\d\s\u00a0()./-]{6,}\Z")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+\Z")
_SEPARATORS = re.compile(r"[|¦•·∙●‣▪■◆♦»›:：；;\n\r]")
_LOOSE = re.compile(r"(?:^|\s)[-–—/~,&]+\s*\Z|^\s*[-–—/~,&]+(?:\s|\Z)")
_WORD = re.compile(r"\w")
_LABEL_LENGTH = 60
_LABEL_END = " :：\u00a0\n\r\t"
_SENTENCE_END = re.compile(r"[.!?…。！？](?=\s|\Z)")


def cut_mentions(plan: Plan, mentions: tuple[Mention, ...]) -> None:
    """Cut every mention of a link list."""
    by_link: dict[int, list[Piece]] = {}
    for piece in plan.flow.pieces:
        if piece.link is not None:
            by_link.setdefault(id(piece.link), []).append(piece)
    for mention in mentions:
        if mention.kind in ("link", "placeholder"):
            element = plan.element_at(mention)
            _cut_link(plan, mention, element, by_link.get(id(element), []))
        else:
            _cut_span(plan, mention)


def _cut_link(plan: Plan, mention: Mention, element: Element, pieces: list[Piece]) -> None:
    texts = [piece for piece in pieces if piece.kind == "text"]
    keeps_text = bool(texts) and _text_stays(plan, mention, texts)
    code = "platform-link" if mention.kind == "link" else "platform-placeholder"
    unwraps = False
    for piece in pieces:
        if keeps_text if piece.kind == "text" else _picture_stays(plan, mention, piece):
            unwraps = True
        else:
            plan.drop(piece, mention.platform)
    if element.closed and not unwraps:
        plan.cut(code, mention.platform, [element.span], mention.evidence)
        return
    tags = [tag for tag in (element.start_tag, element.end_tag) if tag is not None]
    plan.cut(code, mention.platform, tags + [one.span for one in pieces if plan.is_gone(one)], mention.evidence)


def _picture_stays(plan: Plan, mention: Mention, piece: Piece) -> bool:
    """Tell whether a picture inside a platform link is a logo, a portrait or a banner rather than the link's icon."""
    element = piece.element
    if element.name != "img":
        return piece.kind == "box" and element.name != "area"
    icon = icon_of(element, plan.registry)
    if icon is not None and icon.platform == mention.platform:
        return False
    sides = icon_sides(element)
    name = " ".join(
        (element.get("src").rsplit("/", 1)[-1][:120], element.get("alt"), element.get("class"), element.get("id"))
    )
    if _LOGO_NAME.search(name):
        return True
    return bool(sides) and (max(sides) >= _LOGO_SIDE or (len(sides) > 1 and min(sides) >= _LOGO_BOTH_SIDES))


def _text_stays(plan: Plan, mention: Mention, pieces: list[Piece]) -> bool:
    """Tell whether the text of a platform link is content: a name, a phone number, a word of a sentence."""
    registry = plan.registry
    text = " ".join(piece.text.strip() for piece in pieces).strip()
    if _PHONE.match(text) or _EMAIL.match(text):
        return True
    before, after = _beside(pieces)
    found = registry.match_url(text) if " " not in text else None
    if found is not None and found.platform == mention.platform:
        return False
    in_sentence = _is_prose(plan, before, after) and not _is_call(before, text, after)
    if registry.match_label(text, weak=True) or text[0] in "@/" or is_list_label(text):
        return in_sentence
    if len(text) <= _LABEL_LENGTH and registry.match_words(text) == mention.platform:
        return in_sentence
    if before and registry.match_label(before, weak=True):
        return False
    if " " in text or in_sentence:
        return not _is_call(before, text, after)
    return not _is_handle_of(text, mention)


def _is_handle_of(text: str, mention: Mention) -> bool:
    """Tell whether one word is the handle that the link leads to, or looks like nothing but a handle."""
    parts = re.split(r"[/:?=@#&]", (mention.url or "").rstrip("/").casefold())
    return text.casefold() in parts or (text == text.lower() and len(text) > 1)


def _beside(pieces: list[Piece]) -> tuple[str, str]:
    """Return the text that stands directly before and after a link's pieces on their line, up to a separator."""
    line = pieces[0].line.pieces
    first = bisect_left(line, pieces[0].start, key=_start)
    last = bisect_left(line, pieces[-1].start, key=_start)
    before = after = ""
    at = first - 1
    while at >= 0 and line[at].kind == "text" and line[at].link is None:
        before = line[at].text + before
        at -= 1
    at = last + 1
    while at < len(line) and line[at].kind == "text" and line[at].link is None:
        after += line[at].text
        at += 1
    ends = [match.end() for match in _SEPARATORS.finditer(before.rstrip(_LABEL_END))]
    found = _SEPARATORS.search(after)
    return before[ends[-1] :] if ends else before, after[: found.start()] if found else after


def _start(piece: Piece) -> int:
    return piece.start


def _is_prose(plan: Plan, before: str, after: str) -> bool:
    """Tell whether the text around a link makes it a word of a sentence rather than an item of a list."""
    lead = _LOOSE.sub("", before).strip(" \u00a0\n\r\t")
    if lead and not (
        lead.endswith((":", "："))
        or plan.registry.match_label(lead, weak=True)
        or is_list_label(lead)
        or not _WORD.search(lead)
    ):
        return True
    trail = _LOOSE.sub("", after).strip(" \u00a0\n\r\t")
    return (
        bool(trail)
        and trail[0].islower()
        and trail.casefold() not in CONJUNCTIONS
        and not plan.registry.match_label(trail)
    )


def _is_call(before: str, text: str, after: str) -> bool:
    """Tell whether the sentence that a link stands in sends the reader away: "Find me on ..."."""
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    lead = before[ends[-1] :] if ends else before
    return bool(follow_phrases(lead + text + after))


def _cut_span(plan: Plan, mention: Mention) -> None:
    """Cut a mention in running text, or an icon: the text and pictures of its span, never the tags between."""
    code = {"icon": "platform-icon", "prose": "platform-prose"}.get(mention.kind, "platform-handle")
    spans: list[Span] = []
    pieces = plan.flow.pieces
    first = max(0, bisect_left(pieces, mention.span.start, key=_start) - 1)
    for at in range(first, len(pieces)):
        piece = pieces[at]
        if piece.start >= mention.span.end:
            break
        if piece.end <= mention.span.start:
            continue
        if piece.kind == "text":
            span = Span(max(piece.start, mention.span.start), min(piece.end, mention.span.end))
            plan.drop_text(piece, span)
            spans.append(span)
        else:
            plan.drop(piece, mention.platform)
            spans.append(piece.span)
    plan.cut(code, mention.platform, spans, mention.evidence)
