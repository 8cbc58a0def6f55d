"""Find where an HTML document points to a platform: links, icons, handles, bare URLs, placeholders.

What evidence wins: a URL that resolves to a known host; then an own-domain or tracker URL whose path or label names a
platform; then a placeholder under a platform's icon or label; then a handle beside a label or an icon; then an icon
alone. A host beats an alt text, because alt texts are copied and pasted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sigtrim.detect.linklist import Mention
from sigtrim.detect.wrappers import unwrap
from sigtrim.parse.flow import decode_text, is_blank
from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from sigtrim.config import Rules
    from sigtrim.detect.platforms import Registry, UrlMatch
    from sigtrim.parse.flow import Flow, Line, Piece
    from sigtrim.parse.html import Document, Element

__all__ = ["Found", "Icon", "find_mentions", "icon_of", "icon_sides"]

# Above this a picture is a logo, a banner or a portrait rather than one icon of a row, in CSS pixels.
_ICON_PIXELS = 80
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_CONTACT_SCHEMES = frozenset(["callto", "cid", "data", "facetime", "file", "ftp", "geo", "mailto", "maps", "sip", "sips", "sms", "tel", "webcal"])
_WEB_SCHEMES = frozenset(["http", "https"])
_HOST = re.compile(r"\s*(?:[a-z]++:)?//([^/?#\s]*)", re.IGNORECASE)
_TEMPLATE = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|%%?[\w .-]+%%?|\$\{?[\w.]+\}?\$?|\[[\w @.-]+\]|\{[\w .-]+\}", re.DOTALL
)
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d*)?\s*(?:px)?\s*(?:[;!]|\Z)", re.IGNORECASE)
_STYLE_SIZE = re.compile(r"(?:^|[;\s])(?:max-)?(width|height)\s*:\s*(\d{1,5})(?:\.\d+)?\s*px", re.IGNORECASE)
_NOT_AN_ICON = re.compile(
    r"site|web|www|home|mail|phone|tel|mobil|maps?\b|location|address|calendar|logo", re.IGNORECASE
)
_URL_IN_TEXT = re.compile(r"(?:https?://|www\.)[^\s<>\"']+|(?<![\w@.-])[\w-]+(?:\.[\w-]+)+/[^\s<>\"']*", re.IGNORECASE)
_URL_TAIL = ".,;:!?)]}'\"|"
_HANDLE = re.compile(r"@?[A-Za-z0-9_][A-Za-z0-9_.\-]{1,49}\Z")
_PHONE = re.compile(r"[+(]?[\d\s()./-]{5,}\Z")
_LABEL_END = re.compile(
    r"[\s\u00a0]*(?:(?:id|name|user|username)\b[\s\u00a0]*)?[:：=\-–—][\s\u00a0]*|[\s\u00a0]+(?=@)", re.IGNORECASE
)
_SEGMENT = re.compile(r"[^|•·∙●‣;\ufffc\n]+")
_TOKEN = re.compile(r"[^\s\u00a0,|•·]+")


@dataclass(frozen=True, slots=True)
class Icon:
    """The platform that a picture stands for, why, and whether more than its alt text says so."""

    platform: str
    evidence: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Found:
    """All mentions of a document, and those among them that a rule of the user keeps, with that rule."""

    mentions: tuple[Mention, ...]
    protected: tuple[tuple[Mention, str], ...]


def icon_sides(element: Element) -> list[int]:
    """Return the sides of a picture in CSS pixels, as far as attributes or inline style give them.

    >>> from sigtrim.parse.html import parse
    >>> icon_sides(parse('<img width=24 style="height: 20px">').root.children[0])
    [24]
    """
    sides = [int(match[1]) for name in ("width", "height") if (match := _PIXELS.match(element.get(name)))]
    return sides or [int(match[2]) for match in _STYLE_SIZE.finditer(element.get("style"))][:2]


def icon_of(element: Element, registry: Registry) -> Icon | None:
    """Tell which platform a picture stands for by its file name, class, data attributes or texts."""
    source = element.get("src") or element.get("xlink:href") or element.get("href")
    if source and not source.startswith("data:"):
        platform = registry.match_icon(source)
        if platform:
            return Icon(platform, f"icon file {source.rsplit('/', 1)[-1][:60]}", strong=True)
    for name in ("class", "data-icon", "data-filename", "data-input", "id"):
        value = element.get(name)
        if value:
            platform = registry.match_classes(value) if name == "class" else registry.match_icon(value)
            if platform:
                return Icon(platform, f"icon {name} {value[:60]}", strong=True)
    for name in ("alt", "title", "aria-label", "o:title"):
        value = element.get(name)
        if value:
            platform = registry.match_label(value, weak=True) or registry.match_words(value)
            if platform:
                return Icon(platform, f"icon {name} {value.strip()[:60]}", strong=False)
    return None


class _Link:
    """A link, what a reader sees of it, and what its parts say."""

    __slots__ = ("element", "href", "icon", "label", "match", "opaque", "pieces", "target", "text", "words", "wrappers")

    def __init__(self, element: Element, pieces: list[Piece], registry: Registry) -> None:
        self.element = element
        self.pieces = pieces
        self.href = (element.get("href") or element.get("data-href")).strip()
        unwrapped = unwrap(self.href)
        self.target = unwrapped.url
        self.wrappers = unwrapped.wrappers
        self.opaque = unwrapped.opaque
        scheme = _SCHEME.match(self.target)
        contact = scheme is not None and scheme[1].lower() in _CONTACT_SCHEMES
        self.match: UrlMatch | None = None
        if not contact:
            self.match = registry.match_url(self.target)
            if self.match is None and self.opaque and unwrapped.host:
                self.match = registry.match_url(unwrapped.host)
        self.text = " ".join(piece.text for piece in pieces if piece.kind == "text").strip()
        self.icon: Icon | None = None
        self.label: str | None = None
        self.words: str | None = None

    def read(self, registry: Registry) -> None:
        """Collect what the icon, the label and the attributes name; only needed where the host does not settle it."""
        for piece in self.pieces:
            if piece.kind == "image":
                self.icon = self.icon or icon_of(piece.element, registry)
        for name in ("class", "data-input", "data-icon", "id"):
            value = self.element.get(name)
            platform = registry.match_classes(value) if value else None
            if platform and self.icon is None:
                self.icon = Icon(platform, f"{name} {value[:60]}", strong=True)
        if self.text:
            self.label = registry.match_label(self.text)
        for name in ("aria-label", "title", "alt"):
            value = self.element.get(name)
            if value and self.words is None:
                self.words = registry.match_label(value, weak=True) or registry.match_words(value)

    def is_dummy(self) -> bool:
        """Tell whether the href leads nowhere: empty, a fragment, template code, a made-up scheme or host."""
        href = self.href
        if not href or href.startswith("#") or _TEMPLATE.fullmatch(href):
            return True
        scheme = _SCHEME.match(href)
        if scheme is None:
            return False
        name = scheme[1].lower()
        if name in _WEB_SCHEMES:
            host = _HOST.match(href)
            rest = href[host.end() :] if host else ""
            return host is not None and "." not in host[1] and not rest.strip("/") and host[1].lower() != "localhost"
        return name not in _CONTACT_SCHEMES

    def is_home_page(self) -> bool:
        """Tell whether the href is the root of a site: probably the sender's own, whatever an alt text says."""
        host = _HOST.match(self.target)
        return host is not None and not self.target[host.end() :].strip("/")


