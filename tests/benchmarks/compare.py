"""Measure rewriting against the naive script and against lxml alone, side by side in one process.

    python tests/benchmarks/compare.py

Each line is one job; times are the best of several rounds that take turns, so that a busy machine hits all alike. The
spread is that of the ratio over the rounds.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import documents
import lxml.html
import naive

from sigtrim import CallToAction, Rewriter
from sigtrim.detect.platforms import registry
from sigtrim.detect.wrappers import unwrap
from sigtrim.parse.html import parse, tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROUNDS = 7
CTA = CallToAction("https://example.com/guide", "Get the free guide")
THREAD_SIZE = 5_000_000


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def by_naive(document: str) -> object:
    return naive.rewrite(document, CTA.url, CTA.text)


def by_lxml(document: str) -> object:
    return lxml.html.tostring(lxml.html.document_fromstring(document))


def measure(
    jobs: dict[str, Callable[[str], object]], texts: Sequence[str], rounds: int = ROUNDS
) -> dict[str, list[float]]:
    """Return the seconds of each job on all texts, a number for each round."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            for text in texts:
                job(text)
            times[name].append(time.perf_counter() - start)
    return times


def report(title: str, texts: Sequence[str], jobs: dict[str, Callable[[str], object]], rounds: int = ROUNDS) -> None:
    size = sum(len(text) for text in texts)
    say(f"\n{title}: {len(texts)} documents, {size / 1000:.0f} thousand characters")
    say(f"{'':38}{'MB/s':>8}{'x naive':>10}{'spread':>14}{'x lxml':>10}")
    times = measure({"naive": by_naive, "lxml alone": by_lxml, **jobs}, texts, rounds)
    for name, own in times.items():
        ratios = sorted(other / mine for other, mine in zip(times["naive"], own, strict=True))
        spread = f"{ratios[0]:.2f}-{ratios[-1]:.2f}"
        to_lxml = min(times["lxml alone"]) / min(own)
        to_naive = min(times["naive"]) / min(own)
        say(f"{name:38}{size / min(own) / 1e6:8.2f}{to_naive:10.2f}{spread:>14}{to_lxml:10.2f}")


def start_up(statement: str, runs: int = 11) -> float:
    """Return the milliseconds that a fresh Python needs for a statement, the best of several runs."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True, cwd=Path(__file__).parents[2])
        best = min(best, time.perf_counter() - start)
    return best * 1000


def look_ups(count: int = 4_000) -> None:
    """Print what one look-up costs, in microseconds, for links that were never seen before."""
    known = registry().extended(())
    profiles = [f"https://www.linkedin.com/in/ada-{at}" for at in range(count)]
    websites = [f"https://www.example{at}.com/about" for at in range(count)]
    wrapped = [
        f"https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.com%2Fada{at}&data=05"
        for at in range(count)
    ]
    jobs: dict[str, tuple[Callable[[str], object], list[str]]] = {
        "platform link": (known.match_url, profiles),
        "website": (known.match_url, websites),
        "unwrap, no wrapper": (unwrap, websites),
        "unwrap, SafeLinks": (unwrap, wrapped),
    }
    say("\nlook-ups, microseconds each")
    for name, (job, urls) in jobs.items():
        start = time.perf_counter()
        for url in urls:
            job(url)
        say(f"  {name:36}{(time.perf_counter() - start) / count * 1e6:8.1f}")


def main() -> None:
    rewriter, stripper = Rewriter(cta=CTA), Rewriter()
    full: dict[str, Callable[[str], object]] = {
        "full rewrite, with the call to action": rewriter.rewrite,
        "list out only": stripper.rewrite,
        "- of these: tokens": tokenize,
        "- of these: tokens and tree": parse,
    }
    report("signatures", documents.signatures(), full)
    report("nothing to do", documents.no_platform(), {"no platform, no call to action": stripper.rewrite})
    report("one platform", documents.lone_link(), {"the rule leaves it alone": stripper.rewrite})
    report("a long thread", [documents.thread(THREAD_SIZE)], full, rounds=2)
    look_ups()
    say("\nstart-up, ms over a bare Python")
    bare = start_up("pass")
    for statement in ("import click, lxml.etree", "import sigtrim", "from sigtrim import rewrite", "import bs4"):
        say(f"  {statement:36}{start_up(statement) - bare:8.1f}")


if __name__ == "__main__":
    main()
