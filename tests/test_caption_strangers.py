"""Rows that look like items of a link list and are none, and such as do not look like it and go."""

from __future__ import annotations

import pytest

from sigtrim.config import Rules
from sigtrim.parse.caption import says_nothing
from sigtrim.rewrite.edits import Edit, apply
from sigtrim.rewrite.lines import plan_caption

# Two platforms, so that the multi-platform rule applies and the text under test is what decides.
LIST = "Instagram: https://www.instagram.com/acme\nFacebook: https://www.facebook.com/acmebooks\n"


def strip(text: str) -> str:
    plan = plan_caption(text, rules=Rules())
    return apply(text, [Edit.deletion(removal.span) for removal in plan.removals])


@pytest.mark.parametrize(
    "block",
    [
        # What a link is called tells that a newsletter stands there.
        "Subscribe to the Acme newsletter: https://acme.substack.com/\n",
        'Subscribe to my new garden blog "Moss" - https://acme.substack.com/?r=1&utm_source=profile\n',
        # The tools of a trade, by name and address.
        "Drawing - acmedraw.example.com\nFigments - figments.com\nDribbble - dribbble.com\n",
        # Roles with whose channels they are.
        "Editor's channels:\nAda Moss: https://www.youtube.com/@adamoss\n",
        # The header of single posts, and the label of a link that stays.
        "Acme Korea SNS\nInstagram: https://www.instagram.com/p/Abc123/\nX: https://x.com/i/status/1460000000000000000\n",
        "Follow me on Mosswood:\nhttps://mosswood.example/ada\n",
        'Stream "Acme Blues" on all platforms:\nhttps://acme.example/blues\n',
        # Rules that quote what they forbid.
        'No comments like "tag a friend who needs this"\n',
        "Pas de commentaires « like si tu regardes en chaussettes »\n",
    ],
)
def test_stays_beside_a_list(block: str) -> None:
    assert strip(f"Hi\n\n{block}\n{LIST}") == f"Hi\n\n{block}"


@pytest.mark.parametrize(
    "block",
    [
        "Substack: https://acme.substack.com/\n",
        "Dribbble - https://dribbble.com/acme\n",
        "My channels:\nVlogs: https://www.youtube.com/@acmevlogs\n",
        "Follow me on hearthis.at:\nhttps://hearthis.at/acme\n",
        "Mes réseaux sociaux, pour échanger autour du jeu vidéo:\n",
        "N'oublie pas de cliquer sur la petite cloche pour ne rien manquer !\n",
        "友達登録お待ちしています\n",
        "LINEはじめました！\n",
        "チャンネル登録お願いします！ヽ(´▽｀)ノ\n",
        "Please subscribe to my channel! (^_^)b\n",
        '"Tag a friend who needs this"\n',
    ],
)
def test_goes_with_a_list(block: str) -> None:
    assert strip(f"Hi\n\n{block}{LIST}") == "Hi\n"


def test_posts_alone_keep_their_header() -> None:
    text = "Acme Korea SNS\nInstagram: https://www.instagram.com/p/Abc123/\nVideo: https://youtu.be/abcdefghijk\n"
    assert strip(text) == text


@pytest.mark.parametrize("rest", ["ヽ(´▽｀)", "(^_^)b", " ٩(◕‿◕)۶ "])
def test_faces_say_nothing(rest: str) -> None:
    assert says_nothing(rest)


@pytest.mark.parametrize("rest", ["(b)", "(2024)", "o(n)e", "(^_^) hi", "f(x)"])
def test_words_in_brackets_say_something(rest: str) -> None:
    assert not says_nothing(rest)
