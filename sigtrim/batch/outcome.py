"""What became of one document of a run: small enough to send from process to process."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sigtrim.report import SCHEMA, explain, summary, to_dict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sigtrim.rewrite.result import Rewrite

__all__ = ["Outcome", "Wanted", "describe", "failure", "to_json"]


class Wanted(NamedTuple):
    """What a run tells of each document beside its state; each costs memory and time."""

    record: bool = False
    explanation: bool = False
    diff: bool = False
    traceback: bool = False


class Outcome(NamedTuple):
    """What became of one document.

    Attributes:
        name: the path.
        state: `changed`, `unchanged`, `failed`; `copied` or `same` for a companion that is no document.
        record_line: for a cell of a table, the line on which its record begins, from 1.
        cause: why it failed.
        line: where the first change is, from 1.
        summary: what was done, in a few words.
        links: how many links, icons and handles of each platform went.
        size_before, size_after: bytes.
        without_cta: a link list went and no call to action took its place.
        row: the number of the person's row in the roster; None where there is none.
        person: why no row of the roster fits, or several do.
        unused: the pictures of the document's folder that no file shows any more, as they are named beside it.
        deleted: those of them that were deleted.
        record: a line of the report.
        diff, output: bytes for standard output.
        detail: a traceback.

    """

    name: str
    state: Literal["changed", "unchanged", "failed", "copied", "same"]
    record_line: int | None = None
    cause: str | None = None
    line: int | None = None
    summary: str = ""
    links: tuple[tuple[str, int], ...] = ()
    size_before: int = 0
    size_after: int = 0
    warnings: tuple[str, ...] = ()
    without_cta: bool = False
    row: int | None = None
    person: str | None = None
    unused: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    record: str | None = None
    explanation: str | None = None
    diff: bytes | None = None
    output: bytes | None = None
    detail: str | None = None

    @property
    def label(self) -> str:
        """Name the document for a message."""
        return self.name if self.record_line is None else f"{self.name}:{self.record_line}"


def describe(rewrite: Rewrite, wanted: Wanted, *, more: Mapping[str, Any] | None = None, **facts: Any) -> Outcome:
    """Make the outcome of a rewrite; `more` comes into the report, `facts` are further attributes."""
    links = Counter(removal.platform or "other" for removal in rewrite.removals if removal.code.startswith("platform-"))
    facts.setdefault("name", rewrite.source.name or "document")
    facts.setdefault("state", "changed" if rewrite.changed else "unchanged")
    if rewrite.skipped is not None:
        facts |= {"state": "failed", "cause": f"left as it is: {rewrite.skipped}"}
    return Outcome(
        line=rewrite.removals[0].line if rewrite.removals else None,
        summary=summary(rewrite),
        links=tuple(sorted(links.items())),
        warnings=rewrite.warnings,
        without_cta=rewrite.changed and rewrite.cta is None,
        record=to_json({**to_dict(rewrite), **(more or {})}) if wanted.record else None,
        explanation=explain(rewrite) if wanted.explanation else None,
        **facts,
    )


def failure(name: str, cause: str, wanted: Wanted, *, record: bool = True, **facts: Any) -> Outcome:
    """Make the outcome of a document that could not be gone through."""
    line = to_json({"schema": SCHEMA, "name": name, "error": cause}) if wanted.record and record else None
    return Outcome(name=name, state="failed", cause=cause, record=line, **facts)


def to_json(record: dict[str, Any]) -> str:
    """Write a line of the report."""
    import json  # noqa: PLC0415 - only needed where a report is asked for

    line = json.dumps(record)
    # Half of a surrogate pair, as in a file name that is not UTF-8, is no text that a strict reader takes.
    return json.dumps(_whole(record)) if "\\ud" in line else line


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list) else value
