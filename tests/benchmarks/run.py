"""Measure sigtrim side by side with what else one could use, in one process and one run; print tables of Markdown.

    python tests/benchmarks/run.py [--quick] [--into FILE]

A ratio is that of two jobs on the same documents in the same round: its median over the rounds, and in brackets the
least and the greatest; over one, sigtrim is faster. Each round has new documents in the same shapes. `--into` puts the
tables into a file, below its line `<!-- tables -->`.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import documents
import growth
from measuring import Spread, number, ratios, table, take_turns
from tools import CTA, LINKIFY, LXML, NAIVE, PYTHON_JOBS, TOOLS, Job, find_links

from sigtrim import Rewriter
from sigtrim.parse.html import parse
from sigtrim.parse.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MARK = "<!-- tables -->\n"
FULL = "sigtrim, full rewrite with all checks"
IDLE = "sigtrim, nothing to do"
LONE = "sigtrim, the list stays"
CAPTIONS = "sigtrim, caption rewrite"
TOKENS, TREE = "limit: sigtrim's tokens alone", "limit: sigtrim's tokens and tree alone"
LIBRARIES = (
    *("beautifulsoup4", "bleach", "click", "css-inline", "linkify-it-py", "lxml", "lxml-html-clean", "nh3"),
    *("premailer", "python-lolhtml"),
)
SMALL = '<p>Ada, <a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a></p>\n'
CASES = Path(__file__).parents[1] / "cases"

rewriter = Rewriter(cta=CTA)
stripper = Rewriter()


class Target(NamedTuple):
    """What was promised, and what was measured."""

    name: str
    bound: float
    measured: Spread
    is_most: bool = False  # the bound is the greatest figure that is good, not the least

    @property
    def is_met(self) -> bool:
        return self.measured.median <= self.bound if self.is_most else self.measured.median >= self.bound


class Group(NamedTuple):
    """Documents of one kind, and what is done to them."""

    title: str
    make: Callable[[int], list[str]]
    subject: str
    job: Job
    others: Mapping[str, Job]
    rounds: int = 7


def compare(group: Group, rounds: int, seed: int) -> tuple[str, dict[str, Spread]]:
    """Return a group's table, and how many times as fast as each other job its subject was."""
    warm_up, *made = (group.make(seed + at) for at in range(rounds + 1))
    times = take_turns({group.subject: group.job, **group.others}, made, warm_up[:5])
    size = sum(map(len, made[0]))
    speeds = {
        name: Spread.of(sum(map(len, texts)) / one / 1e6 for texts, one in zip(made, own, strict=True))
        for name, own in times.items()
    }
    found = {name: ratios(times[name], times[group.subject]) for name in group.others}
    rows = [(name, speeds[name].median, found.get(name, "1")) for name in times]
    lengths = sorted(len(text) for text in made[0])
    about = (
        f"### {group.title}\n\n{len(made[0])} documents of {number(lengths[0] / 1000)} to {number(lengths[-1] / 1000)} "
        f"KB a round, together {number(size / 1000)} KB; {rounds} rounds.\n\n"
    )
    return about + table(("job", "MB/s", "the first is so many times as fast"), rows), found


def groups() -> dict[str, Group]:
    same = {name: TOOLS[name] for name in (NAIVE, LXML)}
    limits: dict[str, Job] = {TOKENS: tokenize, TREE: parse}
    known = {
        "regular": Group("Signatures, regular", documents.regular, FULL, rewriter.rewrite, {**TOOLS, **limits}),
        "irregular": Group(
            "Signatures with crossed, stray and misplaced tags", documents.irregular, FULL, rewriter.rewrite, TOOLS
        ),
        "newsletters": Group("Newsletters", documents.newsletters, FULL, rewriter.rewrite, {**TOOLS, **limits}),
    }
    known["team"] = Group("Signatures of one team", documents.team, FULL, rewriter.rewrite, same)
    for name in documents.SHAPES:
        known[name] = Group(f"Signatures, shape: {name}", _shape(name), FULL, rewriter.rewrite, {**same, **limits}, 5)
    known["cases"] = Group("The invented documents of the test cases", _cases, FULL, rewriter.rewrite, same, 3)
    known["nothing"] = Group("No platform in them", documents.no_platform, IDLE, stripper.rewrite, same)
    known["lone"] = Group("One platform, which stays", documents.lone_link, LONE, stripper.rewrite, same)
    known["thread"] = Group(
        "A thread of mails, 1 MB", lambda seed: [documents.thread(1_000_000, seed)], FULL, rewriter.rewrite, same, 3
    )
    known["captions"] = Group("Captions", documents.captions, CAPTIONS, _caption, {LINKIFY: find_links})
    return known


