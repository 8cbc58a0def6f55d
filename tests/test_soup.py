from __future__ import annotations

import subprocess
import sys
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Comment
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import html as lxml_html

import sigtrim
from sigtrim import CallToAction, Edit, Rules, Span, VerificationError, rewrite
from sigtrim.rewrite.edits import apply
from sigtrim.soup import _Changes, _escape, _LxmlTree, _SoupTree, rewrite_soup, rewrite_tree

CTA = CallToAction("https://example.com/guide?a=1&b=2", "Get the \u2192 guide")
LIST = '<a href="https://x.com/acme_example">X</a> | <a href="https://github.com/acme-example">GitHub</a>'
PARSERS = ["html.parser", "lxml", "html5lib"]


def normal(html: str) -> str:
    """Written out by one hand, so that two trees can be compared."""
    return str(BeautifulSoup(html, "html.parser"))


@pytest.mark.parametrize("parser", PARSERS)
def test_noop_the_tree_stays_the_same_object_by_object(parser: str) -> None:
    soup = BeautifulSoup('<p>Ada &amp; <a href="https://x.com/acme_example">X</a><!-- x --></p>', parser)
    before, nodes = str(soup), [id(node) for node in soup.descendants]
    result = rewrite_soup(soup)
    assert (result.changed, str(soup), [id(node) for node in soup.descendants]) == (False, before, nodes)


def test_noop_lxml() -> None:
    tree = lxml_html.fromstring('<p>Ada &amp; <a href="https://x.com/acme_example">X</a> y<!-- x -->z</p>')
    before = lxml_html.tostring(tree)
    assert not rewrite_tree(tree).changed
    assert lxml_html.tostring(tree) == before


@pytest.mark.parametrize("parser", PARSERS)
def test_the_list_goes_and_what_stays_is_the_same_object(parser: str) -> None:
    soup: Any = BeautifulSoup(f'<div><p id="n">Ada &lt;3</p><p>Follow us: {LIST}</p><img src="logo.png"></div>', parser)
    name, logo = soup.find(id="n"), soup.img
    result = rewrite_soup(soup, cta=CTA)
    assert {removal.platform for removal in result.removals} >= {"x", "github"}
    assert soup.find(id="n") is name
    assert soup.img is logo
    assert [link["href"] for link in soup.find_all("a")] == [CTA.url]
    assert "Follow us" not in str(soup)
    assert not rewrite_soup(soup, cta=CTA).changed


def test_lxml_keeps_the_text_around() -> None:
    tree = lxml_html.fromstring(f"<div>Ada<br>one {LIST} two<p>three</p>four</div>")
    (last,) = tree.iter("p")
    result = rewrite_tree(tree, cta=CTA)
    assert result.skipped is None
    assert tree.find("p") is last
    assert last.tail == "four"
    assert [link.get("href") for link in tree.iter("a")] == [CTA.url]
    assert "one" in lxml_html.tostring(tree, encoding="unicode")
    assert "two" in lxml_html.tostring(tree, encoding="unicode")
    assert not rewrite_tree(tree, cta=CTA).changed


def test_one_tag_of_a_soup() -> None:
    soup: Any = BeautifulSoup(f"<div id=a>{LIST}</div><div id=b>{LIST}</div>", "html.parser")
    rewrite_soup(soup.find(id="b"), cta=CTA)
    assert len(soup.find(id="a").find_all("a")) == 2
    assert [link["href"] for link in soup.find(id="b").find_all("a")] == [CTA.url]


def test_another_call_to_action_takes_the_place_of_the_first() -> None:
    soup: Any = BeautifulSoup(f"<div>Ada<br>{LIST}</div>", "html.parser")
    rewrite_soup(soup, cta=CallToAction("https://example.com/old", "Old"))
    rewrite_soup(soup, cta=CTA)
    assert [link["href"] for link in soup.find_all("a")] == [CTA.url]


def test_what_is_kept_is_kept_in_trees_too() -> None:
    soup = BeautifulSoup(f"<div>{LIST}</div>", "html.parser")
    assert not rewrite_soup(soup, rules=Rules(keep={"x", "github"})).changed


def test_the_outlook_copy_in_a_comment_goes_as_well() -> None:
    vml = '[if gte vml 1]><v:shape href="https://x.com/acme_example"><v:imagedata src="x.png"/></v:shape><![endif]'
    soup = BeautifulSoup(f"<p>Ada</p><p><!--{vml}-->{LIST}</p>", "html.parser")
    assert rewrite_soup(soup, cta=CTA).skipped is None
    assert "x.com" not in str(soup)
    assert all("imagedata" not in comment for comment in soup.find_all(string=lambda one: isinstance(one, Comment)))


PIECES = st.lists(
    st.sampled_from(["Ada", " & ", "<3 ", "<p>", "</p>", "<div>", "</div>", "<br>", "<b>x</b>", "<span></span>", " | "])
    | st.sampled_from(["<!-- x -->", "Follow us: ", '<img src="logo.png">', '<a href="https://www.example.com/">y</a>'])
    | st.sampled_from([LIST, "<table><tr><td>", "</td></tr></table>"]),
    max_size=14,
).map("".join)


