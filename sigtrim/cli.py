"""The command line: options in, calls, messages out; no domain logic.

Standard output carries data only: the document, a diff, an explanation that is asked for alone, a report. All messages
go to standard error, one line each.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from sigtrim import __version__
from sigtrim.call import STYLES
from sigtrim.commands import init, platforms
from sigtrim.errors import ConfigError
from sigtrim.options import FILE, PATH, Options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main"]

_THRESHOLDS = (10_000, 2, 2)  # the last generation is looked through about as often as with the defaults


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
        # What a run loads and makes is seldom garbage: to look for it less often saves a twentieth of a short run.
        gc.set_threshold(*_THRESHOLDS)
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
            _complain(f"{error.filename or 'standard output'}: {error.strerror or error}")
            status = 2
        sys.exit(status if isinstance(status, int) else 0)


@click.command(
    epilog="Exit status: 0 done or nothing to do, 1 --check or --diff found changes, 2 usage error or a file failed."
    "\n\nCommands: sigtrim platforms, sigtrim init. Each tells more with --help."
)
@click.argument("paths", nargs=-1, required=True, type=PATH, metavar="PATHS...")
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="PATH",
    help="Write to this file or folder; a folder's tree is mirrored.",
)
@click.option("-w", "--write", is_flag=True, help="Rewrite the files in place.")
@click.option(
    "--backup",
    metavar="SUFFIX",
    help="With --write, keep what a changed file held beside it, in the place of an older backup.",
)
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
@click.option("--config", type=FILE, metavar="FILE", help="Use this file, look for no other.")
@click.option("--cta-url", metavar="URL", help="Where the call to action leads.")
@click.option("--cta-text", metavar="TEXT", help="What the call to action says.")
@click.option("--cta-style", type=click.Choice(STYLES), help="What it looks like; image and template need a file.")
@click.option("--cta-position", metavar="PLACE", help='list, start, end, after:"text" or before:"text".')
@click.option("--set", multiple=True, metavar="NAME=VALUE", help="Fill {NAME} in the call to action. Repeatable.")
@click.option("--no-cta", is_flag=True, help="Put nothing where the link list was.")
@click.option("--remove-cta", is_flag=True, help="Take the call to action of an earlier run out again.")
@click.option("--report", type=FILE, metavar="FILE", help="Write one JSON line a document.")
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
@click.option("--roster", type=FILE, metavar="CSV", help="A row for each person: fields, url, text, ...")
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
    from sigtrim.session import run  # noqa: PLC0415 - most of the start-up time, of no use to --help

    return run(options)


main = _Main(_rewrite, name="sigtrim")
main.add_command(init)
main.add_command(platforms)


def _complain(message: str) -> None:
    from sigtrim.batch.console import complain  # noqa: PLC0415 - start-up time

    complain(message)


def _abandon_output() -> None:
    """Let go of what could not be written; the interpreter would try again when it ends, and complain."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
