"""The verdict on the parts of an output that are read again is that on the whole output."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sigtrim.errors import VerificationError
from sigtrim.parse.html import parse
from sigtrim.parse.source import Span
from sigtrim.parse.tokens import tokenize
from sigtrim.rewrite.edits import Edit, apply, deleted
from sigtrim.rewrite.verify import _expected, _runs, verify_html

# What changes the tokenizer's state, whole and in halves, between tags that change nothing.
_PARTS = st.sampled_from(
    [
        *("<b>", "</b>", '<p class="x">', "</p>", "<br>", "<td>", "</table>", '<a href="x">', "</a>", "text ", "\n"),
        *("<!--", "-->", "--", ">", "<", "!--", "<!--[if mso]>", "<![endif]-->", "<!--[if !mso]><!-->", "</", "/"),
        *("<style>", "</style>", "<title>", "</title>", "</scr", "ipt>", "<textarea>", "</textarea>", "<plaintext>"),
        *("<svg>", "</svg>", "<svg/>", "<math>", "<![CDATA[", "]]>", "<td", '"', "'", "=", "<!doctype html>", "<?x"),
    ]
)
_INSERTED = st.sampled_from(['<a href="y">z</a>', "<svg><a>", "<style>", "-->", "z"])


@settings(max_examples=300, deadline=None)
@example(
    parts=["<p>", "<!--[if mso]>", "<b>", "--", "<br>", ">", "<b>", "<![endif]-->", "<p>"], cuts=[(4, 1)], inserted=None
)
@example(parts=["<p>", "<", "<br>", "!--", "<p>", "-->", "<p>"], cuts=[(2, 1)], inserted=None)
@example(parts=["<svg>", "<b>", "</svg>", "<b>", "<![CDATA[", ">", "]]>", "<p>"], cuts=[(2, 1)], inserted=None)
@given(
    parts=st.lists(_PARTS, min_size=1, max_size=30),
    cuts=st.lists(st.tuples(st.integers(0, 29), st.integers(1, 3)), min_size=1, max_size=3),
    inserted=st.none() | st.tuples(st.integers(0, 29), _INSERTED),
)
def test_reading_around_the_edits_finds_what_reading_all_finds(
    parts: list[str], cuts: list[tuple[int, int]], inserted: tuple[int, str] | None
) -> None:
    starts = [len("".join(parts[:at])) for at in range(len(parts) + 1)]
    edits = [
        Edit.deletion(Span(starts[first], starts[min(first + count, len(parts))]))
        for first, count in cuts
        if first < len(parts)
    ]
    insertion = Edit.insertion(starts[min(inserted[0], len(parts))], inserted[1]) if inserted is not None else None
    document = parse("".join(parts))
    output = apply(document.text, [*edits, insertion] if insertion is not None else edits)
    try:
        runs = _runs(len(document.text), deleted(edits), insertion)
        is_same = tokenize(output) == _expected(document, runs, 0, insertion)
    except VerificationError:
        is_same = False
    try:
        verify_html(document, output, [("platform-link", edit) for edit in edits], insertion, cta=None)
        complaint = ""
    except VerificationError as error:
        complaint = str(error)
    assert is_same != ("would be cut in two" in complaint or "reads as other tags" in complaint)
