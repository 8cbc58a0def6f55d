"""Shared by all tests.

The cases under `tests/cases` are pairs of files that `test_cases.py` runs through the library and the command line.
`pytest tests/test_cases.py --accept` writes what the program gives today into the `.out` files that differ (a new one
may be empty): read the difference before it is committed.
"""

from __future__ import annotations

import functools
import inspect
import os

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

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
