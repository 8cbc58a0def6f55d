"""What holds in every format, on made and on damaged files: an edit changes nothing else, none changes nothing.

The files are damaged as they are on their way through mail gateways, editors and disks: cut off, wrongly declared, with
line ends of several kinds, with bytes that do not belong there.
"""

from __future__ import annotations

import base64
import contextlib
import email
import email.policy
import hashlib
import json
import mailbox
import quopri
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import html5lib
import lxml.html
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sigtrim import CallToAction, Rewriter, Rules, SourceError, formats
from sigtrim.formats import outlook
from sigtrim.rewrite.edits import apply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sigtrim import Rewrite

KINDS = ("html", "text", *formats.FORMATS)
CTA = CallToAction("https://example.com/guide", "Get the guide")
REWRITER = Rewriter(cta=CTA)
IDLE = Rewriter(rules=Rules(min_platforms=1000))
LINKS = {
    "html": '<p><a href="https://facebook.com/acme.example">Facebook</a> | <a href="https://x.com/acme_example">X</a></p>',
    "text": "Facebook: https://facebook.com/acme.example\nX: https://x.com/acme_example\n",
    "rtf": '{\\field{\\*\\fldinst HYPERLINK "https://facebook.com/acme.example"}{\\fldrslt \\ul Facebook}} | '
    '{\\field{\\*\\fldinst{HYPERLINK "https://x.com/acme_example"}}{\\fldrslt X}}\\par ',
}
SENT = "From: Ada <ada@example.com>\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nMIME-Version: 1.0\n"
LINK = re.compile(r"(?:Facebook|X|Get the guide)(?:\(\"[^\"]*\"\))?")
WORDS = st.sampled_from(
    ["Ada Example", "Head of Support", "+49 30 555 0123", "Z\u00fcrich", "\u0395\u03bb", "a=b", "-- "]
)
NEWLINES = st.sampled_from(["\n", "\r\n"])


def encoded(body: str, transfer: str, charset: str) -> str:
    data = body.encode(charset, "xmlcharrefreplace")
    if transfer == "quoted-printable":
        return quopri.encodestring(data).decode("ascii")
    if transfer == "base64":
        return base64.encodebytes(data).decode("ascii")
    return data.decode("latin-1")


def part(kind: str, body: str, transfer: str, charset: str) -> str:
    head = f"Content-Type: text/{kind};\n\tcharset={charset}\nContent-Transfer-Encoding: {transfer}\n"
    return f"{head}\n{encoded(body, transfer, charset)}"


@st.composite
def made(draw: st.DrawFn, kind: str, *, listed: bool | None = None) -> bytes:
    """A file of a format that its program could have written, with a link list or without."""
    before, after = (draw(st.lists(WORDS, max_size=3)) for _ in range(2))
    charset = draw(st.sampled_from(["utf-8", "iso-8859-1"]))
    transfer = draw(st.sampled_from(["quoted-printable", "base64", "8bit"]))
    newline = draw(NEWLINES)
    listed = draw(st.booleans()) if listed is None else listed

    def html() -> str:
        lines = [f"<p>{word}</p>" for word in before], [f"<p>{word}</p>" for word in after]
        return "\n".join([*lines[0], LINKS["html"] if listed else "", *lines[1], ""])

    def text() -> str:
        return "\n".join(["Ada", *before, LINKS["text"] if listed else "", *after, ""])

    match kind:
        case "html":
            return html().replace("\n", newline).encode(charset, "xmlcharrefreplace")
        case "text":
            return text().replace("\n", newline).encode(draw(st.sampled_from(["utf-8", "utf-16"])))
        case "mailsignature":
            head = "Content-Transfer-Encoding: {}\nContent-Type: text/html;\n\tcharset={}\nMessage-Id: <A-1>\n"
            body = encoded(html(), transfer, charset)
            file = f"{head.format(transfer, charset)}Mime-Version: 1.0\n\n{body}"
        case "rtf":
            words = [[f"{word.encode('ascii', 'replace').decode()}\\par" for word in some] for some in (before, after)]
            file = "\n".join(["{\\rtf1\\ansi", *words[0], LINKS["rtf"] if listed else "", *words[1], "\\'fc\\u8211?}"])
        case "gmail":
            send = [{"sendAsEmail": "ada@example.com", "signature": html(), "isDefault": True}, {"note": html()}]
            file = json.dumps(
                {"sendAs": send}, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1]))
            )
            return file.encode()
        case _:
            page = f'<p>Hello</p><div class="gmail_signature">{html()}</div><blockquote>{LINKS["html"]}</blockquote>'
            plain = f"Hello\n-- \n{text()}"
            both = (part("plain", plain, transfer, charset), part("html", page, transfer, charset))
            image = "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n"
            file = f'{SENT}Content-Type: multipart/mixed; boundary="b"\n\n'
            file += "".join(f"--b\n{one}\n" for one in (*both, image)) + "--b--\n"
            if kind == "mbox":
                file = f"From ada Mon Jan  1 10:00:00 2024\n{file}\n" * draw(st.integers(1, 3))
    return file.replace("\n", newline).encode("latin-1", "replace")


