"""Find mentions in running text: bare URLs, handles behind a label, handles beside an icon."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, NamedTuple

from sigtrim.detect.icons import icon_of
from sigtrim.detect.linklist import Mention
from sigtrim.detect.phrases import find_phrases
from sigtrim.detect.wrappers import unwrap
from sigtrim.parse.flow import SEPARATORS, WIDE_GAP, decode_text, is_blank, shared_row
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.detect.platforms import Registry
    from sigtrim.parse.elements import Document
    from sigtrim.parse.flow import Flow, Line, Piece

__all__ = ["PHONE", "find_handles"]

PHONE = lazy(r"[+(]?[\d\s\u00a0()./-]{5,}\Z")
_OBJECT = "\ufffc"
_URL = lazy(
    r"(?:https?://|www\.)[^\s<>\"'\ufffc]++|(?<![\w@./-])[\w-]++(?:\.[\w-]++)++/[^\s<>\"'\ufffc]*+", re.IGNORECASE
)
_URL_TAIL = ".,;:!?)]}'\"|"
_HANDLE = lazy(
    r"(?:(?:live:|@|/)?[A-Za-z0-9_.][A-Za-z0-9_.\-]{1,49}(?:/[A-Za-z0-9_.\-]+)?(?:#\d{4})?"
    r"|@[\w.]{1,50}@[\w-]++(?:\.[\w-]++)++)\Z"
)  # Discord's old ones end in four digits, Mastodon's name their server
_EMAIL = lazy(r"[\w.+-]++@[\w-]++\.[\w.-]++\Z")
_LABELLED = lazy(
    r"[\W_]*+(?P<label>[^\W\d_](?:[\w.+&'’/,-]|[ \u00a0]+(?=[\w&+/])){0,40}?)"
    r"(?P<id>[\s\u00a0]+(?:id|name|user|username|handle))?(?:[\s\u00a0]*[:：=\-–—/]+[\s\u00a0]*|[\s\u00a0]+(?=@))"
    r"(?P<handle>[^\s\u00a0,|•·\ufffc]++)(?=[\s\u00a0,.\-–—]*+\Z)",
    re.IGNORECASE,
)
# "@ada (Instagram)", "@ada on Instagram": only an at sign makes the first word a handle.
_HANDLE_FIRST = lazy(
    r"[\W_]*?(?P<handle>@[A-Za-z0-9_.][A-Za-z0-9_.\-]{1,49}+)[\s\u00a0]*(?:[(\[–—-][\s\u00a0]*)?"
    r"(?:(?:on|en|sur|auf|su|op|no|na|w|в)[\s\u00a0]+)?(?P<label>[^\W\d_][\w.+-]{0,30})[)\]]?(?=[\s\u00a0,.]*+\Z)",
    re.IGNORECASE,
)
# Pairs of label and handle in a row, with spaces alone between them.
_PAIR = lazy(
    r"[\W_]{0,8}?(?P<label>[^\W\d_][\w+&]{0,19})(?P<mark>[\s\u00a0]{0,4}[:：][\s\u00a0]{0,4}[@/]?|[\s\u00a0]{1,4}[@/])"
    r"(?P<handle>[A-Za-z0-9_.][A-Za-z0-9_.\-]{1,49})(?:[\s\u00a0]++|\Z)"
)
_LABEL_MARK = lazy(r"[:：=\-–—/@]")  # what stands between a label and its handle
# What stands between two pairs of label and handle, where it is not part of one: "IG: @acme, X: @acme".
_JOINT = lazy(r"(?<=\s)[-–—−―](?=\s)|,(?=\s)|(?<![:：])(?<![:：]\s)(?:(?<=\s)\u00a0|\u00a0(?=\s))")
_LABEL_JOINTS = lazy(r"\s*[/&+,]\s*|\s+(?:and|und|et|y|e|и)\s+")
_GAP = lazy(r"(?:>|\A)\s")
# Three small words on either side of a URL: it is a word of a sentence.
_WORDS_BEFORE = lazy(r"\b(?:[a-zß-ÿ][a-zß-ÿ'’]*[ \u00a0]){3}\Z")
_WORDS_BEHIND = lazy(r"(?:[ \u00a0][a-zß-ÿ][a-zß-ÿ'’]*){3}\b")
_TOLD = 120  # characters on either side of a URL that are read for what the sentence asks
_CALLS = frozenset(["follow", "subscribe", "like", "bell", "share", "network", "channel", "page"])
_WIDE_MARK = lazy(r"[：–—]")  # one of these, of ":=@/", or a dash stands in front of a handle
_SPACED_DASH = lazy(r"\s-")
_SEGMENT = lazy(rf"(?:[^{SEPARATORS};\ufffc\n\u00a0/]++|\u00a0(?!\u00a0)|(?<!\s)/|/(?!\s))++")
_TARGET_PARTS = lazy(r"[/:?=@&#]")
_REMEMBERED_LENGTH = 2000  # characters of a line: legal text is long, and the same in a whole team


def find_handles(
    document: Document, flow: Flow, registry: Registry, links: dict[Piece, Mention]
) -> tuple[list[Mention], set[Piece]]:
    """Find the mentions in the unlinked text of a document.

    `links` gives the mention of the link that a piece lies in. Returns the mentions, and the pieces of text that they
    lie in.
    """
    finder = _Finder(document, registry, links)
    for line, following in zip_longest(flow.lines, flow.lines[1:]):
        pieces = line.pieces
        finder.read_text(line)
        if len(pieces) > 1 or pieces[0].kind == "image":
            finder.read_icons(line, following)
        elif following is not None and len(following.pieces) == 1:
            finder.read_label_cell(line, following)
    return finder.mentions, finder.taken


class _Hit(NamedTuple):
    """A mention in the text of a line: what it is, and its range of the text."""

    kind: Literal["url", "handle"]
    role: Literal["profile", "share", "content"]
    platform: str
    start: int
    end: int
    url: str | None
    evidence: str


def _read_text(text: str, registry: Registry) -> tuple[_Hit, ...]:
    """Find bare URLs, and handles behind a label, in a line's unlinked text."""
    has_address = "/" in text or "www." in text.lower()
    addresses = _read_addresses(text, registry) if has_address else []
    handles = _read_handles(text, registry)
    return tuple(_join(addresses, handles) if addresses and handles else addresses + handles)


