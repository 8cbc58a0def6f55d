"""What URLs, labels, icons, classes and placeholders point to. What must not be recognised comes first."""

from __future__ import annotations

import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim.detect.platforms import Platform, Registry, registry
from sigtrim.errors import ConfigError

FIXTURES = Path(__file__).parent / "fixtures"
KNOWN = registry()


def rows(name: str) -> list[tuple[str, str, str]]:
    lines = (FIXTURES / name).read_text("utf-8").splitlines()
    return [
        (fields[0], fields[1], fields[2])
        for line in lines
        if (fields := line.split("  "))[2:] and not line.startswith("# ")
    ]


@pytest.mark.parametrize(("url", "platform", "what"), [(u, p, w) for u, p, w in rows("not_platform_links.txt")])
def test_not_a_platform(url: str, platform: str, what: str) -> None:
    assert platform == "-"
    assert KNOWN.match_url(url) is None
    assert KNOWN.kept_category(url) == (what.partition(":")[2] if what.startswith("kept:") else None)
    assert KNOWN.is_shortener(url) is (what == "shortener")


@pytest.mark.parametrize(("url", "platform", "role"), rows("content_links.txt"))
def test_content(url: str, platform: str, role: str) -> None:
    match = KNOWN.match_url(url)
    assert match is not None
    assert (match.platform, match.role) == (platform, role)


@pytest.mark.parametrize(("url", "platform", "role"), rows("platform_links.txt"))
def test_platform(url: str, platform: str, role: str) -> None:
    match = KNOWN.match_url(url)
    assert match is not None
    assert (match.platform, match.role) == (platform, role)
    assert match.host
    assert match.host.rstrip(":") in match.why
    assert KNOWN.kept_category(url) is None


@pytest.mark.parametrize("wrap", [" {} ", "\n{}\t", "\u200b{}", "{}#top", "<{}"[1:]])
def test_what_stands_around_a_url_does_not_matter(wrap: str) -> None:
    match = KNOWN.match_url(wrap.format("https://www.linkedin.com/in/jane-example"))
    assert match is not None
    assert match.platform == "linkedin"


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://www.facebook.com/watchmakers", "facebook"),
        ("https://x.com/searchlight", "x"),
        ("https://github.com/explorers", "github"),
        ("https://vk.com/audio_club", "vk"),
        ("https://rumble.com/vivaacme", "rumble"),
        ("https://www.flickr.com/photos/acme", "flickr"),
    ],
)
def test_a_name_that_begins_like_a_page_of_the_platform(url: str, platform: str) -> None:
    match = registry().match_url(url)
    assert match is not None
    assert (match.platform, match.role) == (platform, "profile")


def test_unknown_paths_count_as_profiles() -> None:
    match = KNOWN.match_url("https://www.yelp.com/whatever/new/path")
    assert match is not None
    assert match.role == "profile"


# --- labels ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "•",
        "Website",
        "www",
        "E-Mail",
        "tel",
        "Phone:",
        "Jane Example",
        "in",
        "x",
        "f",
        "Line",
        "Medium",
        "Signal",
        "Threads",
        "OK",
        "Band",
        "Note",
        "meta",
        "About me",
        "Arena",
        "we chat",
        "My space",
        "Be real",
        "Acme on Facebook and Twitter",
        "Facebook Marketing GmbH",
        "#tiktok",
        "Inst.",
        "Folge",
        "Google",
        "Teams",
        "Facebook " * 50,
    ],
)
def test_no_label(text: str) -> None:
    expected = "tiktok" if text == "#tiktok" else None
    assert KNOWN.match_label(text) == expected


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("Facebook", "facebook"),
        ("FACEBOOK:", "facebook"),
        ("► T W I T C H:", "twitch"),
        ("F A C E B O O K", "facebook"),
        ("𝗧𝗶𝗸𝗧𝗼𝗸", "tiktok"),
        ("ＹｏｕＴｕｂｅ", "youtube"),
        ("(Instagram)", "instagram"),
        ("📸 Instagram ⬇️", "instagram"),
        ("IG:", "instagram"),
        ("FB", "facebook"),
        ("вк", "vk"),
        ("VK,COM", "vk"),
        ("мой инстаграм", "instagram"),
        ("my Instagram page", "instagram"),
        ("Ma page Facebook", "facebook"),
        ("Facebook-Seite", "facebook"),
        ("na Facebooku", "facebook"),
        ("G+", "google_plus"),
        ("Google+", "google_plus"),
        ("Twitter/X", "x"),
        ("X (formerly Twitter)", "x"),
        ("LINKED IN", "linkedin"),
        ("페북", "facebook"),
        ("ツイッター：", "x"),
        ("تويتر", "x"),
        ("ask.fm", "ask_fm"),
        ("Buy Me a Coffee", "buymeacoffee"),
    ],
)
def test_label(text: str, platform: str) -> None:
    assert KNOWN.match_label(text) == platform


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("in", "linkedin"),
        ("f", "facebook"),
        ("tw", "x"),
        ("X", "x"),
        ("Line:", "line"),
        ("tel", None),
        ("@", None),
        ("www", None),
        ("", None),
    ],
)
def test_weak_label(text: str, platform: str | None) -> None:
    assert KNOWN.match_label(text, weak=True) == platform


