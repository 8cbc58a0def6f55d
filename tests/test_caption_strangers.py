"""Rows that look like items of a link list and are none, and such as do not look like it and go."""

from __future__ import annotations

import pytest

from sigtrim.config import Rules
from sigtrim.parse.caption import says_nothing
from sigtrim.rewrite.edits import Edit, apply
from sigtrim.rewrite.lines import plan_caption
from sigtrim.rewriter import Rewriter

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
        "Title Card and Outro Visual by Ada Moss \nhttps://www.youtube.com/@adamoss\n",
        "Editor's channels:\nAda Moss: https://www.youtube.com/@adamoss\n",
        # The header of single posts, and the label of a link that stays.
        "Acme Korea SNS\nInstagram: https://www.instagram.com/p/Abc123/\nX: https://x.com/i/status/1460000000000000000\n",
        "Follow me on Mosswood:\nhttps://mosswood.example/ada\n",
        'Stream "Acme Blues" on all platforms:\nhttps://acme.example/blues\n',
        # The role of a person.
        "Hair: Bob Fern\nSocial Media: Ada Moss\n",
        # One of several things to see, whatever it is about.
        "▶ Mes astuces instagram : http://bit.ly/acme1\n▶ Astuces pour le jardin : http://bit.ly/acme2\n",
        # A platform's own notices, and the place where captions are translated.
        "Hébergé par Acast. Visitez acast.com/privacy pour plus d'informations.\n",
        "Facebook: https://www.facebook.com/legal/terms\n",
        "Help with the subtitles: https://www.youtube.com/timedtext_cs_panel?c=UCacme&tab=2\n",
        # Links of which the icon is lost, as YouTube shows them: the credit of a song.
        'Song: "Moss" by Ada Moss\n   / adamoss  \nhttps://adamoss.bandcamp.com/\n',
        # Short links whose addresses name things, one platform, or the services of one song.
        "https://bit.ly/FacebookTricks\nhttps://bit.ly/InstagramTricks\n",
        "https://bit.ly/AcmeFacebook\nhttps://bit.ly/AcmeGarden\n",
        "https://acme.lnk.to/Moss/spotify\nhttps://acme.lnk.to/Moss/applemusic\nhttps://acme.lnk.to/Moss/youtube\n",
        # Words of other kinds: what the reader likes, a header with more than a list below it.
        "Les plantes que vous aimez et partagez !\n",
        "It got 1 like and 2 views\n",
        # People with and without a link below their role; a number above bare links.
        "Voice work by\nZahr Fern\nAda Moss - https://x.com/adamoss/\nBob Reed - https://twitter.com/bobreed/\n",
        "A Cartoon by\nCas van Fern\nAda Moss - https://twitter.com/adamoss/\n",
        # Where others are, below no call to follow them.
        "Guests:\nBob Fern the gardener is @bobfern on Twitter\n",
        "Subscribe to the Acme Bulletin: http://bit.ly/2acme\n",
        # The app, beside its other store.
        "App Store: http://apple.co/2acme\nGoogle Play: http://bit.ly/2acme\n",
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
        "Discord:   / discord  \n",
        "Join my Discord server:\n  / acme-garden  \n",
        "You can find Ada Moss on Facebook here:\n \n / adamoss   \n",
        "Dribbble - https://dribbble.com/acme\n",
        "Apple Podcasts: http://apple.co/2acme\nGoogle Play: http://bit.ly/2acme\nSoundCloud: http://bit.ly/3acme\n",
        "Follow us:\n- This show is @acmepod on Twitter, Instagram, and TikTok\n- Ada is @adamoss on Twitter\n",
        "FOLLOW #acmegarden\n\n",
        "CHECK OUT MY SECOND CHANNEL HERE! @AcmeLive\n",
        "Lâche un gros poce bleu !\n",
        "StumbleUpon: https://www.stumbleupon.com/stumbler/acme\n",
        "公式ライン\nhttps://line.me/R/ti/p/%40acme\n",
        "Reach us on\n\n",
        "On se suit ?\n\n",
        "Voir des photos du jardin ou me suivre sur ➡️\n",
        "Abonnez-vs maintenant pour voir plus de vidéos\n",
        "1 like = 1 tree\n",
        "لا تنسي الضغط على زر الاشتراك\n",
        "FOLLOW\n➤ https://bit.ly/AcmeWhatsAppChannel\n➤ https://bit.ly/Acme_TikTok\n➤ https://bit.ly/Facebook_Acme\n",
        "http://acme.example/soundcloud\nhttp://acme.example/facebook\n",
        "My channels:\nVlogs: https://www.youtube.com/@acmevlogs\n",
        "Follow me on hearthis.at:\nhttps://hearthis.at/acme\n",
        "Mes réseaux sociaux, pour échanger autour du jeu vidéo:\n",
        "N'oublie pas de cliquer sur la petite cloche pour ne rien manquer !\n",
        "Folgt mir hier, da bin ich aktiver, lol\n\n",
        "Follow Ada on...\n",
        "Suis-nous sur tes réseaux préférés !\n",
        "stalk me here but not actually\n",
        "友達登録お待ちしています\n",
        "LINEはじめました！\n",
        "チャンネル登録お願いします！ヽ(´▽｀)ノ\n",
        "Please subscribe to my channel! (^_^)b\n",
        '"Tag a friend who needs this"\n',
    ],
)
def test_goes_with_a_list(block: str) -> None:
    assert strip(f"Hi\n\n{block}{LIST}") == "Hi\n"


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        # The handles of somebody with a role, and one alone.
        ("A talk on moss. The score is by Bob Fern (Instagram: @bob, Twitter: @bobfern), our guest.", None),
        ("A long talk on moss with Ada Moss, who is a gardener in Leeds and wrote two books. Twitter: @adamoss", None),
        (
            "A long talk on moss with Ada Moss, who is a gardener in Leeds. Twitter: @ada. Instagram: @ada. See you!",
            "A long talk on moss with Ada Moss, who is a gardener in Leeds. See you!",
        ),
        (
            "A long talk on moss in the garden. Insta: @ada Twitter: @ada TikTok: @ada Enjoy! Ads: https://ads.example",
            "A long talk on moss in the garden. Enjoy! Ads: https://ads.example",
        ),
        ("Fotos: - Facebook : https://www.facebook.com/acme/- Twitter : @acme- Snapchat : acme", ""),
        ("FB: https://facebook.com/acme | IG: @acme", ""),
        ("FB: https://facebook.com/acme | Photo: @acme", None),
    ],
)
def test_handles_in_one_line(line: str, rest: str | None) -> None:
    assert strip(f"Hi\n{line}\n") == ("Hi\n" + (f"{rest}\n" if rest else "") if rest is not None else f"Hi\n{line}\n")


