"""The options of the command line, and which of them go together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, NamedTuple

import click

__all__ = ["FILE", "PATH", "STDIN", "Options"]

# Whether a file can be read shows when it is: click would refuse it before, and all others with it.
PATH = click.Path(readable=False)
FILE = click.Path(readable=False, path_type=Path)
STDIN = "-"
"""The path that stands for standard input."""


class Options(NamedTuple):
    """What was given to the command line, by the names of its options."""

    paths: tuple[str, ...]
    output: str | None
    write: bool
    backup: str | None
    prune_images: bool
    check: bool
    diff: bool
    explain: bool
    keep: tuple[str, ...]
    target: str | None
    format: str | None
    config: Path | None
    cta_url: str | None
    cta_text: str | None
    cta_style: str | None
    cta_position: str | None
    set: tuple[str, ...]
    no_cta: bool
    remove_cta: bool
    column: tuple[str, ...]
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    roster: Path | None
    require_roster: bool
    jobs: int | None
    report: Path | None
    report_format: Literal["jsonl", "github"]
    summary: Literal["table", "json", "none"] | None
    quiet: bool
    verbose: bool

    @property
    def looks_only(self) -> bool:
        """Tell whether files are looked at and none is written."""
        return self.check or self.diff or (self.explain and not self.write and self.output is None)

    @property
    def puts_data(self) -> bool:
        """Tell whether documents, differences or explanations go to standard output."""
        return self.diff or not (self.check or self.write or self.output is not None)

    def check_usage(self) -> None:
        """Refuse options that contradict each other, before anything is read. Raises `click.UsageError`."""
        together = (
            (self.write and self.output is not None, "--write and --output exclude each other"),
            (self.write and (self.check or self.diff), "--write and --check or --diff exclude each other"),
            (
                self.output is not None and (self.check or self.diff),
                "--output and --check or --diff exclude each other",
            ),
            (
                self.no_cta and (self.cta_url or self.cta_text) is not None,
                "--no-cta and --cta-url or --cta-text exclude each other",
            ),
            (self.no_cta and self.remove_cta, "--no-cta and --remove-cta exclude each other"),
            (self.backup is not None and not self.write, "--backup needs --write"),
            (self.prune_images and not self.write, "--prune-images needs --write: it deletes files in place"),
            (
                self.prune_images and self.backup is not None,
                "--prune-images and --backup exclude each other: a backup still shows the pictures",
            ),
            (self.prune_images and bool(self.column), "--prune-images and --column exclude each other"),
            (bool(self.column) and self.diff, "--column and --diff exclude each other, --explain tells the changes"),
            (
                bool(self.column) and self.format not in (None, "html", "text"),
                f"--column takes --format html or text, not {self.format}",
            ),
            (self.require_roster and self.roster is None, "--require-roster needs --roster"),
            (self.summary == "json" and self.puts_data, "--summary json needs standard output for itself"),
            (
                self.report_format == "github" and self.report is None and self.puts_data,
                "--report-format github needs --report FILE or standard output for itself",
            ),
            # An empty path would stand for the folder at hand, and come from a variable that is not set.
            ("" in (*self.paths, self.output), "a path is empty"),
            (self.output == STDIN, "--output: - is no file; without --output one file goes to standard output"),
            (self.report == Path(STDIN), "--report: - is no file"),
            (self.quiet and self.verbose, "--quiet and --verbose exclude each other"),
            (STDIN in self.paths and len(self.paths) > 1, "- (standard input) cannot stand beside other paths"),
            (STDIN in self.paths and self.write, "standard input cannot be rewritten in place"),
        )
        for refused, message in together:
            if refused:
                raise click.UsageError(message)
        if self.backup is not None and (not self.backup or Path("x" + self.backup).name != "x" + self.backup):
            raise click.UsageError(f"--backup: {self.backup!r} is not the end of a file name")
        if self.report is not None and os.path.isdir(self.report):  # noqa: PTH112 - is_dir() raises where it may not look
            raise click.UsageError(f"--report: {self.report} is a folder")
        if self.output is None and not self.write and not self.looks_only:
            for path in self.paths:
                if os.path.isdir(path):  # noqa: PTH112 - the path is still as it was typed
                    raise click.UsageError(f"{path}: is a folder, which needs --output or --write")
            if len(self.paths) > 1:
                raise click.UsageError("several files need --output or --write")
