"""LibreOffice as the independent reader and writer of RTF; all its work is done in a few starts of the program."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
import pytest

from sigtrim import CallToAction, Rewriter, formats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")

ROOT = Path(__file__).parents[1]
CTA = CallToAction("https://example.com/guide?a=1&b=2", "Get the \u2192 guide")
REWRITER = Rewriter(cta=CTA)
FILES = [*(ROOT / "tests/cases/formats/rtf").glob("*.in.rtf"), *(ROOT / "examples").rglob("*.rtf")]
PLATFORMS = re.compile(
    r"facebook\.com|linkedin\.com|instagram\.com|github\.com|youtube\.com|mastodon\.social|//(?:www\.)?x\.com"
)
NAME = "<p><b>Ada Ex\u00e4mple</b><br>Head of Support<br>Tel. <a href='tel:+49305550123'>+49 30 555 0123</a></p>"
LAST = "\u2013 K\u00f6ln, \u0395\u03bb\u03bb\u03ac\u03c2 \U0001f4a1"
END = f"<p><a href='https://www.example.com/'>www.example.com</a> {LAST}</p>"
KEPT = f"Ada Ex\u00e4mple Head of Support Tel. +49 30 555 0123 www.example.com {LAST}".split()
FACEBOOK = "<a href='https://www.facebook.com/acme-example'>Facebook</a>"
LINKEDIN = "<a href='https://www.linkedin.com/company/acme-example'>LinkedIn</a>"
ROW = f"<tr><td>{FACEBOOK}</td><td>{LINKEDIN}</td></tr>"
PAGES = {
    "row": f"{NAME}<p>Follow us: {FACEBOOK} | {LINKEDIN}</p>{END}",
    "lines": f"{NAME}<p>{FACEBOOK}<br>{LINKEDIN}</p>{END}",
    "list": f"{NAME}<ul><li>{FACEBOOK}</li><li>{LINKEDIN}</li></ul>{END}",
    "first-row": f"{NAME}<table>{ROW}<tr><td>Room 4</td><td>Hof</td></tr></table>{END}",
    "last-row": f"{NAME}<table><tr><td>Room 4</td><td>Hof</td></tr>{ROW}</table>{END}",
    "table": f"{NAME}<table>{ROW}</table>{END}",
    "beside": f"<table><tr><td>{NAME}</td><td>{FACEBOOK} {LINKEDIN}</td></tr></table>{END}",
    "bold": f"{NAME}<p><b><i>{FACEBOOK}</i></b> \U0001f4f1 <font color=red>{LINKEDIN}</font></p>{END}",
    "noop-one": f"{NAME}<p>{LINKEDIN}</p>{END}",
    "noop-none": f"{NAME}{END}",
}


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, bytes]]:
    profile = tmp_path_factory.mktemp("profile")

    def run(files: Mapping[str, bytes], suffix: str, to: str, *options: str) -> dict[str, bytes]:
        folder = tmp_path_factory.mktemp("office")
        for name, data in files.items():
            (folder / f"{name}{suffix}").write_bytes(data)
        subprocess.run(
            [str(OFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless", *options]
            + ["--convert-to", to, "--outdir", str(folder / "made")]
            + [str(folder / f"{name}{suffix}") for name in files],
            check=True,
            capture_output=True,
            timeout=300,
        )
        return {path.stem: path.read_bytes() for path in (folder / "made").glob("*")}

    return run


@pytest.fixture(scope="module")
def before(convert: Callable[..., dict[str, bytes]]) -> dict[str, bytes]:
    """RTF of the cases, the examples, and as LibreOffice writes it."""
    pages = {name: f"<meta charset=utf-8>{page}".encode() for name, page in PAGES.items()}
    written = convert(pages, ".html", "rtf:Rich Text Format", "--infilter=HTML (StarWriter)")
    if not written:
        pytest.skip("LibreOffice is installed without Writer")
    assert written.keys() == PAGES.keys()
    return written | {path.name.removesuffix(".rtf"): path.read_bytes() for path in FILES}


@pytest.fixture(scope="module")
def after(before: dict[str, bytes]) -> dict[str, bytes]:
    made = {}
    for name, data in before.items():
        result = formats.rewrite(REWRITER, data, format="rtf")
        assert result.skipped is None, name
        assert isinstance(result.output, bytes)
        made[name] = result.output
    return made


@pytest.fixture(scope="module")
def shown(
    before: dict[str, bytes], after: dict[str, bytes], convert: Callable[..., dict[str, bytes]]
) -> dict[str, tuple[str, str]]:
    """What LibreOffice shows of each file before and after, as HTML."""
    files = {f"before-{name}": data for name, data in before.items()}
    files |= {f"after-{name}": data for name, data in after.items()}
    made = convert(files, ".rtf", "html:HTML (StarWriter):EmbedImages")
    assert made.keys() == files.keys()
    return {name: (made[f"before-{name}"].decode(), made[f"after-{name}"].decode()) for name in before}


def targets(page: str) -> list[str]:
    found = lxml.html.document_fromstring(page.encode()).xpath("//body//a/@href")
    assert isinstance(found, list)
    return list(map(str, found))


def words(page: str) -> list[str]:
    return str(lxml.html.document_fromstring(page.encode()).xpath("string(//body)")).split()


def is_subsequence(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(word in rest for word in part)


def test_nothing_to_do_is_lossless_in_what_libreoffice_writes(before: dict[str, bytes]) -> None:
    for name, data in before.items():
        if name.startswith("noop"):
            assert formats.rewrite(Rewriter(), data, format="rtf").output == data


def test_the_list_is_gone_and_there_is_one_call_to_action(shown: dict[str, tuple[str, str]]) -> None:
    for name, (_, page) in shown.items():
        found = targets(page)
        assert found.count(CTA.url) == 1, name
        if not name.startswith("noop"):
            assert not PLATFORMS.search(" ".join(found)), name


def test_all_other_links_stay(shown: dict[str, tuple[str, str]]) -> None:
    for name, (old, new) in shown.items():
        others = [url for url in targets(old) if name.startswith("noop") or not PLATFORMS.search(url)]
        assert [url for url in targets(new) if url != CTA.url] == others, name


def test_all_other_words_stay(shown: dict[str, tuple[str, str]]) -> None:
    for name, (old, new) in shown.items():
        said = " ".join(words(new))
        assert said.count(CTA.text) == 1, name
        assert is_subsequence(said.replace(CTA.text, "").split(), words(old)), name
        if name in PAGES:
            assert is_subsequence(KEPT, said.split()), name
            assert name.startswith("noop") or "Facebook" not in said


def test_pictures_that_stay_are_the_same(before: dict[str, bytes], shown: dict[str, tuple[str, str]]) -> None:
    assert any(b"\\pict" in data for data in before.values())
    for name, (old, new) in shown.items():
        images = re.findall(r"<img[^>]*\bsrc=\"([^\"]*)\"", old)
        assert is_subsequence(re.findall(r"<img[^>]*\bsrc=\"([^\"]*)\"", new), images), name


def test_a_second_run_changes_nothing(after: dict[str, bytes]) -> None:
    for name, data in after.items():
        assert formats.rewrite(REWRITER, data, format="rtf").output == data, name


def test_what_libreoffice_saves_again_has_its_call_to_action_replaced(
    after: dict[str, bytes], convert: Callable[..., dict[str, bytes]]
) -> None:
    saved = convert({name: after[name] for name in PAGES}, ".rtf", "rtf:Rich Text Format")
    other = CallToAction("https://example.com/call", "Book a call", previous=(CTA.url,))
    for name, data in saved.items():
        result = formats.rewrite(Rewriter(cta=other), data, format="rtf")
        assert isinstance(result.output, bytes)
        assert b"example.com/guide" not in result.output, name
        assert result.output.count(b"Book a call") == 1
