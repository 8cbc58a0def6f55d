"""The command line: options in, calls, messages out; no domain logic.

Standard output carries data only: the document, a diff, an explanation that is asked for alone, a report. All messages
go to standard error, one line each.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sigtrim import __version__
from sigtrim.batch.console import Console, complain, put, read_input, stopping
from sigtrim.batch.files import FileWork
from sigtrim.batch.inputs import SUFFIXES, TABLES, Inputs, Task
from sigtrim.batch.outcome import Wanted
from sigtrim.batch.personal import Settings
from sigtrim.batch.roster import load_roster
from sigtrim.batch.run import choose_jobs, run_files, survey
from sigtrim.batch.workers import Stop
from sigtrim.call import STYLES
from sigtrim.commands import init, platforms
from sigtrim.config import CallToAction, Config, Rules, find_config, load_config
from sigtrim.errors import ConfigError
from sigtrim.options import STDIN, Options
from sigtrim.report import exit_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from sigtrim.batch.outcome import Outcome
    from sigtrim.batch.tables import Flow
    from sigtrim.rewriter import Rewriter

__all__ = ["main"]

_NO_CTA = "no call to action is configured (--cta-url, --cta-text), nothing takes a link list's place"


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
            complain(error.format_message())
            status = error.exit_code
        except ConfigError as error:
            complain(str(error))
            status = 2
        except click.Abort:
            complain("interrupted")
            status = 130  # what a shell says of a process that ended by SIGINT
        except OSError as error:
            _abandon_output()
            complain(f"standard output: {error.strerror or error}")
            status = 2
        sys.exit(status if isinstance(status, int) else 0)


@click.command(
    epilog="Exit status: 0 done or nothing to do, 1 --check or --diff found changes, 2 usage error or a file failed."
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(), metavar="PATHS...")
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    metavar="PATH",
    help="Write to this file or folder; a folder's tree is mirrored.",
)
@click.option("-w", "--write", is_flag=True, help="Rewrite the files in place.")
@click.option("--backup", metavar="SUFFIX", help="With --write, keep the original beside each changed file.")
@click.option("--prune-images", is_flag=True, help="With --write, delete the pictures that no file shows any more.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print a unified diff, exit with 1 if there is one.")
@click.option("--explain", is_flag=True, help="Print what goes, what stays, and why.")
@click.option("--keep", multiple=True, metavar="PLATFORM", help="Keep this platform, host or category too. Repeatable.")
@click.option("--for", "target", metavar="PLATFORM", help="Where the captions are to be published.")
@click.option(
    "--format",
    type=click.Choice(("eml", "gmail", "html", "mailsignature", "mbox", "rtf", "text")),
    help="What the documents are; found out if left out.",
)
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Use this file, look for no other.")
@click.option("--cta-url", metavar="URL", help="Where the call to action leads.")
@click.option("--cta-text", metavar="TEXT", help="What the call to action says.")
@click.option("--cta-style", type=click.Choice(STYLES), help="What it looks like; image and template need a file.")
@click.option("--cta-position", metavar="PLACE", help='list, start, end, after:"text" or before:"text".')
@click.option("--set", multiple=True, metavar="NAME=VALUE", help="Fill {NAME} in the call to action. Repeatable.")
@click.option("--no-cta", is_flag=True, help="Put nothing where the link list was.")
@click.option("--remove-cta", is_flag=True, help="Take the call to action of an earlier run out again.")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Write one JSON line a document.")
@click.option(
    "--report-format",
    type=click.Choice(["jsonl", "github"]),
    default="jsonl",
    help="JSON lines, or annotations for GitHub, on standard output without --report.",
)
@click.option("--summary", type=click.Choice(["table", "json", "none"]), help="How to sum up; json on standard output.")
@click.option(
    "--column", multiple=True, metavar="NAME", help="PATHS are CSV, TSV or JSON lines with documents there. Repeatable."
)
@click.option("--include", multiple=True, metavar="GLOB", help="The documents of folders, else by suffix. Repeatable.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these files and folders out. Repeatable.")
@click.option(
    "--roster", type=click.Path(path_type=Path), metavar="CSV", help="A row for each person: fields, url, text, ..."
)
@click.option("--require-roster", is_flag=True, help="Fail documents that no row of the roster fits.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Work in N processes; default: all cores.")
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
    options = Options(**values)
    options.check_usage()
    console = Console(
        quiet=options.quiet,
        verbose=options.verbose,
        shows_changes=options.check,
        prunes=options.prune_images,
        explains_to_stderr=options.check or options.diff or options.write or options.output is not None,
    )
    return _Run(options, console).all()


main = _Main(_rewrite, name="sigtrim")
main.add_command(init)
main.add_command(platforms)


@dataclass(slots=True)
class _Run:
    """One run: its options, what it has loaded so far, and how it went."""

    options: Options
    console: Console
    stop: Stop = field(default_factory=Stop)
    rewriters: dict[Path | None, Rewriter] = field(default_factory=dict)
    without_cta: bool = False

    def all(self) -> int:
        """Go through all inputs and return the exit status."""
        options = self.options
        with stopping(self.stop):
            if options.paths == (STDIN,):
                self._standard_input()
            else:
                self._files()
        tally = self.console.tally
        if self.stop.wanted:
            complain("interrupted; what is written so far is whole, the same run again does the rest")
            return 130  # what a shell says of a process that ended by SIGINT
        asked = options.check or options.diff
        return exit_status(failed=tally.failed > 0, changes=asked and tally.changed > 0)

    def _standard_input(self) -> None:
        options, output = self.options, self.options.output
        target = None if output is None else Path(output)
        if target is not None and target.is_dir():
            raise click.UsageError(f"{output}: is a folder, standard input has no name there")
        work = self._work({options.config or find_config(Path())})
        if sys.stdin is None:
            raise click.UsageError("standard input is closed")
        task = Task(Path("stdin"), "stdin", target, document=True)
        if options.column:
            from sigtrim.batch.tables import rewrite_stream  # noqa: PLC0415 - start-up time

            outcomes = rewrite_stream(sys.stdin.buffer, task, work, self._flow(lambda _: None))
        else:
            data = read_input()
            outcomes = iter([work.document(task, data)])
        with self._report():
            for outcome in outcomes:
                self.console.outcome(outcome)

    def _files(self) -> None:
        options = self.options
        inputs = Inputs(
            paths=tuple(Path(path) for path in options.paths),
            output=None if options.output is None else Path(options.output),
            mirror=options.output is not None and options.output.endswith(("/", os.sep)),
            include=options.include,
            exclude=options.exclude,
            in_place=options.write,
            backup=options.backup,
            suffixes=TABLES if options.column else SUFFIXES,
            twins=options.format is None,
        )
        # Every configuration is read before the first file is written: a mistake in one leaves all as it was.
        ahead = survey(inputs, config=options.config, sizes=bool(options.column))
        if options.report is not None and inputs.uses(options.report):
            raise click.UsageError(f"--report: {options.report} is one of the files to go through")
        work = self._work(ahead.configs)
        used: set[int] = set()
        tells = options.quiet or options.verbose or options.explain or options.diff
        length = ahead.size if options.column else ahead.files
        with self._report(), self.console.progress(0 if tells else length) as advance:
            for outcome in self._outcomes(inputs, work, choose_jobs(options.jobs, ahead.documents), advance):
                self.console.outcome(outcome)
                if outcome.row is not None:
                    used.add(outcome.row)
                if not options.column:
                    advance(1)
        self.console.repeated()
        roster = work.settings.roster
        if roster is not None and not self.stop.wanted:
            self.console.unused(tuple(row.label for number, row in enumerate(roster.rows) if number not in used))
        self.console.tally.interrupted = self.stop.wanted
        if ahead.files > 1 or options.column or options.summary is not None or self.stop.wanted:
            self._sum_up()

    def _outcomes(self, inputs: Inputs, work: FileWork, jobs: int, advance: Callable[[int], None]) -> Iterator[Outcome]:
        tell = self.console.left_out
        if not self.options.column:
            return run_files(inputs, work, jobs=jobs, tell=tell, stop=self.stop)
        from sigtrim.batch.tables import run_tables  # noqa: PLC0415 - start-up time

        return run_tables(inputs, work, self._flow(advance), tell=tell)

    def _flow(self, advance: Callable[[int], None]) -> Flow:
        from sigtrim.batch.tables import Column, Flow  # noqa: PLC0415 - start-up time

        columns = tuple(Column.parse(column) for column in self.options.column)
        return Flow(columns=columns, jobs=self.options.jobs, put=put, stop=self.stop, advance=advance)

    def _work(self, configs: Iterable[Path | None]) -> FileWork:
        options = self.options
        settings = Settings(
            rewriters={path: self._rewriter(path) for path in configs},
            config=options.config,
            roster=None if options.roster is None else load_roster(options.roster),
            require_roster=options.require_roster,
        )
        self.console.hint = _NO_CTA if self.without_cta else None
        return FileWork(
            settings=settings,
            wanted=Wanted(
                record=options.report is not None and options.report_format == "jsonl",
                explanation=options.explain,
                diff=options.diff,
                traceback=options.verbose,
            ),
            in_place=options.write,
            backup=options.backup,
            looks_only=options.looks_only,
            format=options.format,
            prune=options.prune_images,
        )

    def _report(self) -> AbstractContextManager[None]:
        options = self.options
        return self.console.reporting(options.report, form=options.report_format, would=options.looks_only)

    def _sum_up(self) -> None:
        options, tally = self.options, self.console.tally
        if options.summary == "json":
            import json  # noqa: PLC0415 - start-up time

            put(f"{json.dumps(tally.to_dict())}\n".encode())
        elif options.summary == "table" or (options.summary is None and not options.quiet and not options.diff):
            click.echo(tally.table(would=options.looks_only), err=True, nl=False)

    def _rewriter(self, path: Path | None) -> Rewriter:
        """Return the rewriter for the documents under a configuration file, or under none."""
        if path not in self.rewriters:
            from sigtrim.rewriter import Rewriter  # noqa: PLC0415 - most of the start-up time, of no use to --help

            config = Config() if path is None else load_config(path)
            rules = config.rules
            if self.options.target:
                rules = replace(rules, caption_platform=self.options.target)
            if self.options.keep:
                rules = replace(rules, keep=rules.keep | Rules(keep=frozenset(self.options.keep)).keep)
            self.rewriters[path] = Rewriter(
                cta=self._cta(config), rules=rules, limits=config.limits, remove_cta=self.options.remove_cta
            )
        return self.rewriters[path]

    def _cta(self, config: Config) -> CallToAction | None:
        options, cta = self.options, config.cta
        if options.no_cta:
            return None
        values = {"url": options.cta_url, "text": options.cta_text, "style": options.cta_style}
        changes: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
        if options.cta_position is not None:
            changes["position"] = options.cta_position
        if cta is None and not ("url" in changes and "text" in changes):
            if "url" in changes or "text" in changes:
                given, missing = ("--cta-text", "--cta-url") if "text" in changes else ("--cta-url", "--cta-text")
                raise click.UsageError(f"{given} needs {missing}, no configuration gives one")
            self.without_cta = not options.remove_cta
            return None
        if options.set:
            changes["common"] = tuple(_setting(one) for one in options.set)
        try:
            return CallToAction(**changes) if cta is None else replace(cta, **changes)
        except ConfigError as error:
            key = str(error).partition(":")[0]
            raise click.UsageError(f"--cta-{error}" if key in {*values, "position"} else str(error)) from error


def _setting(setting: str) -> tuple[str, str]:
    name, equals, value = setting.partition("=")
    if not name.strip() or not equals:
        raise click.UsageError(f"--set: {setting!r} is not NAME=VALUE")
    return name, value


def _abandon_output() -> None:
    """Let go of what could not be written; the interpreter would try again when it ends, and complain."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