def test_the_title_of_a_text_is_no_header() -> None:
    assert (
        strip(f"Follow us: Lisbon, Porto and Faro in three days\n\n{LIST}")
        == "Follow us: Lisbon, Porto and Faro in three days\n"
    )


def test_the_notice_of_a_host_stays_below_a_list() -> None:
    notice = "Hébergé par Acast. Visitez acast.com/privacy pour plus d'informations.\n"
    assert strip(f"Hi\n\nRetrouvez-nous sur tous les réseaux !\n{LIST}{notice}") == f"Hi\n\n{notice}"


def test_a_phone_number_heads_no_list() -> None:
    contact = "Contact :-\nBob Fern :- 9870000000\nAda Moss :- 9800000000\n"
    assert strip(f"Hi\n{contact}https://facebook.com/acme\nhttps://instagram.com/acme\n") == f"Hi\n{contact}"


def test_a_header_stays_above_what_stays() -> None:
    text = "Hi\n\nWatch\n\nhttps://acme.example/film\n"
    assert strip(f"{text}\n{LIST}") == text


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        # A day of one's own, and a call.
        ("We walked around the lake. Follow me: https://instagram.com/ada", "We walked around the lake."),
        ("We walked around the lake. https://instagram.com/ada", "We walked around the lake."),
        ("Find us on https://x.com/ada for more. See you on Friday at six!", "See you on Friday at six!"),
        ("Tim: https://x.com/tim We meet on Friday at six!", ""),
        ("We walked around the lake! Follow me: https://instagram.com/ada", "We walked around the lake!"),
        ("We met in Leeds. Follow me: https://x.com/ada. We leave at six.", "We met in Leeds. We leave at six."),
        ("Lake day! IG: @ada", "Lake day!"),
        ("A new recipe is on the blog now. Instagram: @ada", "A new recipe is on the blog now."),
        ("We swam in the lake. Instagram @ada Twitter @ada", "We swam in the lake."),
        ("Any questions? Twitter: @ada", ""),
        ("Dr. Ada Moss IG: @ada", ""),
        ("Photo by Bob Fern. IG: @bob", "Photo by Bob Fern. IG: @bob"),
        # What a bare link is called, a question, an abbreviation.
        ("Donations are very much appreciated! https://www.paypal.me/ada", ""),
        ("Do you want to see the lake? Follow me: https://instagram.com/ada", ""),
        ("Tune in for our first show on Nov. 19th in Leeds: https://twitch.tv/ada", ""),
        # The rest of a call.
        ("So long, and no lake today. Follow us on https://x.com/ada and subscribe!", "So long, and no lake today."),
    ],
)
def test_one_line_with_more_than_a_link(line: str, rest: str) -> None:
    stripped = [one.rstrip() for one in strip(f"Hi\n{line}\n{LIST}").splitlines()]
    assert stripped == (["Hi", rest] if rest else ["Hi"])


