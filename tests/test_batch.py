from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sigtrim.batch.inputs import Inputs, Problem, Skip, Task, glob_pattern
from sigtrim.batch.outcome import Outcome
from sigtrim.batch.run import choose_jobs
from sigtrim.batch.summary import Tally, annotation
from sigtrim.cli import main
from sigtrim.errors import ConfigError

if TYPE_CHECKING:
    from click.testing import Result

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")

LIST = (
    b'<p>Jane Doe</p>\n<p><a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a></p>\n'
)
CLEAN = b"<p>Jane Doe</p>\n"
CTA = ("--cta-url", "https://example.com/guide", "--cta-text", "Get the free guide")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*names: str, data: bytes | None = None) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(name.encode() if data is None else data)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def inputs(*paths: str, output: str | None = None, **settings: object) -> Inputs:
    found = Inputs(
        paths=tuple(Path(path) for path in paths),
        output=None if output is None else Path(output),
        **settings,  # type: ignore[arg-type]
    )
    found.check()
    return found


def places(*paths: str, output: str | None = None, **settings: object) -> list[tuple[str, str | None, bool]]:
    found = []
    for task in inputs(*paths, output=output, **settings).scan():
        assert isinstance(task, Task)
        found.append((task.source.as_posix(), None if task.target is None else task.target.as_posix(), task.document))
    return found


def documents(*paths: str, **settings: object) -> list[str]:
    return [source for source, _, document in places(*paths, **settings) if document]  # type: ignore[arg-type]


# What is found


def test_an_empty_folder_has_no_tasks() -> None:
    Path("in").mkdir()
    assert places("in") == []


def test_a_folder_without_output_has_its_documents_only() -> None:
    make("in/b.html", "in/a.HTM", "in/c.txt", "in/d.png", "in/sub/e.html")
    assert places("in") == [(f"in/{name}", None, True) for name in ("a.HTM", "b.html", "c.txt", "sub/e.html")]


def test_hidden_files_and_folders_are_not_there() -> None:
    make("in/a.html", "in/.b.html", "in/.git/c.html", "in/sub/.svn/d.html", "in/.sigtrim-abcdefgh.tmp")
    assert documents("in") == ["in/a.html"]
    assert places("in", output="out") == [("in/a.html", "out/a.html", True)]


def test_what_is_named_is_gone_through_even_if_it_is_hidden() -> None:
    make(".in/a.html", ".b.html")
    assert documents(".in", ".b.html") == [".in/a.html", ".b.html"]


def test_a_folder_is_mirrored_with_all_that_is_in_it() -> None:
    make("in/a.html", "in/sub/b.png", "in/sub/c.HTM")
    assert places("in", output="out") == [
        ("in/a.html", "out/a.html", True),
        ("in/sub/b.png", "out/sub/b.png", False),
        ("in/sub/c.HTM", "out/sub/c.HTM", True),
    ]


def test_results_inside_the_input_are_no_input() -> None:
    make("a.html", "out/a.html", "sub/out/b.html")
    assert places(".", output="out") == [("a.html", "out/a.html", True), ("sub/out/b.html", "out/sub/out/b.html", True)]


def test_several_paths_keep_apart_under_their_names() -> None:
    make("one/a.html", "two/a.html", "b.xyz")
    assert places("one", "two", "b.xyz", output="out") == [
        ("one/a.html", "out/one/a.html", True),
        ("two/a.html", "out/two/a.html", True),
        ("b.xyz", "out/b.xyz", True),
    ]


def test_a_path_that_is_named_twice_is_gone_through_once() -> None:
    make("in/a.html", "in/b.html", "in/sub/c.html")
    assert documents("in", "./in/a.html", "in", "in/sub") == ["in/b.html", "in/a.html", "in/sub/c.html"]


