"""Find where an HTML document points to a platform: links, icons, handles, bare URLs, placeholders."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sigtrim.detect.credits import is_credit
from sigtrim.detect.handles import PHONE, find_handles
from sigtrim.detect.icons import Icon, icon_of, is_icon_sized
from sigtrim.detect.linklist import Mention
from sigtrim.detect.links import alts_lie, collect_links, judge
from sigtrim.detect.rules import apply_rules
from sigtrim.parse.flow import row_of

if TYPE_CHECKING:
    from sigtrim.config import Rules
    from sigtrim.detect.platforms import Registry
    from sigtrim.detect.rules import Found
    from sigtrim.parse.elements import Document, Element
    from sigtrim.parse.flow import Flow, Line, Piece

__all__ = ["find_mentions"]

_AHEAD = 3  # pieces; a phone and a messenger icon can share one number


def find_mentions(document: Document, flow: Flow, *, registry: Registry, rules: Rules) -> Found:
    """Find all mentions of platforms in a document, in the order of the text.

    >>> from sigtrim.config import Rules
    >>> from sigtrim.detect.platforms import registry
    >>> from sigtrim.parse.flow import lay_out
    >>> from sigtrim.parse.html import parse
    >>> document = parse('<p><a href="https://github.com/ada">GitHub</a> | Skype: ada.byrne</p>')
    >>> found = find_mentions(document, lay_out(document), registry=registry(), rules=Rules())
    >>> [(one.kind, one.platform) for one in found.mentions]
    [('link', 'github'), ('handle', 'skype')]
    """
    links = collect_links(document, flow, registry)
    trust_alts = not alts_lie(links, registry)
    found: list[Mention] = []
    linked: dict[Piece, Mention] = {}
    judged = [(link, judge(link, registry, trust_alts=trust_alts)) for link in links]
    own = {link.href: one.platform for link, one in judged if link.match is None and one and one.kind == "link"}
    for link, verdict in judged:
        mention = verdict
        if mention is None and link.href in own and registry.match_words(link.text) == own[link.href]:
            why = f"same address as an icon of {own[link.href]}"
            mention = Mention("link", "profile", own[link.href], link.element.span, link.target or None, (why,))
        if mention is not None and not (mention.role == "profile" and is_credit(link, registry)):
            found.append(mention)
            linked.update(dict.fromkeys(link.pieces, mention))
    in_text, taken = find_handles(document, flow, registry, linked)
    found += in_text
    found += _find_icons(flow, registry, taken, linked)
    return apply_rules(found, document, flow, registry, rules)


def _find_icons(flow: Flow, registry: Registry, in_text: set[Piece], linked: dict[Piece, Mention]) -> list[Mention]:
    """Find the icons without a link that stand in a row with mentions; elsewhere an icon proves nothing."""
    taken = in_text.union(linked)
    images = [one for one in flow.pieces if one.kind == "image" and one.link is None and one not in taken]
    if not images:
        return []
    near: set[Line | Element] = set()
    for piece in taken:
        near.add(piece.line)
        near.add(row_of(piece.line.block) or piece.line)
    ahead = {line.pieces[0]: following for line, following in pairwise(flow.lines) if len(line.pieces) == 1}
    found = []
    for piece in images:
        mention = _mention_behind(piece, ahead.get(piece), linked)
        is_near = piece.line in near or row_of(piece.line.block) in near
        if mention is None and not is_near:
            continue
        icon = icon_of(piece.element, registry) or _weak_icon(piece, mention, registry)
        is_beside = mention is not None and icon is not None and icon.platform == mention.platform
        if not is_beside and not is_near:
            continue
        if (
            icon is not None
            and (is_beside or icon.strong or icon.described)
            and is_icon_sized(piece.element)
            and not _stands_for_contact(piece, taken)
        ):
            found.append(Mention("icon", "profile", icon.platform, piece.span, None, (icon.evidence,)))
    return found


def _mention_behind(image: Piece, following: Line | None, linked: dict[Piece, Mention]) -> Mention | None:
    """Return the mention of the link behind a picture: on its line, or first in the next block."""
    pieces = image.line.pieces
    at = image.line.index(image)
    if at + 1 < len(pieces):
        return linked.get(pieces[at + 1])
    return linked.get(following.pieces[0]) if following is not None else None


def _weak_icon(image: Piece, mention: Mention | None, registry: Registry) -> Icon | None:
    """Return the icon that a picture is whose name means something only beside its link: "medium.png", "line.png"."""
    stem = image.element.get("src").rsplit("/", 1)[-1].partition(".")[0]
    if mention is None or registry.match_label(stem, weak=True) != mention.platform:
        return None
    return Icon(mention.platform, f"icon file {stem[:60]} beside the link", strong=True)


def _stands_for_contact(image: Piece, taken: set[Piece]) -> bool:
    """Tell whether an icon stands before a phone number or an address that stays."""
    pieces = image.line.pieces
    at = image.line.index(image)
    behind = next(
        (piece for piece in pieces[at + 1 : at + 1 + _AHEAD] if piece.kind == "text" or piece.link is not None), None
    )
    if behind is None or behind in taken:
        return False
    text = behind.text.strip()
    return PHONE.match(text[:30]) is not None or "@" in text[1:]
