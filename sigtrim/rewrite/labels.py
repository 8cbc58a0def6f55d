"""Cut the labels and separators that belonged to what goes, and keep those of what stays.

Both are joint decisions: a separator between a removed and a kept link stays only if something kept stands on
both its sides once all removals are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from sigtrim.detect.phrases import follow_phrases, is_list_label
from sigtrim.parse.flow import decode_text
from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from sigtrim.parse.flow import Line, Piece
    from sigtrim.rewrite.plan import Plan

__all__ = ["CONJUNCTIONS", "cut_headers", "cut_labels", "cut_separators"]

_GONE = "\x00"
_KEPT = "\x01"
_HARD = r"[|¦•·∙●‣▪■◆♦»›❘｜∣・]"
_LOOSE = r"[-–—/~\\,;.&+]+"
_ITEMS = re.compile(
    rf"(?P<gone>\x00)|(?P<kept>\x01)|(?P<sep>{_HARD}+)|(?P<space>[\s\u00a0\u2000-\u200f\u2060\ufeff]+)"
    rf"|(?P<loose>{_LOOSE}(?=[\s\u00a0\x00\x01]|\Z))|(?P<bracket>[()\[\]{{}}（）【】])|(?P<word>(?:(?!{_HARD})[^\s\u00a0\u2000-\u200f\u2060\ufeff\x00\x01])+)"
)
CONJUNCTIONS = frozenset(
    "& + a albo ali and and/or both com como con da dan e ed eller en et i ir ja jeg lub nebo o och og oder of or oraz ou "
    "sau sowie si și u und ve veya və y ya και ή и или й і та або 和 与 與 と や および 및 và".split()
)
_CODE = re.compile(r"[{}]|<%|%%|&&")  # of a template, which must survive
_CLOSING = ")]}）】"
_PUNCTUATION = re.compile(r"[!?.,;:…。！？]+")
_SYMBOLS = re.compile(r"[^\w\x00\x01]+")
_TAIL = " \t\r\n\u00a0:：-–—=>►▶→➤👉"
_LABEL_WORDS = 8
_HEAD_WORDS = 4
_JOINTS = frozenset(["and", "gone", "loose", "mark", "sep"])
# `{link && (<a>)}` of JSX: what is left of it without the link is no longer code.
_GUARD = re.compile(r"\{\s*!{0,2}[\w.?]+\s*&&\s*\(?\s*(?=\x00)[\x00\s]+\)?\s*\}")
_HEADER_REACH = 3  # lines; a tagline can stand between a header and its icons
_SENTENCE = re.compile(r"[.!?…。！？](?=\s|\Z)")


@dataclass(slots=True)
class _Item:
    """A part of a line: what went, what stays, words, a separator, white space; offsets are those of the view."""

    kind: str
    start: int
    end: int


class _View:
    """A line as one string, with what goes and what stays as single characters, and where each one comes from."""

    __slots__ = ("line", "owners", "platforms", "spans", "text")

    def __init__(self, plan: Plan, line: Line) -> None:
        self.line = line
        self.spans: list[Span] = []
        self.owners: list[Piece | None] = []
        self.platforms: dict[int, str | None] = {}
        characters: list[str] = []
        document = plan.document
        pieces = {piece.start: piece for piece in line.pieces}
        skip_to = 0
        hidden = 0
        for index in range(line.first, line.last):
            kind, start, end, name = document.tokens[index]
            if kind == "if" and name == "hidden":
                hidden += 1
            elif kind == "endif" and name == "hidden":
                hidden -= 1
            if hidden > 0 or start < skip_to:
                continue
            piece = pieces.get(start)
            if piece is not None and piece.kind != "text":
                gone = plan.is_gone(piece)
                self._add(characters, _GONE if gone else _KEPT, Span(piece.start, piece.end), piece)
                if gone:
                    self.platforms[len(characters) - 1] = plan.gone[id(piece)]
                skip_to = piece.end
            elif kind == "text" and not name:
                self._add_text(characters, plan, piece, start, end)
        self.text = "".join(characters)

    def _add(self, characters: list[str], character: str, span: Span, piece: Piece | None) -> None:
        characters.append(character)
        self.spans.append(span)
        self.owners.append(piece)

    def _add_text(self, characters: list[str], plan: Plan, piece: Piece | None, start: int, end: int) -> None:
        decoded, offsets = decode_text(plan.document.text, start, end)
        holes = plan.holes.get(id(piece), []) if piece is not None else []
        whole = piece is not None and plan.is_gone(piece)
        if piece is None and all(character in " \t\r\n\f" for character in decoded):
            self._add(characters, " ", Span(start, end), None)
            return
        for at, character in enumerate(decoded):
            span = Span(offsets[at], max(offsets[at + 1], offsets[at]))
            if (whole and not character.isspace()) or any(hole.start <= span.start < hole.end for hole in holes):
                if not (characters and characters[-1] == _GONE and self.owners[-1] is piece):
                    self._add(characters, _GONE, span, piece)
                    self.platforms[len(characters) - 1] = plan.gone.get(id(piece)) if piece is not None else None
            else:
                self._add(characters, character if character not in "\x00\x01" else " ", span, piece)

    def items(self) -> list[_Item]:
        """Cut the view into items; neighbouring words and the spaces between them are one run of text."""
        found: list[_Item] = []
        for match in _ITEMS.finditer(self.text):
            kind = match.lastgroup or "word"
            if kind == "loose" and match.start() > 0 and self.text[match.start() - 1] not in " \t\r\n\u00a0\x00\x01":
                kind = "word"
            if kind == "word" and match[0].casefold() in CONJUNCTIONS:
                kind = "and"
            if kind == "word" and found and found[-1].kind == "gone" and _PUNCTUATION.fullmatch(match[0]):
                kind = "mark"
            found.append(_Item(kind, match.start(), match.end()))
        _pair_brackets(found, self.text)
        return _merge_words(found)

    def holds_line_end(self, plan: Plan, item: _Item) -> bool:
        """Tell whether white space is, at least in part, the layout of the source."""
        text = plan.document.text
        return any(
            "\n" in text[one.start : one.end] or "\r" in text[one.start : one.end]
            for one in self.spans[item.start : item.end]
        )

    def span(self, start: int, end: int) -> list[Span]:
        """Return where characters of the view stand in the text, apart where tags lie between them."""
        spans: list[Span] = []
        for at in range(start, end):
            span = self.spans[at]
            if span.start == span.end:
                continue
            if spans and spans[-1].end == span.start:
                spans[-1] = Span(spans[-1].start, span.end)
            else:
                spans.append(span)
        return spans


def _pair_brackets(items: list[_Item], text: str) -> None:
    """Make a pair of brackets around nothing but what goes a separator, and every other bracket part of a word."""
    opened: list[int] = []
    for at, item in enumerate(items):
        if item.kind != "bracket":
            continue
        item.kind = "word"
        if text[item.start] in _CLOSING:
            start = opened.pop() if opened else None
            inside = {one.kind for one in items[start + 1 : at]} if start is not None else set()
            if start is not None and "gone" in inside and not inside.intersection(("kept", "word")):
                items[start].kind = item.kind = "mark"
        else:
            opened.append(at)


def _merge_words(items: list[_Item]) -> list[_Item]:
    merged: list[_Item] = []
    for index, item in enumerate(items):
        joins = item.kind in ("word", "loose", "and")
        if joins and merged and merged[-1].kind == "word":
            merged[-1].end = item.end
        elif (
            joins
            and len(merged) > 1
            and merged[-1].kind == "space"
            and merged[-2].kind == "word"
            and (item.kind == "word" or _goes_on(items, index))
        ):
            merged.pop()
            merged[-1].end = item.end
        else:
            merged.append(_Item(item.kind, item.start, item.end))
    return merged


def _goes_on(items: list[_Item], index: int) -> bool:
    """Tell whether a dash or an "and" stands between two words, so that it is part of a sentence."""
    following = [item.kind for item in items[index + 1 : index + 3] if item.kind != "space"]
    return bool(following) and following[0] == "word"


def _has_gone(plan: Plan, line: Line) -> bool:
    return any(id(piece) in plan.gone or id(piece) in plan.holes for piece in line.pieces)


def cut_labels(plan: Plan) -> None:
    """Cut labels that stand on the line of what goes: "Facebook:", "tw", "Follow us on", or a handle behind an icon."""
    for line in plan.flow.lines:
        if not _has_gone(plan, line) or plan.is_line_gone(line):
            continue
        _cut_guards(plan, line)
        for _ in range(3):  # a label can stand before a label
            view = _View(plan, line)
            items = [item for item in view.items() if item.kind != "space"]
            found = [_cut_label(plan, view, items, at) for at in range(len(items))]
            if not any(found):
                break


def _cut_guards(plan: Plan, line: Line) -> None:
    if not any("&&" in piece.text for piece in line.pieces):
        return
    view = _View(plan, line)
    for match in _GUARD.finditer(view.text):
        for at in range(match.start(), match.end()):
            if view.text[at] != _GONE:
                _drop(plan, view, at, at + 1, None)


def _cut_label(plan: Plan, view: _View, items: list[_Item], at: int) -> bool:
    item = items[at]
    if item.kind != "word" or any(
        owner is not None and owner.link is not None for owner in view.owners[item.start : item.end]
    ):
        return False
    text = view.text[item.start : item.end]
    after = items[at + 1] if at + 1 < len(items) else None
    if after is not None and after.kind == "loose" and at + 2 < len(items):
        after = items[at + 2]
    before = items[at - 1] if at else None
    if after is not None and after.kind == "gone":
        heads_line = all(one.kind in _JOINTS for one in items[at + 1 :])
        start = _label_start(plan, text, heads_line=heads_line)
        if start is not None:
            label = text[start:].strip(_TAIL)
            _drop(plan, view, item.start + start, item.end, plan.registry.match_label(label, weak=True))
            return True
    if before is not None and before.kind == "gone":
        platform = view.platforms.get(before.start)
        if _is_label_behind(plan, text, platform):
            _drop(plan, view, item.start, item.end, platform)
            return True
    return False


def _label_start(plan: Plan, text: str, *, heads_line: bool) -> int | None:
    """Return where in a run of text the label of what follows begins; None if it has none.

    `heads_line` tells that all that follows on the line goes.
    """
    if _CODE.search(text):
        return None
    trimmed = text.rstrip(_TAIL)
    if not trimmed or _SYMBOLS.fullmatch(trimmed):
        return 0
    if plan.registry.match_label(trimmed, weak=True) or is_list_label(trimmed):
        return 0
    if heads_line and text.rstrip().endswith((":", "：")) and len(trimmed.split()) <= _HEAD_WORDS:
        return 0
    sentences = [match.end() for match in _SENTENCE.finditer(trimmed[:-1])]
    start = sentences[-1] if sentences else 0
    last = trimmed[start:]
    if len(last.split()) <= _LABEL_WORDS and (
        is_list_label(last) or (follow_phrases(last) and plan.registry.match_words(last))
    ):
        return start
    hits = plan.registry.labels_in(trimmed)
    if hits and hits[-1].end == len(trimmed):
        lead = trimmed[: hits[-1].start].rstrip()
        if not lead or (len(text) > len(trimmed.rstrip()) and text[len(trimmed) :].strip()[:1] in (":", "：")):
            return hits[-1].start
    return None


def _is_label_behind(plan: Plan, text: str, platform: str | None) -> bool:
    """Tell whether a run of text names the platform of the icon or link before it."""
    trimmed = text.strip(_TAIL)
    named = plan.registry.match_label(trimmed)
    return (named is not None and (platform is None or named == platform)) or is_list_label(trimmed)


def _drop(plan: Plan, view: _View, start: int, end: int, platform: str | None) -> None:
    _punch(plan, view, start, end)
    plan.cut("list-label", platform, view.span(start, end), (view.text[start:end].strip()[:80],))


def _punch(plan: Plan, view: _View, start: int, end: int) -> None:
    """Note that a range of a view's text goes."""
    by_piece: dict[int, tuple[Piece, list[Span]]] = {}
    for at in range(start, end):
        owner = view.owners[at]
        if owner is not None and owner.kind == "text" and view.spans[at].start < view.spans[at].end:
            by_piece.setdefault(id(owner), (owner, []))[1].append(view.spans[at])
    for owner, spans in by_piece.values():
        for span in spans[:-1]:
            plan.holes.setdefault(id(owner), []).append(span)
        plan.drop_text(owner, spans[-1])


