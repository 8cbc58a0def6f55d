"""Time grows with the input, not with its square, whatever the input is.

Each shape is rewritten in two sizes. A quadratic step shows as a ratio of four; what a busy machine adds stays below
the bound, because processor time counts, and of two runs the better. The larger size must also finish within five
seconds.
"""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

import pytest

from sigtrim import CallToAction, Rewriter

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 5.0
RATIO = 3.3
NOISE = 0.03  # seconds; below it a ratio says nothing
ATTEMPTS = 4  # a busy machine can slow one of two runs down; what is not linear fails each time

LIST = '<a href="https://facebook.com/acme">Facebook</a> | <a href="https://x.com/acme">X</a>'
LINK = '<a href="https://x.com/u{}">u{}</a>'
ICON = '<a href="https://facebook.com/u{}"><img src="fb.png"></a>'
CTA = '<a href="https://example.com/guide">Get the guide</a>'
rewriter = Rewriter(cta=CallToAction("https://example.com/guide", "Get the guide"))


def rows(size: int, cells: str) -> str:
    return f"<table>{''.join(f'<tr>{cells.format(at, at, at)}</tr>' for at in range(size))}</table>{LIST}"


# The sizes are those of an attack: megabytes, a hundred thousand elements.
HOSTILE: dict[str, tuple[int, Callable[[int], str]]] = {
    "nested div": (100_000, lambda size: "<div>" * size + LIST),
    "nested span, closed": (100_000, lambda size: "<span>" * size + LIST + "</span>" * size),
    "less-than signs": (1_000_000, lambda size: "<" * size + LIST),
    "one attribute": (1_000_000, lambda size: f'<p title="{"x" * size}">{LIST}'),
    "a<a": (3_300_000, lambda size: LIST + "a<a" * size),
    "attributes": (50_000, lambda size: f"<p {' '.join(f'a{at}=1' for at in range(size))}>{LIST}"),
    "nested a": (90_000, lambda size: "<a>" * size + LIST),
    "unclosed comments": (200_000, lambda size: LIST + "<!--a" * size),
    "unclosed tags with a quote": (100_000, lambda size: LIST + '<a "' * size),
    "NUL": (1_000_000, lambda size: "\0" * size + LIST),
    "references": (200_000, lambda size: f"<p>{'&amp;' * size}{LIST}"),
    "crossed formatting": (50_000, lambda size: "<b><i>" * size + "</b>" * size + LIST),
    "nested tables": (20_000, lambda size: "<table><tr><td>" * size + LIST + "</td></tr></table>" * size),
    "hidden conditions": (20_000, lambda size: "<!--[if mso]><b>x</b><![endif]-->" * size + LIST),
    "revealed conditions": (50_000, lambda size: "<![if !vml]>" * size + LIST + "<![endif]>" * size),
    "breaks": (100_000, lambda size: "<br>" * size + LIST + "<br>" * size),
    "colons": (100_000, lambda size: f"<p>{LIST}{': ' * size}{LIST}"),
}
# What a list can be made of, in lengths that nobody writes.
LONG: dict[str, tuple[int, Callable[[int], str]]] = {
    "links in a paragraph": (10_000, lambda size: f"<p>{' | '.join(LINK.format(at, at) for at in range(size))}{LIST}"),
    "links on lines": (10_000, lambda size: "\n".join(LINK.format(at, at) for at in range(size)) + LIST),
    "icons in rows": (5_000, lambda size: rows(size, f"<td>{ICON}</td><td></td>")),
    "icons in rows beside text": (5_000, lambda size: rows(size, f"<td>{ICON}</td><td>Name {{}}</td>")),
    "icons in one row": (5_000, lambda size: rows(1, (f"<td>{ICON}</td><td></td>" * size).replace("{}", "7"))),
    "rows that reach down": (10_000, lambda size: rows(size, "<td rowspan=2>a</td>")),
    "lines": (20_000, lambda size: LIST + "<br>".join(f"line {at}" for at in range(size)) + "<br>" + LIST),
    "icons without links": (5_000, lambda size: f"<p>{'<img src=facebook.png>' * size}{LIST}"),
    "handles in a paragraph": (5_000, lambda size: f"<p>{'Twitter: @acme | ' * size}Skype: acme"),
    "handles on lines": (5_000, lambda size: "Twitter: @acme<br>" * size + "Skype: acme"),
    "addresses in a paragraph": (5_000, lambda size: f"<p>{'https://x.com/acme ' * size}https://facebook.com/acme"),
    "prose": (5_000, lambda size: f"<p>{'Follow me on Twitter and Facebook. ' * size}{LIST}"),
    "calls to action": (5_000, lambda size: f"{CTA} " * size + LIST),
    "rulers": (5_000, lambda size: f"{LINK.format(1, 1)}<br>|<br>" * size + LIST),
    "deep links": (5_000, lambda size: f"<div>{LINK.format(1, 1)}" * size + LIST),
}


def seconds(text: str) -> float:
    best = float("inf")
    for _ in range(2):
        # The collector looks at all that the tests before have left behind, which says nothing of this text.
        gc.collect()
        gc.disable()
        start = time.process_time()
        result = rewriter.rewrite(text, format="html")
        best = min(best, time.process_time() - start)
        gc.enable()
        assert result.changed or result.skipped
    return best


@pytest.mark.parametrize("name", [*HOSTILE, *LONG])
def test_time_is_linear(name: str) -> None:
    size, make = (HOSTILE | LONG)[name]
    for _ in range(ATTEMPTS):
        small = seconds(make(size // 2))
        assert small < SECONDS
        large = seconds(make(size))
        assert large < SECONDS
        if large < RATIO * small + NOISE:
            return
    pytest.fail(f"{small:.3f} s, then {large:.3f} s")
