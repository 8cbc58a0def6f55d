"""The call to action on the command line, and the example of a campaign."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sigtrim import Rewriter, load_config
from sigtrim.cli import main

PAGE = (
    '<p>Ada</p><p><a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a></p><p>Leeds</p>'
)
CTA = ["--cta-url", "https://example.com/{id}", "--cta-text", "Meet {name|us}", "--set", "id=a b"]
EXAMPLE = Path(__file__).parents[1] / "examples" / "cta"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "sigtrim.toml").write_text("", encoding="utf-8")
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def sigtrim(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def test_values_of_fields(page: Path) -> None:
    result = sigtrim(page, *CTA, "--set", "name=Ada <Byrne> = me")
    assert (result.exit_code, result.stderr) == (0, "")
    assert '<a href="https://example.com/a%20b" data-sigtrim="cta">Meet Ada &lt;Byrne&gt; = me</a>' in result.stdout


def test_a_missing_value_is_named(page: Path) -> None:
    result = sigtrim(page, *CTA[:4])
    assert result.exit_code == 2
    assert "url: the field 'id' is missing" in result.stderr


def test_style_and_position(page: Path) -> None:
    result = sigtrim(page, *CTA, "--cta-style", "button", "--cta-position", 'after:"Leeds"')
    assert result.exit_code == 0
    assert result.stdout.startswith('<p>Ada</p><p>Leeds</p><table data-sigtrim="cta"')


def test_taking_it_out_again(page: Path) -> None:
    assert sigtrim(page, *CTA, "--write").exit_code == 0
    assert "Meet us" in page.read_text(encoding="utf-8")
    result = sigtrim(page, "--remove-cta")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "<p>Ada</p><p>Leeds</p>", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "name"], "--set: 'name' is not NAME=VALUE"),
        (["--cta-position", "top"], "--cta-position: 'top' is not one of list, start, end"),
        (["--cta-style", "image"], "image: is missing, the style 'image' needs it"),
        (["--cta-style", "blink"], "Invalid value for '--cta-style'"),
        (["--no-cta", "--remove-cta"], "exclude each other"),
    ],
)
def test_usage_errors(arguments: list[str], message: str, page: Path) -> None:
    result = sigtrim(page, *CTA, *arguments) if "--no-cta" not in arguments else sigtrim(page, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert page.read_text(encoding="utf-8") == PAGE


def test_a_campaign_that_does_not_run_today_is_told(page: Path) -> None:
    settings = '[cta]\nurl = "https://example.com/"\ntext = "Meet us"\nuntil = 2020-01-31\n'
    (page.parent / "sigtrim.toml").write_text(settings, encoding="utf-8")
    result = sigtrim(page)
    assert (result.exit_code, result.stdout) == (0, "<p>Ada</p><p>Leeds</p>")
    assert result.stderr.startswith(
        "sigtrim: today is not between cta.from and cta.until and there is no [cta.default]"
    )
    assert sigtrim(page, "--no-cta").stderr == ""
    default = '[cta.default]\nurl = "https://example.com/guide"\ntext = "Get the guide"\n'
    (page.parent / "sigtrim.toml").write_text(settings + default, encoding="utf-8")
    assert sigtrim(page).stderr == ""


def test_warnings_go_to_standard_error(page: Path) -> None:
    result = sigtrim(page, "--cta-url", "http://example.com", "--cta-text", "Click here")
    assert result.exit_code == 0
    assert "does not say where it leads" in result.stderr
    assert "http: is not encrypted" in result.stderr


def test_the_template_of_a_configuration_is_no_document(page: Path) -> None:
    settings = '[cta]\nurl = "https://example.com/"\ntext = "Meet us"\nstyle = "template"\ntemplate = "call.html"\n'
    (page.parent / "sigtrim.toml").write_text(settings, encoding="utf-8")
    template = page.parent / "call.html"
    template.write_bytes(b'\xef\xbb\xbf<p class="c\xc3\xa4ll">\r\n<a href="{url}">{text}</a></p>')
    before = template.read_bytes()
    assert sigtrim(page.parent, "--output", page.parent / "out").exit_code == 0
    assert (page.parent / "out" / "call.html").read_bytes() == before
    for changed in (1, 0):
        result = sigtrim(page.parent, "--write", "--exclude", "out", "--summary", "json")
        assert result.exit_code == 0, result.stderr
        assert json.loads(result.stdout)["changed"] == changed
        assert template.read_bytes() == before
    assert page.read_text("utf-8").count("Meet us") == 1


def test_the_example_of_a_campaign() -> None:
    rewriter = Rewriter(cta=load_config(EXAMPLE / "sigtrim.toml").cta)
    source = (EXAMPLE / "signature.html").read_bytes()
    fields = {"id": "7", "first_name": "Ada"}
    may = rewriter.rewrite(source, fields=fields, today=date(2030, 5, 31))
    june = rewriter.rewrite(may.output, fields=fields, today=date(2030, 6, 1))
    assert isinstance(may.output, bytes)
    assert isinstance(june.output, bytes)
    address = (
        b"https://example.com/open-day?by=7&amp;utm_source=signature&amp;utm_medium=email&amp;utm_campaign=open-day"
    )
    assert may.output.count(address) == 1
    assert b"Meet Ada at the open day" in may.output
    assert june.output == rewriter.rewrite(source, fields=fields, today=date(2030, 6, 1)).output
    assert june.output.count(b"Get the free guide") == 1
    assert b"open" not in june.output
