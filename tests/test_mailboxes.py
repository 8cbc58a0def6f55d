"""A large mailbox is gone through message by message; what comes out is the same as for a small one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from sigtrim.batch import files, mailboxes
from sigtrim.cli import main
from sigtrim.formats import mbox

if TYPE_CHECKING:
    from click.testing import Result

CASES = Path(__file__).parent / "cases" / "formats" / "mbox"
CTA = ("--cta-url", "https://example.com/guide", "--cta-text", "Get the free guide")
SIGNED = b"From ada Mon Jan  1 10:00:00 2024\nContent-Type: multipart/signed; boundary=b\nMIME-Version: 1.0\n\n--b\n"
LINKS = b"<a href=//x.com/a>X</a> <a href=//github.com/a>GitHub</a>"
LIST = b"Content-Type: text/html\n\n<div class=gmail_signature>" + LINKS + b"</div>\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(CASES / "three.in.mbox", "sent.mbox")
    with Path("sent.mbox").open("ab") as file:
        file.write(b"\n" + SIGNED + LIST + b"--b--\n\n")
    return tmp_path


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The mailboxes that are gone through message by message: all, whatever their size."""
    seen: list[Path] = []
    rewrite = mailboxes.rewrite_mailbox

    def watched(task: Any, *arguments: Any, **options: Any) -> Any:
        seen.append(task.source)
        return rewrite(task, *arguments, **options)

    monkeypatch.setattr(files, "LARGE", 0)
    monkeypatch.setattr(mailboxes, "rewrite_mailbox", watched)
    return seen


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def report(name: str) -> dict[str, Any]:
    (record,) = [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]
    assert isinstance(record, dict)
    return record


def test_noop_a_mailbox_without_a_list_is_not_written(streams: list[Path]) -> None:
    shutil.copyfile(CASES / "noop.in.mbox", "sent.mbox")
    before = Path("sent.mbox").stat()
    assert run("sent.mbox", "-w", "--no-cta", "--backup", ".bak").exit_code == 0
    assert (Path("sent.mbox").stat().st_ino, streams) == (before.st_ino, [Path("sent.mbox")])
    assert not Path("sent.mbox.bak").exists()


def test_noop_other_files_do_not_stream(streams: list[Path]) -> None:
    Path("a.html").write_bytes(b"<p>From Ada 2024\n")
    Path("a.mbox").write_bytes(b"no mailbox\n")
    run("a.html", "a.mbox", "--check", *CTA)
    assert streams == []


def test_it_gives_the_same_and_reports_the_same(streams: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    told = run("sent.mbox", "-o", "large.mbox", "--explain", "--report", "large.jsonl", *CTA)
    with monkeypatch.context() as patch:
        patch.setattr("sigtrim.batch.files.LARGE", 1 << 40)
        small = run("sent.mbox", "-o", "small.mbox", "--explain", "--report", "small.jsonl", *CTA)
    assert streams == [Path("sent.mbox")]
    assert (told.exit_code, told.output) == (small.exit_code, small.output)
    assert Path("large.mbox").read_bytes() == Path("small.mbox").read_bytes()
    assert report("large.jsonl") == report("small.jsonl")
    assert "message 4 (line " in told.stderr


def test_it_is_written_in_place_with_a_backup(streams: list[Path]) -> None:
    before = Path("sent.mbox").read_bytes()
    assert run("sent.mbox", "--check", *CTA).exit_code == 1
    assert Path("sent.mbox").read_bytes() == before
    assert run("sent.mbox", "-w", "--backup", ".bak", *CTA).exit_code == 0
    assert Path("sent.mbox.bak").read_bytes() == before
    assert b"https://example.com/guide" in Path("sent.mbox").read_bytes()
    assert run("sent.mbox", "--check", *CTA).exit_code == 0
    assert len(streams) == 3


def test_what_goes_to_standard_output_does_not_stream(streams: list[Path]) -> None:
    assert b"https://example.com/guide" in run("sent.mbox", *CTA).stdout_bytes
    assert run("sent.mbox", "--diff", *CTA).stdout_bytes.startswith(b"--- a/")
    assert streams == []


def test_what_fails_in_the_middle_leaves_the_mailbox(streams: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    before = Path("sent.mbox").read_bytes()
    calls = iter(range(100))

    def broken(*arguments: Any) -> Any:
        if next(calls) == 1:
            raise MemoryError("no more")
        return original(*arguments)

    original = mbox._rewrite_message
    monkeypatch.setattr(mbox, "_rewrite_message", broken)
    result = run("sent.mbox", "-w", *CTA)
    assert (result.exit_code, Path("sent.mbox").read_bytes(), len(streams)) == (2, before, 1)
    assert "internal error, MemoryError" in result.stderr
