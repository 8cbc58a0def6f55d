from __future__ import annotations

import pickle
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrim.config import CallToAction, Config, Rules, find_config, load_config
from sigtrim.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

FULL = """
[cta]
url = "https://example.com/guide"
text = "Get the free guide"
style = "link"

[rules]
min-platforms = 3
keep = ["LinkedIn", "messaging"]
strip = ["social.example.com"]
content-links = "strip"
protect = ["#partners", ".legal", "Our sponsors"]

[captions]
platform = "youtube"
engagement-bait = "keep"

[[platforms]]
id = "acmehub"
hosts = ["hub.example.com"]
"""
TEMPLATE = "[cta]\nurl = 'https://example.com'\ntext = 'Go'\ntemplate = '{}'"


def write(folder: Path, text: str, name: str = "sigtrim.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "HTTPS://EXAMPLE.COM/Guide",
        "http://example.com:8080/a/b.html?x=1&y=%20#top",
        "https://münchen.example/pfad",
        "https://例え.テスト/道",
        "http://localhost:3000/",
        "http://192.0.2.7/x",
        "https://[2001:db8::1]/x",
        "https://example.com/@acme",
        "https://example.com/?mail=jane@example.com",
        "mailto:jane@example.com",
        "mailto:jane.doe+guide@example.com?subject=Guide",
    ],
)
def test_good_addresses(url: str) -> None:
    assert CallToAction(url, "Go").url == url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "is not an address"),
        (None, "is not an address"),
        ("example.com", "there is no scheme"),
        ("//example.com", "there is no scheme"),
        ("/guide", "there is no scheme"),
        ("javascript:alert(1)", "the scheme 'javascript'"),
        ("JavaScript://example.com/%0Aalert(1)", "the scheme 'javascript'"),
        ("data:text/html,x", "the scheme 'data'"),
        ("file:///etc/passwd", "the scheme 'file'"),
        ("vbscript:x", "the scheme 'vbscript'"),
        ("https://exa mple.com", "a space may not stand"),
        ("https://example.com/a b", "a space may not stand"),
        (" https://example.com", "a space may not stand"),
        ("https://example.com\n", "U+000A may not stand"),
        ("java\tscript:alert(1)", "U+0009 may not stand"),
        ("https://example.com/\u00a0", "no-break space may not stand"),
        ("https://example.com/\u202egpj.exe", "right-to-left override may not stand"),
        ("https://example.com/\u200b", "zero width space may not stand"),
        ("https://example.com/\ud800", "U+D800 may not stand"),
        ('https://example.com/"onclick=x', '" may not stand'),
        ("https://example.com/'x", "' may not stand"),
        ("https://example.com/<b>", "< may not stand"),
        ("https:\\\\example.com", "\\ may not stand"),
        ("https:example.com", "there is no host"),
        ("https://", "there is no host"),
        ("https:///path", "there is no host"),
        ("https://?x", "there is no host"),
        ("https://example", "'example' is not a host"),
        ("https://.com", "'.com' is not a host"),
        ("https://example..com", "'example..com' is not a host"),
        ("https://-example.com", "'-example.com' is not a host"),
        ("https://example.com:x/", "'example.com:x' is not a host"),
        ("https://example.com:99999/", "'example.com:99999' is not a host"),
        ("https://bank.example@example.com/", "a user name before the host"),
        ("mailto:", "is not mailto:"),
        ("mailto:jane", "is not mailto:"),
        ("mailto:jane@example", "is not mailto:"),
        ("mailto:a@example.com,b@example.com", "is not mailto:"),
    ],
)
def test_bad_addresses(url: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^url: .*{re.escape(message)}"):
        CallToAction(url, "Go")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is blank"),
        (" \u00a0\u200b\ufeff", "is blank"),
        (None, "is not a text"),
        ("two\nlines", "U+000A may not stand"),
        ("esc\x1b[31m", "U+001B may not stand"),
        ("a\u2028b", "line separator may not stand"),
        ("a\u202eb", "right-to-left override may not stand"),
        ("a\ud800", "U+D800 may not stand"),
    ],
)
def test_bad_texts(text: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^text: .*{re.escape(message)}"):
        CallToAction("https://example.com", text)


@pytest.mark.parametrize("text", ["Go", 'Größe & <Preis> "heute"', "立即获取", "\u200fעברית\u200f", "👩\u200d💻 Book"])
def test_good_texts(text: str) -> None:
    assert CallToAction("https://example.com", text).text == text


@given(st.text(max_size=40), st.text(max_size=20))
def test_a_call_to_action_is_made_or_refused_and_nothing_else(url: str, text: str) -> None:
    for candidate in (url, f"https://{url}", f"https://example.com/{url}", f"mailto:{url}"):
        try:
            cta = CallToAction(candidate, text)
        except ConfigError as error:
            assert str(error).isprintable()  # noqa: PT017 - both outcomes are right
        else:
            assert not set(cta.url) & set(" \t\r\n\"'<>\\")


def test_a_number_is_an_address_where_it_is_allowed() -> None:
    assert CallToAction("tel:+15550100", "Call", schemes=("tel",)).url == "tel:+15550100"
    with pytest.raises(ConfigError, match=r"^url: 'tel:now' is not tel: and one number"):
        CallToAction("tel:now", "Call", schemes=("tel",))


def test_an_unknown_style_is_an_error() -> None:
    with pytest.raises(ConfigError, match="style: 'links' is not possible, did you mean 'link'"):
        CallToAction("https://example.com", "Go", "links")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("button", {"color": "#ffffff"}, "button: {'color': '#ffffff'} is no Button"),
        ("button", None, "button: None is no Button"),
        ("image", "https://example.com/a.png", "image: 'https://example.com/a.png' is no Image"),
        ("template", 3, "template: 3 is no str"),
        ("default", "x", "default: 'x' is no CallToAction"),
        ("common", 3, "common: 3 is no table of names and values"),
        ("common", ["name"], "common: 'name' is not a name and a value"),
        ("utm", 3, "utm: 3 is no table of names and values"),
        ("utm", [3], "utm: 3 is not a name and a value"),
        ("utm", [("source", 3)], "utm.source: 3 is not a text"),
        ("utm", {"sorce": "mail"}, "utm.sorce: unknown key, did you mean 'source'?"),
        ("schemes", "https", "schemes: 'https' is not a list of strings"),
        ("schemes", ["ftp"], "schemes: 'ftp' is not possible"),
    ],
)
def test_bad_parts_of_a_call_to_action(name: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}"):
        CallToAction("https://example.com", "Go", **{name: value})


