"""The places that a call to action asks for: where it must never stand first, then where it does stand."""

from __future__ import annotations

from typing import Literal

import pytest

from sigtrim import CallToAction, Rewriter

LINKS = '<a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a>'
CALL = '<a href="https://example.com/guide">Get the free guide</a>'
OWN = '<a href="https://example.com/guide" data-sigtrim="cta">Get the free guide</a>'
ABOVE = f'<span data-sigtrim="cta">{CALL}<br></span>'
BELOW = f'<span data-sigtrim="cta"><br>{CALL}</span>'
LEGAL = "This e-mail is confidential and meant for its recipient only."


def rewrite(document: str, position: str, kind: Literal["html", "text"]) -> str:
    cta = CallToAction("https://example.com/guide", "Get the free guide", position=position)
    result = Rewriter(cta=cta).rewrite(document, format=kind)
    assert result.skipped is None
    again = Rewriter(cta=cta).rewrite(result.output, format=kind)
    assert again.output == result.output
    assert isinstance(result.output, str)
    return result.output


@pytest.mark.parametrize(
    ("position", "page", "expected"),
    [
        # Not in what nobody sees, whatever its words are.
        (
            "start",
            "<div style='display:none'>Leeds</div><p>Ada</p>",
            f"<div style='display:none'>Leeds</div><p>{ABOVE}Ada</p>",
        ),
        ("end", "<p>Ada</p><p hidden>Leeds</p>", f"<p>Ada{BELOW}</p><p hidden>Leeds</p>"),
        (
            "start",
            "<!--[if mso]><p>Leeds</p><![endif]--><p>Ada</p>",
            f"<!--[if mso]><p>Leeds</p><![endif]--><p>{ABOVE}Ada</p>",
        ),
        ('after:"Leeds"', "<p>Ada</p><p hidden>Leeds</p>", f"<p>Ada{BELOW}</p><p hidden>Leeds</p>"),
        # Not in front of the delimiter, of marks, of the legal text.
        (
            "start",
            f"<p>-- </p><p>* * *</p><p>{LEGAL}</p><p>Ada</p>",
            f"<p>-- </p><p>* * *</p><p>{LEGAL}</p><p>{ABOVE}Ada</p>",
        ),
        ("end", f"<p>Ada</p><p>* * *</p><p>{LEGAL}</p>", f"<p>Ada{BELOW}</p><p>* * *</p><p>{LEGAL}</p>"),
        # Not in the midst of the legal text, nor in a link.
        (
            f'after:"{LEGAL}"',
            f"<p>Ada</p><p>{LEGAL}</p><p>{LEGAL}</p>",
            f"<p>Ada</p><p>{LEGAL}</p><p>{LEGAL}{BELOW}</p>",
        ),
        (
            f'before:"{LEGAL}"',
            f"<p>Ada</p><p>{LEGAL}</p><p>{LEGAL}</p>",
            f"<p>Ada</p><p>{ABOVE}{LEGAL}</p><p>{LEGAL}</p>",
        ),
        ('after:"page"', '<p><a href="/"><b>Our page</b></a></p>', f'<p><a href="/"><b>Our page</b></a>{BELOW}</p>'),
        ('before:"page"', '<p><a href="/"><b>Our page</b></a></p>', f'<p>{ABOVE}<a href="/"><b>Our page</b></a></p>'),
        # By words alone, whatever their case, their tags and the space between them.
        (
            'before:"ada  EXAMPLE"',
            "<p>1<br><b>Ada</b>\n<i>Example</i></p>",
            f"<p>1<br>{ABOVE}<b>Ada</b>\n<i>Example</i></p>",
        ),
        (
            'after:"adaexample"',
            "<p><b>Ada</b> <i>Example</i></p><p>1</p>",
            f"<p><b>Ada</b> <i>Example</i></p><p>1{BELOW}</p>",
        ),
        ('before:"ada"', "<p>1</p><p>A<b>da</b></p>", f"<p>1</p><p>{ABOVE}A<b>da</b></p>"),
        ('after:"ada"', "<p>Ada <b>Example</b><br>Leeds</p>", f"<p>Ada <b>Example</b>{BELOW}<br>Leeds</p>"),
        ('after:"ada"', "<p>Ada&nbsp; <br>Ada</p>", f"<p>Ada{BELOW}&nbsp; <br>Ada</p>"),
        ('before:"ada"', "<p>&nbsp; Ada<br>Ada</p>", f"<p>&nbsp; {ABOVE}Ada<br>Ada</p>"),
        ('after:"ada"', "Ada", f"Ada{BELOW}"),
        ('before:"ada"', "Ada", f"{ABOVE}Ada"),
        ('before:"leeds"', f"<p>{LINKS} Leeds<br>Ada</p>", f"<p>{ABOVE}Leeds<br>Ada</p>"),
        ('after:"leeds"', f"<p>Leeds {LINKS}<br>Ada</p>", f"<p>Leeds{BELOW}<br>Ada</p>"),
        ('after:"ada"', "<ul><li>Ada</li><li>Leeds</li></ul>", f"<ul><li>Ada{BELOW}</li><li>Leeds</li></ul>"),
        ('before:"leeds"', "<table><tr><td>Ada<td>Leeds</table>", f"<table><tr><td>Ada<td>{ABOVE}Leeds</table>"),
    ],
)
def test_in_html(position: str, page: str, expected: str) -> None:
    assert rewrite(page, position, "html") == expected


