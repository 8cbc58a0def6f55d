"""What the verification lets pass and what it refuses: plans that are right first, then those that lose something."""

from __future__ import annotations

import pytest

from sigtrim import CallToAction
from sigtrim.errors import VerificationError
from sigtrim.parse.html import parse
from sigtrim.parse.source import Span
from sigtrim.rewrite.edits import Edit, apply
from sigtrim.rewrite.verify import verify_html, verify_text

CTA = CallToAction("https://example.com/guide", "Get the free guide")
LINK = '<a href="https://example.com/guide">Get the free guide</a>'
PROFILE = '<a href="https://social.example/ada">Social</a>'


def verify(text: str, *, insert: str = LINK, output: str | None = None) -> None:
    """Verify a plan written into the text: `⟦` and a letter of its code before what goes, `^` for the insertion."""
    source, edits, place = "", [], None
    codes = {"l": "platform-link", "e": "empty-container", "s": "list-separator", "p": "previous-cta"}
    opened: list[tuple[str, int]] = []
    rest = text
    while rest:
        if rest[0] == "⟦":
            opened.append((codes[rest[1]], len(source)))
            rest = rest[2:]
        elif rest[0] == "⟧":
            code, start = opened.pop()
            edits.append((code, Edit.deletion(Span(start, len(source)))))
            rest = rest[1:]
        elif rest[0] == "^":
            place, rest = len(source), rest[1:]
        else:
            source, rest = source + rest[0], rest[1:]
    insertion = Edit.insertion(place, insert) if place is not None else None
    made = [edit for _, edit in edits] + ([insertion] if insertion is not None else [])
    written = apply(source, made) if output is None else output
    verify_html(parse(source), written, edits, insertion, cta=CTA if insertion is not None else None)


@pytest.mark.parametrize(
    "text",
    [
        "<p>Ada</p>",
        f"<p>Ada</p><p>⟦l{PROFILE}⟧^</p>",
        f"<p>Ada</p>⟦e<p>⟦l{PROFILE}⟧ &nbsp;</p>⟧^",
        f"<p>Ada⟦s | ⟧⟦l{PROFILE}⟧</p>^",
        f"<p>Ada⟦s and ⟧⟦l{PROFILE}⟧</p>",
        f"<p>Ada⟦s &nbsp;&middot;&nbsp;⟧⟦l{PROFILE}⟧</p>",
        f"<p>Ada⟦s sowie auf ⟧⟦l{PROFILE}⟧</p>",
        "<p>⟦l<a href=https://social.example/ada>⟧Ada⟦l</a>⟧^</p>",
        # A handle of the fediverse is no address; what only stands beside an edit stays.
        "<p>⟦l@ada@social.example⟧ ^</p>",
        f"<p>ada@example.com ⟦l{PROFILE}⟧^</p>",
        f"<p>⟦l{PROFILE}⟧ ada@example.com^</p>",
        # Neither a comment nor a style shows an address to a reader.
        "<div>⟦e<div><!-- ada@example.com --></div>⟧^</div>",
        # A picture or a link in an emptied container that a removal names.
        '<div>Ada⟦e<div>⟦l<img src="x.png">⟧</div>⟧^</div>',
        # A name of a place leads nowhere.
        '<div>Ada⟦e<div><a name="top"></a></div>⟧^</div>',
        f"<div>⟦l{PROFILE}⟧^</div><!--[if mso]><p>⟦l{PROFILE}⟧</p><![endif]-->",
        # An end tag that belongs to no element may go alone.
        "<p>Ada⟦l</b>⟧^</p>",
        # An earlier call to action may hold an address.
        '<p>⟦p<a href="mailto:ada@example.com">ada@example.com</a>⟧^</p>',
        '<p>⟦p<a href="https://example.com/guide">Old guide</a>⟧^</p>',
    ],
)
def test_what_is_right_passes(text: str) -> None:
    verify(text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        # V3: no half of a tag, a comment or an element.
        ("<p>Ada⟦l</p⟧>", "V3: '</p>' would be cut in two"),
        ("<p ⟦lclass=x⟧>Ada</p>", "V3: '<p class=x>' would be cut in two"),
        ("⟦l<p>Ada<⟧/p>", "V3: '</p>' would be cut in two"),
        ("<p>Ada⟦l<!--⟧ x --></p>", "would be cut in two"),
        ("<p>⟦l<b>⟧Ada</b></p>", "V3: one tag of a <b> would go and the other stay"),
        ("<p><b>Ada⟦l</b>⟧</p>", "V3: one tag of a <b> would go and the other stay"),
        ("<!--[if mso]>⟦l<p>⟧Ada</p><![endif]-->", "V3: one tag of a <p> would go and the other stay"),
        ("⟦l<!--[if mso]>⟧<p>Ada</p><![endif]-->", "V3"),
        ("<!--[if mso]><p>Ada</p>⟦l<![endif]-->⟧", "V3"),
        ("<⟦l<b>x</b>⟧!-- Ada", "V3: what is left reads as other tags than before"),
        ("&l⟦l<b>x</b>⟧<⟦lx⟧br>", "V3"),
        # V4: what no removal names.
        ("<div>Ada⟦e<div>Byrne</div>⟧</div>", "V4: 'Byrne' would go although no removal names it"),
        ("<div>Ada⟦e<div>⟦lx⟧ 1</div>⟧</div>", "V4: '1' would go although no removal names it"),
        ("<div>Ada⟦e<div>1 ⟦lx⟧</div>⟧</div>", "V4: '1' would go although no removal names it"),
        ("<div>Ada⟦e<div>⟦lx⟧1⟦lx⟧</div>⟧</div>", "V4: '1' would go although no removal names it"),
        ("<div>Ada⟦e<div>&eacute;</div>⟧</div>", "V4: '&eacute;' would go although no removal names it"),
        ('<div>Ada⟦e<div><img src="x.png"></div>⟧</div>', "V4: '<img src=\"x.png\">' would go"),
        ('<div>Ada⟦e<div>⟦lx⟧<img src="x.png"></div>⟧</div>', "V4: '<img src=\"x.png\">' would go"),
        ('<div>Ada⟦e<div><img src="x.png">⟦lx⟧</div>⟧</div>', "V4: '<img src=\"x.png\">' would go"),
        ('<div>Ada⟦e<div><input type="image"></div>⟧</div>', "V4"),
        ('<div>Ada⟦e<div><area href="https://example.com"></div>⟧</div>', "V4"),
        ('<div>Ada⟦e<div><a href="https://example.com"></a></div>⟧</div>', "V4"),
        ('<!--[if mso]><div>Ada⟦e<v:imagedata src="x.png"/>⟧</div><![endif]-->', "V4"),
        # V4: contacts stay, whatever removal would take them.
        ("<p>Ada ⟦lada@example.com⟧</p>", "V4: the e-mail address 'ada@example.com' would go"),
        ("<p>Ada ⟦ladal⟧@example.com</p>", "V4: the e-mail address 'adal@example.com' would go"),
        ("<p>Ada ada@example.⟦lcom⟧</p>", "V4: the e-mail address 'ada@example.com' would go"),
        ("<p>Ada ⟦s, ada@example.com⟧</p>", "V4: the e-mail address 'ada@example.com' would go"),
        ('<p>Ada ⟦l<a href="mailto:ada@example.com">write</a>⟧</p>', "V4: the link to 'mailto:ada@example.com' would"),
        ('<p>Ada ⟦l<a href=" TEL:+123 ">call</a>⟧</p>', "V4: the link to 'tel:\\+123' would go"),
        ('<p>Ada ⟦l<a href="sms:+123">text</a>⟧</p>', "V4: the link to 'sms:\\+123' would go"),
        ('<map>⟦l<area href="tel:+123">⟧</map>', "V4: the link to 'tel:\\+123' would go"),
        # V4: a separator is marks, or one short word.
        ("<p>Ada⟦s, Director⟧</p>", "V4: ', Director' is no separator"),
        ("<p>Ada⟦s | @adabyrne⟧</p>", "V4: ' | @adabyrne' is no separator"),
        ("<p>Ada⟦s &middot; Director⟧</p>", "is no separator"),
    ],
)
def test_what_loses_something_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(VerificationError, match=complaint):
        verify(text)


