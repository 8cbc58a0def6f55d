"""The guarantees, on signatures put together at random and then broken: no input may make a rewrite unsafe.

`pytest tests/test_properties.py --hypothesis-profile=ci` runs what every check runs; the profile `fuzz` goes on for as
long as one has.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from oracles import check_seen, ranges, rewriters

from sigtrim.parse.tags import VOID

if TYPE_CHECKING:
    from sigtrim import Rewrite

_QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=80, suppress_health_check=_QUIET)
settings.register_profile("fuzz", deadline=None, max_examples=50_000, suppress_health_check=_QUIET)

# --- signatures from invented parts ---------------------------------------------------------------------------------

PROFILES = [
    ("facebook", "Facebook", "https://www.facebook.com/acme"),
    ("linkedin", "LinkedIn", "https://www.linkedin.com/in/ada-byrne"),
    ("instagram", "Instagram", "https://instagram.com/acme/"),
    ("x", "X", "https://x.com/acme"),
    ("youtube", "YouTube", "https://www.youtube.com/@acme"),
    ("github", "GitHub", "https://github.com/acme"),
    ("facebook", "", "https://lnk.example.org/?url=https%3A%2F%2Ffacebook.com%2Facme"),
    ("twitter", "Twitter", "{{twitter_url}}"),
]
KEPT = [
    '<a href="mailto:ada@example.com">ada@example.com</a>',
    '<a href="tel:+442079460123">+44 20 7946 0123</a>',
    '<a href="https://www.example.com/">www.example.com</a>',
    "<a href=https://cal.example.com/ada?x=1&amp;y=2>Book a call</a>",
    '<a href="https://www.example.com"><img src="logo.png" width=200 height=80 alt="Acme"></a>',
    "+44 20 7946 0123", "ada@example.com", "<b>Ada Byrne</b>", "1&nbsp;Example Way", "R&amp;D &lt; 3", "Head of Things",
]  # fmt: skip
profiles = st.lists(st.sampled_from(PROFILES), min_size=1, max_size=4)
kept = st.sampled_from(KEPT)
separators = st.sampled_from([" | ", " &bull; ", "&nbsp;", "", " ", ", ", " - ", "<br>", "\n", " and ", " · "])
labels = st.sampled_from(["", "Follow us: ", "Find me on ", "<b>Follow:</b> ", "Connect with us", "Folge uns: "])


def icon(one: tuple[str, str, str], *, closed: bool = True) -> str:
    name, label, url = one
    image = f'<img src="https://cdn.example.com/{name}.png" width="24" alt="{label}">'
    return f'<a href="{url}">{image}{"</a>" if closed else ""}'


def text_link(one: tuple[str, str, str], *, closed: bool = True) -> str:
    return f'<a href="{one[2]}" style="color:#333">{one[1] or "acme"}{"</a>" if closed else ""}'


def icon_row(links: list[tuple[str, str, str]], extra: str) -> str:
    cells = "".join(f"<td>{icon(one)}</td>" for one in links)
    return f"<table><tr>{cells}<td>{extra}</td></tr><tr><td colspan=9>{extra}</td></tr></table>"


def icon_column(links: list[tuple[str, str, str]], extra: str) -> str:
    rows = "".join(f"<tr><td>{icon(one)}</td><td>{one[1]}</td></tr>\n" for one in links)
    return f"<table>\n<tr><td>{extra}</td></tr>\n{rows}</table>"


def text_list(links: list[tuple[str, str, str]], separator: str, label: str, extra: str) -> str:
    return f"<p>{extra}<br>\n{label}{separator.join(text_link(one) for one in links)}</p>"


def bullet_list(links: list[tuple[str, str, str]], label: str) -> str:
    return f"<div>{label}</div><ul>{''.join(f'<li>{text_link(one)}' for one in links)}</ul>"


def vml_twins(links: list[tuple[str, str, str]], extra: str) -> str:
    twins = "&nbsp;".join(
        f'<a href="{url}"><!--[if gte vml 1]><v:shape href="{url}"><v:imagedata src="{name}.png"/></v:shape><![endif]'
        f'--><![if !vml]><img src="{name}.png" alt="{label}"><![endif]></a>'
        for name, label, url in links
    )
    return f"<p class=MsoNormal>{extra}<o:p></o:p></p>\r\n\r\n<p class=MsoNormal>{twins}<o:p></o:p></p>\r\n"


def outlook_only(links: list[tuple[str, str, str]], extra: str) -> str:
    row = "".join(icon(one) for one in links)
    return (
        f"<!--[if mso]><table><tr><td>{row}</td></tr></table><![endif]--><!--[if !mso]><!--><div>{row}{extra}</div>"
        "<!--<![endif]-->"
    )


def image_map(links: list[tuple[str, str, str]]) -> str:
    areas = "".join(f'<area shape=rect coords="{at},0,{at},9" href="{one[2]}">' for at, one in enumerate(links))
    return f'<img src=banner.png usemap="#m" width=400><map name=m>{areas}<area href="https://www.example.com"></map>'


def handles(links: list[tuple[str, str, str]], extra: str) -> str:
    return "".join(f"{one[1] or 'Skype'}: @acme<br>" for one in links) + extra


def unclosed(links: list[tuple[str, str, str]], extra: str) -> str:
    return "<div>" + " ".join(text_link(one, closed=False) for one in links) + extra + "</div>"


PARTS = [
    kept,
    st.builds(icon_row, profiles, kept),
    st.builds(icon_column, profiles, kept),
    st.builds(text_list, profiles, separators, labels, kept),
    st.builds(bullet_list, profiles, labels),
    st.builds(vml_twins, profiles, kept),
    st.builds(outlook_only, profiles, kept),
    st.builds(image_map, profiles),
    st.builds(handles, profiles, kept),
    st.just("<p>This message is confidential. <a href='https://www.example.com/unsubscribe'>Unsubscribe</a></p>"),
]
FRAMES = [
    "{}",
    "<div>{}</div>",
    "<html>\n<body>{}</body>\n</html>\n",
    "<!doctype html><table><tr><td>{}</td></tr></table>",
]
signatures = st.builds(
    lambda frame, parts: frame.replace("{}", "\n".join(parts)),
    st.sampled_from(FRAMES),
    st.lists(st.one_of(PARTS), min_size=1, max_size=4),
)

# --- and how they get broken ----------------------------------------------------------------------------------------

_TOKEN = re.compile(r"<[^>]*>?|[^<]+")
NASTY = [
    "<",
    ">",
    '"',
    "'",
    "&",
    "\0",
    "<!--",
    "-->",
    "<a ",
    "</td>",
    "<table>",
    "</a>",
    "<b>",
    "</p>",
    "<![endif]-->",
    "\r",
    "=",
]


@st.composite
def broken(draw: st.DrawFn) -> str:  # noqa: C901 - one branch a way to break it
    """Take a signature and drop, double, swap, truncate its tokens, splice it with another, flip its characters."""
    text: str = draw(signatures)
    if draw(st.booleans()):
        text = text + draw(st.builds(unclosed, profiles, kept))
    for _ in range(draw(st.integers(1, 4))):
        tokens = _TOKEN.findall(text)
        if not tokens:
            return text
        at = draw(st.integers(0, len(tokens) - 1))
        match draw(st.sampled_from(["drop", "double", "swap", "truncate", "splice", "flip", "cut"])):
            case "drop":
                del tokens[at]
            case "double":
                tokens.insert(at, tokens[at])
            case "swap":
                other = draw(st.integers(0, len(tokens) - 1))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case "truncate":
                tokens[at] = tokens[at][: draw(st.integers(0, len(tokens[at])))]
            case "splice":
                tokens[at:] = _TOKEN.findall(draw(signatures))[-at:]
            case "flip":
                place = draw(st.integers(0, len(tokens[at]) - 1)) if tokens[at] else 0
                tokens[at] = tokens[at][:place] + draw(st.sampled_from(NASTY)) + tokens[at][place + 1 :]
            case "cut":
                del tokens[at:]
        text = "".join(tokens)
    return text


# --- the guarantees -------------------------------------------------------------------------------------------------


def check(text: str) -> Rewrite:
    """Rewrite a text and assert V1 to V7."""
    result = rewriters[0].rewrite(text, format="html")
    output = result.output
    assert isinstance(output, str)
    if result.skipped is not None:
        assert output == text
        assert not result.removals
        return result
    going = bytearray(len(text))
    for removal in result.removals:
        assert removal.text == "".join(text[edit.span.start : edit.span.end] for edit in removal.edits)
        for edit in removal.edits:
            going[edit.span.start : edit.span.end] = b"\1" * (edit.span.end - edit.span.start)
    assert result.cta is not None
    place = result.cta.offset
    left = [
        "".join(one for at, one in enumerate(text[a:b], a) if not going[at])
        for a, b in ((0, place), (place, len(text)))
    ]
    assert output == left[0] + result.cta.content + left[1], "V1, V2"
    check_seen(result, output)
    again = rewriters[0].rewrite(output, format="html")
    assert again.skipped is None
    assert again.output == output, "V6"
    other = rewriters[1].rewrite(text, format="html")
    if other.skipped is None:
        assert rewriters[1].rewrite(output, format="html").output == other.output, "V7"
    return result


def balance(text: str) -> list[str]:
    """Return the tags that have no partner, in order."""
    open_tags: list[str] = []
    stray: list[str] = []
    for slash, name in re.findall(r"<(/?)([a-zA-Z][\w:]*)(?:[^>\"']|\"[^\"]*\"|'[^']*')*(?<!/)>", text):
        if slash and open_tags and open_tags[-1] == name:
            open_tags.pop()
        elif slash:
            stray.append(f"/{name}")
        elif name not in VOID and name != "li":
            open_tags.append(name)
    return stray + open_tags


@given(signatures)
def test_whole_signatures(text: str) -> None:
    result = check(text)
    assert result.skipped is None
    assert isinstance(result.output, str)
    assert balance(result.output) == balance(text) == [], "V3"
    for one in ("<!--", "-->", "<![endif]", "[if "):
        removed = "".join(text[a:b] for a, b in ranges(_mask(text, result)))
        assert result.output.count(one) == text.count(one) - removed.count(one), "V3"
    for one in KEPT:
        assert html.unescape(text).count(html.unescape(one)) == html.unescape(result.output).count(
            html.unescape(one)
        ), "V4"


def _mask(text: str, result: Rewrite) -> bytearray:
    going = bytearray(len(text))
    for edit in (edit for removal in result.removals for edit in removal.edits):
        going[edit.span.start : edit.span.end] = b"\1" * (edit.span.end - edit.span.start)
    return going


@given(broken())
@example("")
@example("<")
@example("<a href=")
def test_broken_signatures(text: str) -> None:
    check(text)


@given(st.text(alphabet="<>ab/='\"& !-[]{}%@.:|\0\r\n", max_size=60))
def test_any_text(text: str) -> None:
    check(text)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    output = rewriters[0].rewrite(data, format="html").output
    assert isinstance(output, bytes)
