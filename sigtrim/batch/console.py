"""What a run says: messages on standard error, data on standard output, a report in a file."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import click

from sigtrim.batch.inputs import Problem, Skip
from sigtrim.batch.summary import Tally, annotation
from sigtrim.batch.writing import cause_of, clean_folder, replacing
from sigtrim.errors import SourceError
from sigtrim.patterns import lazy
from sigtrim.report import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from sigtrim.batch.outcome import Outcome
    from sigtrim.batch.workers import Stop

__all__ = ["Console", "Report", "complain", "put", "read_input", "stopping"]

_LISTED = 20
_WARNINGS = 1000
_PRUNE = "--write --prune-images deletes them"
_NUMBERS = lazy(r"\d[\d.,]*+")


@dataclass(slots=True, kw_only=True)
class Console:
    """Tells what happens and counts it.

    `shows_changes` names each changed file, `explains_to_stderr` leaves standard output to other data.
    `hint` is said once, where a list went and nothing took its place. `prunes` tells that pictures are to be deleted.
    """

    quiet: bool = False
    verbose: bool = False
    shows_changes: bool = False
    explains_to_stderr: bool = False
    hint: str | None = None
    prunes: bool = False
    listed: int = 0
    report: Report | None = None
    tally: Tally = field(default_factory=Tally)
    warned: dict[str, tuple[str, int]] = field(default_factory=dict)
    bar: Any = None

    def outcome(self, outcome: Outcome) -> None:
        """Tell and count one document or companion."""
        self.tally.add(outcome)
        if outcome.detail is not None:
            for line in outcome.detail.splitlines():
                click.echo(printable(line), err=True)
        if not self.quiet:
            self._warn(outcome)
        self._tell_pictures(outcome)
        if outcome.cause is not None:
            self.say(f"{outcome.label}: {outcome.cause}")
        self._explain(outcome)
        for data in (outcome.diff, outcome.output):
            if data is not None:
                put(data)
        if self.report is not None:
            self.report.tell(self, outcome)

    def left_out(self, found: Skip | Problem) -> None:
        """Tell and count what is not gone through."""
        if isinstance(found, Problem):
            self.tally.failed += 1
            self.say(f"{found.path}: {found.cause}")
        else:
            self.tally.skipped[found.reason] += 1
            if not self.quiet:
                self.say(f"{found.path}: skipped, {found.reason}")

    def unused(self, rows: tuple[str, ...]) -> None:
        """Tell which rows of the roster belong to nobody."""
        self.tally.unused_rows = rows
        if self.quiet or not rows:
            return
        for row in rows[:_LISTED]:
            self.say(f"roster: {row}: no document uses it")
        if len(rows) > _LISTED:
            self.say(f"roster: {len(rows) - _LISTED} more rows that no document uses")

    def repeated(self) -> None:
        """Tell of the warnings that were not said again, and how to delete pictures."""
        if self.listed > _LISTED and not self.verbose and not self.quiet:
            self.say(f"{self.listed - _LISTED} more signatures with such pictures, --verbose names them")
        if self.tally.pictures_unused and not self.prunes and not self.quiet:
            self.say(f"pictures that no file shows any more: {self.tally.pictures_unused}; {_PRUNE}")
        if not self.quiet and not self.verbose:
            for warning, number in self.warned.values():
                if number > 1:
                    self.say(f"{number - 1} more with a warning like this: {warning}")

    def say(self, message: str) -> None:
        """Write a line on standard error, above the progress bar if there is one."""
        if self.bar is not None:
            click.echo("\r\x1b[K", err=True, nl=False)
        complain(message)
        if self.bar is not None:
            self.bar.render_progress()

    @contextlib.contextmanager
    def reporting(self, path: Path | None, *, form: Literal["jsonl", "github"], would: bool) -> Iterator[None]:
        """Have the report written while the block lasts; without a path only annotations, on standard output."""
        if path is None and form == "jsonl":
            yield
            return
        self.report = Report(path=path, form=form, would=would)
        with self.report.opened(self):
            yield

    @contextlib.contextmanager
    def progress(self, length: int) -> Iterator[Callable[[int], None]]:
        """Show a bar where a person waits; what is handed out moves it on."""
        if length < 2 or sys.stderr is None or not sys.stderr.isatty():
            yield lambda _: None
            return
        with click.progressbar(length=length, label="sigtrim", file=sys.stderr) as bar:
            self.bar = bar
            try:
                yield bar.update
            finally:
                self.bar = None

    def _warn(self, outcome: Outcome) -> None:
        if outcome.without_cta and self.hint is not None:
            self.say(self.hint)
            self.hint = None
        for warning in outcome.warnings:
            # What is wrong with the call to action, or with all documents of a kind, is told once and counted.
            kind = _NUMBERS.sub("", warning)
            first, number = self.warned.get(kind, (warning, 0))
            if self.verbose or number == 0:
                self.say(f"{outcome.label}: {warning}")
            if number or len(self.warned) < _WARNINGS:
                self.warned[kind] = (first, number + 1)
        if outcome.person is not None and outcome.person != outcome.cause:
            self.say(f"{outcome.label}: {outcome.person}")

    def _tell_pictures(self, outcome: Outcome) -> None:
        if outcome.unused and self.prunes:
            self.tally.failed += 1
            self.say(f"{outcome.label}: cannot be deleted: {', '.join(outcome.unused)}")
        for names, what in (
            (outcome.unused, "shown by no file any more"),
            (outcome.deleted, "shown by no file, deleted"),
        ):
            if not names or self.quiet or (self.prunes and names is outcome.unused):
                continue
            self.listed += 1
            if self.verbose or self.listed <= _LISTED:
                self.say(f"{outcome.label}: {what}: {', '.join(names)}")

    def _explain(self, outcome: Outcome) -> None:
        if outcome.explanation is not None:
            click.echo(outcome.explanation, err=self.explains_to_stderr, nl=False)
        elif outcome.summary and outcome.cause is None:
            changed = outcome.state == "changed"
            if self.verbose or (self.shows_changes and changed and not self.quiet):
                self.say(f"{outcome.label}: {outcome.summary}")


@dataclass(slots=True, kw_only=True)
class Report:
    """A line for each document, in a file that is there when all are, or on standard output."""

    path: Path | None
    form: Literal["jsonl", "github"] = "jsonl"
    would: bool = False
    file: IO[bytes] | None = None

    @contextlib.contextmanager
    def opened(self, console: Console) -> Iterator[None]:
        """Have the report written to while the block lasts; what is in it by then is kept whatever ends the block."""
        if self.path is None:
            yield
            return
        stack = contextlib.ExitStack()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            clean_folder(self.path.parent)
            self.file = stack.enter_context(replacing(self.path))
        except (OSError, SourceError) as error:
            self._fail(console, error)
        try:
            yield
        finally:
            failed = console.report is None
            try:
                # A report that lacks lines must not look like a whole one.
                stack.__exit__(*((OSError, OSError(), None) if failed else (None, None, None)))
            except OSError as error:
                if not failed:
                    self._fail(console, error)

    def _fail(self, console: Console, error: OSError | SourceError) -> None:
        console.report = None
        console.left_out(Problem(self.path or Path("report"), cause_of(error)))

    def tell(self, console: Console, outcome: Outcome) -> None:
        """Write the line of one document; the first failure ends the report."""
        try:
            self._add(outcome)
        except OSError as error:
            if self.path is None:  # standard output, whose failure ends the run
                raise
            self._fail(console, error)

    def _add(self, outcome: Outcome) -> None:
        if self.form == "github":
            line = annotation(outcome, would=self.would)
        else:
            line = f"{outcome.record}\n" if outcome.record is not None else ""
        if self.file is not None:
            self.file.write(line.encode())
        elif line:
            put(line.encode())


@contextlib.contextmanager
def stopping(stop: Stop) -> Iterator[None]:
    """Let the first Ctrl-C only ask to stop, so that no file is left half-way; the second one ends at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.wanted = True
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def read_input() -> bytes:
    """Read standard input to its end. Raises `OSError` if it is closed."""
    if sys.stdin is None:
        raise OSError(errno.EBADF, "is closed")
    # A person who types ends that with Ctrl-C at once: nothing has been begun yet.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return sys.stdin.buffer.read()
    finally:
        signal.signal(signal.SIGINT, handler)


def put(data: bytes) -> None:
    """Write data to standard output. Raises `OSError`, also if that is closed."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def complain(message: str) -> None:
    """Write one line to standard error."""
    click.echo(f"sigtrim: {printable(message)}", err=True)
