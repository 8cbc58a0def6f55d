from __future__ import annotations

import contextlib
import email
import email.policy
import hashlib
import io
import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim import CallToAction, Rewriter, SourceError, formats
from sigtrim.formats import eml, mbox, mime, sender

CASES = Path(__file__).parent / "cases" / "formats"
CTA = CallToAction("https://example.com/guide", "Get the free guide")
REWRITER = Rewriter(cta=CTA)
LIST = '<a href="https://x.com/acme_example">X</a> | <a href="https://github.com/acme-example">GitHub</a>'
TEXT_LIST = "https://x.com/acme_example\nhttps://github.com/acme-example"
SIGNATURE = f"<div>Ada</div><div>{LIST}</div>"
HEADER = b"From: ada@example.com\nDate: Tue, 2 Jan 2024 10:11:12 +0100\nMIME-Version: 1.0\n"


def message(html: str, header: bytes = HEADER) -> bytes:
    return header + b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + html.encode()


def parts(data: bytes) -> list[tuple[str, str]]:
    """The digest of each part that an independent reader finds: its header and what it holds."""
    found = []
    for part in email.message_from_bytes(data).walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            header = repr(part.items()).encode()
            found.append((hashlib.sha256(header).hexdigest(), hashlib.sha256(payload).hexdigest()))
    return found


def texts(data: bytes) -> list[str]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    return [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]


def output(result: formats.FileRewrite) -> bytes:
    assert isinstance(result.output, bytes)
    return result.output


@pytest.mark.parametrize(
    "html",
    [
        LIST,
        f"<blockquote>{SIGNATURE}</blockquote>",
        f'<div class="gmail_quote"><div class="gmail_signature">{LIST}</div></div>',
        f'<p>Hi</p><div id="divRplyFwdMsg">From: Bob</div><div id="Signature">{LIST}</div>',
        f'<p>Hi</p><div id="x_Signature">{LIST}</div>',
        f'<p>Hi</p><div class="gmail_signature">{LIST}',
        f"<p>Hi -- </p><p>{LIST}</p>",
        f'<div class="WordSection1"><p>{LIST}</p><p>Kind regards to all of your colleagues up in the North</p></div>',
        '<div class="gmail_signature"></div>',
    ],
)
def test_noop_nothing_but_the_senders_signature_is_touched(html: str) -> None:
    result = eml.rewrite(Rewriter(), message(html))
    assert (result.output, result.changed, result.skipped) == (message(html), False, None)


@pytest.mark.parametrize(
    "text",
    [
        "Hello\nhttps://x.com/acme_example\nhttps://github.com/acme-example\n",
        "Hello\n> -- \n> Ada\n> https://x.com/acme_example https://github.com/acme-example\n",
        "Hello\n-----Original Message-----\n-- \nhttps://x.com/acme_example\nhttps://github.com/acme-example\n",
        "Hello\nFrom: Bob <bob@example.org>\n-- \nhttps://x.com/acme_example\nhttps://github.com/acme-example\n",
        "-- \n\n",
    ],
)
def test_noop_text_without_a_signature_of_the_sender(text: str) -> None:
    assert sender.find_in_text(text) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"From: us to you\n\nNew video",
        b"From: 10 am\nDate: 5 May 2024\nMail: ada@example.com\n\nJoin us",
        b"From: ada@example.com\n\nx",
        b"Date: Tue, 2 Jan 2024 10:11:12 +0100\n\nx",
        b"Content-Type: short video\n\nx",
        b"Subject: x\n",
        b"no header\nMIME-Version: 1.0\n",
        b"\n\nMIME-Version: 1.0\n",
    ],
)
def test_noop_messages_are_told_from_captions(data: bytes) -> None:
    assert not eml.matches(data)
    assert not mbox.matches(data)
    assert not mbox.matches(b"From the archive of 2024\n" + data)


