"""How well a text can be read on its background.

The formulas are those of WCAG 2.2, "relative luminance" and "contrast ratio"; success criterion 1.4.3 asks for 4.5:1.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.parse.elements import Element

__all__ = ["ENOUGH", "LINK_COLOR", "background_of", "contrast", "has_background", "is_light", "parse_color"]

ENOUGH = 4.5
"""The lowest contrast ratio at which text of normal size is readable: WCAG 2.2, success criterion 1.4.3."""

LINK_COLOR = "#0000ee"
"""What a link without a colour of its own has: https://html.spec.whatwg.org/multipage/rendering.html#phrasing-content-3"""

Color = tuple[int, int, int]

_HEX = lazy(r"#(?:([0-9a-f])([0-9a-f])([0-9a-f])|([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2}))\Z")
_RGB = lazy(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*1(?:\.0*)?\s*)?\)\Z")
_BACKGROUND = lazy(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;]{1,60})", re.IGNORECASE)
_PAINT = lazy(
    r"(?:^|;)\s*background(?:-color|-image)?\s*:\s*(?!none|transparent|inherit|initial|unset)[^;\s]", re.IGNORECASE
)
_LIGHT = 2.0  # such text is hardly seen on white: light greys, yellow
# The basic colour keywords: https://www.w3.org/TR/css-color-4/#named-colors
_NAMES = {
    "aqua": (0, 255, 255),
    "black": (0, 0, 0),
    "blue": (0, 0, 255),
    "fuchsia": (255, 0, 255),
    "gray": (128, 128, 128),
    "green": (0, 128, 0),
    "grey": (128, 128, 128),
    "lime": (0, 255, 0),
    "maroon": (128, 0, 0),
    "navy": (0, 0, 128),
    "olive": (128, 128, 0),
    "purple": (128, 0, 128),
    "red": (255, 0, 0),
    "silver": (192, 192, 192),
    "teal": (0, 128, 128),
    "white": (255, 255, 255),
    "yellow": (255, 255, 0),
}


@lru_cache(maxsize=1024)  # the same few colours in every cell
def parse_color(text: str) -> Color | None:
    """Read a CSS colour: a hexadecimal one, an opaque `rgb()`, a basic name; None for all others.

    >>> parse_color("#FFF"), parse_color("rgb(10, 102, 194)"), parse_color("windowtext")
    ((255, 255, 255), (10, 102, 194), None)
    """
    text = text.strip().lower()
    match = _HEX.match(text)
    if match:
        parts = [part for part in match.groups() if part]
        red, green, blue = (int(part * 2 if len(part) == 1 else part, 16) for part in parts)
        return red, green, blue
    match = _RGB.match(text)
    if match:
        red, green, blue = (min(255, int(part)) for part in match.groups())
        return red, green, blue
    return _NAMES.get(text)


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours, from 1 to 21.

    >>> round(contrast((255, 255, 255), (10, 102, 194)), 1)
    5.7
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def is_light(color: Color) -> bool:
    """Tell whether a text of this colour can hardly be seen on white.

    >>> is_light((255, 255, 255)), is_light((119, 119, 119))
    (True, False)
    """
    return contrast(color, (255, 255, 255)) < _LIGHT


def has_background(element: Element) -> bool:
    """Tell whether an element paints a background of its own: a colour, a gradient, a picture.

    >>> from sigtrim.parse.html import parse
    >>> [has_background(parse(f"<p style='{style}'>").root.children[0]) for style in ("background:#00f", "color:red")]
    [True, False]
    """
    style = element.get("style")
    return bool((style and _PAINT.search(style)) or element.get("bgcolor") or element.get("background"))


def background_of(element: Element) -> Color | None:
    """Return the background that an element has, as far as inline styles and `bgcolor` tell; None if they do not.

    >>> from sigtrim.parse.html import parse
    >>> background_of(parse('<div style="background: #000"><p>x</p></div>').root.children[0].children[0])
    (0, 0, 0)
    """
    at: Element | None = element
    while at is not None:
        style, color_attribute = at.get("style"), at.get("bgcolor")
        values = _backgrounds(style) if style else ()
        for value in (*values, color_attribute) if color_attribute else values:
            for word in (value, value.split("!")[0], value.split(" ")[0]):
                color = parse_color(word)
                if color is not None:
                    return color
            if "url(" in value or "gradient" in value:
                return None
        at = at.parent
    return None


@lru_cache(maxsize=1024)  # the same style in every cell
def _backgrounds(style: str) -> tuple[str, ...]:
    """Return the backgrounds that an inline style declares, the last one, which is in force, first."""
    return tuple(reversed(_BACKGROUND.findall(style)))