@st.composite
def damaged(draw: st.DrawFn, kind: str) -> bytes:
    """Such a file after an accident or two."""
    data = bytearray(draw(made(kind, listed=True)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(["cut", "gap", "byte", "stray", "newlines", "declared", "twice"])):
            case "cut":
                del data[at:]
            case "gap":
                del data[at : at + draw(st.integers(1, 60))]
            case "byte" if at < len(data):
                data[at] = draw(st.integers(0, 255))
            case "stray":
                data[at:at] = draw(
                    st.sampled_from([b"\0", b"\r", b"\n", b"=", b"{", b"}", b"\\", b'"', b"<", b"\xff", b"--b"])
                )
            case "newlines":
                data[at:] = (
                    data[at:].replace(b"\r\n", b"\n") if b"\r\n" in data[at:] else data[at:].replace(b"\n", b"\r\n")
                )
            case "declared":
                old, new = draw(st.permutations([b"utf-8", b"iso-8859-1", b"base64", b"8bit", b"quoted-printable"]))[:2]
                data[:] = data.replace(old, new)
            case "twice":
                data += data[at:]
    return bytes(data)


def rewrite(rewriter: Rewriter, data: bytes, kind: str) -> Rewrite | None:
    try:
        return formats.rewrite_file(rewriter, data, format=kind)
    except SourceError:
        return None


def outside(data: bytes, result: Rewrite) -> list[bytes]:
    """The bytes of the source between the edits, by the offsets of the report."""
    text, encoding, bom = result.source.text, result.source.encoding, result.source.bom
    spans = sorted((edit.span.start, edit.span.end) for edit in result.edits)
    pieces, last = [], 0
    for start, end in spans:
        pieces.append(text[last : max(last, start)])
        last = max(last, end)
    pieces.append(text[last:])
    assert bom + text.encode(encoding, "surrogateescape") == data or encoding not in ("latin-1", "utf-8", "utf-16-le")
    return [piece.encode(encoding, "surrogateescape") for piece in pieces]


def check(data: bytes, kind: str) -> None:
    idle = rewrite(IDLE, data, kind)
    assert idle is None or idle.output == data
    result = rewrite(REWRITER, data, kind)
    if result is None:
        return
    assert isinstance(result.output, bytes)
    if result.skipped is not None:
        assert result.output == data
        return
    assert result.format == kind
    assert result.output == (result.source.encode(apply(result.source.text, result.edits)) if result.changed else data)
    at = 0
    for piece in outside(data, result):
        at = result.output.index(piece, at) + len(piece)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_a_made_file_keeps_all_but_its_edits(kind: str, data: st.DataObject) -> None:
    file = data.draw(made(kind))
    check(file, kind)
    first = rewrite(REWRITER, file, kind)
    assert first is not None
    assert first.skipped is None
    assert isinstance(first.output, bytes)
    second = rewrite(REWRITER, first.output, kind)
    assert second is not None
    assert second.output == first.output


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=120)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_stays_or_keeps_all_but_its_edits(kind: str, data: st.DataObject) -> None:
    check(data.draw(damaged(kind)), kind)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20)
