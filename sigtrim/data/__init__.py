"""The facts that sigtrim works with: TOML for people, and JSON, which loads faster, for the program.

After a change of a `.toml` file `python -m sigtrim.data` writes the `.json` files anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "load"]

FOLDER = Path(__file__).parent


def load(name: str) -> Any:
    """Load what was compiled from the TOML file of that name.

    >>> sorted(load("limits"))
    ['emoji', 'platform', 'top_level']
    """
    import json  # noqa: PLC0415 - one that finds nothing to do loads nothing

    return json.loads((FOLDER / f"{name}.json").read_bytes())
