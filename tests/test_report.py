from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigtrim import CallToAction, rewrite
from sigtrim.report import binary_diff, exit_status, explain, printable, summary, to_dict, unified_diff

if TYPE_CHECKING:
    from pathlib import Path

CTA = CallToAction("https://example.com/guide", "Get the free guide")
LIST = '<p>Jane</p>\n<p><a href="https://facebook.com/acme">Facebook</a> | <a href="https://instagram.com/acme">IG</a></p>\n'

needs_patch = pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch(1)")


def patched(before: bytes, diff: bytes, folder: Path) -> bytes:
    (folder / "x.html").write_bytes(before)
    if diff:
        subprocess.run(["patch", "-p1", "-s"], input=diff, check=True, cwd=folder, capture_output=True)  # noqa: S607 - patch(1)
    return (folder / "x.html").read_bytes()


def test_equal_texts_have_no_difference() -> None:
    assert unified_diff("a\r\nb", "a\r\nb", "x") == ""
    assert binary_diff(b"a\xff", b"a\xff", "x") == b""


LINES = st.lists(st.sampled_from(["a", "b\r", "\u00e9", "", "c\x0b", "\x85", "-x", "+y", "--- z"]), max_size=30)


@needs_patch
@settings(max_examples=40)
@given(LINES, LINES, st.sampled_from(["", "\n", "\r\n"]), st.sampled_from(["utf-8", "cp1252", "utf-16"]))
def test_patch_makes_the_one_of_the_other(
    tmp_path_factory: pytest.TempPathFactory, old: list[str], new: list[str], end: str, encoding: str
) -> None:
    before = ("\n".join(old) + end).encode(encoding, "replace") + b"!"
    after = ("\n".join(new) + end).encode(encoding, "replace") + b"!"
    assert patched(before, binary_diff(before, after, "x.html"), tmp_path_factory.mktemp("patch")) == after


def test_hunks_have_three_lines_around_them() -> None:
    before = "".join(f"{number}\n" for number in range(30))
    diff = unified_diff(before, before.replace("5\n", "", 1).replace("25\n", "x\n"), "x")
    assert [line for line in diff.splitlines() if line.startswith("@@")] == ["@@ -3,7 +3,6 @@", "@@ -23,7 +22,7 @@"]


@needs_patch
def test_a_long_document_takes_no_long_time(tmp_path: Path) -> None:
    before = b"same\n" * 300_000
    after = b"first\n" + before[:-5] + b"last\n"
    assert patched(before, binary_diff(before, after, "x.html"), tmp_path) == after


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.html", "--- a/a.html\n"),
        ("with space.html", "--- a/with space.html\t\n"),
        ('quo"te.html', '--- "a/quo\\042te.html"\n'),
        ("esc\x1b[2J.html", '--- "a/esc\\033[2J.html"\n'),
        ("line\nbreak.html", '--- "a/line\\012break.html"\n'),
    ],
)
def test_names_in_headers(name: str, header: str) -> None:
    assert unified_diff("a", "b", name).startswith(header)


def test_explain_tells_what_went_and_what_stayed() -> None:
    result = rewrite(LIST, cta=CTA)
    table = explain(result)
    for word in ("facebook", "instagram", "removed", "platform-link", "LINE"):
        assert word in table
    lone = rewrite('<a href="https://facebook.com/acme">Facebook</a>')
    assert "kept" in explain(lone)
    assert "facebook" in explain(lone)
    assert explain(rewrite("<p>Jane</p>")) == "document (html): nothing to do\nno mention of a platform\n"


def test_explain_cannot_command_the_terminal() -> None:
    result = rewrite(LIST.replace("Facebook", "\x1b[31mFacebook\x07"), cta=CTA)
    assert explain(result).replace("\n", "").isprintable()


def test_summary() -> None:
    assert summary(rewrite("<p>Jane</p>")) == "nothing to do"
    said = summary(rewrite(LIST, cta=CTA))
    assert "of 2 platforms" in said
    assert said.endswith("one call to action")
    replaced = rewrite('<p>Jane <a href="https://example.com/old" data-sigtrim="cta">Old</a></p>', cta=CTA)
    assert summary(replaced) == "1 removal, one call to action"


def test_the_record_is_json_and_its_spans_are_those_of_the_source() -> None:
    result = rewrite(LIST, cta=CTA)
    record = json.loads(json.dumps(to_dict(result)))
    assert record["schema"] == 1
    assert record["changed"] is True
    assert record["removals"]
    for removal in record["removals"]:
        cut = "".join(LIST[edit["span"]["start"] : edit["span"]["end"]] for edit in removal["edits"])
        assert cut == removal["text"]
        assert removal["line"] == LIST.count("\n", 0, removal["span"]["start"]) + 1
    assert record == json.loads(json.dumps(result.to_dict()))


def test_the_diff_of_a_rewrite() -> None:
    result = rewrite(LIST, cta=CTA)
    assert result.diff() == unified_diff(LIST, str(result.output), "document")
    assert rewrite("<p>Jane</p>").diff() == ""


@pytest.mark.parametrize(("failed", "changes", "status"), [(0, 0, 0), (0, 1, 1), (1, 0, 2), (1, 1, 2)])
def test_exit_status(failed: int, changes: int, status: int) -> None:
    assert exit_status(failed=bool(failed), changes=bool(changes)) == status


@given(st.text())
def test_printable(text: str) -> None:
    assert printable(text).isprintable()
    assert not text.isprintable() or printable(text) == text