def test_json_in_a_folder_is_a_document_by_its_content_alone() -> None:
    make("in/a.json", "in/b.html")
    found = {task.source.name: task.certain for task in inputs("in").scan() if isinstance(task, Task)}
    assert found == {"a.json": False, "b.html": True}
    assert [task.certain for task in inputs("in/a.json").scan() if isinstance(task, Task)] == [True]


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"exclude": ("drafts",)}, ["in/a.htm", "in/a.txt", "in/team/b.htm"]),
        ({"exclude": ("drafts/",)}, ["in/a.htm", "in/a.txt", "in/team/b.htm"]),
        ({"exclude": ("*.txt", "team/*")}, ["in/a.htm", "in/drafts/c.htm", "in/team/drafts/d.htm"]),
        ({"exclude": ("team/**",)}, ["in/a.htm", "in/a.txt", "in/drafts/c.htm"]),
        ({"include": ("*.htm",)}, ["in/a.htm", "in/drafts/c.htm", "in/team/b.htm", "in/team/drafts/d.htm"]),
        ({"include": ("/*.htm",)}, ["in/a.htm"]),
        ({"include": ("team/**",)}, ["in/team/b.htm", "in/team/drafts/d.htm"]),
        ({"include": ("*.tmpl",)}, ["in/e.tmpl"]),
        ({"include": ("*.htm",), "exclude": ("drafts",)}, ["in/a.htm", "in/team/b.htm"]),
    ],
)
def test_include_and_exclude(settings: dict[str, object], found: list[str]) -> None:
    make("in/a.htm", "in/a.txt", "in/e.tmpl", "in/drafts/c.htm", "in/team/b.htm", "in/team/drafts/d.htm")
    if settings.get("exclude") == ("*.txt", "team/*"):
        found = ["in/a.htm", "in/drafts/c.htm"]
    assert documents("in", **settings) == found


def test_what_is_not_included_is_copied_and_what_is_excluded_is_not() -> None:
    make("in/a.htm", "in/a.txt", "in/b.htm")
    assert places("in", output="out", include=("a.*m",), exclude=("b*",)) == [
        ("in/a.htm", "out/a.htm", True),
        ("in/a.txt", "out/a.txt", False),
    ]


@given(st.text(alphabet="ab*?[]!-/.", max_size=8), st.text(alphabet="ab/.-", max_size=8))
def test_any_pattern_can_be_asked(pattern: str, path: str) -> None:
    with contextlib.suppress(ConfigError):
        glob_pattern(pattern).fullmatch(path)


@posix
def test_what_is_left_out_is_told() -> None:
    make("in/a.html", "elsewhere/b.html")
    Path("in/link").symlink_to("../elsewhere")
    Path("in/loop").symlink_to("../in")
    Path("in/nowhere.html").symlink_to("missing")
    Path("in/outside.html").symlink_to("../elsewhere/b.html")
    Path("in/inside.html").symlink_to("a.html")
    os.mkfifo("in/pipe.html")
    outside = {
        Skip(Path("in/link"), "a symbolic link to a folder"),
        Skip(Path("in/loop"), "a symbolic link to a folder"),
        Skip(Path("in/nowhere.html"), "a symbolic link that leads nowhere"),
        Skip(Path("in/outside.html"), "a symbolic link out of the folder"),
        Skip(Path("in/pipe.html"), "not a regular file"),
    }
    found = set(inputs("in", output="out").scan())
    tasks = {one.source.name for one in found if isinstance(one, Task)}
    assert (tasks, {one for one in found if isinstance(one, Skip)}) == ({"a.html", "inside.html"}, outside)
    found = set(inputs("in", in_place=True).scan())
    inside = Skip(Path("in/inside.html"), "a symbolic link to another file of the folder")
    assert {one for one in found if not isinstance(one, Task)} == outside | {inside}


@posix
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may enter all folders")
def test_a_folder_that_may_not_be_entered_is_a_problem() -> None:
    make("in/a.html", "in/closed/b.html")
    Path("in/closed").chmod(0)
    try:
        assert Problem(Path("in/closed"), "Permission denied") in set(inputs("in").scan())
    finally:
        Path("in/closed").chmod(0o700)


