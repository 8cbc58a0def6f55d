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


OLD = "<a href=https://example.com/guide>Get it</a>"
CALL = '<a href="https://example.org/book" data-sigtrim="cta">Book a call</a>'
BARE = '<a href="https://example.org/book">Book a call</a>'


@pytest.mark.parametrize(
    "around",
    [
        # What holds more than the call to action, or was not made for it, stays.
        '<table role="presentation"><tr><td bgcolor="#123456">{}</td></tr><tr><td>+44 20 7946 0000</td></tr></table>',
        '<table><tr><td bgcolor="#123456">{}</td></tr><tr><td><img src="logo.png"></td></tr></table>',
        '<table><tbody><tr><td bgcolor="#123456">{}</td></tr></tbody><tbody><tr><td>Ada</td></tr></tbody></table>',
        '<table role="presentation"><tr><td bgcolor="#123456">{}</td><td>Ada</td></tr></table>',
        '<table role="presentation"><tr><td bgcolor="#123456">{}</td><td></td></tr></table>',
        '<table role="presentation"><tr><td>{}</td></tr></table>',
        '<table role="presentation"><tr><td bgcolor="#123456"><b>{}</b></td></tr></table>',
        "<table><tr><td>Ada</td></tr><tr><td><table><tr><td>{}</td></tr></table></td></tr></table>",
        '<span class="x"><br>{}</span>',
        "<span>{}</span>",
        "<span><b></b>{}</span>",
        "<span><br><br><br><br>{}</span>",
        "<b><br>{}</b>",
        '<p bgcolor="#123456">{}</p>',
        '<div><a name="x"></a>{}</div>',
    ],
)
def test_only_the_link_of_an_unmarked_one_goes(around: str) -> None:
    assert run(f"<div>Leeds</div>{around.format(OLD)}<div>England</div>", NEXT) == (
        f"<div>Leeds</div>{around.format(CALL)}<div>England</div>"
    )


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        ("{}", CALL),
        ("<span><br>{}</span>", f'<span data-sigtrim="cta"><br>{BARE}</span>'),
        ("<span>{}<br></span>", f'<span data-sigtrim="cta">{BARE}<br></span>'),
        ('<table role="presentation"><tr><td bgcolor="#123456">{}</td></tr></table>', CALL),
        ('<table><tbody>\n<tr><td bgcolor="#123456">{}</td></tr></tbody></table>', CALL),
    ],
)
def test_an_unmarked_one_goes_with_what_was_made_for_it(around: str, expected: str) -> None:
    page = f"<div>Leeds</div>{around}<div>England</div>"
    assert run(page.format(OLD), NEXT) == f"<div>Leeds</div>{expected}<div>England</div>"


LOGO = '<img src="logo.png" alt="Acme" width="200" height="90">'


@pytest.mark.parametrize(
    "page",
    [
        f"<html><body><table><tr><td>{LOGO}</td></tr></table>^\n</body></html>",
        f"<div><table><tr><td><table><tr><td>{LOGO}</td></tr></table></td></tr></table>^\n</div>",
        f"<body><div><span>{LOGO}</span></div>^\n</body>",
        f"<ul><li>{LOGO}</li>\n</ul>^",
        f"<td>{LOGO}</td>^</tr>",
        f"<a href='/'><table><tr><td>{LOGO}</td></tr></table></a>\n^",
        f"<button><div>{LOGO}</div></button>\n^",
        "<html><head></head><body>\n^</body></html>",
        "<html>\n^</html>",
        "<body>\n^</body>",
        "<hr>\n^",
    ],
)
def test_without_a_text_it_stands_behind_the_last_picture_or_at_the_end(page: str) -> None:
    call = '<a href="https://example.com/guide" data-sigtrim="cta">Get the free guide</a>'
    assert run(page.replace("^", ""), FIRST) == page.replace("^", call)


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("font-family:Verdana;font-size:13px", "font-family:Verdana;font-size:13px"),
        (
            "font:bold 12px/15px Verdana,sans-serif;color:#369",
            "font-family:Verdana,sans-serif;font-size:12px;color:#369",
        ),
        # The last of several is in force, also behind a shorthand.
        ("font-family:Verdana;font:11pt Arial", "font-family:Arial;font-size:11pt"),
        ("FONT: 12px Verdana;font-size:14px", "font-family:Verdana;font-size:14px"),
        ("font-size:12px !important", "font-size:12px"),
        # Too small to be read, no font at all, or nothing that may stand in an attribute.
        ("font-family:Verdana;font-size:2px", "font-family:Verdana"),
        ("font:inherit", ""),
        ("margin:0;background:#fff", ""),
        ("color:#000&lt;b&gt;", ""),
    ],
)
def test_a_link_takes_the_font_beside_it(style: str, expected: str) -> None:
    output = run(f'<div><span style="{style}">Ada</span><br>{LIST}</div>', FIRST)
    call = '<a href="https://example.com/guide" data-sigtrim="cta"'
    added = f' style="{expected}"' if expected else ""
    assert output.endswith(f"<br>{call}{added}>Get the free guide</a></div>")
