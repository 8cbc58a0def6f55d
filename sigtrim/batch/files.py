"""The files of a run, from their bytes to their places, in whatever process that happens."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sigtrim.batch.inputs import TABLES
from sigtrim.batch.outcome import Outcome, Wanted, describe, failure
from sigtrim.batch.roster import Match
from sigtrim.batch.writing import (
    NotWrittenError,
    Stamp,
    Writing,
    back_up,
    cause_of,
    clean_folder,
    content_of,
    copy_file,
    read_whole,
    write_together,
)
from sigtrim.errors import SigtrimError, SourceError
from sigtrim.report import binary_diff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigtrim.batch.inputs import Task
    from sigtrim.batch.personal import Settings
    from sigtrim.batch.pictures import Pictures
    from sigtrim.rewrite.result import Rewrite

__all__ = ["LARGE", "FileWork"]

_ALONE = "its twins in other formats beside it stay as they are: name them too, or their folder"
# A mailbox from this many bytes on is gone through message by message.
LARGE = 16_000_000
_TWIN_SUFFIXES = (".htm", ".html", ".rtf", ".txt")


class _Document(NamedTuple):
    """A file that is read; `path` is that of its task, as messages name it."""

    task: Task
    data: bytes
    stamp: Stamp | None = None

    @property
    def path(self) -> str:
        return str(self.task.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWork:
    """What is done with each signature of a run, one file or several twins; can be sent to other processes.

    `in_place` writes changed files where they are, with `backup` keeping what was there under that suffix beside them;
    otherwise results go to the targets of the tasks. Where there is neither, the outcome holds what was asked for.
    `format` is that of all documents; if left out, their content tells, else their names. With `prune` pictures that
    no file shows any more are deleted, once all files of the signature are written in place.
    """

    settings: Settings
    wanted: Wanted
    in_place: bool = False
    backup: str | None = None
    looks_only: bool = False
    format: str | None = None
    prune: bool = False
    _pictures: list[Pictures] = field(default_factory=list, repr=False, compare=False)

    def __call__(self, tasks: tuple[Task, ...]) -> tuple[Outcome, ...]:
        """Go through the files of one signature; a failure is an outcome, which leaves all of them as they were."""
        if len(tasks) == 1 and not tasks[0].document:
            return (self._companion(tasks[0]),)
        if len(tasks) == 1 and (streamed := self._stream(tasks[0])) is not None:
            return (streamed,)
        documents: list[_Document] = []
        lost: dict[str, str] = {}
        for task in tasks:
            try:
                documents.append(_Document(task, *self._read(task)))
            except (OSError, SigtrimError) as error:
                lost[str(task.source)] = cause_of(error)
        if len(tasks) == 1 and documents and not self._is_document(documents[0]):
            return (self._companion(tasks[0]),)
        failures = tuple(failure(name, cause, self.wanted) for name, cause in lost.items())
        return (*failures, *self._signature(documents, lost)) if documents else failures

    def _read(self, task: Task) -> tuple[bytes, Stamp]:
        """Read a file; one that is longer than its configuration allows is only copied, unless it is a mailbox."""
        if not task.name.lower().endswith(".mbox"):
            try:
                self.settings.rewriter(task.source.parent).limits.check_length(task.source.stat().st_size)
            except SourceError:
                if task.target is not None and not self.looks_only:
                    copy_file(task.source, task.target)
                raise
        return read_whole(task.source)

    def document(self, task: Task, data: bytes) -> Outcome:
        """Rewrite one document that is read already and bring the result where it belongs."""
        return self._signature([_Document(task, data)], {})[0]

    def give_up(self, tasks: tuple[Task, ...], cause: str) -> tuple[Outcome, ...]:
        """Make the outcomes of files whose process died; their places among the results get the files as they were."""
        return tuple(self._give_up(task, cause) for task in tasks)

    def _give_up(self, task: Task, cause: str) -> Outcome:
        outcome = failure(str(task.source), cause, self.wanted, record=task.document)
        if task.target is not None and not self.looks_only:
            try:
                # What the process had begun to write.
                clean_folder(task.target.parent)
                copy_file(task.source, task.target)
            except (OSError, SigtrimError) as error:
                return outcome._replace(cause=f"{cause}, and {task.target}: {cause_of(error)}")
        elif self.in_place:
            clean_folder(task.source.parent)
        return outcome

    def _stream(self, task: Task) -> Outcome | None:
        """Go through a mailbox that is too large for memory; None if it is none, or its bytes are asked for."""
        has_place = self.in_place or task.target is not None or self.looks_only
        if self.format not in (None, "mbox") or self.wanted.diff or not has_place:
            return None
        try:
            if task.source.stat().st_size < LARGE:
                return None
            from sigtrim.batch.mailboxes import is_mailbox, rewrite_mailbox  # noqa: PLC0415 - rarely needed

            if not is_mailbox(task.source):
                return None
            return rewrite_mailbox(
                task,
                self.settings,
                self.wanted,
                in_place=self.in_place,
                backup=self.backup,
                looks_only=self.looks_only,
            )
        except Exception as error:  # noqa: BLE001 - one bad document never stops the others
            return self._give_up(task, cause_of(error))

    def _companion(self, task: Task) -> Outcome:
        """Copy a file that is no document, where there is a place for it."""
        try:
            changed = task.target is not None and not self.looks_only and copy_file(task.source, task.target)
        except (OSError, SigtrimError) as error:
            return failure(str(task.source), cause_of(error), self.wanted, record=False)
        return Outcome(name=str(task.source), state="copied" if changed else "same")

    def _is_document(self, document: _Document) -> bool:
        """Tell whether a file of a folder is one, as far as its name does not: a template would take in the call."""
        task = document.task
        if self.in_place or task.target is not None or self.looks_only:
            cta = self.settings.rewriter(task.source.parent).cta
            templates = [one.template.encode() for one in (cta, cta and cta.default) if one and one.template]
            if document.data.removeprefix(BOM_UTF8) in templates:
                return False
        if task.certain:
            return True
        from sigtrim import formats  # noqa: PLC0415 - only where a name does not tell

        return self.format in (None, "gmail") and formats.sniff(document.data) == "gmail"

    def _signature(self, documents: Sequence[_Document], lost: dict[str, str]) -> tuple[Outcome, ...]:
        """Rewrite the files of one signature and write them, all or none; `lost` names those that cannot be read."""
        person = Match()
        try:
            person = self._person(documents)
            rewrites = self._rewrite(documents, person)
            if lost:
                from sigtrim.formats.outlook import hold_back  # noqa: PLC0415 - only where a twin is missing

                originals = {one.path: one.data for one in documents}
                rewrites = hold_back(rewrites, originals, *next(iter(lost.items())))
            results = {one.path: _result(rewrites[one.path], one.data) for one in documents}
        except Exception as error:  # noqa: BLE001 - one bad document never stops the others
            return self._failed(documents, error, person)
        try:
            self._write(documents, results)
        except NotWrittenError as error:
            return tuple(self._not_written(one, results[one.path], error) for one in documents)
        return self._outcomes(documents, rewrites, results, person)

    def _person(self, documents: Sequence[_Document]) -> Match:
        """Find the person of a signature: the same one for all of its files."""
        first, *others = (one.task.name for one in documents)
        together = b"\n".join(one.data for one in documents) if others else documents[0].data
        person = self.settings.person(first, together, twins=tuple(others))
        if person.missing is not None and self.settings.require_roster:
            raise SourceError(person.missing)
        return person

    def _rewrite(self, documents: Sequence[_Document], person: Match) -> dict[str, Rewrite]:
        rewriter = self.settings.rewriter(documents[0].task.source.parent, person.number)
        fields = self.settings.fields(person.number)
        if len(documents) > 1:
            from sigtrim.formats.outlook import rewrite_twins  # noqa: PLC0415 - only needed where there are twins

            return rewrite_twins(rewriter, {one.path: one.data for one in documents}, fields=fields)
        from sigtrim.formats import rewrite_file  # noqa: PLC0415 - start-up time

        (one,) = documents
        if self.format is None and one.task.source.suffix.lower() in TABLES:
            raise SourceError("is a table, --column names what is rewritten in it")
        rewrite = rewrite_file(rewriter, one.data, format=self.format, name=one.path, fields=fields)
        if self.in_place and rewrite.changed and _has_twins(one.task.source):
            rewrite = replace(rewrite, warnings=(*rewrite.warnings, _ALONE))
        return {one.path: rewrite}

    def _write(self, documents: Sequence[_Document], results: dict[str, bytes]) -> None:
        """Bring the results where they belong. Raises `NotWrittenError`, and then nothing is another than before."""
        if self.looks_only:
            return
        files: list[Writing] = []
        for one in documents:
            task, data, result = one.task, one.data, results[one.path]
            if self.in_place:
                if result != data:
                    files.append(Writing(path=task.source, data=result, old=data, read_as=one.stamp))
            elif task.target is not None:
                old = content_of(task.target)
                if old != result:
                    files.append(Writing(path=task.target, data=result, old=old, like=task.source))
        if self.in_place and self.backup is not None:
            for writing in files:
                try:
                    back_up(writing.path, self.backup)
                except SourceError as error:
                    raise NotWrittenError(writing.path, error) from error
        write_together(files)

    def _failed(self, documents: Sequence[_Document], error: Exception, person: Match) -> tuple[Outcome, ...]:
        """Make the outcomes of documents that are left as they are; what is mirrored is mirrored all the same."""
        detail = None
        if self.wanted.traceback and not isinstance(error, SigtrimError):
            import traceback  # noqa: PLC0415 - only needed where something is wrong with the program itself

            detail = "".join(traceback.format_exception(error))
        try:
            self._write(documents, {one.path: one.data for one in documents})
        except NotWrittenError as problem:
            return tuple(self._not_written(one, one.data, problem) for one in documents)
        cause = cause_of(error)
        made = [self._failure(one, cause, row=person.number) for one in documents]
        return (made[0]._replace(detail=detail), *made[1:])

    def _failure(self, one: _Document, cause: str, **facts: Any) -> Outcome:
        size = len(one.data)
        return failure(one.path, cause, self.wanted, size_before=size, size_after=size, **facts)

    def _not_written(self, one: _Document, result: bytes, error: NotWrittenError) -> Outcome:
        place = one.task.target or one.task.source
        if error.path == place:
            return self._failure(one, str(error))._replace(name=str(place))
        if result == one.data:
            return Outcome(name=one.path, state="unchanged", size_before=len(result), size_after=len(result))
        return self._failure(one, f"left as it is: its twin {error.path.name} cannot be written: {error}")

    def _outcomes(
        self,
        documents: Sequence[_Document],
        rewrites: dict[str, Rewrite],
        results: dict[str, bytes],
        person: Match,
    ) -> tuple[Outcome, ...]:
        unused, deleted = self._left_over(documents, rewrites, results)
        outcomes = []
        for one in documents:
            rewrite, result = rewrites[one.path], results[one.path]
            more: dict[str, Any] = {}
            if len(documents) > 1:
                more["twins"] = [other.task.source.name for other in documents if other is not one]
            facts: dict[str, Any] = {}
            if (unused or deleted) and rewrite.format == "html":
                facts = {"unused": unused, "deleted": deleted}
                more |= {"unused_pictures": list(unused), "deleted_pictures": list(deleted)}
                unused = deleted = ()
            if self.looks_only and self.wanted.diff:
                facts["diff"] = binary_diff(one.data, result, _patch_name(one.task.source))
            if not self.looks_only and not self.in_place and one.task.target is None:
                facts["output"] = result
            outcomes.append(
                describe(
                    rewrite,
                    self.wanted,
                    more=more,
                    state="changed" if result != one.data else "unchanged",
                    size_before=len(one.data),
                    size_after=len(result),
                    row=person.number,
                    person=person.missing,
                    **facts,
                )
            )
        return tuple(outcomes)

    def _left_over(
        self, documents: Sequence[_Document], rewrites: dict[str, Rewrite], results: dict[str, bytes]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the pictures that no file shows any more, and those of them that are deleted."""
        page = next((one for one in documents if rewrites[one.path].format == "html"), None)
        changes = any(results[one.path] != one.data for one in documents)
        if page is None or not (changes or self.prune) or any(one.skipped is not None for one in rewrites.values()):
            return (), ()
        target = page.task.target
        if not (self.in_place or self.looks_only or (target is not None and target.name == page.task.source.name)):
            return (), ()  # what is written somewhere else under another name leaves the pictures behind
        files = {one.task.source: (one.data, results[one.path]) for one in documents}
        if not self._pictures:
            from sigtrim.batch.pictures import Pictures  # noqa: PLC0415 - start-up time

            self._pictures.append(Pictures())
        (pictures,) = self._pictures
        unused = pictures.unused(page.task.source, files)
        if not unused or not self.prune:
            return unused, ()
        deleted = pictures.delete(page.task.source.parent, unused)
        return tuple(name for name in unused if name not in deleted), deleted


def _result(rewrite: Rewrite, data: bytes) -> bytes:
    if rewrite.skipped is not None:
        return data
    return rewrite.output if isinstance(rewrite.output, bytes) else rewrite.source.encode(rewrite.output)


def _has_twins(path: Path) -> bool:
    """Tell whether there are files beside a document that are one signature with it."""
    from sigtrim.formats.outlook import find_twins  # noqa: PLC0415 - only needed where a file is written alone

    beside = (path.with_suffix(suffix) for suffix in _TWIN_SUFFIXES if path.suffix.lower() in _TWIN_SUFFIXES)
    return bool(find_twins({path.name, *(one.name for one in beside if one.is_file())}))


def _patch_name(path: Path) -> str:
    """Name a file as `patch -p1` finds it from here, or from the root of the file system."""
    absolute = path.absolute()
    here = Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix().lstrip("/")
