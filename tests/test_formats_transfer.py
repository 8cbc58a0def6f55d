from __future__ import annotations

import base64
import binascii
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim import Edit, SourceError, Span
from sigtrim.formats.transfer import LINE_LIMIT, cover, decode, join_edits, splice
from sigtrim.rewrite.edits import apply

QUOTED = "quoted-printable"
LINK = '<a href="https://example.com/guide?a=1" data-sigtrim="cta">Get the free guide</a>'

# Each stands for bytes, one character a byte. Line ends come as a whole: no edit of a document cuts one in half.
ATOMS = st.sampled_from(["a", "bb", " ", "  ", "\t", "\n", "=", "\xc3\xa9", "x" * 30, "z" * 74, "<b>", ".", "From "])
BODIES = st.lists(ATOMS, max_size=40).map("".join)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    body = draw(BODIES)
    places = st.integers(0, len(body))
    edits = []
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted((draw(places), draw(places)))
        if start < end:
            edits.append(Edit.deletion(Span(start, end)))
    if draw(st.booleans()):
        edits.append(Edit.insertion(draw(places), draw(st.sampled_from([LINK, "x", " y ", "\xc3\xa9" * 30, "z" * 75]))))
    return body, edits


def quote(decoded: str, newline: str = "\n") -> str:
    encoded = binascii.b2a_qp(decoded.encode("latin-1"), istext=True).decode("ascii")
    return encoded.replace("\n", newline)


def test_noop_without_edits() -> None:
    for encoding in ("7bit", QUOTED, "base64"):
        assert splice("", encoding, "", []) == ()
        assert splice("YWJj\n", encoding, decode("YWJj\n", encoding), []) == ()


@given(edited())
def test_quoted_printable_decodes_to_the_edited_text(case: tuple[str, list[Edit]]) -> None:
    decoded, edits = case
    body = quote(decoded)
    assert decode(body, QUOTED) == decoded
    output = apply(body, splice(body, QUOTED, decoded, edits))
    assert quopri.decodestring(output.encode("ascii")).decode("latin-1") == apply(decoded, edits)
    # The standard library writes a line of 77 where white space at its end is encoded.
    limit = max(LINE_LIMIT, *map(len, body.split("\n")))
    for line in output.split("\n"):
        assert len(line) <= limit
        assert not line.endswith((" ", "\t")), "a mail server may strip white space at a line end"


@given(edited())
def test_quoted_printable_keeps_all_outside_the_edits(case: tuple[str, list[Edit]]) -> None:
    decoded, edits = case
    body = quote(decoded)
    joined = join_edits(edits)
    made = splice(body, QUOTED, decoded, edits)
    # Next to an edit one unit may be written anew, and a soft break go: all further bytes are in no edit.
    covers = cover(body, QUOTED, [edit.span for edit in joined])
    for edit in made:
        assert any(one.start - 3 <= edit.span.start and edit.span.end <= one.end + 2 for one in covers)


@given(edited(), st.sampled_from([4, 60, 64, 76]), st.sampled_from(["\n", "\r\n"]))
def test_base64_decodes_to_the_edited_text(case: tuple[str, list[Edit]], width: int, newline: str) -> None:
    decoded, edits = case
    encoded = base64.b64encode(decoded.encode("latin-1")).decode("ascii")
    body = "".join(encoded[at : at + width] + newline for at in range(0, len(encoded), width))
    output = apply(body, splice(body, "base64", decoded, edits))
    assert base64.b64decode(output).decode("latin-1") == apply(decoded, edits)
    if edits:
        first = min(edit.span.start for edit in edits) // 3 * 4
        assert "".join(output.split())[:first] == encoded[:first]
    assert all(len(line.rstrip("\r")) <= max(width, LINE_LIMIT) for line in output.split("\n"))


def test_a_soft_break_outside_the_edit_stays() -> None:
    body = "one=\n two=\r\n three <b>four</b>=\n five"
    decoded = decode(body, QUOTED)
    at = decoded.index("<b>")
    output = apply(body, splice(body, QUOTED, decoded, [Edit.deletion(Span(at, at + len("<b>four</b>")))]))
    assert output == "one=\n two=\r\n three =\n five"


def test_a_line_that_is_cut_whole_takes_its_soft_break_along() -> None:
    body = "one=\n<b>two</b>=\n three"
    decoded = decode(body, QUOTED)
    assert apply(body, splice(body, QUOTED, decoded, [Edit.deletion(Span(3, 13))])) == "one=\n three"


def test_white_space_before_a_line_end_is_encoded() -> None:
    body = "name <b>x</b>\nnext"
    assert apply(body, splice(body, QUOTED, body, [Edit.deletion(Span(5, 13))])) == "name=20\nnext"


def test_a_full_line_makes_room_for_the_soft_break() -> None:
    body = "x" * 76 + "\nnext"
    output = apply(body, splice(body, QUOTED, body, [Edit.deletion(Span(76, 77))]))
    assert output == "x" * 75 + "=\nxnext"


def test_crlf_bodies_get_crlf_breaks() -> None:
    body = "x" * 70 + "\r\nnext\r\n"
    output = apply(body, splice(body, QUOTED, body, [Edit.insertion(70, LINK)]))
    assert output.count("\n") == output.count("\r\n") == 4


@pytest.mark.parametrize(
    ("body", "encoding"),
    [("a==b", QUOTED), ("a=\rb\nc", QUOTED), ("YW", "base64"), ("Y!Jj", "base64"), ("YQ==YQ==", "base64"), ("x", "uu")],
)
def test_malformed_bodies_are_refused(body: str, encoding: str) -> None:
    with pytest.raises(SourceError, match=r"malformed|unknown"):
        decode(body, encoding)
