"""The screen in front of the full look: whatever it stops has nothing in it that the full look would find."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigtrim import Rewriter, Rules
from sigtrim.detect.platforms import Platform, Registry, registry

KNOWN = registry()
CASES = Path(__file__).parent / "cases"

NOTHING = [
    "<p style='line-height:14px;overflow:hidden;width:500px'>Ada Byrne<br>Acme Example Ltd</p>",
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><style>@font-face {font-family:Calibri;}</style>',
    '<td><a href="mailto:ada@example.com">ada@example.com</a> <a href="tel:+442079460000">+44 20 7946 0000</a></td>',
    '<a href="https://www.example.com/?a=1&amp;b=2">caf&eacute; &ndash; &#8220;open&#8221;&nbsp;&#160;</a>',
    '<img src="data:image/png;base64,' + "fbIGvkTg0123" * 60 + '">',
    '<a href="https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.com%2Fa&amp;data=0">A</a>',
    "<p>If you are not the one whom we wrote to, please tell us now, and delete it; do not open or share it.</p>",
    "Jörg Vance, Straße 1, 東京都、渋谷区",
    "Tomás Müller – «Acme»™ … 5 m², tomás@müller.example.com",
    '<img src="https://cdn.example.com/portrait.png?v=1" alt="Señor Ibáñez" title = "It\'s mine">',
]
SOMETHING = [
    "na Facebooku: ada, na Instagramu: ada",
    "Face\u200bbook: ada",
    "Face&shy;book: ada",
    "&#102;acebook",
    "t&period;me/ada",
    "Tik-Tok: ada",
    "G+",
    "line://ti/p/ada",
    "social%20facebook.png",
    "https%253A%252F%252Ft.me%252Fada",
    '<a href="{{linkedInUrl}}"><img src="a.png"></a>',
    '<a href="https://go.example.com/1"><img src="FacebookIcon.png"></a>',
    '<a href="https://go.example.com/1"><img src="fbicon.png"></a>',
    '<a href="https://go.example.com/1"><img src="in.png"></a>',
    '<a href="https://go.example.com/1"><img src="1.png" alt="X"></a>',
    '<a href="#">in</a>',
    "X: @ada",
    '<a href="\u200bx.com/ada">Ada</a>',
    '<i class="fa fa-line"></i>',
    "https://urldefense.com/v3/__https://x*2ecom__;!!a",
    '<a href="https://go.example.com/1"><img src="1.png" alt = "X"></a>',
    '<a href="https://go.example.com/1"><img src="1.png" alt="\nX"></a>',
    '<a href="https://go.example.com/1"><img src="1.png" alt="&quot;X&quot;"></a>',
    '<a href="https://go.example.com/1"><img src="my icons/in?v=1/2"></a>',
    '<a href="https://go.example.com/1"><img src="inicon"></a>',
    '<a href="https://go.example.com/100%25"><img src=x></a>',
    '<a href="https://">in</a>',
    '<a href="my $in$">Ada</a>',
    "é: https://is.gd/ada",
    "éx.com/ada",
    "é Facebooka",
    "ＦＢ: ada",
    "reseñas de google",
    "™x.com/ada",
]


@pytest.mark.parametrize("text", NOTHING)
def test_a_document_without_platforms_is_stopped(text: str) -> None:
    assert not KNOWN.may_mention(text)


@pytest.mark.parametrize("text", SOMETHING)
def test_whatever_may_name_a_platform_gets_through(text: str) -> None:
    known = KNOWN.extended(())
    assert known.may_mention(text)
    assert known.may_mention(text)  # also from memory
    assert known.may_mention("Ada Byrne " + text + " Acme")


def test_what_is_remembered_is_the_words_not_the_answer() -> None:
    known = KNOWN.extended(())
    assert not known.may_mention("Ada Byrne, Acme")
    assert known.may_mention("Ada Byrne, Acme, Facebook")
    assert not known.may_mention("Acme, Ada Byrne")


def test_a_platform_of_the_user_gets_through() -> None:
    assert not KNOWN.may_mention("on Umbrabook, umbrabook.example/ada")
    mine = KNOWN.extended([Platform("umbrabook", "Umbrabook", "social", hosts=("umbrabook.example",))])
    assert mine.may_mention("umbrabook.example/ada")


def test_a_host_to_strip_is_found_where_nothing_else_is() -> None:
    page = '<p><a href="https://one.example.com/ada">One</a> <a href="https://two.example.org/ada">Two</a></p>'
    assert Rewriter(rules=Rules(strip=frozenset(["one.example.com", "two.example.org"]))).rewrite(page).changed


MARKUP = ['<a href="', '">', "</a>", '<img src="', 'alt="', '"', "<b>", "</b>", "&#120;", "&nbsp;", " = ", "?"]
WORDS = [
    "Ada",
    " ",
    "\n",
    "Facebook",
    "fb",
    "@ada",
    ": ",
    "https://",
    "x.com",
    "t.me",
    "/",
    "%2F",
    "-",
    "in.png",
    "in",
    "вк",
    "é",
    "–",
]
PIECES = st.sampled_from(MARKUP) | st.sampled_from(WORDS)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_what_is_stopped_holds_nothing(text: str) -> None:
    stopped_holds_nothing(text)


def stopped_holds_nothing(text: str) -> None:
    if not KNOWN.may_mention(text):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Registry, "may_mention", lambda *_: True)
            result = Rewriter().rewrite(text, format="html")
        assert (result.changed, result.kept, result.removals) == (False, (), ()), text


def test_no_case_is_stopped_wrongly() -> None:
    for path in sorted(CASES.rglob("*.html")):
        text = path.read_bytes().decode("utf-8", "replace")
        stopped_holds_nothing(text)
