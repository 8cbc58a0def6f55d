"""From the rewrites of a file's parts to the rewrite of the file: every place told in the file's own offsets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from sigtrim.errors import VerificationError
from sigtrim.parse.source import Source, Span
from sigtrim.rewrite.edits import Edit, apply
from sigtrim.rewrite.result import Rewrite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sigtrim.config import Limits
    from sigtrim.rewriter import Rewriter

__all__ = ["BoundRewriter", "DocumentRewriter", "FileRewrite", "Part", "Region", "assemble", "untouched"]


class DocumentRewriter(Protocol):
    """What a format needs of a rewriter; a `Rewriter` is one."""

    @property
    def limits(self) -> Limits:
        """Return what a document may be at most."""

    def rewrite(
        self,
        document: str,
        *,
        format: Literal["html", "text"] | None = None,  # noqa: A002 - the word that users know
        name: str | None = None,
    ) -> Rewrite:
        """Rewrite one document."""


class BoundRewriter(NamedTuple):
    """A rewriter with the fields and the day of one file, as `Rewriter.rewrite` takes them."""

    rewriter: Rewriter
    fields: Mapping[str, str] | None = None
    today: date | None = None

    @property
    def limits(self) -> Limits:
        """Return what a document may be at most."""
        return self.rewriter.limits

    def rewrite(
        self,
        document: str,
        *,
        format: Literal["html", "text"] | None = None,  # noqa: A002 - the word that users know
        name: str | None = None,
    ) -> Rewrite:
        """Rewrite one document."""
        return self.rewriter.rewrite(document, format=format, name=name, fields=self.fields, today=self.today)


class Part(Protocol):
    """A stretch of a file that holds a document, decoded, with the way back into the file."""

    @property
    def text(self) -> str:
        """Return the decoded document."""

    def splice(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Turn edits of the document into edits of the file.

        Raises `VerificationError` if the file would then not hold the edited document.
        """

    def cover(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Return the span in the file of each span of the document."""


class Region(NamedTuple):
    """A stretch of another part that is rewritten on its own, such as the signature in a message."""

    part: Part
    span: Span

    @property
    def text(self) -> str:
        """Return the text of the stretch."""
        return self.part.text[self.span.start : self.span.end]

    def splice(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Turn edits of the stretch into edits of the file."""
        return self.part.splice([Edit(self._shift(edit.span), edit.content) for edit in edits])

    def cover(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Return the span in the file of each span of the stretch."""
        return self.part.cover([self._shift(span) for span in spans])

    def _shift(self, span: Span) -> Span:
        return Span(span.start + self.span.start, span.end + self.span.start)


@dataclass(frozen=True, slots=True)
class FileRewrite(Rewrite):
    """What became of a file whose documents are wrapped in a format of their own.

    `source` is the whole file, one character a byte unless the format has an encoding of its own. All spans and
    offsets are the file's; the texts of the removals are as a reader of the document sees them. `splices` are
    the edits of the file's text that make the output: those of a removal, written in the format, may bring something
    in, such as the soft line break that keeps a line within its limit.
    """

    splices: tuple[Edit, ...] = ()

    @property
    def changed(self) -> bool:
        """Tell whether the output differs from the source."""
        return bool(self.splices)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Return all edits of the file's text that make the output."""
        return self.splices

    def diff(self) -> str:
        """Return the change of the file as a unified diff; an empty string if there is none."""
        from sigtrim.report import unified_diff  # noqa: PLC0415 - only needed where a difference is asked for

        return unified_diff(self.source.text, apply(self.source.text, self.splices), self.source.name or "document")


def untouched(source: Source, data: bytes, *, format: str, reason: str | None = None) -> FileRewrite:  # noqa: A002 - the word that users know
    """Make the result for a file that stays as it is; `reason` tells why, where there was something to do."""
    return FileRewrite(source, data, skipped=reason, format=format)


def assemble(
    source: Source,
    data: bytes,
    done: Sequence[tuple[Part, Rewrite]],
    *,
    format: str,  # noqa: A002 - the word that users know
    warnings: Sequence[str] = (),
) -> FileRewrite:
    """Bring the rewrites of a file's parts together; `warnings` are told if the file changes.

    One part that could not be rewritten keeps the whole file as it is: its parts say the same thing twice, and they
    must go on doing so.
    """
    reason = next((rewrite.skipped for _, rewrite in done if rewrite.skipped is not None), None)
    told = tuple(dict.fromkeys(warning for _, rewrite in done for warning in rewrite.warnings))
    if reason is not None:
        return FileRewrite(source, data, skipped=reason, warnings=told, format=format)
    try:
        splices = tuple(edit for part, rewrite in done if rewrite.changed for edit in part.splice(rewrite.edits))
    except VerificationError as error:
        return FileRewrite(source, data, skipped=str(error), warnings=told, format=format)
    moved = [_move(source, part, rewrite) for part, rewrite in done]
    return FileRewrite(
        source,
        source.encode(apply(source.text, splices)) if splices else data,
        removals=tuple(removal for one in moved for removal in one.removals),
        kept=tuple(kept for one in moved for kept in one.kept),
        cta=next((one.cta for one in sorted(moved, key=_is_old) if one.cta is not None), None),
        warnings=(*told, *warnings) if splices else told,
        format=format,
        splices=splices,
    )


def _is_old(rewrite: Rewrite) -> bool:
    return rewrite.cta is None or not rewrite.cta.content


def _move(source: Source, part: Part, rewrite: Rewrite) -> Rewrite:
    """Tell all places of a part's rewrite in the file's offsets."""
    spans = [edit.span for removal in rewrite.removals for edit in removal.edits]
    spans += [kept.span for kept in rewrite.kept]
    if rewrite.cta is not None:
        spans.append(Span(rewrite.cta.offset, rewrite.cta.offset))
    places = dict(zip(spans, part.cover(spans), strict=True))
    removals = []
    for removal in rewrite.removals:
        edits = tuple(Edit.deletion(places[edit.span]) for edit in removal.edits)
        cover = Span(min(edit.span.start for edit in edits), max(edit.span.end for edit in edits))
        removals.append(replace(removal, span=cover, line=source.line_column(cover.start)[0], edits=edits))
    kept = [
        replace(one, span=places[one.span], line=source.line_column(places[one.span].start)[0]) for one in rewrite.kept
    ]
    cta = rewrite.cta
    if cta is not None:
        cta = replace(cta, offset=places[Span(cta.offset, cta.offset)].start)
    return replace(rewrite, removals=tuple(removals), kept=tuple(kept), cta=cta)