def _read_addresses(text: str, registry: Registry) -> list[_Hit]:
    hits: list[_Hit] = []
    for match in _URL.finditer(text):
        url = match[0].rstrip(_URL_TAIL)
        target = unwrap(url).url
        found = registry.match_url(target)
        if found is not None and found.role != "short":
            start = match.start()
            if not _is_told(text, start, start + len(url)):
                hits.append(_Hit("url", found.role, found.platform, start, start + len(url), target, found.why))
    return hits


def _read_handles(text: str, registry: Registry) -> list[_Hit]:
    hits: list[_Hit] = []
    for segment in _SEGMENT.finditer(text):
        start, end = segment.span()
        if not _LABEL_MARK.search(text, start, end):
            continue
        whole = _read_segment(text, start, end, registry)
        hits += whole
        if not whole:
            # A dash, comma or wide gap stands between label and handle, or else between the items.
            pairs = _read_pairs(text, start, end, registry)
            joints = [joint.span() for joint in _JOINT.finditer(text, start, end)] if not pairs else []
            hits += pairs
            for joint_start, joint_end in [*joints, (end, end)] if joints else ():
                hits += _read_segment(text, start, joint_start, registry)
                start = joint_end
    return hits


def _join(addresses: list[_Hit], handles: list[_Hit]) -> list[_Hit]:
    """Put each address and the label in front of it together, which read as a handle as well; the address decides."""
    hits: list[_Hit] = []
    ends = [address.end for address in addresses]
    for handle in handles:
        at = bisect_right(ends, handle.start)
        address = addresses[at] if at < len(addresses) and addresses[at].start < handle.end else None
        if address is None:
            hits.append(handle)
        elif address.role != "content":
            addresses[at] = address._replace(start=min(handle.start, address.start))
    return addresses + hits


def _is_told(text: str, start: int, end: int) -> bool:
    """Tell whether a bare URL stands amid a sentence that asks for nothing: "It was found by ... in a shop"."""
    if not _WORDS_BEHIND.match(text, end) or not _WORDS_BEFORE.search(text[max(start - _TOLD, 0) : start]):
        return False
    calls = find_phrases(text[max(start - _TOLD, 0) : end + _TOLD])
    return not any(hit.kind in _CALLS for hit in calls)


_recall_text = lru_cache(maxsize=2048)(_read_text)


