"""Judge the links of an HTML document: which of them lead to a platform, and what says so.

What evidence wins: a URL that resolves to a known host; then an own-domain or tracker URL whose label or path
names a platform; then a placeholder or a dummy href under a platform's icon or label; then the icon alone. A host
beats an alt text, because alt texts are copied and pasted.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from sigtrim.detect.icons import Icon, icon_of, is_icon_sized, title_of
from sigtrim.detect.linklist import Mention
from sigtrim.detect.phrases import follow_phrases
from sigtrim.detect.wrappers import unwrap
from sigtrim.parse.flow import clicked_address
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.detect.platform_hosts import UrlMatch
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.elements import Document, Element
    from sigtrim.parse.flow import Flow, Piece

__all__ = ["Link", "alts_lie", "collect_links", "host_of", "judge"]

_SCHEME = lazy(r"([A-Za-z][A-Za-z0-9+.-]*+):")
_CONTACT_SCHEMES = frozenset(
    ["callto", "cid", "data", "facetime", "file", "ftp", "geo", "mailto", "maps", "sip", "sips", "sms", "tel", "webcal"]
)
_WEB_SCHEMES = frozenset(["http", "https"])
# `callto:` leads to a phone number, or else to a name of Skype, which brought it up.
_CALLED_NAME = lazy(r"callto:/{0,2}(?!tel:)[a-z][^@]*+\Z", re.IGNORECASE)
_AUTHORITY = lazy(r"(?:[a-z][a-z0-9+.-]*+:)?//([^/?#\s]*+)", re.IGNORECASE)
_TEMPLATE = lazy(
    r"\{\{[^}]*+\}\}|\{%[^%]*+%\}|<%[^%]*+%>|%%?[\w .-]++%%?|\$\{?[\w.]++\}?\$?|\[[\w @.-]++\]|\{[\w .-]++\}"
)
_OTHER_ICON = lazy(r"site|web|www|home|mail|phone|tel|mobil|maps?\b|location|address|calendar|logo", re.IGNORECASE)
_LABEL_LENGTH = 40
_FEW_WORDS = 3
_PHRASE_WORDS = 8


class _Lead(NamedTuple):
    """Where an href leads, its wrappers taken off: what an address tells whatever it stands on."""

    target: str
    wrappers: tuple[str, ...]
    opaque: bool
    is_contact: bool
    match: UrlMatch | None


def _read_href(href: str, registry: Registry) -> _Lead:
    unwrapped = unwrap(href)
    scheme = _SCHEME.match(unwrapped.url)
    is_contact = scheme is not None and scheme[1].lower() in _CONTACT_SCHEMES and not _CALLED_NAME.match(unwrapped.url)
    match: UrlMatch | None = None
    if not is_contact:
        match = registry.match_url(unwrapped.url)
        if match is None and unwrapped.opaque and unwrapped.host:
            match = registry.match_url(unwrapped.host)
    return _Lead(unwrapped.url, unwrapped.wrappers, unwrapped.opaque, is_contact, match)


_recall_href = lru_cache(maxsize=2048)(_read_href)  # signatures of one team hold the same links
_REMEMBERED_LENGTH = 1000


class Link:
    """A link, what a reader sees of it, and where it leads.

    `target` is the href with its wrappers taken off; `opaque` tells that one of them hides the target; `is_contact`
    that it is an e-mail address, a phone number or the like.
    """

    __slots__ = ("element", "href", "is_contact", "match", "opaque", "pieces", "target", "text", "wrappers")

    def __init__(self, element: Element, pieces: list[Piece], registry: Registry) -> None:
        self.element = element
        self.pieces = pieces
        self.href = (element.get("href") or element.get("data-href") or clicked_address(element)).strip()
        read = _recall_href if len(self.href) <= _REMEMBERED_LENGTH else _read_href
        self.target, self.wrappers, self.opaque, self.is_contact, self.match = read(self.href, registry)
        self.text = " ".join([piece.text for piece in pieces if piece.kind == "text"]).strip()

    def is_dummy(self) -> bool:
        """Tell whether the href leads nowhere: empty, a fragment, template code, a made-up scheme or host."""
        href = self.href
        if not href or href.startswith("#") or _TEMPLATE.fullmatch(href):
            return True
        scheme = _SCHEME.match(href)
        if scheme is None:
            return False
        name = scheme[1].lower()
        if name not in _WEB_SCHEMES:
            return name not in _CONTACT_SCHEMES
        host = host_of(href)
        authority = _AUTHORITY.match(href)
        rest = href[authority.end() :].strip("/") if authority else ""
        return authority is not None and "." not in host and host != "localhost" and not rest

    def is_home_page(self) -> bool:
        """Tell whether the href is the root of a site: probably the sender's own, whatever an alt text says."""
        authority = _AUTHORITY.match(self.target)
        return authority is not None and not self.target[authority.end() :].strip("/")

    def images(self) -> list[Element]:
        """Return the pictures in the link."""
        return [piece.element for piece in self.pieces if piece.kind == "image"]


