"""The command line: options in, calls, messages out; no domain logic.

Standard output carries data only: the document, a diff, an explanation that is asked for alone, a report. All messages
go to standard error, one line each.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sigtrim import __version__
from sigtrim.batch import Problem, Task, copy_file, plan_tasks, write_atomically
from sigtrim.commands import platforms
from sigtrim.config import CallToAction, Config, Rules, find_config, load_config
from sigtrim.errors import ConfigError, SigtrimError, SourceError
from sigtrim.parse.source import looks_binary
from sigtrim.report import SCHEMA, binary_diff, exit_status, explain, printable, summary, to_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sigtrim.rewriter import Rewrite, Rewriter

__all__ = ["main"]

_STDIN = "-"
_STDIN_NAME = "stdin"


class _Main(click.Group):
    """`sigtrim FILE` rewrites; `sigtrim COMMAND` does something else with the same engine."""

    def __init__(self, default: click.Command, **settings: Any) -> None:
        super().__init__(**settings)
        self._default = default

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if args and args[0] in self.commands:
            return super().make_context(info_name, args, parent, **extra)
        return self._default.make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)
        except BrokenPipeError:
            # The reader has gone, and with it the use of the rest; click would call that status 1, "has changes".
            _abandon_output()
            return 2

    def main(self, args: Sequence[str] | None = None, *rest: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        run: Callable[[], Any] = partial(super().main, args, *rest, standalone_mode=False, **extra)
        if not standalone_mode:
            return run()
        try:
            status = run()
            if sys.stdout is not None:
                sys.stdout.flush()
        except click.ClickException as error:
            _complain(error.format_message())
            status = error.exit_code
        except ConfigError as error:
            _complain(str(error))
            status = 2
        except click.Abort:
            _complain("interrupted")
            status = 130  # what a shell says of a process that ended by SIGINT
        except OSError as error:
            _abandon_output()
            _complain(f"standard output: {error.strerror or error}")
            status = 2
        sys.exit(status if isinstance(status, int) else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    paths: tuple[str, ...]
    output: str | None
    write: bool
    backup: str | None
    check: bool
    diff: bool
    explain: bool
    keep: tuple[str, ...]
    config: Path | None
    cta_url: str | None
    cta_text: str | None
    no_cta: bool
    report: Path | None
    quiet: bool
    verbose: bool

    @property
    def looks_only(self) -> bool:
        """Tell whether files are looked at and none is written."""
        return self.check or self.diff or (self.explain and not self.write and self.output is None)


@click.command(
    epilog="Exit status: 0 done or nothing to do, 1 --check or --diff found changes, 2 usage error or a file failed."
)
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option("-o", "--output", metavar="PATH", help="Write to this file or folder; a folder's tree is mirrored.")
@click.option("-w", "--write", is_flag=True, help="Rewrite the files in place.")
@click.option("--backup", metavar="SUFFIX", help="With --write, keep the original beside each changed file.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print a unified diff, exit with 1 if there is one.")
@click.option("--explain", is_flag=True, help="Print what goes, what stays, and why.")
@click.option("--keep", multiple=True, metavar="PLATFORM", help="Keep this platform, host or category too. Repeatable.")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Use this file, look for no other.")
@click.option("--cta-url", metavar="URL", help="Where the call to action leads.")
@click.option("--cta-text", metavar="TEXT", help="What the call to action says.")
@click.option("--no-cta", is_flag=True, help="Put nothing where the link list was.")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Write one JSON line a document.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Print a line for every file.")
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.help_option("-h", "--help")
def _rewrite(**values: Any) -> int:
    """Rewrite HTML signatures and captions so that they offer one next step.

    The list of links to several platforms goes, one call to action comes in. PATHS are files, folders, or - for
    standard input. One file without --output goes to standard output.

    The call to action is set in the nearest sigtrim.toml, or the table [tool.sigtrim] of a pyproject.toml, upwards
    from each file; options override it.
    """
    options = _Options(**values)
    _check_usage(options)
    return _Run(options).all()


main = _Main(_rewrite, name="sigtrim")
main.add_command(platforms)


def _check_usage(options: _Options) -> None:
    """Refuse options that contradict each other, before anything is read."""
    together = (
        (options.write and options.output is not None, "--write and --output exclude each other"),
        (options.write and (options.check or options.diff), "--write and --check or --diff exclude each other"),
        (
            options.output is not None and (options.check or options.diff),
            "--output and --check or --diff exclude each other",
        ),
        (
            options.no_cta and (options.cta_url or options.cta_text) is not None,
            "--no-cta and --cta-url or --cta-text exclude each other",
        ),
        (options.backup is not None and not options.write, "--backup needs --write"),
        (options.quiet and options.verbose, "--quiet and --verbose exclude each other"),
        (_STDIN in options.paths and len(options.paths) > 1, "- (standard input) cannot stand beside other paths"),
        (_STDIN in options.paths and options.write, "standard input cannot be rewritten in place"),
    )
    for refused, message in together:
        if refused:
            raise click.UsageError(message)
    if options.backup is not None and (not options.backup or Path("x" + options.backup).name != "x" + options.backup):
        raise click.UsageError(f"--backup: {options.backup!r} is not the end of a file name")
    if options.output is None and not options.write and not options.looks_only:
        for path in options.paths:
            if os.path.isdir(path):  # noqa: PTH112 - the path is still as it was typed
                raise click.UsageError(f"{path}: is a folder, which needs --output or --write")
        if len(options.paths) > 1:
            raise click.UsageError("several files need --output or --write")


@dataclass(slots=True)
class _Run:
    """One run: its options, what it has loaded so far, and how it went."""

    options: _Options
    found: dict[Path, Path | None] = field(default_factory=dict)
    rewriters: dict[Path | None, Rewriter] = field(default_factory=dict)
    without_cta: bool = False
    records: list[dict[str, Any]] = field(default_factory=list)
    changed: int = 0
    unchanged: int = 0
    failed: int = 0

    def all(self) -> int:
        """Go through all inputs and return the exit status."""
        if self.options.paths == (_STDIN,):
            self._standard_input()
        else:
            self._files()
        if self.options.report is not None:
            self._write_report(self.options.report)
        asked = self.options.check or self.options.diff
        return exit_status(failed=self.failed > 0, changes=asked and self.changed > 0)

    def _standard_input(self) -> None:
        output = self.options.output
        target = None if output is None else Path(output)
        if target is not None and target.is_dir():
            raise click.UsageError(f"{output}: is a folder, standard input has no name there")
        rewriter = self._rewriter(Path())
        if sys.stdin is None:
            raise click.UsageError("standard input is closed")
        data = sys.stdin.buffer.read()
        self._document(rewriter, data, Task(Path(_STDIN_NAME), target, None, document=True))

    def _files(self) -> None:
        options = self.options
        output = None if options.output is None else Path(options.output)
        mirror = options.output is not None and options.output.endswith(("/", os.sep))
        plan = plan_tasks([Path(path) for path in options.paths], output=output, mirror=mirror)
        self._check_report(plan.tasks)
        # Every configuration is read before the first file is written: a mistake in one leaves all as it was.
        rewriters = {task: self._rewriter(task.source.parent) for task in plan.tasks if task.document}
        for problem in plan.problems:
            self._fail(problem)
        for folder in plan.folders:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ConfigError(f"{folder}: {error.strerror}") from error
        for task in plan.tasks:
            if task.document:
                self._file(rewriters[task], task)
            else:
                self._copy(task)
        if len(plan.tasks) > 1 and not options.quiet and not options.diff:
            self._sum_up()

    def _file(self, rewriter: Rewriter, task: Task) -> None:
        try:
            data = task.source.read_bytes()
        except OSError as error:
            self._fail(Problem(task.source, error.strerror or str(error)), record=True)
            return
        self._document(rewriter, data, task)

    def _document(self, rewriter: Rewriter, data: bytes, task: Task) -> None:
        """Rewrite one document and bring the result where it belongs; a failure is told and leaves it as it was."""
        try:
            if looks_binary(data):
                raise SourceError("is binary, not a text")  # noqa: TRY301 - one place turns errors into messages
            rewrite = rewriter.rewrite(data, format=task.format, name=str(task.source))
            result = rewrite.output if isinstance(rewrite.output, bytes) else rewrite.source.encode(rewrite.output)
        except Exception as error:  # noqa: BLE001 - one bad document never stops the others
            self._fail(Problem(task.source, self._cause(error)), record=True)
            if task.target is not None:
                self._deliver(task, data, data)
            return
        if self.options.report is not None:
            self.records.append(to_dict(rewrite))
        self._tell(task, rewrite)
        if rewrite.skipped is not None:
            self._fail(Problem(task.source, f"left as it is: {rewrite.skipped}"))
        elif result != data:
            self.changed += 1
        else:
            self.unchanged += 1
        self._deliver(task, data, result)

    def _deliver(self, task: Task, data: bytes, result: bytes) -> None:
        options = self.options
        target = task.source if options.write else task.target
        if options.looks_only:
            if options.diff:
                _put(binary_diff(data, result, _patch_name(task.source)))
        elif target is None:
            _put(result)
        elif not options.write or result != data:
            try:
                if options.backup is not None:
                    write_atomically(target.with_name(target.name + options.backup), data, like=target)
                write_atomically(target, result, like=task.source)
            except OSError as error:
                self._fail(Problem(target, error.strerror or str(error)))

    def _copy(self, task: Task) -> None:
        if task.target is None:
            return
        try:
            copy_file(task.source, task.target)
        except OSError as error:
            self._fail(Problem(task.source, error.strerror or str(error)))

    def _tell(self, task: Task, rewrite: Rewrite) -> None:
        """Say what there is to say of a document that was gone through."""
        options = self.options
        if not options.quiet:
            if self.without_cta and rewrite.changed and rewrite.cta is None:
                self.without_cta = False
                _complain("no call to action is configured (--cta-url, --cta-text), nothing takes a link list's place")
            for warning in rewrite.warnings:
                _complain(f"{task.source}: {warning}")
        if options.explain:
            alone = not (options.check or options.diff or options.write or options.output is not None)
            click.echo(explain(rewrite), err=not alone, nl=False)
        elif options.verbose or (options.check and rewrite.changed and not options.quiet):
            _complain(f"{task.source}: {summary(rewrite)}")

    def _sum_up(self) -> None:
        done = "would change" if self.options.looks_only else "rewritten"
        failed = f", {self.failed} failed" if self.failed else ""
        _complain(f"{self.changed} {done}, {self.unchanged} unchanged{failed}")

    def _fail(self, problem: Problem, *, record: bool = False) -> None:
        self.failed += 1
        _complain(f"{problem.path}: {problem.cause}")
        if record:
            self.records.append({"schema": SCHEMA, "name": str(problem.path), "error": problem.cause})

    def _cause(self, error: Exception) -> str:
        if isinstance(error, SigtrimError):
            return str(error)
        if self.options.verbose:
            import traceback  # noqa: PLC0415 - only needed where something is wrong with the program itself

            click.echo(traceback.format_exc(), err=True, nl=False)
        return f"internal error, {type(error).__name__}: {error}"

    def _check_report(self, tasks: Sequence[Task]) -> None:
        if self.options.report is None:
            return
        place = os.path.realpath(self.options.report)
        for task in tasks:
            if place in {os.path.realpath(path) for path in (task.source, task.target) if path is not None}:
                raise click.UsageError(f"--report: {self.options.report} is one of the files to go through")

    def _write_report(self, path: Path) -> None:
        import json  # noqa: PLC0415 - start-up time

        lines = "".join(f"{json.dumps(record)}\n" for record in self.records)
        try:
            write_atomically(path, lines.encode("ascii"))
        except OSError as error:
            self._fail(Problem(path, error.strerror or str(error)))

    def _rewriter(self, folder: Path) -> Rewriter:
        """Return the rewriter for the documents of a folder; those with the same configuration share one."""
        if folder not in self.found:
            self.found[folder] = self.options.config or find_config(folder)
        path = self.found[folder]
        if path not in self.rewriters:
            from sigtrim.rewriter import Rewriter  # noqa: PLC0415 - most of the start-up time, of no use to --help

            config = Config() if path is None else load_config(path)
            rules = config.rules
            if self.options.keep:
                rules = replace(rules, keep=rules.keep | Rules(keep=frozenset(self.options.keep)).keep)
            self.rewriters[path] = Rewriter(cta=self._cta(config), rules=rules)
        return self.rewriters[path]

    def _cta(self, config: Config) -> CallToAction | None:
        options, cta = self.options, config.cta
        if options.no_cta:
            return None
        if options.cta_url is None and options.cta_text is None:
            self.without_cta = self.without_cta or cta is None
            return cta
        url, text = (None, None) if cta is None else (cta.url, cta.text)
        url = url if options.cta_url is None else options.cta_url
        text = text if options.cta_text is None else options.cta_text
        if url is None or text is None:
            given, missing = ("--cta-text", "--cta-url") if url is None else ("--cta-url", "--cta-text")
            raise click.UsageError(f"{given} needs {missing}, no configuration gives one")
        try:
            return CallToAction(url, text) if cta is None else replace(cta, url=url, text=text)
        except ConfigError as error:
            raise click.UsageError(f"--cta-{error}") from error


def _patch_name(path: Path) -> str:
    """Name a file as `patch -p1` finds it from here, or from the root of the file system."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - the name that was given, not what a link leads to
    here = Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix().lstrip("/")


def _put(data: bytes) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, "is closed")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _abandon_output() -> None:
    """Let go of what could not be written; the interpreter would try again when it ends, and complain."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str) -> None:
    click.echo(f"sigtrim: {printable(message)}", err=True)
