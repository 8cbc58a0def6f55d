"""The user's own HTML for the call to action: filled in, each value escaped for where it stands, and checked."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING
from urllib.parse import quote

from sigtrim.call import fill_text
from sigtrim.errors import ConfigError
from sigtrim.parse.html import parse
from sigtrim.parse.tags import BLOCKS, TABLE_SECTIONS, VOID
from sigtrim.parse.tokens import attributes, named, tokenize
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sigtrim.call import CallToAction
    from sigtrim.parse.elements import Element

__all__ = ["check_template", "fill_template", "images_without_alt", "link_text"]

_URL_ATTRIBUTES = frozenset(["action", "background", "cite", "href", "src"])
_WHOLE_URL = lazy(r"\s*\{url\}")
_LINE_BREAK = lazy(r"\s*[\r\n]\s*")
_TABLE_PARENTS: dict[str, tuple[str, ...]] = {
    "td": ("tr",),
    "th": ("tr",),
    "tr": ("table", *TABLE_SECTIONS),
    "tbody": ("table",),
    "tfoot": ("table",),
    "thead": ("table",),
    "caption": ("table",),
}
# What runs, sends, or belongs to a whole page has no place in a signature.
_REFUSED = frozenset([
    "applet", "base", "body", "button", "embed", "form", "frame", "frameset", "head", "html", "iframe", "input", "link",
    "meta", "object", "script", "select", "style", "textarea", "title",
])  # fmt: skip


def fill_template(cta: CallToAction) -> str:
    """Return the template of a call to action, filled, on one line.

    `{url}` and `{text}` are those of the call to action. Values are escaped for where they stand: as text or as an
    attribute's value, and percent-encoded inside an address. Raises `ConfigError` for a field that is missing, and in a
    place where no escaping helps: a comment, a tag or an attribute's name, an event handler.

    >>> from sigtrim.call import CallToAction
    >>> template = '<b title="{text}"><a href="{url}">{text} &gt; {name}</a></b>'
    >>> cta = CallToAction("https://example.com/?a&b", 'Say "hi"', "template", template=template)
    >>> fill_template(cta.fill({"name": "R&D"}))
    '<b title="Say &quot;hi&quot;"><a href="https://example.com/?a&amp;b">Say &quot;hi&quot; &gt; R&amp;D</a></b>'
    """
    values = {**dict(cta.fields or ()), "url": cta.url, "text": cta.text}
    return _fill(_one_line(cta.template or ""), values)


def _one_line(template: str) -> str:
    return _LINE_BREAK.sub(" ", template.strip())


def _fill(source: str, values: Mapping[str, str]) -> str:
    parts: list[str] = []
    for token in tokenize(source):
        raw = source[token.start : token.end]
        if token.kind == "text":
            parts.append(fill_text(raw, values, _escape, "template"))
            continue
        if token.kind != "start":
            parts.append(_literal(raw, values))
            continue
        at = token.start
        for attribute in attributes(source, token):
            span = attribute.value_span
            value = source[span.start : span.end]
            parts.append(_literal(source[at : span.start], values))
            if attribute.name.startswith("on") or attribute.name == "style" or source[span.start - 1] not in "\"'":
                parts.append(_literal(value, values))
            elif attribute.name in _URL_ATTRIBUTES and not _WHOLE_URL.fullmatch(value):
                parts.append(fill_text(value, values, lambda one: quote(one, safe=""), "template"))
            else:
                parts.append(fill_text(value, values, _escape, "template"))
            at = span.end
        parts.append(_literal(source[at : token.end], values))
    return _ascii("".join(parts))


def check_template(cta: CallToAction) -> None:
    """Raise `ConfigError` unless the template of a call to action is one balanced fragment with exactly one link.

    The link must lead to `{url}`. The template is filled with samples and parsed by lxml, which must find the
    elements that the source spells out, no more and no fewer.
    """
    sample = _Sample(dict(cta.fields or ()))
    source = _one_line(cta.template or "")
    links = [
        {one.name: one.value for one in attributes(source, token)}
        for token in tokenize(source)
        if token.kind == "start" and token.name in ("a", "area")
    ]
    links = [link for link in links if "href" in link]
    if len(links) != 1:
        raise ConfigError(f"template: there are {len(links)} links, exactly one is needed")
    if links[0]["href"].strip() != "{url}":
        raise ConfigError(f"template: the link leads to {links[0]['href']!r}, not to {{url}}")
    _check_balance(source)
    _check_with_lxml(_fill(source, sample))


class _Sample(dict[str, str]):
    """Values for a check: whatever field is asked for has one."""

    def get(self, key: str, default: str | None = None) -> str:  # type: ignore[override]  # always a text
        return super().get(key) or default or ("https://example.com/" if key == "url" else "sample")


def _check_balance(source: str) -> None:
    document = parse(source)
    for index, token in enumerate(named(document.tokens)):
        raw = source[token.start : token.end]
        element = document.owners[index]
        if token.kind in ("doctype", "ignored") or (token.kind == "start" and token.name in _REFUSED):
            raise ConfigError(f"template: {raw[:40]!r} may not stand in a call to action")
        if token.kind == "start" and any(one.name.startswith("on") for one in attributes(source, token)):
            raise ConfigError(f"template: {raw[:40]!r} may not have an event handler")
        if token.kind == "start" and not element.closed and token.name not in VOID:
            raise ConfigError(f"template: {raw[:40]!r} has no end tag, or another element crosses it")
        if token.kind == "start" and not _may_stand_in(element):
            raise ConfigError(f"template: {raw[:40]!r} may not stand there, a browser would move it")
        if token.kind == "end" and element.end_start != token.start:
            raise ConfigError(f"template: {raw[:40]!r} has no start tag")


def _may_stand_in(element: Element) -> bool:
    """Tell whether an element stands where a browser leaves it: parts of a table in one, no block in a paragraph."""
    parent = element.parent.name if element.parent is not None else ""
    if element.name in _TABLE_PARENTS:
        return parent in _TABLE_PARENTS[element.name]
    if parent in _TABLE_PARENTS["td"] or parent in ("table", *_TABLE_PARENTS["tr"]):
        return False
    at = element.parent
    while at is not None and at.name not in ("td", "th", "caption"):
        if at.name == "p" and (element.name in BLOCKS or element.name == "hr"):
            return False
        at = at.parent
    return True


def _check_with_lxml(filled: str) -> None:
    from lxml import html as lxml_html  # noqa: PLC0415 - only where there is a template

    # Cells and rows are read as such in a table only: a fragment of them is not whole.
    root = lxml_html.fragment_fromstring(filled, create_parent="div")
    found = [element.tag for element in root.iterdescendants() if isinstance(element.tag, str)]
    if sorted(name for name in found if name != "tbody") != sorted(_outside_comments(filled)):
        raise ConfigError("template: a browser would move, drop or add elements; it is not one balanced fragment")
    count = len(root.xpath(".//a[@href]"))
    if count != 1:
        raise ConfigError(f"template: there are {count} links, exactly one is needed")


def _outside_comments(filled: str) -> list[str]:
    """Return the elements that are no comment to a browser; `tbody` is left out, which browsers add."""
    hidden = 0
    found = []
    for token in tokenize(filled):
        if token.name == "hidden":
            hidden += 1 if token.kind == "if" else -1
        elif token.kind == "start" and not hidden and token.name != "tbody":
            found.append(token.name)
    return found


def images_without_alt(source: str) -> int:
    """Count the images that have no alternative text, so that a screen reader reads their address.

    >>> images_without_alt('<img src=a.png><img src=b.png alt="">')
    1
    """
    images = (token for token in tokenize(source) if token.kind == "start" and token.name == "img")
    return sum(all(one.name != "alt" for one in attributes(source, token)) for token in images)


def link_text(fragment: str) -> str:
    """Return what a reader sees of the one link in a fragment, images by their alternative text.

    >>> link_text('<p>So: <a href="#"><img alt="Get"> <b>it</b></a></p>')
    'Get it'
    """
    inside = False
    parts: list[str] = []
    for token in tokenize(fragment):
        if token.name == "a" and token.kind in ("start", "end"):
            inside = token.kind == "start"
        elif inside and token.kind == "text":
            parts.append(html.unescape(fragment[token.start : token.end]))
        elif inside and token.kind == "start" and token.name == "img":
            parts += [one.value for one in attributes(fragment, token) if one.name == "alt"]
    return "".join(parts)


def _literal(raw: str, values: Mapping[str, str]) -> str:
    """Return a piece of markup in which no field can stand."""

    def refuse(value: str) -> str:
        raise ConfigError(f"template: no field can stand in {raw.strip()[:40]!r}, where {value!r} would go")

    return fill_text(raw, values, refuse, "template")


def _escape(text: str) -> str:
    return html.escape(text, quote=True)


def _ascii(text: str) -> str:
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")
