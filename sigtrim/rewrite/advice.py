"""What the user should know about a call to action: warnings with numbers, which never stop anything."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sigtrim.data import load
from sigtrim.patterns import lazy
from sigtrim.rewrite.contrast import ENOUGH, background_of, contrast, parse_color
from sigtrim.rewrite.template import images_without_alt

if TYPE_CHECKING:
    from sigtrim.call import CallToAction
    from sigtrim.parse.elements import Element

__all__ = ["advise", "advise_length", "advise_link", "compile_table"]

_COLOR = lazy(r"(?:^|;)color:([^;]+)")
_ADDRESS = lazy(r"(?:https?://)?(?:www\.)?((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})(?:[/:?#]\S*)?", re.IGNORECASE)
_HOST = lazy(r"https?://(?:www\.)?([^/?#:]+)", re.IGNORECASE)


@cache
def _facts() -> dict[str, Any]:
    return cast("dict[str, Any]", load("cta"))


def advise(cta: CallToAction) -> tuple[str, ...]:
    """Tell what is wrong with the words, the address and the colours of a call to action.

    >>> from sigtrim.config import CallToAction
    >>> advise(CallToAction("http://example.com/", "Click here"))
    ("text: 'Click here' does not say where it leads", 'url: http: is not encrypted, browsers warn of it')
    """
    facts = _facts()
    found = [f"utm.{key}: {value!r} is written in lower case" for key, value in cta.utm if value != value.lower()]
    longest = facts["text"]["longest"]
    if " ".join(cta.text.casefold().split()).strip(" .!»›>→") in facts["text"]["empty"]:
        found.append(f"text: {cta.text!r} does not say where it leads")
    if len(cta.text) > longest:
        found.append(f"text: {len(cta.text)} characters, people read up to {longest}")
    if cta.url.lower().startswith("http:"):
        found.append("url: http: is not encrypted, browsers warn of it")
    shown = _shown_host(cta.text)
    target = _HOST.match(cta.url)
    if shown is not None and (target is None or not _is_same_site(shown, target[1].lower())):
        found.append(f"text: it shows {shown}, but leads to {target[1] if target else cta.url}")
    if cta.style in ("button", "vml-button"):
        color, text_color = parse_color(cta.button.color), parse_color(cta.button.text_color)
        if color is not None and text_color is not None and contrast(color, text_color) < ENOUGH:
            ratio = contrast(color, text_color)
            found.append(
                f"button: the contrast of {cta.button.text_color} on {cta.button.color} is {ratio:.1f}:1,"
                f" {ENOUGH}:1 is readable"
            )
    if cta.style == "template" and cta.template is not None:
        count = images_without_alt(cta.template)
        if count:
            found.append(f"template: {count} {'image has' if count == 1 else 'images have'} no alt text")
    return tuple(found)


def advise_length(text: str) -> tuple[str, ...]:
    """Tell which programs would refuse or cut a signature of this length.

    >>> advise_length("x" * 12000)
    ('12,000 characters: over the 5,000 of Exchange mail flow rules, the 10,000 of Gmail',)
    """
    over = [one for one in _facts()["length"] if len(text) > one["characters"]]
    if not over:
        return ()
    programs = ", ".join(f"the {one['characters']:,} of {one['program']}" for one in over)
    return (f"{len(text):,} characters: over {programs}",)


def advise_link(style: str, host: Element) -> tuple[str, ...]:
    """Tell whether a text link with an inline style can be read on the background that is known at its place.

    >>> from sigtrim.parse.html import parse
    >>> advise_link("color:#777", parse('<td bgcolor="#666666">').root.children[0])
    ('link: the contrast of #777 on #666666 is 1.3:1, 4.5:1 is readable',)
    """
    match = _COLOR.search(style)
    if match is None:
        return ()
    color, background = parse_color(match[1]), background_of(host)
    if color is None or background is None:
        return ()
    ratio = contrast(color, background)
    if ratio >= ENOUGH:
        return ()
    return (f"link: the contrast of {match[1]} on #{bytes(background).hex()} is {ratio:.1f}:1, {ENOUGH}:1 is readable",)


def _shown_host(text: str) -> str | None:
    """Return the host of an address that a text shows; None if it shows none."""
    for word in text.split():
        match = _ADDRESS.fullmatch(word.strip(".,:;!?()[]<>»›→\"'"))
        if match and ("/" in word or word.lower().startswith("www.") or len(text.split()) == 1):
            return match[1].lower()
    return None


def _is_same_site(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def compile_table(toml: str) -> str:
    """Compile the text of `cta.toml` into that of `cta.json`.

    Raises `tomllib.TOMLDecodeError` where the text is no TOML.
    """
    import json  # noqa: PLC0415 - needed by the generator only
    import tomllib  # noqa: PLC0415 - needed by the generator only

    return json.dumps(tomllib.loads(toml), ensure_ascii=False, indent=1) + "\n"