@given(data=st.data())
def test_nul_is_refused_or_stays(kind: str, data: st.DataObject) -> None:
    file = data.draw(made(kind, listed=True))
    at = data.draw(st.integers(0, len(file) // 2)) * 2
    check(file[:at] + b"\0\0" + file[at:], kind)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.binary(max_size=200))
@example(data=b"")
@example(data=b"\xff\xfe")
@example(data=b"\0" * 50)
def test_any_bytes(kind: str, data: bytes) -> None:
    check(data, kind)


@settings(max_examples=60)
@given(page=damaged("html"), rich=made("rtf"), text=made("text"), broken=st.booleans())
def test_twins_are_rewritten_all_or_none(page: bytes, rich: bytes, text: bytes, *, broken: bool) -> None:
    twins = {"Ada.htm": page, "Ada.rtf": rich[:-1] if broken else rich, "Ada.txt": text}
    results = outlook.rewrite_twins(REWRITER, twins)
    if any(one.skipped is not None for one in results.values()):
        assert {name: one.output for name, one in results.items()} == twins
    else:
        assert not broken
        again = outlook.rewrite_twins(REWRITER, {name: one.output for name, one in results.items()})  # type: ignore[misc]
        assert {name: one.output for name, one in again.items()} == {name: one.output for name, one in results.items()}


# Other readers


def output(data: bytes, kind: str) -> bytes:
    result = rewrite(REWRITER, data, kind)
    assert result is not None
    assert result.skipped is None
    assert isinstance(result.output, bytes)
    return result.output


def hashes(data: bytes) -> list[tuple[str, str]]:
    """The header and the bytes of each part, as the standard library finds them."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    return [
        (str(one.items()), hashlib.sha256(str(one.get_payload()).encode("utf-8", "surrogateescape")).hexdigest())
        for one in message.walk()
        if not one.is_multipart()
    ]


@settings(max_examples=30)
@given(made("eml", listed=True))
def test_another_reader_finds_all_other_parts_of_a_message_the_same(data: bytes) -> None:
    old, new = hashes(data), hashes(output(data, "eml"))
    assert [header for header, _ in old] == [header for header, _ in new]
    assert [one == other for one, other in zip(old, new, strict=True)] == [False, False, True]


@settings(max_examples=20)
@given(made("mbox", listed=True))
def test_another_reader_finds_the_messages_of_a_mailbox(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("mbox")
    found: list[list[bytes]] = []
    for name, content in (("old", data), ("new", output(data, "mbox"))):
        Path(folder, name).write_bytes(content)
        with contextlib.closing(mailbox.mbox(folder / name)) as box:
            found.append([message.as_bytes() for message in box])
    assert len(found[0]) == len(found[1])
    for message in found[1]:
        assert message.count(b"gmail_signature") <= 1


@settings(max_examples=20)
@given(made("mailsignature", listed=True))
def test_another_reader_finds_the_signature_of_apple_mail(data: bytes) -> None:
    old, new = (email.message_from_bytes(one) for one in (data, output(data, "mailsignature")))
    assert old.items() == new.items()
    body = new.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.count(b"https://example.com/guide") == 1
    assert b"facebook" not in body


@settings(max_examples=20)
@given(made("gmail", listed=True))
def test_another_reader_finds_the_same_in_json(data: bytes) -> None:
    old, new = json.loads(data), json.loads(output(data, "gmail"))
    assert "facebook" not in new["sendAs"][0].pop("signature")
    old["sendAs"][0].pop("signature")
    assert old == new


@settings(max_examples=30)
@given(made("rtf", listed=True))
def test_another_reader_finds_the_words_of_rich_text(data: bytes) -> None:
    striprtf: Any = pytest.importorskip("striprtf.striprtf")
    old, new = (striprtf.rtf_to_text(one.decode("latin-1")) for one in (data, output(data, "rtf")))
    # It shows the address of a link in brackets behind its words.
    assert LINK.sub("", new).split() == LINK.sub("", old).replace("|", "").split()
    assert LINK.findall(new) == ['Get the guide("https://example.com/guide")']


def _html5(data: str) -> list[str]:
    return "".join(html5lib.parse(data, namespaceHTMLElements=False).itertext()).split()


def _lxml(data: str) -> list[str]:
    return str(lxml.html.document_fromstring(data).xpath("string()")).split()


@pytest.mark.parametrize("words", [_html5, _lxml])
@settings(max_examples=30)
@given(made("html", listed=True))
def test_another_reader_finds_the_words_of_a_page(words: Callable[[str], Iterable[str]], data: bytes) -> None:
    old, new = (words(one.decode("utf-8", "replace")) for one in (data, output(data, "html")))
    kept = [word for word in old if word not in ("Facebook", "X", "|")]
    assert [word for word in new if word not in CTA.text.split()] == kept
