from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from sigtrim import __version__
from sigtrim.cli import main
from sigtrim.rewriter import Rewriter

if TYPE_CHECKING:
    from click.testing import Result

LIST = b'<p>Jane Doe</p>\r\n<p><a href="https://facebook.com/acme">Facebook</a> | <a href="https://instagram.com/acme">Instagram</a></p>\r\n'
CLEAN = b'<p>Jane Doe</p>\r\n<p><a href="https://www.example.com/">example.com</a></p>\r\n'
CTA = ("--cta-url", "https://example.com/guide", "--cta-text", "Get the free guide")
CONFIG = '[cta]\nurl = "https://example.com/{0}"\ntext = "Read {0}"\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def write(name: str, data: bytes = LIST) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def links(data: bytes) -> tuple[bool, bool]:
    """Whether the list is still there, and whether the call to action is."""
    return b"facebook" in data or b"instagram" in data, b"https://example.com/guide" in data


# Nothing happens


def test_a_document_without_a_list_comes_out_as_it_is() -> None:
    write("clean.html", CLEAN)
    result = run("clean.html", "--no-cta")
    assert (result.exit_code, result.stdout_bytes, result.stderr) == (0, CLEAN, "")


def test_check_and_diff_of_a_document_without_a_list() -> None:
    write("clean.html", CLEAN)
    result = run("clean.html", "--no-cta", "--check", "--diff")
    assert (result.exit_code, result.stdout_bytes, result.stderr) == (0, b"", "")


def test_writing_leaves_an_untouched_file_alone() -> None:
    path = write("clean.html", CLEAN)
    os.utime(path, ns=(1, 1))
    before = path.stat()
    assert run("clean.html", "--no-cta", "-w", "--backup", ".bak").exit_code == 0
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert os.listdir() == ["clean.html"]  # noqa: PTH208 - names are what is compared


# Where the result goes


def test_one_file_goes_to_standard_output() -> None:
    path = write("a.html")
    result = run("a.html", *CTA)
    assert (result.exit_code, result.stderr) == (0, "")
    assert links(result.stdout_bytes) == (False, True)
    assert result.stdout_bytes.startswith(b"<p>Jane Doe</p>\r\n")
    assert path.read_bytes() == LIST


def test_standard_input() -> None:
    result = run("-", *CTA, stdin=LIST)
    assert result.exit_code == 0
    assert links(result.stdout_bytes) == (False, True)


@pytest.mark.parametrize("output", ["new.html", "deep/er/new.html"])
def test_standard_input_into_a_file(output: str) -> None:
    result = run("-", *CTA, "-o", output, stdin=LIST)
    assert (result.exit_code, result.stdout_bytes) == (0, b"")
    assert links(Path(output).read_bytes()) == (False, True)


def test_standard_input_is_summed_up_where_that_is_asked_for() -> None:
    result = run("-", *CTA, "--check", "--summary", "json", stdin=LIST)
    assert (result.exit_code, json.loads(result.stdout)["changed"]) == (1, 1)
    assert "changed" not in run("-", *CTA, stdin=LIST).stderr


def test_standard_input_into_what_is_no_folder() -> None:
    write("a.html")
    result = run("-", "-o", "a.html/b/c.html", *CTA, stdin=LIST)
    assert (result.exit_code, result.stderr) == (2, "sigtrim: a.html/b: Not a directory\n")


@pytest.mark.parametrize("output", ["new.html", "deep/er/new.html"])
def test_one_file_into_a_file(output: str) -> None:
    write("a.html")
    result = run("a.html", *CTA, "--output", output)
    assert (result.exit_code, result.stdout_bytes) == (0, b"")
    assert links(Path(output).read_bytes()) == (False, True)


@pytest.mark.parametrize("output", ["out/", "there"])
def test_one_file_into_a_folder(output: str) -> None:
    write("a.html")
    Path("there").mkdir()
    assert run("a.html", *CTA, "-o", output).exit_code == 0
    assert links((Path(output) / "a.html").read_bytes()) == (False, True)


