"""The next campaign: over all cases, every style after every style comes out as if it had been the first."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from sigtrim import CallToAction, ConfigError, Rewriter
from sigtrim.call import Image
from sigtrim.rewrite.previous import Note

CASES = sorted((Path(__file__).parent / "cases").glob("*/*.in.htm*"))
BLOCK = '<table role="presentation"><tr><td><b>New:</b> <a href="{url}">{text}</a></td></tr></table>'
INLINE = '<b><a href="{url}" title="{text}">{text}</a></b>'
STYLES: dict[str, dict[str, Any]] = {
    "link": {},
    "button": {"style": "button"},
    "vml-button": {"style": "vml-button"},
    "image": {"style": "image", "image": Image(src="https://example.com/b.png", width=300, height=60)},
    "template-block": {"style": "template", "template": BLOCK},
    "template-inline": {"style": "template", "template": INLINE},
}
POSITIONS = ("list", "end", "start", 'after:"Acme"', 'before:"Leeds"')
FIRST = CallToAction("https://example.com/guide", "Get the free guide")
NEXT = CallToAction("https://example.org/book", "Book a call")
# All documents times all pairs take minutes; with this set, they are all gone through.
STEP = 1 if os.environ.get("SIGTRIM_ALL_CASES") else 24


def first(style: str, **more: Any) -> CallToAction:
    return replace(FIRST, **STYLES[style], **more)


def following(style: str, **more: Any) -> CallToAction:
    return replace(NEXT, **STYLES[style], **more)


def run(document: bytes | str, cta: CallToAction | None, **more: Any) -> bytes | str:
    rewrite = Rewriter(cta=cta, **more).rewrite(document, format="html")
    assert rewrite.skipped is None
    return rewrite.output


def unmark(document: bytes) -> bytes:
    """Take the marker away, as mail clients do with attributes that they do not know."""
    return document.replace(b' data-sigtrim="cta"', b"")


def is_skipped(document: bytes) -> bool:
    return any(
        Rewriter(cta=cta).rewrite(document, format="html").skipped is not None for cta in (None, FIRST, first("button"))
    )


def documents(offset: int) -> list[bytes]:
    contents = [path.read_bytes() for path in CASES[offset::STEP]]
    return [document for document in contents if not is_skipped(document)]


@pytest.mark.parametrize("note", ["at1|", "at1234567||", "at0|x|", "at0|%3Cscript%3E|%3C/script%3E", "at0|%3Cb%3E|"])
def test_a_note_of_more_than_emptied_elements_is_none(note: str) -> None:
    assert Note.read(note) is None
    marked = f'<div class="sigtrim-cta {note}"><a href="{FIRST.url}">{FIRST.text}</a></div>'
    assert run(f"<p>Ada</p>{marked}", FIRST, remove_cta=True) == "<p>Ada</p>"


def test_every_style_after_every_style() -> None:
    for document in documents(0):
        expected = {style: run(document, following(style)) for style in STYLES}
        for earlier in STYLES:
            marked = run(document, first(earlier))
            assert isinstance(marked, bytes)
            assert run(marked, first(earlier)) == marked
            for later in STYLES:
                previous = (FIRST.url,)
                assert run(marked, following(later)) == expected[later], (earlier, later)
                assert run(unmark(marked), following(later, previous=previous)) == expected[later], (earlier, later)


@pytest.mark.parametrize("position", POSITIONS)
def test_every_position(position: str) -> None:
    for document in documents(POSITIONS.index(position) + 1):
        for style in ("link", "button", "image"):
            marked = run(document, first(style, position=position))
            assert isinstance(marked, bytes)
            assert run(marked, first(style, position=position)) == marked
            later = following("button" if style == "link" else "link", position=position)
            assert run(marked, later) == run(document, later), style


@pytest.mark.parametrize("style", STYLES)
def test_an_address_of_a_mailbox_or_a_phone_in_a_call_is_no_contact_of_the_signature(style: str) -> None:
    links = '<a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a>'
    document = f'<p>Ada, <a href="mailto:ada@example.com">ada@example.com</a></p>\n<p>{links}</p>\n<p>Leeds</p>\n'
    write = first(style, schemes=("mailto", "tel", "https"))
    for url, text in (("mailto:desk@example.com?subject=Hi", "desk@example.com"), ("tel:+15550100", "Call us")):
        marked = run(document, replace(write, url=url, text=text))
        assert run(marked, following(style)) == run(document, following(style))
        assert run(marked, replace(write, url=url, text=text), remove_cta=True) == run(document, None)


def test_taken_out_it_leaves_the_stripped_document() -> None:
    for document in documents(7):
        stripped = run(document, None)
        for style in STYLES:
            marked = run(document, first(style))
            assert isinstance(marked, bytes)
            assert run(marked, FIRST, remove_cta=True) == stripped, style
            assert run(unmark(marked), first(style), remove_cta=True) == stripped, style


# Any text, any address, any value

LAYOUTS = (
    "<p>Ada Example</p><p>{}</p>",
    "<div>Ada Example<br>{}<br>Leeds</div>",
    '<table><tr><td style="font-family:Verdana">Ada</td></tr><tr><td>{}</td></tr></table>',
    "<p>Ada Example {}</p>",
)
LINKS = '<a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a>'
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


def lxml_links(page: str) -> list[tuple[str, str | None, str]]:
    root = lxml_html.document_fromstring(f"<html><body>{page}</body></html>")
    return [(str(one.tag), one.get("href"), "".join(str(word) for word in one.itertext())) for one in root.iter("a")]


def html5_links(page: str) -> list[tuple[str, str | None, str]]:
    root = html5lib.parse(page, namespaceHTMLElements=False)
    return [(one.tag, one.get("href"), "".join(one.itertext())) for one in root.iter("a")]


def words_and_tags(page: str) -> list[tuple[str, str]]:
    """All elements with the words right in them, but for empty ones and breaks."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    own = {id(inner) for one in root.iter() if one.get("data-sigtrim") for inner in one.iter()}
    found = []
    for one in root.iter():
        if id(one) in own or not isinstance(one.tag, str):
            continue
        words = [one.text or "", *(child.tail or "" for child in one)]
        found.append((one.tag, " ".join("".join(words).split())))
    return [one for one in found if one[1]]


