"""Write `platforms.json` from `platforms.toml`."""

from __future__ import annotations

from sigtrim.detect.registry_data import DATA, render

if __name__ == "__main__":
    (DATA / "platforms.json").write_text(render(), "utf-8", newline="\n")
