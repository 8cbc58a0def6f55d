"""Run the command over a column of a very large CSV: speed, memory, and every untouched byte compared.

    python tests/benchmarks/large_table.py --megabytes 1000 --jobs 2 --folder /var/tmp/large

The folder is filled once and used again; it takes twice the size.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from documents import signatures
from many_files import TEXT, URL, measure, say

if TYPE_CHECKING:
    from collections.abc import Iterator

# Cells in the forms that exports write: quoted and not, with doubled quotes, line ends, other scripts.
OTHERS = ('"Byrne; ""Ada"""', "plain", '"two\r\nlines"', "", '"Čapek, 東京"', "=1+1", "007")
NOTE = '"{}"'.format('A note; with ""quotes"", a comma and\r\nseveral lines of ordinary text.\r\n' * 80)
HEADER = b'\xef\xbb\xbfid;name;"signature";note;text\r\n'
# A CSV record, cell by cell; written differently from the program's own pattern, and slower.
CELL = re.compile(rb'("(?:[^"]|"")*"|(?!")[^;\r\n]*)(;|\r\n)')


def main() -> None:
    """Generate, run, measure, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    source = options.folder / f"in-{options.megabytes}.csv"
    target = options.folder / f"out-{options.megabytes}.csv"
    if not source.exists():
        generate(source, options.megabytes * 1_000_000)
    target.unlink(missing_ok=True)
    command = [sys.executable, "-m", "sigtrim", str(source), "--output", str(target), "--jobs", str(options.jobs)]
    command += ["--column", "signature", "--cta-url", URL, "--cta-text", TEXT, "--summary", "json", "--quiet"]
    seconds, cpu, peaks, output = measure(command)
    tally = json.loads(output)
    size = source.stat().st_size
    say(f"{size / 1e6:.0f} MB, {options.jobs} jobs: {seconds:.0f} s, {size / 1e6 / seconds:.2f} MB a second")
    say(f"{cpu:.0f} s of processor time")
    say(f"peak memory in MB: {', '.join(f'{one:.0f}' for one in peaks)}")
    say({key: tally[key] for key in ("documents", "changed", "unchanged", "failed")})
    rows, changed = compare(source, target)
    say(f"{rows} records: all cells of the other columns are the same bytes; {changed} signatures differ")
    assert tally["changed"] == changed


def generate(path: Path, size: int) -> None:
    """Write records until the file has that size; every tenth has no signature."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = ["", *('"{}"'.format(one.replace('"', '""')) for one in signatures(200))]
    written = 0
    with path.open("wb") as file:
        file.write(HEADER)
        at = 0
        while written < size:
            cell = cells[0] if at % 10 == 9 else cells[1 + at % (len(cells) - 1)]
            record = f"{at};{OTHERS[at % 7]};{cell};{OTHERS[(at + 3) % 7]};{NOTE}\r\n".encode()
            written += file.write(record)
            at += 1


def compare(source: Path, target: Path) -> tuple[int, int]:
    """Compare two tables cell by cell; return the number of records and of differing signatures."""
    changed = rows = 0
    for before, after in zip(records(source), records(target), strict=True):
        assert len(before) == len(after) == 5
        assert before[:2] == after[:2], rows
        assert before[3:] == after[3:], rows
        if before[2] != after[2]:
            changed += 1
            assert after[2].count(URL.encode()) == 1, rows
            if rows % 1000 == 0:  # the standard library reads the same
                assert URL in next(csv.reader(io.StringIO(b";".join(after).decode(), newline=""), delimiter=";"))[2]
        rows += 1
    return rows, changed


def records(path: Path) -> Iterator[tuple[bytes, ...]]:
    """Yield the cells of each record as they are written."""
    buffer = b""
    at = 0
    cells: list[bytes] = []
    with path.open("rb") as file:
        while True:
            match = CELL.match(buffer, at)
            if match is None or match.end() == len(buffer):
                piece = file.read(1 << 20)
                if not piece and match is None:
                    assert at == len(buffer), "the end of the table is broken"
                    return
                if piece:
                    buffer, at = buffer[at:] + piece, 0
                    continue
            assert match is not None
            cells.append(match[1])
            at = match.end()
            if match[2] != b";":
                yield tuple(cells)
                cells = []


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[2])
    main()
