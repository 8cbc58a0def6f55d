"""Large mailboxes: rewritten message by message, so that one of any size fits into memory."""

from __future__ import annotations

import io
import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, cast

from sigtrim.batch.outcome import Outcome, describe
from sigtrim.batch.writing import Stamp, back_up, open_regular, replacing
from sigtrim.errors import SourceError
from sigtrim.formats import mbox
from sigtrim.formats.result import BoundRewriter, FileRewrite
from sigtrim.parse.source import Source, Span
from sigtrim.rewrite.edits import Edit

if TYPE_CHECKING:
    from pathlib import Path

    from sigtrim.batch.inputs import Task
    from sigtrim.batch.outcome import Wanted
    from sigtrim.batch.personal import Settings
    from sigtrim.rewrite.result import Kept, Removal

__all__ = ["is_mailbox", "rewrite_mailbox"]

_HEAD = 65536
_WARNINGS = 1000


def is_mailbox(path: Path) -> bool:
    """Tell whether a file begins as a mailbox does. Raises `OSError` or `SourceError`."""
    with open_regular(path) as file:
        return mbox.matches(file.read(_HEAD))


def rewrite_mailbox(  # noqa: PLR0913 - the choices of the run
    task: Task, settings: Settings, wanted: Wanted, *, in_place: bool, backup: str | None, looks_only: bool
) -> Outcome:
    """Rewrite a mailbox, in place or to its target.

    Raises `OSError` or a `SigtrimError`, and then nothing is written.
    """
    with ExitStack() as stack:
        file = stack.enter_context(open_regular(task.source))
        stamp = Stamp.of(os.fstat(file.fileno()))
        person = settings.person(task.name, file.read(_HEAD))
        if person.missing is not None and settings.require_roster:
            raise SourceError(person.missing)
        rewriter = settings.rewriter(task.source.parent, person.number)
        file.seek(0)
        out: BinaryIO = _Nowhere()
        target = task.source if in_place else task.target
        if target is not None and not looks_only:
            read_as = stamp if in_place else None
            opened = replacing(target, like=task.source, read_as=read_as, unless_same=True)
            out = cast("BinaryIO", stack.enter_context(opened))
        found = _Found(keeps=wanted.record or wanted.explanation)
        bound = BoundRewriter(rewriter, settings.fields(person.number))
        for message in mbox.rewrite_stream(bound, cast("BinaryIO", file), out):
            found.add(message)
        if Stamp.of(os.fstat(file.fileno())) != stamp:
            raise SourceError("changed while it was read")
        if found.changed and in_place and backup is not None and not looks_only:
            back_up(task.source, backup)
    made = describe(
        found.rewrite(str(task.source)),
        wanted,
        state="changed" if found.changed else "unchanged",
        size_before=stamp.size,
        size_after=found.size,
        row=person.number,
        person=person.missing,
    )
    return made._replace(
        line=found.line,
        summary=found.summary(),
        links=tuple(sorted(found.links.items())),
    )


class _Nowhere(io.BytesIO):
    """Takes what is only looked at."""

    def write(self, data: object, /) -> int:
        return len(cast("bytes", data))


@dataclass(slots=True)
class _Found:
    """What became of the messages so far; removals are held only if the run `keeps` them for a report."""

    keeps: bool
    changed: bool = False
    size: int = 0
    offset: int = 0
    lines: int = 0
    line: int | None = None
    count: int = 0
    links: Counter[str] = field(default_factory=Counter)
    removals: list[Removal] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)
    last: FileRewrite | None = None

    def add(self, message: FileRewrite) -> None:
        """Count a message."""
        text = message.source.text
        self.size += len(message.output)
        if message.removals and self.line is None:
            self.line = self.lines + message.removals[0].line
        self.count += len(message.removals)
        self.links.update(one.platform or "other" for one in message.removals if one.code.startswith("platform-"))
        if message.skipped is not None:
            self._warn(f"line {self.lines + 1}: left as it is: {message.skipped}")
        for warning in message.warnings:
            self._warn(warning)
        if self.keeps:
            self.removals += (
                replace(
                    one,
                    span=self._moved(one.span),
                    line=one.line + self.lines,
                    edits=tuple(Edit(self._moved(edit.span), edit.content) for edit in one.edits),
                )
                for one in message.removals
            )
            self.kept += (replace(one, span=self._moved(one.span), line=one.line + self.lines) for one in message.kept)
        if message.changed and not self.changed:
            cta = message.cta and replace(message.cta, offset=message.cta.offset + self.offset)
            self.changed, self.last = True, replace(message, cta=cta)
        self.offset += len(text)
        self.lines += text.count("\n")

    def rewrite(self, name: str) -> FileRewrite:
        """Return what is reported of the whole mailbox."""
        first = self.last
        return FileRewrite(
            Source("", "latin-1", b"", name),
            b"",
            removals=tuple(self.removals),
            kept=tuple(self.kept),
            cta=None if first is None else first.cta,
            warnings=tuple(self.warnings),
            format="mbox",
            splices=() if first is None else first.splices[:1],
        )

    def summary(self) -> str:
        """Say in a few words what was done."""
        if not self.changed:
            return "nothing to do"
        parts = [f"{self.count} removals of {len(self.links)} platforms"] if self.count else []
        return ", ".join([*parts, *(["one call to action"] if self.last is not None and self.last.cta else [])])

    def _warn(self, warning: str) -> None:
        if len(self.warnings) < _WARNINGS:
            self.warnings[warning] = None

    def _moved(self, span: Span) -> Span:
        return Span(span.start + self.offset, span.end + self.offset)
