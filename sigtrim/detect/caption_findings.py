"""What the judgement of a caption has found so far, and how it looks at the neighbours of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from sigtrim.detect.caption_rows import Row
    from sigtrim.detect.linklist import Mention

__all__ = ["LIST_ROWS", "LONG_ROW", "WHOLE_ROW", "Code", "Findings", "Passage"]

WHOLE_ROW = 160
"""A row with that little text beside its links is an item of a list, or a header."""

LONG_ROW = 300
"""A row of more characters is no label and holds no lone handle."""

LIST_ROWS = 30
"""So many rows of a list are looked at from its header."""

Code = Literal["platform-link", "platform-handle", "platform-prose", "list-label", "engagement-bait"]


class Passage(NamedTuple):
    """A stretch of text that goes with a link list: its range, a removal code, and the mentions in it.

    `mentions` is empty for labels, headers, bait and sentences that name no platform ("follow us everywhere").
    """

    span: Span
    code: Code
    platform: str | None
    evidence: tuple[str, ...]
    mentions: tuple[Mention, ...]


class Findings:
    """What was found in one caption; `state` says for each row what it has turned out to be."""

    def __init__(self, text: str, rows: list[Row], ignored: set[int]) -> None:
        self.text = text
        self.rows = rows
        self.ignored = ignored
        self.passages: list[Passage] = []
        self.by_row: dict[int, list[Passage]] = {}
        self.state: list[Literal["item", "part", "label", "header"] | None] = [None] * len(rows)

    def add(
        self, row: Row, span: Span, code: Code, mentions: tuple[Mention, ...] = (), evidence: tuple[str, ...] = ()
    ) -> None:
        """Note a passage of a row; its evidence is that of its mentions if none is given."""
        platform = mentions[0].platform if mentions else None
        why = evidence or tuple(dict.fromkeys(one for mention in mentions for one in mention.evidence))
        passage = Passage(span, code, platform, why, mentions)
        self.passages.append(passage)
        self.by_row.setdefault(row.index, []).append(passage)

    def add_item(self, row: Row, code: Code, mentions: tuple[Mention, ...], *evidence: str) -> None:
        """Note a row as an item of the list; a piece of a row makes the row one of which a part goes."""
        self.add(row, Span(row.line.start, row.line.end), code, mentions, evidence)
        self.state[row.index] = "item" if row is self.rows[row.index] else "part"

    def add_label(self, row: Row, why: str, state: Literal["label", "header"] = "label") -> None:
        """Note a row that says what the rows below it are."""
        self.add(row, Span(row.line.start, row.line.end), "list-label", (), (why,))
        self.state[row.index] = state

    def near_item(self, row: Row, *, gap: Literal["none", "handle", "any"] = "any") -> bool:
        """Tell whether a neighbour is an item of the list; `gap` says what it must be behind a blank row."""
        for step in (-1, 1):
            index = row.index + step
            behind = gap != "none" and 0 <= index < len(self.rows) and self.rows[index].blank
            index += step if behind else 0
            if not 0 <= index < len(self.rows) or self.state[index] != "item":
                continue
            if not (behind and gap == "handle" and self.rows[index].links):
                return True
        return False

    def below(self, row: Row) -> Row | None:
        """Return the next row with text, no more than one blank row away."""
        for index in range(row.index + 1, min(row.index + 3, len(self.rows))):
            if not self.rows[index].blank:
                return self.rows[index]
        return None