def host_of(url: str) -> str:
    """Return a URL's host in lower case, without user and port; empty if it has none.

    >>> host_of("https://ada@Example.com:8080/x")
    'example.com'
    """
    authority = _AUTHORITY.match(url)
    return authority[1].rpartition("@")[2].partition(":")[0].lower() if authority else ""


def collect_links(document: Document, flow: Flow, registry: Registry) -> list[Link]:
    """Return all links of a document, in its order: `<a>`, `<area>`, VML shapes, buttons with an address."""
    pieces: dict[Element, list[Piece]] = {}
    for piece in flow.pieces:
        if piece.link is not None:
            pieces.setdefault(piece.link, []).append(piece)
    return [
        Link(element, pieces.get(element, []), registry)
        for element in document.links
        if "href" in element.attributes
        or "data-href" in element.attributes
        or (element.name == "button" and clicked_address(element))
    ]


def alts_lie(links: list[Link], registry: Registry) -> bool:
    """Tell whether an alt text contradicts the host that its link leads to, as where an icon was copied and pasted."""
    for link in links:
        if link.match is not None:
            for image in link.images():
                named = registry.match_words(image.get("alt"))
                if named is not None and named != link.match.platform:
                    return True
    return False


def judge(link: Link, registry: Registry, *, trust_alts: bool) -> Mention | None:
    """Return the mention that a link is; None for a link that leads to no platform.

    Without `trust_alts` an alt text alone is no evidence.
    """
    match = link.match
    if match is not None and match.role != "short":
        shown = _shown(link, registry)
        if shown is not None and shown.platform != match.platform:
            return _mention(link, "link", "profile", shown.platform, f"address {link.text[:60]}")
        is_profile = match.role == "content" and _is_list_icon(link, match.platform, registry)
        return _mention(link, "link", "profile" if is_profile else match.role, match.platform, match.why)
    if link.is_contact or (not link.opaque and registry.kept_category(link.target) is not None):
        return None
    placeholder = registry.match_placeholder(link.href)
    if placeholder is not None:
        return _mention(link, "placeholder", "profile", placeholder, f"placeholder {link.href[:60]}")
    icon = _icon(link, registry)
    if icon is not None and icon.described and not trust_alts:
        icon = None
    title = title_of(link.element)
    titled = (registry.match_label(title, weak=True) or registry.match_words(title)) if title and trust_alts else None
    labelled = registry.match_label(link.text) if link.text else None
    if link.is_dummy():
        return _judge_dummy(link, registry, icon, labelled or titled)
    if match is not None or link.opaque or registry.is_shortener(link.target):
        named = (icon.platform if icon else None) or labelled or titled
        named = named or (registry.match_words(link.text) if link.text else None)
        why = icon.evidence if icon else f"label {(link.text or title)[:60]}"
        return _mention(link, "link", "profile", named, why) if named else None
    if labelled is not None:
        return _mention(link, "link", "profile", labelled, f"label {link.text[:60]}")
    return _judge_own_host(link, registry, icon, titled)


