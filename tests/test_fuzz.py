"""What the fuzzers of `tests/fuzz` have found, and a slice of them that is the same in every run."""

from __future__ import annotations

import itertools

import pytest
from grammar import documents, seeds, tokens
from oracles import KINDS, Kind, check, run

from sigtrim import CallToAction, Rewriter, SourceError, formats

SLICE = 60
"""Documents of each kind; what runs for hours is `tests/fuzz/grammar.py`."""


@pytest.mark.parametrize("kind", KINDS)
def test_broken_documents(kind: Kind) -> None:
    verdicts = {check(kind, data) for _, data in itertools.islice(documents([kind], seed=8), SLICE)}
    assert "changed" in verdicts
    assert verdicts & {"same", "skipped", "refused"}


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_are_the_document(kind: Kind) -> None:
    assert seeds(kind)
    for data in seeds(kind):
        assert b"".join(tokens(kind, data)) == data


def test_the_judges_see_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    from sigtrim.rewrite import settle

    def without_marker(cta: CallToAction, *_: object) -> str:
        return f'<a href="{cta.url}?x=1">{cta.text}</a>'

    page = b'<p>Ada</p><p><a href="https://x.com/acme">X</a> <a href="https://github.com/acme">GitHub</a></p>'
    assert check("html", page) == "changed"
    monkeypatch.setattr(settle, "render", without_marker)
    with pytest.raises(AssertionError, match="V5"):
        check("html", page)


LIST = b'<a href="https://x.com/acme">X</a> <a href="https://github.com/acme">GitHub</a>'

