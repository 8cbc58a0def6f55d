"""What a rewrite did, told: a unified diff, a table, a JSON record, an exit status."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING, Any

from sigtrim.parse.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sigtrim.rewrite.result import Rewrite

__all__ = ["SCHEMA", "binary_diff", "exit_status", "explain", "printable", "summary", "to_dict", "unified_diff"]

SCHEMA = 1

# difflib compares every line with its equals; past this many, a text made for the purpose takes it minutes.
_MATCHED_LINES = 20_000
_CONTEXT = 3
_TEXT_COLUMN = 4
_TEXT_WIDTH = 48


def unified_diff(before: str, after: str, name: str) -> str:
    r"""Return the difference of two texts as `patch -p1` reads it; nothing where they are equal.

    A line ends with ``\n`` alone, so that a carriage return stays part of its line.

    >>> print(unified_diff("a\nb\n", "a\nc", "x.html"), end="")
    --- a/x.html
    +++ b/x.html
    @@ -1,2 +1,2 @@
     a
    -b
    +c
    \ No newline at end of file
    """
    return "" if before == after else "".join((*_headers(name), *_body(_lines(before), _lines(after))))


def binary_diff(before: bytes, after: bytes, name: str) -> bytes:
    r"""Return the difference of two files as `unified_diff` does, whatever their encoding.

    >>> binary_diff(b"\xe9\r\n", b"e\r\n", "x.html")
    b'--- a/x.html\n+++ b/x.html\n@@ -1 +1 @@\n-\xe9\r\n+e\r\n'
    """
    if before == after:
        return b""
    body = "".join(_body(_lines(before.decode("latin-1")), _lines(after.decode("latin-1"))))
    return os.fsencode("".join(_headers(name))) + body.encode("latin-1")


def explain(rewrite: Rewrite) -> str:
    """Return a table of all mentions of platforms: the line, what it is, and why it went or stayed.

    Its first line names the document, the format that was seen in it, and what was done.
    """
    rows = [("LINE", "", "WHAT", "PLATFORM", "TEXT", "WHY")]
    for removal in rewrite.removals:
        why = ", ".join(removal.evidence)
        rows.append((str(removal.line), "removed", removal.code, removal.platform or "-", removal.text, why))
    for kept in rewrite.kept:
        why = "; ".join(filter(None, (kept.reason, ", ".join(kept.evidence))))
        rows.append((str(kept.line), "kept", kept.role, kept.platform or "-", kept.url or kept.text, why))
    if len(rows) > 1:
        rows[1:] = sorted(rows[1:], key=lambda row: int(row[0]))
        cells = [
            tuple(_short(cell) if column == _TEXT_COLUMN else printable(cell) for column, cell in enumerate(row))
            for row in rows
        ]
        widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
        ]
    else:
        lines = ["no mention of a platform"]
    return "".join(f"{line}\n" for line in (printable(f"{_title(rewrite)}: {summary(rewrite)}"), *lines))


def summary(rewrite: Rewrite) -> str:
    """Say in a few words what a rewrite did."""
    if rewrite.skipped is not None:
        return f"left as it is: {rewrite.skipped}"
    if not rewrite.changed:
        return "nothing to do"
    platforms = {removal.platform for removal in rewrite.removals if removal.platform is not None}
    parts = []
    if rewrite.removals:
        of = f" of {_count(len(platforms), 'platform')}" if platforms else ""
        parts.append(_count(len(rewrite.removals), "removal") + of)
    if rewrite.cta is not None:
        parts.append("one call to action")
    return ", ".join(parts)


def to_dict(rewrite: Rewrite) -> dict[str, Any]:
    """Return a rewrite as JSON knows it, without the document itself; `schema` counts the versions of this form.

    Spans are objects with `start` and `end`, in code points of the decoded text; lines count from 1.
    """
    return {
        "schema": SCHEMA,
        "name": rewrite.source.name,
        "format": rewrite.format,
        "encoding": rewrite.source.encoding,
        "changed": rewrite.changed,
        "skipped": rewrite.skipped,
        "cta": _plain(rewrite.cta),
        "removals": _plain(rewrite.removals),
        "kept": _plain(rewrite.kept),
        "warnings": _plain(rewrite.warnings),
    }


def exit_status(*, failed: bool, changes: bool) -> int:
    """Return the status of a run: 2 if a file failed, 1 if a check found `changes` to make, else 0.

    >>> exit_status(failed=True, changes=True), exit_status(failed=False, changes=True)
    (2, 1)
    """
    return 2 if failed else int(changes)


def printable(text: str) -> str:
    r"""Return `text` with all that a terminal would obey or hide written as escapes.

    >>> printable("a\x1b[31m\nb")
    'a\\x1b[31m\\nb'
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def _headers(name: str) -> tuple[str, str]:
    return f"--- {_header('a/' + name)}\n", f"+++ {_header('b/' + name)}\n"


def _body(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    for group in _hunks(old, new):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield from _marked(" ", old[old_start:old_end])
            else:
                yield from _marked("-", old[old_start:old_end])
                yield from _marked("+", new[new_start:new_end])


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    return [f"{line}\n" for line in lines] + ([last] if last else [])


_Opcode = tuple[str, int, int, int, int]


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[list[_Opcode]]:
    """Yield groups of opcodes with their context, as `difflib.SequenceMatcher.get_grouped_opcodes` does."""
    import difflib  # noqa: PLC0415 - only needed where a difference is asked for

    shortest = min(len(old), len(new))
    head = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    tail = next((at for at in range(shortest - head) if old[-1 - at] != new[-1 - at]), shortest - head)
    # Both ends are cut off first: a rewrite changes a few lines of a document, and comparing is not linear.
    head, tail = max(0, head - _CONTEXT), max(0, tail - _CONTEXT)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(middle_old) + len(middle_new) > _MATCHED_LINES:
        yield _one_hunk(head, len(middle_old), len(middle_new))
        return
    matcher = difflib.SequenceMatcher(None, middle_old, middle_new)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        yield [(tag, i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in group]


def _one_hunk(start: int, old: int, new: int) -> list[_Opcode]:
    return [("replace", start, start + old, start, start + new)]


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"


def _range(start: int, end: int) -> str:
    """Write a range of lines as POSIX `diff -U` does: an empty one names the line before it."""
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _header(name: str) -> str:
    """Write a file name so that `patch` reads it back: quoted as git does where it holds special characters."""
    if name.isprintable() and not set(name) & set('"\\'):
        return f"{name}\t" if " " in name else name
    octal = "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\{byte:03o}" for byte in os.fsencode(name)
    )
    return f'"{octal}"'


def _short(text: str) -> str:
    text = printable(" ".join(text.split()))
    return text if len(text) <= _TEXT_WIDTH else f"{text[: _TEXT_WIDTH - 3]}..."


def _title(rewrite: Rewrite) -> str:
    name = rewrite.source.name or "document"
    return name if rewrite.format is None else f"{name} ({rewrite.format})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _plain(value: object) -> Any:
    if isinstance(value, Span):
        return {"start": value.start, "end": value.end}
    if dataclasses.is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return value
