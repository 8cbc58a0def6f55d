"""The compiled facts belong to the TOML files that people edit."""

from __future__ import annotations

import pytest

from sigtrim.data import FOLDER
from sigtrim.data.__main__ import COMPILERS, compiled


@pytest.mark.parametrize("name", COMPILERS)
def test_the_json_is_the_compiled_toml(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text("utf-8") == compiled(name), "run: python -m sigtrim.data"