def test_a_folder_is_mirrored() -> None:
    write("in/jane.htm")
    write("in/berlin/kim.HTML")
    write("in/berlin/clean.html", CLEAN)
    write("in/berlin/kim_files/icon.png", b"\x89PNG\x00")
    write("in/notes.docx", b"PK facebook.com")
    Path("in/empty").mkdir()
    result = run("in", *CTA, "--output", "out")
    assert (result.exit_code, result.stdout_bytes) == (0, b"")
    inputs = {path.relative_to("in") for path in Path("in").rglob("*")}
    assert {path.relative_to("out") for path in Path("out").rglob("*")} == inputs
    assert links(Path("out/jane.htm").read_bytes()) == (False, True)
    assert links(Path("out/berlin/kim.HTML").read_bytes()) == (False, True)
    for name in ("berlin/kim_files/icon.png", "notes.docx"):
        assert (Path("out") / name).read_bytes() == (Path("in") / name).read_bytes()
    assert Path("in/jane.htm").read_bytes() == LIST


def test_every_document_of_a_folder_has_a_result_even_the_broken_ones() -> None:
    write("in/a.html")
    write("in/binary.html", b"\x00\x01\x02")
    write("in/z.html")
    result = run("in", *CTA, "-o", "out")
    assert result.exit_code == 2
    assert "sigtrim: in/binary.html: is binary, not a text\n" in result.stderr
    assert Path("out/binary.html").read_bytes() == b"\x00\x01\x02"
    assert links(Path("out/z.html").read_bytes()) == (False, True)


def test_several_files_into_a_folder() -> None:
    write("a.html")
    write("sub/b.html")
    result = run("a.html", "sub/b.html", *CTA, "-o", "out")
    assert (result.exit_code, result.stderr.splitlines()[:2]) == (0, ["documents        2", "changed          2"])
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.html", "b.html"]


def test_in_place_with_backup() -> None:
    path = write("a.html")
    path.chmod(0o640)
    result = run("a.html", *CTA, "--write", "--backup", ".orig")
    assert (result.exit_code, result.stdout_bytes) == (0, b"")
    assert links(path.read_bytes()) == (False, True)
    assert path.stat().st_mode & 0o777 == 0o640
    assert Path("a.html.orig").read_bytes() == LIST
    assert sorted(os.listdir()) == ["a.html", "a.html.orig"]  # noqa: PTH208 - names are what is compared


def test_a_backup_that_cannot_be_written_is_named_and_the_file_stays() -> None:
    path = write("a.html")
    write("a.html.bak/x")
    result = run("a.html", *CTA, "-w", "--backup", ".bak")
    message = "sigtrim: a.html: its backup a.html.bak cannot be written: Is a directory\n"
    assert (result.exit_code, result.stderr) == (2, message)
    assert path.read_bytes() == LIST


def test_in_place_in_a_folder_touches_documents_only() -> None:
    write("in/a.html")
    companion = write("in/a.css", LIST)
    assert run("in", *CTA, "-w").exit_code == 0
    assert links(Path("in/a.html").read_bytes()) == (False, True)
    assert companion.read_bytes() == LIST


# Looking only


def test_check_changes_nothing_and_says_what_would() -> None:
    path = write("a.html")
    result = run("a.html", *CTA, "--check")
    assert (result.exit_code, result.stdout_bytes) == (1, b"")
    assert result.stderr.startswith("sigtrim: a.html: ")
    assert path.read_bytes() == LIST


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch(1)")
@pytest.mark.parametrize(
    "name", ["a.html", "with space.html", "müller.html", 'quo"te.html', "sub/a.html", "tab\there.html"]
)
def test_a_diff_can_be_applied(name: str) -> None:
    path = write(name, LIST.removesuffix(b"\r\n") + b"\xe9")
    diff = run(name, *CTA, "--diff")
    assert diff.exit_code == 1
    subprocess.run(["patch", "-p1"], input=diff.stdout_bytes, check=True, capture_output=True)  # noqa: S607 - patch(1)
    assert path.read_bytes() == run(name, *CTA, "-w").stdout_bytes or links(path.read_bytes()) == (False, True)
    assert run(name, *CTA, "--check").exit_code == 0


def test_explain_alone_is_the_data() -> None:
    write("a.html")
    result = run("a.html", *CTA, "--explain")
    assert result.exit_code == 0
    assert "facebook" in result.stdout
    assert "removed" in result.stdout
    assert result.stderr == ""


