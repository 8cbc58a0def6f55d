from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from sigtrim import CallToAction, Rewriter
from sigtrim.batch import rewrite_many
from sigtrim.batch.workers import Stop, run_in_order

if TYPE_CHECKING:
    from collections.abc import Iterator

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")

REWRITER = Rewriter(cta=CallToAction("https://example.com/guide", "Get the free guide"))
PAGE = '<p>Jane {}</p><p><a href="https://facebook.com/acme">f</a> | <a href="https://x.com/acme">X</a></p>'


def double(number: int) -> int:
    return number * 2


def uneven(number: int) -> int:
    time.sleep(0.02 if number % 7 == 0 else 0)
    return number


def fragile(number: int) -> int | str:
    if number % 50 == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 20:
        raise ValueError("no twenties")
    return number


def swallow(text: str) -> str:
    return text * 3


def told(_item: object, cause: str) -> str:
    return cause


def lost(item: int, _cause: str) -> int:
    return -item


def test_nothing_to_do() -> None:
    assert list(run_in_order(double, [], failed=told, jobs=3)) == []
    assert list(rewrite_many([], REWRITER, jobs=2)) == []


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_order(jobs: int) -> None:
    assert list(run_in_order(uneven, range(200), failed=told, jobs=jobs)) == list(range(200))


def test_items_are_read_as_results_are_taken() -> None:
    read = itertools.count()
    results = run_in_order(double, (next(read) for _ in itertools.count()), failed=told, jobs=2)
    assert [next(results) for _ in range(300)] == list(range(0, 600, 2))
    assert next(read) <= 300 + 2 * 64
    results.close()  # type: ignore[attr-defined]


def test_weights_bound_what_is_under_way() -> None:
    read = itertools.count()
    items = ("x" * 4_000_000 for _ in range(40) if next(read) >= 0)
    for at, result in enumerate(run_in_order(swallow, items, failed=told, jobs=2, weigh=len)):
        assert len(result) == 12_000_000
        assert next(read) - 2 * (at + 1) <= 8 + 1
        if at == 5:
            break


def test_large_items_and_results_do_not_block_each_other() -> None:
    items = ["x" * 300_000] * 40
    assert list(run_in_order(swallow, items, failed=told, jobs=2)) == [one * 3 for one in items]


@posix
def test_a_process_that_dies_costs_one_item() -> None:
    results = list(run_in_order(fragile, range(120), failed=told, jobs=2))
    died = "the process that worked on it died (SIGKILL)"
    assert results[13] == results[63] == results[113] == died
    assert results[20] == "internal error, ValueError: no twenties"
    for at in (13, 20, 63, 113):
        results[at] = at
    assert results == list(range(120))


@posix
def test_processes_that_cannot_work_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import sigtrim.batch.workers as module

    monkeypatch.setattr(module, "_serve", _leave)
    with pytest.raises(RuntimeError, match=r"no process can be started to work in \(status 3\)"):
        list(run_in_order(double, range(10), failed=told, jobs=2))


def _leave(*_: object) -> None:
    os._exit(3)


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_stop_lets_what_was_begun_come_back(jobs: int) -> None:
    stop = Stop()
    begun = []

    def items() -> Iterator[int]:
        for number in itertools.count():
            begun.append(number)
            yield number

    results: list[int] = []
    for result in run_in_order(double, items(), failed=lost, jobs=jobs, stop=stop):
        results.append(result)
        stop.wanted = len(results) >= 50
    assert 50 <= len(results) <= len(begun)
    assert results == sorted(set(results))


def test_abandoned_results_leave_no_process() -> None:
    import multiprocessing

    results = run_in_order(double, itertools.count(), failed=told, jobs=3)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_documents(jobs: int) -> None:
    pages = [PAGE.format(at) for at in range(100)]
    results = list(rewrite_many(pages, REWRITER, jobs=jobs))
    assert [one.output for one in results] == [REWRITER.rewrite(page).output for page in pages]
    assert [one.output for one in rewrite_many([b"<p>\xe9</p>"], REWRITER, jobs=jobs)] == [
        REWRITER.rewrite(b"<p>\xe9</p>").output
    ]


def test_a_document_that_fails_comes_back_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(Rewriter, "rewrite", fail)
    for document in ("<p>x</p>", b"\xff\x00"):
        (result,) = rewrite_many([document], REWRITER, jobs=1)
        assert (result.output, result.changed) == (document, False)
        assert result.skipped == "internal error, RecursionError: too deep"


def test_no_processes_at_all() -> None:
    with pytest.raises(ValueError, match="0 is not a number of processes"):
        rewrite_many([], REWRITER, jobs=0)


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="processes are started anew there by default")
def test_workers_end_with_their_parent() -> None:
    """A parent that is killed leaves no worker that goes on for ever."""
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:
        os.close(reader)
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
        for _ in run_in_order(double, itertools.count(), failed=told, jobs=2):
            pass
        os._exit(0)
    os.close(writer)
    os.waitpid(parent, 0)
    # The workers hold the other end of the pipe: it ends when the last of them does.
    start = time.monotonic()
    assert os.read(reader, 1) == b""
    os.close(reader)
    assert time.monotonic() - start < 5