def cut_headers(plan: Plan) -> None:
    """Cut headers and labels that have a line of their own before or behind what goes: "Follow us", "Facebook"."""
    lines = [line for line in plan.flow.lines if not line.pieces[0].hidden]
    with_gone = [_has_gone(plan, line) for line in lines]
    for at in range(len(lines)):
        if with_gone[at]:
            continue
        below = at + 1 < len(lines) and with_gone[at + 1]
        above = at > 0 and with_gone[at - 1]
        near = any(with_gone[at + 1 : at + 1 + _HEADER_REACH])
        beside = lines[at + 1] if below else lines[at - 1] if above else None
        if (near or above) and _is_header(plan, lines[at], beside, below=below):
            for piece in lines[at].pieces:
                plan.drop(piece, None)
            spans = [piece.span for piece in lines[at].pieces]
            plan.cut("list-label", None, spans, (" ".join(piece.text for piece in lines[at].pieces).strip()[:80],))
            with_gone[at] = True


def _is_header(plan: Plan, line: Line, neighbour: Line | None, *, below: bool) -> bool:
    if any(piece.kind != "text" or piece.link is not None for piece in line.pieces):
        return False
    text = "".join(piece.text for piece in line.pieces).strip(" \t\r\n\u00a0|•·")
    if is_list_label(text):
        return True
    if neighbour is None:
        return False
    platforms = {plan.gone[id(piece)] for piece in neighbour.pieces if id(piece) in plan.gone}
    named = plan.registry.match_label(text.strip(_TAIL))
    if named is None and len(text.split()) <= _LABEL_WORDS and follow_phrases(text):
        named = plan.registry.match_words(text)
    return named is not None and named in platforms and (below or plan.is_line_gone(neighbour))


