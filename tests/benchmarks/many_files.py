"""Run the command over very many invented signatures: speed, memory, and a sample checked against the guarantees.

    python tests/benchmarks/many_files.py --count 100000 --jobs 2 --folder /var/tmp/many

The folder is filled once and used again; 100,000 signatures take about 1 GB with their results.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from documents import signatures
from lxml import html
from measuring import watch_peaks

FILLER = "<p style='margin:0;font-size:8pt;color:#777777'>This message and its attachments are for the addressee.</p>\n"
URL, TEXT = "https://example.com/guide", "Get the free guide"
A_FOLDER = 1000
SIZE = 8_000


def main() -> None:
    """Generate, run, measure, check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    source, target = options.folder / f"in-{options.count}", options.folder / f"out-{options.count}"
    if not source.exists():
        generate(source, options.count)
    shutil.rmtree(target, ignore_errors=True)
    report = options.folder / "report.jsonl"
    command = [sys.executable, "-m", "sigtrim", str(source), "--output", str(target), "--jobs", str(options.jobs)]
    command += ["--cta-url", URL, "--cta-text", TEXT, "--summary", "json", "--report", str(report), "--quiet"]
    seconds, cpu, peaks, output = measure(command)
    tally = json.loads(output)
    say(f"{options.count} documents, {options.jobs} jobs: {seconds:.1f} s, {options.count / seconds:.0f} a second")
    say(f"{cpu:.1f} s of processor time, {cpu / options.count * 1000:.3f} ms for each document")
    say(f"peak memory in MB: {', '.join(f'{one:.0f}' for one in peaks)}")
    say({key: tally[key] for key in ("documents", "changed", "unchanged", "failed")})
    assert tally["documents"] == options.count == sum(1 for _ in target.rglob("*.html"))
    say(f"{check(source, target, report, options.sample)} outputs hold the guarantees")


def say(line: object) -> None:
    """Print a line at once: these runs take minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def generate(folder: Path, count: int) -> None:
    """Write `count` signatures of about 8 KB, a thousand to a folder."""
    made = [one for one in signatures(500) if len(one) < SIZE]
    for at in range(count):
        path = folder / f"{at // A_FOLDER:03}" / f"{at:06}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = made[at % len(made)].replace("Byrne", f"Byrne {at}")
        missing = SIZE - len(text)
        path.write_bytes((text + FILLER * (missing // len(FILLER))).encode())


def measure(command: list[str]) -> tuple[float, float, list[float], bytes]:
    """Run a command; return its seconds by the clock and of the processors, its processes' peak memory, its output.

    The memory is in MB, the largest first.
    """
    used = os.times()
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peaks = watch_peaks(process)
    output = process.communicate()[0]
    seconds = time.perf_counter() - start
    assert process.returncode in (0, 2), process.returncode
    now = os.times()
    cpu = now.children_user + now.children_system - used.children_user - used.children_system
    return seconds, cpu, sorted(peaks.values(), reverse=True), output


def check(source: Path, target: Path, report: Path, sample: int) -> int:
    """Check a sample against the guarantees V1, V2, V4 and V5, by means of its own; return how many."""
    rng = random.Random(1)  # noqa: S311 - a sample, no secret
    checked = 0
    total = sum(1 for _ in source.rglob("*.html"))
    with report.open("rb") as lines:
        for line in lines:
            if rng.random() > sample / total * 1.02 or checked == sample:
                continue
            record = json.loads(line)
            path = Path(record["name"])
            before, after = (
                path.read_bytes().decode(),
                (target / path.relative_to(source)).read_bytes().decode(),
            )
            # V1 and V2: what the report says was done gives the output, and nothing else was done.
            assert rebuilt(before, record) == after, path
            # V4 and V5: the links that are left, in order, with one call to action among them.
            left = [one for one in links(before) if one in links(after)]
            assert [one for one in links(after) if one != URL] == left, path
            assert links(after).count(URL) == 1, path
            assert not any(host in after for host in ("facebook.com", "instagram.com", "linkedin.com", "//x.com")), path
            kept = [one for one in links(before) if one.startswith(("mailto:", "tel:", "https://www.example"))]
            assert [one for one in links(after) if one in kept] == kept, path
            checked += 1
    return checked


def rebuilt(text: str, record: dict[str, Any]) -> str:
    """Do to a text what its report says."""
    gone = bytearray(len(text) + 1)
    for removal in record["removals"]:
        for edit in removal["edits"]:
            start, end = edit["span"]["start"], edit["span"]["end"]
            gone[start:end] = b"\x01" * (end - start)
    out = []
    for at in range(len(text) + 1):
        if record["cta"] is not None and record["cta"]["offset"] == at:
            out.append(record["cta"]["content"])
        if at < len(text) and not gone[at]:
            out.append(text[at])
    return "".join(out)


def links(text: str) -> list[str]:
    """Return all targets of links, read by another parser."""
    return [one.get("href", "") for one in html.fromstring(text).iter("a") if one.get("href") is not None]


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[2])
    main()