@pytest.mark.parametrize(
    ("text", "insert", "count"),
    [
        (f"<p>Ada {LINK}^</p>", LINK, 2),
        ("<p>Ada <a href='https://example.com/guide?utm_source=old#x'>Get <b>the free</b> guide</a>^</p>", LINK, 2),
        ("<p>Ada <a href=' https&#58;//example.com/guide'>Get the free guide</a>^</p>", LINK, 2),
        ("<p>Ada^</p>", "Get the free guide", 0),
        ("<p>Ada^</p>", LINK + LINK, 2),
        ("<p>Ada^</p>", '<a href="https://example.com/other">Get the free guide</a>', 0),
        # Only Outlook would show it.
        ("<!--[if mso]><p>Ada^</p><![endif]-->", LINK, 0),
        ("<p>Ada</p><!--[if mso]><p>x^</p><![endif]-->", LINK, 0),
    ],
)
def test_there_is_exactly_one_call_to_action(text: str, insert: str, count: int) -> None:
    with pytest.raises(VerificationError, match=f"V5: the output would have {count} calls to action"):
        verify(text, insert=insert)


@pytest.mark.parametrize(
    "text",
    [
        "<!--[if mso]><p>Outlook</p><![endif]--><p>Ada^</p>",
        "<p>Ada^</p><!--[if mso]><p>Outlook</p><![endif]-->",
        # Only the target, or only the words, is not it.
        "<p>Ada <a href='https://example.com/guide'>What the guide says</a>^</p>",
        "<p>Ada <a href='https://example.com/guides'>Get the free guide</a><a name='https://example.com/guide'></a>^</p>",
    ],
)
def test_other_links_and_what_outlook_sees_beside_it_do_not_count(text: str) -> None:
    verify(text)


def test_an_output_that_is_something_else_is_refused() -> None:
    verify(f"<p>⟦l{PROFILE}⟧Ada^</p>", output=f"<p>Ada{LINK}</p>")
    for output in (
        f"<p>ada{LINK}</p>",
        "<p>Ada</p>",
        f"<p>{LINK}Ada</p>",
        f"<p>Ada{LINK}</p> ",
        f"<p>{PROFILE}Ada{LINK}</p>",
    ):
        with pytest.raises(VerificationError, match="V1"):
            verify(f"<p>⟦l{PROFILE}⟧Ada^</p>", output=output)


@pytest.mark.parametrize("place", range(9))
def test_the_insertion_may_stand_anywhere(place: int) -> None:
    edits = [Edit.deletion(Span(1, 3)), Edit.deletion(Span(3, 4)), Edit.deletion(Span(6, 8))]
    insertion = Edit.insertion(place, "<>")
    output = apply("abcdefgh", [*edits, insertion])
    assert verify_text("abcdefgh", output, edits, insertion) == (Span(1, 4), Span(6, 8))
    with pytest.raises(VerificationError, match="V1"):
        verify_text("abcdefgh", output, edits, None)
    with pytest.raises(VerificationError, match="V1"):
        verify_text("abcdefgh", output, edits[:2], insertion)
