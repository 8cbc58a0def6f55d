"""The whole flow: source, document, mentions, link list, removals, call to action, checks. Read this first."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sigtrim.config import Rules
from sigtrim.detect.linklist import find_link_list
from sigtrim.detect.mentions import Found, find_mentions
from sigtrim.detect.platforms import Platform, registry
from sigtrim.errors import ConfigError, VerificationError
from sigtrim.parse.flow import lay_out
from sigtrim.parse.html import parse
from sigtrim.parse.source import Source, Span
from sigtrim.rewrite.cleanup import cut_blank_lines, cut_breaks, cut_containers
from sigtrim.rewrite.cta import MARKER, find_place, find_previous, look_around, render
from sigtrim.rewrite.edits import Edit, apply, deleted
from sigtrim.rewrite.labels import cut_headers, cut_labels
from sigtrim.rewrite.lines import plan_caption
from sigtrim.rewrite.links import cut_mentions
from sigtrim.rewrite.plan import Plan
from sigtrim.rewrite.separators import cut_separators
from sigtrim.rewrite.verify import verify_html, verify_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from sigtrim.config import CallToAction
    from sigtrim.detect.linklist import LinkList, Mention
    from sigtrim.detect.platforms import Registry
    from sigtrim.rewrite.cta import Previous

__all__ = ["Inserted", "Kept", "Removal", "Rewrite", "Rewriter"]

Format = Literal["html", "text"]


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

    """

    source: Source
    output: str | bytes
    removals: tuple[Removal, ...] = ()
    kept: tuple[Kept, ...] = ()
    cta: Inserted | None = None
    warnings: tuple[str, ...] = ()
    skipped: str | None = None

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


class Rewriter:
    """Rewrites documents with one call to action and one set of rules.

    Compiled once; rewriting changes nothing in it, so that threads can share it.

    >>> from sigtrim.config import CallToAction
    >>> rewriter = Rewriter(cta=CallToAction("https://example.com/guide", "Get the guide"))
    >>> page = '<p><a href="https://github.com/ada">GitHub</a> | <a href="https://x.com/ada">X</a></p>'
    >>> rewriter.rewrite(page).output
    '<p><a href="https://example.com/guide" data-sigtrim="cta">Get the guide</a></p>'
    """

    def __init__(self, *, cta: CallToAction | None = None, rules: Rules | None = None) -> None:
        self.cta = cta
        self.rules = rules if rules is not None else Rules()
        added = [Platform.from_table(table) for table in self.rules.platforms]
        self._registry = registry().extended(added) if added else registry()
        _check_keep(self.rules.keep, self._registry)

    def rewrite(self, document: str | bytes, *, format: Format | None = None, name: str | None = None) -> Rewrite:  # noqa: A002 - the word that users know
        """Rewrite one document.

        Args:
            document: the text, or the bytes of a file, whose encoding is then found out and kept.
            format: `html` or `text`; found out from the content if left out.
            name: what messages call the document.

        """
        source = (
            Source.from_text(document, name=name)
            if isinstance(document, str)
            else Source.from_bytes(document, name=name)
        )
        rewrite = self._rewrite_html(source) if (format or sniff(source)) == "html" else self._rewrite_text(source)
        if isinstance(document, str):
            return rewrite
        output = source.encode(rewrite.output) if isinstance(rewrite.output, str) and rewrite.changed else document
        return replace(rewrite, output=output)

    def _rewrite_text(self, source: Source) -> Rewrite:
        plan = plan_caption(source.text, rules=self.rules, cta=self.cta)
        removals = tuple(
            Removal(
                one.code,
                one.platform,
                one.text,
                one.span,
                source.line_column(one.span.start)[0],
                one.evidence,
                (Edit.deletion(one.span),),
            )
            for one in plan.removals
        )
        kept = _kept(source, plan.kept)
        cta = None
        if self.cta is not None and plan.has_cta:
            cta = Inserted(self.cta.url, self.cta.text, *(plan.insertion or (0, "")))
        insertion = Edit.insertion(*plan.insertion) if plan.insertion is not None else None
        edits = [edit for removal in removals for edit in removal.edits]
        output = apply(source.text, [*edits, insertion] if insertion is not None else edits)
        try:
            verify_text(source.text, output, edits, insertion)
        except VerificationError as error:
            return Rewrite(source, source.text, (), kept, None, (), str(error))
        return Rewrite(source, output, removals, kept, cta, plan.warnings)

    def _rewrite_html(self, source: Source) -> Rewrite:
        mentions_any = self._registry.may_mention(source.text)
        if self.cta is None and not mentions_any:
            return Rewrite(source, source.text)
        document = parse(source.text)
        flow = lay_out(document)
        previous = find_previous(document, self.cta)
        found = (
            find_mentions(document, flow, registry=self._registry, rules=self.rules) if mentions_any else Found((), ())
        )
        mentions = [
            one for one in found.mentions if not any(earlier.element.span.overlaps(one.span) for earlier in previous)
        ]
        link_list = find_link_list(mentions, min_platforms=self.rules.min_platforms)
        plan = Plan(document, flow, self._registry)
        insertion = self._plan(plan, link_list, previous)
        removals = _removals(source, plan)
        going = {id(mention) for mention in link_list.mentions}
        staying = [
            (one, "it delivers content" if one.role == "content" else link_list.reason or "") for one in mentions
        ]
        kept = _kept(source, [*found.protected, *(one for one in staying if id(one[0]) not in going)])
        cta = self._inserted(insertion, previous)
        if not removals and insertion is None:
            return Rewrite(source, source.text, (), kept, cta)
        edits = [(removal.code, edit) for removal in removals for edit in removal.edits]
        output = apply(source.text, [edit for _, edit in edits] + ([insertion] if insertion is not None else []))
        try:
            verify_html(document, output, edits, insertion, cta=self.cta)
        except VerificationError as error:
            return Rewrite(source, source.text, (), kept, None, (), str(error))
        return Rewrite(source, output, removals, kept, cta)

    def _plan(self, plan: Plan, link_list: LinkList, previous: list[Previous]) -> Edit | None:
        """Fill the plan with cuts; return the call to action's edit, None if there is none to make."""
        mentions = link_list.mentions
        cut_mentions(plan, mentions)
        cut_labels(plan)
        cut_headers(plan)
        for earlier in previous[1:]:
            plan.cut("previous-cta", None, [earlier.element.span], ("a second call to action",))
        place = None if self.cta is None or previous else find_place(plan, mentions)
        offset = place.offset if place is not None else previous[0].place.offset if previous else None
        cut_separators(plan, offset)
        cut_containers(plan, place.host if place is not None else previous[0].place.host if previous else None)
        cut_breaks(plan, offset)
        cut_blank_lines(plan, offset)
        if self.cta is None:
            return None
        if place is not None:
            gone = deleted(Edit.deletion(span) for cut in plan.cuts for span in cut.spans if span.start < span.end)
            place = look_around(plan, place, gone)
            return Edit.insertion(place.offset, render(self.cta, place))
        content = render(self.cta, previous[0].place)
        element = previous[0].element
        if plan.document.text[element.start : element.end] == content or MARKER not in element.attributes:
            return None
        plan.cut("previous-cta", None, [element.span], ("another call to action takes its place",))
        return Edit.insertion(element.start, content)

    def _inserted(self, insertion: Edit | None, previous: list[Previous]) -> Inserted | None:
        if self.cta is None:
            return None
        if insertion is not None:
            return Inserted(self.cta.url, self.cta.text, insertion.span.start, insertion.content)
        return Inserted(self.cta.url, self.cta.text, previous[0].place.offset, "")


