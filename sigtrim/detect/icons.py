"""Tell which platform a picture stands for, and how large it is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.elements import Element

__all__ = ["Icon", "icon_of", "icon_sides", "is_icon_sized", "title_of"]

# Above this a picture is a logo, a banner or a portrait rather than one icon of a row, in CSS pixels.
_ICON_PIXELS = 80
_PIXELS = lazy(r"\s*(\d{1,5})(?:\.\d*)?\s*(?:px)?\s*(?:[;!]|\Z)", re.IGNORECASE)
_STYLE_SIZE = lazy(r"(?:^|[;\s])(?:max-)?(?:width|height)\s*:\s*(\d{1,5})(?:\.\d+)?\s*px", re.IGNORECASE)
_NAMES = ("data-icon", "data-filename", "data-input", "id")
_TITLES = ("alt", "title", "aria-label", "o:title")


class Icon(NamedTuple):
    """The platform that a picture stands for, and why.

    `strong` tells that an unmistakable name says so; `described` that only an alt text or a title does.
    """

    platform: str
    evidence: str
    strong: bool
    described: bool = False


def icon_of(element: Element, registry: Registry) -> Icon | None:
    """Tell which platform a picture stands for by its file name, class, data attributes or texts.

    >>> from sigtrim.detect.platforms import registry
    >>> from sigtrim.parse.html import parse
    >>> icon_of(parse('<img src="/i/linkedin-light@2x.png" alt="facebook">').root.children[0], registry())
    Icon(platform='linkedin', evidence='icon file linkedin-light@2x.png', strong=True, described=False)
    """
    source = element.get("src") or element.get("xlink:href") or element.get("href")
    is_file = bool(source) and not source.startswith("data:")
    platform = registry.match_icon(source, weak=False) if is_file else None
    if platform:
        return Icon(platform, f"icon file {source.rsplit('/', 1)[-1][:60]}", strong=True)
    classes = element.get("class")
    platform = registry.match_classes(classes) if classes else None
    if platform:
        return Icon(platform, f"icon class {classes[:60]}", strong=True)
    for name in _NAMES:
        value = element.get(name)
        platform = registry.match_icon(value) if value else None
        if platform:
            return Icon(platform, f"icon {name} {value[:60]}", strong=True)
    described = False
    for name in _TITLES:
        value = element.get(name)
        if value:
            described = True
            platform = registry.match_label(value, weak=True) or registry.match_words(value)
            if platform:
                return Icon(platform, f"icon {name} {value.strip()[:60]}", strong=False, described=True)
    platform = registry.match_icon(source) if is_file and not described else None
    return Icon(platform, f"icon file {source.rsplit('/', 1)[-1][:60]}", strong=False) if platform else None


def icon_sides(element: Element) -> list[int]:
    """Return the sides of a picture in CSS pixels, as far as attributes or else inline style give them.

    >>> from sigtrim.parse.html import parse
    >>> icon_sides(parse('<img width=24 height="20px">').root.children[0])
    [24, 20]
    """
    sides = [side for name in ("width", "height") if (side := _pixels(element.get(name))) is not None]
    return sides or [int(match[1]) for match in _STYLE_SIZE.finditer(element.get("style"))][:2]


@lru_cache(maxsize=256)  # the same few sizes everywhere
def _pixels(value: str) -> int | None:
    match = _PIXELS.match(value)
    return int(match[1]) if match else None


def is_icon_sized(element: Element) -> bool:
    """Tell whether a picture is small enough for an icon, or does not say how large it is.

    One that an image map lies on is a whole row or a whole signature, whatever its name says.
    """
    return max(icon_sides(element), default=0) <= _ICON_PIXELS and "usemap" not in element.attributes


def title_of(element: Element) -> str:
    """Return the text that describes a link or a picture to those who cannot see it."""
    return element.get("aria-label") or element.get("title") or element.get("alt")
