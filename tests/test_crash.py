"""Faults with real processes: whatever happens, each file is the whole old or the whole new one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sigtrim
from sigtrim import CallToAction, Rewriter

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and files")

ROOT = str(Path(sigtrim.__file__).parents[1])
PAGE = (
    '<p>Jane {0}</p>\n<table><tr><td><a href="https://facebook.com/acme{0}"><img src="f.png" alt="Facebook"></a></td>'
    '<td><a href="https://www.linkedin.com/company/acme{0}">LinkedIn</a></td></tr></table>\n'
    + "<p>Legal text.</p>\n"
    * 40
)
URLS = ("https://example.com/first", "https://example.com/second")
TEXT = "Get the free guide"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(count: int, folder: str = "in") -> dict[str, set[bytes]]:
    """Write signatures; return what each may be from then on."""
    may = {}
    for at in range(count):
        path = Path(folder, str(at % 3), f"{at}.html")
        path.parent.mkdir(parents=True, exist_ok=True)
        page = PAGE.format(at).encode()
        path.write_bytes(page)
        may[str(path)] = {page, *(rewritten(page, url) for url in URLS)}
    return may


def rewritten(page: bytes, url: str) -> bytes:
    output = Rewriter(cta=CallToAction(url, TEXT)).rewrite(page).output
    assert isinstance(output, bytes)
    return output


def command(*arguments: str, url: str = URLS[0]) -> list[str]:
    return [sys.executable, "-m", "sigtrim", *arguments, "--cta-url", url, "--cta-text", TEXT]


def start(*arguments: str, url: str = URLS[0], **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        command(*arguments, url=url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": ROOT},
        start_new_session=True,
        **options,
    )


def run(*arguments: str, **options: object) -> tuple[int, str]:
    process = start(*arguments, **options)  # type: ignore[arg-type]
    _, messages = process.communicate(timeout=60)
    return process.returncode, messages.decode("utf-8", "surrogateescape")


def altered(body: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the program with something done before each document."""
    code = (
        # A shell lets what it runs in the background ignore Ctrl-C, and all that is started by it.
        "import os, signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from sigtrim.rewriter import Rewriter\nfrom sigtrim.cli import main\n"
        f"real = Rewriter.rewrite\ndef rewrite(self, document, **options):\n{body}"
        "    return real(self, document, **options)\n"
        "Rewriter.rewrite = rewrite\nmain(prog_name='sigtrim')\n"
    )
    program = command(*arguments)
    program[1:3] = ["-c", code]
    environment = os.environ | {"PYTHONPATH": ROOT}
    return subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True
    )


def failures(messages: str) -> int:
    """Return the number of failures in the summary."""
    return int(messages.partition("\nfailed ")[2].split()[0])


def leftovers() -> list[Path]:
    return list(Path().rglob(".sigtrim-*"))


def files(folder: str = "in") -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file() and path not in leftovers()]


@pytest.mark.parametrize("whole_group", [True, False])
def test_a_kill_at_any_moment(whole_group: bool) -> None:  # noqa: FBT001 - a case's value
    may = fill(24)
    rng = random.Random(6)  # noqa: S311 - moments, no secrets
    for turn in range(10):
        process = start("in", "-w", "--jobs", "2", "-q", url=URLS[turn % 2])
        time.sleep(rng.uniform(0.15, 0.55))
        os.killpg(process.pid, signal.SIGKILL) if whole_group else process.kill()
        process.communicate()
        assert sorted(map(str, files())) == sorted(may)
        for path in files():
            assert path.read_bytes() in may[str(path)], path
    assert run("in", "-w", "--jobs", "2")[0] == 0
    assert leftovers() == []
    for path in files():
        assert path.read_bytes() == rewritten(PAGE.format(path.stem).encode(), URLS[0])


def test_ctrl_c_ends_with_the_summary_so_far() -> None:
    may = fill(60)
    process = altered("    time.sleep(0.03)\n", "in", "-o", "out", "--jobs", "2")
    while not Path("out/0/9.html").exists():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, messages = process.communicate(timeout=30)
    assert process.returncode == 130
    done = files("out")
    assert b"sigtrim: interrupted; " in messages
    counted = int(messages.partition(b"documents")[2].split()[0])
    assert counted == len(done) < 60
    assert all(path.read_bytes() in may[str(Path("in", *path.parts[1:]))] for path in done)
    assert leftovers() == []
    assert run("in", "-o", "out", "--jobs", "2")[0] == 0
    assert len(files("out")) == 60