def test_values_for_all_people_may_be_a_table() -> None:
    table: Any = {"name": "Ada"}
    assert CallToAction("https://example.com", "Meet {name}", common=table).fill({}).text == "Meet Ada"


def test_a_field_without_a_value_is_missing() -> None:
    row: Any = {"name": None}
    assert CallToAction("https://example.com", "Meet {name|us}").fill(row).text == "Meet us"
    with pytest.raises(ConfigError, match="the field 'name' is missing"):
        CallToAction("https://example.com", "Meet {name}").fill(row)


def test_rules_normalise_what_they_are_given() -> None:
    listed: Any = ["LinkedIn", " YouTube "]
    rules = Rules(keep=listed, protect=("#partners",))
    assert rules.keep == {"linkedin", "youtube"}
    assert rules == Rules(keep=frozenset({"linkedin", "youtube"}), protect=("#partners",))
    assert hash(rules) == hash(Rules(keep={"linkedin", "youtube"}, protect=("#partners",)))


def test_rules_can_be_pickled_with_own_platforms() -> None:
    rules = Rules(platforms=({"id": "acmehub", "hosts": ["hub.example.com"]},))
    assert pickle.loads(pickle.dumps(rules)) == rules  # noqa: S301 - made on the line before
    assert isinstance(hash(rules), int)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("keep", "linkedin", "keep: 'linkedin' is not a list of strings"),
        ("keep", [1], "keep: 1 is not a text"),
        ("keep", [""], "keep: '' is not a text"),
        ("keep", ["linked in"], "keep: 'linked in' is not the name"),
        ("strip", 5, "strip: 5 is not a list"),
        ("min_platforms", 0, "min-platforms: 0 is not a whole number"),
        ("min_platforms", True, "min-platforms: True is not"),
        ("min_platforms", "2", "min-platforms: '2' is not"),
        ("content_links", "stripp", "content-links: 'stripp' is not possible, did you mean 'strip'"),
        ("content_links", 1, "content-links: 1 is not possible"),
        ("engagement_bait", "no", "engagement-bait: 'no' is not possible"),
        ("protect", "#x", "protect: '#x' is not a list"),
        ("protect", ["#"], "protect: '#' names nothing"),
        ("platforms", {"id": "x"}, "platforms: expected tables"),
        ("platforms", ["x"], "platforms: expected tables"),
        ("platforms", [{"hosts": []}], "platforms.id: is missing in table 1"),
        ("caption_platform", "", "platform: '' is not a text"),
    ],
)
def test_bad_rules(name: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}"):
        Rules(**{name: value})


def test_a_full_file(tmp_path: Path) -> None:
    path = write(tmp_path, FULL)
    config = load_config(path)
    assert config == Config(
        CallToAction("https://example.com/guide", "Get the free guide"),
        Rules(
            min_platforms=3,
            keep=frozenset({"linkedin", "messaging"}),
            strip=frozenset({"social.example.com"}),
            content_links="strip",
            protect=("#partners", ".legal", "Our sponsors"),
            platforms=({"id": "acmehub", "hosts": ["hub.example.com"]},),
            caption_platform="youtube",
            engagement_bait="keep",
        ),
        path,
    )