def make(text: str, name: str, style: str, **more: Any) -> CallToAction | None:
    """Make a filled call to action of anything; None where that is refused."""
    try:
        return CallToAction("https://example.com/{name|x}?q={name|y}", text, **STYLES[style], **more).fill(
            {"name": name}
        )
    except ConfigError:
        return None


@settings(max_examples=150)
@given(TEXTS, TEXTS, st.sampled_from(sorted(STYLES)), st.sampled_from(LAYOUTS))
@example("<b>\"'&amp;</a>", "{x} <&>\"' 🎉", "button", LAYOUTS[0])
@example("--><script>", "a-->b", "vml-button", LAYOUTS[1])
@example("{{name}} ]]> &lt;", "%3C", "template-block", LAYOUTS[2])
def test_any_text_and_value_give_exactly_one_link(text: str, name: str, style: str, layout: str) -> None:
    cta = make(text, name, style)
    if cta is None:
        return
    page = layout.format(LINKS)
    output = run(page, cta)
    assert isinstance(output, str)
    output.encode("ascii")
    shown = "" if style == "image" else cta.text
    for links in (lxml_links(output), html5_links(output)):
        assert [(tag, href, " ".join(words.split())) for tag, href, words in links] == [
            ("a", cta.url, " ".join(shown.split()))
        ]
    stripped = run(page, None)
    assert isinstance(stripped, str)
    assert words_and_tags(output) == words_and_tags(stripped)
    other = make("Book {{now}}", name, "link" if style == "button" else "button")
    assert other is not None
    replaced = run(output, other)
    assert replaced == run(page, other)
    assert run(replaced, other, remove_cta=True) == stripped


