"""Lines, sentences, links and handles of plain text, each with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linkify_it import LinkifyIt

from sigtrim.parse.caption import find_handles, find_links, split_lines, split_sentences
from sigtrim.parse.fold import fold, fold_text

HOSTS = frozenset(["facebook.com", "instagram.com", "x.com", "t.me"])


def is_known(host: str) -> bool:
    return host.removeprefix("www.") in HOSTS


def urls(text: str) -> list[str]:
    return [link.url for link in find_links(text, is_known_host=is_known)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "main.py and README.md",
        "ASP.NET, Node.js, e.g. this",
        "See you.Then we go",
        "ada@facebook.com",
        "version 1.2.3, 192.168.0.1",
        "http://",
        "https://localhost",
        "evilfacebook.com",
        "facebook.community",
        "://example.com",
        "facebook.com./ada",
    ],
)
def test_no_link(text: str) -> None:
    assert urls(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.com", ["https://example.com"]),
        ("Visit https://example.com. Or x.com.", ["https://example.com", "https://x.com"]),
        ("https://example.com./a", ["https://example.com./a"]),
        ("(https://example.com/a_(b)).", ["https://example.com/a_(b)"]),
        ("“https://example.com/a”…", ["https://example.com/a"]),
        ("https://example.com/a, https://example.com/b!", ["https://example.com/a", "https://example.com/b"]),
        ("ツイッターhttps://x.com/adaです", ["https://x.com/ada"]),
        ("▶️https://example.com/a▶️", ["https://example.com/a"]),
        ("FB:facebook.com/ada|IG:instagram.com/ada", ["https://facebook.com/ada|IG:instagram.com/ada"]),
        ("FB:facebook.com/ada IG:instagram.com/ada", ["https://facebook.com/ada", "https://instagram.com/ada"]),
        ("https://a.example.comhttps://b.example.com", ["https://a.example.com", "https://b.example.com"]),
        ("https://archive.example/web/https://b.example/", ["https://archive.example/web/https://b.example/"]),
        ("https://example.com/?u=https://b.example", ["https://example.com/?u=https://b.example"]),
        ("www.example.org/x", ["https://www.example.org/x"]),
        ("hxxps://example.com/a", ["https://example.com/a"]),
        ("https://x.com/adaПочта: ada@example.com", ["https://x.com/ada"]),
        ("https://example.com/c/맛있는Ada", ["https://example.com/c/맛있는Ada"]),
        ("https://münchen.example/straße", ["https://münchen.example/straße"]),
        ("HTTPS://EXAMPLE.COM/A", ["HTTPS://EXAMPLE.COM/A"]),
        ("https://insta\u200bgram.com/ada", ["https://instagram.com/ada"]),
        ("https://example.com/a\u200bInstagram", ["https://example.com/a"]),
        ("\u202ahttps://example.com/a\u202c", ["https://example.com/a"]),
    ],
)
def test_links(text: str, expected: list[str]) -> None:
    assert urls(text) == expected


def test_cut_link() -> None:
    (link,) = find_links("see https://www.facebook.com/acme-books... and", is_known_host=is_known)
    assert (link.url, link.cut) == ("https://www.facebook.com/acme-books", True)
    assert (link.start, link.end) == (4, 42)


WORDS = st.sampled_from(
    ["see", "and", "Ada", "日本", "мир", "it's", "(so)", "50%", "—", "😀", "a.b", "12:30", "#tag", "@ada"]
)
LINKS = st.sampled_from(
    [
        "https://example.com",
        "http://example.org/path/to?x=1&y=2#frag",
        "https://sub.example.net/a_(b)",
        "https://example.com/a-b_c~d",
        "https://example.com/%20x",
    ]
)
ENDED_LINKS = st.tuples(LINKS, st.sampled_from(["", ".", ",", "!", "?", ";"])).map("".join)


@given(st.lists(st.one_of(WORDS, ENDED_LINKS), max_size=12))
def test_agrees_with_linkify_on_links_with_a_scheme(parts: list[str]) -> None:
    text = " ".join(parts)
    matches = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False}).match(text) or []
    expected = [(match.index, match.last_index) for match in matches if match.schema in ("http:", "https:")]
    assert [(one.start, one.end) for one in find_links(text, is_known_host=lambda _: False)] == expected


@given(st.text(max_size=120))
def test_links_and_handles_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    position = 0
    for link in find_links(text, is_known_host=lambda _: True):
        assert position <= link.start < link.end <= len(text)
        position = link.end
    for handle in find_handles(text):
        assert text[handle.start] in "@＠"
        assert text[handle.start + 1 : handle.end] == handle.name


@given(st.text(alphabet="ab \r\n\u2028", max_size=40))
def test_lines_partition_the_text(text: str) -> None:
    lines = split_lines(text)
    assert "".join(text[line.start : line.next] for line in lines) == text
    assert all(not set(text[line.start : line.end]) & set("\r\n\u2028") for line in lines)


@given(st.text(alphabet='ab.!?… "Zа。', max_size=60))
def test_sentences_partition_the_line(text: str) -> None:
    assert "".join(text[start:end] for start, end in split_sentences(text, 0, len(text))) == text


def test_no_sentence_ends_inside_a_link() -> None:
    text = "Go to https://example.com/a.!B now. End"
    links = find_links(text, is_known_host=is_known)
    assert [text[a:b] for a, b in split_sentences(text, 0, len(text), links=links)][-1] == "End"
    assert len(split_sentences(text, 0, len(text), links=links)) == 2


@pytest.mark.parametrize("text", ["ada@example.com", "a@b", "@", "x/@ada"])
def test_no_handle(text: str) -> None:
    assert find_handles(text) == ()


def test_handles() -> None:
    text = "IG: @ada.codes, (@b_c) \u2060@Déjà ＠acme @ada@social.example."
    assert [handle.name for handle in find_handles(text)] == ["ada.codes", "b_c", "Déjà", "acme", "ada@social.example"]


@given(st.text(max_size=60))
def test_folding_has_a_way_back(text: str) -> None:
    folded = fold(text)
    assert folded.text == fold_text(text)
    for start in range(len(folded.text)):
        first, last = folded.original(start, start + 1)
        assert 0 <= first < last <= len(text)
        assert folded.text[start] in fold_text(text[first:last])
