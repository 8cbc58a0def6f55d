"""Tokens and the element tree: what is a tag, what belongs together, what is irregular."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from html5lib._tokenizer import HTMLTokenizer
from html5lib.constants import tokenTypes
from hypothesis import example, given
from hypothesis import strategies as st

from sigtrim.parse.html import parse
from sigtrim.parse.tokens import attributes, named, tokenize

if TYPE_CHECKING:
    from sigtrim.parse.elements import Element

# Pieces of markup that tokenizers get wrong: quotes in odd places, cut-off tags, comments that are none.
PIECES = [
    *("<", ">", "/", "=", '"', "'", "&", " ", "\n", "\r", "\f", "\0", "!", "?", "-", "[", "]", "a", "A", "é", "K"),
    *("<a", "<b>", "</a>", "</a x='>'>", "<br/>", "<a/b=c/>", "<a b='c'd=e>", '<td">', '<p class="x"id=y>', "<p =x>"),
    *("<p a==b>", "<p a='1' A=2>", "<x:y z>", "<İ>", "<aİ>", "</>", "</ >", "</1>", "<>", "<1>", "<?xml version='1'?>"),
    *("<!-->", "<!--->", "<!---->", "<!-- a -- b -->", "<!-- a --!>", "<!--", "-->", "--!>", "<!doctype html>"),
    *("<!DOCTYPE html PUBLIC '>'>", "<!x>", "<!", "<![CDATA[", "]]>", "<![if !vml]>", "<![endif]>", "<!--[if mso]>"),
    *("<![endif]-->", "<!--<![endif]-->", "<!--[if !mso]><!-->", "&amp;", "&#60;", "{{", "<%=", "%>"),
]
markup = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)

KINDS = {value: key for key, value in tokenTypes.items()}


def by_html5lib(text: str) -> list[tuple[Any, ...]]:
    """Return what html5lib's tokenizer reads in the Data state."""
    found: list[tuple[Any, ...]] = []
    for token in HTMLTokenizer(text):
        kind = KINDS[token["type"]]
        if kind in ("Characters", "SpaceCharacters"):
            if not found or found[-1] != ("text",):
                found.append(("text",))
        elif kind == "StartTag":
            found.append(("start", token["name"], tuple(token["data"])))
        elif kind == "EndTag":
            found.append(("end", token["name"]))
        elif kind == "Comment":
            found.append(("comment",))
        elif kind == "Doctype":
            found.append(("doctype",))
    return found


def by_sigtrim(text: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for token in tokenize(text, raw_text=False):
        if token.kind == "start":
            found.append(("start", token.name, tuple(one.name for one in attributes(text, token))))
        elif token.kind == "end":
            found.append(("end", token.name))
        elif token.kind == "doctype":
            found.append(("doctype",))
        elif token.kind in ("comment", "if", "endif"):
            found.append(("comment",))
        elif token.kind == "text" and (not found or found[-1] != ("text",)):
            found.append(("text",))
    return found


def hides(text: str) -> bool:
    """Tell whether a text has a hidden condition: the tokenizer looks inside, html5lib reads a comment."""
    return any(token.kind == "if" and token.name == "hidden" for token in tokenize(text, raw_text=False))


@given(st.one_of(markup, st.text()))
@example("</")
@example("a</")
@example("<!--[if mso]><style><![endif]-->x")
@example("<svg><![CDATA[ <a> ]]></svg><![CDATA[ <a> ]]>")
def test_tokens_partition_any_text(text: str) -> None:
    for raw_text in (True, False):
        at = 0
        for token in tokenize(text, raw_text=raw_text):
            assert token.start == at < token.end
            at = token.end
        assert at == len(text)


@given(markup)
@example("<a/b=c/>")
@example("<p a='x'b>")
@example('<td">')
@example("<!-->x-->")
@example("</>x")
@example("<a b=\r>")
@example("<b\0c d\0=e>")
def test_agrees_with_html5lib(text: str) -> None:
    # html5lib reads a carriage return as a line feed, as browsers do; in its own text nothing else differs.
    if not hides(text):
        assert by_sigtrim(text) == by_html5lib(text.replace("\r\n", "\n").replace("\r", "\n"))


@given(markup)
def test_tree_covers_every_token(text: str) -> None:
    document = parse(text)
    assert len(document.owners) == len(document.tokens)
    for index, token in enumerate(named(document.tokens)):
        assert document.token_at(token.start) == document.token_at(token.end - 1) == index
        owner: Element | None = document.owners[index]
        while owner is not None and owner.parent is not None:
            assert any(one is owner for one in owner.parent.children)
            assert owner.parent.first < owner.first < owner.last <= owner.parent.last or owner.parent.name == "!root"
            owner = owner.parent


@given(markup)
def test_a_closed_element_is_whole(text: str) -> None:
    """Cutting a closed element takes as many start tags as end tags, apart from those that may be left out."""
    for element in walk(parse(text).root):
        if element.closed and element.parent is not None and element.end_tag is not None:
            inside = parse(text[element.start : element.end])
            assert inside.root.children[0].name == element.name
            assert inside.root.children[0].end == element.end - element.start


def walk(element: Element) -> list[Element]:
    return [element, *(one for child in element.children for one in walk(child))]


def shape(element: Element) -> str:
    """Write a tree down: `div(a, img)`, with `?` behind what is not closed."""
    name = element.name + ("" if element.closed else "?")
    return f"{name}({', '.join(shape(one) for one in element.children)})" if element.children else name


def tree(text: str) -> str:
    return ", ".join(shape(one) for one in parse(text).root.children)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<div><p>a<p>b</p></div>", "div(p?, p)"),
        ("<p>a<div>b</div></p>", "p?, div"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "ul(li?, li?(ul(li?)))"),
        ("<dl><dt>a<dd>b</dl>", "dl(dt?, dd?)"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "table(tr?(td?, td?), tr?(td?))"),
        ("<table><tbody><tr><td>a</td></tr><tbody></table>", "table(tbody?(tr(td)), tbody?)"),
        ("<table><tr><td><table><tr><td>a</table></td></tr></table>", "table(tr(td(table(tr?(td?)))))"),
        ("<td><td>a</td></td>", "td?, td"),
        ("<a href=1>x<a href=2>y</a>", "a?, a"),
        ("<div><a href=1><table><tr><td><a href=2>x</a></td></tr></table></a></div>", "div(a(table(tr(td(a)))))"),
        ("<b><a>x</b></a>", "b?(a?)"),
        ("<div><b>x</div>y</b>", "div?(b?)"),
        ("<td><b>x</td>", "td(b?)"),
        ("<div><span>x</div>", "div(span?)"),
        ("</div><p></i></p></b>", "p"),
        ("<svg><path d=''/><g><rect/></g></svg><path>", "svg(path, g(rect)), path?"),
        ("<o:p/><v:shape><v:imagedata src=a /></v:shape>", "o:p, v:shape(v:imagedata)"),
        ("<br/><img><hr><p>", "br, img, hr, p?"),
        ("<select><option>a<option>b</select>", "select(option?, option?)"),
    ],
)
def test_tree(text: str, expected: str) -> None:
    assert tree(text) == expected