@pytest.mark.parametrize(
    "text",
    [
        "was linked in the report",
        "see facebook.com/acme",
        "https://www.instagram.com/acme",
        "jane@facebook.com",
        "@instagram",
        "#tiktok #twitter",
        "www.youtube.com/@acme",
        "a medium line of signal threads",
        "Facebookish",
        "インスタント",
        "filmhouzz.example",
    ],
)
def test_no_labels_in(text: str) -> None:
    assert KNOWN.labels_in(text) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Find us on Facebook & YouTube!", [("Facebook", "facebook"), ("YouTube", "youtube")]),
        ("Follow 𝗧𝗶𝗸𝗧𝗼𝗸 now", [("𝗧𝗶𝗸𝗧𝗼𝗸", "tiktok")]),
        ("공식 페이스북, 트위터", [("페이스북", "facebook"), ("트위터", "x")]),
        ("公式ツイッターはこちら", [("ツイッター", "x")]),
        ("公式Twitterはこちら", [("Twitter", "x")]),
        ("Мы в телеграме и ВКонтакте", [("телеграме", "telegram"), ("ВКонтакте", "vk")]),
        ("Facebook+Instagram", [("Facebook", "facebook"), ("Instagram", "instagram")]),
        ("Circle us on Google+", [("Google+", "google_plus")]),
        ("or buy me a coffee", [("buy me a coffee", "buymeacoffee")]),
        ("Youtube\ufe0f: ß Twitter", [("Youtube", "youtube"), ("Twitter", "x")]),
        ("Facebook: https://facebook.com/acme Twitter: @acme", [("Facebook", "facebook"), ("Twitter", "x")]),
    ],
)
def test_labels_in(text: str, found: list[tuple[str, str]]) -> None:
    assert [(text[hit.start : hit.end], hit.platform) for hit in KNOWN.labels_in(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "icon",
        "mail",
        "Website",
        "phone",
        "close x",
        "Facebook and Twitter",
        "Google Maps",
        "in the news",
        "Filmhouzz",
        "jane@facebook.com",
        "How we grew three regional bakeries through Facebook in one year",
    ],
)
def test_no_words(text: str) -> None:
    assert KNOWN.match_words(text) is None


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("LinkedIn icon", "linkedin"),
        ("logo x", "x"),
        ("Follow us on Facebook", "facebook"),
        ("| Facebook:", "facebook"),
        ("in", "linkedin"),
        ("FB icon", "facebook"),
        ("Acme Example on LinkedIn", "linkedin"),
        ("Folgen Sie uns auf Instagram", "instagram"),
        ("Icono de TikTok", "tiktok"),
        ("Medium", "medium"),
    ],
)
def test_words(text: str, platform: str) -> None:
    assert KNOWN.match_words(text) == platform