def test_rules_may_stand_at_the_top(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, 'keep = ["linkedin"]')).rules == Rules(keep=frozenset({"linkedin"}))


@pytest.mark.parametrize("text", ["", "\ufeff[cta]\r\nurl = 'https://example.com'\r\ntext = 'Go'\r\n"])
def test_empty_and_windows_files(tmp_path: Path, text: str) -> None:
    assert (load_config(write(tmp_path, text)).cta is None) == (not text)


def test_a_project_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[tool.sigtrim.rules]\nkeep = ["xing"]', "pyproject.toml")
    assert load_config(path).rules.keep == {"xing"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[ctta]", "ctta: unknown key, did you mean 'cta'?"),
        ("min_platforms = 2", "min_platforms: unknown key, did you mean 'min-platforms'?"),
        ("[rules]\nkep = []", "rules.kep: unknown key, did you mean 'keep'?"),
        ("[rules]\nzzz = []", "rules.zzz: unknown key (known: min-platforms, keep, strip, content-links, protect)"),
        ("[rules]\nkeep = 'x'", "rules.keep: 'x' is not a list of strings"),
        ("keep = 'x'", "keep: 'x' is not a list of strings"),
        ("keep = []\n[rules]\nkeep = []", "rules.keep: also set outside [rules]"),
        ("rules = 1", "rules: expected a table [rules]"),
        ("cta = 'x'", "cta: expected a table [cta]"),
        ("[cta]\nurl = 'https://example.com'", "cta.text: is missing"),
        ("[cta]\ntext = 'Go'", "cta.url: is missing"),
        ("[cta]\nurl = 'ftp://example.com'\ntext = 'Go'", "cta.url: the scheme 'ftp'"),
        ("[cta]\nurl = 'https://example.com'\ntext = 'Go'\ncolour = 'red'", "cta.colour: unknown key"),
        ("[captions]\nengagement-bait = 'maybe'", "captions.engagement-bait: 'maybe' is not possible"),
        ("[captions]\nplatform = 1", "captions.platform: 1 is not a text"),
        ("[[platforms]]\nhosts = []", "platforms.id: is missing in table 1"),
        ("[platforms]\nid = 'x'", "platforms: expected tables [[platforms]]"),
        (TEMPLATE.format("missing.html"), "cta.template: missing.html: No such file"),
        (TEMPLATE.format("latin.html"), "cta.template: latin.html: not UTF-8 (byte 3)"),
        (TEMPLATE.format("large.html"), "cta.template: large.html has 4,194,305 bytes, more than 4,194,304"),
        ("cta =", "not TOML:"),
        ("x = " + "[" * 3000, "not TOML:"),
    ],
)
def test_errors_name_the_file_and_the_key(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "latin.html").write_bytes(b"<b>\xe9")
    (tmp_path / "large.html").write_bytes(b" " * (4 * 1024 * 1024 + 1))
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=f"^{re.escape(f'{path}: {message}')}"):
        load_config(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin" / "sigtrim.toml"
    latin.parent.mkdir()
    latin.write_bytes(b"# \xe9")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(latin)
    with pytest.raises(ConfigError, match=r"missing\.toml: No such file"):
        load_config(tmp_path / "missing.toml")
    with pytest.raises(ConfigError, match=r"pyproject\.toml: tool\.sigtrim: expected a table"):
        load_config(write(tmp_path, "[tool]\nsigtrim = 3", "pyproject.toml"))
    with pytest.raises(ConfigError, match="there is no table"):
        load_config(write(tmp_path, "[project]", "pyproject.toml"))


def test_paths_may_be_texts(tmp_path: Path) -> None:
    path = write(tmp_path, FULL)
    assert load_config(str(path)) == load_config(path)
    assert find_config(str(tmp_path)) == path


def test_the_nearest_file_upwards_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "team" / "berlin"
    inner.mkdir(parents=True)
    outer = write(tmp_path, "")
    assert find_config(inner / "jane.html") == outer
    write(tmp_path / "team", "[tool.other]", "pyproject.toml")
    assert find_config(inner) == outer
    project = write(tmp_path / "team", "[tool.sigtrim]", "pyproject.toml")
    assert find_config(inner) == project
    own = write(tmp_path / "team", "")
    assert find_config(inner) == own


def test_a_broken_project_file_of_others_is_no_concern(tmp_path: Path) -> None:
    outer = write(tmp_path, "")
    inner = tmp_path / "inner"
    inner.mkdir()
    write(inner, "not toml at all", "pyproject.toml")
    assert find_config(inner) == outer
