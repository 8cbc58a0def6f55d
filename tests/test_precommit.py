"""Fitting in: the published hooks under pre-commit itself, and the configuration that `sigtrim init` writes."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import sigtrim
from sigtrim.cli import main
from sigtrim.config import Config, load_config

if TYPE_CHECKING:
    from click.testing import Result

ROOT = Path(sigtrim.__file__).parents[1]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
LIST = b'<p>Jane</p>\n<p><a href="https://facebook.com/acme">f</a> | <a href="https://x.com/acme">X</a></p>\n'
CLEAN = b"<p>Jane</p>\n"

needs_pre_commit = pytest.mark.skipif(
    importlib.util.find_spec("pre_commit") is None or shutil.which("git") is None or not HOOKS.exists(),
    reason="needs pre-commit, git and the repository",
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


# pre-commit


def pre_commit(*arguments: str) -> tuple[int, str]:
    environment = os.environ | {"PRE_COMMIT_HOME": str(Path("cache").absolute()), "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "pre_commit", *arguments]
    result = subprocess.run(program, check=False, capture_output=True, env=environment, cwd="repository")
    return result.returncode, (result.stdout + result.stderr).decode()


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=Jane", "-c", "user.email=jane@example.com", "-c", "core.autocrlf=false"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, cwd="repository")  # noqa: S607 - git(1)


@pytest.fixture
def _repository() -> None:
    """A repository that uses the hooks as they are published, but with this Python instead of one of their own."""
    hooks = HOOKS.read_text("utf-8").replace("language: python", "language: system")
    hooks = hooks.replace("entry: sigtrim ", f"entry: {sys.executable} -m sigtrim ")
    Path("repository").mkdir()
    config = "repos:\n- repo: local\n  hooks:\n" + "".join(f"  {line}\n" for line in hooks.splitlines())
    Path("repository/.pre-commit-config.yaml").write_text(config, "utf-8")
    Path("repository/sigtrim.toml").write_text(
        '[cta]\nurl = "https://example.com/guide"\ntext = "Get the guide"\n', "utf-8"
    )
    Path("repository/jane.htm").write_bytes(LIST)
    Path("repository/notes.txt").write_bytes(LIST)
    git("init", "--quiet")
    git("add", ".")


@needs_pre_commit
@pytest.mark.usefixtures("_repository")
def test_the_hook_that_writes() -> None:
    status, output = pre_commit("run", "sigtrim")
    assert status == 1
    assert "files were modified by this hook" in output
    page = Path("repository/jane.htm").read_bytes()
    assert b"https://example.com/guide" in page
    assert b"facebook" not in page
    assert Path("repository/notes.txt").read_bytes() == LIST
    git("add", ".")
    assert pre_commit("run", "sigtrim")[0] == 0
    assert Path("repository/jane.htm").read_bytes() == page


@needs_pre_commit
@pytest.mark.usefixtures("_repository")
def test_the_hook_that_checks() -> None:
    status, output = pre_commit("run", "sigtrim-check", "--all-files")
    assert status == 1
    assert "jane.htm: " in output
    assert "files were modified" not in output
    assert Path("repository/jane.htm").read_bytes() == LIST
    assert run("repository/jane.htm", "-w").exit_code == 0
    git("add", ".")
    assert pre_commit("run", "sigtrim-check", "--all-files")[0] == 0


@needs_pre_commit
def test_the_hooks_are_well_formed() -> None:
    Path("repository").mkdir()
    assert pre_commit("validate-manifest", str(HOOKS)) == (0, "")


@pytest.mark.skipif(not HOOKS.exists(), reason="needs the repository")
def test_what_the_hooks_call_is_there() -> None:
    Path("jane.htm").write_bytes(CLEAN)
    for entry in re.findall(r"^  entry: sigtrim (.*)$", HOOKS.read_text("utf-8"), re.MULTILINE):
        result = run(*entry.split(), "jane.htm")
        assert (result.exit_code, result.output) == (0, "")


# sigtrim init


def test_a_new_configuration_changes_nothing_yet() -> None:
    assert run("init").exit_code == 0
    assert load_config(Path("sigtrim.toml")) == Config(path=Path("sigtrim.toml"))


def test_a_configuration_is_never_overwritten() -> None:
    Path("team").mkdir()
    Path("team/sigtrim.toml").write_bytes(b"keep = []\n")
    result = run("init", "team")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("sigtrim.toml: is there already and stays as it is\n")
    assert Path("team/sigtrim.toml").read_bytes() == b"keep = []\n"
    result = run("init", "missing")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_every_example_in_the_new_configuration_is_right() -> None:
    from sigtrim import config as module

    assert run("init").exit_code == 0
    text = Path("sigtrim.toml").read_text("utf-8")
    settings = re.findall(r"^# (\[.*|[a-z-]+ = .*)$", text, re.MULTILINE)
    Path("cta.html").write_text('<a href="{url}">{text}</a>', "utf-8")
    Path("sigtrim.toml").write_text("\n".join(settings), "utf-8")
    found = load_config(Path("sigtrim.toml"))
    assert found.cta is not None
    assert found.cta.default is not None
    assert (found.rules.min_platforms, len(found.rules.platforms)) == (2, 1)
    known = {*module._CTA_KEYS, *module._RULE_KEYS, *module._CAPTION_KEYS}
    known |= {key for keys in module._CTA_TABLES.values() for key in keys}
    named = set(re.findall(r"^([a-z-]+) =", "\n".join(settings), re.MULTILINE))
    named |= set(re.findall(r"^\[cta\.([a-z]+)\]", "\n".join(settings), re.MULTILINE))
    assert known - named == set()