# --- icons, classes, placeholders, paths ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "",
        "logo.png",
        "site.png",
        "web.png",
        "mail.png",
        "e-mail.png",
        "phone.png",
        "tel.png",
        "map-pin.png",
        "image001.png",
        "spacer.gif",
        "close-x.png",
        "line.png",
        "separator-line.png",
        "signal-strength.png",
        "filmhouzz.png",
        "12794976-051e-4c5f-9d3b-0123456789ab.png",
        "5ba82f8e34e9613af25118d8a77a2ce4.png",
        "https://facebook.com",
        "https://cdn.facebook.com/banner.png",
        "https://www.linkedin.com/",
        "https://github.com/acme/SocialIcons/raw/main/banner.png",
        "data:image/png;base64,facebook",
        "cid:facebook@01D0",
        "facebook-cover.jpg",
        "instagram_photo_2024.jpg",
        "google-maps.png",
        "google_play_badge.png",
        "facebook-twitter.png",
        "acme_on_tour_with_facebook_crew.jpg",
        "about-me.png",
        "it.png",
        "i.png",
    ],
)
def test_no_icon(name: str) -> None:
    assert KNOWN.match_icon(name) is None


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("facebook.png", "facebook"),
        ("linkedln.png", "linkedin"),
        ("linkedin-light.png", "linkedin"),
        ("https://cdn.example.com/a/facebook_v1_shape1_b.png", "facebook"),
        ("facebook_25x25px.png", "facebook"),
        ("facebook_2_3_2x.png", "facebook"),
        ("tiktok_3116491.png", "tiktok"),
        ("icons8-github-96_f9fxnh.png", "github"),
        ("Facebook_f_logo_%282019%29.svg", "facebook"),
        ("instagram-icon-2x.png", "instagram"),
        ("icon-x.png", "x"),
        ("08_icon_x.jpg", "x"),
        ("r07_x.jpg", "x"),
        ("twitter2x.png", "x"),
        ("twitter-x.svg", "x"),
        ("google%2b.png", "google_plus"),
        ("google-plus-icon.png", "google_plus"),
        ("googlemy_shape1_white.png", "google_reviews"),
        ("badge-google.png", "google_reviews"),
        ("fb.png", "facebook"),
        ("Ico_Fb.png", "facebook"),
        ("fbicon.png", "facebook"),
        ("face.png", "facebook"),
        ("insta.png", "instagram"),
        ("inst.png", "instagram"),
        ("linke.png", "linkedin"),
        ("in.png", "linkedin"),
        ("be.png", "behance"),
        ("tt.png", "tiktok"),
        ("vk2.png", "vk"),
        ("LinkedInIcon.png", "linkedin"),
        ("YouTubeLogo_White@2x.png", "youtube"),
        (r"ASSETS\in.png", "linkedin"),
        ("whatsapp-contact_me.png", "whatsapp"),
        ("500px.png", "500px"),
        ("https://github.com/acme/icons/blob/main/dribbble.png?raw=true", "dribbble"),
    ],
)
def test_icon(name: str, platform: str) -> None:
    assert KNOWN.match_icon(name) == platform


@pytest.mark.parametrize(
    "classes",
    ["", "social", "bi bi-x", "fa-signal", "icon-x", "fa-envelope", "fa-facebook fa-twitter", "filmhouzz", "line"],
)
def test_no_class(classes: str) -> None:
    assert KNOWN.match_classes(classes) is None


@pytest.mark.parametrize(
    ("classes", "platform"),
    [
        ("fab fa-linkedin-in", "linkedin"),
        ("fa fa-google-plus-g fa-2x", "google_plus"),
        ("fa-x-twitter", "x"),
        ("bi bi-twitter-x", "x"),
        ("fab fa-vk", "vk"),
        ("js-signature-social-facebook", "facebook"),
        ("icon-fb", "facebook"),
        ("btn BTN-Facebook", "facebook"),
        ("fa-stack-overflow", "stackoverflow"),
    ],
)
def test_class(classes: str, platform: str) -> None:
    assert KNOWN.match_classes(classes) == platform


@pytest.mark.parametrize(
    "value",
    [
        "",
        "{{user.name}}",
        "{RT}",
        "%Mail%",
        "tel:{Mobile}",
        "{{address_line_1}}",
        "https://example.com/%C3%A9",
        "facebook",
        "{{facebook}}{{twitter}}",
    ],
)
def test_no_placeholder(value: str) -> None:
    assert KNOWN.match_placeholder(value) is None