# Nothing onto anything else


def test_two_results_for_one_place_are_refused() -> None:
    make("one/a.html", "two/a.html")
    with pytest.raises(ConfigError, match=r"the results of one/a\.html and two/a\.html would both go there"):
        inputs("one/a.html", "two/a.html", output="out")
    make("x/one/b.html")
    with pytest.raises(ConfigError, match=r"the results of one and x/one would both go there"):
        inputs("one", "x/one", output="out")


def test_an_input_is_never_a_place_for_results() -> None:
    make("one/a.html", "two/a.html", "two/b.html")
    with pytest.raises(ConfigError, match="is an input too"):
        inputs("two/b.html", "one/a.html", "two/a.html", output="two")
    with pytest.raises(ConfigError, match="is the input itself"):
        inputs("one", output="two/../one")


def test_results_of_a_folder_onto_itself_by_way_of_a_folder_above_are_refused() -> None:
    make("team/in/a.html", "team/in/in/b.html")
    with pytest.raises(ConfigError, match="is an input too"):
        inputs("team/in", output="team")
    make("other/in/a.html")
    assert places("other/in", output="other") == [("other/in/a.html", "other/a.html", True)]


@posix
def test_links_do_not_hide_that_two_places_are_one() -> None:
    make("in/a.html")
    Path("out").symlink_to("in")
    with pytest.raises(ConfigError, match="is the input itself"):
        inputs("in", output="out")


@pytest.mark.parametrize(
    ("arguments", "report", "refused"),
    [
        (("in", "-w"), "in/a.html", True),
        (("in", "-w"), "in/report.jsonl", False),
        (("in", "-o", "out"), "out/a.html", True),
        (("in", "-o", "out"), "out/report.jsonl", False),
        (("in", "-o", "out"), "in/icon.png", True),
    ],
)
def test_a_report_is_no_file_of_the_run(arguments: tuple[str, ...], report: str, refused: bool) -> None:  # noqa: FBT001 - one of the cases' values
    make("in/a.html", data=LIST)
    make("in/icon.png")
    for _ in range(2):  # the second time the report is there already
        result = run(*arguments, *CTA, "--report", report)
        assert (result.exit_code, "is one of the files" in result.stderr) == ((2, True) if refused else (0, False))
    assert refused or json.loads(Path(report).read_text("ascii"))["name"] == "in/a.html"


def test_backups_are_no_documents() -> None:
    make("in/a.html", "in/b.html", data=LIST)
    for _ in range(2):
        assert run("in", *CTA, "-w", "--backup", "-old.html").exit_code == 0
        assert sorted(os.listdir("in")) == ["a.html", "a.html-old.html", "b.html", "b.html-old.html"]  # noqa: PTH208 - names are what is compared
    assert Path("in/a.html-old.html").read_bytes() == LIST
    assert "skipped, a backup of the file beside it" in run("in", *CTA, "-w", "--backup", "-old.html").stderr


def test_a_backup_never_takes_the_place_of_an_input() -> None:
    make("a.html", "a.html.bak", data=LIST)
    result = run("a.html", "a.html.bak", *CTA, "-w", "--backup", ".bak")
    assert result.exit_code == 2
    assert "a.html.bak: is an input, and where the backup of a.html would go" in result.stderr
    assert Path("a.html").read_bytes() == Path("a.html.bak").read_bytes() == LIST


# A run and its repetition


def test_a_repeated_run_writes_nothing() -> None:
    make("in/a.html", data=LIST)
    make("in/icon.png", "in/b.html")
    assert run("in", *CTA, "-o", "out").exit_code == 0
    files = [Path("out") / name for name in ("a.html", "b.html", "icon.png")]
    for path in files:
        os.utime(path, ns=(1, 1))
    before = [(path.stat().st_ino, path.stat().st_mtime_ns) for path in files]
    assert run("in", *CTA, "-o", "out").exit_code == 0
    assert [(path.stat().st_ino, path.stat().st_mtime_ns) for path in files] == before


