r"""The tokens of a Rich Text Format file (RTF specification 1.9.1): they partition it, so that nothing is lost.

The text stands for bytes, one character a byte. Groups know where they end; nothing is interpreted here but
`\bin`, whose raw bytes are one token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

from sigtrim.errors import SourceError
from sigtrim.patterns import lazy

__all__ = ["Token", "Tokens", "scan"]

Kind = Literal["open", "close", "text", "newline", "word", "symbol", "hex", "binary"]

_TOKEN = lazy(
    r"(?P<text>[^\\{}\r\n]++)"
    r"|(?P<newline>[\r\n]++)"
    r"|(?P<open>\{)"
    r"|(?P<close>\})"
    r"|\\'(?P<hex>[0-9A-Fa-f]{2})"
    r"|\\(?P<word>[A-Za-z]{1,40})(?P<parameter>-?[0-9]{1,10})?[ ]?"
    r"|\\(?P<symbol>[^A-Za-z'])"
)
# A signature has some thousands. Each takes memory, a picture is one or a few whatever its size.
_MOST_TOKENS = 2_000_000
_END = lazy(r"[\s\x00]*+\Z")


class Token(NamedTuple):
    """A piece of the file: `name` is the control word, symbol or hexadecimal number, `parameter` the word's number."""

    kind: Kind
    start: int
    end: int
    name: str
    parameter: int | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """All tokens of a file; `ends` leads from the number of each opening brace to that of the closing one."""

    text: str
    tokens: tuple[Token, ...]
    ends: dict[int, int]

    def destination(self, opened: int) -> tuple[str, int]:
        r"""Return the name of the control word that a group begins with, and the number of the token behind it.

        The `\*` before it is passed over; the name is empty where the group begins with something else.
        """
        at = opened + 1
        starred = False
        while at < len(self.tokens):
            kind, _, _, name, _ = self.tokens[at]
            at += 1
            if kind == "word":
                return (f"*{name}" if starred else name), at
            if kind == "symbol" and name == "*":
                starred = True
            elif kind != "newline":
                break
        return "", opened + 1

    def groups(self, start: int, end: int) -> list[int]:
        """Return the numbers of the braces that open the groups directly between two tokens."""
        found = []
        at = start
        while at < end:
            if self.tokens[at].kind == "open":
                found.append(at)
                at = self.ends[at]
            at += 1
        return found


def scan(text: str) -> Tokens:  # noqa: C901 - one branch a kind of token
    r"""Take an RTF file apart.

    Raises `SourceError` if it does not begin as one, braces do not match, something follows the last one, or there are
    more than two million tokens.

    >>> [token.kind for token in scan(r"{\rtf1 caf\'e9}").tokens]
    ['open', 'word', 'text', 'hex', 'close']
    """
    if not text.startswith("{\\rtf"):
        raise SourceError("is no RTF file: it does not begin with {\\rtf")
    tokens: list[Token] = []
    ends: dict[int, int] = {}
    stack: list[int] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SourceError(f"the RTF is malformed: a stray backslash at byte {at}")
        kind = cast("Kind", "word" if match.lastgroup == "parameter" else match.lastgroup)
        parameter = match["parameter"]
        if len(tokens) == _MOST_TOKENS:
            raise SourceError(f"is too large for a signature: more than {_MOST_TOKENS:,} control words and texts")
        tokens.append(Token(kind, at, match.end(), match[kind], int(parameter) if parameter else None))
        at = match.end()
        if kind == "open":
            stack.append(len(tokens) - 1)
        elif kind == "close":
            ends[stack.pop()] = len(tokens) - 1
            if not stack:
                break
        elif kind == "word" and match["word"] == "bin":
            length = int(parameter or 0)
            if not 0 <= length <= len(text) - at:
                raise SourceError(f"the RTF is malformed: \\bin at byte {match.start()} reaches past the end")
            tokens.append(Token("binary", at, at + length, "", None))
            at += length
    if stack:
        raise SourceError(f"the RTF is malformed: {len(stack)} groups are not closed")
    if not _END.match(text, at):
        raise SourceError(f"the RTF is malformed: there is something behind its end at byte {at}")
    return Tokens(text, tuple(tokens), ends)
