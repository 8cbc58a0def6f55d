"""Run `python -m sigtrim`."""

from __future__ import annotations

from sigtrim.cli import main

if __name__ == "__main__":
    main(prog_name="sigtrim")