def test_more_processes_give_the_same_files_and_the_same_report() -> None:
    for at in range(60):
        make(f"in/{at % 7}/{at}.html", data=LIST.replace(b"Jane", b"Jane %d" % at))
    make("in/3/broken.html", data=b"\x00")
    make("in/3/clean.html", data=CLEAN)
    outputs = []
    for jobs in ("1", "3"):
        result = run("in", *CTA, "-o", f"out{jobs}", "-j", jobs, "--report", f"{jobs}.jsonl")
        assert result.exit_code == 2
        tree = {path.relative_to(f"out{jobs}"): path.read_bytes() for path in Path(f"out{jobs}").rglob("*.html")}
        outputs.append((result.stderr, tree, Path(f"{jobs}.jsonl").read_bytes()))
    assert outputs[0] == outputs[1]
    assert len(outputs[0][1]) == 62


def test_the_summary() -> None:
    make("in/a.html", "in/b.html", data=LIST)
    make("in/broken.html", data=b"\x00")
    make("in/icon.png")
    if os.name != "nt":
        Path("in/link.html").symlink_to("missing")
    result = run("in", *CTA, "-o", "out", "--summary", "json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "schema": 1,
        "documents": 3,
        "changed": 2,
        "unchanged": 0,
        "failed": 1,
        "skipped": {"a symbolic link that leads nowhere": 1} if os.name != "nt" else {},
        "copied": 1,
        "links_removed": {"facebook": 2, "x": 2},
        "bytes_before": 2 * len(LIST) + 1,
        "bytes_after": 2 * Path("out/a.html").stat().st_size + 1,
        "pictures_unused": 0,
        "pictures_deleted": 0,
        "unmatched": 0,
        "unused_rows": [],
        "interrupted": False,
    }
    table = run("in", *CTA, "-o", "out2").stderr
    assert "\nlinks removed    4  facebook 2, x 2\n" in table
    assert "\nfailed           1\n" in table
    assert run("in", *CTA, "-o", "out3", "--summary", "none").stderr.count("\n") == 2 - (os.name == "nt")


def test_a_warning_is_said_once_and_counted() -> None:
    make("in/a.html", "in/b.html", "in/c.html", data=LIST)
    cta = ("--cta-url", "https://example.com/guide", "--cta-text", "Click here")
    lines = [line for line in run("in", *cta, "-o", "out").stderr.splitlines() if "Click here" in line]
    assert [line.split(":")[:2] for line in lines] == [
        ["sigtrim", " in/a.html"],
        ["sigtrim", " 2 more with a warning like this"],
    ]
    assert run("in", *cta, "-o", "out", "-v").stderr.count("'Click here'") == 3
    assert "Click here" not in run("in", *cta, "-o", "out", "-q").stderr


def test_an_empty_summary() -> None:
    assert Tally().table().splitlines()[0] == "documents      0"


def test_few_documents_need_one_process() -> None:
    assert [choose_jobs(None, 1), choose_jobs(None, 0), choose_jobs(8, 3), choose_jobs(1, 9999)] == [1, 1, 3, 1]
    assert choose_jobs(None, 100_000) >= 1


@posix
def test_a_bar_is_shown_to_a_person_only() -> None:
    import pty

    make("in/a.html", "in/b.html", data=LIST)
    command = [sys.executable, "-m", "sigtrim", "in", *CTA, "--check", "--summary", "none"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "TERM": "xterm"}
    piped = subprocess.run(command, check=False, capture_output=True, env=environment)
    assert (piped.returncode, piped.stderr.count(b"\n"), b"[" in piped.stderr) == (1, 2, False)
    ours, theirs = pty.openpty()
    shown = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment)
    os.close(theirs)
    told = b""
    with contextlib.suppress(OSError):  # the other side has been closed
        while piece := os.read(ours, 4096):
            told += piece
    os.close(ours)
    assert (shown.communicate()[0], shown.returncode) == (b"", 1)
    assert b"100%" in told
    assert b"sigtrim: in/a.html: " in told


