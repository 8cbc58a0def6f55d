from __future__ import annotations

import os
from pathlib import Path

import pytest

from sigtrim.batch import Problem, Task, copy_file, plan_tasks, write_atomically
from sigtrim.errors import ConfigError

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(name.encode())


def places(*paths: str, output: str | None = None, mirror: bool = False) -> list[tuple[str, str | None, bool]]:
    plan = plan_tasks([Path(path) for path in paths], output=None if output is None else Path(output), mirror=mirror)
    assert plan.problems == ()
    return [
        (task.source.as_posix(), None if task.target is None else task.target.as_posix(), task.document)
        for task in plan.tasks
    ]


def test_an_empty_folder_has_no_tasks() -> None:
    Path("in").mkdir()
    assert places("in") == []


def test_a_folder_without_output_has_its_documents_only() -> None:
    make("in/b.html", "in/a.HTM", "in/c.txt", "in/d.png", "in/sub/e.html")
    assert places("in") == [(f"in/{name}", None, True) for name in ("a.HTM", "b.html", "c.txt", "sub/e.html")]


def test_a_folder_is_mirrored_with_all_that_is_in_it() -> None:
    make("in/a.html", "in/.hidden", "in/sub/b.png")
    assert places("in", output="out") == [
        ("in/.hidden", "out/.hidden", False),
        ("in/a.html", "out/a.html", True),
        ("in/sub/b.png", "out/sub/b.png", False),
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


def test_formats_by_suffix() -> None:
    make("a.html", "a.HTM", "a.txt", "a.tmpl")
    plan = plan_tasks([Path(name) for name in ("a.html", "a.HTM", "a.txt", "a.tmpl")])
    assert [task.format for task in plan.tasks] == ["html", "html", "text", None]


def test_two_results_for_one_place_are_refused() -> None:
    make("one/a.html", "two/a.html")
    with pytest.raises(ConfigError, match=r"the results of one/a\.html and two/a\.html would both go there"):
        places("one/a.html", "two/a.html", output="out")


def test_an_input_is_never_a_place_for_results() -> None:
    make("one/a.html", "two/a.html", "two/b.html")
    with pytest.raises(ConfigError, match="is an input too"):
        places("two/b.html", "one/a.html", "two/a.html", output="two")
    with pytest.raises(ConfigError, match="is the input itself"):
        places("one", output="two/../one")


@posix
def test_what_cannot_be_gone_through_is_told() -> None:
    make("in/a.html", "elsewhere/b.html")
    Path("in/link").symlink_to("../elsewhere")
    Path("in/loop").symlink_to("../in")
    Path("in/nowhere.html").symlink_to("missing")
    os.mkfifo("in/pipe.html")
    plan = plan_tasks([Path("in")])
    assert plan.tasks == (Task(Path("in/a.html"), None, "html", document=True),)
    assert set(plan.problems) == {
        Problem(Path("in/link"), "a symbolic link to a folder is not followed"),
        Problem(Path("in/loop"), "a symbolic link to a folder is not followed"),
        Problem(Path("in/nowhere.html"), "a symbolic link that leads nowhere"),
        Problem(Path("in/pipe.html"), "not a regular file"),
    }


def test_writing_leaves_the_file_and_nothing_else() -> None:
    write_atomically(Path("a.html"), b"new")
    assert os.listdir() == ["a.html"]  # noqa: PTH208 - names are what is compared
    assert Path("a.html").read_bytes() == b"new"


@posix
def test_the_mode_is_kept() -> None:
    make("a.html")
    Path("a.html").chmod(0o604)
    write_atomically(Path("a.html"), b"new")
    copy_file(Path("a.html"), Path("b.html"))
    assert [Path(name).stat().st_mode & 0o777 for name in ("a.html", "b.html")] == [0o604, 0o604]


@posix
def test_a_new_file_has_the_mode_of_new_files() -> None:
    write_atomically(Path("a.html"), b"new")
    make("b.html")
    assert Path("a.html").stat().st_mode == Path("b.html").stat().st_mode


@posix
def test_a_symbolic_link_stays_one() -> None:
    make("real/a.html")
    Path("a.html").symlink_to("real/a.html")
    write_atomically(Path("a.html"), b"new")
    assert Path("a.html").is_symlink()
    assert Path("real/a.html").read_bytes() == b"new"


def test_a_failure_leaves_the_old_file_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    make("a.html")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(Path("a.html"), b"new")
    assert os.listdir() == ["a.html"]  # noqa: PTH208 - names are what is compared
    assert Path("a.html").read_bytes() == b"a.html"
