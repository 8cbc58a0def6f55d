"""The font and the colour that the call to action takes over from the text around it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sigtrim.parse.tags import HEADINGS
from sigtrim.patterns import lazy
from sigtrim.rewrite.contrast import (
    ENOUGH,
    LINK_COLOR,
    background_of,
    contrast,
    has_background,
    is_light,
    parse_color,
)

if TYPE_CHECKING:
    from sigtrim.parse.elements import Element
    from sigtrim.parse.flow import Piece
    from sigtrim.rewrite.forms import Place
    from sigtrim.rewrite.plan import Plan

__all__ = ["declared", "style_at"]

_DECLARATION = lazy(
    r"(?:^|;)\s*(font-family|font-size|line-height|color|font)\s*:\s*([^;]{1,120})",
    re.IGNORECASE,
)
# https://drafts.csswg.org/css-fonts/#font-prop: ... size [/ line height] family
_FONT = lazy(r"(\d[\d.]*+(?:px|pt|em|rem|%))(?:\s*+/\s*+[\w.%]++)?\s++(\S.*)", re.DOTALL)
_SAFE_VALUE = lazy(r"[\w\s,.#()%'\"-]{1,120}\Z", re.ASCII)
_TINY = lazy(
    r"(?:0*[0-4](?:\.\d+)?|0*\.\d+)\s*(?:px|pt)?\s*\Z|0*(?:\.[0-4]\d*)?0*\s*(?:em|rem|%)\Z",
    re.IGNORECASE,
)
# Of pictures in slices, whose sheet takes the room of the text away.
_TINY_SHEET = lazy(r"font-size\s*+:\s*+0(?:px|pt|em|%)?\s*+[;}!]", re.IGNORECASE)
_STYLE_LENGTH = 160
_READABLE = "font-size:13px;line-height:normal"


def style_at(plan: Plan, place: Place) -> str:
    """Write the declarations that a neighbouring text has and the host has not."""
    neighbour = _nearest_text(plan, place)
    host = declared(place.host)
    if neighbour is None:
        wanted: dict[str, str] = {}
    else:
        wanted = declared(neighbour.element, within=(place.host, host))
        if _is_on_button(neighbour.element, place.host, wanted.get("color", "")):
            wanted = {name: value for name, value in wanted.items() if name != "color"}
    parts = []
    for name in ("font-family", "font-size", "color"):
        value = wanted.get(name)
        if value and value != host.get(name) and not (name == "font-size" and _TINY.match(value)):
            parts.append(f"{name}:{value}")
    if not any(part.startswith("color") for part in parts):
        parts += _light_on_dark(place.host, host.get("color", ""))
    size = wanted.get("font-size") or host.get("font-size", "")
    tiny = _TINY.match(host.get("font-size", "x")) or _TINY.match(host.get("line-height", "x"))
    if tiny or _has_tiny_sheet(plan):
        parts = [part for part in parts if not part.startswith("font-size")]
        parts.append(_READABLE if not size or _TINY.match(size) else f"font-size:{size};line-height:normal")
    style = ";".join(parts)
    while len(style) > _STYLE_LENGTH:
        parts.pop(0)
        style = ";".join(parts)
    return style.replace('"', "&quot;")


def _is_on_button(element: Element, host: Element, text_color: str) -> bool:
    """Tell whether a light text owes its colour to a background that the host does not have."""
    color, ground = parse_color(text_color), background_of(host)
    if color is None or (not is_light(color) if ground is None else contrast(ground, color) >= ENOUGH):
        return False
    around = set(host.path())
    at: Element | None = element
    while at is not None and at not in around:
        if has_background(at):
            return True
        at = at.parent
    return False


def _light_on_dark(host: Element, text_color: str) -> list[str]:
    """Give a link the colour of the text, or white, where its own blue could not be read on a known background."""
    background, blue, color = background_of(host), parse_color(LINK_COLOR), parse_color(text_color)
    if background is None and color is not None and is_light(color):
        return [f"color:{text_color}"]  # on a picture, a gradient, or what a style sheet paints
    if background is None or blue is None or contrast(background, blue) >= ENOUGH:
        return []
    readable = color is not None and contrast(background, color) >= ENOUGH
    return [f"color:{text_color}" if readable else "color:#ffffff"]


def _has_tiny_sheet(plan: Plan) -> bool:
    """Tell whether a style sheet takes the room of the text away; a sheet stays whatever is removed."""
    return "style" in plan.document.names and any(
        _TINY_SHEET.search(plan.document.text, start, end) is not None
        for kind, start, end, name in plan.document.tokens
        if name == "style" and kind == "text"
    )


def _nearest_text(plan: Plan, place: Place) -> Piece | None:
    """Return the kept text whose looks to share: the nearest in the same element, no heading, before not behind."""
    host, pieces, at = place.host, plan.flow.pieces, plan.index_of(place.offset)
    first, last = plan.index_of(host.start), plan.index_of(max(host.end, host.start_end))
    headings: Piece | None = None
    for part in (pieces[first : min(at, last)][::-1], pieces[at:last], pieces[:at][::-1], pieces[at:]):
        for one in part:
            if one.kind == "text" and not one.hidden and not plan.is_gone(one):
                if HEADINGS.isdisjoint(one.element.within):
                    return one
                headings = headings or one
    return headings


@lru_cache(maxsize=1024)  # the same style in every cell
def _declarations(style: str) -> tuple[tuple[str, str], ...]:
    """Return the safe font declarations of an inline style, a shorthand as what it stands for."""
    found: list[tuple[str, str]] = []
    for property_, value in _DECLARATION.findall(style):
        key = property_.lower()
        clean = value.replace("!important", "").strip()
        shorthand = _FONT.search(clean) if key == "font" else None
        if shorthand is not None:
            found += [("font-size", shorthand[1]), ("font-family", shorthand[2].strip())]
        elif key != "font":
            found.append((key, clean))
    return tuple((name, value) for name, value in found if _SAFE_VALUE.match(value))


def declared(element: Element, *, within: tuple[Element, dict[str, str]] | None = None) -> dict[str, str]:
    """Return the font declarations in force at an element, as far as inline styles and `<font>` tell.

    `within` is another element, with what is in force there: if it is one around this one, nobody looks further out.
    """
    found: dict[str, str] = {}
    at: Element | None = element
    while at is not None:
        if within is not None and at is within[0]:
            return {**within[1], **found} if found else within[1]
        style = at.get("style")
        # The last of several declarations of an element is in force.
        for name, value in dict(_declarations(style)).items() if style else ():
            found.setdefault(name, value)
        if at.name == "font":
            for attribute, key in (("face", "font-family"), ("color", "color")):
                if at.get(attribute) and _SAFE_VALUE.match(at.get(attribute)):
                    found.setdefault(key, at.get(attribute))
        at = at.parent
    return found