def _shape(name: str) -> Callable[[int], list[str]]:
    return lambda seed: documents.of_shape(name, seed)


def _cases(_: int) -> list[str]:
    found = [*CASES.rglob("*.in.html"), *CASES.rglob("*.in.htm")]
    return [text for path in sorted(found) if (text := path.read_bytes().decode("utf-8", "replace")).strip()]


def _caption(text: str) -> object:
    return rewriter.rewrite(text, format="text")


def check() -> str:
    """Make sure that the documents are what they are said to be; return what was found."""
    lists = [*documents.regular(0), *documents.newsletters(0)]
    for text in lists:
        assert not parse(text).irregular
    broken = documents.irregular(0)
    assert sum(bool(parse(text).irregular) for text in broken) > len(broken) * 0.8
    for text in [*lists, *broken]:
        result = rewriter.rewrite(text)
        assert result.removals, text
        assert isinstance(result.output, str)
        assert result.output.count(CTA.url) == 1
        assert not any(f"{host}/" in result.output for host in documents.HOSTS), text
    for text in [*documents.no_platform(0), *documents.lone_link(0)]:
        assert not stripper.rewrite(text).changed
    count = len(lists) + len(broken)
    return f"{count} of {count} generated documents were rewritten and passed all checks.\n"


def targets(found: Mapping[str, Mapping[str, Spread]]) -> list[Target]:
    full = found["regular"]
    return [
        Target("full rewrite against the naive script, regular signatures", 6.0, full[NAIVE]),
        Target("full rewrite against lxml alone, regular signatures", 0.4, full[LXML]),
        *(
            Target(f"full rewrite against {job.partition(',')[0]}, {title}", 1.0, found[group][job])
            for job in PYTHON_JOBS
            for group, title in (("regular", "regular signatures"), ("newsletters", "newsletters"))
        ),
        Target("nothing to do against the naive script", 25.0, found["nothing"][NAIVE]),
        Target("nothing to do against lxml alone", 2.0, found["nothing"][LXML]),
        Target("captions against linkify-it-py", 3.0, found["captions"][LINKIFY]),
    ]


def start_up(runs: int) -> tuple[str, list[Target]]:
    """Return the table of what fresh processes take by the clock, and the targets."""
    program = [sys.executable, "-W", "ignore", "-m", "sigtrim"]
    script = Path(sys.executable).parent / ("sigtrim.exe" if os.name == "nt" else "sigtrim")
    if script.exists():
        program = [str(script)]
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder, "small.html")
        small.write_text(SMALL, "utf-8")
        call = ["--cta-url", CTA.url, "--cta-text", CTA.text]
        commands = {
            'python -c "import click"': [sys.executable, "-c", "import click"],
            'python -c "pass"': [sys.executable, "-c", "pass"],
            'python -c "import bs4, lxml"': [sys.executable, "-c", "import bs4, lxml.etree"],
            'python -c "import sigtrim"': [sys.executable, "-c", "import sigtrim"],
            "sigtrim --version": [*program, "--version"],
            "sigtrim small.html": [*program, str(small), *call],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for at in range(runs + 1):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True, cwd=folder)
                if at:  # the first run fills the caches of the disk and of compiled modules
                    times[name].append(time.perf_counter() - start)
    yardstick = times['python -c "import click"']
    found = {name: ratios(own, yardstick) for name, own in times.items()}
    rows = [(name, Spread.of(own).median * 1000, found[name]) for name, own in times.items()]
    text = table(("command", "ms", 'times as long as "import click"'), rows)
    return text, [
        Target('`sigtrim --version` against `python -c "import click"`', 2.0, found["sigtrim --version"], is_most=True),
        Target(
            '`sigtrim small.html` against `python -c "import click"`', 3.0, found["sigtrim small.html"], is_most=True
        ),
    ]