@pytest.mark.parametrize("path", sorted(CASES.glob("eml/*.in.eml")), ids=lambda path: path.name)
def test_only_the_text_parts_with_a_signature_differ_for_another_reader(path: Path) -> None:
    before = path.read_bytes()
    after = output(eml.rewrite(REWRITER, before))
    old, new = parts(before), parts(after)
    assert [header for header, _ in old] == [header for header, _ in new]
    kinds = [part.get_content_type() for part in email.message_from_bytes(before).walk() if not part.is_multipart()]
    for (_, one), (_, two), kind in zip(old, new, kinds, strict=True):
        assert one == two or kind in ("text/plain", "text/html")
    if path.with_name(path.name.replace(".in.", ".out.")).exists():
        edited = [text for text, earlier in zip(texts(after), texts(before), strict=True) if text != earlier]
        assert edited
        assert all(text.count("Get the free guide") == 1 for text in edited)


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit", "7bit"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_messages_of_the_standard_library(encoding: str, newline: str) -> None:
    letter = "e" if encoding == "7bit" else "\u00e9"
    made = EmailMessage(policy=email.policy.default.clone(linesep=newline, max_line_length=78))
    made["From"], made["Date"], made["Subject"] = "ada@example.com", "Tue, 2 Jan 2024 10:11:12 +0100", "Caf\u00e9"
    made.set_content(
        f"Hi\n\n-- \nAd{letter}\n+49 30 555 0123\n\nhttps://x.com/acme_example\nhttps://github.com/acme-example\n",
        cte=encoding,
    )
    made.add_alternative(
        f'<p>Hi</p><div class="gmail_signature">Ad{letter}<br>{LIST}</div>', subtype="html", cte=encoding
    )
    made.add_attachment(b"\x00\x01\xff" * 90, maintype="application", subtype="octet-stream", filename="x.bin")
    before = made.as_bytes()
    result = eml.rewrite(REWRITER, before)
    after = output(result)
    assert result.skipped is None
    plain, html = texts(after)
    assert "github" not in plain + html
    assert f"Ad{letter}" in plain
    assert f"Ad{letter}" in html
    assert parts(before)[-1] == parts(after)[-1]
    assert after.count(b"\n") - after.count(b"\r\n") == (0 if newline == "\r\n" else after.count(b"\n"))
    assert max(map(len, after.splitlines())) <= max(76, *map(len, before.splitlines()))


@pytest.mark.parametrize("style", ["button", "vml-button", "template"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_calls_to_action_of_every_style(style: str, newline: bytes) -> None:
    template = '<p>\n<a href="{url}">{text}</a>\n</p>'
    cta = CallToAction("https://example.com/guide", "Get it", style=style, template=template)  # type: ignore[arg-type] # one of the styles
    before = message(f'<p>Hi</p>\n<div class="gmail_signature">Ada<br>{LIST}</div>\n').replace(b"\n", newline)
    result = eml.rewrite(Rewriter(cta=cta), before)
    assert result.skipped is None
    assert b"github" not in output(result)
    assert b"Get it" in output(result)
    assert output(result).count(b"\n") == output(result).count(newline)
    assert eml.rewrite(Rewriter(cta=cta), output(result)).output == output(result)


def test_a_signed_message_is_refused_and_one_without_a_signature_block_is_not() -> None:
    inner = b"Content-Type: text/html\n\n<div class=gmail_signature>" + LIST.encode() + b"</div>\n"
    signed = (
        HEADER
        + b"Content-Type: multipart/signed; boundary=b\n\n--b\n"
        + inner
        + b"--b\nContent-Type: application/pkcs7-signature\n\nx\n--b--\n"
    )
    result = eml.rewrite(REWRITER, signed)
    assert result.output == signed
    assert result.skipped == "is signed, a change would make it invalid"
    assert eml.rewrite(REWRITER, signed.replace(b"gmail_signature", b"other")).skipped is None


@pytest.mark.parametrize("kind", [b"multipart/encrypted", b"application/pkcs7-mime; smime-type=enveloped-data"])
def test_an_encrypted_message_is_refused(kind: bytes) -> None:
    data = HEADER + b"Content-Type: " + kind + b"\n\nAAAA\n"
    result = eml.rewrite(REWRITER, data)
    assert result.output == data
    assert result.skipped is not None
    assert "encrypted" in result.skipped


def test_pgp_in_the_text_is_refused() -> None:
    data = (
        HEADER
        + b"\n-----BEGIN PGP SIGNED MESSAGE-----\n\nHi\n-- \nAda\nhttps://x.com/acme_example https://github.com/acme\n"
    )
    result = eml.rewrite(REWRITER, data)
    assert result.output == data
    assert result.skipped == "is signed with PGP, a change would make it invalid"


def test_dkim_is_warned_of_only_if_something_changes() -> None:
    dkim = b"DKIM-Signature: v=1; a=rsa-sha256;\n\tb=abc\n" + HEADER
    changed = eml.rewrite(REWRITER, message(f'<div class="gmail_signature">{LIST}</div>', dkim))
    assert any("DKIM" in warning for warning in changed.warnings)
    (told,) = eml.rewrite(REWRITER, message("<p>Hi</p>", dkim)).warnings
    assert told.startswith("no signature of the sender is found")


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<p>Hi</p><div class="x gmail_signature">Ada</div>', "Ada"),
        ('<p>Hi</p><div id="Signature"><p>Ada</p></div><div id=appendonsend></div>', "<p>Ada</p>"),
        ("<p>Hi</p>-- <br>Ada<br>B<blockquote>x</blockquote>", "<br>Ada<br>B"),
        (
            "<div><div>Hi</div><div>-- </div><div>Ada</div><div>B</div></div><blockquote>x</blockquote>",
            "<div>Ada</div><div>B</div>",
        ),
        (
            '<div class=WordSection1><p>Hi</p><p><a name="_MailAutoSig">Ada</a></p><p>B</p></div>',
            '<p><a name="_MailAutoSig">Ada</a></p><p>B</p>',
        ),
        ("<div class=WordSection1><p>Thanks!</p><p>Hi</p><p>Viele Gr\u00fc\u00dfe</p><p>Ada</p></div>", "<p>Ada</p>"),
        ("<div class=gmail_quote>-- <br>Bob</div><br><div class=gmail_signature>Ada</div>", "Ada"),
    ],
)
def test_where_the_signature_stands(html: str, found: str) -> None:
    span = sender.find_in_html(html)
    assert span is not None
    assert html[span.start : span.end] == found


