"""Take the rows of a caption that name a platform and the handle on it, and the handles among their neighbours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sigtrim.detect.caption_findings import LIST_ROWS, LONG_ROW
from sigtrim.detect.caption_links import SUBSCRIBED
from sigtrim.detect.caption_pieces import pieces_of
from sigtrim.detect.caption_rows import dangles
from sigtrim.detect.linklist import Mention
from sigtrim.detect.phrases import is_list_label
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sigtrim.detect.caption_findings import Findings
    from sigtrim.detect.caption_names import Label
    from sigtrim.detect.caption_rows import Row

__all__ = [
    "HANDLE",
    "handles_behind_names",
    "take_handle",
    "take_handle_run",
    "take_named_handles",
    "take_neighbour_handle",
]

_NAME_WORDS = 6
_CHANNEL_WORDS = 8
_HANDLE_ROW_WORDS = 12
_AROUND_HANDLE = "\"'“”‘’()[]«»*|.,!;: \u200b\u200e\u200f\u202a\u202c\ufeff\u2060"

_MARK = lazy(
    r"\s*(?:[:：;=~|/>»→➜➔➡►▶➤⇒⇨•·\ufe0e\ufe0f\"“”'‘’()\[\]☛☞\s\u200e\u200f\u202a-\u202e\u2060\u200b]|[-–—](?=\s|@)"
    r"|\.(?=\s)|-)+\s*"
)
# The same, and symbols and emoji: "Snapchat 👻 : ada", "★ Snapchat ★ ada".
_SYMBOL_MARK = lazy(
    r"\s*(?:[:：;=~|/>»+*\s\u200b-\u200f\u2010-\u2027\u202a-\u202e\u2060\u2190-\u2bff\ufe0e\ufe0f"
    r"\U0001f000-\U0001faff]|[-–—](?=\s))++"
)
_ASIDE = lazy(r"\s*\([^()]{1,60}\)\s*\Z")
_PHONE = lazy(r"[+(]?\d[\d\s().\-/]{5,20}\d")
# What an ordinary word is not: digits, marks, or capitals inside.
_NAME_LIKE = lazy(r"@?(?=\S*[\d_.]|\S*[a-z]\S*[A-Z]|\S{9})[\w.\-]{3,40}")
# A name and a handle that no ordinary word looks like: "Ada: @ada", "► ADA ada_93".
_NAMED_HANDLE = lazy(
    r"[^\w@]{0,8}(?:[^\W\d_][\w'’-]*[^\S\n]*){1,2}[^\w@.\n]{1,6}(?P<handle>@[\w.]{2,40}|(?=[\w.]*[\d_])[\w.]{4,40})[^\S\n]*"
)
_OWNER = lazy(r"['’]s\b|\b(?:de|of|by|von|di|da|do|del|with|con|avec)\b", re.IGNORECASE)
_MARKED = lazy(r"[:：;=~|/>»→➜➔➡►▶➤⇒⇨☛☞•·.\-–—]")
HANDLE = lazy(r"@?[\w][\w.\-]{1,40}")
"""One word that may be a handle."""

# What stands between a name and its handle, and between a handle and the next name, where many stand in one line.
_COLON = lazy(r"[^\S\n]{1,3}|[^\S\n]{0,3}[:：=–—-][^\S\n]{0,3}")
_BETWEEN = lazy(r"[^\w\n@#]{0,8}(?:\b(?:and|et|y|e|und)\b)?[^\w\n@#]{0,8}", re.IGNORECASE)
_LAST_VALUE = lazy(r"[^\S\n]{0,3}[:：=][^\S\n]{0,3}@?[\w][\w.]{2,40}[^\w\n]{0,8}\Z")
_STOP = lazy(r"[^\S\n]*[.,;|•·/–—-]?[^\S\n]*")
_BLANKS = lazy(r"[^\S\n]+(?=\w)")
_ON = lazy(r"[^\S\n]+(?:on|en|sur|auf|su|no|na|op|w|в|у)[^\S\n]+", re.IGNORECASE)
# "Discord:   / discord": a link of which the icon is lost.
_SHOWN = lazy(r"[^\S\n]*:?[^\S\n]+/[^\S\n]+@?[\w.-]{2,60}\s*")
_ROLE = 40  # how far before names with handles the role of somebody else is looked for
_TAGS = lazy(r"(?:\s*#\w+)+\s*\Z")


def take_handle(found: Findings, row: Row) -> None:
    """Take a row that names platforms and the handle on them: "Snapchat: ada", "IG/Twitter: @ada"."""
    if len(row.text) > LONG_ROW or len(row.tokens) > 2 * _HANDLE_ROW_WORDS:
        return
    if not (row.handles or len(row.tokens) <= 8 or _MARKED.search(row.text)):
        return
    if not row.labels:
        _take_channel_handle(found, row)
        return
    if row.has("credit", end=row.labels[0].start):
        return
    if _says_where(found, row):
        _add_handle(found, row)
        return
    for piece in pieces_of(row):
        if _holds_handle(found, piece):
            _add_handle(found, piece)


def _holds_handle(found: Findings, row: Row) -> bool:
    """Tell whether a row is names of platforms and the handle on them."""
    if not row.labels or len(row.words) > _HANDLE_ROW_WORDS:
        return False
    aside = _ASIDE.search(row.text)
    end = row.line.end if aside is None else row.line.start + aside.start()
    names = row.labels
    if len(names) > 1 and _SHOWN.fullmatch(found.text, names[-2].end, row.line.end):
        names = names[:-1]
    first, last = names[0], next((one for one in reversed(names) if one.end <= end), names[0])
    if row.has("credit", "own", end=first.start):
        return False
    return _is_handle_value(found, row, last.end, len(row.words_between(row.line.start, first.start)))


def _says_where(found: Findings, row: Row) -> bool:
    """Tell whether a row below a call to follow says where: "Ada is @ada on Twitter and Instagram"."""
    handle = row.handles[-1] if row.handles else None
    if handle is None or _ON.fullmatch(found.text, handle.end, row.labels[0].start) is None:
        return False
    known = [(label.start, label.end) for label in row.labels] + row.fillers_between(handle.end, row.line.end)
    behind = row.words_between(handle.end, row.line.end)
    if any(not any(first <= start < last for first, last in known) for start, _ in behind):
        return False
    above = row.index - 1
    while above > 0 and row.index - above < LIST_ROWS and found.rows[above].handles:
        above -= 1
    return above >= 0 and is_list_label(found.rows[above].text)


def _add_handle(found: Findings, row: Row) -> None:
    by_platform = {label.platform: label for label in row.labels}
    found.add_item(row, "platform-handle", tuple(_mention(found, label, label.end) for label in by_platform.values()))


def _mention(found: Findings, label: Label, end: int) -> Mention:
    """Return the mention of a platform whose name goes on to `end` with its handle."""
    evidence = (f"label {found.text[label.start : label.end].strip()}", "handle")
    return Mention("handle", "profile", label.platform, Span(label.start, end), None, evidence)


def _take_channel_handle(found: Findings, row: Row) -> None:
    """Take "My second channel: @ada", not the channel of somebody who is named: "Bob's channel: @bob"."""
    if len(row.handles) != 1 or len(row.words) > _CHANNEL_WORDS or not row.has("channel"):
        return
    handle = row.handles[0]
    channel = next((hit for hit in row.hits if hit.kind == "channel" and hit.end <= handle.start), None)
    if channel is None or row.has("credit", "own", "content", "not_channel") or handle.end < row.line.end - 3:
        return
    between = set(row.words_between(channel.end, handle.start))
    if between - set(row.fillers_between(channel.end, handle.start)):
        return
    if _OWNER.search(found.text, row.line.start, handle.start) is None:
        span = Span(handle.start, handle.end)
        mention = Mention("handle", "profile", SUBSCRIBED, span, None, ("label of a channel", "handle"))
        found.add_item(row, "platform-handle", (mention,))


def take_neighbour_handle(found: Findings, row: Row) -> None:
    """Take "name @handle" right below an item of a list that holds a handle as well."""
    above, below = row.index - 1, row.index + 1
    if not row.handles or above < 0 or found.state[above] != "item" or not found.rows[above].handles:
        return
    if len(row.words) > 4 or row.has("own", "content", "channel"):
        return
    if row.has("credit") and not (below < len(found.rows) and found.state[below] == "item"):
        return
    platforms = [mention.platform for passage in found.by_row.get(above, ()) for mention in passage.mentions]
    if platforms:
        handle = row.handles[0]
        span = Span(handle.start, handle.end)
        mention = Mention("handle", "profile", platforms[0], span, None, ("handle", "list above"))
        found.add_item(row, "platform-handle", (mention,))


def take_handle_run(found: Findings, row: Row) -> None:
    """Take names with handles that stand one after another in other text: "... Insta: @ada TikTok: @ada Enjoy"."""
    runs: list[list[Mention]] = []
    for mention in handles_behind_names(found, row):
        if runs and _BETWEEN.fullmatch(found.text, runs[-1][-1].span.end, mention.span.start) is not None:
            runs[-1].append(mention)
        else:
            runs.append([mention])
    for run in runs:
        start, end = run[0].span.start, run[-1].span.end
        if len({mention.platform for mention in run}) > 1 and not row.has("credit", start=start - _ROLE, end=start):
            is_sentence = not found.text[row.line.start : start].rstrip()[-1:].isalnum()
            behind = (_STOP if is_sentence else _BLANKS).match(found.text, end, row.line.end)
            found.add(row, Span(start, behind.end() if behind else end), "platform-handle", tuple(run))
            found.state[row.index] = "part"


def handles_behind_names(found: Findings, row: Row) -> Iterator[Mention]:
    """Give the names of platforms with a colon and a handle right behind them: "Insta: @ada"."""
    handles = iter(row.handles)
    handle = next(handles, None)
    end = row.line.end
    for label in row.labels if row.handles else ():
        while handle is not None and handle.start < label.end:
            handle = next(handles, None)
        if handle is not None and _COLON.fullmatch(found.text, label.end, handle.start) is not None:
            end = handle.end
        # The last one may do without a sign: "... Twitter: @ada Snapchat: ada".
        elif handle is None and end < label.start and _LAST_VALUE.match(found.text, label.end, row.line.end):
            end = row.line.end
        else:
            continue
        yield _mention(found, label, end)


def take_named_handles(found: Findings, row: Row, below: Row) -> bool:
    """Take the name of a platform alone on its row, and the names with a handle that stand below it."""
    names = [(label.start, label.end) for label in row.labels]
    names += row.fillers_between(row.line.start, row.line.end) if names else []
    if not names or below.index - row.index > 2:
        return False
    if not all(any(first <= start < last for first, last in names) for start, _ in row.words):
        return False
    taken: list[tuple[Row, Span]] = []
    for one in found.rows[below.index : below.index + LIST_ROWS]:
        match = None if one.links or found.state[one.index] is not None else _NAMED_HANDLE.fullmatch(one.text)
        if match is None or one.labels or one.has("credit", "own", "content", "thanks"):
            break
        taken.append((one, Span(one.line.start + match.start("handle"), one.line.start + match.end("handle"))))
    for one, span in taken:
        mention = Mention("handle", "profile", row.labels[-1].platform, span, None, ("label above", "handle"))
        found.add_item(one, "platform-handle", (mention,))
    if taken:
        found.add_label(row, "label above a handle")
    return bool(taken)


def _is_handle_value(found: Findings, row: Row, start: int, before: int) -> bool:
    """Tell whether what stands behind a name is a handle; `before` is the number of words before the name."""
    small = [(hit.start, hit.end) for hit in row.hits_between(start, row.line.end) if hit.kind in ("page", "channel")]
    for first, last in sorted((*small, *row.fillers_between(start, row.line.end))):
        if not found.text[start:first].strip():
            start = max(start, last)
    marked, drawn, rest = _read_mark(found.text[start : row.line.end], drawn=before <= 1)
    words = rest.split()
    kinds = row.kinds(start, row.line.end)
    closing = row.handles[-1] if row.handles else None
    if closing is not None and closing.end >= row.line.end - 3 and len(row.words) <= _NAME_WORDS:
        between = found.text[start : closing.start].strip()
        if between and dangles(between) and not row.has("credit", "own"):
            return True
    if not words:
        return closing is not None and len(row.words) <= _NAME_WORDS and not row.has("credit")
    if before > 4 or _PHONE.fullmatch(rest):
        return False
    if len(words) == 1 and HANDLE.fullmatch(words[0]):
        marked = marked or (drawn and (_NAME_LIKE.fullmatch(words[0]) is not None or found.near_item(row)))
        signed = words[0].startswith("@") or (closing is not None and closing.start >= start)
        return (
            signed or (marked and "content" not in kinds) or (len(row.words) <= 4 and found.near_item(row, gap="none"))
        )
    return _are_handle_words(found, row, words, before, marked=marked, kinds=kinds)


def _are_handle_words(  # noqa: PLR0913 - all that was read of one value
    found: Findings, row: Row, words: list[str], before: int, *, marked: bool, kinds: set[str]
) -> bool:
    """Tell whether several words behind a name are a handle, or the name of a page."""
    if len(words) > 4 and not (
        before == 0 and marked and len(words) <= _NAME_WORDS and found.near_item(row, gap="handle")
    ):
        return False
    if words[0].startswith("@"):
        return True
    rest = " ".join(words)
    if before <= 1 and not kinds & {"content", "own", "credit"} and _is_named_value(found, row, rest):
        return True
    return marked and before <= 2 and found.near_item(row, gap="handle") and not kinds & {"content", "own", "credit"}


def _is_named_value(found: Findings, row: Row, value: str) -> bool:
    """Tell whether a value is some words, a mark and a handle, beside an item: "TikTok Cooking: ada.cooks"."""
    label, mark, name = value.rpartition(": ")
    words = label.split()
    return (
        mark != ""
        and 0 < len(words) <= 3
        and not words[0][:1].islower()
        and _NAME_LIKE.fullmatch(name.strip()) is not None
        and found.near_item(row)
    )


def _read_mark(value: str, *, drawn: bool) -> tuple[bool, bool, str]:
    """Divide what stands behind a name: whether a mark stands there, whether a symbol does, and the rest.

    Symbols are looked at with `drawn` only.
    """
    mark = _MARK.match(value)
    end = mark.end() if mark else 0
    marked = mark is not None and not mark[0].isspace() and mark[0] != ""
    symbols = _SYMBOL_MARK.match(value) if drawn else None
    longer = symbols is not None and symbols.end() > end
    if symbols is not None:
        end = max(end, symbols.end())
    rest = _TAGS.sub("", value[end:]).strip()
    return marked, longer, _ASIDE.sub("", rest).strip(_AROUND_HANDLE)
