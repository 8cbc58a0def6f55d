"""What a rewrite gives back: the new document, every removal with its reasons, what stays, and the call to action."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sigtrim.parse.source import Source
from sigtrim.rewrite.edits import Edit

if TYPE_CHECKING:
    from sigtrim.parse.source import Span

__all__ = ["Inserted", "Kept", "Removal", "Rewrite"]


@dataclass(frozen=True, slots=True)
class Removal:
    """A reported, explained deletion.

    Attributes:
        code: `platform-link`, `platform-icon`, `platform-handle`, `platform-placeholder`, `platform-prose`,
            `list-label`, `list-separator`, `empty-container`, `engagement-bait` or `previous-cta`.
        platform: the platform's id, None where several or none is meant.
        text: what went, as the source has it.
        span: from the first to the last code point that went.
        line: the line of the source where it begins, from 1.
        evidence: why it went, the strongest reason first.
        edits: the deletions.

    """

    code: str
    platform: str | None
    text: str
    span: Span
    line: int
    evidence: tuple[str, ...]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A mention of a platform that stays, and why: the fields are those of a removal, `url` is where it leads."""

    text: str
    url: str | None
    platform: str | None
    role: str
    span: Span
    line: int
    evidence: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Inserted:
    """The call to action in a document: its target and text, and the offset in the source where it was put in.

    `content` is what was put in; it is empty where the source had the same call to action already.
    """

    url: str
    text: str
    offset: int
    content: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What became of a document.

    Attributes:
        source: the document as it was read.
        output: the rewritten document: `str` for `str`, `bytes` for `bytes`.
        removals: what went, in the order of the source.
        kept: the mentions that stay, in the order of the source.
        cta: the call to action, None if there is none.
        warnings: what the user should know, one sentence each.
        skipped: why the document came back untouched although there was something to do; None otherwise.
        format: `html`, `text` or one of `sigtrim.formats.FORMATS`, as it was seen; None where nothing was read.

    """

    source: Source
    output: str | bytes = field(repr=False)
    removals: tuple[Removal, ...] = ()
    kept: tuple[Kept, ...] = ()
    cta: Inserted | None = None
    warnings: tuple[str, ...] = ()
    skipped: str | None = None
    format: str | None = None

    @property
    def changed(self) -> bool:
        """Tell whether the output differs from the source."""
        return bool(self.removals) or (self.cta is not None and bool(self.cta.content))

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Return all edits of the source's text that make the output, the insertion last."""
        cuts = tuple(edit for removal in self.removals for edit in removal.edits)
        if self.cta is None or not self.cta.content:
            return cuts
        return (*cuts, Edit.insertion(self.cta.offset, self.cta.content))

    def diff(self) -> str:
        """Return the change as a unified diff; an empty string if there is none."""
        from sigtrim.report import unified_diff  # noqa: PLC0415 - only needed where a difference is asked for

        after = self.output if isinstance(self.output, str) else Source.from_bytes(self.output).text
        return unified_diff(self.source.text, after, self.source.name or "document")

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON knows it, without the document itself."""
        from sigtrim.report import to_dict  # noqa: PLC0415 - as in diff

        return to_dict(self)
