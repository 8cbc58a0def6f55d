"""Shared by all tests.

The cases under `tests/cases` are pairs of files that `test_cases.py` runs through the library and the command line.
`pytest tests/test_cases.py --accept` writes what the program gives today into the `.out` files that differ (a new one
may be empty): read the difference before it is committed.
"""

from __future__ import annotations

import functools
import inspect
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Scripts that are run by hand; `test_fuzz.py` has the fuzzers' share in the tests.
collect_ignore = ["benchmarks", "fuzz"]

# Up to click 8.1 the runner mixes messages into standard output, unless it is told otherwise.
if "mix_stderr" in inspect.signature(CliRunner).parameters:
    CliRunner.__init__ = functools.partialmethod(CliRunner.__init__, mix_stderr=False)  # type: ignore[assignment,method-assign]

# A shared machine is slow now and then; a deadline would make that a failure.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples in every run, so that a change is to blame for what fails there.
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write the .out files of the cases that differ")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether a case that differs is written instead of reported."""
    return bool(request.config.getoption("--accept"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser; the tests that need one are skipped, with the reason, where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
    path = os.environ.get("SIGTRIM_BROWSER") or next(
        (found for name in BROWSERS if (found := shutil.which(name))), None
    )
    if path is None:
        pytest.skip("no Chromium: install Debian's chromium, or name a browser in SIGTRIM_BROWSER")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()
