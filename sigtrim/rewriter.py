"""The whole flow: source, document, mentions, link list, removals, call to action, checks. Read this first."""

from __future__ import annotations

import codecs
import os
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from sigtrim.config import CallToAction, Limits, Rules
from sigtrim.detect.linklist import find_link_list
from sigtrim.detect.mentions import find_mentions
from sigtrim.detect.rules import Found, registry_for
from sigtrim.errors import ConfigError, VerificationError, check_type
from sigtrim.parse.flow import lay_out
from sigtrim.parse.html import parse
from sigtrim.parse.source import Source, Span, sniff
from sigtrim.patterns import lazy
from sigtrim.rewrite.advice import advise, advise_length, advise_link
from sigtrim.rewrite.campaign import plan_call
from sigtrim.rewrite.edits import Edit, apply, union
from sigtrim.rewrite.labels import cut_headers, cut_labels
from sigtrim.rewrite.links import cut_mentions
from sigtrim.rewrite.plan import Plan
from sigtrim.rewrite.previous import find_previous, host_in
from sigtrim.rewrite.result import Inserted, Kept, Removal, Rewrite
from sigtrim.rewrite.template import check_template
from sigtrim.rewrite.verify import verify_html, verify_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sigtrim.detect.linklist import LinkList, Mention
    from sigtrim.parse.source import Format
    from sigtrim.rewrite.previous import Previous
    from sigtrim.rewrite.settle import Settled

__all__ = ["Rewriter"]

_FORMATS = (None, "html", "text")
_DELIVERS = "it delivers content"
_LINK_CODES = frozenset(["platform-link", "platform-placeholder"])