def cut_separators(plan: Plan, insertion: int | None) -> None:
    """Cut the separators that would be doubled, or dangle at an end, in and between lines.

    `insertion` is where the call to action goes; its line counts as one that stays.
    """
    for line in plan.flow.lines:
        if _has_gone(plan, line):
            _cut_in_line(plan, line)
    _cut_separator_lines(plan, _line_at(plan, insertion))


def _line_at(plan: Plan, offset: int | None) -> Line | None:
    tokens = plan.document.tokens
    for line in plan.flow.lines if offset is not None else ():
        if tokens[line.first].start <= offset <= tokens[min(line.last, len(tokens) - 1)].start:
            return line
    return None


def _cut_in_line(plan: Plan, line: Line) -> None:
    """Leave one separator between two neighbours that stay, and none at an end that lost what stood beyond it."""
    view = _View(plan, line)
    items = view.items()
    stays = [at for at, item in enumerate(items) if item.kind in ("kept", "word")]
    bounds = [-1, *stays, len(items)]
    spans: list[Span] = []
    for left, right in pairwise(bounds):
        gap = items[left + 1 : right]
        if any(item.kind == "gone" for item in gap):
            kept = _kept_in_gap(gap) if left >= 0 and right < len(items) else ()
            for item in gap:
                cuts = item.kind in ("sep", "loose", "and", "mark") or (
                    item.kind == "space" and not view.holds_line_end(plan, item)
                )
                if cuts and not any(item is one for one in kept):
                    spans += view.span(item.start, item.end)
                    _punch(plan, view, item.start, item.end)
    if not stays:
        for piece in line.pieces:
            if piece.kind == "text" and not plan.is_gone(piece):
                plan.drop(piece, None)
    plan.cut("list-separator", None, spans, ("stood between removed links",))