def test_no_other_links_of_the_document_are_taken_for_an_earlier_one() -> None:
    page = f'<p><a href="https://example.com/guide">Our guide</a> and more</p><p>{LINKS}</p>'
    output = run(page, replace(NEXT, previous=("https://example.com/guide",)))
    assert isinstance(output, str)
    assert '<a href="https://example.com/guide">Our guide</a> and more' in output


def test_a_link_that_a_gateway_wrapped_is_known() -> None:
    output = run(f"<p>Ada</p><p>{LINKS}</p>", FIRST)
    assert isinstance(output, str)
    wrapped = output.replace(' data-sigtrim="cta"', "").replace(
        FIRST.url,
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2Fguide&amp;data=05%7C02",
    )
    assert run(wrapped, replace(NEXT, previous=(FIRST.url,))) == run(f"<p>Ada</p><p>{LINKS}</p>", NEXT)


def test_a_second_call_to_action_goes() -> None:
    page = run(f"<p>Ada</p><p>{LINKS}</p>", FIRST)
    assert isinstance(page, str)
    assert run(page + page, NEXT).count(NEXT.url) == 1  # type: ignore[arg-type]  # text in, text out


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (
            "start",
            '<p><span data-sigtrim="cta"><a href="https://example.com/guide">Get the free guide</a><br></span>Ada',
        ),
        (
            "end",
            'Leeds<span data-sigtrim="cta"><br><a href="https://example.com/guide">Get the free guide</a></span></p>',
        ),
        ('after:"ada  example"', 'Ada Example<span data-sigtrim="cta"><br><a href="https://example.com/guide">'),
        ('before:"Leeds"', "</a><br></span>Leeds</p>"),
        ('after:"confidential"', "deleted.</p>"),
    ],
)
def test_positions(position: str, expected: str) -> None:
    page = (
        f"<p>Ada Example<br>{LINKS}<br>Leeds</p>"
        "<p>This e-mail is confidential.<br>If it is not meant for you, says the disclaimer, it is to be deleted.</p>"
    )
    output = run(page, replace(FIRST, position=position))
    assert isinstance(output, str)
    assert "x.com" not in output
    assert expected.replace("deleted.</p>", "deleted.<span") in output


def test_a_position_that_is_not_there_is_that_of_the_list() -> None:
    page = f"<p>Ada</p><p>{LINKS}</p>"
    rewrite = Rewriter(cta=replace(FIRST, position='after:"Nowhere"')).rewrite(page)
    assert rewrite.output == run(page, FIRST)
    assert rewrite.warnings == ('position: after:"Nowhere" is not in the document, the place of the list serves',)


# Plain text

CAPTION = "How we measured it.\n\nInstagram: https://instagram.com/acme\nX: https://x.com/acme\n\nFilmed in Leeds.\n"


@pytest.mark.parametrize("position", ["list", "start", "end", 'after:"measured"', 'before:"Filmed"'])
@pytest.mark.parametrize("caption", [CAPTION, CAPTION.replace("\n", "\r\n"), CAPTION.rstrip(), "Filmed in Leeds."])
def test_campaigns_in_plain_text(position: str, caption: str) -> None:
    def write(document: str, cta: CallToAction | None, **more: Any) -> str:
        output = Rewriter(cta=cta, **more).rewrite(document, format="text").output
        assert isinstance(output, str)
        return output

    earlier, later = replace(FIRST, position=position), replace(NEXT, position=position, previous=(FIRST.url,))
    marked = write(caption, earlier)
    assert marked.count("Get the free guide: https://example.com/guide") == 1
    assert write(marked, earlier) == marked
    assert write(marked, later) == write(caption, later)
    assert write(marked, earlier, remove_cta=True) == write(caption, None)
