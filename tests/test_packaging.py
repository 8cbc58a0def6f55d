"""What is built and installed: its contents, the same bytes every time, and that it works without the sources."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SIGNATURE = '<p>Ada, <a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a></p>\n'
CALL = ("--cta-url", "https://example.com/guide", "--cta-text", "Get the guide")


def copied(folder: Path) -> Path:
    """Copy what is published, with what a working copy leaves beside it."""
    leave_out = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "build", "dist")
    shutil.copytree(ROOT, folder, ignore=leave_out)
    cache = folder / "sigtrim" / "__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "rewriter.cpython-311.pyc").write_bytes(b"left over")
    return folder


def build(source: Path, target: Path, *arguments: str) -> dict[str, bytes]:
    """Build what the arguments say into a folder; return the files by their names."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(target), *arguments]
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted(target.iterdir())}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build(copied(folder / "project"), folder / "dist")
    return folder / "dist"


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    (path,) = built.glob("*.tar.gz")
    return path


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content and nothing else."""
    folder = tmp_path_factory.mktemp("site")
    shutil.unpack_archive(wheel, folder, "zip")
    return folder


def in_site(site: Path, *arguments: str, cwd: Path, beside: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python with warnings as errors; the package can come from the wheel alone."""
    environment = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{beside}"}
    command = [sys.executable, "-P", "-W", "error", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = next(archive.read(name).decode() for name in names if name.endswith("/METADATA"))
    info = f"sigtrim-{re.findall('^Version: (.*)$', metadata, re.MULTILINE)[0]}.dist-info"
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sigtrim").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"sigtrim/py.typed", "sigtrim/data/platforms.json", "sigtrim/data/report.schema.json"} <= package
    own = {f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    assert names == package | own
    assert {Path(name).suffix for name in package} <= {".py", ".json", ".toml", ".typed"}
    assert "License-Expression: MIT" in metadata
    assert "Requires-Python: >=3.11" in metadata


def test_the_sdist_holds_all_to_build_and_to_test(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    for needed in ("LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "PKG-INFO", "tests/test_packaging.py"):
        assert needed in names
    assert any(name.startswith("examples/") for name in names)
    assert any(name.startswith("tests/cases/") for name in names)
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".orig"))]


def test_two_builds_are_the_same_bytes(built: Path, tmp_path: Path) -> None:
    project = copied(tmp_path / "elsewhere" / "under another name")
    now = time.time()
    for path in project.rglob("*"):
        os.utime(path, (now, now))
    again = build(project, tmp_path / "dist")
    assert again == {path.name: path.read_bytes() for path in sorted(built.iterdir())}


def test_the_sdist_makes_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (project,) = tmp_path.iterdir()
    assert build(project, tmp_path / "dist", "--target", "wheel") == {wheel.name: wheel.read_bytes()}


def test_import_without_a_warning(site: Path, tmp_path: Path) -> None:
    names = sorted(
        path.relative_to(site).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for path in site.glob("sigtrim/**/*.py")
        if path.name != "__main__.py"
    )
    assert "sigtrim.detect.platforms" in names
    code = f"import importlib, sigtrim\nfor name in {names}: importlib.import_module(name)\nprint(sigtrim.__file__)"
    done = in_site(site, "-c", code, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()) == site / "sigtrim" / "__init__.py"


def test_the_command_without_a_warning(site: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "small.html").write_text(SIGNATURE, "utf-8")
    done = in_site(site, "-m", "sigtrim", "small.html", *CALL, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("https://example.com/guide") == 1
    assert "facebook" not in done.stdout
    for arguments in (["--version"], ["platforms", "--json"], ["examples", "--check", *CALL]):
        done = in_site(site, "-m", "sigtrim", *arguments, cwd=tmp_path)
        assert done.returncode in (0, 1), done.stderr
        assert "Warning" not in done.stderr
        assert "Traceback" not in done.stderr


def test_other_packages_change_nothing(site: Path, tmp_path: Path) -> None:
    """Beautiful Soup asks chardet and its like, where they happen to be installed."""
    guess = "def detect(data): return {'encoding': 'iso8859-2'}\n"
    for name in ("cchardet", "chardet", "charset_normalizer"):
        (tmp_path / f"{name}.py").write_text(guess, "utf-8")
    code = r"import bs4.dammit, sigtrim; print(sigtrim.rewrite(b'<meta charset=windows-1252>\x81\xff').source.encoding)"
    done = in_site(site, "-c", code, cwd=tmp_path, beside=str(tmp_path))
    assert done.stdout.strip() == "latin-1", done.stderr