class Rewriter:
    """Rewrites documents with one call to action and one set of rules.

    Compiled once; rewriting changes nothing in it, so that threads can share it.

    >>> from sigtrim.config import CallToAction
    >>> rewriter = Rewriter(cta=CallToAction("https://example.com/guide", "Get the guide"))
    >>> page = '<p><a href="https://github.com/ada">GitHub</a> | <a href="https://x.com/ada">X</a></p>'
    >>> rewriter.rewrite(page).output
    '<p><a href="https://example.com/guide" data-sigtrim="cta">Get the guide</a></p>'
    """

    def __init__(
        self,
        *,
        cta: CallToAction | None = None,
        rules: Rules | None = None,
        limits: Limits | None = None,
        remove_cta: bool = False,
    ) -> None:
        for key, value, kind in (("cta", cta, CallToAction), ("rules", rules, Rules), ("limits", limits, Limits)):
            if value is not None:
                check_type(key, value, kind)
        self.cta = cta
        self.remove_cta = remove_cta
        for one in (cta, cta.default if cta is not None else None):
            if one is not None and one.style == "template":
                check_template(one)
        self.rules = rules if rules is not None else Rules()
        self.limits = limits if limits is not None else Limits()
        self._registry = registry_for(self.rules)
        if self.rules.caption_platform is not None:
            from sigtrim.rewrite.limits import caption_limits  # noqa: PLC0415 - HTML does without, and starts faster

            caption_limits(self.rules.caption_platform)
        # What is the same for all documents without fields of their own, once it has been asked for.
        self._filled: CallToAction | None = None
        self._advice: tuple[CallToAction, tuple[str, ...]] | None = None

    def rewrite(
        self,
        document: str | bytes,
        *,
        format: Format | None = None,  # noqa: A002 - the word that users know
        name: str | os.PathLike[str] | None = None,
        fields: Mapping[str, str] | None = None,
        today: date | None = None,
    ) -> Rewrite:
        """Rewrite one document.

        Args:
            document: the text, or the bytes of a file, whose encoding is then found out and kept.
            format: `html` or `text`; found out from the content if left out.
            name: what messages call the document.
            fields: values for the fields of the call to action, such as a row of a roster.
            today: the day that decides whether a campaign runs; the present one if left out.

        Raises `ConfigError` if the call to action has a field that is missing in `fields` or the format is unknown,
        and `SourceError` if the call to action has a character that the encoding of a plain text lacks, or if the
        document is beyond the limits.

        """
        check_type("document", document, str, bytes)
        if format not in _FORMATS:
            raise ConfigError(f"format: {format!r} is not html or text, sigtrim.formats.rewrite_file takes the others")
        name = None if name is None else os.fspath(name)
        self.limits.check_length(len(document))
        source = (
            Source.from_text(document, name=name)
            if isinstance(document, str)
            else Source.from_bytes(document, name=name)
        )
        if format is None and _WRAPPED.match(source.text):
            reason = "mail, RTF and JSON files are rewritten by sigtrim.formats.rewrite_file"
            return Rewrite(source, document, skipped=reason)
        if isinstance(document, bytes) and document.startswith(_WIDE_MARKS) and not source.bom:
            # With other bytes behind the mark it could be UTF-16, and the next reader would take it for that.
            return Rewrite(source, document, skipped="begins with the mark of UTF-16 and is not written in it")
        wanted = self._wanted(fields, today)
        seen = format or sniff(source)
        rewrite = self._rewrite_html(source, wanted) if seen == "html" else self._rewrite_text(source, wanted)
        text = rewrite.output
        if not isinstance(document, bytes) or not isinstance(text, str):
            return rewrite
        if not rewrite.changed:
            return replace(rewrite, output=document)
        output = source.encode(text)
        if source.encoding not in _CERTAIN and Source.from_bytes(output).text != text:
            # The byte that spoke against another encoding has gone.
            reason = "its encoding is a guess, and the result would be read in another one"
            return Rewrite(source, document, skipped=reason, format=seen)
        return replace(rewrite, output=output)

    def _wanted(self, fields: Mapping[str, str] | None, today: date | None) -> _Wanted:
        """Settle the call to action of one document: that of the day, filled in."""
        if self.cta is None:
            return _Wanted(None, None, self.remove_cta)
        filled = self.cta.fill(fields) if fields else self._filled or self.cta.fill({})
        if not fields:
            self._filled = filled
        if self.cta.start is None and self.cta.until is None:
            now: CallToAction | None = filled
        else:
            now = filled.on(today or date.today())  # noqa: DTZ011 - a campaign's days are those of the user's calendar
        remove = self.remove_cta or now is None
        return _Wanted(None if remove else now, now or filled, remove)

    def _rewrite_text(self, source: Source, wanted: _Wanted, *, is_second: bool = False) -> Rewrite:
        from sigtrim.rewrite.lines import plan_caption  # noqa: PLC0415 - HTML does without, and starts faster

        plan = plan_caption(
            source.text, rules=self.rules, cta=wanted.known, remove_cta=wanted.remove, known=self._registry
        )
        removals = tuple(
            Removal(
                one.code,
                one.platform,
                one.text,
                one.span,
                source.line_column(one.span.start)[0],
                one.evidence,
                (Edit(one.span, ""),),
            )
            for one in plan.removals
        )
        kept = _kept(source, plan.kept)
        cta = None
        if wanted.cta is not None and plan.has_cta:
            cta = Inserted(wanted.cta.url, wanted.cta.text, *(plan.insertion or (0, "")))
        insertion = Edit.insertion(*plan.insertion) if plan.insertion is not None else None
        edits = [edit for removal in removals for edit in removal.edits]
        output = apply(source.text, [*edits, insertion] if insertion is not None else edits)
        try:
            verify_text(source.text, output, edits, insertion)
            if removals and wanted.cta is not None and not is_second and host_in(wanted.cta.url) in source.text:
                # What is left of a line can read as the line of a call to action.
                self._check_stable(output, wanted, self._rewrite_text)
        except VerificationError as error:
            return Rewrite(source, source.text, (), kept, None, (), str(error), "text")
        warnings = (*plan.warnings, *self._warnings(output, wanted, None))
        return Rewrite(source, output, removals, kept, cta, warnings, format="text")

    def _rewrite_html(self, source: Source, wanted: _Wanted, *, is_second: bool = False) -> Rewrite:
        # What gets a call to action is read in any case, and then a look for mentions costs less than the screen.
        mentions_any = wanted.cta is not None or self._registry.may_mention(source.text)
        if wanted.cta is None and not mentions_any and not wanted.remove:
            return Rewrite(source, source.text, format="html")
        document = parse(source.text)
        self.limits.check_depth(document.depth)
        flow = lay_out(document)
        previous = find_previous(document, flow, wanted.known)
        found = (
            find_mentions(document, flow, registry=self._registry, rules=self.rules) if mentions_any else Found((), ())
        )
        own = [earlier.element.span for earlier in previous]
        mentions = found.mentions
        if own:
            mentions = tuple(one for one in mentions if not any(span.overlaps(one.span) for span in own))
        link_list = find_link_list(mentions, min_platforms=self.rules.min_platforms)
        plan = Plan(document, flow, self._registry)
        is_wanted = link_list.mentions or previous or wanted.cta is not None
        settled = self._plan(plan, link_list, previous, wanted) if is_wanted else None
        removals = _removals(source, plan)
        going = {id(mention) for mention in link_list.mentions}
        reason = link_list.reason or ""
        staying = [(one, _DELIVERS if one.role == "content" else reason) for one in mentions if id(one) not in going]
        kept = _kept(source, [*found.protected, *staying])
        insertion = None if settled is None else settled.insertion
        edits = [(removal.code, edit) for removal in removals for edit in removal.edits]
        output = apply(source.text, [edit for _, edit in edits] + ([insertion] if insertion is not None else []))
        warnings = self._warnings(output, wanted, settled)
        try:
            if output == source.text:
                cta = _inserted(wanted, None, previous)
                return Rewrite(source, source.text, (), kept, cta, warnings, format="html")
            verify_html(document, output, edits, insertion, cta=wanted.cta)
            # A place that is asked for is found anew each time, and irregular markup can read otherwise than before.
            is_asked = wanted.known is not None and wanted.known.position != "list"
            may_change = document.irregular or is_asked or self._leaves_mentions(source, removals)
            if removals and may_change and not is_second:
                self._check_stable(output, wanted, self._rewrite_html)
            if insertion is not None and document.irregular:
                _check_known(output, wanted)
        except VerificationError as error:
            return Rewrite(source, source.text, (), kept, None, (), str(error), "html")
        finally:
            plan.release()
        cta = _inserted(wanted, insertion, previous)
        return Rewrite(source, output, removals, kept, cta, warnings, format="html")

    def _leaves_mentions(self, source: Source, removals: Iterable[Removal]) -> bool:
        """Tell whether the words of a link of which only the tags go may name platforms themselves."""
        return any(
            self._registry.may_mention(source.text[before.span.end : behind.span.start])
            for removal in removals
            if removal.code in _LINK_CODES
            for before, behind in pairwise(removal.edits)
        )

    def _check_stable(self, output: str, wanted: _Wanted, rewrite: Callable[..., Rewrite]) -> None:
        """Check V6, where what is left can read otherwise than before.

        Raises `VerificationError` if a second run would change something.
        """
        again = rewrite(Source.from_text(output), wanted, is_second=True)
        if again.skipped is not None or again.output != output:
            raise VerificationError("V6: a second run would change more")

    def _plan(self, plan: Plan, link_list: LinkList, previous: list[Previous], wanted: _Wanted) -> Settled | None:
        """Fill the plan with cuts; return the call to action's insertion, None if there is none to make."""
        mentions = link_list.mentions
        cut_mentions(plan, mentions)
        if mentions:
            from sigtrim.detect.prose import find_prose  # noqa: PLC0415 - only where there is a list

            for passage in find_prose(plan.document, plan.flow, self._registry):
                plan.cut_span(passage.code, passage.platform, passage.span, passage.evidence)
        cut_labels(plan)
        cut_headers(plan)
        position = "list" if wanted.known is None else wanted.known.position
        return plan_call(plan, mentions, previous, cta=wanted.cta, position=position, remove=wanted.remove)

    def _warnings(self, output: str, wanted: _Wanted, settled: Settled | None) -> tuple[str, ...]:
        if wanted.cta is None or self.cta is None:
            return ()
        advice = self._advice  # once: another thread may put its own there
        if advice is None or advice[0] is not wanted.cta:
            advice = self._advice = (wanted.cta, advise(replace(wanted.cta, utm=self.cta.utm)))
        found = [*advice[1], *advise_length(output)]
        if settled is not None and wanted.cta.style == "link":
            found += advise_link(settled.place.style, settled.place.host)
        if settled is not None and settled.is_elsewhere:
            found.append(f"position: {wanted.cta.position} is not in the document, the place of the list serves")
        return tuple(found)