def grow(kind: str, sizes: Sequence[int], unit: str) -> str:
    """Return the table of how time and memory grow."""
    rows: list[list[object]] = []
    points: dict[str, growth.Point | None] = {}
    for size in sizes:
        # What failed once fails with more as well, and may take minutes for it.
        points = {job: growth.measure(job, kind, size) if points.get(job, True) else None for job in growth.JOBS}
        own = points["sigtrim"]
        assert own is not None
        assert own.is_whole
        row: list[object] = [f"{size:,}", f"{own.characters / 1000:,.0f}"]
        for point in points.values():
            if point is None:
                row += ["fails", "", ""]
                continue
            megabytes = point.characters / 1e6
            spare = point.megabytes / megabytes if megabytes >= 0.1 else None
            lost = "" if point.is_whole else ", text lost"
            row += [f"{number(point.seconds)}{lost}", number(point.seconds / megabytes), _memory(spare)]
        rows.append(row)
    header = [unit, "KB"]
    for job in ("sigtrim", "lxml alone", "naive"):
        header += [f"{job}: s", "s per MB", "memory x size"]
    return table(header, rows)


def _memory(times: float | None) -> str:
    return "-" if times is None else number(times)


def environment() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"sigtrim {version('sigtrim')}, {platform.python_implementation()} {platform.python_version()} on "
        f"{platform.system()} {platform.machine()} with {os.cpu_count()} processors; {libraries}.\n"
    )


def run(*, quick: bool, say: Callable[[str], object]) -> None:
    """Measure everything; say it piece by piece."""
    parts: list[str] = []
    found: dict[str, Mapping[str, Spread]] = {}
    for at, (name, group) in enumerate(groups().items()):
        sys.stderr.write(f"{group.title} ...\n")
        text, found[name] = compare(group, 2 if quick else group.rounds, 100 * at)
        parts.append(text)
    sys.stderr.write("Start-up ...\n")
    starts, start_targets = start_up(5 if quick else 15)
    say(environment() + "\n" + check() + "\n## Targets\n\n")
    rows = [
        (one.name, f"{'at most' if one.is_most else 'at least'} {one.bound:g}", one.measured, _verdict(one))
        for one in (*targets(found), *start_targets)
    ]
    say(table(("what", "target", "measured", ""), rows))
    say("\n## Side by side\n\n" + "\n".join(parts) + "\n## Start-up\n\n" + starts)
    for title, kind, sizes, unit in (
        ("Growth with the size", "size", (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000), "characters"),
        ("Growth with the number of links", "links", (10, 100, 1_000, 10_000, 50_000), "links"),
        ("Growth with the depth", "depth", (10, 100, 1_000, 10_000, 100_000), "elements"),
    ):
        sys.stderr.write(f"{title} ...\n")
        say(f"\n## {title}\n\n{grow(kind, sizes[: -2 if quick else None], unit)}")


def _verdict(target: Target) -> str:
    return "met" if target.is_met else "**missed**"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="about a minute: few rounds, no large documents")
    parser.add_argument(
        "--into", type=Path, metavar="FILE", help=f"put the tables into this file, below {MARK.strip()}"
    )
    options = parser.parse_args()
    if options.into is None:
        run(quick=options.quick, say=sys.stdout.write)
        return
    kept, mark, _ = options.into.read_text("utf-8").partition(MARK)
    if not mark:
        parser.error(f"{options.into} has no line {MARK.strip()}")
    output = io.StringIO()
    run(quick=options.quick, say=output.write)
    options.into.write_text(f"{kept}{mark}\n{output.getvalue()}", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
