"""Decide what goes with each mention: the whole link with its icon and label, or only its tags.

A platform link around kept content - a logo, a person's name, a phone number - is unwrapped: its tags go, its
content stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sigtrim.detect.mentions import icon_of, icon_sides
from sigtrim.detect.phrases import follow_phrases, is_list_label
from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from sigtrim.detect.linklist import Mention
    from sigtrim.parse.flow import Line, Piece
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
_SENTENCE_END = re.compile(r"[.!?…。！？](?=\s|\Z)")


def cut_mentions(plan: Plan, mentions: tuple[Mention, ...]) -> None:
    """Cut every mention of a link list."""
    by_link: dict[int, list[Piece]] = {}
    for piece in plan.flow.pieces:
        if piece.link is not None:
            by_link.setdefault(id(piece.link), []).append(piece)
    going = {id(plan.element_at(one)) for one in mentions if one.kind in ("link", "placeholder")}
    for mention in mentions:
        if mention.kind in ("link", "placeholder"):
            element = plan.element_at(mention)
            _cut_link(plan, mention, element, by_link.get(id(element), []), going)
        else:
            _cut_span(plan, mention)


def _cut_link(plan: Plan, mention: Mention, element: Element, pieces: list[Piece], going: set[int]) -> None:
    kept_images = [piece for piece in pieces if piece.kind != "text" and _stays(plan, mention, piece)]
    texts = [piece for piece in pieces if piece.kind == "text"]
    text = " ".join(piece.text.strip() for piece in texts).strip()
    keep_text = bool(text) and _text_stays(plan, mention, text, texts, going, beside_icon=len(texts) < len(pieces))
    code = {"link": "platform-link", "placeholder": "platform-placeholder"}[mention.kind]
    for piece in pieces:
        if not (keep_text if piece.kind == "text" else piece in kept_images):
            plan.drop(piece, mention.platform)
    if not kept_images and not keep_text and element.closed:
        plan.cut(code, mention.platform, [element.span], mention.evidence)
        return
    spans = [element.start_tag]
    if element.end_tag is not None:
        spans.append(element.end_tag)
    spans += [piece.span for piece in pieces if plan.is_gone(piece)]
    plan.cut(code, mention.platform, spans, mention.evidence)


def _stays(plan: Plan, mention: Mention, piece: Piece) -> bool:
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


def _text_stays(
    plan: Plan, mention: Mention, text: str, pieces: list[Piece], going: set[int], *, beside_icon: bool
) -> bool:
    """Tell whether the text of a platform link is content: a name, a phone number, a word of a sentence."""
    registry = plan.registry
    if _PHONE.match(text) or _EMAIL.match(text):
        return True
    before, after = _beside(plan, pieces, going)
    sentence = _is_prose(plan, before, after)
    if registry.match_label(text, weak=True) or text[0] in "@/" or is_list_label(text):
        return sentence and not _is_call(before, text, after)
    found = registry.match_url(text) if " " not in text else None
    if found is not None and found.platform == mention.platform:
        return False
    if len(text) <= _LABEL_LENGTH and registry.match_words(text) == mention.platform:
        return sentence and not _is_call(before, text, after)
    if before and registry.match_label(before, weak=True):
        return False
    if " " in text or sentence:
        return not _is_call(before, text, after)
    if beside_icon or not before.strip():
        return not _is_handle_of(text, mention)
    return not _is_handle_of(text, mention)


def _is_handle_of(text: str, mention: Mention) -> bool:
    """Tell whether one word is the handle that the link leads to, or looks like nothing but a handle."""
    parts = re.split(r"[/:?=@#&]", (mention.url or "").rstrip("/").casefold())
    return text.casefold() in parts or (text == text.lower() and len(text) > 1)


def _beside(plan: Plan, pieces: list[Piece], going: set[int]) -> tuple[str, str]:
    """Return the text that stands directly before and after a link's pieces on their line, up to a separator."""
    line: Line = pieces[0].line
    at, to = line.pieces.index(pieces[0]), len(line.pieces)
    end = next((index for index in range(at, to) if line.pieces[index].link is not pieces[0].link), to)
    before = after = ""
    for piece in reversed(line.pieces[:at]):
        if piece.kind != "text" or piece.link is not None:
            break
        before = piece.text + before
    for piece in line.pieces[end:]:
        if piece.kind != "text" or piece.link is not None:
            break
        after += piece.text
    if before and line.pieces[at - 1].link is None:
        cut = [match.end() for match in _SEPARATORS.finditer(before.rstrip(" :：\u00a0\n\r\t"))]
        before = before[cut[-1] :] if cut else before
    found = _SEPARATORS.search(after)
    return before, after[: found.start()] if found else after


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
    trail = after.strip(" \u00a0\n\r\t")
    return bool(trail) and trail[0].islower() and not plan.registry.match_label(trail)


def _is_call(before: str, text: str, after: str) -> bool:
    """Tell whether the sentence that a link stands in sends the reader away: "Find me on ..."."""
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    lead = before[ends[-1] :] if ends else before
    return bool(follow_phrases(lead + text + after))


def _cut_span(plan: Plan, mention: Mention) -> None:
    """Cut a mention in running text, or an icon: the text and pictures of its span, never the tags between."""
    code = {"icon": "platform-icon", "prose": "platform-prose"}.get(mention.kind, "platform-handle")
    spans: list[Span] = []
    for piece in plan.flow.pieces:
        if piece.end <= mention.span.start or piece.start >= mention.span.end:
            continue
        if piece.kind == "text":
            span = Span(max(piece.start, mention.span.start), min(piece.end, mention.span.end))
            plan.drop_text(piece, span)
            spans.append(span)
        else:
            plan.drop(piece, mention.platform)
            spans.append(piece.span)
    plan.cut(code, mention.platform, spans, mention.evidence)