# Annotations


def test_annotations_for_a_check() -> None:
    make("in/a.html", data=b"\n\n" + LIST)
    make("in/b.html", data=CLEAN)
    result = run("in", *CTA, "--check", "--report-format", "github")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("::error file=in/a.html,line=4,title=sigtrim::")
    assert "2 platforms" in lines[0]


def test_annotations_in_a_file_when_written() -> None:
    make("in/a.html", data=LIST)
    assert run("in", *CTA, "-w", "--report-format", "github", "--report", "notes.txt").exit_code == 0
    assert Path("notes.txt").read_text("utf-8").startswith("::notice file=in/a.html,line=2,")


def test_a_name_cannot_make_a_command() -> None:
    outcome = Outcome(name="a\n::error::x,y:z%.html", state="failed", cause="50 %\nbad")
    assert (
        annotation(outcome, would=True)
        == "::error file=a%0A%3A%3Aerror%3A%3Ax%2Cy%3Az%25.html,title=sigtrim::50 %25%0Abad\n"
    )
    assert annotation(Outcome(name="a", state="unchanged"), would=True) == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("in", "-w", "--jobs", "0"), "Invalid value for '-j' / '--jobs'"),
        (("in", "--diff", "--summary", "json"), "--summary json needs standard output for itself"),
        (("in/a.html", "--summary", "json"), "--summary json needs standard output for itself"),
        (("in", "--diff", "--report-format", "github"), "--report-format github needs --report FILE"),
        (("in", "-w", "--require-roster"), "--require-roster needs --roster"),
        (("in", "--diff", "--column", "x"), "--column and --diff exclude each other"),
    ],
)
def test_options_that_contradict(arguments: tuple[str, ...], message: str) -> None:
    make("in/a.html", data=LIST)
    result = run(*arguments, *CTA)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr


# As the examples show it


def test_the_team_of_the_examples() -> None:
    team = Path(__file__).parents[1] / "examples" / "team"
    shutil.copytree(team, "team")
    result = run("team/signatures", "--roster", "team/roster.csv", "-o", "out")
    assert result.exit_code == 0
    assert "Book a call with Ada</a>" in Path("out/ada.htm").read_text("utf-8")
    joerg = Path("out/joerg.htm").read_text("utf-8")
    assert 'href="https://jobs.acme-messtechnik.example/">See our open jobs<' in joerg
    assert "linkedin.com/company/acme-messtechnik" in joerg
    assert "facebook" not in joerg
    assert run("team/signatures", "--roster", "team/roster.csv", "-w", "--require-roster", "-q").stderr == ""
    table = run("team/gmail-signatures.csv", "--column", "signature", "--roster", "team/roster.csv")
    assert (table.exit_code, table.stdout.count("Book a call with ")) == (0, 2)
    captions = run("team/captions.csv", "--column", "caption:text", *CTA)
    assert captions.exit_code == 0
    assert "instagram" not in captions.stdout
    assert captions.stdout_bytes.startswith(b"\xef\xbb\xbfDate;Network;Caption\r\n2030-03-01;LinkedIn;")


def test_the_version_and_the_help_need_neither_engine_nor_runs() -> None:
    code = "import sys, sigtrim.cli; print([n for n in ('sigtrim.rewriter', 'sigtrim.session') if n in sys.modules])"
    root = Path(__file__).parents[1]
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert result.stdout.strip() == "[]"


def test_the_command_starts_without_what_only_large_runs_need() -> None:
    heavy = ["multiprocessing", "tomllib", "csv", "json", "tempfile", "email", "lxml", "bs4", "sigtrim.batch.tables"]
    code = f"import sys, sigtrim.cli, sigtrim.session; print([name for name in {heavy!r} if name in sys.modules])"
    root = Path(__file__).parents[1]
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert result.stdout.strip() == "[]"
