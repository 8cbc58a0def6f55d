"""Take the labels and headers of a caption's link list: rows that only say what stands below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigtrim.detect.caption_findings import LIST_ROWS, LONG_ROW, WHOLE_ROW
from sigtrim.detect.caption_handles import HANDLE, take_named_handles
from sigtrim.detect.caption_rows import dangles, shown_handle
from sigtrim.detect.linklist import Mention
from sigtrim.detect.phrases import is_header, is_list_label
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from sigtrim.detect.caption_findings import Findings
    from sigtrim.detect.caption_rows import Row

__all__ = ["heads_content", "take_headers", "take_label"]

_LABEL_WORDS = 9
_FIRST_WORDS = 3
_LAST_WORDS = 3
_NAME_WORDS = 6
_NAMED_WORDS = 5
_HEADING = 2
_MARKED = 40
_QUOTES = frozenset("\"'“”„‘’«»「『([{#@")
_HEADER_REACH = 6  # how many rows above an item its header may stand

_TAGGED = lazy(r"[^\w#]*\w+[^\S\n]+#\w+[^\w#]*")
_NUMBER = lazy(r"\d(?:[ ().-]{0,2}\d){6}")  # of a phone
_VALUE = lazy(r"[:：]\s*\w")
_SENTENCE_MARK = lazy(r"[.!?…。！？](?:\s|\Z)")


def take_label(found: Findings, row: Row) -> None:
    """Take a row that is the label of the row below: "TWITTER:", "Please subscribe:", "Vlog channel ~"."""
    if len(row.text) > LONG_ROW:
        return
    below = found.below(row)
    if below is None:
        return
    dangling = dangles(row.text)
    if found.state[below.index] != "item" and (below.links or found.state[below.index] is not None):
        return
    if len(row.words) > 2 * _LABEL_WORDS:
        return
    if found.state[below.index] == "item":
        if (dangling and _announces(row, below)) or _is_label_of(row, below, dangling=dangling):
            found.add_label(row, "label above a link")
        return
    if take_named_handles(found, row, below):
        return
    shown = shown_handle(below.text)
    bare = shown or below.text.strip()
    if not HANDLE.fullmatch(bare) or not row.labels or row.has("credit", "thanks"):
        return
    if dangling or ((shown or bare.startswith("@")) and row.labels[-1].end >= row.line.end - 3):
        start = below.line.start + below.text.index(bare)
        span = Span(start, start + len(bare))
        mention = Mention("handle", "profile", row.labels[-1].platform, span, None, ("label above", "handle"))
        found.add_label(row, "label above a handle")
        found.add_item(below, "platform-handle", (mention,))


def _is_label_of(row: Row, below: Row, *, dangling: bool) -> bool:
    """Tell whether a row says what the item below is and nothing else."""
    if below.words and not (dangling and len(row.words) <= 4):
        return False
    telling = bool(row.labels) or row.has("subscribe", "channel", "follow", "network", "page")
    if telling and not row.has("credit", "content", "own"):
        return True
    if dangling and not below.words and _calls_first(row) and not row.has("credit", "own"):
        return True
    return dangling and (telling or not below.words) and len(row.words) <= _LABEL_WORDS and not row.has("credit")


def _is_marked_alike(found: Findings, row: Row, below: Row) -> bool:
    """Tell whether a row begins with the mark that the label of another bare link has: "◆Acme Blog"."""
    mark = row.text.lstrip()[:1]
    is_label = found.state[below.index] == "label"
    if mark.isalnum() or mark in _QUOTES or below.index != row.index + 1 or row.has("credit", "own"):
        return False
    if len(row.words) > _NAME_WORDS or len(row.text) > _MARKED or (below.words and not is_label):
        return False
    above = found.rows[max(row.index - LIST_ROWS, 0) : row.index]
    alike = any(found.state[one.index] == "label" and one.text.lstrip().startswith(mark) for one in above)
    after = found.rows[below.index + 1 : below.index + 2]
    return alike and (is_label or all(one.blank for one in after))


def _heads_nothing_else(found: Findings, row: Row, below: Row) -> bool:
    """Tell whether a row heads a list, as the one below that holds nothing else: "On se suit ?", "Reach us on"."""
    return is_header(row.text) and _items_below(found, found.rows[below.index - 1]) >= (1, True)


def _calls_first(row: Row) -> bool:
    """Tell whether a row begins with a call, whatever it promises: "Become a member to watch all videos:"."""
    first = row.words[: _FIRST_WORDS + 1]
    return bool(first) and row.has("follow", "subscribe", end=first[-1][1])


def _announces(row: Row, below: Row) -> bool:
    """Tell whether a row names the platform of the bare link below: "... consider helping via Patreon:"."""
    names = {label.platform for label in row.labels}
    going = {link.platform for link in below.links if link.goes}
    if not going or not going <= names or below.words or row.has("own", "thanks"):
        return False
    return not row.has("credit", end=row.words[min(len(row.words), _FIRST_WORDS) - 1][1])


def take_headers(found: Findings) -> None:
    """Look for headers from the bottom up, so that a header may stand above another one."""
    nearest = len(found.rows) + _HEADER_REACH + 1
    for row in reversed(found.rows) if found.passages else ():
        index = row.index
        if found.state[index] is None and (
            nearest - index <= _HEADER_REACH or (index and found.state[index - 1] == "item")
        ):
            _take_header(found, row)
        if found.state[index] is not None:
            nearest = index


def _take_header(found: Findings, row: Row) -> None:
    """Take the header of a list: a social header, or a name with nothing but items of the list below it."""
    if row.links or len(row.text) > WHOLE_ROW or row.blank:
        return
    if row.line.start in found.ignored:
        return
    below = found.below(row)
    if below is not None and (heads_content(found, below) or _labels_kept(found, row, below)):
        return
    near = below is not None and found.state[below.index] in ("item", "label", "header")
    start = row.index + 1 if below is None else below.index
    close = near or any(state in ("item", "label") for state in found.state[start : start + 4])
    close = close or (row.index > 0 and found.state[row.index - 1] == "item")
    if not close or row.ruler:
        return
    if _is_social_header(found, row):
        found.add_label(row, "header of a list", "header")
    elif near and below is not None and _is_name_above(found, row, below):
        found.add_label(row, "name above a list", "header")
    elif near and below is not None and (_is_marked_alike(found, row, below) or _heads_nothing_else(found, row, below)):
        found.add_label(row, "label above a link")


def heads_content(found: Findings, below: Row) -> bool:
    """Tell whether single posts or videos stand below a header, and nothing that goes: "Our posts of the week:"."""
    if not any(one.what == "content" and not one.goes for one in below.links):
        return False
    for near in found.rows[below.index : below.index + LIST_ROWS]:
        if near.blank or near.ruler:
            break
        if found.state[near.index] is not None:
            return False
    return True


def _labels_kept(found: Findings, row: Row, below: Row) -> bool:
    """Tell whether a row is the label of the lone link right below it, which stays: "Follow me on Acme:"."""
    if below.index != row.index + 1 or below.words or not below.links or not dangles(row.text):
        return False
    if found.state[below.index] is not None:
        return False
    after = below.index + 1
    return after == len(found.rows) or found.rows[after].blank


def _is_social_header(found: Findings, row: Row) -> bool:
    if not row.may_ask() or not row.has("network", "network_weak", "follow", "opener"):
        return False
    return is_list_label(row.text) or _calls_for_list(found, row)


def _calls_for_list(found: Findings, row: Row) -> bool:
    """Tell whether a row is a long header: "Follow us in these places for more updates:"."""
    below = found.below(row)
    if below is None or found.state[below.index] != "item" or not 0 < len(row.words) <= 2 * _LABEL_WORDS:
        return False
    first = row.words[: _FIRST_WORDS + 1][-1][1]
    if _TAGGED.fullmatch(row.text) and row.has("opener", end=first):
        return True  # "FOLLOW #acme"
    follows = row.has("follow", end=first) and not row.has("content")
    last = row.words[-_LAST_WORDS:][0][0]
    if below.index == row.index + 1 and dangles(row.text) and row.has("follow", start=last) and not row.has("thanks"):
        return True  # "See photos or follow me on ►"
    calls = (follows or row.has("network", end=first)) and not row.has("own", "credit")
    ends = row.text.rstrip().endswith((":", "：", ";", "…", "..."))
    if calls and ends:
        return True
    # "Social media: Ada Moss" is a credit.
    if len(row.words) > _LABEL_WORDS or row.has("own", "credit", "content", "thanks") or _VALUE.search(row.text):
        return False
    if below.index > row.index + 1:
        # A first row is the title of what is shown: "Follow me around Lisbon".
        return calls and any(not earlier.blank for earlier in found.rows[: row.index])
    opens = row.has("opener", end=row.words[:_HEADING][-1][1]) and ends and len(row.words) <= _NAMED_WORDS
    return calls or opens


def _is_name_above(found: Findings, row: Row, below: Row) -> bool:
    """Tell whether a row is a name or a title above a list that holds nothing else, such as the members of a band."""
    if below.index != row.index + 1 or row.handles or len(row.words) > _LABEL_WORDS:
        return False
    if ("#" in row.text and not row.has("opener")) or _NUMBER.search(row.text):
        return False
    dangling = dangles(row.text)
    if not dangling and (found.state[below.index] == "header" or _VALUE.search(row.text)):
        return False
    if not (below.links or below.handles or found.state[below.index] in ("label", "header")):
        return False
    items, clean = _items_below(found, row)
    if row.has("credit", "content", "own") and not (clean and items >= 2 and len(row.words) <= _HEADING):
        return False
    if not clean and not (items >= 2 and dangling and row.has("channel", "page", "follow", "opener")):
        return False
    # The first row of a text is its title, or the name of who writes.
    is_first = all(earlier.blank for earlier in found.rows[: row.index])
    is_name = not is_first and len(row.words) <= _NAME_WORDS and _SENTENCE_MARK.search(row.text.strip()) is None
    return (items >= 2 and is_name) or (items >= 1 and dangling)


def _items_below(found: Findings, row: Row) -> tuple[int, bool]:
    """Count the items of the list right below, to the first blank row; tell whether nothing else stands there."""
    items = 0
    for near in found.rows[row.index + 1 : row.index + LIST_ROWS]:
        state = found.state[near.index]
        if near.blank or (state is None and near.ruler):
            break
        if state == "item":
            items += bool(near.links or near.handles or near.labels)
        elif state not in ("label", "header"):
            return items, False
    return items, True