class _Finder:
    """One document's search; the order of the methods is the order of the evidence."""

    def __init__(self, document: Document, flow: Flow, registry: Registry, rules: Rules) -> None:
        self.document = document
        self.flow = flow
        self.registry = registry
        self.rules = rules
        self.mentions: list[Mention] = []
        self.links: list[_Link] = []
        self.taken: set[int] = set()  # ids of pieces that belong to a mention
        self.platforms: dict[int, tuple[str, str]] = {}  # id of a link's piece -> platform, target

    def find(self) -> None:
        self._collect_links()
        alts_lie = self._alts_lie()
        for link in self.links:
            mention = self._judge(link, alts_lie=alts_lie)
            if mention is not None:
                self.mentions.append(mention)
                for piece in link.pieces:
                    self.taken.add(id(piece))
                    self.platforms[id(piece)] = (mention.platform, link.target)
        for index, line in enumerate(self.flow.lines):
            self._read_line(line)
            self._read_icon_line(index, line)
        self._take_icons()

    def _collect_links(self) -> None:
        pieces: dict[int, list[Piece]] = {}
        for piece in self.flow.pieces:
            if piece.link is not None:
                pieces.setdefault(id(piece.link), []).append(piece)
        for index, token in enumerate(self.document.tokens):
            if token.kind != "start":
                continue
            name = token.name
            if name in ("a", "area") or ":" in name or name == "button":
                element = self.document.owners[index]
                if "href" in element.attributes or "data-href" in element.attributes:
                    self.links.append(_Link(element, pieces.get(id(element), []), self.registry))

    def _alts_lie(self) -> bool:
        """Tell whether an alt text contradicts the host that its link leads to, as after copying and pasting an icon."""
        for link in self.links:
            if link.match is not None:
                for piece in link.pieces:
                    if piece.kind == "image":
                        named = self.registry.match_words(piece.element.get("alt"))
                        if named is not None and named != link.match.platform:
                            return True
        return False

    def _judge(self, link: _Link, *, alts_lie: bool) -> Mention | None:
        registry = self.registry
        evidence: list[str] = []
        match = link.match
        if link.wrappers:
            evidence.append("unwrapped " + ", ".join(link.wrappers))
        if match is not None and match.role != "short":
            role = match.role
            if role == "content" and self._is_list_icon(link, match.platform):
                role = "profile"
            return self._mention(link, "link", role, match.platform, (match.why, *evidence))
        host = _strip_host(link.target, self.rules)
        if host is not None:
            return self._mention(link, "link", "profile", host, (f"host {host} in the strip list",))
        scheme = _SCHEME.match(link.href)
        if scheme is not None and scheme[1].lower() in _CONTACT_SCHEMES:
            return None
        if registry.kept_category(link.target) is not None:
            return None
        link.read(registry)
        icon = link.icon
        if icon is not None and not icon.strong and alts_lie:
            icon = None
        placeholder = registry.match_placeholder(link.href)
        if placeholder is not None:
            return self._mention(link, "placeholder", "profile", placeholder, (f"placeholder {link.href[:60]}",))
        if link.is_dummy():
            weak = registry.match_label(link.text, weak=True) if link.text else None
            platform = icon.platform if icon else link.label or weak or link.words
            why = icon.evidence if icon else f"label {link.text[:60]}"
            if platform and (icon or len(link.text) < 40):
                return self._mention(link, "placeholder", "profile", platform, (why, f"dummy href {link.href[:60]}"))
            return None
        if match is not None or link.opaque or registry.is_shortener(link.target):
            platform = (icon.platform if icon else None) or link.label or link.words
            platform = platform or registry.match_words(link.text) if link.text else platform
            why = icon.evidence if icon else f"label {(link.text or self._title(link))[:60]}"
            return self._mention(link, "link", "profile", platform, (why, *evidence)) if platform else None
        return self._judge_unknown_host(link, icon, evidence, alts_lie=alts_lie)

    def _judge_unknown_host(
        self, link: _Link, icon: Icon | None, evidence: list[str], *, alts_lie: bool
    ) -> Mention | None:
        """Judge a link to a host that is nobody's: a tracker or redirect on an own domain, or simply a website."""
        if link.label is not None:
            return self._mention(link, "link", "profile", link.label, (f"label {link.text[:60]}", *evidence))
        path = self.registry.match_path(link.target)
        if link.text and not (icon and len(link.text.split()) <= 3):
            return None
        if path is not None and (icon is None or icon.platform == path or not icon.strong):
            return self._mention(link, "link", "profile", path, (f"path of {link.target[:80]}", *evidence))
        if icon is not None and (icon.strong or not (link.is_home_page() or self._looks_kept(link))):
            return self._mention(link, "link", "profile", icon.platform, (icon.evidence, *evidence))
        if link.words is not None and not link.text and not alts_lie and not self._looks_kept(link):
            return self._mention(link, "link", "profile", link.words, (f"title {self._title(link)[:60]}", *evidence))
        return None

    def _looks_kept(self, link: _Link) -> bool:
        """Tell whether an image file says that the link is a website, a phone or the like."""
        return any(
            _NOT_AN_ICON.search(piece.element.get("src").rsplit("/", 1)[-1][:80])
            for piece in link.pieces
            if piece.kind == "image"
        )

    @staticmethod
    def _title(link: _Link) -> str:
        return link.element.get("aria-label") or link.element.get("title") or link.element.get("alt")

    def _is_list_icon(self, link: _Link, platform: str) -> bool:
        """Tell whether a link to one video or post is plainly one more icon of the row."""
        if link.text or not link.pieces:
            return False
        for piece in link.pieces:
            icon = icon_of(piece.element, self.registry) if piece.kind == "image" else None
            if icon is None or icon.platform != platform or max(icon_sides(piece.element), default=0) > _ICON_PIXELS:
                return False
        return True

    def _mention(
        self,
        link: _Link,
        kind: Literal["link", "placeholder"],
        role: Literal["profile", "share", "content"],
        platform: str,
        evidence: tuple[str, ...],
    ) -> Mention:
        element = link.element
        span = element.span if element.closed else element.start_tag
        return Mention(kind, role, platform, span, link.target or None, evidence)

    def _read_line(self, line: Line) -> None:
        """Find bare URLs, and handles behind a label, in the unlinked text of a line."""
        if not any(piece.kind == "text" and piece.link is None for piece in line.pieces):
            return
        text, owners = _line_text(line)
        for match in _URL_IN_TEXT.finditer(text):
            url = match[0].rstrip(_URL_TAIL)
            found = self.registry.match_url(unwrap(url).url)
            if found is not None and found.role != "short":
                self._add_text(
                    "url",
                    found.role,
                    found.platform,
                    match.start(),
                    match.start() + len(url),
                    owners,
                    (found.why,),
                    url,
                )
        hits = self.registry.labels_in(text)
        if not hits:
            return
        for segment in _SEGMENT.finditer(text):
            for hit in hits:
                if not segment.start() <= hit.start < segment.end():
                    continue
                if not is_blank(text[segment.start() : hit.start].strip(" \t\n-–—:*►▶→")):
                    continue
                after = _LABEL_END.match(text, hit.end, segment.end())
                token = _TOKEN.match(text, after.end(), segment.end()) if after else None
                if token is None or not is_blank(text[token.end() : segment.end()].strip(" \t\n,.-–—")):
                    continue
                if _is_handle(token[0]):
                    label = text[hit.start : hit.end].strip()
                    self._add_text(
                        "handle",
                        "profile",
                        hit.platform,
                        hit.start,
                        token.end(),
                        owners,
                        (f"handle beside label {label}",),
                        None,
                    )

    def _add_text(
        self,
        kind: Literal["url", "handle"],
        role: Literal["profile", "share", "content"],
        platform: str,
        start: int,
        end: int,
        owners: list[tuple[Piece, int]],
        evidence: tuple[str, ...],
        url: str | None,
    ) -> None:
        """Add a mention in a line's text; `start` and `end` are offsets in that text."""
        from_piece, from_at = owners[start]
        to_piece, to_at = owners[end - 1]
        begin = self._source_offset(from_piece, from_at)
        stop = self._source_offset(to_piece, to_at + 1)
        if any(one.kind == kind and one.span.start <= begin < one.span.end for one in self.mentions):
            return
        self.mentions.append(Mention(kind, role, platform, Span(begin, stop), url, evidence))

    def _source_offset(self, piece: Piece, at: int) -> int:
        if len(piece.text) == piece.end - piece.start:
            return piece.start + at
        return decode_text(self.document.text, piece.start, piece.end)[1][at]

    def _read_icon_line(self, index: int, line: Line) -> None:
        """Find a handle that stands beside an icon, on its line or alone on the next line of the same row."""
        last = line.pieces[-1]
        if (
            last.kind == "image"
            and all(piece.kind == "image" for piece in line.pieces)
            and index + 1 < len(self.flow.lines)
        ):
            following = self.flow.lines[index + 1]
            if (
                _row(following.block) is _row(line.block)
                and _row(line.block) is not None
                and following.block is not line.block
            ):
                self._take_handle(last, following.pieces)
            return
        for at, piece in enumerate(line.pieces[:-1]):
            if piece.kind == "image":
                self._take_handle(piece, line.pieces[at + 1 :])

    def _take_handle(self, image: Piece, pieces: list[Piece]) -> None:
        """Take the text behind an icon as a handle, if it is one and nothing else stands with it."""
        head = pieces[0]
        if head.kind != "text" or head.link is not None or id(head) in self.taken:
            return
        text = head.text.strip(" \t\r\n\u00a0")
        if len(pieces) > 1 and pieces[1].kind == "text" and pieces[1].link is None:
            return
        if not _is_handle(text):
            return
        known = self.platforms.get(id(image))
        if known is not None:
            platform, target = known
            tail = re.split(r"[/:?=@]", target.rstrip("/").casefold())
            if not text.startswith("@") and text.casefold() not in tail and not _is_opaque(target):
                return
            evidence = f"handle beside the link to {target[:60]}"
        else:
            icon = icon_of(image.element, self.registry) if image.link is None else None
            if icon is None or not icon.strong:
                return
            platform, evidence = icon.platform, f"handle beside {icon.evidence}"
        lead = len(head.text) - len(head.text.lstrip(" \t\r\n\u00a0"))
        start = self._source_offset(head, lead)
        end = self._source_offset(head, lead + len(text))
        self.taken.add(id(head))
        self.mentions.append(Mention("handle", "profile", platform, Span(start, end), None, (evidence,)))

    def _take_icons(self) -> None:
        """Take the icons without a link that stand in a row with mentions; elsewhere an icon proves nothing."""
        rows = set()
        lines = set()
        for piece in self.flow.pieces:
            if id(piece) in self.taken:
                rows.add(id(_row(piece.line.block) or piece.line))
                lines.add(id(piece.line))
        starts = sorted(one.span.start for one in self.mentions if one.kind in ("handle", "url"))
        for piece in self.flow.pieces:
            if piece.kind == "text" and any(piece.start <= start < piece.end for start in starts):
                rows.add(id(_row(piece.line.block) or piece.line))
                lines.add(id(piece.line))
        for piece in self.flow.pieces:
            if piece.kind != "image" or piece.link is not None or id(piece) in self.taken:
                continue
            if id(piece.line) not in lines and id(_row(piece.line.block) or piece.line) not in rows:
                continue
            icon = icon_of(piece.element, self.registry)
            if (
                icon is not None
                and max(icon_sides(piece.element), default=0) <= _ICON_PIXELS
                and not self._labels_contact(piece)
            ):
                self.mentions.append(Mention("icon", "profile", icon.platform, piece.span, None, (icon.evidence,)))

    def _labels_contact(self, image: Piece) -> bool:
        """Tell whether an icon stands before a phone number or an address that stays."""
        pieces = image.line.pieces
        after = pieces[pieces.index(image) + 1 :]
        text = "".join(piece.text for piece in after if id(piece) not in self.taken).strip()
        return bool(text) and (_PHONE.match(text[:30]) is not None or "@" in text[1:])


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
    finder = _Finder(document, flow, registry, rules)
    finder.find()
    mentions: list[Mention] = []
    protected: list[tuple[Mention, str]] = []
    guarded = _protected_spans(document, flow, rules)
    for mention in sorted(finder.mentions, key=lambda one: (one.span.start, -one.span.end)):
        one = (
            replace(mention, role="profile")
            if mention.role == "content" and rules.content_links == "strip"
            else mention
        )
        reason = _kept_by(one, registry, rules)
        if reason is None:
            reason = next((why for span, why in guarded if span.overlaps(one.span)), None)
        if reason is None:
            mentions.append(one)
        else:
            protected.append((one, reason))
    return Found(tuple(mentions), tuple(protected))