def _shown(link: Link, registry: Registry) -> UrlMatch | None:
    """Return the profile whose address a link shows; where the href was copied and pasted, it is another one."""
    match = registry.match_url(link.text) if "/" in link.text and " " not in link.text else None
    return match if match is not None and match.role == "profile" else None


def _judge_dummy(link: Link, registry: Registry, icon: Icon | None, named: str | None) -> Mention | None:
    """Judge an href that leads nowhere by the icon or label that it carries."""
    if icon is not None:
        return _mention(link, "placeholder", "profile", icon.platform, icon.evidence, f"dummy href {link.href[:60]}")
    named = named or (registry.match_label(link.text, weak=True) if link.text else None)
    if named is None or len(link.text) > _LABEL_LENGTH:
        return None
    why = f"label {(link.text or title_of(link.element))[:60]}"
    return _mention(link, "placeholder", "profile", named, why, f"dummy href {link.href[:60]}")


def _judge_own_host(link: Link, registry: Registry, icon: Icon | None, titled: str | None) -> Mention | None:
    """Judge a link to a host that is nobody's: a tracker or redirect on an own domain, or simply a website."""
    words = len(link.text.split())
    if link.text and not (icon and words <= _FEW_WORDS):
        asked = registry.match_words(link.text) if words <= _PHRASE_WORDS and follow_phrases(link.text) else None
        end = link.target.partition("?")[0].rstrip("/").rpartition("/")[2]
        if asked is None or registry.match_label(end) != asked:
            return None
        return _mention(link, "link", "profile", asked, f"label {link.text[:60]}", f"path of {link.target[:80]}")
    path = registry.match_path(link.target)
    if path is not None and (icon is None or icon.platform == path or not icon.strong):
        return _mention(link, "link", "profile", path, f"path of {link.target[:80]}")
    looks_kept = link.is_home_page() or any(
        _OTHER_ICON.search(image.get("src").rsplit("/", 1)[-1][:80]) for image in link.images()
    )
    if icon is not None and (icon.strong or not looks_kept):
        return _mention(link, "link", "profile", icon.platform, icon.evidence)
    if titled is not None and not link.text and not looks_kept:
        return _mention(link, "link", "profile", titled, f"title {title_of(link.element)[:60]}")
    return None


def _icon(link: Link, registry: Registry) -> Icon | None:
    """Return what the pictures in a link stand for, else what its own class and data attributes say."""
    for image in link.images():
        icon = icon_of(image, registry)
        if icon is not None:
            return icon
    for name in ("class", "data-input", "data-icon", "id"):
        value = link.element.get(name)
        platform = registry.match_classes(value) if value else None
        if platform:
            return Icon(platform, f"{name} {value[:60]}", strong=True)
    return None


def _is_list_icon(link: Link, platform: str, registry: Registry) -> bool:
    """Tell whether a link to one video or post is plainly one more icon of the row."""
    if link.text or not link.pieces:
        return False
    icons = [icon_of(image, registry) for image in link.images() if is_icon_sized(image)]
    return len(icons) == len(link.pieces) and all(icon is not None and icon.platform == platform for icon in icons)


def _mention(
    link: Link,
    kind: Literal["link", "placeholder"],
    role: Literal["profile", "share", "content"],
    platform: str,
    *evidence: str,
) -> Mention:
    element = link.element
    span = element.span if element.closed else element.start_tag
    unwrapped = (f"unwrapped {', '.join(link.wrappers)}",) if link.wrappers else ()
    return Mention(kind, role, platform, span, link.target or None, (*evidence, *unwrapped))