@pytest.mark.parametrize(
    ("value", "platform"),
    [
        ("{{facebook_url}}", "facebook"),
        ("https://{{ user.facebook }}", "facebook"),
        ("%7B%7Bfacebook%7D%7D", "facebook"),
        ("{{linkedInUrl}}", "linkedin"),
        ("{{twitterHandle}}", "x"),
        ("{{x_url}}", "x"),
        ("%%LinkedIn%%", "linkedin"),
        ("%FACEBOOK%", "facebook"),
        ("[TWITTER_URL]", "x"),
        ("${instagram}", "instagram"),
        ("<%= user.github %>", "github"),
        ("$LinkedIn$", "linkedin"),
        ("__INSTAGRAM_LINK__", "instagram"),
        ("*|FACEBOOK:PROFILEURL|*", "facebook"),
    ],
)
def test_placeholder(value: str, platform: str) -> None:
    assert KNOWN.match_placeholder(value) == platform


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example/",
        "https://acme.example/services/facebook",
        "https://acme.example/blog/instagram-tips",
        "https://acme.example/sl/3c2802",
        "https://acme.example/links/facebook/twitter",
        "mailto:facebook",
        "https://acme.example/a/b/c/d/e/facebook",
        "#facebook",
    ],
)
def test_no_path(url: str) -> None:
    assert KNOWN.match_path(url) is None


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://acme.example/links/facebook", "facebook"),
        ("http://r.acme.example/sg/vk/3c2802095", "vk"),
        ("https://acme.example/go/insta", "instagram"),
        ("https://acme.example/vk", "vk"),
        ("https://click.acme.example/c/123/LinkedIn?id=1", "linkedin"),
        ("https://acme.example/facebook.html", "facebook"),
    ],
)
def test_path(url: str, platform: str) -> None:
    assert KNOWN.match_path(url) == platform


# --- users' platforms -----------------------------------------------------------------------------------------------


def test_a_new_platform_is_recognised_in_every_way() -> None:
    mine = KNOWN.extended(
        [
            Platform(
                "acmebook", "AcmeBook", "social", hosts=("acmebook.example",), labels=("AcmeBook",), icons=("acmebook",)
            )
        ]
    )
    match = mine.match_url("https://www.acmebook.example/jane")
    assert match is not None
    assert (match.platform, match.role) == ("acmebook", "profile")
    assert mine.match_label("AcmeBook:") == "acmebook"
    assert mine.match_icon("acmebook-24.png") == "acmebook"
    assert mine.may_mention("on AcmeBook")
    assert mine.platform("acmebook").category == "social"
    assert "acmebook" in mine.ids
    assert KNOWN.match_url("https://www.acmebook.example/jane") is None


def test_a_known_platform_is_added_to() -> None:
    mine = KNOWN.extended([Platform("facebook", name="FB", hosts=("social.acme.example",), content=("/news/*",))])
    assert mine.platform("facebook").name == "FB"
    assert kind(mine, "https://social.acme.example/jane") == ("facebook", "profile")
    assert kind(mine, "https://social.acme.example/news/1") == ("facebook", "content")
    assert kind(mine, "https://www.facebook.com/acme") == ("facebook", "profile")


