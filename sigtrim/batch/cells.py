"""Cells of tables by where they stand: CSV records and JSON lines are split without loss and edited by spans."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Literal

from sigtrim.errors import SourceError
from sigtrim.parse.source import Span
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import Edit, apply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Cell", "Record", "Table", "read_table", "replace_cell", "value_of"]

Kind = Literal["csv", "jsonl"]

_CHUNK = 1 << 18
# A quotation mark that is never closed would otherwise take the rest of the file into memory.
_LONGEST_RECORD = 1 << 26
_SNIFFED = 1 << 16
_DELIMITERS = ",;\t|"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_QUOTED = lazy(r'"[^"]*"')
_DECLARED = lazy(r"sep=(.)(?:\r\n|\n|\r)", re.IGNORECASE)
_SPACE = lazy(r"[ \t\r\n]*")
# RFC 8259, section 7. A pair of surrogates is one character.
_JSON_CHARACTER = lazy(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
_LINE_ENDS = lazy(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a record, its quotes included: `column` is its header, `span` where it stands in the record."""

    column: str
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    """How a table is written: `codec` of its characters, `delimiter` of its cells, the byte order mark in front.

    Unless the codec is UTF-16, the texts of its records have a character for each byte.
    """

    kind: Kind
    codec: str
    delimiter: str
    mark: bytes

    def encode(self, text: str) -> bytes:
        """Turn the text of records back into the bytes of the file."""
        if self.codec.startswith("utf-16"):
            return text.encode(self.codec, "surrogatepass")
        return text.encode("latin-1")


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it is in the file, with its line end: the line where it begins, and the cells that are wanted.

    `others` are the values of the other cells, if those were asked for.
    """

    text: str
    line: int
    cells: tuple[Cell, ...]
    others: tuple[str, ...]
    table: Table


def read_table(
    file: IO[bytes],
    columns: Sequence[str],
    *,
    kind: Kind | None = None,
    delimiter: str | None = None,
    others: bool = False,
) -> tuple[Table, Iterator[Record]]:
    r"""Read a table: how it is written, and its records, the header too, read as they are taken.

    The texts of all records after each other, encoded, are the file but for its mark. `kind` and `delimiter` are
    found out if left out. Raises `SourceError`, also while the records are taken, if a column is not there or the
    table is broken.

    >>> import io
    >>> table, records = read_table(io.BytesIO(b'id;signature\r\n1;"a ""b"" c"\r\n'), ["signature"])
    >>> table.delimiter, [value_of(record, cell) for record in records for cell in record.cells]
    (';', ['a "b" c'])
    """
    head = file.read(_SNIFFED)
    mark, codec = _encoding(head)
    decoder = codecs.getincrementaldecoder(codec if codec.startswith("utf-16") else "latin-1")("surrogatepass")
    text = decoder.decode(head[len(mark) :])
    if "\x00" in text:
        raise SourceError("is binary, not a table")
    if kind is None:
        kind = "jsonl" if text.lstrip()[:1] == "{" else "csv"
    if kind == "jsonl":
        delimiter = "\n"
    elif delimiter is None:
        declared = _DECLARED.match(text)
        header = _LINE_ENDS.split(text[declared.end() :] if declared else text, 1)[0]
        delimiter = declared[1] if declared else max(_DELIMITERS, key=_QUOTED.sub("", header).count)
    table = Table(kind, codec, delimiter, mark)
    split = re.compile(r"[^\n]*+\n") if kind == "jsonl" else _csv_record(delimiter)
    pieces = _split(text, lambda: decoder.decode(data) if (data := file.read(_CHUNK)) else None, split)
    if kind == "jsonl":
        return table, _json_records(pieces, tuple(columns), table, others=others)
    return table, _csv_records(pieces, tuple(columns), table, others=others)


def value_of(record: Record, cell: Cell) -> str:
    """Return what a cell says, without its quotes and escapes."""
    raw = _characters(record, cell)[0]
    if record.table.kind == "jsonl":
        return str(json.loads(raw, strict=False))
    return _unquote(raw)


def replace_cell(record: Record, cell: Cell, edits: Sequence[Edit]) -> Edit:
    """Turn edits of a cell's value into the edit of its record; quotes and escapes outside of them stay.

    Raises `SourceError` if the table's encoding has no place for a character.
    """
    raw, codec = _characters(record, cell)
    if record.table.kind == "jsonl":
        changed = f'"{_edit_json(raw[1:-1], edits)}"'
    else:
        value = apply(_unquote(raw), edits)
        needs_quotes = value.startswith('"') or record.table.delimiter in value or _LINE_ENDS.search(value) is not None
        changed = '"{}"'.format(value.replace('"', '""')) if raw.startswith('"') or needs_quotes else value
    if codec is not None:
        try:
            changed = changed.encode(codec).decode("latin-1")
        except UnicodeEncodeError as error:
            raise SourceError(f"the encoding of the table, {codec}, has no {changed[error.start]!r}") from error
    return Edit.replacement(cell.span, changed)


def _encoding(head: bytes) -> tuple[bytes, str]:
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return mark, codec
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return b"", "latin-1"
    return b"", "utf-8"


def _characters(record: Record, cell: Cell) -> tuple[str, str | None]:
    """Return a cell as it is written, and the encoding of its bytes; None if its record is decoded already."""
    raw = record.text[cell.span.start : cell.span.end]
    codec = record.table.codec
    if codec.startswith("utf-16"):
        return raw, None
    if codec == "utf-8":
        try:
            return raw.encode("latin-1").decode("utf-8"), codec
        except UnicodeDecodeError:
            pass
    # Other encodings are told apart by guesses only; what is kept keeps its bytes whatever they mean.
    return raw, "latin-1"


def _unquote(raw: str) -> str:
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw


def _edit_json(raw: str, edits: Sequence[Edit]) -> str:
    """Edit the inside of a JSON string by the offsets of its value; all other escapes stay as they are written."""
    if "\\" in raw:
        starts = [match.start() for match in _JSON_CHARACTER.finditer(raw)]
        starts.append(len(raw))
        edits = [Edit(Span(starts[one.span.start], starts[one.span.end]), one.content) for one in edits]
    return apply(raw, [Edit(one.span, json.dumps(one.content)[1:-1]) for one in edits])


def _csv_record(delimiter: str) -> re.Pattern[str]:
    """Make the pattern of one record with its line end (RFC 4180); a quote within an unquoted cell is a character."""
    cell = _csv_cell(delimiter)
    return re.compile(f"{cell}(?:{re.escape(delimiter)}{cell})*+(?:\r\n|\r|\n)")


def _csv_cell(delimiter: str) -> str:
    other = f"[^{re.escape(delimiter)}\r\n]*+"
    return f'(?:"[^"]*+(?:""[^"]*+)*+"{other}|(?!"){other})'


def _split(text: str, more: Callable[[], str | None], record: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    """Yield the raw records of a text that goes on for as long as `more` gives something, each with its first line."""
    at, line = 0, 1
    wanted = 1
    while True:
        match = record.match(text, at)
        # The other half of a line end may be still to come.
        if match is not None and not (match.end() == len(text) and text.endswith("\r")):
            yield match[0], line
            line += len(_LINE_ENDS.findall(match[0]))
            at, wanted = match.end(), 1
            continue
        if len(text) - at > _LONGEST_RECORD:
            raise SourceError(f"line {line}: the record does not end; is a quotation mark missing?")
        # Twice as much each time, so that a long record is not looked through too often.
        pieces = [text[at:]]
        for _ in range(wanted):
            if (piece := more()) is None:
                break
            pieces.append(piece)
        wanted *= 2
        text, at = "".join(pieces), 0
        if len(pieces) == 1:
            break
    while match := record.match(text, at):
        yield match[0], line
        line += len(_LINE_ENDS.findall(match[0]))
        at = match.end()
    if at < len(text):
        match = record.match(text + "\n", at)
        if match is None or match.end() != len(text) + 1:
            raise SourceError(f"line {line}: the record does not end; is a quotation mark missing?")
        yield text[at:], line


def _csv_records(
    pieces: Iterator[tuple[str, int]], columns: tuple[str, ...], table: Table, *, others: bool
) -> Iterator[Record]:
    cell = re.compile(_csv_cell(table.delimiter))
    wanted: dict[int, str] | None = None
    for text, line in pieces:
        if wanted is None and line == 1 and _DECLARED.fullmatch(text):
            yield Record(text, line, (), (), table)
            continue
        spans = _csv_spans(text, cell)
        if wanted is None:
            header = [_told(text[span.start : span.end], table) for span in spans]
            wanted = {_column(header, name): name for name in columns}
            yield Record(text, line, (), (), table)
            continue
        cells = [Cell(wanted[at], span) for at, span in enumerate(spans) if at in wanted]
        # Text behind a closing quote has no meaning that could be kept.
        cells = [one for one in cells if _is_regular(text[one.span.start : one.span.end])]
        beside = (
            tuple(_told(text[span.start : span.end], table) for at, span in enumerate(spans) if at not in wanted)
            if others
            else ()
        )
        yield Record(text, line, tuple(cells), beside, table)
    if wanted is None:
        raise SourceError("is empty, there is no header")


def _csv_spans(text: str, cell: re.Pattern[str]) -> list[Span]:
    spans = []
    at = 0
    while True:
        match = cell.match(text, at)
        if match is None:  # the pattern of the record holds that of the cell
            raise SourceError("the cells of a record cannot be told apart")
        spans.append(Span(match.start(), match.end()))
        at = match.end() + 1
        if match.end() >= len(text) or text[match.end()] in "\r\n":
            return spans


def _is_regular(raw: str) -> bool:
    return not raw.startswith('"') or (len(raw) > 1 and raw.endswith('"') and '"' not in raw[1:-1].replace('""', ""))


def _told(raw: str, table: Table) -> str:
    if table.codec == "utf-8":
        raw = raw.encode("latin-1").decode("utf-8", "replace")
    return _unquote(raw).strip()


def _column(header: Sequence[str], name: str) -> int:
    for same in (str.__eq__, lambda one, other: one.casefold() == other.casefold()):
        found = [at for at, one in enumerate(header) if same(one, name.strip())]
        if len(found) == 1:
            return found[0]
        if found:
            raise SourceError(f"the column {name!r} is there {len(found)} times")
    raise SourceError(f"there is no column {name!r}, only {', '.join(map(repr, header))}")


def _json_records(
    pieces: Iterator[tuple[str, int]], columns: tuple[str, ...], table: Table, *, others: bool
) -> Iterator[Record]:
    seen = False
    wanted = {_stored(column, table): column for column in columns}
    for text, line in pieces:
        if not text.strip():
            yield Record(text, line, (), (), table)
            continue
        try:
            members = list(_members(text))
        except (ValueError, IndexError, RecursionError) as error:
            raise SourceError(f"line {line}: is no JSON object") from error
        cells = tuple(
            Cell(wanted[name], span) for name, span, value in members if name in wanted and isinstance(value, str)
        )
        seen = seen or any(name in wanted for name, _, _ in members)
        beside = (
            tuple(value for name, _, value in members if name not in wanted and isinstance(value, str))
            if others
            else ()
        )
        yield Record(text, line, cells, beside, table)
    if not seen:
        raise SourceError(f"no record has {' or '.join(map(repr, columns))}")


def _stored(name: str, table: Table) -> str:
    """Write a name as the texts of the records have it."""
    return name.encode().decode("latin-1") if table.codec == "utf-8" else name


def _members(text: str) -> Iterator[tuple[str, Span, object]]:
    """Yield the members of a JSON object: name, where the value stands, value. Raises `ValueError`."""
    decoder = json.JSONDecoder(strict=False)
    at = _skip(text, 0)
    if text[at] != "{":
        raise ValueError(text[at])
    at = _skip(text, at + 1)
    while text[at] != "}":
        if text[at] != '"':
            raise ValueError(text[at])
        name, at = decoder.raw_decode(text, at)
        at = _skip(text, at)
        if text[at] != ":":
            raise ValueError(text[at])
        start = _skip(text, at + 1)
        value, end = decoder.raw_decode(text, start)
        yield name, Span(start, end), value
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
        elif text[at] != "}":
            raise ValueError(text[at])
    if _skip(text, at + 1) != len(text):
        raise ValueError(text[at + 1 :])


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return at if match is None else match.end()
