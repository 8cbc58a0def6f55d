"""Work spread over processes: results in the order of the items, a bounded number of them in memory."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

__all__ = ["Stop", "available_cores", "run_in_order"]

Item = TypeVar("Item")
Result = TypeVar("Result")

# What one process has before it, so that it never waits for the next item, and what may be under way altogether: a
# result waits here until all before it are there. Weights are characters of documents that are held in memory.
_AHEAD = 16
_WINDOW = 64
_WINDOW_WEIGHT = 16_000_000
_POLL_SECONDS = 0.5
_LEAVE_SECONDS = 10
_STILLBIRTHS = 3


class Stop:
    """A wish to end: nothing new is begun, what is under way is finished."""

    def __init__(self) -> None:
        self.wanted = False


def available_cores() -> int:
    """Return how many processes can work at a time.

    >>> available_cores() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover - where a process cannot be bound to cores


def run_in_order(  # noqa: PLR0913 - each a choice of its own, named at every call
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    failed: Callable[[Item, str], Result],
    jobs: int,
    weigh: Callable[[Item], int] | None = None,
    stop: Stop | None = None,
) -> Iterator[Result]:
    """Yield `work(item)` for each item, in order, worked out by `jobs` processes; by this one if that is 1.

    `items` is read as the work goes on, never far ahead. `work` and the items are pickled. If a process dies, the item
    that it had at hand yields `failed(item, cause)`, and another process takes over the others. `weigh` tells how many
    characters an item holds in memory. When `stop` is wanted, the items that were begun are still yielded.

    Raises `RuntimeError` if processes cannot be started.

    >>> list(run_in_order(str.upper, ["a", "b"], failed=lambda item, cause: cause, jobs=1))
    ['A', 'B']
    """
    stop = stop or Stop()
    if jobs == 1:
        for item in items:
            if stop.wanted:
                return
            yield work(item)
        return
    pool = _Pool(work, failed, jobs, weigh or (lambda _: 0), stop)
    try:
        yield from pool.run(iter(items))
    finally:
        pool.close()


@dataclass(slots=True, eq=False)
class _Worker:
    """One process, and the items that were sent to it and not come back, in order."""

    process: BaseProcess
    connection: Connection
    ready: bool = False
    items: deque[tuple[int, Any]] = field(default_factory=deque)