def test_the_html_twin_tells_where_the_plain_one_begins() -> None:
    text = "Hello Ada\n\nAda Okafor\nx\n\nOn Monday, Bob wrote:\n> y\n"
    span = sender.find_in_text(text, hint="Ada Okafor")
    assert span is not None
    assert text[span.start : span.end] == "Ada Okafor\nx\n\n"


def test_the_signature_of_a_forwarded_attachment_stays() -> None:
    inner = message(f'<div class="gmail_signature">{LIST}</div>')
    data = HEADER + b"Content-Type: message/rfc822\n\n" + inner
    assert eml.rewrite(REWRITER, data).output == data


def test_parts_nested_without_end_are_refused() -> None:
    data = HEADER
    for depth in range(40):
        data += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth)
    with pytest.raises(SourceError, match="too deeply"):
        eml.rewrite(REWRITER, data)


def test_another_reader_finds_the_same_messages_in_a_mailbox(tmp_path: Path) -> None:
    before = (CASES / "mbox" / "three.in.mbox").read_bytes()
    result = mbox.rewrite(REWRITER, before)
    (tmp_path / "before").write_bytes(before)
    (tmp_path / "after").write_bytes(output(result))
    with (
        contextlib.closing(mailbox.mbox(tmp_path / "before")) as first,
        contextlib.closing(mailbox.mbox(tmp_path / "after")) as second,
    ):
        old, new = list(first), list(second)
    assert len(old) == len(new) == 3
    assert [one.get_from() for one in old] == [one.get_from() for one in new]
    assert [one.items() for one in old] == [one.items() for one in new]
    assert [one.as_bytes() == two.as_bytes() for one, two in zip(old, new, strict=True)] == [False, True, False]


def test_a_mailbox_streams_and_gives_the_same() -> None:
    before = (CASES / "mbox" / "three.in.mbox").read_bytes()
    target = io.BytesIO()
    results = list(mbox.rewrite_stream(REWRITER, io.BytesIO(before), target))
    assert [result.changed for result in results] == [True, False, True]
    assert target.getvalue() == mbox.rewrite(REWRITER, before).output


