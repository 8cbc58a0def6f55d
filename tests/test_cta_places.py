"""Campaigns one after the other on small pages, each with another kind of place: nothing of the earlier one is left."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from sigtrim import CallToAction, Rewriter
from sigtrim.call import Image

FACEBOOK, X = '<a href="https://www.facebook.com/acme">Facebook</a>', '<a href="https://x.com/acme">X</a>'
LIST = f"{FACEBOOK} | {X}"
STYLES: dict[str, dict[str, Any]] = {
    "link": {},
    "button": {"style": "button"},
    "image": {"style": "image", "image": Image(src="https://example.com/b.png", width=300, height=60)},
    "template": {"style": "template", "template": '<div><b>New:</b> <a href="{url}">{text}</a></div>'},
}
PAGES = [
    "Ada Byrne",
    "<p>Ada Byrne</p>",
    f"<p>{LIST}</p>",
    f"<p>Ada Byrne</p>\n<p>{LIST}</p>\n<p>Leeds</p>",
    f"<p>Ada Byrne<br>{LIST}</p>",
    f"<p>Ada Byrne<br>\n{LIST}<br>\nLeeds</p>",
    f"<p>{LIST}<br>Leeds</p>",
    f"<p>Ada Byrne {LIST}</p>",
    f"<p>{LIST} Leeds</p>",
    f"<p>Ada Byrne {LIST} Leeds<br>England</p>",
    f"<p><b>Ada Byrne</b> {LIST} <i>Leeds</i></p>",
    f"<h3>{LIST}</h3><p>Ada Byrne</p>",
    f'<h3 class="a|b">\r\n  {LIST}\r\n</h3><p>Ada Byrne</p>',
    f"<p>Ada Byrne</p><p><span><font color=red>{LIST}</font></span></p>",
    f"<span>{LIST}</span><p>Ada Byrne</p>",
    f"<b>Ada Byrne<br>{LIST}</b>",
    f"<span>Ada Byrne<div>{LIST}</div></span>",
    f"<p>Ada Byrne<br><br>{LIST}<br><br>Leeds</p>",
    f"<div>Ada Byrne<br><br>{LIST}<br><br>Leeds</div>",
    f"<div>Ada Byrne<br><br>{LIST}<br><br><br>Leeds</div>",
    f"<div>Ada Byrne<br><br><br>\n{LIST}<br>\n<br>Leeds</div>",
    f"<div>Ada Byrne<br>{LIST}<br><br>Leeds</div>",
    f"<div>Ada Byrne<br><br>{LIST}<br>Leeds</div>",
    f"<div>{LIST}<br><br>Leeds</div>",
    f"<div>Ada Byrne<br><br>{LIST}<br><br></div>",
    f"<div>Ada Byrne<br>\r\n{LIST}\r\n<br></div>",
    f"<div>Ada Byrne</div><div><br>{LIST}</div>",
    f"<div>{LIST}<br></div><div>Ada Byrne</div>",
    f"<p>{FACEBOOK}</p><p>{X}</p><p>Ada Byrne</p>",
    f"<ul><li>{FACEBOOK}</li><li>{X}</li></ul><p>Ada Byrne</p>",
    f"<p><a href='tel:+442079460000'>Call</a><br>{LIST}</p>",
    f"<p>{LIST}<br><img src='logo.png' alt='Acme' width=200 height=90></p>",
    f"<table><tr><td>Ada Byrne</td></tr><tr><td>{LIST}</td></tr></table>",
    f"<table><tr><td>Ada Byrne</td><td>{FACEBOOK}</td><td>{X}</td></tr></table>",
    f"<table><tr><td>Ada Byrne<p>{LIST}</p></td></tr></table>",
    f"<pre>Ada Byrne\n{LIST}\nLeeds</pre>",
    f"<center><p>{LIST}</p></center><p>Ada Byrne</p>",
    f"<p>Ada Byrne</p><!--[if mso]><p>{LIST}</p><![endif]--><p>{LIST}</p>",
    f"<p>Ada Byrne<br>{LIST}",
    f"<td>Ada Byrne<br>{LIST}",
    f"<p>Ada Byrne &amp; Co<br>{LIST}<br>This e-mail is confidential and meant for its recipient only.</p>",
    "<h3><a href='tel:+442079460000'>Call</a>\r\n</h3>",
    "<p>Ada Byrne</p><p><img src='logo.png' alt='Acme'></p>",
    "<html><body><table><tr><td><img src='logo.png' alt='Acme'></td></tr></table></body></html>",
    "<html><head></head><body></body></html>",
]
FIRST = CallToAction("https://example.com/guide", "Get the free guide")
NEXT = CallToAction("https://example.org/book", "Book a call", previous=("https://example.com/guide",))


@cache
def rewriter(cta: CallToAction | None, *, remove_cta: bool) -> Rewriter:
    return Rewriter(cta=cta, remove_cta=remove_cta)


def run(page: str, cta: CallToAction | None, *, remove_cta: bool = False) -> str:
    rewrite = rewriter(cta, remove_cta=remove_cta).rewrite(page, format="html")
    assert rewrite.skipped is None
    assert isinstance(rewrite.output, str)
    return rewrite.output


@pytest.mark.parametrize("page", PAGES)
def test_a_campaign_leaves_nothing_behind(page: str) -> None:
    stripped = run(page, None)
    first = {style: replace(FIRST, **settings) for style, settings in STYLES.items()}
    following = {style: replace(NEXT, **settings) for style, settings in STYLES.items()}
    expected = {style: run(page, cta) for style, cta in following.items()}
    for earlier, cta in first.items():
        marked = run(page, cta)
        assert marked.count(FIRST.url) == 1
        assert run(marked, cta) == marked
        # Mail clients strip attributes that they do not know.
        for left in (marked, marked.replace(' data-sigtrim="cta"', "")):
            assert run(left, cta, remove_cta=True) == stripped, earlier
            for later in STYLES:
                assert run(left, following[later]) == expected[later], (earlier, later)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<div>Ada</div>", ""),
        ('<div style="text-align: right">Ada</div>', "right"),
        ('<div style="color:red;TEXT-ALIGN:Center">Ada</div>', "center"),
        ('<div style="text-align:end">Ada</div>', "right"),
        ('<div style="text-align:-webkit-center">Ada</div>', "center"),
        ('<div align="Right">Ada</div>', "right"),
        ("<center><div>Ada</div></center>", "center"),
        ('<center><div align="left">Ada</div></center>', ""),
        ('<div align="center"><div style="text-align:justify">Ada</div></div>', ""),
        ('<div align="right"><div style="text-align:inherit">Ada</div></div>', "right"),
        # How a table stands says nothing of the text in it.
        ('<table align="right"><tr><td>Ada</td></tr></table>', ""),
        ('<div align="right"><table><tr><td>Ada</td></tr></table></div>', ""),
        ('<table><tr><td align="center">Ada</td></tr></table>', "center"),
        ('<table><tr align="right"><td>Ada</td></tr></table>', "right"),
    ],
)
def test_a_button_stands_as_the_text_does(page: str, expected: str) -> None:
    output = run(page, replace(FIRST, style="button"))
    button = output[output.index("<table data-sigtrim") :]
    places = {
        "": 'style="border-collapse:separate;margin:8px 0"',
        "right": "margin:8px 0 8px auto",
        "center": "margin:8px auto",
    }
    assert places[expected] in button
    assert ('align="center"' in button) == (expected == "center")


@pytest.mark.parametrize(
    "page",
    [
        # Another target, or a link with words beside it.
        '<p><a href="https://example.com/other">Get the free guide</a></p>',
        '<p>Read <a href="https://example.com/guide">our guide</a> first.</p>',
        '<p><span class="x"><a href="https://example.com/guide">Guide</a> by Ada</span></p>',
    ],
)
def test_other_links_are_no_earlier_call_to_action(page: str) -> None:
    assert run(page, NEXT).startswith(page[: page.index("</p>")])


@pytest.mark.parametrize(
    ("around", "gone"),
    [
        ("{}", True),
        ("<span><br>{}</span>", True),
        ("<span>{}<br></span>", True),
        ('<span class="x"><br>{}</span>', False),
        ("<span><br>Ada {}</span>", None),
        ('<table role="presentation"><tr><td bgcolor="#123456">{}</td></tr></table>', True),
        ('<table role="presentation"><tbody><tr><td bgcolor="#123456">{}</td></tr></tbody></table>', True),
        ('<table><tr><td bgcolor="#123456">{}</td></tr></table>', False),
        ('<table role="presentation"><tr><td>{}</td></tr></table>', False),
        ('<table role="presentation"><tr><td bgcolor="#123456">{}</td><td>Ada</td></tr></table>', False),
    ],
)
def test_how_much_of_an_unmarked_one_goes(around: str, gone: bool | None) -> None:  # noqa: FBT001 - of a table of cases
    page = f"<div>Leeds</div>{around.format('<a href=https://example.com/guide>Get it</a>')}<div>England</div>"
    output = run(page, NEXT, remove_cta=True)
    opening = around.partition("{}")[0]
    if gone is None:
        assert output == page
    elif gone:
        assert output == "<div>Leeds</div><div>England</div>"
    else:
        assert "Get it" not in output
        assert opening.partition(">")[0] in output or "Ada" not in around
