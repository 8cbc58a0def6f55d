"""A run over files: how much there is to do, by how many processes, and the outcomes one after the other."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from sigtrim.batch.inputs import Task
from sigtrim.batch.workers import available_cores, run_in_order
from sigtrim.batch.writing import prepare_folder
from sigtrim.config import find_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sigtrim.batch.files import FileWork
    from sigtrim.batch.inputs import Inputs, Problem, Skip
    from sigtrim.batch.outcome import Outcome
    from sigtrim.batch.workers import Stop

__all__ = ["Survey", "choose_jobs", "run_files", "scan", "survey"]

# Below this many documents, starting processes takes longer than they save.
_SMALL_RUN = 200


@dataclass(slots=True)
class Survey:
    """What is ahead: how many files, how many of them documents, and the configurations that they are under.

    `size` is that of all documents in bytes, if it was asked for.
    """

    files: int = 0
    documents: int = 0
    size: int = 0
    configs: set[Path | None] = field(default_factory=set)


def survey(inputs: Inputs, *, config: Path | None = None, sizes: bool = False) -> Survey:
    """Look at what is to do, without reading a document; `config` is the one for all, if there is one.

    Raises `ConfigError` if a configuration cannot be read, or as `Inputs.check` does.
    """
    inputs.check()
    found = Survey()
    folder = None
    for task in inputs.scan():
        if not isinstance(task, Task):
            continue
        found.files += 1
        if task.document:
            found.documents += 1
            if sizes:
                with contextlib.suppress(OSError):
                    found.size += task.source.stat().st_size
            if task.source.parent != folder:
                folder = task.source.parent
                found.configs.add(config or find_config(folder))
    return found


def choose_jobs(asked: int | None, documents: int) -> int:
    """Return how many processes to work with: as many as `asked` for, else all cores where that is worth it.

    >>> choose_jobs(4, 1000), choose_jobs(4, 2), choose_jobs(None, 10)
    (4, 2, 1)
    """
    if asked is None:
        asked = available_cores() if documents >= _SMALL_RUN else 1
    return max(1, min(asked, documents))


def scan(inputs: Inputs, work: FileWork) -> Iterator[Task | Skip | Problem]:
    """Yield what there is to do; the folders that are written to are made ready on the way."""
    writes = (work.in_place or inputs.output is not None) and not work.looks_only
    return inputs.scan(partial(prepare_folder, make=inputs.output is not None) if writes else None)


def run_files(
    inputs: Inputs, work: FileWork, *, jobs: int, tell: Callable[[Skip | Problem], None], stop: Stop
) -> Iterator[Outcome]:
    """Yield the outcome of each file, in the order in which they are found; `tell` gets what is left out.

    The files of one signature are one piece of work.
    """

    def tasks() -> Iterator[Task]:
        for found in scan(inputs, work):
            if isinstance(found, Task):
                yield found
            else:
                tell(found)

    signatures = (tuple(group) for _, group in groupby(tasks(), key=_signature))
    for outcomes in run_in_order(work, signatures, failed=work.give_up, jobs=jobs, stop=stop):
        yield from outcomes


def _signature(task: Task) -> tuple[bool, Path]:
    return (True, task.signature) if task.signature is not None else (False, task.source)