def _check_known(output: str, wanted: _Wanted) -> None:
    """Check that the call to action is known by its mark where irregular markup stands around it.

    Raises `VerificationError` if it is not: another campaign would come in beside it.
    """
    document = parse(output)
    if not any(one.marked for one in find_previous(document, lay_out(document), wanted.known)):
        raise VerificationError("V7: the call to action would not be known again")


class _Wanted(NamedTuple):
    """The call to action of one document, the one by which earlier ones are known, and whether those are to go."""

    cta: CallToAction | None
    known: CallToAction | None
    remove: bool


def _inserted(wanted: _Wanted, insertion: Edit | None, previous: list[Previous]) -> Inserted | None:
    if wanted.cta is None:
        return None
    if insertion is not None:
        return Inserted(wanted.cta.url, wanted.cta.text, insertion.span.start, insertion.content)
    return Inserted(wanted.cta.url, wanted.cta.text, previous[0].place.offset, "")


def _removals(source: Source, plan: Plan) -> tuple[Removal, ...]:
    """Turn cuts into reported removals, in the order of the source."""
    removals = []
    for code, platform, cut, evidence in plan.cuts:
        spans = cut if len(cut) == 1 else union(cut)
        if spans and spans[0].start < spans[0].end:
            cover = spans[0] if len(spans) == 1 else Span(spans[0].start, spans[-1].end)
            text = "".join([source.text[span.start : span.end] for span in spans])
            edits = tuple([Edit(span, "") for span in spans])
            line = source.line_column(cover.start)[0]
            removals.append(Removal(code, platform, text, cover, line, evidence, edits))
    return tuple(sorted(removals, key=attrgetter("span.start", "span.end")))


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


# RFC 5322, section 2.2: header fields before a blank line, here up to one that only mail has; RFC 4155: a mailbox puts
# a line of its own before them. RFC 8259: the name of a JSON object's first member, of templates none begins so.
_WRAPPED = lazy(
    r"\{\\rtf|[\[{]\s*+(?:\{\s*+)?+\"(?:[^\"\\]++|\\.)*+\"\s*+:"
    r"|(?:from [^\r\n]*+\r?\n)?+(?:[!-9;-~]++:[^\r\n]*+\r?\n(?:[ \t][^\r\n]*+\r?\n)*+){0,60}?"
    r"(?:content-transfer-encoding:[ \t]*(?:quoted-p|base64)|mime-version:[ \t]*1)",
    re.IGNORECASE,
)
_CERTAIN = frozenset(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
