"""Write the JSON files from the TOML files."""

from __future__ import annotations

from sigtrim.data import FOLDER
from sigtrim.detect import phrase_table, registry_data, wrappers
from sigtrim.rewrite import advice, limits

COMPILERS = {
    "cta": advice.compile_table,
    "limits": limits.compile_table,
    "phrases": phrase_table.compile_table,
    "platforms": registry_data.compile_table,
    "wrappers": wrappers.compile_table,
}


def compiled(name: str) -> str:
    """Return the text of the JSON file that belongs to the present TOML file of that name."""
    return COMPILERS[name]((FOLDER / f"{name}.toml").read_text("utf-8"))


if __name__ == "__main__":
    for each in COMPILERS:
        (FOLDER / f"{each}.json").write_text(compiled(each), "utf-8", newline="\n")
