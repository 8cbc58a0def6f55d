"""The call to action: what it may be, how it is filled, what it warns of, and how many bytes it takes."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim import CallToAction, ConfigError, Rewriter, SourceError, load_config
from sigtrim.call import Button, Image, fill_text
from sigtrim.rewrite.advice import advise
from sigtrim.rewrite.forms import plain

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://example.com/guide"
TEXT = "Get the free guide"
LIST = '<a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a>'
IMAGE = Image(src="https://example.com/banner.png", width=300, height=60)


def call(style: Any = "link", **settings: Any) -> CallToAction:
    if style == "image":
        settings.setdefault("image", IMAGE)
    if style == "template":
        settings.setdefault("template", '<p class="offer"><a href="{url}">{text}</a></p>')
    return CallToAction(URL, TEXT, style, **settings)


def write(folder: Path, text: str) -> Path:
    path = folder / "sigtrim.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("style", "most"), [("link", 350), ("button", 900), ("vml-button", 1500), ("image", 500)])
def test_byte_budget(style: Any, most: int) -> None:
    long = replace(
        call(style),
        url="https://www.example.com/campaigns/spring/guide?utm_source=signature&utm_medium=email",
        text="Get the free guide for 2030",
    )
    for page in (f"<p>Ada</p><p>{LIST}</p>", f'<td style="font-family:Verdana;color:#333">Ada<br>{LIST}</td>'):
        rewrite = Rewriter(cta=long).rewrite(page, format="html")
        assert rewrite.cta is not None
        assert 0 < len(rewrite.cta.content.encode()) <= most


def test_the_button_is_a_cell_with_its_colour_and_padding() -> None:
    output = Rewriter(cta=call("button", button=Button(color="#123456"))).rewrite(f"<div>Ada<br>{LIST}</div>").output
    assert isinstance(output, str)
    assert '<td bgcolor="#123456" style="background:#123456;border-radius:4px;padding:8px 16px">' in output
    assert output.count("<td") == output.count("<a ") == 1
    assert "<!--" not in output


def test_the_vml_button_has_a_twin_that_only_outlook_sees() -> None:
    output = Rewriter(cta=call("vml-button")).rewrite(f"<p>{LIST}</p>").output
    assert isinstance(output, str)
    assert "<!--[if mso]><v:roundrect" in output
    assert output.count("mso-hide:all") == 1


def test_the_image_has_its_measures_twice_and_the_text() -> None:
    output = Rewriter(cta=call("image")).rewrite(f"<p>{LIST}</p>").output
    assert isinstance(output, str)
    for part in (f'alt="{TEXT}"', 'width="300"', 'height="60"', "width:300px", "height:60px"):
        assert part in output


def test_all_that_is_inserted_is_ascii() -> None:
    for style in ("link", "button", "vml-button", "image", "template"):
        cta = replace(call(style), text="Größe → 例 🎉", url="https://münchen.example/weg")
        output = Rewriter(cta=cta).rewrite(f"<p>{LIST}</p>".encode("latin-1"), format="html").output
        assert isinstance(output, bytes)
        output.decode("ascii")


def test_a_character_that_a_text_file_cannot_hold_is_an_error() -> None:
    document = "Grüße\nFacebook: https://facebook.com/acme\nX: https://x.com/acme\n".encode("cp1252")
    with pytest.raises(SourceError, match=r"2192.*cannot be written in"):
        Rewriter(cta=CallToAction(URL, "Los →")).rewrite(document, format="text")


def test_every_style_is_the_same_in_plain_text() -> None:
    text = "How we measured it.\n\nFacebook: https://facebook.com/acme\nX: https://x.com/acme\n"
    for style in ("link", "button", "vml-button", "image", "template"):
        cta = call(style)
        assert Rewriter(cta=cta).rewrite(text, format="text").output == (f"How we measured it.\n\n{plain(cta)}\n")


# Fields


def test_fields_fill_text_and_address() -> None:
    cta = CallToAction("https://example.com/{dept}?by={Person-ID}#top", "Meet {First Name|me}".replace(" N", "_n"))
    filled = cta.fill({"DEPT": "R&D / 1", "person id": "ä b", "first_name": ""})
    assert filled.url == "https://example.com/R%26D%20%2F%201?by=%C3%A4%20b#top"
    assert filled.text == "Meet me"
    assert filled.fill({"dept": "other"}) == filled


@pytest.mark.parametrize("fields", [{}, {"id": ""}, {"id": " \n"}, {"name": "x"}])
def test_a_missing_field_is_an_error_that_names_it(fields: dict[str, str]) -> None:
    rewriter = Rewriter(cta=CallToAction("https://example.com/{id}", "Go"))
    with pytest.raises(ConfigError, match=r"^url: the field 'id' is missing"):
        rewriter.rewrite("<p>Ada</p>", fields=fields)


def test_a_field_of_a_template_that_is_missing_is_an_error() -> None:
    cta = call("template", template='<p>{job}: <a href="{url}">{text}</a></p>')
    with pytest.raises(ConfigError, match=r"^template: the field 'job' is missing"):
        Rewriter(cta=cta).rewrite("<p>Ada</p>")


def test_an_address_may_be_a_field() -> None:
    cta = CallToAction("{booking|https://example.com/book}", "Book a call")
    assert cta.fill({}).url == "https://example.com/book"
    assert cta.fill({"booking": "https://ada.example/?x=1"}).url == "https://ada.example/?x=1"
    for bad in ("javascript:alert(1)", "https://a@example.com", 'https://example.com/"x', "ada.example"):
        with pytest.raises(ConfigError, match=r"^url: "):
            cta.fill({"booking": bad})


def test_an_e_mail_address_may_be_a_field() -> None:
    cta = CallToAction("mailto:{mail}?subject={what}", "Write")
    assert cta.fill({"mail": "a@example.com", "what": "a&b=c"}).url == "mailto:a@example.com?subject=a%26b%3Dc"
    with pytest.raises(ConfigError, match="is not mailto: and one"):
        cta.fill({"mail": "a@example.com,b@example.com", "what": "x"})


def test_values_are_never_read_as_fields() -> None:
    filled = CallToAction("https://example.com/{a}", "{a} {{b}} {c d}").fill({"a": "{b}", "b": "no"})
    assert (filled.url, filled.text) == ("https://example.com/%7Bb%7D", "{b} {b} {c d}")


def test_values_for_all_stand_behind_those_of_a_person() -> None:
    cta = CallToAction(URL, "{a} {b}", common=(("a", "all"), ("b", "all")))
    assert cta.fill({"a": "Ada", "b": " "}).text == "Ada all"


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=20)), st.text(max_size=30))
def test_filling_gives_an_address_and_a_text_or_an_error(fields: dict[str, str], text: str) -> None:
    try:
        filled = CallToAction("https://example.com/{a|x}?q={b|y}", f"{text} {{a|x}}").fill(fields)
    except ConfigError:
        return
    assert filled.url.startswith("https://example.com/")
    assert not set(filled.url) & set(" \t\r\n\"'<>\\{}")
    assert filled.url.count("?") == 1


def test_fill_text_keeps_other_braces() -> None:
    assert fill_text("a{b:c} {} { x } {1}", {}, str, "text") == "a{b:c} {} { x } {1}"


# Campaign parameters


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", "https://example.com?utm_source=sig&utm_medium=email"),
        ("https://example.com/#top", "https://example.com/?utm_source=sig&utm_medium=email#top"),
        ("https://example.com/?a=b%20c+d", "https://example.com/?a=b%20c+d&utm_source=sig&utm_medium=email"),
        ("https://example.com/?", "https://example.com/?utm_source=sig&utm_medium=email"),
        ("https://example.com/?a&", "https://example.com/?a&utm_source=sig&utm_medium=email"),
        ("https://example.com/?utm_source=own", "https://example.com/?utm_source=own&utm_medium=email"),
        ("https://example.com/?UTM%5Fmedium=x", "https://example.com/?UTM%5Fmedium=x&utm_source=sig"),
        ("https://example.com/#?utm_source=x", "https://example.com/?utm_source=sig&utm_medium=email#?utm_source=x"),
        ("mailto:a@example.com", "mailto:a@example.com"),
    ],
)
def test_utm(url: str, expected: str) -> None:
    cta = CallToAction(url, "Go", utm=(("source", "Sig"), ("medium", "email")))
    filled = cta.fill({})
    assert filled.url == expected
    assert replace(cta, url=expected).fill({}).url == expected
    assert "utm.source: 'Sig' is written in lower case" in advise(cta)


def test_no_utm_on_telephone_numbers() -> None:
    cta = CallToAction("tel:+15550100", "Call us now", utm=(("source", "sig"),), schemes=("tel",))
    assert cta.fill({}).url == "tel:+15550100"


def test_utm_may_hold_fields() -> None:
    assert CallToAction(URL, "Go", utm=(("content", "{id}"),)).fill({"id": "A b"}).url == f"{URL}?utm_content=a%20b"


# Campaigns


def test_dates() -> None:
    usual = CallToAction("https://example.com/guide", "Get the guide")
    may = CallToAction(
        "https://example.com/may", "Join us in May", start=date(2030, 5, 1), until=date(2030, 5, 31), default=usual
    )
    page = f"<p>Ada</p><p>{LIST}</p>"
    rewriter = Rewriter(cta=may)
    expected = {text: Rewriter(cta=one).rewrite(page).output for text, one in (("may", may.fill({})), ("usual", usual))}
    expected["may"] = Rewriter(cta=CallToAction(may.url, may.text)).rewrite(page).output
    current: str | bytes = page
    for day, name in (
        (date(2030, 4, 30), "usual"),
        (date(2030, 5, 1), "may"),
        (date(2030, 5, 31), "may"),
        (date(2030, 6, 1), "usual"),
    ):
        assert rewriter.rewrite(page, today=day).output == expected[name]
        current = rewriter.rewrite(current, today=day).output
        assert current == expected[name]
        assert isinstance(current, str)
        stripped = current.replace(' data-sigtrim="cta"', "")
        other = date(2030, 5, 15) if name == "usual" else date(2030, 7, 1)
        assert rewriter.rewrite(stripped, today=other).output == expected["may" if name == "usual" else "usual"]


def test_a_campaign_without_a_default_ends_with_none() -> None:
    rewriter = Rewriter(cta=CallToAction(URL, TEXT, until=date(2030, 5, 31)))
    page = f"<p>Ada</p><p>{LIST}</p>"
    during = rewriter.rewrite(page, today=date(2030, 5, 31)).output
    assert TEXT in during
    assert rewriter.rewrite(during, today=date(2030, 6, 1)).output == Rewriter().rewrite(page).output


# Warnings


@pytest.mark.parametrize(
    ("cta", "warning"),
    [
        (CallToAction(URL, "Click here!"), "text: 'Click here!' does not say where it leads"),
        (CallToAction(URL, "Mehr erfahren »"), "text: 'Mehr erfahren »' does not say where it leads"),
        (CallToAction(URL, "x" * 41), "text: 41 characters, people read up to 40"),
        (CallToAction("http://example.com", "Get it"), "url: http: is not encrypted, browsers warn of it"),
        (CallToAction(URL, "example.org/guide"), "text: it shows example.org, but leads to example.com"),
        (CallToAction(URL, "www.example.org"), "text: it shows example.org, but leads to example.com"),
        (
            call("button", button=Button(color="#ff6600")),
            "button: the contrast of #ffffff on #ff6600 is 2.9:1, 4.5:1 is readable",
        ),
        (
            call("template", template='<p><img src="https://example.com/a.png"><a href="{url}">{text}</a></p>'),
            "template: 1 image has no alt text",
        ),
    ],
)
def test_warnings(cta: CallToAction, warning: str) -> None:
    assert Rewriter(cta=cta).rewrite("<p>Ada</p>").warnings == (warning,)


@pytest.mark.parametrize("text", ["example.com", "www.example.com/guide", "Version 2.0 is out", "Learn more about it"])
def test_no_warning(text: str) -> None:
    for style in ("link", "button"):
        assert Rewriter(cta=replace(call(style), text=text)).rewrite("<p>Ada</p>").warnings == ()


def test_length_warnings() -> None:
    def warnings(characters: int) -> str:
        return " ".join(Rewriter(cta=call()).rewrite(f"<p>{'x ' * (characters // 2)}</p>").warnings)

    assert warnings(4800) == ""
    assert "over the 5,000 of Exchange mail flow rules" in warnings(5200)
    assert "Gmail" not in warnings(9000)
    assert "the 10,000 of Gmail" in warnings(10200)
    assert "the 30,000 of Outlook add-ins" in warnings(30200)


def test_the_contrast_of_a_link_on_a_known_background() -> None:
    page = f'<table><tr><td bgcolor="#ffffff"><p style="color:#ccc">Ada</p><div>{LIST}</div></td></tr></table>'
    assert Rewriter(cta=call()).rewrite(page).warnings == (
        "link: the contrast of #ccc on #ffffff is 1.6:1, 4.5:1 is readable",
    )


def test_a_link_on_a_dark_background_takes_the_colour_of_the_text() -> None:
    page = f'<table><tr><td style="background:#101820;color:#ffffff">Ada<br>{LIST}</td></tr></table>'
    rewrite = Rewriter(cta=call()).rewrite(page)
    assert "color:#ffffff" in rewrite.output
    assert rewrite.warnings == ()


@pytest.mark.parametrize(
    "page",
    [
        f'Ada <a href="https://example.com" style="background:linear-gradient(#00f,#90f);color:#fff">Go</a>{LIST}',
        f'<p>Ada</p><a href="https://example.com" style="background-color:#06c;color:#fff">Shop</a><p>{LIST}</p>',
        f'<table><tr><td bgcolor="#003366"><font color="white">Ada</font></td><td>{LIST}</td></tr></table>',
    ],
)
def test_a_light_text_on_a_background_of_its_own_lends_no_colour(page: str) -> None:
    output = Rewriter(cta=call()).rewrite(page).output
    assert isinstance(output, str)
    assert "color" not in output[output.index("example.com/guide") :].partition(">")[0]


@pytest.mark.parametrize("background", ["linear-gradient(#001, #102)", "url(night.png)"])
def test_a_link_takes_the_light_colour_of_the_text_around_it(background: str) -> None:
    page = f'<div style="background:{background};color:#eee"><p>Ada</p><p>{LIST}</p></div>'
    output = Rewriter(cta=call()).rewrite(page).output
    assert 'style="color:#eee"' in output


# Templates


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("<p>{text}</p>", "there are 0 links"),
        ('<a href="{url}">{text}</a><a href="{url}">{text}</a>', "there are 2 links"),
        ('<a href="https://example.org">{text}</a>', "the link leads to 'https://example.org'"),
        ('<p><a href="{url}">{text}</a>', "has no end tag"),
        ('<a href="{url}">{text}</a></p>', "has no start tag"),
        ('<b><a href="{url}">{text}</b></a>', "has no end tag, or another"),
        ('<p><table><tr><td><a href="{url}">{text}</a></td></tr></table></p>', "template: "),
        ('<td><a href="{url}">{text}</a></td>', "template: "),
        ('<a href="{url}">{text}</a><script>x</script>', "may not stand"),
        ('<a href="{url}" onclick="x()">{text}</a>', "event handler"),
        ('<body><a href="{url}">{text}</a></body>', "may not stand"),
        ('<table><p><a href="{url}">{text}</a></p></table>', "a browser would move it"),
        ('<!--[if mso]><a href="{url}">{text}</a><![endif]-->', "there are 0 links"),
        ("<a href={url}>{text}</a>", "no field can stand"),
        ('<a href="{url}" style="color:{color}">{text}</a>', "no field can stand"),
        ('<!-- {x} --><a href="{url}">{text}</a>', "no field can stand"),
    ],
)
def test_bad_templates(template: str, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^template: .*|{message}") as raised:
        Rewriter(cta=call("template", template=template))
    assert message in str(raised.value)


def test_a_template_is_filled_for_where_its_values_stand() -> None:
    template = (
        '<p title="{job}">\r\n  <img src="https://example.com/{job}.png" alt="{job}"><a href="{url}">{text}</a></p>\n'
    )
    output = Rewriter(cta=call("template", template=template)).rewrite("<p>Ada</p>", fields={"job": 'R&D "1"'}).output
    assert isinstance(output, str)
    assert '<p title="R&amp;D &quot;1&quot;"> <img src="https://example.com/R%26D%20%221%22.png"' in output


# Settings


def test_a_full_table(tmp_path: Path) -> None:
    (tmp_path / "cta.html").write_text('<p><a href="{url}">{text}</a></p>', encoding="utf-8")
    path = write(
        tmp_path,
        """
