"""What sigtrim is compared with: each job takes a document and does what that tool is for."""

from __future__ import annotations

import logging
from collections.abc import Callable

import bleach
import css_inline
import lolhtml
import lxml.html
import naive
import nh3
import premailer
from documents import HOSTS
from linkify_it import LinkifyIt
from lxml_html_clean import Cleaner

from sigtrim import CallToAction

__all__ = ["CTA", "LINKIFY", "LXML", "NAIVE", "PYTHON_JOBS", "TOOLS", "Job", "find_links"]

Job = Callable[[str], object]

CTA = CallToAction("https://example.com/guide", "Get the free guide")
NAIVE = "naive script, BeautifulSoup with lxml"
LXML = "lxml.html, parse and write, no edit"
LINKIFY = "linkify-it-py, finding the links"

# The tags that e-mail is made of, for the tools that let through what they are told.
_TAGS = {
    *("a", "b", "blockquote", "body", "br", "div", "font", "h1", "h2", "h3", "head", "html", "i", "img", "li"),
    *("meta", "ol", "p", "small", "span", "strong", "table", "tbody", "td", "th", "title", "tr", "u", "ul"),
}
_ATTRIBUTES = {"align", "alt", "border", "cellpadding", "cellspacing", "class", "color", "colspan", "dir", "face"}
_ATTRIBUTES |= {"height", "href", "lang", "size", "src", "target", "title", "valign", "width"}

# premailer lets cssutils speak of each property it does not know; silence costs nothing and saves it the writing.
logging.getLogger("CSSUTILS").setLevel(logging.CRITICAL)


def _by_naive(document: str) -> object:
    return naive.rewrite(document, CTA.url, CTA.text, "lxml")


def _by_html_parser(document: str) -> object:
    return naive.rewrite(document, CTA.url, CTA.text, "html.parser")


def _by_lxml(document: str) -> object:
    return lxml.html.tostring(lxml.html.document_fromstring(document))


class _Removal:
    """Removes each element that the selector finds."""

    def element(self, element: lolhtml.Element) -> None:
        element.remove()


_SELECTOR = ", ".join(f'a[href*="//{start}{host}"]' for host in HOSTS for start in ("", "www."))


def _by_lolhtml(document: str) -> object:
    output: list[bytes] = []
    rewriter = lolhtml.HTMLRewriter(lambda chunk: output.append(bytes(chunk)))
    rewriter.on(_SELECTOR, _Removal())
    rewriter.write(document.encode())
    rewriter.end()
    return b"".join(output)


def _by_bleach(document: str) -> object:
    return bleach.clean(document, tags=_TAGS, attributes={"*": sorted(_ATTRIBUTES)})


def _by_nh3(document: str) -> object:
    return nh3.clean(document, tags=_TAGS, attributes={"*": _ATTRIBUTES})


_cleaner = Cleaner()
_linkify = LinkifyIt()


def find_links(text: str) -> object:
    return _linkify.match(text)


TOOLS: dict[str, Job] = {
    NAIVE: _by_naive,
    "the same with html.parser": _by_html_parser,
    LXML: _by_lxml,
    "premailer, CSS into style attributes": premailer.transform,
    "bleach, sanitizing": _by_bleach,
    "lxml-html-clean, sanitizing": _cleaner.clean_html,
    "css-inline (Rust), CSS into style attributes": css_inline.inline,
    "nh3 (Rust), sanitizing": _by_nh3,
    "python-lolhtml (Rust), the same links out by selector": _by_lolhtml,
}
# Those that do a job of their own and are written in Python.
PYTHON_JOBS = ("premailer, CSS into style attributes", "bleach, sanitizing", "lxml-html-clean, sanitizing")
