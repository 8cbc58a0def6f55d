"""How a run went: the table at its end, the same as JSON, and annotations for continuous integration."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sigtrim.report import printable

if TYPE_CHECKING:
    from sigtrim.batch.outcome import Outcome

__all__ = ["SCHEMA", "Tally", "annotation"]

SCHEMA = 1


@dataclass(slots=True)
class Tally:
    """The counts of a run; those of bytes and links are of documents, companions are only counted as copied."""

    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    copied: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    bytes_before: int = 0
    bytes_after: int = 0
    pictures_unused: int = 0
    pictures_deleted: int = 0
    unmatched: int = 0
    unused_rows: tuple[str, ...] = ()
    interrupted: bool = False

    @property
    def documents(self) -> int:
        """All documents that were gone through, those that failed too."""
        return self.changed + self.unchanged + self.failed

    def add(self, outcome: Outcome) -> None:
        """Count one document or companion."""
        if outcome.state == "changed":
            self.changed += 1
            self.links.update(dict(outcome.links))
        elif outcome.state == "unchanged":
            self.unchanged += 1
        elif outcome.state == "failed":
            self.failed += 1
        elif outcome.state == "copied":
            self.copied += 1
        self.bytes_before += outcome.size_before
        self.bytes_after += outcome.size_after
        self.pictures_unused += len(outcome.unused)
        self.pictures_deleted += len(outcome.deleted)
        self.unmatched += outcome.person is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON knows them; `schema` counts the versions of this form."""
        return {
            "schema": SCHEMA,
            "documents": self.documents,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "failed": self.failed,
            "skipped": dict(self.skipped),
            "copied": self.copied,
            "links_removed": dict(self.links.most_common()),
            "bytes_before": self.bytes_before,
            "bytes_after": self.bytes_after,
            "pictures_unused": self.pictures_unused,
            "pictures_deleted": self.pictures_deleted,
            "unmatched": self.unmatched,
            "unused_rows": list(self.unused_rows),
            "interrupted": self.interrupted,
        }

    def table(self, *, would: bool = False) -> str:
        """Return the counts as a table for people; `would` tells that changes were only looked for."""
        changed = "would change" if would else "changed"
        rows = [("documents", self.documents, ""), (changed, self.changed, ""), ("unchanged", self.unchanged, "")]
        if self.skipped:
            reasons = "; ".join(f"{number} {reason}" for reason, number in sorted(self.skipped.items()))
            rows.append(("skipped", self.skipped.total(), reasons))
        rows.append(("failed", self.failed, ""))
        if self.copied:
            rows.append(("companions", self.copied, "copied"))
        if self.pictures_unused:
            rows.append(("pictures", self.pictures_unused, "shown by no file any more"))
        if self.pictures_deleted:
            rows.append(("pictures", self.pictures_deleted, "deleted"))
        if self.unmatched:
            rows.append(("unmatched", self.unmatched, "documents without a row of the roster"))
        if self.unused_rows:
            rows.append(("unused", len(self.unused_rows), "rows of the roster"))
        links = ", ".join(f"{printable(platform)} {number:,}" for platform, number in self.links.most_common())
        rows.append(("links removed", self.links.total(), links))
        rows.append(("bytes", self.bytes_before, f"-> {self.bytes_after:,}"))
        width = max(len(f"{number:,}") for _, number, _ in rows)
        return "".join(f"{name:<13}  {number:>{width},}  {note}".rstrip() + "\n" for name, number, note in rows)


def annotation(outcome: Outcome, *, would: bool) -> str:
    r"""Return a document's line of GitHub's workflow commands; an empty string where there is nothing to say.

    `would` tells that changes were only looked for, which makes them errors. Source of the form: "Workflow commands for
    GitHub Actions", docs.github.com.

    >>> from sigtrim.batch.outcome import Outcome
    >>> annotation(Outcome(name="a,b.html", state="failed", cause="is binary\n"), would=True)
    '::error file=a%2Cb.html,title=sigtrim::is binary%0A\n'
    """
    if outcome.state == "failed":
        level, message = "error", outcome.cause or ""
    elif outcome.state == "changed":
        level, message = "error" if would else "notice", outcome.summary
    elif outcome.warnings:
        level, message = "warning", "; ".join(outcome.warnings)
    else:
        return ""
    place = f"file={_property(outcome.name)}"
    if outcome.line is not None or outcome.record_line is not None:
        place += f",line={(outcome.record_line or 1) + (outcome.line or 1) - 1}"
    return f"::{level} {place},title=sigtrim::{_message(message)}\n"


def _message(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    # What is no UTF-8 in a file's name could not be written out.
    text = os.fsencode(text).decode("utf-8", "replace")
    return _message(text).replace(":", "%3A").replace(",", "%2C")