[cta]
url = "https://example.com/may"
text = "Join us in May"
style = "template"
template = "cta.html"
position = 'after:"Ada"'
previous = ["https://example.com/april"]
from = 2030-05-01
until = 2030-05-31
[cta.utm]
source = "signature"
[cta.button]
color = "#123456"
text-color = "#fff"
[cta.image]
src = "https://example.com/b.png"
width = 300
height = 60
[cta.default]
url = "https://example.com/guide"
text = "Get the guide"
style = "button"
""",
    )
    assert load_config(path).cta == CallToAction(
        "https://example.com/may",
        "Join us in May",
        "template",
        template='<p><a href="{url}">{text}</a></p>',
        position='after:"Ada"',
        previous=("https://example.com/april",),
        start=date(2030, 5, 1),
        until=date(2030, 5, 31),
        utm=(("source", "signature"),),
        button=Button(color="#123456", text_color="#fff"),
        image=Image(src="https://example.com/b.png", width=300, height=60),
        default=CallToAction("https://example.com/guide", "Get the guide", "button"),
    )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("style = 'buton'", "cta.style: 'buton' is not possible, did you mean 'button'?"),
        ("style = 'image'", "cta.image: is missing, the style 'image' needs it"),
        ("style = 'template'", "cta.template: is missing, the style 'template' needs it"),
        ("template = 'none.html'", "cta.template: none.html: No such file"),
        ("template = 1", "cta.template: 1 is not the name of a file"),
        ("position = 'top'", "cta.position: 'top' is not one of"),
        ("position = 'after:'", "cta.position: 'after:' is not one of"),
        ("previous = 'https://example.com'", "cta.previous: 'https://example.com' is not a list"),
        ("previous = ['example.com']", "cta.previous: 'example.com' is not an address"),
        ("from = 'May'", "cta.from: 'May' is not a date"),
        ("from = 2030-05-01T10:00:00", "cta.from: datetime.datetime"),
        ("from = 2030-06-01\nuntil = 2030-05-31", "cta.until: 2030-05-31 is before 2030-06-01"),
        ("schemes = ['javascript']", "cta.schemes: 'javascript' is not possible"),
        ("utm.sorce = 'x'", "cta.utm.sorce: unknown key, did you mean 'source'?"),
        ("utm.source = 1", "cta.utm.source: 1 is not a text"),
        ("utm = 1", "cta.utm: expected a table [cta.utm]"),
        ("button.color = 'blue'", "cta.button.color: 'blue' is not a colour"),
        ("button.colour = '#fff'", "cta.button.colour: unknown key, did you mean 'color'?"),
        ("image.src = 'https://example.com/a.png'", "cta.image.width: is missing"),
        ("image = {src = 'a.png', width = 1, height = 1}", "cta.image.src: there is no scheme in 'a.png'"),
        ("image = {src = 'http://example.com/a.png', width = 1, height = 1}", "cta.image.src: the scheme 'http'"),
        ("image = {src = 'https://example.com/a.png', width = 0, height = 1}", "cta.image.width: 0 is not a number"),
        ("default = {url = 'https://example.com'}", "cta.default.text: is missing"),
        ("default = {url = 'ftp://example.com', text = 'Go'}", "cta.default.url: the scheme 'ftp'"),
        ("default = {url = 'https://example.com', text = 'Go', from = 2030-01-01}", "cta.default.from: unknown key"),
    ],
)
def test_bad_settings_are_named(tmp_path: Path, more: str, message: str) -> None:
    path = write(tmp_path, f"[cta]\nurl = '{URL}'\ntext = '{TEXT}'\n{more}\n")
    with pytest.raises(ConfigError) as raised:
        load_config(path)
    assert str(raised.value).startswith(f"{path}: {message}")


def test_it_can_be_hashed_and_sent_to_another_process() -> None:
    cta = call("image", utm=(("source", "x"),)).fill({"a": "b"})
    assert isinstance(hash(cta), int)
    assert pickle.loads(pickle.dumps(cta)) == cta  # noqa: S301 - made on the same line


def test_a_rewrite_with_a_call_to_action_parses_no_toml() -> None:
    code = (
        "import sys, sigtrim; cta = sigtrim.CallToAction('https://example.com/guide', 'Click here')\n"
        "print(sigtrim.rewrite('<p>Ada</p>', cta=cta).warnings, 'tomllib' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "(\"text: 'Click here' does not say where it leads\",) False\n"