def test_a_table_closes_a_paragraph_only_outside_quirks_mode() -> None:
    """Word writes no doctype: there a table may stand in a paragraph."""
    assert tree("<p>a<table></table></p>") == "p(table)"
    assert tree("<!doctype html><p>a<table></table>") == "p?, table"
    assert tree('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN"><p>a<table></table></p>') == "p(table)"


@pytest.mark.parametrize("name", ["style", "script", "title", "textarea", "xmp", "iframe", "noembed", "noframes"])
def test_raw_text_holds_no_tags(name: str) -> None:
    text = f"<{name}><a href=x></{name}x></{name.upper()} ><b>"
    assert [(token.kind, token.name) for token in tokenize(text)] == [
        ("start", name), ("text", name), ("end", name), ("start", "b"),
    ]  # fmt: skip
    assert [token.kind for token in tokenize(f"<{name}><b>")] == ["start", "text"]


def test_plaintext_never_ends() -> None:
    assert [token.kind for token in tokenize("<plaintext><b></plaintext>")] == ["start", "text"]


def test_styles_in_foreign_content_hold_tags() -> None:
    assert [token.name for token in tokenize("<svg><style><b></style></svg>")] == ["svg", "style", "b", "style", "svg"]


def test_cdata_counts_only_in_foreign_content() -> None:
    assert [token.kind for token in tokenize("<svg><![CDATA[<a>]]></svg>")] == ["start", "comment", "end"]
    assert [token.kind for token in tokenize("<![CDATA[<a>]]>")] == ["comment", "text"]


# --- conditional comments -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("condition", ["mso", "gte mso 9", "(mso)|(IE)", "!mso", "gte vml 1", "lt IE 7"])
def test_a_hidden_condition_holds_markup(condition: str) -> None:
    text = f"a<!--[if {condition}]><v:rect href='x'><b>y</b></v:rect><![endif]-->b"
    tokens = tokenize(text)
    assert [token.kind for token in tokens] == ["text", "if", "start", "start", "text", "end", "end", "endif", "text"]
    assert {token.name for token in tokens if token.kind in ("if", "endif")} == {"hidden"}
    assert tree(text) == "!hidden(v:rect(b))"


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("<![if !vml]>", "<![endif]>"),
        ("<!--[if !mso]><!-->", "<!--<![endif]-->"),
        ("<!--[if !mso]><!-- -->", "<!--<![endif]-->"),
        ("<!--[if !mso]>-->", "<!--<![endif]-->"),
        ("<!--[if !mso]>-->", "<!-- <![endif]-->"),
        ("<![IF !vml]>", "<![ENDIF]>"),
        ("<!--[if !vml]-->", "<!--[endif]-->"),
    ],
)
def test_a_revealed_condition_is_a_pair_of_markers(begin: str, end: str) -> None:
    text = f"{begin}<img src=a>{end}<p>"
    if begin == "<!--[if !vml]-->":
        # What serialisers make of `<![if !vml]>`: a plain comment, which hides nothing.
        assert tree(text).endswith("img, p?")
        return
    assert tree(text) == "!revealed(img), p?"


