from __future__ import annotations

import pytest

from sigtrim import CallToAction, Rewriter, Rules
from sigtrim.formats import outlook

REWRITER = Rewriter(cta=CallToAction("https://example.com/guide", "Get the free guide"))
HTML = (
    "<html><head><meta charset=windows-1252></head><body><p>J\xfcrgen Example</p><p>"
    '<a href="https://www.linkedin.com/company/acme-example"><img src="Ada-Dateien/image001.png" alt="LinkedIn">'
    "</a>\r\n"
    '<a href="https://x.com/acme_example"><img src="Ada-Dateien/image002.png" alt="X"></a></p>'
    '<p><img src="Ada-Dateien/image003.png" alt="Acme Instruments"></p></body></html>'
).encode("cp1252")
RTF = (
    rb"{\rtf1\ansi\ansicpg1252 J\'fcrgen Example\par "
    rb'{\field{\*\fldinst{HYPERLINK "https://www.linkedin.com/company/acme-example"}}{\fldrslt LinkedIn}} '
    rb'{\field{\*\fldinst{HYPERLINK "https://x.com/acme_example"}}{\fldrslt X}}\par Acme Instruments\par}'
)
TEXT = b"\xff\xfe" + (
    "J\xfcrgen Example\r\n+49 30 555 0123\r\n\r\nLinkedIn: https://www.linkedin.com/company/acme-example\r\n"
    "X: https://x.com/acme_example\r\n"
).encode("utf-16-le")


def output(data: str | bytes) -> bytes:
    assert isinstance(data, bytes)
    return data


def test_noop_files_without_a_twin_and_other_files() -> None:
    assert outlook.find_twins(["Ada.htm", "Bob.txt", "Bob.rtf", "image.png", "Eve.docx"]) == {}
    assert not outlook.is_picture_folder("Ada", "Ada")
    assert not outlook.is_picture_folder("Adam_files", "Ada")


def test_noop_one_platform_in_all_twins() -> None:
    twins = {
        "Ada.htm": b'<p><a href="https://x.com/acme_example">X</a></p>',
        "Ada.txt": b"X: https://x.com/acme_example\r\n",
    }
    for name, rewrite in outlook.rewrite_twins(Rewriter(), twins).items():
        assert (rewrite.output, rewrite.changed, rewrite.warnings) == (twins[name], False, ())


def test_the_three_twins_lose_the_list_and_offer_the_same() -> None:
    twins = {"Ada.htm": HTML, "Ada.rtf": RTF, "Ada.txt": TEXT}
    assert outlook.find_twins(twins) == {"Ada": tuple(twins)}
    results = outlook.rewrite_twins(REWRITER, twins)
    assert [rewrite.skipped for rewrite in results.values()] == [None] * 3
    for rewrite in results.values():
        assert {removal.platform for removal in rewrite.removals} >= {"linkedin", "x"}
        assert rewrite.warnings == ()
        assert rewrite.cta is not None
        assert rewrite.cta.url == "https://example.com/guide"
    html, rich, text = (output(rewrite.output) for rewrite in results.values())
    assert "J\xfcrgen".encode("cp1252") in html
    assert rb"J\'fcrgen Example\par {\*\bkmkstart sigtrim_cta}" in rich
    assert text.startswith(b"\xff\xfe")
    shown = text.decode("utf-16")
    assert "linkedin" not in shown
    assert "https://example.com/guide" in shown
    assert shown.count("\n") == shown.count("\r\n")
    again = outlook.rewrite_twins(REWRITER, {"Ada.htm": html, "Ada.rtf": rich, "Ada.txt": text})
    assert [rewrite.output for rewrite in again.values()] == [html, rich, text]


def test_what_stands_alone_in_one_twin_goes_with_the_list_of_another() -> None:
    text = b"J\xfcrgen Example\r\n\r\nLinkedIn: https://www.linkedin.com/company/acme-example\r\n"
    results = outlook.rewrite_twins(REWRITER, {"Ada.htm": HTML, "Ada.txt": text})
    assert b"linkedin" not in output(results["Ada.txt"].output)
    assert results["Ada.txt"].warnings == ("its twins list x too, which is not found here",)
    assert results["Ada.htm"].warnings == ()


def test_what_no_twin_lists_among_several_stays() -> None:
    text = b"J\xfcrgen Example\r\n\r\nGitHub: https://github.com/acme-example\r\n"
    results = outlook.rewrite_twins(REWRITER, {"Ada.htm": HTML, "Ada.txt": text})
    assert b"https://github.com/acme-example" in output(results["Ada.txt"].output)


def test_a_kept_platform_is_kept_in_all_twins() -> None:
    rewriter = Rewriter(cta=REWRITER.cta, rules=Rules(keep={"linkedin"}))
    results = outlook.rewrite_twins(rewriter, {"Ada.htm": HTML, "Ada.rtf": RTF, "Ada.txt": TEXT})
    for name in ("Ada.htm", "Ada.rtf"):
        assert b"linkedin" in output(results[name].output)


def test_a_broken_twin_stays_and_the_others_are_rewritten() -> None:
    results = outlook.rewrite_twins(REWRITER, {"Ada.htm": HTML, "Ada.rtf": RTF[:-1], "Ada.txt": TEXT})
    assert results["Ada.rtf"].output == RTF[:-1]
    assert results["Ada.rtf"].skipped is not None
    assert results["Ada.htm"].changed
    assert results["Ada.txt"].changed


def test_pictures_that_only_the_list_showed_are_unused() -> None:
    names = ["image001.png", "image002.png", "image003.png", "filelist.xml", "image0.png"]
    rewrite = REWRITER.rewrite(HTML)
    assert outlook.unused_pictures(rewrite, names) == ("image001.png", "image002.png")
    assert outlook.unused_pictures(Rewriter(rules=Rules(min_platforms=9)).rewrite(HTML), names) == ()


@pytest.mark.parametrize("folder", ["Ada_files", "Ada-Dateien", "Ada_fichiers", "Ada.files"])
def test_the_picture_folder_is_known_in_any_language(folder: str) -> None:
    assert outlook.is_picture_folder(folder, "Ada")
