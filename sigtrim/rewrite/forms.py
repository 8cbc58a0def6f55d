"""What the call to action looks like: as HTML in five styles, and as plain text.

All that is inserted lies in one element, which carries the marker `data-sigtrim="cta"`; all styles but the text link
also carry the class `sigtrim-cta`, because mail clients drop unknown attributes sooner than classes. The characters are
ASCII with numeric references, so that they are right in every encoding.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.parse.tags import BLOCKS
from sigtrim.parse.tokens import tokenize
from sigtrim.patterns import lazy
from sigtrim.rewrite.template import fill_template

if TYPE_CHECKING:
    from sigtrim.call import CallToAction
    from sigtrim.parse.elements import Element

__all__ = ["CLASS", "MARKER", "Look", "Place", "escape", "is_block", "plain", "render", "words_of"]

MARKER = "data-sigtrim"
"""The attribute that tells an earlier call to action from other links."""

CLASS = "sigtrim-cta"
"""The class that does the same; mail clients may put a prefix before it."""

_FONT = "Arial,sans-serif"
_NOT_IN_CLASS = lazy(r"[^\w%|.-]", re.ASCII)
_VML = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:w="urn:schemas-microsoft-com:office:word"'
_CHARACTER_WIDTH = 8  # CSS pixels: an average letter of a bold 14 px Arial
_MARGINS = {"center": "8px auto", "right": "8px 0 8px auto"}


class Place(NamedTuple):
    """Where the call to action goes: the offset, the element around it, and its form there.

    `break_before` and `break_after` tell whether it needs a `<br>` to stand on a line of its own; `style` is
    the inline style that makes it look like its neighbours.
    """

    offset: int
    host: Element
    break_before: bool = False
    break_after: bool = False
    style: str = ""


class Look(NamedTuple):
    """What a form that is a block takes from its place: the alignment, the font family, and a note for later runs."""

    align: str = ""
    family: str = ""
    note: str = ""


def render(cta: CallToAction, place: Place, look: Look | None = None) -> str:
    """Write the call to action as HTML: ASCII with numeric references, one element that carries the marker.

    >>> from sigtrim.config import CallToAction
    >>> from sigtrim.parse.html import parse
    >>> place = Place(0, parse("").root, break_before=True)
    >>> render(CallToAction("https://example.com/?a=1&b=2", "Free guide \u2192"), place)
    '<span data-sigtrim="cta"><br><a href="https://example.com/?a=1&amp;b=2">Free guide &#8594;</a></span>'
    """
    if is_block(cta):
        return _block(cta, look or Look())
    marker = f' {MARKER}="cta"' if cta.style == "link" else f' {MARKER}="cta" class="{CLASS}"'
    wrapped = place.break_before or place.break_after or cta.style in ("vml-button", "template")
    own = "" if wrapped else marker
    if cta.style == "image":
        link = _image(cta, own)
    elif cta.style == "vml-button":
        link = _vml_button(cta)
    elif cta.style == "template":
        link = fill_template(cta)
    else:
        style = f' style="{place.style}"' if place.style else ""
        link = f'<a href="{escape(cta.url)}"{own}{style}>{escape(cta.text)}</a>'
    if not wrapped:
        return link
    before, after = "<br>" if place.break_before else "", "<br>" if place.break_after else ""
    return f"<span{marker}>{before}{link}{after}</span>"


def is_block(cta: CallToAction) -> bool:
    """Tell whether a call to action cannot stand inside a paragraph."""
    if cta.style == "template":
        return any(token.kind == "start" and token.name in BLOCKS for token in tokenize(cta.template or ""))
    return cta.style == "button"


def plain(cta: CallToAction) -> str:
    """Write the call to action as plain text, the same for each style.

    >>> from sigtrim.config import CallToAction
    >>> plain(CallToAction("https://example.com", "Get the guide", "button"))
    'Get the guide: https://example.com'
    """
    return f"{cta.text}: {cta.url}"


def words_of(cta: CallToAction) -> list[str]:
    """Return the words of the link that a reader sees, an image's being its alternative text."""
    if cta.style != "template":
        return cta.text.split()
    from sigtrim.rewrite.template import link_text  # noqa: PLC0415 - only for this style

    return link_text(fill_template(cta)).split()


@lru_cache(maxsize=256)  # the same call to action in every document
def escape(text: str) -> str:
    """Write a text so that it may stand in an HTML text or attribute, in ASCII.

    >>> escape('R&D "5 > 4" é')
    'R&amp;D &quot;5 &gt; 4&quot; &#233;'
    """
    return html.escape(text, quote=True).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _block(cta: CallToAction, look: Look) -> str:
    note = f" {_NOT_IN_CLASS.sub('', look.note)}" if look.note else ""
    marker = f'{MARKER}="cta" class="{CLASS}{note}"'
    if cta.style == "template":
        return f"<div {marker}>{fill_template(cta)}</div>"
    # Word takes the colour from `bgcolor` and the padding from the cell only; it ignores both on the link.
    margin = _MARGINS.get(look.align, "8px 0")
    align = ' align="center"' if look.align == "center" else ""
    color, text_color = cta.button.color, cta.button.text_color
    return (
        f'<table {marker} role="presentation" border="0" cellpadding="0" cellspacing="0"{align}'
        f' style="border-collapse:separate;margin:{margin}"><tr>'
        f'<td bgcolor="{color}" style="background:{color};border-radius:4px;padding:8px 16px">'
        f'<a href="{escape(cta.url)}" style="color:{text_color};font:bold 14px {look.family or _FONT};'
        f'text-decoration:none">{escape(cta.text)}</a></td></tr></table>'
    )


def _image(cta: CallToAction, marker: str) -> str:
    image = cta.image
    if image is None:
        raise ValueError("an image needs its source")
    # Outlook reads the attributes, the others the style; without `border:0` old clients draw a blue frame.
    return (
        f'<a href="{escape(cta.url)}"{marker}><img src="{escape(image.src)}" alt="{escape(cta.text)}"'
        f' width="{image.width}" height="{image.height}" border="0"'
        f' style="border:0;height:{image.height}px;margin:4px 0;width:{image.width}px"></a>'
    )


def _vml_button(cta: CallToAction) -> str:
    url, text = escape(cta.url), escape(cta.text)
    color, text_color = cta.button.color, cta.button.text_color
    width = min(400, max(96, len(cta.text) * _CHARACTER_WIDTH + 40))
    font = f"color:{text_color};font:bold 14px {_FONT}"
    return (
        f'<!--[if mso]><v:roundrect {_VML} href="{url}" style="height:36px;v-text-anchor:middle;width:{width}px"'
        f' arcsize="12%" strokecolor="{color}" fillcolor="{color}"><w:anchorlock/>'
        f'<center style="{font}">{text}</center></v:roundrect><![endif]-->'
        f'<a href="{url}" style="background:{color};border-radius:4px;display:inline-block;{font};line-height:36px;'
        f"margin:6px 0;max-width:100%;padding:0 20px;text-align:center;text-decoration:none;mso-hide:all"
        f'">{text}</a>'
    )