def _kept_by(mention: Mention, registry: Registry, rules: Rules) -> str | None:
    """Return the user's rule that keeps a mention, if one does."""
    if not rules.keep:
        return None
    if mention.platform in rules.keep:
        return f"keep {mention.platform}"
    host = _HOST.match(mention.url or "")
    name = host[1].lower() if host else ""
    for one in rules.keep:
        if "." in one and (name == one or name.endswith("." + one)):
            return f"keep {one}"
    platform = registry.platform(mention.platform) if mention.platform in registry.ids else None
    if platform is not None and platform.category in rules.keep:
        return f"keep {platform.category}"
    return None


def _protected_spans(document: Document, flow: Flow, rules: Rules) -> list[tuple[Span, str]]:
    """Return what the user's `protect` covers: elements by `#id` and `.class`, and lines that hold a text."""
    if not rules.protect:
        return []
    spans: list[tuple[Span, str]] = []
    ids = {one[1:] for one in rules.protect if one.startswith("#")}
    classes = {one[1:] for one in rules.protect if one.startswith(".")}
    texts = [one for one in rules.protect if one[:1] not in ("#", ".")]
    if ids or classes:
        for index, token in enumerate(document.tokens):
            if token.kind == "start":
                element = document.owners[index]
                if element.get("id") in ids:
                    spans.append((element.span, f"protect #{element.get('id')}"))
                for name in classes.intersection(element.get("class").split()):
                    spans.append((element.span, f"protect .{name}"))
    for line in flow.lines:
        content = "".join(piece.text for piece in line.pieces)
        for text in texts:
            if text in content:
                spans.append((Span(line.pieces[0].start, line.pieces[-1].end), f"protect {text}"))
    return spans


