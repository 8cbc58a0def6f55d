from __future__ import annotations

import pytest

from sigtrim import CallToAction, Rewriter, Rules
from sigtrim.formats import outlook, pictures

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
    assert outlook.picture_folders(["Ada", "_files", "archive", "Ada_filed"]) == {}


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


@pytest.mark.parametrize("broken", [RTF[:-1], b"{\\rtf1 \\"])
def test_a_broken_twin_keeps_the_others_as_they_are(broken: bytes) -> None:
    twins = {"a/Ada.htm": HTML, "a/Ada.rtf": broken, "a/Ada.txt": TEXT}
    results = outlook.rewrite_twins(REWRITER, twins)
    assert {name: rewrite.output for name, rewrite in results.items()} == twins
    reason = results["a/Ada.rtf"].skipped
    assert reason is not None
    assert reason.startswith("the RTF is malformed")
    for name in ("a/Ada.htm", "a/Ada.txt"):
        assert results[name].skipped == f"its twin Ada.rtf stays as it is: {reason}"
        assert not results[name].changed


def test_a_twin_that_is_no_text_keeps_the_others_as_they_are() -> None:
    results = outlook.rewrite_twins(REWRITER, {"Ada.htm": HTML, "Ada.txt": b"\x89PNG\x00\x00"})
    assert results["Ada.txt"].skipped == "is binary, not a text"
    assert results["Ada.htm"].output == HTML


def test_each_twin_is_read_as_what_it_holds() -> None:
    results = outlook.rewrite_twins(REWRITER, {"Ada.htm": RTF, "Ada.txt": TEXT, "Ada.rtf": HTML})
    assert [rewrite.format for rewrite in results.values()] == ["rtf", "text", "html"]


def test_pictures_are_known_by_their_folder() -> None:
    named = pictures.named_in(HTML)
    assert pictures.is_shown(named, "image001.png", "Ada-Dateien")
    assert pictures.is_shown(named, "IMAGE001.PNG", "ada-dateien")
    assert not pictures.is_shown(named, "image001.png", "Bob-Dateien")
    assert not pictures.is_shown(named, "image004.png", "Ada-Dateien")
    assert not pictures.is_shown(named, "image0.png", "Ada-Dateien")


@pytest.mark.parametrize(
    "document",
    [
        "<img src='J\xfcrgen B_files/image001.png'>".encode("cp1252"),
        "<img src='J\xfcrgen B_files/image001.png'>".encode(),
        "<img src='Ju\u0308rgen B_files/image001.png'>".encode(),
        "<img src='J\xfcrgen B_files/image001.png'>".encode("utf-16"),
        b"<img src=J%C3%BCrgen%20B_files/image001.png>",
        b"<img src=J%FCrgen%20B_files/image001.png?x=1>",
        b'<img src="./J&uuml;rgen&#32;B_files/image001.png">',
        b'<td background="file:///C:\\Signatures\\J&#252;rgen\nB_files\\IMAGE001.PNG">',
        b'<base href="https://example.com/"><img src="image001.png">',
        b"<p style=\"background:url('J&uuml;rgen B_files/image001.png')\">",
        rb'{\rtf1 {\field{\*\fldinst INCLUDEPICTURE "J\'fcrgen B_files\\image001.png"}}}',
        rb'{\rtf1 {\field{\*\fldinst INCLUDEPICTURE "J\u252?rgen B_files\\image001.png"}}}',
        "Siehe J\xfcrgen B_files/image001.png".encode(),
    ],
)
def test_a_picture_is_found_however_it_is_written(document: bytes) -> None:
    assert pictures.is_shown(pictures.named_in(document), "image001.png", "J\xfcrgen B_files")


@pytest.mark.parametrize("folder", ["Ada_files", "Ada-Dateien", "Ada_fichiers", "Ada.files"])
def test_the_picture_folder_is_known_in_any_language(folder: str) -> None:
    assert outlook.picture_folders([folder, "Adam"]) == {"Ada": (folder,)}