@given(PIECES, st.booleans())
def test_a_soup_becomes_what_its_html_becomes(document: str, with_cta: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    soup = BeautifulSoup(document, "html.parser")
    cta = CTA if with_cta else None
    result = rewrite_soup(soup, cta=cta)
    assert isinstance(result.output, str)
    assert result == rewrite(result.source.text, cta=cta, format="html")
    assert str(soup) == normal(result.output)


@given(PIECES, st.booleans())
def test_an_lxml_tree_becomes_what_its_html_becomes(document: str, with_cta: bool) -> None:  # noqa: FBT001 - as above
    tree = lxml_html.fragment_fromstring(document, create_parent="section")
    cta = CTA if with_cta else None
    result = rewrite_tree(tree, cta=cta)
    assert isinstance(result.output, str)
    # Nothing can stand behind the root of a tree: what would, stands at its end.
    assume(result.output.endswith("</section>"))
    assert normal(lxml_html.tostring(tree, encoding="unicode")) == normal(result.output)


def test_the_import_is_cheap() -> None:
    code = "import sys, sigtrim.soup; print([name for name in ('bs4', 'lxml') if name in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(sigtrim.__file__).parents[1]
    )
    assert result.stdout.strip() == "[]"


TREES = st.recursive(
    st.sampled_from(["Ada", "a & b <3", "<br>", "<!-- c -->", "\u00fc"]),
    lambda inner: (
        st.lists(inner, max_size=4).map("".join).map("<b>{}</b>".format) | st.lists(inner, max_size=3).map("".join)
    ),
    max_leaves=12,
)


def edits_of(items: list[Any], data: st.DataObject) -> list[Edit]:  # noqa: C901 - one branch a kind of item
    """Edits such as the rewriter makes them: whole elements, pairs of tags, stretches of text, one insertion."""
    starts = list(accumulate((len(item.html) for item in items), initial=0))
    edits, places, stack = [], [starts[-1]], []
    for at, item in enumerate(items):
        whole = Span(starts[at], starts[at + 1])
        if item.kind == "open":
            stack.append(whole)
        elif item.kind == "close":
            opened = stack.pop()
            fate = data.draw(st.sampled_from(["stay", "stay", "go", "unwrap"])) if stack else "stay"
            if fate == "go":
                edits.append(Edit.deletion(Span(opened.start, whole.end)))
            elif fate == "unwrap":
                edits += [Edit.deletion(opened), Edit.deletion(whole)]
        elif item.kind == "text" and item.escaped:
            borders = list(accumulate((len(_escape(one)) for one in item.text), initial=whole.start))
            first, last = sorted((data.draw(st.sampled_from(borders)), data.draw(st.sampled_from(borders))))
            if first < last and data.draw(st.booleans()):
                edits.append(Edit.deletion(Span(first, last)))
            places.append(data.draw(st.sampled_from(borders)))
        elif data.draw(st.booleans()):
            edits.append(Edit.deletion(whole))
        if at:
            places.append(whole.start)
    if data.draw(st.booleans()):
        edits.append(Edit.insertion(data.draw(st.sampled_from(places)), '<a href="https://example.com/">Go</a>'))
    return edits


def written(tree: Any) -> str:
    return "".join(item.html for item in tree.items())


@pytest.mark.parametrize("kind", ["soup", "lxml"])
@given(document=TREES, data=st.data())
def test_edits_of_the_written_tree_are_those_of_the_tree(*, kind: str, document: str, data: st.DataObject) -> None:
    html = f"<div>{document}</div>"
    tree: Any = (
        _SoupTree(BeautifulSoup(html, "html.parser").contents[0])
        if kind == "soup"
        else _LxmlTree(lxml_html.fragment_fromstring(html))
    )
    items = list(tree.items())
    before = written(tree)
    edits = edits_of(items, data)
    _Changes(items, edits).make(tree)
    expected = apply(before, edits)
    if expected.endswith("</div>"):
        assert written(tree) == expected
    else:
        # What comes in behind the root stands at its end.
        assert written(tree).count("https://example.com/") == 1


@pytest.mark.parametrize("span", [Span(1, 3), Span(0, 5), Span(6, 8), Span(18, 20)])
def test_half_a_tag_half_an_element_half_a_character_half_a_comment_are_refused(span: Span) -> None:
    tree = _SoupTree(BeautifulSoup("<div>&amp;x<!-- c --></div>", "html.parser").contents[0])
    with pytest.raises(VerificationError):
        _Changes(list(tree.items()), [Edit.deletion(span)])


def test_what_is_no_tree_is_told_by_its_type() -> None:
    text: Any = "<p>Ada</p>"
    document: Any = lxml_html.fromstring(text).getroottree()
    for wrong in (text, document):
        with pytest.raises(TypeError, match=f"^soup: expected a tag of Beautiful Soup, not {type(wrong).__name__}$"):
            rewrite_soup(wrong)
        with pytest.raises(TypeError, match=f"^tree: expected an element of lxml, not {type(wrong).__name__}$"):
            rewrite_tree(wrong)
