"""Gmail's `users.settings.sendAs` as JSON: the signature of each address, an HTML fragment, is rewritten in place.

https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.settings.sendAs: one such resource, a list
of them, or the answer of `list`, which holds them under `sendAs`. Keys, order, white space and escapes of all
else stay.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sigtrim.errors import SourceError, VerificationError
from sigtrim.formats.result import DocumentRewriter, FileRewrite, assemble
from sigtrim.formats.transfer import join_edits
from sigtrim.parse.source import Source, Span
from sigtrim.patterns import lazy
from sigtrim.rewrite.edits import Edit, apply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


__all__ = ["FORMAT", "matches", "rewrite"]

FORMAT = "gmail"

_ADDRESS, _SIGNATURE = "sendAsEmail", "signature"
_START = lazy(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*[\[{]")
_TOKEN = lazy(r'"(?:[^"\\]|\\.)*+"|[{}\[\]:,]|[^\s"{}\[\]:,]++', re.DOTALL)
_ESCAPE = lazy(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
# Some writers escape these too, so that the JSON can stand in a script.
_SCRIPT = "<>&='/"


def matches(data: bytes) -> bool:
    r"""Tell whether a file is JSON of the Gmail API that speaks of addresses to send as.

    >>> matches(b'{"sendAsEmail": "ada@example.com", "signature": "Ada"}')
    True
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # what PowerShell writes is UTF-16
        data = data.replace(b"\x00", b"")
    return _START.match(data) is not None and b'"sendAsEmail"' in data


def rewrite(rewriter: DocumentRewriter, data: bytes, *, name: str | None = None) -> FileRewrite:
    """Rewrite every signature in the file; warnings name the address, as that of one too long for Gmail.

    Raises `SourceError` if the file is not JSON, or speaks of no address to send as.
    """
    source = Source.from_bytes(data, name=name)
    try:
        json.loads(source.text)
    except ValueError as error:
        raise SourceError(f"is not JSON: {error}") from error
    except RecursionError as error:
        raise SourceError("is not JSON: it is nested too deeply") from error
    if not matches(data):
        raise SourceError(f'is JSON, but not of Gmail: nothing in it is called "{_ADDRESS}"')
    done = []
    for address, span in _signatures(source.text):
        part = JsonPart.of(source.text, span)
        if not part.text.strip():
            continue  # an address without a signature does not get one
        result = rewriter.rewrite(part.text, format="html", name=name)
        warnings = tuple(f"{address}: {warning}" for warning in result.warnings)
        done.append((part, replace(result, warnings=warnings)))
    return assemble(source, data, done, format=FORMAT)


@dataclass(frozen=True, slots=True)
class JsonPart:
    """The text of a JSON string; `span` is that of what stands between its quotation marks."""

    text: str
    file: str
    span: Span

    @classmethod
    def of(cls, file: str, span: Span) -> JsonPart:
        """Read a string."""
        return cls(json.loads(f'"{file[span.start : span.end]}"', strict=False), file, span)

    def splice(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Turn edits of the text into edits of the file, and check that the file then holds the result."""
        joined = join_edits(edits)
        places = self._places([place for edit in joined for place in (edit.span.start, edit.span.end)])
        made = tuple(
            Edit(Span(places[edit.span.start], places[edit.span.end]), self._escape(edit.content)) for edit in joined
        )
        start = self.span.start
        raw = apply(
            self.file[start : self.span.end],
            [Edit(Span(edit.span.start - start, edit.span.end - start), edit.content) for edit in made],
        )
        if json.loads(f'"{raw}"', strict=False) != apply(self.text, edits):
            raise VerificationError("the edited JSON does not say what it should")
        return made

    def cover(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Return the span in the file of each span of the text."""
        places = self._places([place for span in spans for place in (span.start, span.end)])
        return tuple(Span(places[span.start], places[span.end]) for span in spans)

    def _places(self, offsets: Iterable[int]) -> dict[int, int]:
        """Return where in the file the characters at these offsets begin."""
        places: dict[int, int] = {}
        wanted = sorted(set(offsets))
        at = count = 0
        position = self.span.start
        for match in _ESCAPE.finditer(self.file, self.span.start, self.span.end):
            literal = match.start() - position
            while at < len(wanted) and wanted[at] <= count + literal:
                places[wanted[at]] = position + wanted[at] - count
                at += 1
            count += literal + 1
            position = match.end()
        places.update((offset, position + offset - count) for offset in wanted[at:])
        return places

    def _escape(self, content: str) -> str:
        """Write content as the string writes its own."""
        raw = self.file[self.span.start : self.span.end]
        escaped = json.dumps(content, ensure_ascii=raw.isascii())[1:-1]
        for character in _SCRIPT:
            code = f"\\u{ord(character):04x}"
            written = next((one for one in (code, code.upper().replace("U", "u", 1)) if one in raw), None)
            if written is not None:
                escaped = escaped.replace(character, written)
            elif character == "/" and "\\/" in raw:
                escaped = escaped.replace("/", "\\/")
        return escaped


def _signatures(text: str) -> Iterator[tuple[str, Span]]:
    """Yield each address with the place of its signature: those of one object."""
    stack: list[dict[str, Span]] = []
    key: str | None = None
    last: Span | None = None
    for match in _TOKEN.finditer(text):
        first = match[0][0]
        if first in "{[":
            stack.append({})
        elif first in "}]":
            found = stack.pop()
            if _ADDRESS in found and _SIGNATURE in found:
                address = found[_ADDRESS]
                yield text[address.start : address.end], found[_SIGNATURE]
        elif first == ":" and last is not None:
            key = text[last.start : last.end]
            continue
        elif first == '"':
            last = Span(match.start() + 1, match.end() - 1)
            if key is not None and stack:
                stack[-1][key] = last
        key = None
