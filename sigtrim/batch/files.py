"""One file of a run, from its bytes to its place, in whatever process that happens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from sigtrim.batch.outcome import Outcome, Wanted, describe, failure
from sigtrim.batch.writing import Stamp, clean_folder, copy_file, holds, read_whole, write_atomically
from sigtrim.errors import SigtrimError, SourceError
from sigtrim.parse.source import looks_binary
from sigtrim.report import binary_diff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sigtrim.batch.inputs import Task
    from sigtrim.batch.personal import Settings
    from sigtrim.rewriter import Rewrite, Rewriter

__all__ = ["FileWork", "cause_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWork:
    """What is done with each file of a run; can be sent to other processes.

    `in_place` writes changed files where they are, with `backup` keeping what was there under that suffix beside them;
    otherwise results go to the targets of the tasks. Where there is neither, the outcome holds what was asked for.
    `format` is that of all documents; if left out, their names tell, else their content.
    """

    settings: Settings
    wanted: Wanted
    in_place: bool = False
    backup: str | None = None
    looks_only: bool = False
    format: str | None = None

    def __call__(self, task: Task) -> Outcome:
        """Go through one file; a failure is an outcome, which leaves the file as it was."""
        name = str(task.source)
        try:
            if not task.document:
                changed = task.target is not None and copy_file(task.source, task.target)
                return Outcome(name=name, state="copied" if changed else "same")
            data, stamp = read_whole(task.source)
        except (OSError, SigtrimError) as error:
            return failure(name, cause_of(error), self.wanted, record=task.document)
        return self.document(task, data, stamp)

    def document(self, task: Task, data: bytes, stamp: Stamp | None = None) -> Outcome:
        """Rewrite one document and bring the result where it belongs."""
        outcome, result = self._rewrite(task, data)
        if self.looks_only:
            if not self.wanted.diff or result is None:
                return outcome
            return replace(outcome, diff=binary_diff(data, result, _patch_name(task.source)))
        if not self.in_place and task.target is None:
            return replace(outcome, output=result)
        try:
            self._write(task, data, data if result is None else result, stamp)
        except (OSError, SigtrimError) as error:
            place = task.source if task.target is None else task.target
            return replace(outcome, name=str(place), state="failed", cause=cause_of(error))
        return outcome

    def give_up(self, task: Task, cause: str) -> Outcome:
        """Make the outcome of a file whose process died; its place among the results gets the file as it was."""
        outcome = failure(str(task.source), cause, self.wanted, record=task.document)
        if task.target is not None and not self.looks_only:
            try:
                # What the process had begun to write.
                clean_folder(task.target.parent)
                copy_file(task.source, task.target)
            except (OSError, SigtrimError) as error:
                return replace(outcome, cause=f"{cause}, and {task.target}: {cause_of(error)}")
        elif self.in_place:
            clean_folder(task.source.parent)
        return outcome

    def _rewrite(self, task: Task, data: bytes) -> tuple[Outcome, bytes | None]:
        """Rewrite a document; there is no result where that went wrong."""
        name = str(task.source)
        try:
            person = self.settings.person(task.name, data)
            if person.missing is not None and self.settings.require_roster:
                raise SourceError(person.missing)  # noqa: TRY301 - one place turns errors into messages
            rewriter = self.settings.rewriter(task.source.parent, person.number)
            rewrite = self._by_format(rewriter, data, task, self.settings.fields(person.number))
            result = rewrite.output if isinstance(rewrite.output, bytes) else rewrite.source.encode(rewrite.output)
            outcome = describe(
                rewrite,
                self.wanted,
                state="changed" if result != data else "unchanged",
                size_before=len(data),
                size_after=len(result),
                row=person.number,
                person=person.missing,
            )
        except Exception as error:  # noqa: BLE001 - one bad document never stops the others
            detail = None
            if self.wanted.traceback and not isinstance(error, SigtrimError):
                import traceback  # noqa: PLC0415 - only needed where something is wrong with the program itself

                detail = traceback.format_exc()
            return failure(
                name, cause_of(error), self.wanted, detail=detail, size_before=len(data), size_after=len(data)
            ), None
        return outcome, result

    def _by_format(self, rewriter: Rewriter, data: bytes, task: Task, fields: Mapping[str, str] | None) -> Rewrite:
        name = str(task.source)
        wanted = self.format or task.format
        if wanted not in ("html", "text"):
            from sigtrim import formats  # noqa: PLC0415 - most runs have HTML and text only

            wrapped = wanted or formats.sniff(data, name)
            if wrapped is not None:
                return formats.rewrite(rewriter, data, format=wrapped, name=name, fields=fields)
        if looks_binary(data):
            raise SourceError("is binary, not a text")
        document = cast('Literal["html", "text"] | None', wanted)
        return rewriter.rewrite(data, format=document, name=name, fields=fields)

    def _write(self, task: Task, data: bytes, result: bytes, stamp: Stamp | None) -> None:
        if self.in_place:
            if result == data:
                return
            if self.backup is not None:
                write_atomically(task.source.with_name(task.source.name + self.backup), data, like=task.source)
            write_atomically(task.source, result, read_as=stamp)
        elif task.target is not None and not holds(task.target, result):
            write_atomically(task.target, result, like=task.source)


def cause_of(error: Exception) -> str:
    """Say what went wrong, for a message that begins with the file."""
    if isinstance(error, SigtrimError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"internal error, {type(error).__name__}: {error}"


def _patch_name(path: Path) -> str:
    """Name a file as `patch -p1` finds it from here, or from the root of the file system."""
    absolute = path.absolute()
    here = Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix().lstrip("/")