def _read_pairs(text: str, start: int, end: int, registry: Registry) -> list[_Hit]:
    """Read a part of a line that is nothing but pairs of label and handle, with spaces alone between them."""
    hits: list[_Hit] = []
    while start < end:
        pair = _PAIR.match(text, start, end)
        platform = None if pair is None else registry.match_label(pair["label"], weak="@" in pair["mark"])
        if pair is None or platform is None or not _is_handle(pair["handle"]):
            return []
        first, last = pair.span("label")[0], pair.span("handle")[1]
        hits.append(_Hit("handle", "profile", platform, first, last, None, f"handle beside label {pair['label']}"))
        start = pair.end()
    return hits if len(hits) > 1 else []


def _read_segment(text: str, start: int, end: int, registry: Registry) -> list[_Hit]:
    """Read a part of a line that may be a label and a handle."""
    found = _LABELLED.match(text, start, end)
    if found is None:
        behind = _HANDLE_FIRST.match(text, start, end)
        platform = None if behind is None else registry.match_label(behind["label"], weak=behind["label"] != "x")
        if behind is None or platform is None:
            return []
        evidence = f"handle beside label {behind['label']}"
        return [_Hit("handle", "profile", platform, behind.start("handle"), behind.end(), None, evidence)]
    label, handle = found["label"], found["handle"].rstrip(_URL_TAIL)
    weak = handle.startswith(("@", "/")) or found["id"] is not None
    platforms = _labelled(label, registry, weak=weak) if _is_handle(handle) else ()
    first, last = found.start("label"), found.start("handle") + len(handle)
    return [_Hit("handle", "profile", one, first, last, None, f"handle beside label {label}") for one in platforms]


def _labelled(label: str, registry: Registry, *, weak: bool) -> tuple[str, ...]:
    """Return the platforms that a label names: one, or several as in "FB/IG: @acme"; none if a part is no name.

    Two letters, or a common word, are a label only in front of what is a handle and nothing else: `weak`.
    """
    whole = registry.match_label(label, weak=weak)
    if whole is not None:
        return (whole,)
    parts = _LABEL_JOINTS.split(label)
    found = [registry.match_label(part, weak=weak) for part in parts]
    return tuple(dict.fromkeys(one for one in found if one)) if len(parts) > 1 and all(found) else ()


class _Finder:
    """The mentions in the unlinked text of a document, and the pieces that they lie in, as they are found."""

    def __init__(self, document: Document, registry: Registry, links: dict[Piece, Mention]) -> None:
        self.document = document
        self.registry = registry
        self.links = links
        self.mentions: list[Mention] = []
        self.taken: set[Piece] = set()

    def read_text(self, line: Line) -> None:
        """Find bare URLs, and handles behind a label, in the unlinked text of a line."""
        pieces = line.pieces
        text = "".join([piece.text for piece in pieces if piece.link is None or not piece.link.closed])
        # A space in front of a dash can lie between the tags.
        if not _may_hold(text) and ("-" not in text or len(pieces) == 1):
            return
        owners = _LineText(self.document, line)
        text = owners.text
        if len(pieces) > 1 and not _may_hold(text):
            return
        read = _recall_text if len(text) <= _REMEMBERED_LENGTH else _read_text
        for hit in read(text, self.registry):
            span = self._span(owners, hit.start, hit.end)
            self.mentions.append(Mention(hit.kind, hit.role, hit.platform, span, hit.url, (hit.evidence,)))

    def _span(self, owners: _LineText, start: int, end: int) -> Span:
        """Turn a range of a line's text into one of the document; remember the pieces that it lies in."""
        first, last = owners.piece_at(start), owners.piece_at(end - 1)
        at = bisect_right(owners.starts, start) - 1
        while at < len(owners.starts) and owners.starts[at] < end:
            self.taken.add(owners.pieces[at])
            at += 1
        return Span(self._offset(*first), self._offset(last[0], last[1] + 1))

    def _offset(self, piece: Piece, at: int) -> int:
        if len(piece.text) == piece.end - piece.start:
            return piece.start + at
        return decode_text(self.document.text, piece.start, piece.end)[1][at]

    def read_icons(self, line: Line, following: Line | None) -> None:
        """Find a handle that stands beside an icon, on its line or alone in the next cell of the same row."""
        pieces = line.pieces
        for at, piece in enumerate(pieces[:-1]):
            if piece.kind == "image":
                self._read_beside(piece, pieces[at + 1], pieces[at + 2] if at + 2 < len(pieces) else None)
        if following is None or pieces[-1].kind != "image" or any(piece.kind != "image" for piece in pieces):
            return
        if shared_row(line, following) is not None:
            others = following.pieces
            self._read_beside(pieces[-1], others[0], others[1] if len(others) > 1 else None)

    def read_label_cell(self, line: Line, following: Line) -> None:
        """Find a handle alone in its cell, behind one that holds nothing but a platform's name; both of one piece."""
        label, head = line.pieces[0], following.pieces[0]
        if label.kind != "text" or head.kind != "text" or label.link is not None or head.link is not None:
            return
        if head in self.taken or shared_row(line, following) is None or not _is_handle(head.text.strip()):
            return
        platform = self.registry.match_label(label.text, weak=head.text.strip().startswith("@"))
        if platform is not None:
            self.taken.add(label)
            self._take(head, platform, f"handle beside label {label.text.strip()}")

    def _read_beside(self, image: Piece, head: Piece, behind: Piece | None) -> None:
        """Take the text behind an icon as a handle, if it is one and nothing else stands with it."""
        if head.kind != "text" or head.link is not None or head in self.taken:
            return
        if behind is not None and behind.kind == "text" and behind.link is None:
            return
        text = head.text.strip()
        if not _is_handle(text):
            return
        link = self.links.get(image)
        if link is not None:
            parts = _TARGET_PARTS.split((link.url or "").rstrip("/").casefold())
            if not text.startswith("@") and text.casefold() not in parts and len(parts) > 1 and parts[-1]:
                return
            if text.isalpha() and text[0].isupper() and text not in (link.url or ""):
                return  # a firm's name, which its handle is made of
            platform, evidence = link.platform, f"handle beside the link to {(link.url or '')[:60]}"
        else:
            icon = icon_of(image.element, self.registry) if image.link is None else None
            if icon is None or not icon.strong or (text.isalpha() and text == text.capitalize()):
                return
            platform, evidence = icon.platform, f"handle beside {icon.evidence}"
        self._take(head, platform, evidence)

    def _take(self, piece: Piece, platform: str, evidence: str) -> None:
        """Take all of a text but the white space around it for a handle."""
        text = piece.text
        span = Span(self._offset(piece, len(text) - len(text.lstrip())), self._offset(piece, len(text.rstrip())))
        self.taken.add(piece)
        self.mentions.append(Mention("handle", "profile", platform, span, None, (evidence,)))