def test_explain_beside_a_document_is_a_message() -> None:
    write("a.html")
    result = run("a.html", *CTA, "--explain", "-o", "b.html")
    assert (result.exit_code, result.stdout_bytes) == (0, b"")
    assert "removed" in result.stderr


def test_the_report_has_a_line_for_every_document() -> None:
    write("in/a.html")
    write("in/b.html", b"\x00")
    assert run("in", *CTA, "-o", "out", "--report", "report.jsonl").exit_code == 2
    first, second = (json.loads(line) for line in Path("report.jsonl").read_text(encoding="ascii").splitlines())
    assert (first["schema"], first["name"], first["changed"]) == (1, "in/a.html", True)
    assert {removal["platform"] for removal in first["removals"]} >= {"facebook", "instagram"}
    assert second == {"schema": 1, "name": "in/b.html", "error": "is binary, not a text"}


# Settings


def test_the_nearest_configuration_is_used_for_each_file() -> None:
    write("in/sigtrim.toml", CONFIG.format("outer").encode())
    write("in/berlin/sigtrim.toml", CONFIG.format("inner").encode())
    write("in/a.html")
    write("in/berlin/b.html")
    write("in/berlin/mitte/c.html")
    assert run("in", "-o", "out").exit_code == 0
    assert b"https://example.com/outer" in Path("out/a.html").read_bytes()
    assert b"https://example.com/inner" in Path("out/berlin/b.html").read_bytes()
    assert b"https://example.com/inner" in Path("out/berlin/mitte/c.html").read_bytes()


def test_options_override_the_configuration() -> None:
    write("sigtrim.toml", CONFIG.format("file").encode())
    write("a.html")
    assert b'"https://example.com/file"' in run("a.html").stdout_bytes
    output = run("a.html", "--cta-text", "Typed").stdout_bytes
    assert b"https://example.com/file" in output
    assert b"Typed" in output
    assert b"Read file" not in output
    assert b"example.com" not in run("a.html", "--no-cta").stdout_bytes
    write("other.toml", CONFIG.format("other").encode())
    assert b"https://example.com/other" in run("a.html", "--config", "other.toml").stdout_bytes


def test_keep_adds_to_the_configuration() -> None:
    write("sigtrim.toml", b'keep = ["facebook"]')
    write("a.html")
    output = run("a.html", "--keep", "Instagram", "--no-cta").stdout_bytes
    assert output == LIST


def test_without_a_call_to_action_the_list_goes_and_a_message_says_so() -> None:
    write("a.html")
    result = run("a.html")
    assert result.exit_code == 0
    assert links(result.stdout_bytes) == (False, False)
    assert result.stderr.count("\n") == 1
    assert "no call to action is configured" in result.stderr
    assert run("a.html", "-q").stderr == ""
    assert run("a.html", "--no-cta").stderr == ""


def test_a_broken_configuration_stops_the_run_before_anything_is_written() -> None:
    write("in/a.html")
    write("in/z/b.html")
    write("in/z/sigtrim.toml", b"[rules]\nkeeep = []")
    result = run("in", *CTA, "-o", "out")
    assert result.exit_code == 2
    assert result.stderr == "sigtrim: in/z/sigtrim.toml: rules.keeep: unknown key, did you mean 'keep'?\n".replace(
        "in/z", str(Path("in/z").absolute())
    )
    assert not Path("out").exists()