def test_markers_of_a_revealed_condition_may_cross_tags() -> None:
    """Authors open a tag for some clients in one pair, and close it in another."""
    text = "<![if !mso]><a href=x><![endif]><b>y</b><![if !mso]></a><![endif]>"
    assert [token.kind for token in tokenize(text)].count("if") == 2
    link = next(one for one in walk(parse(text).root) if one.name == "a")
    assert not link.closed or text[link.start : link.end].count("<![if") == text[link.start : link.end].count(
        "<![endif"
    )


def test_the_inside_of_a_hidden_condition_is_a_text_of_its_own() -> None:
    document = parse("<div><a href=1><!--[if mso]></div></a><table><tr><td><![endif]-->x</a></div>")
    link = document.root.children[0].children[0]
    assert (link.name, link.closed, link.parent and link.parent.closed) == ("a", True, True)
    assert tree("<!--[if mso]><table><tr><td><![endif]-->x<!--[if mso]></td></tr></table><![endif]-->").startswith(
        "!hidden?("
    )


def test_an_unclosed_condition_is_a_comment() -> None:
    assert [token.kind for token in tokenize("<!--[if mso]><b>x</b>-->y")] == ["comment", "text"]
    assert [token.kind for token in tokenize("<!--[if mso]><b>x</b>")] == ["comment"]


# --- template code --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["{{name}}", "{% if x %}", "%%first_name%%", "$name$", "[[name]]", "${name}"])
def test_template_code_is_text(code: str) -> None:
    assert [token.kind for token in tokenize(f"<p>{code}</p>")] == ["start", "text", "end"]
    (attribute,) = attributes(text := f'<a href="{code}">', tokenize(text)[0])
    assert attribute.value == code


def test_template_tags_stay_in_one_piece() -> None:
    """`<%=` is text to a browser, and its end does not close a tag."""
    text = "<p><%= name %></p><?php echo 1 ?>"
    assert [(token.kind, text[token.start : token.end]) for token in tokenize(text)] == [
        ("start", "<p>"), ("text", "<%= name %>"), ("end", "</p>"), ("comment", "<?php echo 1 ?>"),
    ]  # fmt: skip


# --- attributes -----------------------------------------------------------------------------------------------------


def test_attributes_know_where_they_stand() -> None:
    text = "<a HREF = \"x?a=1&amp;b\" id='y' z=a&lt;b w Id=no>"
    (token,) = tokenize(text)
    found = attributes(text, token)
    assert [(one.name, one.value) for one in found] == [("href", "x?a=1&b"), ("id", "y"), ("z", "a<b"), ("w", "")]
    assert [text[one.value_span.start : one.value_span.end] for one in found] == ["x?a=1&amp;b", "y", "a&lt;b", ""]
    assert text[found[0].span.start : found[0].span.end] == 'HREF = "x?a=1&amp;b"'
    assert parse(text).root.children[0].attributes == {one.name: one.value for one in found}


@given(markup)
def test_elements_and_tokens_agree_on_attributes(text: str) -> None:
    document = parse(text)
    for index, token in enumerate(named(document.tokens)):
        if token.kind == "start":
            expected = {one.name: one.value for one in attributes(text, token)}
            assert document.owners[index].attributes == expected


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("", 0),
        ("a<b", 1),
        ("a<!-- <b>", 1),
        ("a<!--[if mso]>", 1),
        ("a<!-- b -->", 11),
        ("a<style>b", 1),
        ("a<style>b</style>", 17),
        ("a<", 2),
    ],
)
def test_end_is_where_more_can_be_added(text: str, end: int) -> None:
    document = parse(text)
    assert document.end == end
    added = text[:end] + "<i>x</i>" + text[end:]
    assert [token.name for token in tokenize(added)].count("i") == 2


# --- where the source is irregular ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<table><tbody><tr><td>a<td>b</table><ul><li>x<li>y</ul><p>z<p>w",
        "<!doctype html><html><head><title>a</title></head><body><p>b</p></body></html>",
        "<a href=x><!--[if mso]><b><![endif]--><i>y</i></a>",
        "<table><!-- x --> <colgroup><col></colgroup><tr> <td></td></tr></table>",
    ],
)
def test_regular_markup(text: str) -> None:
    assert parse(text).irregular == ()


@pytest.mark.parametrize(
    "text",
    [
        "<table><a href=x>y</a><tr><td></td></tr></table>",
        "<table>y<tr><td></td></tr></table>",
        "<table><tr><div></div></tr></table>",
        "<table><table></table></table>",
        "<b><i>x</b></i>",
        "<p>x</div></p>",
        "<a href=x><p>y</a>",
        "<p>x<div>y</div></p>",
        "<a href=1>x<a href=2>y</a>",
    ],
)
def test_irregular_markup(text: str) -> None:
    assert parse(text).irregular