def _check_keep(keep: AbstractSet[str], known: Registry) -> None:
    """Raise ConfigError for a name in `keep` that is no platform, category or host."""
    names = (*known.ids, *known.categories)
    for name in sorted(keep):
        if "." not in name and name not in names:
            from difflib import get_close_matches  # noqa: PLC0415 - only for a user's mistake

            close = get_close_matches(name, names, n=1)
            hint = f", did you mean {close[0]!r}?" if close else ""
            raise ConfigError(f"keep: {name!r} is no platform, category or host{hint}")


def _removals(source: Source, plan: Plan) -> tuple[Removal, ...]:
    """Turn cuts into reported removals, in the order of the source."""
    removals = []
    for cut in plan.cuts:
        spans = [span for span in cut.spans if span.start < span.end]
        if spans:
            cover = Span(min(span.start for span in spans), max(span.end for span in spans))
            text = "".join(source.text[span.start : span.end] for span in spans)
            edits = tuple(Edit.deletion(span) for span in spans)
            line = source.line_column(cover.start)[0]
            removals.append(Removal(cut.code, cut.platform, text, cover, line, cut.evidence, edits))
    return tuple(sorted(removals, key=lambda one: (one.span.start, one.span.end)))


def _kept(source: Source, kept: Iterable[tuple[Mention, str]]) -> tuple[Kept, ...]:
    """Turn mentions that stay, each with the reason, into the report's form, in the order of the source."""
    return tuple(
        Kept(
            source.text[mention.span.start : mention.span.end],
            mention.url,
            mention.platform,
            mention.role,
            mention.span,
            source.line_column(mention.span.start)[0],
            mention.evidence,
            reason,
        )
        for mention, reason in sorted(kept, key=lambda one: one[0].span.start)
    )


_TAG = re.compile(r"<(?:!doctype|!--|/?[a-z][a-z0-9:]*+[\s/>])", re.IGNORECASE)


def sniff(source: Source) -> Format:
    """Tell by its name, else by its content, whether a document is HTML or plain text.

    >>> sniff(Source.from_text("Hello <b>world</b>")), sniff(Source.from_text("a < b"))
    ('html', 'text')
    """
    name = (source.name or "").lower()
    if name.endswith((".htm", ".html", ".xhtml")):
        return "html"
    if name.endswith((".txt", ".md", ".text")):
        return "text"
    return "html" if _TAG.search(source.text) else "text"
