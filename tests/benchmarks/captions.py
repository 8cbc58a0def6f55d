"""Measure rewriting captions against linkify-it-py finding their links, side by side in one process.

    python tests/benchmarks/captions.py [FILE]

FILE holds one JSON object a line with a `text`; without it, captions are made up.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from linkify_it import LinkifyIt

from sigtrim import CallToAction, Rewriter

ROUNDS = 5


def made_up(count: int) -> list[str]:
    """Return captions in the shapes of real ones: prose, credits, a list, hashtags."""
    return [
        f"Episode {at}: how bees find home. Notes: https://www.example.com/notes/{at}\n\nCamera: @ida_demo{at}\n"
        f"Music: https://www.example.org/tracks/{at}\n\nFollow us:\nInstagram: https://www.instagram.com/acmebees{at}\n"
        f"Facebook: https://www.facebook.com/acmebees{at}\nTwitter: @acmebees{at}\n"
        f"Don't forget to subscribe to my channel!\n\n#bees #honey{at}\n"
        for at in range(count)
    ]


def main() -> None:
    texts = (
        [json.loads(line)["text"] for line in Path(sys.argv[1]).read_bytes().splitlines()]
        if len(sys.argv) > 1
        else made_up(1000)
    )
    rewriter = Rewriter(cta=CallToAction("https://example.com/guide", "Get the free guide"))
    linkify = LinkifyIt()
    ratios = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for text in texts:
            rewriter.rewrite(text, format="text")
        middle = time.process_time()
        for text in texts:
            linkify.match(text)
        ratios.append((time.process_time() - middle) / (middle - start))
    best, worst = max(ratios), min(ratios)
    sys.stdout.write(
        f"{len(texts)} captions, {best:.2f} times as fast as linkify-it-py (rounds {worst:.2f}-{best:.2f})\n"
    )


if __name__ == "__main__":
    main()