# Each is what is left of a document that broke a guarantee, once all that is not needed for that was taken out.
FOUND: dict[str, tuple[Kind, bytes]] = {
    "a header and nothing else": ("mailsignature", b"e:"),
    "a header that does not end": ("mailsignature", b"Content-Type:text/html\n<a href=><p>"),
    "a header with a line that is no field": (
        "eml",
        b"Content-Type:text/html\nContent-Transfer-Encoding:base64\nI\n\nPGRpdiBjbGFzcz0iZ21haWxfc2lnbmF0dXJlIj5BPC9kaXY+",
    ),
    "line ends of two kinds": ("text", b"\n.\r"),
    "line ends of two kinds in a message": ("mailsignature", b"n:\n\n\r\nr\n"),
    "white space alone": ("text", b"\xa0"),
    "a box that is left open": ("html", b"<select>"),
    "a box that the end of a paragraph does not end": ("html", b"<p><select></p>"),
    "a marker in a box": ("html", b'<select><a data-sigtrim="cta"></a>'),
    "a marker around the list": (
        "html",
        b'<a href><span data-sigtrim="cta">Facebook<a href=//instagram.com/acme></span>',
    ),
    "addresses behind a link that is left open": (
        "html",
        b"facebook.com/acme<a href=www.linkedin.com/in/acme>www.youtube.com/@acme www.instagram.com/acme",
    ),
    "addresses as the words of another link": (
        "html",
        b"<a href=https://www.linkedin.com/in/acme>www.youtube.com/@acme www.instagram.com/acme</a> " + LIST,
    ),
    "one signature in another that is left open": (
        "eml",
        b'Content-Type:text/html\n\n<div class="gmail_signature"><div><a href=https://x.com/acme>%s</div></div>'
        % b'<div class="gmail_signature"><a href=3>Instagram',
    ),
    "a link that is left open around the signature": (
        "eml",
        b'Content-Type:text/html\n\n<a href><div class="moz-signature"></div>',
    ),
    "a removed line between a blank one and one that begins as a separator": (
        "mbox",
        b"From ada@example.com 2024\n\n-- \n\nwww.linkedin.com/in/acme\nFrom 2024\nFacebook: acme\nx.com/acme",
    ),
    "addresses among the words of another link": (
        "html",
        b"<a href=https://www.linkedin.com/in/acme>www.youtube.com/@acme or www.instagram.com/acme</a>Skype: acme",
    ),
    "a marker in a box that stands in a paragraph": ("html", b'<p><select><p><a data-sigtrim="cta"></a>'),
    "a marker in capital letters": ("html", b'<A DATA-SIGTRIM="cta"></A>'),
    "a marker in letters of both kinds": ("html", b'<a data-sigtRim="cta"></a>'),
    "what is left of a line reads as a call to action": (
        "text",
        b"instagram.com/acme\nFacebookhttp://facebook.com/acme :http://example.com/guide",
    ),
    "a removal that takes the one byte which is no UTF-8": (
        "html",
        b'<p>\xe2\x9c\xa6 Ada</p><a href="https://x.com/a">X \xc5</a> <a href="https://github.com/a">GitHub</a>',
    ),
    "an encoding without a name": ("html", b"<meta charset=\x00>\xa9"),
    "the mark of UTF-16 before other bytes": (
        "html",
        b'\xff\xfe/www.facebook.com/"><a href=https://www.linkedin.com/in/acme>>',
    ),
    "words between addresses behind a link that is left open": (
        "html",
        b"<a href>Facebook</a><a<><a href=https://www.linkedin.com/in/acme>e www.youtube.com/@a\nwww.instagram.com/a",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found(name: str) -> None:
    check(*FOUND[name])


def test_a_mail_signature_without_a_body_is_refused() -> None:
    for data in (b"Content-Type: text/html\nMime-Version: 1.0\n", b"Content-Type: text/html\n\n"):
        with pytest.raises(SourceError, match="nothing follows its header"):
            run("mailsignature", data)


def test_a_header_that_readers_end_at_different_lines_is_refused() -> None:
    with pytest.raises(SourceError, match="no field"):
        run("eml", b"From: ada@example.com\nno field\n\nHello\n-- \n" + LIST)


def test_one_message_that_would_become_two_does_not_stop_the_others() -> None:
    text = b"Hello\n-- \nAda\nhttps://x.com/acme\nhttps://github.com/acme\n\n"
    first = b"From ada@example.com Tue Jan  2 10:11:12 2024\nContent-Type: text/plain\n\n"
    split = b"-- \n\nhttps://www.linkedin.com/in/acme\nFrom here on 2024\nFacebook: acme\nx.com/acme\n\n"
    result = formats.rewrite(
        Rewriter(cta=CallToAction("https://example.com/guide", "Get it")), first + split + first + text, format="mbox"
    )
    assert result.skipped is None
    assert isinstance(result.output, bytes)
    assert result.output.startswith(first + split)
    assert b"Get it: https://example.com/guide" in result.output
    assert result.warnings == ("message 1 (line 2) stays as it is: the edited mailbox would have other messages",)


def test_a_call_to_action_that_a_client_wrote_in_capitals_is_replaced() -> None:
    page = '<P>Ada<BR><A HREF="https://example.com/may" DATA-SIGTRIM="cta">Join us</A></P>'
    result = Rewriter(cta=CallToAction("https://example.com/guide", "Get it")).rewrite(page)
    assert result.output == '<P>Ada<BR><a href="https://example.com/guide" data-sigtrim="cta">Get it</a></P>'


def test_a_document_whose_guessed_encoding_would_change_stays() -> None:
    _, data = FOUND["a removal that takes the one byte which is no UTF-8"]
    result = run("html", data)
    assert result.output == data
    assert result.skipped == "its encoding is a guess, and the result would be read in another one"


def test_line_ends_are_those_of_the_line_that_is_replaced() -> None:
    rewriter = Rewriter(cta=CallToAction("https://example.com/guide", "Get it"))
    result = rewriter.rewrite("Ada\nhttps://x.com/acme\nhttps://github.com/acme\r\nBye\n", format="text")
    assert result.output == "Ada\nGet it: https://example.com/guide\r\nBye\n"


def test_a_call_to_action_that_could_not_be_replaced_does_not_come_in() -> None:
    page = (
        '<html><a href="https://www.linkedin.com/in/ada-byrne">'
        '<a href="https://lnk.example.org/?url=https%3A%2F%2Ffacebook.com%2Facme">acme '
        '<a href="https://www.facebook.com/acme"></a>'
    )
    result = Rewriter(cta=CallToAction("https://example.com/guide", "Get it")).rewrite(page, format="html")
    assert (result.output, result.skipped) == (page, "V7: the call to action would not be known again")