class _LineText:
    """A line's unlinked text, with U+FFFC for all else, and where its characters come from."""

    __slots__ = ("pieces", "starts", "text")

    def __init__(self, document: Document, line: Line) -> None:
        self.starts: list[int] = []
        self.pieces: list[Piece] = []
        parts: list[str] = []
        at = 0
        end = line.pieces[0].start
        for piece in line.pieces:
            text = piece.text if _is_unlinked(piece) else _OBJECT
            gap = _gap(document.text, end, piece.start) if piece.start > end else ""
            text = gap + text
            self.starts.append(at + len(gap))
            self.pieces.append(piece)
            parts.append(text)
            at += len(text)
            end = piece.end
        self.text = "".join(parts)

    def piece_at(self, at: int) -> tuple[Piece, int]:
        """Return the piece that a character belongs to, and the character's offset in it."""
        index = bisect_right(self.starts, at) - 1
        return self.pieces[index], at - self.starts[index]


def _may_hold(text: str) -> bool:
    """Tell whether a line may hold an address, or a handle behind a label: a screen in front of reading it."""
    return (
        ":" in text
        or "@" in text
        or "/" in text
        or "=" in text
        or (not text.isascii() and _WIDE_MARK.search(text) is not None)
        or ("-" in text and _SPACED_DASH.search(text) is not None)
        or ("." in text and "www." in text.lower())
    )


def _is_unlinked(piece: Piece) -> bool:
    """Tell whether a piece is text outside of links; one that is left open was not meant to take all that follows."""
    return piece.kind == "text" and (piece.link is None or not piece.link.closed)


def _gap(text: str, start: int, end: int) -> str:
    """Return what stands for the tags between two pieces: U+FFFC if wide space lies between them, a space, nothing."""
    may_be_wide = text.find("&nbsp;", start, end) >= 0 or text.find("\u00a0", start, end) >= 0
    if may_be_wide and WIDE_GAP.search(text[start:end]):
        return _OBJECT
    return " " if _GAP.search(text[start:end]) else ""


def _is_handle(text: str) -> bool:
    """Tell whether a word can be a handle: no phone number, no e-mail address."""
    return _HANDLE.match(text) is not None and not is_blank(text) and not PHONE.match(text) and not _EMAIL.match(text)
