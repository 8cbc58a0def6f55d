from __future__ import annotations

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim import CallToAction, Rewriter, SourceError, formats
from sigtrim.formats import mailsignature

HEADER = (
    b"Content-Transfer-Encoding: quoted-printable\nContent-Type: text/html;\n\tcharset=utf-8\n"
    b"Message-Id: <00000000-0000-4000-8000-000000000001>\nMime-Version: 1.0\n\n"
)
LIST = b'<a href=3D"https://x.com/acme_example">X</a> <a href=3D"https://github.com/acme-example">GitHub</a>'
REWRITER = Rewriter(cta=CallToAction("https://example.com/guide", "Get the free guide \u2192"))


def document(data: bytes) -> str:
    """What an independent reader sees."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    content = message.get_content()
    assert isinstance(content, str)
    return content


def test_noop_one_platform_stays_and_there_is_no_hint() -> None:
    data = HEADER + b'<p>Z=C3=BCrich <a href=3D"https://x.com/acme_example">X</a></p>'
    result = mailsignature.rewrite(Rewriter(), data)
    assert (result.output, result.changed, result.warnings) == (data, False, ())


def test_noop_messages_and_pages_are_no_mail_signatures() -> None:
    for data in (
        b"",
        b"\n",
        b"<p>Content-Type: text/html</p>",
        b"Content-Type: text/html\n",
        b"Content-Type: text/html\nMime-Version: 1.0",
        b"Subject: Hello\n" + HEADER + b"x",
        b"Note: Content-Type\n\nx",
    ):
        assert not mailsignature.matches(data)


def test_the_header_keeps_its_bytes() -> None:
    result = mailsignature.rewrite(REWRITER, HEADER + b"<p>Z=C3=BCrich</p><p>" + LIST + b"</p>")
    assert isinstance(result.output, bytes)
    assert result.output.startswith(HEADER + b"<p>Z=C3=BCrich</p><p>")
    assert "Zürich" in document(result.output)
    assert document(result.output).count("Get the free guide &#8594;") == 1
    assert "github" not in document(result.output)
    assert {removal.platform for removal in result.removals} >= {"x", "github"}
    assert [removal.line for removal in result.removals if removal.platform == "x"] == [7]


def test_the_second_copy_is_hinted_at() -> None:
    data = HEADER + LIST
    on_disk = mailsignature.rewrite(REWRITER, data, name="Library/Mail/V10/MailData/Signatures/A.mailsignature")
    in_icloud = mailsignature.rewrite(REWRITER, data, name="com~apple~mail/Data/V4/Signatures/A.mailsignature")
    assert "com~apple~mail" in on_disk.warnings[0]
    assert "MailData" in in_icloud.warnings[0]


def test_a_wrong_charset_is_no_obstacle_and_told() -> None:
    data = HEADER.replace(b"utf-8", b"iso-2022-jp") + b"<p>Z=C3=BCrich</p>" + LIST
    result = mailsignature.rewrite(REWRITER, data)
    assert isinstance(result.output, bytes)
    assert b"<p>Z=C3=BCrich</p>" in result.output
    assert b"github" not in result.output
    assert any("iso-2022-jp" in warning for warning in result.warnings)


def test_a_text_that_cannot_be_cut_stays() -> None:
    japanese = "\u30b5\u30a4\u30f3".encode("iso-2022-jp")
    data = HEADER.replace(b"utf-8", b"iso-2022-jp").replace(b"quoted-printable", b"7bit")
    body = b"<p>" + japanese + b"</p>" + LIST.replace(b"=3D", b"=")
    result = mailsignature.rewrite(REWRITER, data + body)
    assert isinstance(result.output, bytes)
    assert japanese in result.output
    assert b"github" not in result.output


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<p>no header</p>", "does not begin with a header"),
        (HEADER.replace(b"text/html", b"image/png") + b"x", "its content is image/png"),
        (HEADER + b"a==b", "malformed"),
        (HEADER + b"<p>=00</p>", "is binary"),
        (HEADER.replace(b"quoted-printable", b"x-uuencode") + b"x", "'x-uuencode' is unknown"),
    ],
)
def test_broken_files_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        formats.rewrite(REWRITER, data, format="mailsignature")


# Words of its own could ask to subscribe, and marks alone be a ruler; both go with a list.
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["L"], exclude_characters="\x00\r<&"), max_size=60),
    st.booleans(),
)
def test_what_stands_around_the_list_stays(marks: str, before: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    import quopri

    text = f"Ada {marks} Byrne"
    around = quopri.encodestring(f"<div>{text}</div>".encode())
    data = HEADER + (around + LIST if before else LIST + around) + b"\n"
    result = mailsignature.rewrite(REWRITER, data)
    assert isinstance(result.output, bytes)
    assert result.skipped is None
    assert f"<div>{text}</div>" in document(result.output)
    assert "github" not in document(result.output)
    for line in result.output.split(b"\n"):
        assert len(line) <= max(76, *map(len, data.split(b"\n")))