@pytest.mark.parametrize("position", ["start", 'after:"Facebook"', 'before:"X"', 'after:"| X"'])
def test_a_word_of_what_goes_is_no_place(position: str) -> None:
    assert rewrite(f"<p>{LEGAL}</p><p>{LINKS}</p>", position, "html") == f"<p>{LEGAL}</p><p>{OWN}</p>"


@pytest.mark.parametrize(
    ("position", "caption", "expected"),
    [
        ("start", f"* * *\n{LEGAL}\n \nAda\n", f"* * *\n{LEGAL}\n \nCALL\nAda\n"),
        ("end", f"Ada\n \n* * *\n{LEGAL}\n", f"Ada\nCALL\n \n* * *\n{LEGAL}\n"),
        ('before:"leeds  OFFICE"', "Ada\nThe Leeds office\n", "Ada\nCALL\nThe Leeds office\n"),
        ('after:"ada"', "Ada\nThe Leeds office\nAda", "Ada\nCALL\nThe Leeds office\nAda"),
        ('after:"ada"', "Leeds\nAda", "Leeds\nAda\nCALL"),
        ('after:"confidential"', f"Ada\n{LEGAL}\nLeeds\n", f"Ada\n{LEGAL}\nCALL\nLeeds\n"),
        ('before:"*"', "Ada\n* * *\nLeeds\n", "Ada\nCALL\n* * *\nLeeds\n"),
        (
            'after:"acme"',
            "Instagram: https://instagram.com/acme\nX: https://x.com/acme\nAda of Acme\nLeeds\n",
            "Ada of Acme\nCALL\nLeeds\n",
        ),
        ("start", "Instagram: https://instagram.com/acme\nX: https://x.com/acme\n\nAda\n", "CALL\nAda\n"),
        ("start", "* * *\nInstagram: https://instagram.com/acme\nX: https://x.com/acme\n", "* * *\nCALL\n"),
        (
            'after:"ada"',
            "Ada\nWe are in Leeds.\nInstagram: https://instagram.com/acme\nX: https://x.com/acme\n",
            "Ada\nCALL\nWe are in Leeds.\n",
        ),
        (
            'before:"leeds"',
            "Instagram: https://instagram.com/acme\nX: https://x.com/acme\nAda\nLeeds",
            "Ada\nCALL\nLeeds",
        ),
    ],
)
def test_in_plain_text(position: str, caption: str, expected: str) -> None:
    call = "Get the free guide: https://example.com/guide"
    assert rewrite(caption, position, "text") == expected.replace("CALL", call)
