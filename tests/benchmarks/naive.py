"""The script that one would write first: parse with BeautifulSoup, drop known hosts, add a link, print.

It does the main part of the same job, finds less, and writes the document anew: entities, quotes, case, conditional
comments and line ends come out differently. It is here to be compared with, and takes no detours.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from documents import HOSTS

__all__ = ["rewrite"]

_HOSTS = frozenset(HOSTS)
_LABEL = re.compile(r"\s*(?:follow|find|connect with)\b.{0,20}:?\s*|[\s|•·]*", re.IGNORECASE)
_CONTAINERS = frozenset(["div", "p", "span", "table", "td", "tr"])


def rewrite(document: str, url: str, text: str, parser: str) -> str:
    """Drop the links to platforms if there are two or more, with labels and cells that this empties; add one link."""
    soup = BeautifulSoup(document, parser)
    found = [(link, _platform(str(link["href"]))) for link in soup.find_all("a", href=True)]
    links = [link for link, platform in found if platform]
    if len({platform for _, platform in found if platform}) < 2:
        return str(soup)
    added = soup.new_tag("a", href=url)
    added.string = text
    links[0].insert_before(added)
    for link in links:
        parent = link.parent
        for beside in (link.previous_sibling, link.next_sibling):
            if isinstance(beside, NavigableString) and _LABEL.fullmatch(beside):
                beside.extract()
        link.decompose()
        while parent is not None and parent.name in _CONTAINERS and _is_empty(parent):
            outer = parent.parent
            parent.decompose()
            parent = outer
    return str(soup)


def _is_empty(element: Tag) -> bool:
    return next(element.stripped_strings, None) is None and element.find("img") is None


def _platform(href: str) -> str | None:
    try:
        host = (urlsplit(href).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return host if host in _HOSTS else None
