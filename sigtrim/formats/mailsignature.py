"""Apple Mail's `.mailsignature`: a header of four fields, a blank line, and the signature in a transfer encoding.

The file is `~/Library/Mail/V<N>/MailData/Signatures/<UUID>.mailsignature`. Mail finds it by its name and by the
Message-Id in its header, and syncs a second copy through iCloud Drive.
"""

from __future__ import annotations

from typing import Literal

from sigtrim.errors import SourceError
from sigtrim.formats import mime
from sigtrim.formats.result import DocumentRewriter, FileRewrite, assemble
from sigtrim.parse.source import Source
from sigtrim.patterns import lazy

__all__ = ["FORMAT", "matches", "rewrite"]

FORMAT = "mailsignature"

_FIELDS = frozenset([b"content-type", b"content-transfer-encoding", b"message-id", b"mime-version"])
_NAME = lazy(rb"(?:[ \t][^\n]*|([!-9;-~]{1,80})[ \t]*:[^\n]*)(?:\n|\Z)")
_KINDS: dict[str, Literal["html", "text"]] = {"text/html": "html", "text/plain": "text"}
_HEADER_BYTES = 8192
_TWIN = (
    "Apple Mail must be closed while its signatures change; "
    "{place} holds a second copy of this one, which wins if it stays as it was"
)
_ON_DISK = "~/Library/Mail/V<N>/MailData/Signatures"
_IN_ICLOUD = "~/Library/Mobile Documents/com~apple~mail/Data/V<N>/Signatures"


def matches(data: bytes) -> bool:
    r"""Tell whether a file is a mail signature: a header with the four fields that Apple Mail writes, and no others.

    >>> matches(b"Content-Type: text/html\nMime-Version: 1.0\n\n<b>Ada</b>")
    True
    >>> matches(b"From: ada@example.com\nContent-Type: text/html\n\n<b>Ada</b>")
    False
    """
    names = set()
    at = 0
    head = data[:_HEADER_BYTES]
    while not head.startswith((b"\n", b"\r\n"), at):
        match = _NAME.match(head, at)
        if match is None or match.end() == len(head):
            return False
        if match[1] is not None:
            names.add(match[1].lower())
        at = match.end()
    return b"content-type" in names and len(names) > 1 and names <= _FIELDS


def rewrite(rewriter: DocumentRewriter, data: bytes, *, name: str | None = None) -> FileRewrite:
    """Rewrite the signature in a `.mailsignature` file; its header and all lines outside the edits stay.

    Raises `SourceError` if the file is none, or its body cannot be decoded.
    """
    source = Source(data.decode("latin-1"), "latin-1", b"", name)
    if not mime.is_header(source.text):
        raise SourceError("is no .mailsignature file: it does not begin with a header")
    entity = mime.parse(source.text)
    kind = _KINDS.get(entity.content_type)
    if kind is None:
        raise SourceError(f"is no .mailsignature file: its content is {entity.content_type}, not text")
    if not entity.body.start < entity.body.end:
        raise SourceError("is no .mailsignature file: nothing follows its header")
    part = mime.read_text(source.text, entity)
    if "\x00" in part.text:
        raise SourceError("is binary, not a text")
    done = rewriter.rewrite(part.text, format=kind, name=name)
    place = _ON_DISK if name is not None and "com~apple~mail" in name else _IN_ICLOUD
    return assemble(source, data, [(part, done)], format=FORMAT, warnings=[*part.warnings, _TWIN.format(place=place)])
