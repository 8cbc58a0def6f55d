"""The people of a team: a table with a row for each, from which their calls to action are filled and varied."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.errors import ConfigError
from sigtrim.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Match", "Roster", "Row", "addresses", "load_roster"]

# As the exports of directories and mail servers call them, in the form of `_key`.
_MAIL_COLUMNS = ("email", "e_mail", "mail", "email_address", "e_mail_address", "primaryemail", "userprincipalname")
_NAME_COLUMNS = ("name", "full_name", "displayname", "display_name")
# What a row sets of the call to action and the rules, by the columns that do, the first that is filled wins.
_SETTINGS = {
    "url": ("cta_url", "url"),
    "text": ("cta_text", "text"),
    "style": ("cta_style", "style"),
    "keep": ("cta_keep", "keep"),
}
_DELIMITERS = ",;\t|"
_BETWEEN = lazy(r"[\s,;|]+")
_WORD_GAP = lazy(r"[\s_-]+")
_LOCAL = lazy(r"[\w.!#$%&'*+/=?^`{|}~-]*\Z")
_DOMAIN = lazy(r"[\w-]+(?:\.[\w-]+)+")
# RFC 5321, section 4.5.3.1: no local part is longer than 64 octets, no domain than 255.
_LOCAL_LENGTH, _DOMAIN_LENGTH = 64, 255
_AT_SIGNS = lazy("&#0*64;|&#[xX]0*40;|&commat;|%40")
_SOFT_BREAK = lazy(r"=\r?\n")


class Row(NamedTuple):
    """One person: the values of the row by column, in lower case with underscores, and what they set.

    `url`, `text` and `style` are None where the row does not set them; `keep` comes on top of what is kept anyway.
    """

    line: int
    fields: Mapping[str, str]
    url: str | None
    text: str | None
    style: str | None
    keep: frozenset[str]

    @property
    def label(self) -> str:
        """Name the person for a message."""
        columns = ("file", *_MAIL_COLUMNS, *_NAME_COLUMNS)
        found = next((self.fields[column] for column in columns if self.fields.get(column)), "")
        return f"line {self.line} ({found})" if found else f"line {self.line}"


class Match(NamedTuple):
    """The row of a document: its number from 0 on, else None and the reason."""

    number: int | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """All rows, and the ways to find one."""

    path: Path
    rows: tuple[Row, ...]
    by_file: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    by_mail: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    by_stem: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False)

    def find(self, name: str, content: bytes | str, *, more: Iterable[str] = (), twins: Iterable[str] = ()) -> Match:
        """Find the row of a document.

        `name` is its path with slashes. The column `file` decides, with the path or the file name in it; else the
        e-mail address in the document, if it belongs to one row; else the file's stem, which is an address, its local
        part, or the person's name. `more` are texts beside the document, such as the other cells of its row in a
        table: an address in them comes before those in the document. `twins` are the names of the files that are one
        document with it, whose content is all of theirs.
        """
        path = PurePosixPath(name)
        for one in (name, *twins):
            for key in (_file_key(one), _file_key(PurePosixPath(one).name)):
                if key in self.by_file:
                    return self._only(self.by_file[key], "file", key)
        among = self._with_mail(address for text in more for address in addresses(text))
        if len(among) == 1:
            return Match(among[0])
        found = among or self._with_mail(addresses(content))
        if len(found) == 1:
            return Match(found[0])
        for stem in (_file_key(path.stem), *addresses(path.stem)):
            numbers = [number for number in self.by_stem.get(stem, ()) if not found or number in found]
            if len(numbers) == 1:
                return Match(numbers[0])
            if numbers:
                return self._only(tuple(numbers), "name", stem)
        if found:
            return self._only(found, "e-mail addresses", None)
        return Match(missing="no row of the roster fits")

    def _with_mail(self, found: Iterable[str]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(number for address in found for number in self.by_mail.get(address, ())))

    def _only(self, numbers: tuple[int, ...], what: str, key: str | None) -> Match:
        if len(numbers) == 1:
            return Match(numbers[0])
        lines = ", ".join(str(self.rows[number].line) for number in numbers[:5])
        more = ", ..." if len(numbers) > 5 else ""
        by = f"{what} {key!r}" if key is not None else what
        return Match(missing=f"several rows of the roster fit by {by}: lines {lines}{more}")


def load_roster(path: Path) -> Roster:
    """Read a roster: CSV with a header, in any encoding, its columns apart by comma, semicolon, tab or bar.

    Raises `ConfigError`, which names the file and the line, if it cannot be read. What a row sets is looked at where
    a document uses it.
    """
    from sigtrim.parse.source import Source  # noqa: PLC0415 - only needed where there is a roster

    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(f"{path}: is binary, not a table")
    try:
        rows = tuple(_rows(Source.from_bytes(data).text))
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    by_file: dict[str, list[int]] = {}
    by_mail: dict[str, list[int]] = {}
    by_stem: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        file = row.fields.get("file", "")
        mail = next((row.fields[column] for column in _MAIL_COLUMNS if row.fields.get(column)), "").casefold()
        stems = [PurePosixPath(_file_key(file)).stem, mail, mail.partition("@")[0]]
        stems += [row.fields[column] for column in _NAME_COLUMNS if row.fields.get(column)]
        for index, keys in ((by_file, [_file_key(file)]), (by_mail, [mail]), (by_stem, map(_file_key, stems))):
            for key in dict.fromkeys(keys):
                if key:
                    index.setdefault(key, []).append(number)
    frozen = ({key: tuple(numbers) for key, numbers in index.items()} for index in (by_file, by_mail, by_stem))
    return Roster(path, rows, *frozen)


def addresses(content: bytes | str) -> Iterator[str]:
    """Yield the e-mail addresses in a document, in lower case, as it is written: entities and `%40` are seen through.

    >>> list(addresses(b'<a href="mailto:Ada%40example.com">write</a>'))
    ['ada@example.com']
    """
    text = content if isinstance(content, str) else content.replace(b"\x00", b"").decode("utf-8", "replace")
    if "@" not in text and "%40" not in text and "64;" not in text and "40;" not in text and "&commat;" not in text:
        return
    text = _SOFT_BREAK.sub("", _AT_SIGNS.sub("@", text))
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text, max(0, at - _LOCAL_LENGTH), at)
        domain = _DOMAIN.match(text, at + 1, at + 1 + _DOMAIN_LENGTH)
        if domain is not None and local is not None and local[0]:
            yield f"{local[0]}@{domain[0]}".casefold()
        at = text.find("@", at + 1)


def _rows(text: str) -> Iterator[Row]:
    import csv  # noqa: PLC0415 - only needed where there is a roster

    lines = text.split("\n", 1)
    skipped = 0
    if lines[0].strip().lower().startswith("sep=") and len(lines) > 1:
        # What Excel reads and writes to tell its own delimiter.
        delimiter = lines[0].strip()[4:5] or ","
        text, skipped = lines[1], 1
    else:
        delimiter = max(_DELIMITERS, key=re.sub(r'"[^"]*"', "", lines[0]).count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
        columns = [_key(column) for column in header]
        while columns and not columns[-1]:
            columns.pop()
        if not columns:
            raise ConfigError("there is no header")
        for column in columns:
            if columns.count(column) > 1:
                raise ConfigError(f"the column {column!r} is there twice")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row(skipped + reader.line_num, columns, [cell.strip() for cell in cells])
    except csv.Error as error:
        raise ConfigError(f"line {skipped + reader.line_num}: {error}") from error


def _row(line: int, columns: list[str], cells: list[str]) -> Row:
    if any(cells[len(columns) :]):
        raise ConfigError(f"line {line}: {len(cells)} cells, the header has {len(columns)} columns")
    fields = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    settings = {
        key: next((fields[column] for column in names if fields.get(column)), None) for key, names in _SETTINGS.items()
    }
    keep = frozenset(filter(None, _BETWEEN.split((settings.pop("keep") or "").lower())))
    return Row(line, fields, settings["url"], settings["text"], settings["style"], keep)


def _key(column: str) -> str:
    return _WORD_GAP.sub("_", column.strip().casefold())


def _file_key(name: str) -> str:
    """Bring a file name into the one form by which the names of a table and of a disk are compared."""
    return unicodedata.normalize("NFC", os.fsdecode(name).replace("\\", "/")).strip().removeprefix("./").casefold()