@dataclass(slots=True, eq=False)
class _Pool(Generic[Item, Result]):
    work: Callable[[Item], Result]
    failed: Callable[[Item, str], Result]
    jobs: int
    weigh: Callable[[Item], int]
    stop: Stop
    workers: list[_Worker] = field(default_factory=list)
    waiting: deque[tuple[int, Item]] = field(default_factory=deque)
    results: dict[int, Result] = field(default_factory=dict)
    weights: dict[int, int] = field(default_factory=dict)
    taken: int = 0
    given: int = 0
    stillbirths: int = 0

    def run(self, items: Iterator[Item]) -> Iterator[Result]:
        more = True
        while not self.stop.wanted:
            more = more and self._feed(items)
            while self.given in self.results:
                self.weights.pop(self.given)
                result = self.results.pop(self.given)
                self.given += 1
                yield result
            if not more and self.given == self.taken:
                return
            self._collect()
        for worker in self.workers:
            self._send(worker, None)
        while self.workers:
            self._collect()
        for at in sorted(self.results):
            yield self.results.pop(at)

    def close(self) -> None:
        """End the processes; each finishes what it has at hand, so that no file is left half-way."""
        for worker in self.workers:
            worker.connection.close()
        for worker in self.workers:
            worker.process.join(_LEAVE_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self.workers.clear()

    def _feed(self, items: Iterator[Item]) -> bool:
        """Hand out items for as long as there is room; tell whether there may be more."""
        while self.taken - self.given < _WINDOW * self.jobs and sum(self.weights.values()) < _WINDOW_WEIGHT:
            worker = self._idlest()
            if worker is None:
                return True
            if not self.waiting:
                try:
                    item = next(items)
                except StopIteration:
                    return False
                self.weights[self.taken] = self.weigh(item)
                self.waiting.append((self.taken, item))
                self.taken += 1
            self._hand_over(worker)
        return True

    def _idlest(self) -> _Worker | None:
        """Return the process that has least to do, a new one if all are busy, None if all have enough before them."""
        idlest = min(self.workers, key=lambda one: len(one.items), default=None)
        if idlest is None or (idlest.items and len(self.workers) < self.jobs):
            idlest = self._start()
        return idlest if len(idlest.items) < _AHEAD else None

    def _hand_over(self, worker: _Worker) -> None:
        at, item = self.waiting.popleft()
        worker.items.append((at, item))
        self._send(worker, item)

    def _send(self, worker: _Worker, item: Item | None) -> None:
        with contextlib.suppress(OSError):  # if it has died, the next look at its connection shows it
            worker.connection.send(None if item is None else (item,))

    def _collect(self) -> None:
        """Take in the results that are there; wait for the first one."""
        from multiprocessing.connection import wait  # noqa: PLC0415 - only needed where there are processes

        by_connection = {worker.connection: worker for worker in self.workers}
        for ready in wait(list(by_connection), timeout=_POLL_SECONDS):
            worker = by_connection[ready]  # type: ignore[index]  # `wait` gives back what it was given
            try:
                message = worker.connection.recv()
            except (EOFError, OSError):
                self._bury(worker)
                continue
            if message is None:
                worker.ready = True
                continue
            at, item = worker.items.popleft()
            result, cause = message
            self.results[at] = self.failed(item, cause) if cause is not None else result

    def _bury(self, worker: _Worker) -> None:
        """Put a dead process's work back, but for the item that it died of."""
        worker.process.join(_LEAVE_SECONDS)
        code = worker.process.exitcode
        worker.connection.close()
        self.workers.remove(worker)
        if self.stop.wanted and code == 0:
            return
        if worker.ready and worker.items:
            at, item = worker.items.popleft()
            self.results[at] = self.failed(item, f"the process that worked on it died ({_ending(code)})")
        elif not worker.ready:
            self.stillbirths += 1
            if self.stillbirths >= _STILLBIRTHS:
                raise RuntimeError(f"no process can be started to work in ({_ending(code)})")
        self.waiting.extendleft(reversed(worker.items))
        while self.waiting and not self.stop.wanted:
            fresh = self._idlest()
            if fresh is None:
                break
            self._hand_over(fresh)

    def _start(self) -> _Worker:
        import multiprocessing  # noqa: PLC0415 - only needed where there are processes

        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.Process(target=_serve, args=(self.work, theirs, ours), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self.workers.append(worker)
        return worker


def _serve(work: Callable[[Any], Any], connection: Connection, parents: Connection) -> None:
    """Work until the other side says so or is gone; the item at hand is always finished."""
    # Ctrl-C goes to all processes of a terminal; the parent decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parents.close()  # an inherited copy of the parent's end, which would keep its end from being seen
    inbox: deque[Any] = deque()
    filled = threading.Semaphore(0)
    leaving = threading.Event()
    # Reading never waits for the work, so the parent's writing never does either: no deadlock, whatever the sizes.
    threading.Thread(target=_receive, args=(connection, inbox, filled, leaving), daemon=True).start()
    try:
        connection.send(None)
        while True:
            filled.acquire()
            if leaving.is_set():
                return
            try:
                message: tuple[Any, str | None] = (work(inbox.popleft()), None)
            except Exception as error:  # noqa: BLE001 - one bad item never stops the others
                message = (None, f"internal error, {type(error).__name__}: {error}")
            connection.send(message)
    except OSError:
        return  # the parent is gone


def _receive(connection: Connection, inbox: deque[Any], filled: threading.Semaphore, leaving: threading.Event) -> None:
    try:
        while (message := connection.recv()) is not None:
            inbox.append(message[0])
            filled.release()
    except (EOFError, OSError):
        pass
    leaving.set()
    filled.release()


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"status {code}"