def test_a_kept_host_can_become_a_platform() -> None:
    mine = KNOWN.extended([Platform("etsy", "Etsy", "other", hosts=("etsy.com",))])
    assert kind(mine, "https://www.etsy.com/shop/acme") == ("etsy", "profile")
    assert mine.kept_category("https://www.etsy.com/shop/acme") is None


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        (Platform("acme", hosts=("facebook.com",)), "acme: hosts has 'facebook.com', which belongs to facebook"),
        (Platform("acme", labels=("Twitter",)), "acme: labels has 'twitter'"),
        (Platform("acme", labels_whole=("Twitter",)), "acme: 'twitter' is a name of x"),
        (Platform("acme", category="fun"), "acme: category"),
        (Platform("Acme!"), "id 'Acme!'"),
        (Platform("acme", hosts=("no host",)), "acme: hosts has 'no host'"),
        (Platform("acme", handle="("), "acme: handle"),
    ],
)
def test_a_bad_platform_of_the_user_is_named(platform: Platform, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        KNOWN.extended([platform])
    assert words in str(caught.value)


# --- guarantees -----------------------------------------------------------------------------------------------------


def kind(known: Registry, url: str) -> tuple[str, str] | None:
    match = known.match_url(url)
    return (match.platform, match.role) if match else None


def look_up_everything(known: Registry, text: str) -> None:
    known.match_url(text)
    known.kept_category(text)
    known.is_shortener(text)
    known.match_path(text)
    known.match_label(text, weak=True)
    known.match_words(text)
    known.match_icon(text)
    known.match_classes(text)
    known.match_placeholder(text)
    known.may_mention(text)
    end = 0
    for hit in known.labels_in(text):
        assert end <= hit.start < hit.end <= len(text)
        assert hit.platform in known
        end = hit.end


PIECES = st.sampled_from(
    [
        "https://",
        "http:",
        "//",
        "www.",
        "facebook.com",
        "x.com",
        "/",
        "@",
        "?",
        "#",
        ".",
        ":",
        "{{",
        "}}",
        "%",
        "Facebook",
        "in",
        "фейсбук",
        "ツイッター",
        "𝗧",
        "\u200b",
        "ß",
        " ",
        "-",
        "google+",
        "skype:",
        "\\",
        "[",
        "]",
        "١",
    ]
)


@given(st.text(max_size=60) | st.lists(PIECES, max_size=12).map("".join))
def test_no_text_raises(text: str) -> None:
    look_up_everything(KNOWN, text)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_is_found_passes_the_screen(text: str) -> None:
    if KNOWN.match_url(text) or KNOWN.labels_in(text) or KNOWN.match_classes(text):
        assert KNOWN.may_mention(f'<a href="{text}">')


@pytest.mark.parametrize(("url", "platform", "role"), rows("platform_links.txt")[::7])
def test_every_link_passes_the_screen(url: str, platform: str, role: str) -> None:
    assert KNOWN.may_mention(f'<p><a href="{url}">Jane</a></p>'), (platform, role)


@pytest.mark.parametrize(
    "text",
    [
        "<p>Jane Example, Head of Things</p>",
        '<a href="https://www.example.com/contact">Acme</a>',
        '<img src="logo.png" class="signature">',
        "Tel +49 170 0000000, medium size, in part, signal x",
        "//acme.example/x",
    ],
)
def test_the_screen_stops_what_holds_nothing(text: str) -> None:
    assert not KNOWN.may_mention(text)


@pytest.mark.parametrize(
    "text",
    [
        "Skype: jane",
        '<img src="facebook.png">',
        "&#102;acebook",
        "t.me/acme",
        "X.com/acme",
        "公式フェイスブック",
        "𝗧𝗶𝗸𝗧𝗼𝗸",
        "мы вк",
        "в телеграме",
        "Buy me a coffee",
        "{{linkedin}}",
        '<i class="fa fa-vimeo">',
        "https%3A%2F%2Ffacebook.com",
        "//mastodon.acme.example/@jane",
    ],
)
def test_the_screen_lets_names_through(text: str) -> None:
    assert KNOWN.may_mention(text)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a-",
        "a.",
        "a@",
        "{{",
        "{{a",
        "http://",
        "facebook ",
        "ツ",
        "ツイッター",
        "%7b",
        "/x",
        "x.com/",
        "[[",
        "__a",
        "Aa",
        "é",
    ],
)
def test_long_texts_take_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.perf_counter()
    look_up_everything(KNOWN, text)
    look_up_everything(KNOWN, "https://facebook.com/" + text)
    once = time.perf_counter() - started
    assert once < 5


def test_a_registry_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(KNOWN)) is KNOWN  # noqa: S301 - made on the line itself
    mine = KNOWN.extended([Platform("acmebook", hosts=("acmebook.example",))])
    again = pickle.loads(pickle.dumps(mine))  # noqa: S301 - made on the line itself
    assert again.match_url("https://acmebook.example/jane") == mine.match_url("https://acmebook.example/jane")


def test_threads_share_one_registry() -> None:
    urls = [url for url, _, _ in rows("platform_links.txt")] * 3
    fresh = KNOWN.extended([])
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fresh.match_url, urls)) == list(map(KNOWN.match_url, urls))
        assert len(set(map(id, pool.map(lambda _: registry(), range(8))))) == 1


def test_platforms_come_sorted_and_whole() -> None:
    platforms = list(KNOWN)
    assert [platform.id for platform in platforms] == list(KNOWN.ids) == sorted(KNOWN.ids)
    facebook = KNOWN.platform("facebook")
    assert ("fb.me", "short") in facebook.host_kind
    assert "/profile.php?id=" in facebook.profile
    with pytest.raises(KeyError):
        KNOWN.platform("acmebook")
