"""The documents in the columns of tables: CSV, TSV and JSON lines of any size, all other bytes untouched."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Literal, cast

from sigtrim.batch.cells import read_table, replace_cell, value_of
from sigtrim.batch.inputs import Task
from sigtrim.batch.outcome import Outcome, describe, failure
from sigtrim.batch.roster import Match
from sigtrim.batch.run import scan
from sigtrim.batch.workers import available_cores, run_in_order
from sigtrim.batch.writing import Stamp, back_up, cause_of, copy_file, open_regular, replacing
from sigtrim.errors import SigtrimError, SourceError
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import apply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sigtrim.batch.cells import Cell, Kind, Record
    from sigtrim.batch.files import FileWork
    from sigtrim.batch.inputs import Inputs, Problem, Skip
    from sigtrim.batch.workers import Stop
    from sigtrim.rewrite.edits import Edit

__all__ = ["Column", "Flow", "rewrite_stream", "rewrite_table", "run_tables"]

_KINDS: dict[str, Kind] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv", ".tab": "csv"}
_DELIMITERS = {".tsv": "\t", ".tab": "\t"}
# What a spreadsheet would run: a function, or a command behind a bar (OWASP, "CSV Injection").
_FORMULA = lazy(r"\s*+[=+@-]\s*+[\w.]++[(|]")
# Below this many bytes, starting processes takes longer than they save.
_SMALL_TABLE = 2_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column with documents: `format` is None where each cell's content tells."""

    name: str
    format: Literal["html", "text"] | None = None

    @classmethod
    def parse(cls, text: str, default: str | None = None) -> Column:
        """Read what a user gives: a name, or a name and a format; `default` is that of a name alone.

        >>> Column.parse("caption:text"), Column.parse("a:b")
        (Column(name='caption', format='text'), Column(name='a:b', format=None))
        """
        name, colon, kind = text.rpartition(":")
        named = bool(colon) and kind in ("html", "text")
        return cls(name if named else text, cast('Literal["html", "text"] | None', kind if named else default))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How tables are gone through.

    `jobs` is the number of processes, None for as many as a table is worth; `put` gets the bytes of the tables that
    have no place to go, `advance` is told how many bytes are done.
    """

    columns: tuple[Column, ...]
    jobs: int | None
    put: Callable[[bytes], object]
    stop: Stop
    advance: Callable[[int], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class _RecordWork:
    """Rewrites the cells of a record, in whatever process that happens."""

    files: FileWork
    columns: tuple[Column, ...]
    name: str
    folder: Path

    def __call__(self, record: Record) -> tuple[str, tuple[Outcome, ...]]:
        edits = []
        outcomes = []
        for cell in record.cells:
            value, person = "", Match()
            try:
                value = value_of(record, cell)
                if not value.strip():
                    continue
                person = self.files.settings.person("", value, more=record.others)
                outcome, edit = self._cell(record, cell, value, person)
                if edit is not None:
                    edits.append(edit)
            except Exception as error:  # noqa: BLE001 - one bad cell never stops the others
                size = len(value.encode("utf-8", "replace"))
                outcome = self._failure(record, cause_of(error), size)._replace(row=person.number)
            outcomes.append(outcome)
        return apply(record.text, edits) if edits else record.text, tuple(outcomes)

    def give_up(self, record: Record, cause: str) -> tuple[str, tuple[Outcome, ...]]:
        """Leave a record as it is whose process died."""
        return record.text, tuple(self._failure(record, cause, 0) for _ in record.cells)

    def _cell(self, record: Record, cell: Cell, value: str, person: Match) -> tuple[Outcome, Edit | None]:
        settings = self.files.settings
        if _FORMULA.match(value):
            size = len(value.encode("utf-8", "replace"))
            return Outcome(
                name=self.name, record_line=record.line, state="unchanged", size_before=size, size_after=size
            ), None
        if person.missing is not None and settings.require_roster:
            raise SourceError(person.missing)
        rewriter = settings.rewriter(self.folder, person.number)
        rewrite = rewriter.rewrite(
            value,
            format=next(column.format for column in self.columns if column.name == cell.column),
            name=f"{self.name}:{record.line}",
            fields=settings.fields(person.number),
        )
        edit = replace_cell(record, cell, rewrite.edits) if rewrite.changed else None
        after = rewrite.output if isinstance(rewrite.output, str) else value
        if _FORMULA.match(after):
            raise SourceError("left as it is: the cell would become a formula")
        outcome = describe(
            rewrite,
            self.files.wanted,
            name=self.name,
            record_line=record.line,
            size_before=len(value.encode("utf-8", "replace")),
            size_after=len(after.encode("utf-8", "replace")),
            row=person.number,
            person=person.missing,
        )
        return outcome, edit

    def _failure(self, record: Record, cause: str, size: int) -> Outcome:
        label = f"{self.name}:{record.line}"
        made = failure(label, cause, self.files.wanted, record_line=record.line, size_before=size, size_after=size)
        return made._replace(name=self.name)


def run_tables(
    inputs: Inputs, work: FileWork, flow: Flow, *, tell: Callable[[Skip | Problem], None]
) -> Iterator[Outcome]:
    """Yield the outcome of each cell of each table, and of each file beside them, in order.

    The cells of a table are shared out, one table follows the other.
    """
    for found in scan(inputs, work):
        if flow.stop.wanted:
            return
        if not isinstance(found, Task):
            tell(found)
        elif not found.document:
            yield from work((found,))
        else:
            yield from _file(found, work, flow)


def rewrite_table(file: IO[bytes], task: Task, work: FileWork, flow: Flow) -> Iterator[Outcome]:
    """Yield the outcome of each cell of one table, and put its bytes.

    Raises `OSError`; `SourceError` if the table is broken, a column is not there, or a stop is wanted before the end.
    """
    suffix = task.source.suffix.lower()
    others = work.settings.roster is not None
    names = [column.name for column in flow.columns]
    table, records = read_table(file, names, kind=_KINDS.get(suffix), delimiter=_DELIMITERS.get(suffix), others=others)
    flow.put(table.mark)
    one = _RecordWork(work, flow.columns, str(task.source), task.source.parent)
    jobs = available_cores() if flow.jobs is None else flow.jobs
    results = run_in_order(
        one, records, failed=one.give_up, jobs=jobs, weigh=lambda record: len(record.text), stop=flow.stop
    )
    for text, outcomes in results:
        data = table.encode(text)
        flow.put(data)
        flow.advance(len(data))
        yield from outcomes
    if flow.stop.wanted:
        raise SourceError("interrupted, the table is left as it was")


def rewrite_stream(file: IO[bytes], task: Task, work: FileWork, flow: Flow) -> Iterator[Outcome]:
    """Yield the outcomes of a table that comes from standard input; what it fails with is one too."""
    try:
        with ExitStack() as stack:
            if work.looks_only:
                flow = replace(flow, put=_nowhere)
            elif task.target is not None:
                flow = replace(flow, put=stack.enter_context(replacing(task.target, unless_same=True)).write)
            yield from rewrite_table(file, task, work, flow)
    except BrokenPipeError:  # the reader of standard output has gone
        raise
    except (OSError, SigtrimError) as error:
        yield failure(str(task.source), cause_of(error), work.wanted)


def _file(task: Task, work: FileWork, flow: Flow) -> Iterator[Outcome]:
    """Go through one table; what it fails with is an outcome."""
    target = task.source if work.in_place else task.target
    try:
        with ExitStack() as stack:
            file = stack.enter_context(open_regular(task.source))
            status = os.fstat(file.fileno())
            stamp = Stamp.of(status)
            if flow.jobs is None and status.st_size < _SMALL_TABLE:
                flow = replace(flow, jobs=1)
            if work.looks_only:
                flow = replace(flow, put=_nowhere)
            elif target is not None:
                read_as = stamp if work.in_place else None
                out = stack.enter_context(replacing(target, like=task.source, read_as=read_as, unless_same=True))
                flow = replace(flow, put=out.write)
            changed = False
            for outcome in rewrite_table(file, task, work, flow):
                changed = changed or outcome.state == "changed"
                yield outcome
            if changed and work.in_place and work.backup is not None and not work.looks_only:
                back_up(task.source, work.backup)
            if Stamp.of(os.fstat(file.fileno())) != stamp:
                raise SourceError("changed while it was read")
    except BrokenPipeError:  # the reader of standard output has gone
        raise
    except (OSError, SigtrimError) as error:
        if task.target is not None and not work.looks_only and not flow.stop.wanted:
            with suppress(OSError, SigtrimError):
                copy_file(task.source, task.target)
        yield failure(str(task.source), cause_of(error), work.wanted)


def _nowhere(_: bytes) -> None:
    """Take the bytes of a table that is only looked at."""
