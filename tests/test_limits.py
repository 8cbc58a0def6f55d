"""Captions counted as their platforms count them."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim.detect.platforms import registry
from sigtrim.errors import ConfigError
from sigtrim.parse.graphemes import count_graphemes
from sigtrim.rewrite.limits import UNITS, caption_limits, caption_warnings, count

PLATFORMS = [
    "instagram",
    "tiktok",
    "youtube",
    "x",
    "linkedin",
    "facebook",
    "threads",
    "bluesky",
    "mastodon",
    "pinterest",
]

FAMILY = "👩‍👩‍👧‍👦"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

WORDS = st.sampled_from(
    [
        "a",
        "tea",
        "日本語",
        "é",
        "e\u0301",
        "Ёлка",
        "…",
        "—",
        "“so”",
        "#tag",
        "@ada",
        "©",
        "™",
        "ﷺ",
        "\u202a",
        "foo.bar1",
        "1.5",
        FAMILY,
        ENGLAND,
        "👍🏽",
        "👍",
        "❤️",
        "❤",
        "🇺🇦",
        "🇦🇦",
        "1️⃣",
        "🏳️‍🌈",
        "👨‍🎤",
        "⚡️",
        "🧑🏿‍🚀",
        "https://example.com",
        "http://example.org/a_(b)?x=1&y=2#z",
        "example.com/x",
        "www.example.org",
        "example.net.",
        "https://t.co/Abc123",
        "ada@example.com",
        "ada.work@example.com",
        "-www.example.org",
        "(example.com)",
        "日本語.jp",
    ]
)


@given(st.lists(WORDS, max_size=12), st.sampled_from([" ", "\n", " \r\n"]))
def test_x_agrees_with_twitter_text(words: list[str], between: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the oracle imports pkg_resources, which is deprecated
        from twitter_text import parse_tweet
    text = between.join(words)
    assert count(text, "x") == parse_tweet(text).weightedLength


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("a\r\nb", 3),
        ("e\u0301\u0302", 1),
        (FAMILY, 1),
        ("👍🏽👍", 2),
        ("🇺🇦🇫🇷🇺", 3),
        (ENGLAND, 1),
        ("각", 1),
        ("\u1100\u1161\u11a8", 1),
        ("각\u1161", 2),
        ("กำ", 1),
        ("நி", 1),
        ("\u0600a", 1),
        ("\u200b\u200b", 2),
        ("a\u200d", 1),
        ("\u0301", 1),
    ],
)
def test_graphemes(text: str, expected: int) -> None:
    assert count_graphemes(text) == expected


@given(st.text(max_size=60))
def test_graphemes_are_no_more_than_characters(text: str) -> None:
    assert (count_graphemes(text) > 0) == bool(text)
    assert count_graphemes(text) <= len(text)
    # a line end stands alone, so both sides count for themselves (UAX 29, GB4 and GB5)
    assert count_graphemes(f"{text}x\n{text}") == count_graphemes(f"{text}x") + 1 + count_graphemes(text)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("characters", 8), ("utf16", 12), ("bytes", 27), ("graphemes", 2), ("x", 3), ("mastodon", 2), ("threads", 26)],
)
def test_units(unit: str, expected: int) -> None:
    assert count(f"é{FAMILY}", unit) == expected


def test_units_are_known() -> None:
    assert {unit for platform in PLATFORMS for _, unit in caption_limits(platform).limits} <= set(UNITS)
    with pytest.raises(ConfigError, match="unit: 'pages' is none of"):
        count("a", "pages")


def test_mastodon_counts_addresses_and_mentions_shorter() -> None:
    assert count("https://example.com/" + "a" * 100, "mastodon") == 23
    assert count("@ada@social.example hi", "mastodon") == len("@ada hi")
    assert count("example.com", "mastodon") == len("example.com")


def test_youtube_counts_bytes_and_refuses_angle_brackets() -> None:
    assert caption_warnings("é" * 2501, "youtube") == ("youtube: 5002 of 5000 (UTF-8 bytes)",)
    assert caption_warnings("1 < 2 > 0", "youtube") == ("youtube: '<' is not allowed", "youtube: '>' is not allowed")


def test_bluesky_has_two_limits() -> None:
    assert caption_warnings(FAMILY * 150, "bluesky") == ("bluesky: 3750 of 3000 (UTF-8 bytes)",)


@pytest.mark.parametrize("platform", [*PLATFORMS, "telegram"])
def test_platforms(platform: str) -> None:
    known = caption_limits(platform)
    assert platform in registry().ids
    assert known.source
    assert known.date.startswith("20")
    line = known.call("Get it", "https://example.com")
    assert "Get it" in line
    assert ("https://" in line) == (known.words is None)
    number, unit = known.limits[0]
    assert caption_warnings("a" * number, platform) == ()
    assert f"{number + 1} of {number}" in caption_warnings("a" * (number + 1), platform)[0], unit


def test_unknown_platform() -> None:
    with pytest.raises(ConfigError, match=r"no caption limits are known for 'myspace' \(known: bluesky, facebook"):
        caption_limits("myspace")