def _strip_host(url: str, rules: Rules) -> str | None:
    """Return the user's extra host that a URL leads to."""
    if not rules.strip:
        return None
    host = _HOST.match(url)
    name = host[1].lower().rpartition("@")[2].partition(":")[0] if host else ""
    return next((one for one in sorted(rules.strip) if name == one or name.endswith("." + one)), None)


def _line_text(line: Line) -> tuple[str, list[tuple[Piece, int]]]:
    """Join a line's unlinked text, with U+FFFC for all else; tell which piece each character comes from."""
    parts: list[str] = []
    owners: list[tuple[Piece, int]] = []
    for piece in line.pieces:
        if piece.kind == "text" and piece.link is None:
            parts.append(piece.text)
            owners.extend((piece, at) for at in range(len(piece.text)))
        else:
            parts.append("\ufffc")
            owners.append((piece, 0))
    return "".join(parts), owners


def _is_handle(text: str) -> bool:
    """Tell whether a word can be a handle: no phone number, no e-mail address."""
    return _HANDLE.match(text) is not None and _PHONE.match(text) is None


def _is_opaque(target: str) -> bool:
    return "/" not in target.rstrip("/").partition("//")[2]


def _row(block: Element) -> Element | None:
    """Return the table row or list item that a block lies in, if it lies in one."""
    at: Element | None = block
    while at is not None and at.name not in ("tr", "li", "table", "body", "!root"):
        at = at.parent
    return at if at is not None and at.name in ("tr", "li") else None