def test_a_second_ctrl_c_ends_at_once() -> None:
    fill(3)
    process = altered("    open('begun', 'w').close()\n    time.sleep(60)\n", "in", "-o", "out", "--jobs", "1")
    while not Path("begun").exists():
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None, "the first one lets the file be finished"
    # Two that come before the process has time for the first count as one.
    for _ in range(10):
        os.kill(process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=3)
            break
    _, messages = process.communicate(timeout=10)
    assert process.returncode == 130
    assert b"Traceback" not in messages


def test_a_worker_that_dies() -> None:
    fill(20)
    Path("in/1/7.html").write_bytes(b"<p>DEADLY</p>")
    deadly = "    if b'DEADLY' in document: os.kill(os.getpid(), signal.SIGKILL)\n"
    process = altered(deadly, "in", "-o", "out", "--jobs", "2")
    messages = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 2
    assert "sigtrim: in/1/7.html: the process that worked on it died (SIGKILL)\n" in messages
    assert failures(messages) == 1
    assert len(files("out")) == 20
    assert Path("out/1/7.html").read_bytes() == b"<p>DEADLY</p>"
    assert leftovers() == []


@pytest.fixture
def small_disk(here: Path) -> Iterator[Path]:
    """A file system of 64 KB."""
    mount = shutil.which("mount")
    place = here / "small"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=64k", "none", str(place)]
    made = mount and subprocess.run([mount, *options], check=False, capture_output=True)
    if not made or made.returncode:
        pytest.skip("only an administrator can make a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)  # noqa: S607 - umount(8)


def test_a_full_disk(small_disk: Path) -> None:
    may = fill(30)
    status, messages = run("in", "-o", "small/out", "--jobs", "2")
    assert status == 2
    done = files("small/out")
    assert 5 < len(done) < 30
    for path in done:
        assert path.read_bytes() in may[str(Path("in", *path.parts[2:]))]
    assert messages.count("No space left on device") == 30 - len(done)
    assert leftovers() == []
    assert small_disk.exists()


def test_a_full_disk_under_files_in_place(small_disk: Path) -> None:
    fill(12)
    shutil.move("in", small_disk / "in")
    old = {path: path.read_bytes() for path in files("small/in")}
    with contextlib.suppress(OSError), Path("small/filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 512)
    status, messages = run("small/in", "-w", "--report", "small/report.jsonl")
    assert status == 2
    assert messages.count("No space left on device") == 12 + 1
    assert {path: path.read_bytes() for path in files("small/in")} == old
    assert leftovers() == []


def obey_permissions() -> None:
    """Give up an administrator's right to read and write everything, from the next program on."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH of capabilities(7)
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


needs_linux = pytest.mark.skipif(
    os.name == "nt" or (os.geteuid() == 0 and not sys.platform.startswith("linux")),
    reason="an administrator may write everywhere",
)


@needs_linux
def test_a_folder_that_may_not_be_written() -> None:
    may = fill(6)
    closed = Path("in/1")
    closed.chmod(0o555)
    try:
        status, messages = run("in", "-w", preexec_fn=obey_permissions)
    finally:
        closed.chmod(0o755)
    assert status == 2
    assert sorted(line for line in messages.splitlines() if "in/1/" in line) == [
        "sigtrim: in/1/1.html: Permission denied",
        "sigtrim: in/1/4.html: Permission denied",
    ]
    for path in map(Path, may):
        source = PAGE.format(path.stem).encode()
        assert path.read_bytes() == (source if path.parent == closed else rewritten(source, URLS[0]))


@needs_linux
def test_files_that_may_not_be_read_or_written() -> None:
    fill(9)
    secret, fixed = Path("in/0/0.html"), Path("in/0/3.html")
    secret.chmod(0)
    fixed.chmod(0o444)
    if os.geteuid() == 0:  # another user's, then
        os.chown(secret, 12345, 12345)
        os.chown(fixed, 12345, 12345)
    status, messages = run("in", "-w", preexec_fn=obey_permissions)
    assert status == 2
    assert "sigtrim: in/0/0.html: Permission denied\n" in messages
    assert "sigtrim: in/0/3.html: Permission denied\n" in messages
    assert failures(messages) == 2
    secret.chmod(0o600)
    assert [path.read_bytes() for path in (secret, fixed)] == [PAGE.format(at).encode() for at in (0, 3)]
    assert Path("in/0/6.html").read_bytes() == rewritten(PAGE.format(6).encode(), URLS[0])


@needs_linux
def test_named_files_and_folders_that_may_not_be_read() -> None:
    fill(9)
    secret, closed, listed = Path("in/0/0.html"), Path("in/1"), Path("in/2")
    (listed / "link.html").symlink_to("2.html")
    secret.chmod(0)
    closed.chmod(0)
    listed.chmod(0o444)
    try:
        named = ("in/0/0.html", "in/0/3.html", "in/1/1.html", "in/2", "in/1")
        status, messages = run(*named, "-w", preexec_fn=obey_permissions)
    finally:
        for path in (closed, listed, secret):
            path.chmod(0o755)
    assert status == 2
    for name in ("in/0/0.html", "in/1/1.html", "in/1", "in/2/2.html", "in/2/8.html"):
        assert f"sigtrim: {name}: Permission denied\n" in messages
    assert "standard output" not in messages
    assert Path("in/0/3.html").read_bytes() == rewritten(PAGE.format(3).encode(), URLS[0])


def test_files_that_go_away_during_the_run() -> None:
    fill(6)
    code = (
        "import os\nimport sigtrim.batch.files as files\nfrom sigtrim.cli import main\nreal = files.read_whole\n"
        "def read(path):\n"
        "    if path.name == '1.html': os.unlink(path)\n"
        "    found = real(path)\n"
        "    if path.name == '2.html': os.unlink(path)\n"
        "    if path.name == '3.html': path.open('ab').write(b'more')\n"
        "    return found\n"
        "files.read_whole = read\nmain(prog_name='sigtrim')\n"
    )
    arguments = command("in", "-w")
    arguments[1:3] = ["-c", code]
    result = subprocess.run(arguments, check=False, capture_output=True, env=os.environ | {"PYTHONPATH": ROOT})
    assert result.returncode == 2
    assert b"sigtrim: in/1/1.html: No such file or directory\n" in result.stderr
    assert b"sigtrim: in/2/2.html: No such file or directory\n" in result.stderr
    assert b"sigtrim: in/0/3.html: changed during the run; what is there now is left as it is\n" in result.stderr
    assert Path("in/0/3.html").read_bytes() == PAGE.format(3).encode() + b"more"
    assert sorted(path.stem for path in files()) == ["0", "3", "4", "5"]
    assert leftovers() == []


def test_odd_files_and_names() -> None:
    folder = os.fsencode("in")
    os.mkdir(folder)  # noqa: PTH102 - a name in bytes
    odd = [b"new\nline.html", b"\xff\xfe.html", b"tab\t\x1b[31m.html", b"-w.html", b" .html", b"a" * 250 + b".html"]
    for name in odd:
        with open(os.path.join(folder, name), "wb") as file:  # noqa: PTH118, PTH123 - a name in bytes
            file.write(PAGE.format(1).encode())
    os.mkfifo("in/pipe.html")
    Path("in/self.html").symlink_to("self.html")
    Path("in/loop").symlink_to("../in")
    status, messages = run("in", "-o", "out", "-v", "--report", "report.jsonl")
    assert (status, sorted(os.listdir(b"out"))) == (0, sorted(odd))  # noqa: PTH208 - names are what is compared
    for name in odd:
        with open(os.path.join(b"out", name), "rb") as file:  # noqa: PTH118, PTH123 - a name in bytes
            assert file.read() == rewritten(PAGE.format(1).encode(), URLS[0])
    assert "\x1b" not in messages
    assert "sigtrim: in/new\\nline.html: " in messages
    assert "sigtrim: in/\\udcff\\udcfe.html: " in messages
    assert "sigtrim: in/pipe.html: skipped, not a regular file\n" in messages
    assert "sigtrim: in/self.html: skipped, a symbolic link that leads nowhere\n" in messages
    assert "sigtrim: in/loop: skipped, a symbolic link to a folder\n" in messages
    assert len(Path("report.jsonl").read_text("ascii").splitlines()) == len(odd)


def test_a_pipe_that_is_named_is_refused() -> None:
    os.mkfifo("pipe.html")
    assert run("pipe.html") == (2, "sigtrim: pipe.html: is not a regular file\n")
