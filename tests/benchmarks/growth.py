"""Measure how time and memory grow with a document: each figure in a process of its own.

    python tests/benchmarks/growth.py JOB KIND SIZE

prints one line of JSON: the document's characters, the seconds for it, the megabytes that the job took at its peak
beyond what the process held before, and whether all of its text is in the output.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["JOBS", "Point", "measure"]

SECONDS = 0.3  # a short job is done again, on another document, until it has taken so long; the best counts
JOBS = ("sigtrim", "lxml", "naive")


class Point(NamedTuple):
    """One measured document; a job that fails or takes over five minutes has no point."""

    characters: int
    seconds: float
    megabytes: float
    is_whole: bool


def measure(job: str, kind: str, size: int) -> Point | None:
    """Measure a job on a document in a fresh process; return None if it fails or does not end in time."""
    command = [sys.executable, __file__, job, kind, str(size)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, timeout=300)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        if job == "sigtrim":
            raise
        return None
    return Point(*json.loads(done.stdout))


def main(name: str, kind: str, size: int) -> None:
    """Print one point."""
    import documents
    from measuring import peak_memory, reset_peak

    makers: dict[str, Callable[[int, int], str]] = {
        "size": documents.thread,
        "links": documents.long_list,
        "depth": documents.nested,
    }
    job = _job(name)
    job(documents.thread(20_000))
    end = "registered office 1 Example Way" if kind != "links" else f"member{size - 1}@acme.example.com"
    best, spent, peak, seed = (float("inf"), 0), 0.0, 0.0, 0
    is_whole = True
    output = ""
    while spent < SECONDS:
        document, output = makers[kind](size, seed), ""
        reset_peak()
        before = peak_memory()
        start = time.process_time()
        output = job(document)
        seconds = time.process_time() - start
        peak = max(peak, peak_memory() - before)
        best = min(best, (seconds / len(document), len(document)))
        spent, seed, is_whole = spent + seconds, seed + 1, is_whole and end in output
    sys.stdout.write(json.dumps([best[1], best[0] * best[1], peak, is_whole]))


def _job(name: str) -> Callable[[str], str]:
    url, text = "https://example.com/guide", "Get the free guide"
    match name:
        case "sigtrim":
            from sigtrim import CallToAction, Rewriter

            rewriter = Rewriter(cta=CallToAction(url, text))
            return lambda document: cast("str", rewriter.rewrite(document).output)
        case "lxml":
            from lxml import html

            return lambda document: html.tostring(html.document_fromstring(document), encoding="unicode")
        case _:
            import naive

            return lambda document: naive.rewrite(document, url, text, "lxml")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
