"""Clocks, peak memory, and tables of Markdown."""

from __future__ import annotations

import gc
import statistics
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["Spread", "peak_memory", "ratios", "reset_peak", "table", "take_turns", "watch_peaks"]


class Spread(NamedTuple):
    """The least, the middle and the greatest of the figures that the rounds gave."""

    least: float
    median: float
    most: float

    @classmethod
    def of(cls, figures: Iterable[float]) -> Spread:
        found = sorted(figures)
        return cls(found[0], statistics.median(found), found[-1])

    def __str__(self) -> str:
        return f"**{number(self.median)}** ({number(self.least)}-{number(self.most)})"


def take_turns(
    jobs: Mapping[str, Callable[[str], object]], rounds: Sequence[Sequence[str]], warm_up: Sequence[str]
) -> dict[str, list[float]]:
    """Return the seconds of processor time of each job for all documents of a round, a figure for each round.

    The jobs take turns within a round and another one begins each time, so that what disturbs the machine disturbs all.
    Each has done the documents of the warm-up before; the garbage of one is not left to the next.
    """
    names = list(jobs)
    times: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        for document in warm_up:
            jobs[name](document)
    for at, documents in enumerate(rounds):
        first = at % len(names)
        for name in names[first:] + names[:first]:
            job = jobs[name]
            gc.collect()
            start = time.process_time()
            for document in documents:
                job(document)
            times[name].append(time.process_time() - start)
    return times


def ratios(others: Sequence[float], own: Sequence[float]) -> Spread:
    """Return how many times as fast the own job was as another one, round by round."""
    return Spread.of(other / mine for other, mine in zip(others, own, strict=True))


def number(figure: float) -> str:
    """Write a figure with two or three significant digits."""
    if figure >= 100:
        return f"{figure:.0f}"
    if figure >= 10:
        return f"{figure:.1f}"
    return f"{figure:.2f}" if figure >= 0.1 else f"{figure:.2g}"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table of Markdown, its first column to the left, the others to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "".join(f"| {' | '.join(_cell(one) for one in line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)


def reset_peak() -> None:
    """Let the peak memory of this process begin again with what it holds now, where the system can do that."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    except OSError:
        return


def peak_memory(pid: int | str = "self") -> float:
    """Return the peak of resident memory of a process in MB, as Linux counts it; 0.0 on other systems."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except (OSError, IndexError):
        return 0.0


def watch_peaks(process: subprocess.Popen[bytes]) -> dict[int, float]:
    """Return a mapping that a thread fills with the peak memory of a process and its children while they run."""
    peaks: dict[int, float] = {}
    threading.Thread(target=_watch, args=(process, peaks), daemon=True).start()
    return peaks


def _watch(process: subprocess.Popen[bytes], peaks: dict[int, float]) -> None:
    while process.poll() is None:
        try:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        except OSError:
            children = []
        for pid in (process.pid, *map(int, children)):
            peaks[pid] = peak_memory(pid) or peaks.get(pid, 0.0)
        time.sleep(0.2)
