from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sigtrim.batch import writing
from sigtrim.batch.writing import clean_folder, content_of, copy_file, read_whole, replacing, write_atomically
from sigtrim.errors import SourceError

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, data: bytes = b"old") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names() -> list[str]:
    return sorted(os.listdir())  # noqa: PTH208 - names are what is compared


def test_writing_leaves_the_file_and_nothing_else() -> None:
    write_atomically(Path("a.html"), b"new")
    assert names() == ["a.html"]
    assert Path("a.html").read_bytes() == b"new"


@posix
def test_the_mode_is_kept() -> None:
    path = write("a.html")
    path.chmod(0o604)
    write_atomically(path, b"new")
    copy_file(path, Path("b.html"))
    assert [Path(name).stat().st_mode & 0o777 for name in names()] == [0o604, 0o604]


@posix
def test_a_new_file_has_the_mode_of_new_files() -> None:
    write_atomically(Path("a.html"), b"new")
    assert Path("a.html").stat().st_mode == write("b.html").stat().st_mode


@posix
def test_a_device_or_a_pipe_is_never_replaced() -> None:
    os.mkfifo("pipe")
    with pytest.raises(SourceError, match="is not a regular file"):
        write_atomically(Path("pipe"), b"new")
    assert names() == ["pipe"]
    assert Path("pipe").is_fifo()


@posix
def test_a_symbolic_link_stays_one() -> None:
    write("real/a.html")
    Path("a.html").symlink_to("real/a.html")
    write_atomically(Path("a.html"), b"new")
    assert Path("a.html").is_symlink()
    assert Path("real/a.html").read_bytes() == b"new"


def test_a_failure_leaves_the_old_file_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.html")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(Path("a.html"), b"new")
    assert names() == ["a.html"]
    assert Path("a.html").read_bytes() == b"old"


def test_an_interruption_leaves_the_old_file_and_no_other() -> None:
    write("a.html")

    def fail() -> None:
        with replacing(Path("a.html")) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert names() == ["a.html"]
    assert Path("a.html").read_bytes() == b"old"


def test_a_file_that_changed_since_it_was_read_is_left_alone() -> None:
    path = write("a.html")
    data, stamp = read_whole(path)
    assert data == b"old"
    write("a.html", b"somebody else's")
    with pytest.raises(SourceError, match="changed during the run"):
        write_atomically(path, b"new", read_as=stamp)
    assert (names(), path.read_bytes()) == (["a.html"], b"somebody else's")
    path.unlink()
    with pytest.raises(FileNotFoundError):
        write_atomically(path, b"new", read_as=stamp)
    assert names() == []


def test_a_file_that_grows_while_it_is_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.html")
    stamps = iter([writing.Stamp(1, 1, 3, 1), writing.Stamp(1, 1, 4, 2)])
    monkeypatch.setattr(writing.Stamp, "of", lambda _: next(stamps))
    with pytest.raises(SourceError, match="changed while it was read"):
        read_whole(path)


def test_the_same_content_is_not_written() -> None:
    path = write("a.html")
    before = path.stat()
    with replacing(path, unless_same=True) as file:
        file.write(b"old")
    assert copy_file(write("b.html"), path) is False
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert (content_of(path), content_of(Path("missing"))) == (b"old", None)
    assert names() == ["a.html", "b.html"]


@posix
def test_a_pipe_is_no_file() -> None:
    os.mkfifo("pipe")
    with pytest.raises(SourceError, match="is not a regular file"):
        read_whole(Path("pipe"))
    with pytest.raises(IsADirectoryError):
        read_whole(Path())
    assert content_of(Path("pipe")) is None


# What a killed run leaves


def test_leftovers_go_and_nothing_else() -> None:
    write(".sigtrim-abcd_123.tmp")
    others = [".sigtrim-abcd.tmp", ".sigtrim-abcd_123.tmp.bak", "sigtrim-abcd_123.tmp", ".sigtrim-ABCD_123.tmp"]
    for name in others:
        write(name)
    assert clean_folder(Path()) == 1
    assert names() == sorted(others)
    assert clean_folder(Path("missing")) == 0


def test_what_another_run_is_writing_stays() -> None:
    with replacing(Path("a.html")) as file:
        file.write(b"new")
        assert clean_folder(Path()) == 0
        assert len(names()) == 1
    assert names() == ["a.html"]


@posix
def test_a_writer_whose_file_was_taken_for_a_leftover_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    real = tempfile.mkstemp
    taken: list[int] = []

    def make(**options: str) -> tuple[int, str]:
        handle, name = real(**options)  # type: ignore[call-overload]
        if not taken:
            taken.append(clean_folder(Path()))
        return handle, name

    monkeypatch.setattr(tempfile, "mkstemp", make)
    write_atomically(Path("a.html"), b"new")
    assert (taken, names(), Path("a.html").read_bytes()) == ([1], ["a.html"], b"new")


@posix
def test_a_killed_writer_leaves_what_the_next_run_removes() -> None:
    write("a.html")
    code = (
        "import os, signal\nfrom pathlib import Path\nfrom sigtrim.batch.writing import replacing\n"
        "with replacing(Path('a.html')) as file:\n    file.write(b'half'); file.flush()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = str(Path(writing.__file__).parents[2])
    subprocess.run([sys.executable, "-c", code], check=False, env=os.environ | {"PYTHONPATH": root})
    assert (len(names()), Path("a.html").read_bytes()) == (2, b"old")
    assert clean_folder(Path()) == 1
    assert names() == ["a.html"]
