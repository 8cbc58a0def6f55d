"""A signature in several files: found together, written together, and the pictures that nothing shows any more."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import sigtrim
from sigtrim.batch.inputs import Inputs, Task
from sigtrim.cli import main

if TYPE_CHECKING:
    from click.testing import Result

EXAMPLE = Path(__file__).parents[1] / "examples" / "outlook-twins"
NAMES = ("Ada.htm", "Ada.rtf", "Ada.txt")
CTA = ("--cta-url", "https://example.com/guide", "--cta-text", "Get the free guide")
URL = b"https://example.com/guide"
UNUSED = [f"Ada-Dateien/image00{number}.png" for number in (2, 3, 4)]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLE, "in")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def tree(folder: str = "in") -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def offers(data: bytes) -> bool:
    """Whether a file, in whatever encoding, has the call to action and no list."""
    plain = data.replace(b"\x00", b"")
    return URL in plain and b"linkedin" not in plain.lower()


def report(*arguments: str) -> dict[str, dict[str, Any]]:
    run(*arguments, "--report", "report.jsonl")
    records = [json.loads(line) for line in Path("report.jsonl").read_text("utf-8").splitlines()]
    schema = Path(sigtrim.__file__).parent / "data" / "report.schema.json"
    validator = Draft202012Validator(json.loads(schema.read_text("utf-8")))
    for record in records:
        assert not [error.message for error in validator.iter_errors(record)]
    return {Path(record["name"]).name: record for record in records}


# Nothing happens


def test_noop_a_signature_without_a_list() -> None:
    shutil.rmtree("in")
    Path("in").mkdir()
    for name in NAMES[::2]:
        Path("in", name).write_bytes(b"Ada Example\r\nhttps://x.com/acme_example\r\n")
    before = tree()
    result = run("in", "-w", "--no-cta", "--prune-images", "--quiet")
    assert (result.exit_code, result.output, tree()) == (0, "", before)


def test_looking_changes_nothing() -> None:
    before = tree()
    for option, status in (("--check", 1), ("--diff", 1), ("--explain", 0)):
        assert run("in", option, *CTA).exit_code == status
        assert tree() == before


def test_files_of_the_same_name_in_different_folders_are_no_twins() -> None:
    for name in ("a/x.htm", "b/x.txt", "c/y.rtf", "c/y.txt"):
        Path("two", name).parent.mkdir(parents=True, exist_ok=True)
        Path("two", name).write_bytes(b"x")
    assert all(task.signature is None for task in Inputs(paths=(Path("two"),)).scan() if isinstance(task, Task))


def test_a_format_for_all_knows_no_twins() -> None:
    shutil.rmtree("in/Ada-Dateien")
    Path("in/Ada.rtf").unlink()
    assert report("in", "--check", "--format", "text", *CTA)["Ada.txt"].keys().isdisjoint(["twins"])


# One signature


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_all_files_of_a_signature_offer_the_same(jobs: str) -> None:
    shutil.copytree("in", "in/Berlin")
    result = run("in", "-w", "--jobs", jobs, *CTA)
    assert result.exit_code == 0
    for path in ("in", "in/Berlin"):
        for name in NAMES:
            assert offers(Path(path, name).read_bytes()), name
    after = tree()
    assert run("in", "--check", "--jobs", jobs, *CTA).exit_code == 0
    assert run("in", "-w", *CTA).exit_code == 0
    assert tree() == after


def test_a_mirrored_folder_has_all_files_under_their_names() -> None:
    before = tree()
    assert run("in", "-o", "out", *CTA).exit_code == 0
    assert tree() == before
    assert tree("out").keys() == before.keys()
    assert all(offers(tree("out")[name]) for name in NAMES)


def test_files_that_are_named_are_one_signature_too() -> None:
    Path("in/Ada.txt").write_bytes(b"Ada Example\r\n\r\nLinkedIn: https://www.linkedin.com/company/acme-example\r\n")
    result = run("in/Ada.htm", "in/Ada.rtf", "in/Ada.txt", "-w", *CTA)
    assert result.exit_code == 0
    assert all(offers(tree()[name]) for name in NAMES)
    assert "in/Ada.txt: its twins list instagram, youtube too, which is not found here" in result.stderr


def test_a_file_that_is_written_without_its_twins_says_so() -> None:
    result = run("in/Ada.htm", "-w", *CTA)
    assert "in/Ada.htm: its twins in other formats beside it stay as they are" in result.stderr
    assert not offers(tree()["Ada.rtf"])


def test_twins_follow_each_other_whatever_stands_between_their_names() -> None:
    for name in ("Ada.jpg", "Ada.mobile.htm", "Ada.rtg", "Bob.htm", "Bob.txt"):
        Path("in", name).write_bytes(b"x")
    shutil.rmtree("in/Ada-Dateien")
    found = [task for task in Inputs(paths=(Path("in"),)).scan() if isinstance(task, Task)]
    assert [(task.source.name, task.signature and task.signature.name) for task in found] == [
        ("Ada.htm", "Ada"),
        ("Ada.rtf", "Ada"),
        ("Ada.txt", "Ada"),
        ("Ada.mobile.htm", None),
        ("Bob.htm", "Bob"),
        ("Bob.txt", "Bob"),
    ]


def test_the_explanation_and_the_report_tell_the_format() -> None:
    explained = run("in", "--explain", *CTA).stdout
    for line in ("in/Ada.htm (html): ", "in/Ada.rtf (rtf): ", "in/Ada.txt (text): "):
        assert line in explained
    records = report("in", "--check", *CTA)
    assert [record["format"] for record in records.values()] == ["html", "rtf", "text"]
    assert records["Ada.rtf"]["twins"] == ["Ada.htm", "Ada.txt"]
    assert records["Ada.htm"]["unused_pictures"] == UNUSED


def test_all_twins_are_the_same_person() -> None:
    Path("roster.csv").write_text("file,name,cta_url\nAda.rtf,Ada,https://example.com/ada\n,Bob,\n", "utf-8")
    result = run("in", "-w", "--roster", "roster.csv", "--require-roster", *CTA)
    assert result.exit_code == 0
    for name in NAMES:
        assert b"https://example.com/ada" in tree()[name].replace(b"\x00", b"")


def test_the_address_in_one_twin_tells_the_person_of_all() -> None:
    page = Path("in/Ada.htm")
    page.write_bytes(page.read_bytes().replace(b"<body", b"<!-- ada@example.com --><body", 1))
    Path("roster.csv").write_text("email,cta_text\nada@example.com,Meet Ada\nbob@example.com,Meet Bob\n", "utf-8")
    assert run("in", "-w", "--roster", "roster.csv", "--require-roster", *CTA).exit_code == 0
    for name in NAMES:
        assert b"Meet Ada" in tree()[name].replace(b"\x00", b"")


# All or none


def test_a_broken_twin_keeps_the_whole_signature() -> None:
    rich = Path("in/Ada.rtf")
    rich.write_bytes(rich.read_bytes()[:-20])
    before = tree()
    result = run("in", "-w", "--prune-images", *CTA)
    assert result.exit_code == 2
    assert tree() == before
    assert "in/Ada.rtf: left as it is: the RTF is malformed" in result.stderr
    assert "in/Ada.htm: left as it is: its twin Ada.rtf stays as it is: the RTF is malformed" in result.stderr
    assert run("in", "-o", "out", *CTA).exit_code == 2
    assert tree("out") == before


@pytest.mark.parametrize("failing", range(3))
@pytest.mark.parametrize("arguments", [("-w",), ("-o", "out"), ("-w", "--backup", ".bak")])
def test_a_twin_that_cannot_be_put_in_place_takes_the_others_back(
    failing: int, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("in", "-o", "out", "--no-cta")
    before, out = tree(), tree("out")
    replace = os.replace

    def refuse(source: str, target: str) -> None:
        if Path(target).name == NAMES[failing]:
            raise PermissionError(13, "Permission denied")
        replace(source, target)

    monkeypatch.setattr("sigtrim.batch.writing.os.replace", refuse)
    result = run("in", *arguments, *CTA)
    assert result.exit_code == 2
    assert {name: data for name, data in tree().items() if not name.endswith(".bak")} == before
    assert tree("out") == out
    assert f"{NAMES[failing]}: Permission denied" in result.stderr
    assert f"its twin {NAMES[failing]} cannot be written: Permission denied" in result.stderr


@pytest.mark.parametrize("failing", range(3))
def test_a_run_that_is_ended_at_once_takes_the_others_back(failing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree()
    replace = os.replace

    def end(source: str, target: str) -> None:
        if Path(target).name == NAMES[failing]:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr("sigtrim.batch.writing.os.replace", end)
    assert run("in", "-w", *CTA).exit_code == 130
    assert tree() == before


def test_a_write_that_fails_is_an_error_in_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def refuse(source: str, target: str) -> None:
        if Path(target).name == "Ada.txt":
            raise PermissionError(13, "Permission denied", target)
        replace(source, target)

    monkeypatch.setattr("sigtrim.batch.writing.os.replace", refuse)
    records = report("in", "-w", *CTA)
    assert records["Ada.txt"]["error"] == "Permission denied"
    assert "twin" in records["Ada.htm"]["error"]


def test_a_twin_that_is_gone_keeps_the_whole_signature() -> None:
    Path("in/Ada.rtf").unlink()
    before = tree()
    result = run("in/Ada.htm", "in/Ada.rtf", "in/Ada.txt", "-w", *CTA)
    assert (result.exit_code, tree()) == (2, before)
    assert "its twin Ada.rtf stays as it is: No such file or directory" in result.stderr


# Pictures


def test_unused_pictures_are_told_and_stay() -> None:
    result = run("in", "-w", *CTA)
    assert f"in/Ada.htm: shown by no file any more: {', '.join(UNUSED)}" in result.stderr
    assert "--write --prune-images deletes them" in result.stderr
    assert set(UNUSED) < tree().keys()


def test_many_pictures_are_named_in_part() -> None:
    for number in range(21):
        Path(f"in/{number}_files").mkdir()
        Path(f"in/{number}_files/image001.png").write_bytes(b"png")
        links = f'<a href=//x.com/a><img src="{number}_files/image001.png"></a> <a href=//github.com/a>GitHub</a>'
        Path(f"in/{number}.htm").write_bytes(links.encode())
    assert "2 more signatures with such pictures, --verbose names them" in run("in", "--check", *CTA).stderr
    told = run("in", "--check", "--verbose", *CTA).stderr
    assert "more signatures" not in told
    assert told.count("shown by no file any more: ") == 22


def test_pictures_are_deleted_once_all_is_written() -> None:
    before = tree().keys()
    records = report("in", "-w", "--prune-images", *CTA)
    assert before - tree().keys() == set(UNUSED)
    assert records["Ada.htm"]["deleted_pictures"] == UNUSED
    assert records["Ada.htm"]["unused_pictures"] == []


def test_a_later_run_deletes_what_word_lists_as_its_own() -> None:
    Path("in/Ada-Dateien/drawn-by-hand.png").write_bytes(b"png")
    run("in", "-w", *CTA)
    before = tree().keys()
    assert run("in", "-w", "--prune-images", *CTA).exit_code == 0
    assert before - tree().keys() == set(UNUSED)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("Bob.htm", b'<img src="Ada-Dateien/image002.png">'),
        ("notes.xyz", "Bild: .\\Ada-Dateien\\image002.png".encode("utf-16")),
        ("Ada.htm.bak", b"<img src=Ada%2DDateien/IMAGE002.PNG>"),
        ("Ada-Dateien/extra.css", b"p {background: url(image002.png)}"),
    ],
)
def test_a_picture_that_another_file_names_stays(name: str, data: bytes) -> None:
    Path("in", name).write_bytes(data)
    run("in", "-w", "--prune-images", *CTA)
    assert "Ada-Dateien/image002.png" in tree()
    assert "Ada-Dateien/image003.png" not in tree()


def test_the_same_picture_name_of_another_signature_keeps_nothing() -> None:
    shutil.copytree("in/Ada-Dateien", "in/Bob-Dateien")
    Path("in/Bob.htm").write_bytes(b'<p>Bob <img src="Bob-Dateien/image002.png"></p>')
    before = tree().keys()
    run("in", "-w", "--prune-images", *CTA)
    gone = before - tree().keys()
    assert set(UNUSED) < gone
    assert "Bob-Dateien/image002.png" not in gone


def test_nothing_is_deleted_where_a_file_cannot_be_read() -> None:
    Path("in/other.htm").symlink_to("nowhere")
    before = tree().keys()
    run("in", "-w", "--prune-images", *CTA)
    assert tree().keys() == before


def test_a_picture_folder_that_is_a_link_is_not_touched() -> None:
    Path("in/Ada-Dateien").rename("elsewhere")
    Path("in/Ada-Dateien").symlink_to(Path("elsewhere").absolute())
    run("in", "-w", "--prune-images", *CTA)
    assert len(tree("elsewhere")) == 5


def test_a_picture_that_cannot_be_deleted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    result = run("in", "-w", "--prune-images", *CTA)
    assert result.exit_code == 2
    assert f"in/Ada.htm: cannot be deleted: {', '.join(UNUSED)}" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--prune-images needs --write"),
        (("--check",), "--prune-images needs --write"),
        (("-o", "out"), "--prune-images needs --write"),
        (("-w", "--backup", ".bak"), "--prune-images and --backup exclude each other"),
    ],
)
def test_pruning_needs_writing(arguments: tuple[str, ...], message: str) -> None:
    before = tree()
    result = run("in", "--prune-images", *arguments, *CTA)
    assert result.exit_code == 2
    assert message in result.stderr
    assert tree() == before


# What a file is


def test_the_content_tells_the_format_and_the_name_where_it_does_not() -> None:
    shutil.rmtree("in")
    Path("in").mkdir()
    page = b'<html><p>Ada <a href="https://x.com/a">X</a> <a href="https://github.com/a">GitHub</a></html>'
    files = {
        "rich.htm": rb"{\rtf1 Ada\par}",
        "page.txt": page,
        "page.eml": page,
        "send.txt": json.dumps({"sendAsEmail": "a@example.com", "signature": "Ada"}).encode("utf-16"),
        "words.htm": b"Ada Example",
        "words.txt": b"Ada <b>Example</b>",
        "draft.eml": b"Subject: Hello\n\nAda\n",
    }
    for name, data in files.items():
        Path("in", name).write_bytes(data)
    formats = {name: record.get("format") for name, record in report("in", "--check", *CTA).items()}
    assert formats == {
        "rich.htm": "rtf",
        "page.txt": "html",
        "page.eml": "html",
        "send.txt": "gmail",
        "words.htm": "html",
        "words.txt": "text",
        "draft.eml": "eml",
    }


def test_json_in_a_folder_is_gmails_or_a_companion() -> None:
    shutil.rmtree("in")
    Path("in").mkdir()
    links = '<a href="https://x.com/a">X</a> <a href="https://github.com/a">GitHub</a>'
    Path("in/send-as.json").write_text(json.dumps({"sendAsEmail": "a@example.com", "signature": links}), "utf-8")
    Path("in/package.json").write_text(json.dumps({"links": links}), "utf-8")
    before = tree()
    result = run("in", "-o", "out", *CTA)
    assert result.exit_code == 0
    assert tree("out")["package.json"] == before["package.json"]
    assert URL in tree("out")["send-as.json"]
    assert "companions       1  copied" in result.stderr
    Path("in/words.html").write_text(links, "utf-8")
    for kind in ("html", "text"):
        run("in", "-w", "--format", kind, *CTA)
        assert {name for name, data in tree().items() if URL in data} == {"words.html"}
    named = run("in/package.json", *CTA)
    assert named.exit_code == 2
    assert "is JSON, but not of Gmail" in named.stderr


# The cases


CASES = sorted((Path(__file__).parent / "cases" / "signature-folders").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_case(case: Path, *, accept: bool) -> None:
    """The tree `in` becomes the tree `out`, or stays as it is where there is none."""
    shutil.rmtree("in")
    shutil.copytree(case / "in", "in")
    expected = case / "out"
    is_noop = case.name.startswith("noop")
    result = run("in", "-w", "--prune-images", *(("--no-cta",) if is_noop else CTA))
    assert result.exit_code == 0
    if accept and not is_noop:
        shutil.rmtree(expected, ignore_errors=True)
        shutil.copytree("in", expected)
    assert tree() == tree(str(case / "in" if is_noop else expected))
