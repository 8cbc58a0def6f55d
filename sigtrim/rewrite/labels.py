"""Cut the labels and headers of what goes: "Facebook:", "tw", "Follow us on", on its line or on one beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigtrim.detect.credits import is_full_name
from sigtrim.detect.icons import icon_sides, title_of
from sigtrim.detect.phrases import follow_phrases, heads_links, is_header, is_word
from sigtrim.parse.flow import shared_row
from sigtrim.patterns import lazy
from sigtrim.rewrite.sentences import clause_start, name_end, place_start
from sigtrim.rewrite.view import GONE, view_of

if TYPE_CHECKING:
    from sigtrim.parse.flow import Line, Piece
    from sigtrim.rewrite.plan import Plan
    from sigtrim.rewrite.view import Item, View

__all__ = ["cut_headers", "cut_labels"]

_CODE = lazy(r"[{}]|<%|%%|&&")  # of a template, which must survive
_SYMBOLS = lazy(r"[^\w\x00\x01]+")
_TAIL = " \t\r\n\u00a0:：-–—=>►▶→➤👉"
_COLONS = frozenset(":：")
_LABEL_WORDS = 8
_ICON_SIDE = 32  # of an icon beside words, in CSS pixels
_DOT_SIDE = 2  # of what only parts or takes up room
_LETTER = lazy(r"\w")
_GLYPHS = 2  # letters of a label such as "F" or "IG"
_HEAD_WORDS = 4
_WEB_LETTERS = frozenset(["w", "web", "www"])
_NO_HEAD = lazy(r"\d|\u00a0{2}|\s[-–—/]\s")
_JOINTS = frozenset(["and", "gone", "loose", "mark", "sep"])
# `{link && (<a>)}` of JSX: what is left of it without the link is no longer code.
_GUARD = lazy(r"\{\s*!{0,2}[\w.?]+\s*&&\s*\(?\s*(?=\x00)[\x00\s]+\)?\s*\}")
# "📷 @acme": a picture sign says as much as an icon where icons stand beside.
_PICTOGRAM_ROW = lazy(r"[\u2600-\u27bf\u25b6\U0001f300-\U0001faff][\ufe0f\u200d\s\u00a0]*@[\w.]{2,30}\Z")
_HEADER_REACH = 3  # lines; a tagline can stand between a header and its icons
_PART_MARK = lazy(r"[-–—,.!?…。！？]")
_PART = lazy(r"[.!?…。！？](?=\s|\Z)|\s(?=[-–—]\s)")


def cut_labels(plan: Plan) -> None:
    """Cut labels that stand on the line of what goes: "Facebook:", "tw", "Follow us on", or a handle behind an icon."""
    for line in plan.lines_with_gone():
        if plan.is_line_gone(line):
            continue
        _cut_guards(plan, line)
        for _ in range(3):  # a label can stand before a label
            view = view_of(plan, line)
            items = [item for item in view.items() if item.kind != "space"]
            found = [_cut_label(plan, view, items, at) for at in range(len(items))]
            if not any(found):
                break
        _cut_head_icon(plan, line)


def _cut_guards(plan: Plan, line: Line) -> None:
    if not any("&&" in piece.text for piece in line.pieces):
        return
    view = view_of(plan, line)
    for match in _GUARD.finditer(view.text):
        for at in range(match.start(), match.end()):
            if view.text[at] != GONE:
                _drop(plan, view, at, at + 1, None)


def _cut_label(plan: Plan, view: View, items: list[Item], at: int) -> bool:
    item = items[at]
    if item.kind == "kept" and at + 1 < len(items) and items[at + 1].kind == "gone":
        return _cut_picture(plan, view, item)
    if item.kind != "word" or view.is_linked(item.start, item.end):
        return False
    text = view.text[item.start : item.end]
    after = _behind_label(view, items, at)
    before = items[at - 1] if at else None
    if after is not None and after.kind == "gone":
        heads_line = (at == 0 or items[at - 1].kind == "sep") and all(one.kind in _JOINTS for one in items[at + 1 :])
        joins = before is not None and before.kind in ("and", "gone") and is_word(text, "place")  # "on X and on Y"
        start = 0 if joins else _label_start(plan, text, heads_line=heads_line)
        if start is not None:
            label = text[start:].strip(_TAIL)
            _drop(plan, view, item.start + start, item.end, plan.registry.match_label(label, weak=True))
            return True
    if at == 0 and after is not None and after.kind == "sep" and text.strip(_TAIL + ".").casefold() in _WEB_LETTERS:
        rest = {one.kind for one in items[1:]}
        if "gone" in rest and rest <= _JOINTS:  # "w | linktr.ee/ada"
            _drop(plan, view, item.start, item.end, None)
            return True
    if before is not None and before.kind == "gone":
        platform = view.platforms.get(before.start)
        if _is_label_behind(plan, text, platform):
            _drop(plan, view, item.start, item.end, platform)
            return True
    return False


def _behind_label(view: View, items: list[Item], at: int) -> Item | None:
    """Return what follows a label: past a comma, and past an "and" that elsewhere leads to a place, "Síguenos en"."""
    behind = items[at + 1 : at + 3]
    if len(behind) > 1 and (behind[0].kind == "loose" or is_word(view.text[behind[0].start : behind[0].end], "place")):
        return behind[1]
    return behind[0] if behind else None


def _cut_picture(plan: Plan, view: View, item: Item) -> bool:
    """Cut a picture that says "Follow us" in front of what goes."""
    piece = view.piece_at(item.start)
    if piece is None or piece.kind != "image" or piece.link is not None:
        return False
    name = piece.element.get("src").rsplit("/", 1)[-1].rsplit(".", 1)[0].replace("-", " ").replace("_", " ")
    if not (heads_links(piece.element.get("alt")) or heads_links(name)):
        return False
    plan.drop(piece, None)
    plan.cut("list-label", None, [piece.span], (f"picture {piece.element.get('alt') or name}"[:80],))
    return True


def _label_start(plan: Plan, text: str, *, heads_line: bool) -> int | None:
    """Return where in a run of text the label of what follows begins; None if it has none.

    `heads_line` tells that all that follows on the line goes.
    """
    if _CODE.search(text):
        return None
    trimmed = text.rstrip(_TAIL)
    if not trimmed or _SYMBOLS.fullmatch(trimmed) or (heads_line and trimmed.rstrip(".").casefold() in _WEB_LETTERS):
        return 0
    if named := name_end(trimmed, plan.registry):
        return named
    joint, _, rest = trimmed.partition(" ")
    if plan.registry.match_label(trimmed, weak=True) or heads_links(rest if is_word(joint, "joint") else trimmed):
        return 0
    start = _part_start(trimmed)
    last = trimmed[start:]
    if len(last.split()) <= _LABEL_WORDS and (
        heads_links(last) or (follow_phrases(last) and plan.registry.match_words(last))
    ):
        return start
    if heads_line and is_header(trimmed):
        return 0
    if (clause := clause_start(trimmed)) is not None:
        return clause
    has_colon = not _COLONS.isdisjoint(text[len(trimmed) :])
    place = place_start(trimmed, plan.registry) if has_colon else None
    if place is not None:
        return _clause_start(trimmed, start, place)
    return _name_start(plan, trimmed, has_colon=has_colon, heads_line=heads_line)


def _clause_start(text: str, start: int, place: int) -> int | None:
    """Return from where a clause goes that ends at `place` with "on YouTube:": whole, or without the name before."""
    if is_full_name(text[start:place]):
        return place
    is_short = len(text[start:].split()) <= _LABEL_WORDS and not _NO_HEAD.search(text, start)
    return start if is_short else None


def _name_start(plan: Plan, text: str, *, has_colon: bool, heads_line: bool) -> int | None:
    """Return where the name of a platform begins that ends a run of text, or 0 for a short header."""
    *before, name = text.split()
    if before and is_word(before[-1], "employer"):
        return None
    if has_colon and plan.registry.match_label(name, weak=True):
        return len(text) - len(name)
    hits = plan.registry.labels_in(text)
    if hits and hits[-1].end == len(text) and (has_colon or not text[: hits[-1].start].strip()):
        return hits[-1].start
    is_head = has_colon and heads_line and len(text.split()) <= _HEAD_WORDS
    return 0 if is_head and not _NO_HEAD.search(text) else None


def _part_start(text: str) -> int:
    """Return where the last sentence of a text begins, or what stands behind a dash, with the dash."""
    parts = [match.start() if match[0].isspace() else match.end() for match in _PART.finditer(text[:-1])]
    return parts[-1] if parts else 0


def _is_label_behind(plan: Plan, text: str, platform: str | None) -> bool:
    """Tell whether a run of text names the platform of the icon or link before it."""
    trimmed = text.strip(_TAIL)
    named = plan.registry.match_label(trimmed)
    return (named is not None and (platform is None or named == platform)) or heads_links(trimmed)


def _drop(plan: Plan, view: View, start: int, end: int, platform: str | None) -> None:
    plan.cut("list-label", platform, view.take(view.ranges(start, end)), (view.text[start:end].strip()[:80],))


def cut_headers(plan: Plan) -> None:
    """Cut headers and labels that have a line of their own before or behind what goes: "Follow us", "Facebook"."""
    lines = plan.shown_lines()
    with_gone = [plan.has_gone(line) for line in lines]
    if True not in with_gone:
        return
    _cut_rows(plan, lines, with_gone)
    last = len(lines) - 1 - with_gone[::-1].index(True)
    for at in range(max(1, with_gone.index(True)), last + 1):
        if with_gone[at] and not with_gone[at - 1]:
            with_gone[at - 1] = _cut_label_cell(plan, lines[at - 1], lines[at])
    for at in range(max(0, with_gone.index(True) - _HEADER_REACH), len(lines)):
        if at > last + 1:
            break
        above = at > 0 and with_gone[at - 1]
        if with_gone[at] or not (above or True in with_gone[at + 1 : at + 1 + _HEADER_REACH]):
            continue
        below = at + 1 < len(lines) and with_gone[at + 1]
        beside = lines[at + 1] if below else lines[at - 1] if above else None
        if _cut_header(plan, lines[at], beside, below=below):
            with_gone[at] = True
            last = max(last, at)


def _cut_rows(plan: Plan, lines: list[Line], with_gone: list[bool]) -> None:
    """Cut unlinked rows beside the list: "LinkedIn: Ada Byrne", "📷 @acme"; note them in `with_gone`."""
    listed = {at for at, gone in enumerate(with_gone) if gone and _is_list(plan, lines[at])}
    for order in (range(len(lines) - 1, -1, -1), range(len(lines))) if listed else ():
        for at in order:
            if with_gone[at] or not (at + 1 in listed or at - 1 in listed):
                continue
            pieces = lines[at].pieces
            text = "".join([piece.text for piece in pieces]).strip(" \t\r\n\u00a0")
            if any(piece.kind != "text" or piece.link is not None for piece in pieces) or not _is_row(plan, text):
                continue
            for piece in pieces:
                plan.drop(piece, None)
            plan.cut("list-label", None, [piece.span for piece in pieces], (text[:80],))
            with_gone[at] = True
            listed.add(at)


def _is_list(plan: Plan, line: Line) -> bool:
    """Tell whether a line lost links of the list, and has no word or picture left."""
    if not any(plan.gone.get(piece) for piece in line.pieces):
        return False
    return all(
        plan.is_gone(piece) or (piece.kind == "text" and not _LETTER.search(plan.text_left(piece)))
        for piece in line.pieces
    )


def _is_row(plan: Plan, text: str) -> bool:
    """Tell whether a text is a platform and the name that one finds there, or a handle behind a picture sign."""
    if _PICTOGRAM_ROW.match(text):
        return True
    label, _, name = text.replace("：", ":").partition(":")
    words = name.split()
    if not 1 < len(words) <= _HEAD_WORDS or any(not word[0].isupper() for word in words):
        return False
    return plan.registry.match_label(label.strip()) is not None and not _NO_HEAD.search(name)


def _cut_header(plan: Plan, line: Line, beside: Line | None, *, below: bool) -> bool:
    """Cut a line that is a header, or the end of one that is; say if the whole line went."""
    is_parted = below and any(piece.link is None and _PART_MARK.search(piece.text) for piece in line.pieces)
    view = view_of(plan, line) if is_parted else None
    if view is not None and _cut_end(plan, view, name_end(view.text.rstrip(), plan.registry)):
        return False
    if _is_header(plan, line, beside, below=below):
        for piece in line.pieces:
            plan.drop(piece, None)
        text = " ".join(piece.text for piece in line.pieces).strip()
        plan.cut("list-label", None, [piece.span for piece in line.pieces], (text[:80],))
        return True
    if view is not None:
        _cut_end(plan, view, _part_start(view.text.rstrip()))
    return False


def _cut_end(plan: Plan, view: View, start: int) -> bool:
    """Cut the end of a line above what goes, "Acme Ltd. Follow us on", if it is a label; say if it is one."""
    end = len(view.text.rstrip())
    label = view.text[start:end]
    if not start or not heads_links(label) or view.is_linked(start, end) or GONE in label:
        return False
    _drop(plan, view, start, end, None)
    return True


def _cut_label_cell(plan: Plan, line: Line, behind: Line) -> bool:
    """Cut a label or icon that is all there is in its cell, where the cells behind it in the row went; say if so."""
    head = line.pieces[0]
    if len(line.pieces) > 1 or head.link is not None:
        return False
    text = head.text.strip()
    is_glyph = len(text) <= _GLYPHS and not text.isdigit()
    is_label = head.kind == "text" and (is_glyph or text.endswith((":", "：")))
    is_icon = _is_plain_icon(head) and all(piece.kind == "text" for piece in behind.pieces)
    if not (is_label or is_icon) or not _is_rest_of_row_gone(plan, line, behind):
        return False
    if is_label:
        plan.drop(head, None)
        plan.cut("list-label", None, [head.span], (text[:80],))
    else:
        _cut_icon(plan, head, behind)
    return True


def _is_rest_of_row_gone(plan: Plan, line: Line, behind: Line) -> bool:
    """Tell whether a line of one piece stands in a cell alone, and all else in the cells of its table row went."""
    row = shared_row(line, behind)
    if row is None or row.name != "tr":
        return False
    head = line.pieces[0]
    if not plan.is_line_gone(behind) or plan.has_survivor(head.end, row.end):
        return False
    return not plan.has_survivor(row.start, head.start)


def _cut_head_icon(plan: Plan, line: Line) -> None:
    """Cut an icon without a name that heads a line, where nothing but linked words stood behind it, and they went."""
    head, *others = line.pieces
    if others and _is_plain_icon(head) and all(piece.kind == "text" and plan.is_gone(piece) for piece in others):
        _cut_icon(plan, head, line)


def _cut_icon(plan: Plan, icon: Piece, line: Line) -> None:
    platform = next((plan.gone[piece] for piece in line.pieces if plan.gone.get(piece)), None)
    plan.drop(icon, platform)
    plan.cut("platform-icon", platform, [icon.span], ("icon of the words that went",))


def _is_plain_icon(piece: Piece) -> bool:
    """Tell whether a picture says that it is as small as an icon of a row, and says nothing else."""
    if piece.kind != "image" or piece.link is not None or piece.element.name not in ("img", "svg"):
        return False
    sides = icon_sides(piece.element)
    is_icon = bool(sides) and _DOT_SIDE < max(sides) <= _ICON_SIDE and "usemap" not in piece.element.attributes
    return is_icon and title_of(piece.element).strip().lower() in ("", "icon")


def _is_header(plan: Plan, line: Line, neighbour: Line | None, *, below: bool) -> bool:
    if any(piece.kind != "text" or piece.link is not None for piece in line.pieces):
        return False
    text = "".join(piece.text for piece in line.pieces).strip(" \t\r\n\u00a0|•·")
    if heads_links(text):
        return True
    if neighbour is None:
        return False
    is_alone = plan.is_line_gone(neighbour) or _is_list(plan, neighbour)
    if is_alone and is_header(text):
        return True
    platforms = {plan.gone[piece] for piece in neighbour.pieces if piece in plan.gone}
    if not (below or is_alone) or platforms <= {None}:
        return False
    if text.startswith("@") and any(_ends_in(piece, text[1:]) for piece in neighbour.pieces if piece in plan.gone):
        return True
    named = plan.registry.match_label(text.strip(_TAIL))
    if named is None and len(text.split()) <= _LABEL_WORDS and follow_phrases(text):
        named = plan.registry.match_words(text)
    is_beside = shared_row(line, neighbour) is not None or line.block.name == "dt"
    if named is None and below and is_beside:
        weak = plan.registry.match_label(text.strip(_TAIL), weak=True)  # a common word but beside its own platform
        named = weak if weak in platforms else None
    return named is not None and named in platforms


def _ends_in(piece: Piece, handle: str) -> bool:
    """Tell whether the link that a piece lies in leads to a handle: "@acme" below an icon of `x.com/acme`."""
    path = piece.link.get("href").partition("?")[0].rstrip("/") if piece.link is not None else ""
    return path.rpartition("/")[2].removeprefix("@").casefold() == handle.casefold()