# Errors: one line, status 2, nothing on standard output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'PATHS...'."),
        (["--bad", "a.html"], "No such option"),
        (["missing.html", *CTA], "missing.html: No such file or directory"),
        (["binary.html", *CTA], "binary.html: is binary, not a text"),
        (["folder", *CTA], "folder: is a folder, which needs --output or --write"),
        (["a.html", "b.html", *CTA], "several files need --output or --write"),
        (["a.html", "--cta-url", "javascript:alert(1)", "--cta-text", "x"], "--cta-url: the scheme 'javascript'"),
        (["a.html", "--cta-url", "https://exa mple.com", "--cta-text", "x"], "--cta-url: a space may not stand"),
        (["a.html", "--cta-url", "https:///x", "--cta-text", "x"], "--cta-url: there is no host"),
        (["a.html", "--cta-url", "https://example.com", "--cta-text", " "], "--cta-text: ' ' is blank"),
        (["a.html", "--cta-url", "https://example.com"], "--cta-url needs --cta-text"),
        (["a.html", "--cta-text", "x"], "--cta-text needs --cta-url"),
        (["a.html", "--no-cta", *CTA], "--no-cta and --cta-url or --cta-text exclude each other"),
        (["a.html", "-w", "-o", "x", *CTA], "--write and --output exclude each other"),
        (["a.html", "-w", "--check", *CTA], "--write and --check or --diff exclude each other"),
        (["a.html", "-o", "x", "--diff", *CTA], "--output and --check or --diff exclude each other"),
        (["a.html", "--backup", ".bak", *CTA], "--backup needs --write"),
        (["a.html", "-w", "--backup", "/../x", *CTA], "--backup: '/../x' is not the end of a file name"),
        (["a.html", "-w", "--backup", "", *CTA], "--backup: '' is not the end of a file name"),
        (["a.html", "-q", "-v"], "--quiet and --verbose exclude each other"),
        (["-", "a.html"], "- (standard input) cannot stand beside other paths"),
        (["-", "-w"], "standard input cannot be rewritten in place"),
        (["-", "-o", "folder", *CTA], "folder: is a folder, standard input has no name there"),
        (["a.html", "--config", "missing.toml"], "missing.toml: No such file or directory"),
        (["a.html", "--keep", "two words"], "sigtrim: --keep: 'two words' is not the name"),
        (["a.html", "--keep", "linkdin"], "sigtrim: --keep: 'linkdin' is no platform, category or host, did you mean"),
        (
            ["a.html", "--keep", "https://x.com/ada"],
            "sigtrim: --keep: 'https://x.com/ada' is no platform, category or host",
        ),
        (["a.html", "--for", "tiktk"], "sigtrim: --for: no caption limits are known for 'tiktk'"),
        (["a.html", "--for", ""], "sigtrim: --for: '' is not a text"),
        (["folder", "-o", "a.html", *CTA], "a.html: is a file, the results of a folder need a folder"),
        (["folder", "-o", "folder/../folder", *CTA], "folder/../folder: is the input itself"),
        (["a.html", "-o", "a.html", *CTA], "a.html: is an input too"),
        (["a.html", "folder/a.html", "-o", "out", *CTA], "the results of a.html and folder/a.html would both go there"),
        (["a.html", "-o", "a.html/x/y.html", *CTA], "a.html/x: Not a directory"),
        (["a.html", "--report", "a.html", *CTA], "--report: a.html is one of the files"),
        (["a.html", "--report", "folder", *CTA], "--report: folder is a folder"),
        (["a.html", "--report", "-", *CTA], "--report: - is no file"),
        (
            ["a.html", "--output", "-", *CTA],
            "--output: - is no file; without --output one file goes to standard output",
        ),
        (["", "--write", *CTA], "a path is empty"),
        (["a.html", "", "--write", *CTA], "a path is empty"),
        (["a.html", "--output", "", *CTA], "a path is empty"),
    ],
)
def test_errors(arguments: list[str], message: str) -> None:
    write("a.html")
    write("b.html")
    write("folder/a.html")
    write("binary.html", b"\x89PNG\r\n\x1a\n\x00\x00")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    result = run(*arguments)
    assert (result.exit_code, result.stdout_bytes) == (2, b"")
    assert result.stderr.startswith("sigtrim: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_one_bad_file_never_stops_the_others() -> None:
    write("z.html")
    result = run("missing.html", "z.html", *CTA, "-w")
    assert result.exit_code == 2
    assert links(Path("z.html").read_bytes()) == (False, True)
    assert "\nfailed           1\n" in result.stderr


def test_a_fault_of_the_program_is_one_line_and_leaves_the_document_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError("too\x1b[31m deep")

    monkeypatch.setattr(Rewriter, "rewrite", fail)
    write("a.html")
    result = run("a.html", *CTA, "-o", "b.html")
    assert result.exit_code == 2
    assert result.stderr == "sigtrim: a.html: internal error, RecursionError: too\\x1b[31m deep\n"
    assert Path("b.html").read_bytes() == LIST
    assert "Traceback" in run("a.html", *CTA, "-o", "b.html", "-v").stderr


def test_file_names_cannot_command_the_terminal() -> None:
    assert run("\x1b[2Jgone.html").stderr == "sigtrim: \\x1b[2Jgone.html: No such file or directory\n"


# As a process


def process(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "sigtrim", *arguments], check=False, stderr=subprocess.PIPE, **options)  # type: ignore[call-overload,no-any-return]


