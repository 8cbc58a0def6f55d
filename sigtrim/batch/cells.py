"""Cells of tables by where they stand: CSV records and JSON lines are split without loss and edited by spans."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from json.decoder import scanstring
from typing import IO, TYPE_CHECKING, Literal

from sigtrim.errors import SourceError
from sigtrim.parse.source import Span
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
_QUOTED = re.compile(r'"[^"]*"')
_DECLARED = re.compile(r"sep=(.)(?:\r\n|\n|\r)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n]*")
# RFC 8259, section 7. A pair of surrogates is one character.
_JSON_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a record, its quotes included: `column` is its header, `span` where it stands in the record."""

    column: str
    span: Span


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it is in the file, with its line end: the line where it begins, and the cells that are wanted.

    `others` are the values of the other cells, if those were asked for. `codec` is the encoding of the cells; `text`
    has a character for each byte unless that is UTF-16.
    """

    text: str
    line: int
    cells: tuple[Cell, ...]
    others: tuple[str, ...]
    kind: Kind
    codec: str


@dataclass(frozen=True, slots=True)
class Table:
    """How a table is written: `codec` of its characters, `delimiter` for CSV, the byte order mark in front."""

    kind: Kind
    codec: str
    delimiter: str
    mark: bytes

    def encode(self, text: str) -> bytes:
        """Turn the text of records back into the bytes of the file."""
        return text.encode(self.codec, "surrogatepass") if self._wide else text.encode("latin-1")

    @property
    def _wide(self) -> bool:
        return self.codec.startswith("utf-16")


def read_table(
    file: IO[bytes], columns: Sequence[str], *, kind: Kind | None = None, delimiter: str | None = None, others: bool = False
) -> tuple[Table, Iterator[Record]]:
    r"""Read a table: how it is written, and its records, the header too, read as they are taken.

    The texts of all records after each other, encoded, are the file but for its mark. `kind` and `delimiter` are
    found out if left out. Raises `SourceError`, also while the records are taken, if a column is not there or the
    table is broken.

    >>> import io
    >>> table, records = read_table(io.BytesIO(b'id;signature\r\n1;"a ""b"""\r\n'), ["signature"])
    >>> table.delimiter, [value_of(record, cell) for record in records for cell in record.cells]
    (';', ['a "b"'])
    """
    head = file.read(_SNIFFED)
    mark, codec = _encoding(head)
    decode: Callable[[bytes, bool], str]
    if codec.startswith("utf-16"):
        decode = codecs.getincrementaldecoder(codec)("surrogatepass").decode
    else:
        decode = _decode_bytes
    text = decode(head[len(mark) :], len(head) < _SNIFFED)
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
    pieces = _split(text, lambda: decode(data, not data) if (data := file.read(_CHUNK)) else None, split)
    if kind == "jsonl":
        return table, _json_records(pieces, tuple(columns), table, others=others)
    return table, _csv_records(pieces, tuple(columns), table, others=others)


def value_of(record: Record, cell: Cell) -> str:
    """Return what a cell says, without its quotes and escapes."""
    raw = _characters(record.text[cell.span.start : cell.span.end], record.codec)
    if record.kind == "jsonl":
        value, _ = scanstring(raw, 1, False)  # noqa: FBT003 - as the standard library has it
        return str(value)
    return _unquote(raw)


def replace_cell(record: Record, cell: Cell, edits: Sequence[Edit]) -> Edit:
    """Turn edits of a cell's value into the edit of its record; quotes and escapes outside of them stay.

    Raises `SourceError` if the table's encoding has no place for a character.
    """
    raw = _characters(record.text[cell.span.start : cell.span.end], record.codec)
    if record.kind == "jsonl":
        changed = f'"{_edit_json(raw[1:-1], edits)}"'
    else:
        value = apply(_unquote(raw), edits)
        special = set('"\r\n') if value.startswith('"') else set("\r\n")
        quote = raw.startswith('"') or bool(special & set(value)) or _delimiter_of(record) in value
        changed = '"{}"'.format(value.replace('"', '""')) if quote else value
    return Edit.replacement(cell.span, _raw(changed, raw, record.codec))


def _delimiter_of(record: Record) -> str:
    """Return the character beside the record's cells; a cell alone in its record has none to be mistaken for."""
    for cell in record.cells:
        if cell.span.start > 0:
            return record.text[cell.span.start - 1]
        if cell.span.end < len(record.text) and record.text[cell.span.end] not in "\r\n":
            return record.text[cell.span.end]
    return "\n"


def _encoding(head: bytes) -> tuple[bytes, str]:
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return mark, codec
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return b"", "latin-1"
    return b"", "utf-8"


def _decode_bytes(data: bytes, _final: bool) -> str:  # noqa: FBT001 - called as codecs call it
    return data.decode("latin-1")


def _characters(raw: str, codec: str) -> str:
    """Read a cell's bytes; a cell that is not in the table's encoding has a character for each byte."""
    if codec != "utf-8":
        return raw
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return raw


def _raw(changed: str, before: str, codec: str) -> str:
    if codec.startswith("utf-16"):
        return changed
    try:
        before.encode("latin-1")
        one_byte = not before.isascii()
    except UnicodeEncodeError:
        one_byte = False
    try:
        if codec == "latin-1" or (one_byte and not changed.isascii() and _was_bytes(before)):
            return changed.encode("latin-1").decode("latin-1")
        return changed.encode("utf-8").decode("latin-1")
    except UnicodeEncodeError as error:
        raise SourceError(f"the table's encoding has no {changed[error.start]!r}") from error
