"""Let atheris look for bytes that break a rewrite: it follows the branches that an input takes.

    pip install atheris
    python tests/fuzz/coverage_guided.py --seeds /var/tmp/corpus
    python tests/fuzz/coverage_guided.py /var/tmp/corpus -max_total_time=1800 -max_len=4096 -timeout=25

The first line writes the project's cases as a corpus to start from, the second one runs; options are libFuzzer's.
The first byte of an input picks the kind of document, and whether the slow judges are asked; the rest is the document.
What is found is written to a file `crash-...` in the working directory, which as the only argument is judged again.
atheris is no dependency of the tests.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["sigtrim"]):
    from grammar import seeds
    from oracles import KINDS, check


def one_input(data: bytes) -> None:
    """Judge one input."""
    if data:
        number, kind = divmod(data[0], len(KINDS))
        check(KINDS[kind], data[1:], readers=number == 0)


def write_seeds(folder: Path) -> None:
    """Write the project's own documents as inputs."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, kind in enumerate(KINDS):
        for document in seeds(kind):
            for first in (number, number + len(KINDS)):
                data = bytes([first]) + document
                (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--seeds"]:
        write_seeds(Path(sys.argv[2]))
    else:
        atheris.Setup(sys.argv, one_input)
        atheris.Fuzz()
