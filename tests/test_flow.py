"""Lines as a reader sees them: what stands side by side, what a break parts, what nobody sees."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim.parse.flow import Flow, decode_text, is_blank, lay_out, visible_characters
from sigtrim.parse.html import parse
from sigtrim.parse.tokens import named

PIECES = [
    *(
        "Ada",
        " ",
        "&nbsp;",
        "&amp;",
        "<br>",
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        '<a href="x">',
        "</a>",
        "<img src=a>",
        "<hr>",
    ),
    *("<table>", "<tr>", "<td>", "</td>", "</table>", "<!--[if mso]>", "<![endif]-->", "<![if !vml]>", "<![endif]>"),
    *(
        "<svg><path/></svg>",
        '<i class="fa fa-x"></i>',
        "<style>p{}</style>",
        "<input>",
        "<area href=y>",
        "</div>",
        "\0",
    ),
]
markup = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)


def flow_of(text: str) -> Flow:
    return lay_out(parse(text))


def lines(text: str) -> list[list[str]]:
    return [[piece.text or f"({piece.kind})" for piece in line.pieces] for line in flow_of(text).lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n&nbsp;<b>\u200b</b>\0", []),
        ("a<b>b</b> <i>c</i>", [["a", "b", "c"]]),
        ("a<br>b<br/><br>c", [["a"], ["b"], ["c"]]),
        ("a<p>b</p>c", [["a"], ["b"], ["c"]]),
        ("<div>a<div>b</div>c</div>", [["a"], ["b"], ["c"]]),
        ("a<hr>b", [["a"], ["(box)"], ["b"]]),
        ("<table><tr><td>a<td>b</table>c", [["a"], ["b"], ["c"]]),
        ("<ul><li>a<li>b</ul>", [["a"], ["b"]]),
        ("<span>a<p>b</span>c</p>", [["a"], ["b", "c"]]),
        ("R&amp;D &lt;3", [["R&D <3"]]),
        ("<img src=a>b<input>", [["(image)", "b", "(box)"]]),
        ("<svg><text>x</text></svg>a", [["(image)", "a"]]),
        ('<i class="fab fa-x"></i> a', [["(image)", " a"]]),
        ('<i class="fab fa-x">word</i>', [["word"]]),
        ('<i class="plain"></i>a', [["a"]]),
        ("<head><title>t</title></head><style>p{}</style><script>x</script>a", [["a"]]),
        ("<noscript>a</noscript><template>b</template>c", [["c"]]),
        ("<!-- a -->b", [["b"]]),
    ],
)
def test_lines(text: str, expected: list[list[str]]) -> None:
    assert lines(text) == expected


def test_what_only_outlook_sees_has_lines_of_its_own() -> None:
    flow = flow_of("a<!--[if mso]>b<br>c<![endif]-->d")
    assert [["".join(piece.text for piece in line.pieces)] for line in flow.lines] == [["b"], ["c"], ["ad"]]
    assert [piece.hidden for piece in flow.pieces] == [False, True, True, False]


def test_what_all_but_outlook_see_is_on_the_line() -> None:
    assert lines("a<![if !vml]><img src=x><![endif]>b") == [["a", "(image)", "b"]]
    assert lines("a<!--[if !mso]><!--><br><!--<![endif]-->b") == [["a"], ["b"]]


def test_pieces_know_their_link() -> None:
    text = (
        '<a href=1>a<img src=x><b>b</b></a>c<v:rect href="2">d</v:rect>'
        "<map><area href=3></map><button data-href=4>e</button>"
    )
    flow = flow_of(text)
    links = [piece.link.attributes if piece.link else {} for piece in flow.pieces]
    assert [next(iter(one.values()), "") for one in links] == ["1", "1", "1", "", "2", "3", "4"]


def test_a_link_without_an_end_reaches_to_the_next_one() -> None:
    flow = flow_of("<a href=1>a<a href=2>b")
    assert [piece.link and piece.link.get("href") for piece in flow.pieces] == ["1", "2"]


def test_decode_text_tells_where_characters_stand() -> None:
    text = "x&nbsp;&#x1F600;&notanentity;&lt"
    decoded, offsets = decode_text(text, 0, len(text))
    assert decoded == html.unescape(text)
    assert [text[offsets[at] : offsets[at + 1]] for at in (0, 1, 2)] == ["x", "&nbsp;", "&#x1F600;"]
    assert offsets[-1] == len(text)


@given(st.text(alphabet="a&;#x1nbspltgt<> \u00a0é", max_size=40))
def test_decoding_is_that_of_the_standard_library(text: str) -> None:
    decoded, offsets = decode_text(text, 0, len(text))
    assert decoded == html.unescape(text)
    assert len(offsets) == len(decoded) + 1
    assert offsets == sorted(offsets)


@given(st.text())
def test_blank_is_what_has_no_visible_character(text: str) -> None:
    seen = visible_characters(text)
    assert len(seen) == len(text)
    assert is_blank(text) == (not any(seen))
    assert [bool(one) for one in seen] == [not is_blank(one) for one in text]


@given(markup)
def test_pieces_are_in_order_and_on_their_lines(text: str) -> None:
    flow = flow_of(text)
    assert [piece.start for piece in flow.pieces] == sorted({piece.start for piece in flow.pieces})
    assert sum(len(line.pieces) for line in flow.lines) == len(flow.pieces)
    for line in flow.lines:
        assert line.pieces
        assert line.first <= line.last
        for piece in line.pieces:
            assert piece.line is line
            assert piece.start < piece.end
            assert piece.kind != "text" or html.unescape(text[piece.start : piece.end]) == piece.text


@given(markup)
def test_nothing_visible_is_left_out(text: str) -> None:
    """Each visible run of text outside raw text and drawings is a piece."""
    document = parse(text)
    pieces = {piece.start for piece in lay_out(document).pieces}
    for index, token in enumerate(named(document.tokens)):
        drawn = "svg" in document.owners[index].within
        if token.kind == "text" and not token.name and not drawn:
            assert (token.start in pieces) != is_blank(html.unescape(text[token.start : token.end]))