def _kept_in_gap(gap: list[_Item]) -> tuple[_Item, ...]:
    """Return what stays between two neighbours that stay: the first separator with the space on its sides."""
    separators = [item for item in gap if item.kind == "sep"] or [item for item in gap if item.kind == "loose"]
    spaces = [item for item in gap if item.kind == "space"]
    if not separators:
        return tuple(spaces[:1])
    before = [item for item in spaces if item.start < separators[0].start]
    behind = [item for item in spaces if item.start > separators[0].start]
    return (separators[0], *before[:1], *behind[:1])


_RULER = re.compile(r"[\s\u00a0|¦•·∙●‣▪■◆♦»›❘｜∣・\-–—_=~*.\u2500-\u257f]+\Z")


def _is_separator_line(plan: Plan, line: Line) -> bool:
    if plan.is_line_gone(line):
        return False
    return all(
        (piece.kind == "text" and piece.link is None and _RULER.match(plan.text_left(piece) or " ") is not None)
        or (piece.kind == "box" and piece.element.name == "hr")
        for piece in line.pieces
        if not plan.is_gone(piece)
    )


def _cut_separator_lines(plan: Plan, hosts_cta: Line | None) -> None:
    """Among lines of marks and rulers, leave one between two neighbours that stay, none behind the last."""
    lines = [line for line in plan.flow.lines if not line.pieces[0].hidden]
    at = 0
    while at < len(lines):
        if not plan.is_line_gone(lines[at]) or lines[at] is hosts_cta:
            at += 1
            continue
        first = at
        while first > 0 and _is_separator_line(plan, lines[first - 1]):
            first -= 1
        last = at
        while last + 1 < len(lines) and (
            _is_separator_line(plan, lines[last + 1])
            or (plan.is_line_gone(lines[last + 1]) and lines[last + 1] is not hosts_cta)
        ):
            last += 1
        block = lines[first : last + 1]
        marks = [line for line in block if _is_separator_line(plan, line)]
        inner = first > 0 and last + 1 < len(lines)
        for line in marks[1:] if inner else marks:
            spans = [piece.span for piece in line.pieces if not plan.is_gone(piece)]
            for piece in line.pieces:
                plan.drop(piece, None)
            plan.cut("list-separator", None, spans, ("a ruler beside removed lines",))
        at = last + 1
