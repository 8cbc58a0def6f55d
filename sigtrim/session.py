"""One run of the command line: from its options to the files, the messages and the exit status."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sigtrim.batch.console import Console, complain, put, read_input, stopping
from sigtrim.batch.files import FileWork
from sigtrim.batch.inputs import SUFFIXES, TABLES, Inputs, Task
from sigtrim.batch.outcome import Wanted
from sigtrim.batch.personal import Settings
from sigtrim.batch.roster import load_roster
from sigtrim.batch.run import choose_jobs, run_files, survey
from sigtrim.batch.workers import Stop
from sigtrim.batch.writing import prepare_folder
from sigtrim.config import CallToAction, Config, Rules, find_config, load_config
from sigtrim.errors import ConfigError
from sigtrim.options import STDIN
from sigtrim.report import exit_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from sigtrim.batch.outcome import Outcome
    from sigtrim.batch.tables import Flow
    from sigtrim.options import Options
    from sigtrim.rewriter import Rewriter

__all__ = ["run"]

_OPTIONS = {"keep": "--keep", "platform": "--for", "template": "--cta-style template"}
_NO_CTA = "no call to action is configured (--cta-url, --cta-text), nothing takes a link list's place"
_NOT_TODAY = (
    "today is not between cta.from and cta.until and there is no [cta.default], nothing takes a link list's place"
)


def run(options: Options) -> int:
    """Go through all that the options name; return the exit status. Raises `ConfigError` and click's usage errors."""
    console = Console(
        quiet=options.quiet,
        verbose=options.verbose,
        shows_changes=options.check,
        prunes=options.prune_images,
        explains_to_stderr=options.check or options.diff or options.write or options.output is not None,
    )
    return _Session(options, console).all()


@dataclass(slots=True)
class _Session:
    """One run: its options, what it has loaded so far, and how it went."""

    options: Options
    console: Console
    stop: Stop = field(default_factory=Stop)
    rewriters: dict[Path | None, Rewriter] = field(default_factory=dict)
    hint: str | None = None

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
        if target is not None and os.path.isdir(target):  # noqa: PTH112 - is_dir() raises where it may not look
            raise click.UsageError(f"{output}: is a folder, standard input has no name there")
        work = self._work({options.config or find_config(Path())})
        if sys.stdin is None:
            raise click.UsageError("standard input is closed")
        if target is not None:
            try:
                prepare_folder(target.parent, make=True)
            except OSError as error:
                raise ConfigError(f"{target.parent}: {error.strerror or error}") from error
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
        self._sum_up(several=False)

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
        roster = work.settings.roster
        if roster is not None and not self.stop.wanted:
            self.console.unused(tuple(row.label for number, row in enumerate(roster.rows) if number not in used))
        self._sum_up(several=ahead.files > 1)

    def _outcomes(self, inputs: Inputs, work: FileWork, jobs: int, advance: Callable[[int], None]) -> Iterator[Outcome]:
        tell = self.console.left_out
        if not self.options.column:
            return run_files(inputs, work, jobs=jobs, tell=tell, stop=self.stop)
        from sigtrim.batch.tables import run_tables  # noqa: PLC0415 - start-up time

        return run_tables(inputs, work, self._flow(advance), tell=tell)

    def _flow(self, advance: Callable[[int], None]) -> Flow:
        from sigtrim.batch.tables import Column, Flow  # noqa: PLC0415 - start-up time

        columns = tuple(Column.parse(column, self.options.format) for column in self.options.column)
        return Flow(columns=columns, jobs=self.options.jobs, put=put, stop=self.stop, advance=advance)

    def _work(self, configs: Iterable[Path | None]) -> FileWork:
        options = self.options
        settings = Settings(
            rewriters={path: self._rewriter(path) for path in configs},
            config=options.config,
            roster=None if options.roster is None else load_roster(options.roster),
            require_roster=options.require_roster,
        )
        self.console.hint = self.hint
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

    def _sum_up(self, *, several: bool) -> None:
        """Tell how the run went, where it had `several` files, many cells, or that is asked for."""
        options, tally = self.options, self.console.tally
        self.console.repeated()
        tally.interrupted = self.stop.wanted
        if not (several or options.column or options.summary is not None or self.stop.wanted):
            return
        if options.summary == "json":
            import json  # noqa: PLC0415 - start-up time

            put(f"{json.dumps(tally.to_dict())}\n".encode())
        elif options.summary == "table" or (options.summary is None and not options.quiet and not options.diff):
            click.echo(tally.table(would=options.looks_only), err=True, nl=False)

    def _rewriter(self, path: Path | None) -> Rewriter:
        """Return the rewriter for the documents under a configuration file, or under none."""
        if path not in self.rewriters:
            from sigtrim.rewriter import Rewriter  # noqa: PLC0415 - of no use where a configuration is wrong

            config = Config() if path is None else load_config(path)
            cta, rules = self._cta(config), config.rules
            try:
                if self.options.target is not None:
                    rules = replace(rules, caption_platform=self.options.target)
                if self.options.keep:
                    rules = replace(rules, keep=rules.keep | Rules(keep=frozenset(self.options.keep)).keep)
                self.rewriters[path] = Rewriter(
                    cta=cta, rules=rules, limits=config.limits, remove_cta=self.options.remove_cta
                )
            except ConfigError as error:
                raise _located(error, config) from error
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
            self.hint = None if options.remove_cta else _NO_CTA
            return None
        if options.set:
            changes["common"] = tuple(_setting(one) for one in options.set)
        try:
            made = CallToAction(**changes) if cta is None else replace(cta, **changes)
        except ConfigError as error:
            key = str(error).partition(":")[0]
            raise click.UsageError(f"--cta-{error}" if key in {*values, "position"} else str(error)) from error
        if made.on(date.today()) is None and not options.remove_cta:  # noqa: DTZ011 - the user's calendar, as in Rewriter
            self.hint = _NOT_TODAY
        return made


def _located(error: ConfigError, config: Config) -> ConfigError:
    """Say of a setting that cannot be where it stands: in the configuration, if that alone fails too, or an option."""
    from sigtrim.rewriter import Rewriter  # noqa: PLC0415 - as above

    try:
        Rewriter(cta=config.cta, rules=config.rules)
    except ConfigError as own:
        return ConfigError(f"{config.path}: {own}")
    key, _, cause = str(error).partition(":")
    return ConfigError(f"{_OPTIONS.get(key, key)}:{cause}")


def _setting(setting: str) -> tuple[str, str]:
    name, equals, value = setting.partition("=")
    if not name.strip() or not equals:
        raise click.UsageError(f"--set: {setting!r} is not NAME=VALUE")
    return name, value