def test_version() -> None:
    result = process("--version", stdout=subprocess.PIPE)
    assert (result.returncode, result.stdout.decode().split()) == (0, ["sigtrim", __version__])


def test_a_reader_that_goes_away_makes_no_noise() -> None:
    write("a.html")
    reader, writer = os.pipe()
    os.close(reader)
    try:
        result = process("a.html", *CTA, "-q", stdout=writer)
    finally:
        os.close(writer)
    assert (result.returncode, result.stderr) == (2, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_an_error() -> None:
    write("a.html")
    with Path("/dev/full").open("wb") as full:
        result = process("a.html", *CTA, stdout=full)
    assert (result.returncode, result.stderr) == (2, b"sigtrim: standard output: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe in a folder")
@pytest.mark.parametrize("option", ["--output", "--report"])
def test_a_result_never_takes_the_place_of_a_device_or_a_pipe(option: str) -> None:
    write("a.html")
    os.mkfifo("pipe")
    result = run("a.html", *CTA, option, "pipe")
    assert (result.exit_code, result.stderr) == (2, "sigtrim: pipe: is not a regular file\n")
    assert Path("pipe").is_fifo()


def test_bytes_pass_through_unchanged() -> None:
    data = b"<meta charset=windows-1252>\r\nGr\xfc\xdfe\r<br>\n\r\n"
    assert process("-", "--no-cta", input=data, stdout=subprocess.PIPE).stdout == data


def test_the_platform_of_a_caption_decides_how_the_call_is_written(tmp_path: Path) -> None:
    caption = tmp_path / "post.txt"
    caption.write_text("New honey!\nFacebook: @acmebees\nX: @acmebees\n")
    arguments = [str(caption), "--cta-url", "https://example.com/guide", "--cta-text", "Get the free guide"]
    assert "Get the free guide: https://example.com/guide" in CliRunner().invoke(main, arguments).stdout
    for_instagram = CliRunner().invoke(main, [*arguments, "--for", "instagram"]).stdout
    assert "https://" not in for_instagram
    assert "Get the free guide" in for_instagram


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('keep = ["linkdin"]', "keep: 'linkdin' is no platform"),
        ('strip = ["acmehub"]', "strip: 'acmehub' is no host"),
        ('strip = ["https://social.example.com"]', "strip: https://social.example.com: hosts has"),
        ('[captions]\nplatform = "tiktk"', "platform: no caption limits are known for 'tiktk'"),
        ('[[platforms]]\nid = "acme"\nhosts = ["linkedin.com"]', "platforms: acme: hosts has 'linkedin.com'"),
        (CONFIG.format("x") + 'style = "template"\ntemplate = "b.html"', "template: there are 2 links"),
    ],
)
def test_what_only_the_engine_refuses_names_the_file_too(settings: str, message: str) -> None:
    write("sigtrim.toml", settings.encode())
    write("b.html")
    path = write("a.html")
    result = run("a.html", "--write", "--keep", "x")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"sigtrim: {Path('sigtrim.toml').absolute()}: {message}")
    assert path.read_bytes() == LIST


def test_the_format_can_be_given(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text('<a href="https://github.com/ada">GitHub</a> <a href="https://x.com/ada">X</a> Ada\n')
    assert CliRunner().invoke(main, [str(path), "--no-cta", "--format", "html"]).stdout.strip() == "Ada"


def test_the_formats_that_can_be_given_are_those_there_are() -> None:
    from sigtrim.formats import FORMATS

    result = CliRunner().invoke(main, ["x.html", "--format", "no-such-format"])
    assert result.exit_code == 2
    for name in ("html", "text", *FORMATS):
        assert name in result.stderr