def test_a_message_that_must_stay_does_not_stop_the_mailbox() -> None:
    separator = b"From ada@example.com Tue Jan  2 10:11:12 2024\n"
    broken = HEADER + b"Content-Transfer-Encoding: x-unknown\n\n-- \nAda\n\n"
    fine = message(f'<div class="gmail_signature">{LIST}</div>\n\n')
    result = mbox.rewrite(REWRITER, separator + broken + separator + fine)
    assert output(result).startswith(separator + broken + separator)
    assert b"github" not in output(result)
    assert result.warnings == ("message 1 (line 2) stays as it is: the transfer encoding 'x-unknown' is unknown",)


def test_an_edit_that_would_begin_a_message_keeps_the_mailbox() -> None:
    separator = b"From ada@example.com Tue Jan  2 10:11:12 2024\n"
    body = HEADER + f"\n-- \nAda\n+49 30 555 0123\n\n{TEXT_LIST}\nFrom here on\n".encode()
    result = mbox.rewrite(REWRITER, separator + body)
    assert result.output == separator + body or output(result).count(b"\nFrom ") == body.count(b"\nFrom ")


def test_a_stream_without_a_mailbox_is_copied_with_the_reason() -> None:
    target = io.BytesIO()
    (result,) = mbox.rewrite_stream(REWRITER, io.BytesIO(b"no mailbox\n"), target)
    assert target.getvalue() == b"no mailbox\n"
    assert result.skipped is not None


def test_a_line_longer_than_mail_allows_is_not_made() -> None:
    data = HEADER + f'Content-Type: text/html\n\n<p>{"x " * 450}</p><div id="Signature">Ada {LIST}</div>\n'.encode()
    long = eml.rewrite(Rewriter(cta=CallToAction("https://example.com/" + "x" * 200, "Get it")), data)
    assert long.output == data
    assert long.skipped is not None
    assert "998 characters" in long.skipped


BODIES = st.text(st.sampled_from("a b\n-=_<>.\t\r"), max_size=60)


@given(
    bodies=st.lists(st.tuples(st.sampled_from(["text/plain", "text/html", "image/png"]), BODIES), max_size=5),
    preamble=BODIES,
    closed=st.booleans(),
)
def test_entities_stand_where_another_reader_finds_them(
    *, bodies: list[tuple[str, str]], preamble: str, closed: bool
) -> None:
    text = f"Content-Type: multipart/mixed; boundary=xyz\n\n{preamble.replace('-', '')}\n"
    for kind, body in bodies:
        text += f"--xyz\nContent-Type: {kind}\n\n{body.replace('--', '')}\n"
    text += "--xyz--\n" if closed and bodies else ""
    found = list(mime.leaves(mime.parse(text)))
    expected = [part for part in email.message_from_string(text).walk() if not part.is_multipart()]
    if bodies:
        assert [one.content_type for one in found] == [part.get_content_type() for part in expected]
        # Universal line ends are the standard library's, not the file's.
        assert ["".join(text[one.body.start : one.body.end].split()) for one in found] == [
            "".join(str(part.get_payload()).split()) for part in expected
        ]


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80),
    st.sampled_from(["quoted-printable", "base64", "8bit"]),
)
def test_what_stands_before_the_signature_stays(text: str, encoding: str) -> None:
    html = f'<p>{text}</p><div class="gmail_signature">{LIST}</div>'
    before = message_in(html, encoding)
    result = eml.rewrite(REWRITER, before)
    if sender.find_in_html(html) is None:
        return
    assert result.skipped is None or "stays" in result.skipped
    decoded = mime.read_text(output(result).decode("latin-1"), mime.parse(output(result).decode("latin-1"))).text
    assert decoded.startswith(f"<p>{text}</p>")


def message_in(html: str, encoding: str) -> bytes:
    import base64
    import quopri

    data = html.encode()
    if encoding == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    return (
        HEADER
        + b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: "
        + encoding.encode()
        + b"\n\n"
        + data
    )


def test_a_character_that_the_charset_lacks_leaves_the_message_as_it_is() -> None:
    data = HEADER + b"Content-Type: text/plain; charset=iso-8859-1\n\nHi\n-- \nJ\xf6rg\n" + TEXT_LIST.encode() + b"\n"
    cta = CallToAction("https://example.com/guide", "Get the guide \U0001f600")
    result = eml.rewrite(Rewriter(cta=cta), data)
    assert (result.output, result.skipped) == (data, "'\\U0001f600' cannot be written in iso8859-1")
