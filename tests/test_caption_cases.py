"""What goes from a caption and what stays: noops first, a false removal is the costly error."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim.config import CallToAction, Rules
from sigtrim.errors import ConfigError
from sigtrim.rewrite.edits import Edit, apply
from sigtrim.rewrite.lines import CaptionPlan, plan_caption
from sigtrim.rewriter import Rewriter

CASES = Path(__file__).parent / "cases" / "captions"
CTA = CallToAction("https://example.com/guide", "Get the free guide")
LINE = "Get the free guide: https://example.com/guide"
# Two platforms, so that the multi-platform rule applies and the text under test is what decides.
LIST = "Instagram: https://www.instagram.com/acme\nFacebook: https://www.facebook.com/acmebooks\n"


def carry_out(text: str, plan: CaptionPlan) -> str:
    edits = [Edit.deletion(removal.span) for removal in plan.removals]
    if plan.insertion is not None:
        edits.append(Edit.insertion(*plan.insertion))
    return apply(text, edits)


def rewrite(text: str, *, cta: CallToAction | None = CTA, rules: Rules | None = None) -> str:
    return carry_out(text, plan_caption(text, rules=rules or Rules(), cta=cta))


def strip(text: str, **rules: object) -> str:
    return rewrite(text, cta=None, rules=Rules(**rules))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Just a day at the lake.",
        "Instagram: https://www.instagram.com/acme",
        "Follow me on Instagram @acme",
        "Subscribe: https://bit.ly/abcdef\nSecond channel: https://www.youtube.com/@acme2",
        "They cannot be reached by chat, Facebook, Twitter or mail.",
        "Companies like Google, Facebook and Twitter were invited.",
        "I found it on Facebook Marketplace and filmed it for YouTube.",
        "#tiktok #instagram #facebook #follow #subscribe",
        "Watch: https://youtu.be/abcdefghijk\nPost: https://www.instagram.com/p/Abc123/",
        "Rain falls on TikTok street\nand the twitter of birds follows me",
    ],
)
def test_nothing_to_do(text: str) -> None:
    assert strip(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "Website: https://acme.example/",
        "Website: http://bit.ly/acme-site",
        "Download our app: https://apps.apple.com/app/id1",
        "Merch: https://acme.example/merch",
        "Mail: hello@acme.example",
        "Newsletter: https://bit.ly/acme-letter",
        "Subscribe to our newsletter: https://acme.example/letter",
        "Subscribe to the free magazine in print.",
        "Call your cable provider to subscribe to Acme TV!",
        "Subscribe now and start streaming! https://bit.ly/acme-plus",
        "Buy: https://amzn.to/abcdef",
        "Camera: @bob_films",
        "Shot by: @bob_films",
        "Edited by Carol https://www.instagram.com/carol.cuts",
        "Photographer: Dan https://www.facebook.com/dan.photo",
        "Artwork by https://twitter.com/drawer_eve",
        "Spotify: https://acme.lnk.to/single/spotify",
        "Listen on Apple Music: https://music.apple.com/album/1",
        "Watch the trailer on YouTube: https://bit.ly/acme-trailer",
        "Playlist: https://www.youtube.com/playlist?list=PL123",
        "My interview: https://x.com/acme/status/123456",
        "Sponsor: https://www.facebook.com/l.php?u=https%3A%2F%2Fshop.example%2F",
        "The third part follows in Folge 4, die Folgen davor sind online.",
        "Le partage et la suite de l'histoire.",
        "Matte medium: https://paint.example/medium",
        "Embroidery threads: red, blue",
        "#follow #instagram #구독",
        "公式サイト https://acme.example/jp",
        "공식 홈페이지 https://acme.example/kr",
        "He posted it on Facebook and left.",
        "Comment below if you want a second part!",
        "00:10 Why Instagram changed",
        "Chapter 3: Facebook in the classroom",
        "Social media manager: Eve Roe",
        "All videos follow the fair use guideline of YouTube.",
        "New single out now on Apple Music, Spotify and more.",
        "An artist with 3 followers & one subscriber",
        "Lens: 35 mm prime (http://amzn.to/abcdefg)",
        "M&S dressing gown: http://bit.ly/2abcdefg",
        "Face: http://bit.ly/3abcdefg",
        "CAMERA BY\nJo Fields: https://twitter.com/jofields",
        "CAST:\nAna Moss | https://youtube.com/c/anamoss\nBob Reed | https://instagram.com/bobreed",
        "🎥 MY EDITOR\n🡆 https://twitter.com/cutterjo",
        "Avatar et bannière par Yve Roe : https://www.youtube.com/@yveroe",
        "Ana Moss (https://www.linkedin.com/in/anamoss) for the footage of bees.",
        "WhatsApp: +44 20 7946 0000",
        "Bob's channel: @bobreed",
        "Canal de Ana: @anamoss",
        "A huge thanks to those who support me on Patreon:\nAna Moss\nBob Reed",
        "Producers on Patreon:\nAna",
        "LAYOUT AND BG ART\nAna Moss - https://x.com/anamoss\nBob Reed - https://x.com/bobreed",
        "Filmed and Edited By :\nhttps://www.instagram.com/anamoss/",
        "CRÉDITS :\n\nAna Moss: https://twitter.com/anamoss",
        "Ana Moss :- 0123456789\nBob Reed :- 0987654321",
        "WELCOME TO MY CHANNEL\nCamera: https://bit.ly/acmecam",
        "Our channels and clips:\nWatch: https://bit.ly/acmeclip",
        "TIKTOK TRENDS\nVersion: 2.0",
        "Twitter storm",
        "LinkedIn guide: http://bit.ly/3abcdef",
        "TikTok ban explained: https://news.example/tiktok",
        "This episode:\nStitcher: https://bit.ly/acme-12s\nSpotify: https://bit.ly/acme-12sp",
        "Facebook: how it all began",
        "\n".join(f"{name}: https://acme.lnk.to/Last/{name}" for name in ("Spotify", "Tidal", "Deezer", "TikTok")),
        "Gaana: https://gaana.com/rain-acme-1\nWynk: https://open.wynk.in/pAbCdE\nSaavn: https://www.saavn.com/p/song/rain",
        "Read it on Melon:\nhttps://www.melon.com/musicstory/inform.htm?mstorySeq=1",
        "Music by Ada Moss; Rain\nhttps://www.youtube.com/@adamoss",
        "Directed/edited by Bob Reed\nhttps://x.com/bobreed",
        "イラスト：エイダ\nhttps://x.com/adamoss\nサムネイル：ボブ\nhttps://x.com/bobreed",
        "BGMをお借りしたサイト↓\nhttps://sound.example/\nhttps://www.youtube.com/@soundexample",
        "To enter:\n1. Subscribe to my channel\n2. Like this video\n3. Guess the weight of the pumpkin",
        "① チャンネル登録\n② この動画にコメント",
        "Our posts on social media:\nhttps://www.instagram.com/p/Abc123/\nhttps://x.com/acme/status/1",
        "Tập 5: Facebook ở Việt Nam",
        "Mua tại https://acme.example/cua-hang",
        "1. Rivets: https://github.com/acme/rivets\n2. Open Bolts: https://github.com/openbolts",
        "Vote for the next song:\nhttps://www.patreon.com/acme",
        "Producers:\nAda Moss - Instagram: https://www.instagram.com/adamoss\nBORO ▶ Instagram: https://www.instagram.com/boro",
        "Direction team\nhttps://www.instagram.com/adamoss\nhttps://www.instagram.com/bobreed",
        "◆アクメの新曲\nhttps://acme.example/song",
        "AUDIO EDITOR:\nAda Moss ⇨ https://www.instagram.com/adamoss",
        "EDITOR:\nAda Moss ⇨ https://x.com/adamoss\n\nWOBBLES:\nBob ⇨ https://x.com/bobreed\nAda ⇨ https://x.com/adamoss",
    ],
)
def test_stays_beside_a_list(line: str) -> None:
    assert strip(f"{LIST}\n{line}\n") == f"{line}\n"


@pytest.mark.parametrize(
    "line",
    [
        "Follow us:",
        "Twitter: https://twitter.com/acme",
        "twitter.com/acme",
        "TikTok ► https://www.tiktok.com/@acme?lang=en",
        "Facebook: https://www.facebook.com/acme-books-and...",
        "T W I T C H: https://www.twitch.tv/acme",
        "𝗧𝗶𝗸𝗧𝗼𝗸: @acme",
        "Snapchat: acme.books",
        "IG: @acme",
        "FB/IG: @acme",
        "Instagram, Twitter, Pinterest: @acme",
        "Discord: https://discord.gg/abcdef",
        "Twitter: https://bit.ly/acme-t",
        "Subscribe: https://goo.gl/abcdef",
        "Second channel: https://bit.ly/acme2",
        "Follow Acme on X: https://bit.ly/acme-x",
        "https://twitter.com/acme follow us on Twitter",
        "PLEASE SUBSCRIBE!!!",
        "Don't forget to like, comment & subscribe!",
        "Join our channel: https://www.youtube.com/channel/UCabc/join",
        "Suscríbete: https://www.youtube.com/channel/UCabc?sub_confirmation=1",
        "Chaîne secondaire : https://www.youtube.com/@acme2",
        "Мы ВКонтакте: https://vk.com/acme",
        "チャンネル登録お願いします！",
        "구독과 좋아요 부탁드립니다",
        "订阅频道 https://www.youtube.com/@acmezh",
        "لا تنسوا الاشتراك في القناة",
        "Kanalıma abone olmayı unutmayın!",
        "Support me on Patreon https://www.patreon.com/acme",
        "Paypal.me/acme",
        "Follow me on TikTok too",
        "Mon snapchat : Acme.yt",
        "Snapchat 👻: AcmeBooks",
        "★ Snapchat ★ acme_books",
        "SNAPCHAT ‣ acmebooks (open to all!)",
        "TikTok Cooking: acme.cooks",
        "My second channel: @acmeclips",
        "GAMING CHANNEL - @acmearcade",
        "Outdoor Acme on INSTAGRAM\n@acmeoutdoors",
        "Follow us on Instagram!\n@acmeoutdoors",
        "Please think of a small pledge via Patreon to support the channel:\nhttps://www.patreon.com/acme",
        "Like The Voice: https://www.facebook.com/acmevoice",
        "Facebook: https://www.facebook.com/watchacme/",
        "Hang with me on Snapchat!",
        "Instagram: https:/www.instagram.com/acmebooks",
        "https//www.facebook.com/acmebooks",
        "LIKE AND SUB PLS",
        "Follow @acmebooks for more!",
        "Full tour on my YouTube (link in bio)",
        "Подпишитесь на мои соц. сети!",
        "Iratkozz fel a csatornára!",
        "OUR CHANNELS\nGerman: https://bit.ly/acme-de\nFrench: https://bit.ly/acme-fr",
        "Acme on YouTube:\nAcme Films ► https://bit.ly/acmefilms",
        "SNAPCHAT\n► ADA ada_93\n► BOB bob_77",
        "TIKTOK\nAda: @ada.moss",
        "Stitcher: https://bit.ly/acme-st\niTunes: https://bit.ly/acme-it\nSpotify: https://bit.ly/acme-sp",
        "Follow us in these places for more news of our garden:\nt: https://twitter.com/acme",
        "Please subscribe to our channel here to make sure that you get all the new films:\nhttps://goo.gl/abcdef",
        "Follow Acme:\nFacebook: https://acme.lnk.to/fb\nSpotify: https://acme.lnk.to/sp",
        "Đăng ký kênh: https://acme.example/kenh",
        "ĐĂNG KÝ KÊNH tại https://acme.example/kenh",
        "Bạn nhớ Đăng Ký Kênh nhé!",
        "Đăng ký theo dõi kênh tại https://acme.example/kenh",
        "1. Subscribe to my channel\n2. Like this video",
        "Follow me:\nFacebook: https://www.facebook.com/acme2\nSnapchat: acme\nSpotify: https://spoti.fi/abcdef",
        "¡Apóyanos con un simple LIKE!",
        "Theo dõi Acme tại:\nFacebook: https://www.facebook.com/acmevn",
        "Become a member to watch all the videos before the others:\nhttps://www.youtube.com/@acme/join",
        "Follow us:\nInstagran: https://rb.gy/abcde\nFacebook: https://rb.gy/fghij",
        "Mehr von ACME GARTEN\n\nFacebook: https://www.facebook.com/acme2\nX: https://x.com/acme2",
        "처음 오신 분들은 구독과 좋아요! 알람 꾹",
        "Curta os vídeos e compartilhe com outros pintores!",
        "◆ツイッター\nhttps://x.com/acme2\n\n◆アクメゲームズ\nhttps://www.youtube.com/@acmegames\n\n◆公式アカウント\n●友達登録はこちら↓\nhttps://lin.ee/abcdef",
        "Subscribe to my gaming channel: https://youtu.be/abcdefghijk",
        "IG: @acme\nAda @ada.moss",
        "X: https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.com%2Facme&data=1",
        "x.com/acme...",
        "-x.com/acme",
        "♫ MUSIC ▹\nSpotify: https://open.spotify.com/artist/1a2b3c\nDeezer: https://www.deezer.com/artist/12",
    ],
)
def test_goes_with_a_list(line: str) -> None:
    assert strip(f"Text stays.\n\n{LIST}{line}\n") == "Text stays.\n"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("My shop: https://acme.example/shop X: https://x.com/a #doors", "My shop: https://acme.example/shop #doors"),
        (
            "IG: https://instagram.com/a | X: https://x.com/a | Shop: https://acme.example/a | FB: https://fb.me/a End",
            "Shop: https://acme.example/a End",
        ),
        ("(All of it: https://acme.example/shop Twitter: https://x.com/a)", "(All of it: https://acme.example/shop)"),
    ],
)
def test_what_stays_of_a_row_is_not_glued_together(line: str, left: str) -> None:
    assert strip(f"Text stays.\n\n{LIST}\n{line}\n") == f"Text stays.\n\n{left}\n"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("Website: acme.example | Instagram: https://instagram.com/acme", "Website: acme.example"),
        ("Phone: +44 113 496 0000 | Instagram: https://instagram.com/acme", "Phone: +44 113 496 0000"),
        ("Instagram: https://instagram.com/acme | 0113 496 0000", "0113 496 0000"),
        ("Instagram: https://instagram.com/acme | acme.example | https://x.com/acme", "acme.example"),
        (
            "Tel. 0113 496 0000 | Instagram: https://instagram.com/acme | acme.example | https://x.com/acme",
            "Tel. 0113 496 0000 | acme.example",
        ),
        ("hello@acme.example Instagram: https://instagram.com/acme", "hello@acme.example"),
        (
            "Mail hello@acme.example or write to me on Instagram: https://instagram.com/acme",
            "Mail hello@acme.example",
        ),
        ("WhatsApp: +44 113 496 0000 https://wa.me/441134960000", "WhatsApp: +44 113 496 0000"),
        ("https://instagram.com/acme, TikTok: @acme, 0113 496 0000", "0113 496 0000"),
        ("https://instagram.com/acme | 0113 496 0000 | TikTok: @acme", "0113 496 0000"),
        ("IG: @acme\nCamera @bobreed", "Camera @bobreed"),
        ("IG: @acme\nWebsite of Bob @bobreed", "Website of Bob @bobreed"),
        (
            "hello@acme.example | Instagram: https://instagram.com/acme | Shop: https://acme.example/shop",
            "hello@acme.example | Shop: https://acme.example/shop",
        ),
        ("Instagram: @acme | acme.example", "acme.example"),
        ("IG: @acme | Tel. 0113 496 0000 | X: @acme", "Tel. 0113 496 0000"),
        ("IG: @acme - mail hello@acme.example", "mail hello@acme.example"),
        ("IG: @acme mail hello@acme.example", "mail hello@acme.example"),
        (
            "We walked on the lake all day. My Instagram: https://instagram.com/acme",
            "We walked on the lake all day.",
        ),
        ("12 Test Street, Leeds. Facebook: https://facebook.com/acme", "12 Test Street, Leeds."),
        ("Facebook: https://facebook.com/acme. The next walk is on Friday.", "The next walk is on Friday."),
        ("毎週金曜日に動画を投稿しています。X: https://x.com/acme", "毎週金曜日に動画を投稿しています。"),
    ],
)
def test_contact_data_and_other_sentences_of_a_row_stay(line: str, left: str) -> None:
    assert strip(f"Text stays.\n\n{LIST}{line}\n") == f"Text stays.\n\n{left}\n"


@pytest.mark.parametrize(
    "line",
    [
        "Facebook acme.tv : http://bit.ly/acme-fb",
        "Facebook 05.05.2024: https://facebook.com/acme",
        "Mastodon: @ada@mastodon.example | X: @ada",
        "Acme films 0113496000012345: https://facebook.com/acme-films",
        "Mon PayPal : hello@acme.example",
        "Watch us on Nov. 19th: https://twitch.tv/acme",
        "Subscribe to the channel of Prof. Ada Byrne.",
        "Please like the film with Mrs. Byrne of Acme.",
    ],
)
def test_no_half_row_is_left(line: str) -> None:
    assert strip(f"Text stays.\n\n{LIST}{line}\n") == "Text stays.\n"


def test_sentence_is_the_unit_in_prose() -> None:
    text = f"I paint doors. Subscribe for more doors! New ones every week.\n\n{LIST}"
    assert strip(text) == "I paint doors. New ones every week.\n"


@pytest.mark.parametrize(
    "sentence",
    [
        "Find us at the market.",
        "See us on stage tonight!",
        "Besuchen Sie uns auf dem Markt.",
        "Estamos en la plaza.",
        "Vieni a trovarci su in montagna.",
    ],
)
def test_a_place_to_meet_is_no_header(sentence: str) -> None:
    text = f"The lake in May.\n\n{sentence}\nThe end."
    assert strip(f"{text}\n\n{LIST}") == f"{text}\n"


def test_a_smile_ends_a_sentence() -> None:
    text = f"The first spring :) Hit the subscribe button\n\n{LIST}"
    assert strip(text) == "The first spring :)\n"


def test_a_call_with_a_short_link_goes_beside_a_list() -> None:
    assert strip(f"{LIST}Like us: http://bit.ly/2abcdef\nFollow us: http://bit.ly/1abcdef\n") == ""
    text = "Follow us: http://bit.ly/1abcdef\nInstagram: @acme\n"
    assert strip(text) == text


def test_every_short_name_of_a_line_counts() -> None:
    assert strip("The king.\n\nFOLLOW on IG. TW and FB: @acmetelevision\n") == "The king.\n"


def test_items_of_one_line() -> None:
    text = "Instagram: https://instagram.com/acme | Website: https://acme.example | X: https://x.com/acme"
    assert strip(text) == "Website: https://acme.example"


def test_label_on_the_line_above() -> None:
    text = "TWITTER:\nhttps://bit.ly/acme-t\n\nSNAPCHAT:\nacmebooks\n\nWEBSITE:\nhttps://acme.example\n"
    assert strip(text) == "WEBSITE:\nhttps://acme.example\n"


def test_one_song_on_several_services_stays() -> None:
    song = "Deezer: https://acme.lnk.to/rain/deezer\nYouTube: https://acme.lnk.to/rain/yt\n"
    song += "Spotify: https://acme.lnk.to/rain/spotify\n"
    assert strip(f"Out now\n{song}\n{LIST}") == f"Out now\n{song}"


def test_names_above_lists_go() -> None:
    assert strip(f"Text.\n\nTHE ACMES\n{LIST}\nThe end.\n") == "Text.\n\nThe end.\n"


def test_one_platform_is_no_list() -> None:
    plan = plan_caption("IG: @acme", rules=Rules(), cta=None)
    assert plan.removals == ()
    assert plan.link_list.reason == "one platform only: instagram"
    assert [(mention.platform, why) for mention, why in plan.kept] == [("instagram", "one platform only: instagram")]


def test_min_platforms() -> None:
    assert strip(LIST, min_platforms=3) == LIST
    assert strip("IG: @acme\n", min_platforms=1) == ""


def test_keep_and_protect() -> None:
    assert strip(f"{LIST}X: @acme\n", keep={"facebook"}) == "Facebook: https://www.facebook.com/acmebooks\n"
    assert strip(f"{LIST}X: @acme\n", keep={"instagram.com"}) == "Instagram: https://www.instagram.com/acme\n"
    assert strip(f"{LIST}X: @acme\n", protect=("X: @",)) == "X: @acme\n"


@pytest.mark.parametrize(
    "bait",
    [
        "Tag a friend who needs this!",
        "LIKE this if you love tea.",
        "Comment YES below.",
        "Share if you agree!",
        "Vote with a like!",
        "Etiqueta a un amigo.",
        "Markiere einen Freund!",
    ],
)
def test_engagement_bait(bait: str) -> None:
    text = f"A cup of tea. {bait}\n"
    assert strip(text, engagement_bait="keep") == text
    assert strip(text, engagement_bait="strip") == "A cup of tea.\n"
    plan = plan_caption(f"{text}\n{LIST}", rules=Rules(engagement_bait="keep"))
    assert "engagement-bait" in [removal.code for removal in plan.removals]


# The call to action


def test_cta_takes_the_place_of_the_list() -> None:
    assert rewrite(f"One.\n\n{LIST}\nTwo.") == f"One.\n\n{LINE}\n\nTwo."


def test_cta_at_the_end_without_a_list() -> None:
    assert rewrite("One.") == f"One.\n{LINE}"
    assert rewrite("One.\n\nTwo.\n") == f"One.\n\nTwo.\n\n{LINE}\n"
    assert rewrite("") == LINE


def test_cta_is_replaced_not_repeated() -> None:
    text = f"One.\n\n{LIST}\nTwo."
    other = CallToAction("https://example.com/guide?utm_source=x", "Read it")
    assert rewrite(rewrite(text), cta=other) == rewrite(text, cta=other)
    assert rewrite(f"{LINE}\nOne.\n{LINE}").count(LINE) == 1


def test_cta_on_a_platform_is_no_mention() -> None:
    cta = CallToAction("https://www.youtube.com/@acme", "Watch more")
    assert rewrite(rewrite(LIST, cta=cta), cta=cta) == "Watch more: https://www.youtube.com/@acme\n"


def test_words_instead_of_a_dead_address() -> None:
    rules = Rules(caption_platform="instagram")
    once = rewrite(f"One.\n\n{LIST}", rules=rules)
    assert once == "One.\n\nLink in bio: Get the free guide\n"
    assert rewrite(once, rules=rules) == once
    other = CallToAction("https://example.com/b", "Other")
    assert rewrite(once, rules=rules, cta=other) == "One.\n\nLink in bio: Other\n"


def test_too_long_is_a_warning_never_a_cut() -> None:
    plan = plan_caption("a" * 300, rules=Rules(caption_platform="x"), cta=CTA)
    assert plan.warnings == ("x: 344 of 280 (weighted as X does)",)
    assert carry_out("a" * 300, plan).startswith("a" * 300)


# Guarantees


@pytest.mark.parametrize("case", sorted(CASES.glob("*.in.txt")), ids=lambda path: path.name[:-7])
def test_case(case: Path) -> None:
    source = case.read_bytes().decode()
    expected = case.with_name(case.name.replace(".in.", ".out.")).read_bytes().decode()
    assert rewrite(source) == expected
    assert rewrite(expected) == expected


LINES = st.sampled_from(
    [
        "",
        " ",
        "A sentence. Another one!",
        "Follow us:",
        "Instagram: https://www.instagram.com/acme",
        "Facebook: @acme",
        "TWITTER:",
        "acmebooks",
        "https://x.com/acme",
        "https://acme.example/x",
        "Please like and subscribe! Thanks.",
        "-----------",
        "Tag a friend!",
        "IG: @acme | Web: https://acme.example | FB: @acme",
        "see townSubscribe to my channel: https://www.youtube.com/@acme",
        "#tag #instagram",
        "Editor: @bob",
        LINE,
    ]
)


@given(st.lists(LINES, max_size=14), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n"]))
def test_guarantees(lines: list[str], end: str, last: str) -> None:
    text = end.join(lines) + last.replace("\n", end)
    plan = plan_caption(text, rules=Rules(), cta=CTA)
    output = carry_out(text, plan)
    position = 0
    for removal in plan.removals:
        assert position <= removal.span.start < removal.span.end <= len(text)
        assert removal.evidence
        position = removal.span.end
    assert output.count(LINE) == 1
    assert rewrite(output) == output
    for line in re.split(r"\r?\n", output):
        assert line.strip() == LINE or line.strip() in text


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    once = rewrite(text)
    assert once.count(LINE) >= 1
    assert rewrite(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "Instagram: https://instagram.com/acme | " * 5000,
        "lorem ipsum dolor. Subscribe to my channel! " * 5000,
        "Please like and subscribe! Thanks\n" * 5000,
        "😀👩‍👩‍👧❤️" * 20000,
        "e" + "\u0301" * 200_000,
        "\u202eتابعونا على فيسبوك " * 10_000,
        "https://" * 25_000,
        "https://a.co" * 15_000,
        "a." * 100_000,
        "." * 200_000 + "a",
        "aFollow" * 30_000,
        "Instagram:" + "\t" * 200_000 + "@acme",
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_linear_time(text: str) -> None:
    def seconds(sample: str) -> float:
        start = time.process_time()
        plan_caption(sample, rules=Rules(), cta=CTA)
        return time.process_time() - start

    seconds(text[:1000])
    half = min(seconds(text[: len(text) // 2]) for _ in range(2))
    assert min(seconds(text) for _ in range(2)) < 3.5 * half + 0.1


def test_a_host_in_the_strip_list_is_a_platform_in_captions_too() -> None:
    text = "Find me:\nhttps://social.example.com/acme\nhttps://hub.example.org/acme\nA cup of tea.\n"
    assert Rewriter().rewrite(text, format="text").output == text
    rules = Rules(strip={"social.example.com", "hub.example.org"})
    result = Rewriter(rules=rules).rewrite(text, format="text")
    assert result.output == "A cup of tea.\n"
    assert {removal.platform for removal in result.removals} == {None, "social.example.com", "hub.example.org"}


def test_content_links_go_where_the_rules_say_so() -> None:
    text = f"{LIST}A cup of tea.\nhttps://www.youtube.com/watch?v=honey000001\n"
    assert strip(text) == "A cup of tea.\nhttps://www.youtube.com/watch?v=honey000001\n"
    assert strip(text, content_links="strip") == "A cup of tea.\n"


@pytest.mark.parametrize("name", ["nonsense", "help.instagram.com"])
def test_a_strip_list_with_what_cannot_be_a_platform_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Rewriter(rules=Rules(strip={name}))


def test_a_strip_list_may_repeat_what_is_known() -> None:
    rules = Rules(strip={"linkedin", "www.linkedin.com", "calendly.com"})
    text = '<p><a href="https://linkedin.com/in/ada">LinkedIn</a> <a href="https://calendly.com/ada">Book</a></p>'
    assert [one.platform for one in Rewriter(rules=rules).rewrite(text).removals if one.platform] == [
        "linkedin",
        "calendly.com",
    ]
