"""What the documents show is what happens. The `>>>` examples run as doctests of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sigtrim import load_config

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the examples, and a `sigtrim` that runs this source."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    program = tmp_path / "bin" / "sigtrim"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m sigtrim "$@"\n')
    program.chmod(0o755)
    return tmp_path


def shell(command: str, folder: Path) -> str:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    arguments = ["/bin/sh", "-c", command]
    result = subprocess.run(arguments, check=False, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True)
    return (result.stderr + result.stdout).decode()


CONSOLE = blocks("console")


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize("block", CONSOLE, ids=range(len(CONSOLE)))
def test_console_blocks(block: str, checkout: Path) -> None:
    shown = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    assert shown
    for command, output in shown:
        assert shell(command, checkout) == output


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a POSIX shell")
def test_the_first_command_shows_the_main_job(checkout: Path) -> None:
    command = blocks("sh")[0].rpartition("&&")[2].strip()
    assert command.startswith(".venv/bin/sigtrim ")
    output = shell(command.removeprefix(".venv/bin/") + " -o out.htm", checkout)
    assert output == ""
    document = (checkout / "out.htm").read_bytes()
    source = (checkout / "examples/outlook/signature.htm").read_bytes()
    assert document.count(b"Get the free guide") == 1
    for gone in (b"facebook", b"linkedin", b"instagram", b"youtube", b"Follow us"):
        assert gone in source.lower() or gone in source
        assert gone not in document
    for kept in (b"M\xfcller", b"image001.png", b"tel:+49305550123", b"mailto:j.mueller", b"is confidential", b"\r\n"):
        assert document.count(kept) >= min(1, source.count(kept))
    assert document.count(b"\n") == document.count(b"\r\n")


def test_the_configuration_that_is_shown_can_be_read(tmp_path: Path) -> None:
    (shown,) = blocks("toml")
    path = tmp_path / "sigtrim.toml"
    path.write_text(shown, encoding="utf-8")
    assert load_config(path).cta is not None


def test_the_library_example_runs() -> None:
    result = subprocess.run(
        [sys.executable, ROOT / "examples/library_use.py"],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert "https://example.com/guide" in result.stdout
    assert "https://facebook.com/acme" not in result.stdout
    assert "https://www.linkedin.com/company/acme" in result.stdout
    assert "linkedin stays" in result.stdout
