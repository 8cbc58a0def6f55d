"""One message, `.eml`: the sender's signature is rewritten in its HTML and its plain text, everything else stays.

Headers, boundaries, attachments and quoted history keep their bytes. Signed and encrypted messages are refused: the
first would no longer verify, the second cannot be read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from sigtrim.errors import SourceError, VerificationError
from sigtrim.formats import mime, sender
from sigtrim.formats.result import DocumentRewriter, FileRewrite, Part, Region, assemble, untouched
from sigtrim.parse.source import Source, Span
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import Edit, apply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sigtrim.formats.mime import Entity
    from sigtrim.rewrite.result import Rewrite

__all__ = [
    "FORMAT",
    "check_structure",
    "edited",
    "header_warnings",
    "matches",
    "refusal",
    "rewrite",
    "rewrite_entity",
]

FORMAT = "eml"

_FIELD = lazy(rb"(?:[ \t][^\n]*|([!-9;-~]{1,80})[ \t]*:([^\n]*))(?:\n|\Z)")
_HEADER_BYTES = 65536
# A message says that it is MIME, or it has an author and a trace of its way (RFC 5322, section 3.6); a caption may
# well begin with "From:" and "Date:" in a meaning of their own.
_TYPED = {b"content-type": re.compile(rb"\s*[\w.+-]+/"), b"mime-version": re.compile(rb"\s*\d")}
_SENT = {
    b"date": re.compile(rb"[^\n]*\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d\d"),
    b"message-id": re.compile(rb"\s*<|\s*\Z"),
    b"received": re.compile(rb"\s*\S"),
    b"return-path": re.compile(rb"\s*<"),
}
_AUTHOR = lazy(rb"[^\n]*@")
_SIGNED = {
    "multipart/signed": "is signed",
    "application/pkcs7-mime": "is signed or encrypted",
    "application/x-pkcs7-mime": "is signed or encrypted",
    "multipart/encrypted": "is encrypted",
}
_PGP = lazy(r"^-----BEGIN PGP (?:SIGNED )?MESSAGE-----\r?$", re.MULTILINE)
_DKIM = lazy(r"^(?:DKIM-Signature|ARC-Seal)[ \t]*:", re.MULTILINE | re.IGNORECASE)
_LONGEST_LINE = 998
_NO_SIGNATURE = "no signature of the sender is found in it, and nothing else of a message is touched"


def matches(data: bytes) -> bool:
    r"""Tell whether a file is a message: it begins with a header that a mail program wrote.

    >>> matches(b"From: ada@example.com\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\nHello")
    True
    >>> matches(b"From: our studio\n\nHello")
    False
    """
    is_typed = is_sent = has_author = False
    at = 0
    head = data[:_HEADER_BYTES]
    while at < len(head) and not head.startswith((b"\n", b"\r\n"), at):
        match = _FIELD.match(head, at)
        if match is None or (at == 0 and match[1] is None):
            return False
        if match[1] is not None:
            name, value = match[1].lower(), match[2]
            is_typed = is_typed or (name in _TYPED and _TYPED[name].match(value) is not None)
            is_sent = is_sent or (name in _SENT and _SENT[name].match(value) is not None)
            has_author = has_author or (name == b"from" and _AUTHOR.match(value) is not None)
        at = match.end()
    return is_typed or (has_author and is_sent)


def rewrite(rewriter: DocumentRewriter, data: bytes, *, name: str | None = None) -> FileRewrite:
    """Rewrite the sender's signature in a message.

    A signed or encrypted message comes back untouched with the reason. Raises `SourceError` if the file is none, or
    a text in it cannot be decoded.
    """
    source = Source(data.decode("latin-1"), "latin-1", b"", name)
    if not mime.is_header(source.text):
        raise SourceError("is no message: it does not begin with a header")
    entity = mime.parse(source.text)
    done = rewrite_entity(rewriter, source.text, entity)
    if not done and any(_texts(entity)):
        return replace(untouched(source, data, format=FORMAT), warnings=(_NO_SIGNATURE,))
    reason = refusal(source.text, entity, done)
    if reason is not None:
        return untouched(source, data, format=FORMAT, reason=reason)
    result = assemble(source, data, done, format=FORMAT, warnings=header_warnings(source.text, entity))
    try:
        check_structure(source.text, entity, result.splices)
    except VerificationError as error:
        return untouched(source, data, format=FORMAT, reason=str(error))
    return result


def refusal(file: str, entity: Entity, done: Sequence[tuple[Part, Rewrite]]) -> str | None:
    """Return why a message must not be changed, None if it may or nothing would change in what can be read."""
    texts = list(_texts(entity))
    if texts and not any(rewrite.changed for _, rewrite in done):
        return None
    for one in _walk(entity):
        if one.content_type in _SIGNED:
            return f"{_SIGNED[one.content_type]}, a change would make it invalid"
    for leaf in texts:
        if _PGP.search(mime.read_text(file, leaf).text):
            return "is signed with PGP, a change would make it invalid"
    return None


def rewrite_entity(rewriter: DocumentRewriter, file: str, entity: Entity) -> list[tuple[Part, Rewrite]]:
    """Rewrite the signature in each text of a message that is no attachment."""
    done: list[tuple[Part, Rewrite]] = []
    hint: str | None = None
    plain: list[mime.TextPart] = []
    for leaf in _texts(entity):
        part = mime.read_text(file, leaf)
        if "\x00" in part.text:
            raise SourceError("a text of the message is binary")
        if leaf.content_type == "text/plain":
            plain.append(part)
            continue
        span = sender.find_in_html(part.text)
        if span is not None:
            hint = hint or sender.first_line(part.text[span.start : span.end])
            rewritten = _rewrite_region(rewriter, part, span, "html")
            done.append(rewritten if _is_found_again(part.text, span, rewritten[1]) else _lost(rewritten))
    for part in plain:
        span = sender.find_in_text(part.text, hint=hint)
        if span is not None:
            done.append(_rewrite_region(rewriter, part, span, "text"))
    return sorted(done, key=lambda one: one[0].cover([Span(0, 0)])[0].start)


def header_warnings(file: str, entity: Entity) -> tuple[str, ...]:
    """Return what a change of the body means for the header of a message."""
    if _DKIM.search(file, entity.span.start, entity.body.start):
        return ("the message carries a DKIM signature, which does not verify once the body has changed",)
    return ()


def check_structure(file: str, entity: Entity, splices: Sequence[Edit]) -> None:
    """Check that the edited message has the same parts, and that those without an edit kept their bytes.

    Raises `VerificationError`.
    """
    if not splices:
        return
    output = edited(file, entity, splices)
    before, after = list(_walk(entity)), list(_walk(mime.parse(output)))
    if len(before) != len(after):
        raise VerificationError("the edited message would have other parts")
    for old, new in zip(before, after, strict=True):
        if file[old.span.start : old.body.start] != output[new.span.start : new.body.start]:
            raise VerificationError("a header of the edited message would be another one")
        is_edited = any(old.body.start <= edit.span.start <= old.body.end for edit in splices)
        body = output[new.body.start : new.body.end]
        if not old.children and not is_edited and file[old.body.start : old.body.end] != body:
            raise VerificationError("a part without an edit would be another one")
        if old.transfer in ("7bit", "8bit") and is_edited and not old.children:
            _check_lines(file[old.body.start : old.body.end], body)


def edited(file: str, entity: Entity, splices: Sequence[Edit]) -> str:
    """Return the text of an entity with edits of the file made."""
    at = entity.span.start
    moved = [Edit(Span(one.span.start - at, one.span.end - at), one.content) for one in splices]
    return apply(file[at : entity.span.end], moved)


def _check_lines(before: str, after: str) -> None:
    # RFC 5322, section 2.1.1; what was longer before is not made worse by being long.
    longest = max(map(len, after.split("\n")))
    if longest > _LONGEST_LINE and longest > max(map(len, before.split("\n"))):
        raise VerificationError(f"a line of the edited message would have more than {_LONGEST_LINE} characters")


def _walk(entity: Entity) -> Iterator[Entity]:
    yield entity
    for child in entity.children:
        yield from _walk(child)


def _texts(entity: Entity) -> Iterator[Entity]:
    for leaf in mime.leaves(entity):
        if leaf.content_type in ("text/plain", "text/html") and leaf.disposition != "attachment":
            yield leaf


def _is_found_again(text: str, span: Span, rewrite: Rewrite) -> bool:
    """Tell whether the signature would be found where it was: in irregular markup a removal can move its end."""
    if not rewrite.changed or not isinstance(rewrite.output, str):
        return True
    changed = text[: span.start] + rewrite.output + text[span.end :]
    return sender.find_in_html(changed) == Span(span.start, span.start + len(rewrite.output))


def _lost(rewritten: tuple[Part, Rewrite]) -> tuple[Part, Rewrite]:
    """Return the rewrite of a signature that stays as it is, since the next run would not find it."""
    part, rewrite = rewritten
    reason = "the signature would not be found again in the edited message"
    return part, replace(rewrite, output=part.text, removals=(), cta=None, skipped=reason)


def _rewrite_region(
    rewriter: DocumentRewriter, part: mime.TextPart, span: Span, kind: Literal["html", "text"]
) -> tuple[Part, Rewrite]:
    region = Region(part, span)
    done = rewriter.rewrite(region.text, format=kind)
    return region, replace(done, warnings=(*done.warnings, *part.warnings)) if done.changed else done