def test_posts_alone_keep_their_header() -> None:
    text = "Acme Korea SNS\nInstagram: https://www.instagram.com/p/Abc123/\nVideo: https://youtu.be/abcdefghijk\n"
    assert strip(text) == text


@pytest.mark.parametrize("rest", ["ヽ(´▽｀)", "(^_^)b", " ٩(◕‿◕)۶ "])
def test_faces_say_nothing(rest: str) -> None:
    assert says_nothing(rest)


@pytest.mark.parametrize("rest", ["(b)", "(2024)", "o(n)e", "(^_^) hi", "f(x)"])
def test_words_in_brackets_say_something(rest: str) -> None:
    assert not says_nothing(rest)


POST = '<p>Hi there.</p><p>{}</p><p>Like us on <a href="https://www.facebook.com/acme">Facebook</a></p>'


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ('Watch our videos on YouTube: <a href="https://www.youtube.com/acme">youtube.com/acme</a>', ""),
        ('Watch our videos on YouTube <a href="https://www.youtube.com/acme">Acme official channel</a>', ""),
        ('Assista aos vídeos no YouTube <a href="https://www.youtube.com/acme">Canal da Acme</a>', ""),
        ('We met. See our Twitter: <a href="https://twitter.com/ada">@ada</a>', "<p>We met.</p>"),
        ('Ada Moss on Twitter: <a href="https://twitter.com/ada">@ada</a>', "<p>Ada Moss</p>"),
        ('Engineer at LinkedIn: <a href="https://www.linkedin.com/in/ada">Ada</a>', "<p>Engineer at LinkedIn:</p>"),
        (
            'I filmed this for YouTube with <a href="https://www.youtube.com/acme">Acme Films</a>',
            "<p>I filmed this for YouTube with Acme Films</p>",
        ),
    ],
)
def test_no_half_sentence_is_left_in_html(sentence: str, rest: str) -> None:
    output = Rewriter().rewrite(POST.format(sentence), format="html").output
    assert output == "<p>Hi there.</p>" + rest
