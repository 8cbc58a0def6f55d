"""Many documents that a program holds: rewritten in order, over several processes, without piling up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sigtrim.errors import SigtrimError, check_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sigtrim.rewrite.result import Rewrite
    from sigtrim.rewriter import Rewriter

__all__ = ["rewrite_many"]


def rewrite_many(
    documents: Iterable[str | bytes],
    rewriter: Rewriter,
    *,
    jobs: int | None = None,
    format: Literal["html", "text"] | None = None,  # noqa: A002 - the word that users know
) -> Iterator[Rewrite]:
    """Rewrite documents and yield the results in their order.

    `documents` may be endless: it is read as the results are taken, a bounded number ahead. `jobs` is the number of
    processes, all cores if left out; 1 works in this process. A document that cannot be rewritten comes back
    untouched, `skipped` tells why; none stops the others. Where processes are started anew (`spawn`, `forkserver`),
    the main module of the program needs its `if __name__ == "__main__":`.

    Raises `TypeError` for a single document in the place of several, and where one that is taken is neither text nor
    bytes; `ValueError` if `jobs` is less than 1, `RuntimeError` if no process can be started.

    >>> from sigtrim import Rewriter
    >>> page = '<a href="https://github.com/ada">GitHub</a> | <a href="https://x.com/ada">X</a>'
    >>> [one.changed for one in rewrite_many(["<p>Ada</p>", page], Rewriter(), jobs=1)]
    [False, True]
    """
    from sigtrim.batch.workers import available_cores, run_in_order  # noqa: PLC0415 - see the package's import

    if isinstance(documents, (str, bytes)):
        raise TypeError("documents: expected several, Rewriter.rewrite takes one")
    jobs = available_cores() if jobs is None else jobs
    if jobs < 1:
        raise ValueError(f"jobs: {jobs} is not a number of processes")
    return run_in_order(_Work(rewriter, format), map(_checked, documents), failed=_untouched, jobs=jobs, weigh=len)


@dataclass(frozen=True, slots=True)
class _Work:
    rewriter: Rewriter
    format: Literal["html", "text"] | None

    def __call__(self, document: str | bytes) -> Rewrite:
        try:
            return self.rewriter.rewrite(document, format=self.format)
        except Exception as error:  # noqa: BLE001 - one bad document never stops the others
            known = isinstance(error, SigtrimError)
            return _untouched(document, str(error) if known else f"internal error, {type(error).__name__}: {error}")


def _checked(document: str | bytes) -> str | bytes:
    check_type("document", document, str, bytes)
    return document


def _untouched(document: str | bytes, cause: str) -> Rewrite:
    from sigtrim.parse.source import Source  # noqa: PLC0415 - only needed where a document fails
    from sigtrim.rewrite.result import Rewrite  # noqa: PLC0415 - as above

    # Latin-1 has a character for every byte, so that this cannot fail in turn.
    source = (
        Source.from_text(document)
        if isinstance(document, str)
        else Source(document.decode("latin-1"), "latin-1", b"", None)
    )
    return Rewrite(source, document, skipped=cause)
