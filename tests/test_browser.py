"""What a reader sees: every case is laid out in headless Chromium before and after.

Kept text stays visible, no kept block moves sideways or overlaps another, no gap is left where the list was, and the
call to action stands inside the signature. The browser is Debian's `chromium` (or the one that the environment
variable `SIGTRIM_BROWSER` names); without it, or without the `playwright` package, these tests are skipped. No request
leaves the machine: the page and its pictures are answered from here. `SIGTRIM_SCREENSHOTS` names a folder for pictures.
"""

from __future__ import annotations

import base64
import os
import re
import struct
import zlib
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sigtrim.parse.source import Source

CASES = Path(__file__).parent / "cases"
ALIKE = {"languages"}  # topics whose cases differ in their words alone
PAIRS = [
    (source, changed)
    for source in sorted(CASES.glob("*/*.in.htm*"))
    if source.parent.name not in ALIKE and (changed := source.with_name(source.name.replace(".in.", ".out."))).exists()
]
PAGE = "http://signature.invalid/"
SIDEWAYS = 2.0  # CSS pixels that a block may move
READABLE = 8.0  # CSS pixels: a font size
CONTRAST = 0.25  # difference in luminance, of 1: black and white; a blue link on white has 0.93
PADDING = 4.0  # CSS pixels: a cell's border spacing and padding, where the call to action stands behind a table
WIDTH = 800
LINE = 24.0  # CSS pixels: a text line with its leading
# Columns of an automatic width, which a removed or a wider item of another row makes narrower or wider.
AUTOMATIC = {
    "kept-twins/mail-named-like-handle",
    "labels/follow-cell-beside-icons-cell",
    "labels/table-of-labels",
    "unclosed/p-and-td-unclosed",
}
# Text runs and pictures in the order of the document, each with its box as the reader sees it, and the box of all.
LAYOUT = """() => {
  const box = rect => ({left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom});
  const luminance = color => {
    const parts = color.match(/[\\d.]+/g).map(Number);
    return (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]) / 255;
  };
  const background = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (color !== 'rgba(0, 0, 0, 0)') return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const items = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let key, rect, element;
    if (node.nodeType === Node.TEXT_NODE) {
      key = node.data.replace(/\\s+/g, ' ').trim();
      element = node.parentElement;
      if (!key || ['STYLE', 'SCRIPT', 'TITLE', 'NOSCRIPT', 'TEMPLATE'].includes(element.tagName)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      rect = range.getBoundingClientRect();
    } else if (['IMG', 'svg'].includes(node.tagName)) {
      key = 'image ' + (node.getAttribute('src') || '');
      element = node;
      rect = node.getBoundingClientRect();
    } else continue;
    const style = getComputedStyle(element);
    const aligned = style.direction + ' ' + style.textAlign;
    const shown = element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
    items.push({key, ...box(rect), shown: shown && rect.width > 0 && rect.height > 0,
                cta: !!element.closest('[data-sigtrim]'), size: parseFloat(style.fontSize),
                contrast: Math.abs(luminance(style.color) - luminance(background(element))),
                centred: !/ltr start|left|justify/.test(aligned)});
  }
  return {items, boxes: [...document.body.children].map(child => box(child.getBoundingClientRect()))};
}"""


@dataclass(frozen=True, slots=True)
class Item:
    """A run of text or a picture, and its box in CSS pixels."""

    key: str
    left: float
    top: float
    right: float
    bottom: float
    shown: bool
    cta: bool
    size: float
    contrast: float
    centred: bool

    def beside(self, other: Item) -> bool:
        """Tell whether two items stand side by side, on one line or in one row."""
        return self.top < other.bottom and other.top < self.bottom

    def overlaps(self, other: Item) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > SIDEWAYS and down > SIDEWAYS + 2


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _picture(side: int) -> bytes:
    rows = b"".join(b"\0" + b"\x66\x88\xaa" * side for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


PICTURE = _picture(24)
INLINE = "data:image/png;base64," + base64.b64encode(PICTURE).decode("ascii")
IMAGE_SOURCE = re.compile(r"""(<img\b[^>]*?\ssrc=)("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
QUOTES = "\"'"


def answer(route: Any) -> None:
    """Answer a request of the page from the case files; every picture is the same small square."""
    if route.request.resource_type == "document" and route.request.url.startswith(PAGE):
        text = Source.from_bytes((CASES / route.request.url.removeprefix(PAGE)).read_bytes()).text
        # A picture inside the page costs no request of its own; the fragment keeps its name.
        page = IMAGE_SOURCE.sub(lambda match: f'{match[1]}"{INLINE}#{match[2].strip(QUOTES)}"', text)
        route.fulfill(body=page, content_type="text/html; charset=utf-8")
    elif route.request.resource_type == "image":
        route.fulfill(body=PICTURE, content_type="image/png")
    else:
        route.abort()


@pytest.fixture(scope="module")
def page(browser: Any) -> Any:
    shown = browser.new_page(viewport={"width": WIDTH, "height": 900})
    shown.route("**/*", answer)
    return shown


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands where, and the box around all of it: left, top, right, bottom."""

    items: list[Item]
    box: tuple[float, float, float, float]


def show(page: Any, path: Path) -> Layout:
    """Lay a case file out."""
    page.goto(PAGE + path.parent.name + "/" + path.name, wait_until="load")
    folder = os.environ.get("SIGTRIM_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{path.parent.name}-{path.name}.png")
    found = page.evaluate(LAYOUT)
    items = [Item(**values) for values in found["items"]]
    edges = [(one["left"], one["top"], one["right"], one["bottom"]) for one in found["boxes"]]
    edges += [(one.left, one.top, one.right, one.bottom) for one in items if one.shown]
    lefts, tops, rights, bottoms = zip(*edges, strict=True)
    return Layout(items, (min(lefts), min(tops), max(rights), max(bottoms)))


def matched(before: list[Item], after: list[Item]) -> list[tuple[Item, Item]]:
    """Pair the items that are the same before and after."""
    found = SequenceMatcher(None, [one.key for one in before], [one.key for one in after], autojunk=False)
    return [
        pair
        for block in found.get_matching_blocks()
        for pair in zip(before[block.a : block.a + block.size], after[block.b : block.b + block.size], strict=True)
    ]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0].parent.name}/{pair[0].name}")
def test_reader_sees_the_same_signature(pair: tuple[Path, Path], page: Any) -> None:
    source, output = show(page, pair[0]), show(page, pair[1])
    before, after = source.items, output.items
    automatic = f"{pair[0].parent.name}/{pair[0].name.partition('.in.')[0]}" in AUTOMATIC
    kept = [one for one in after if not one.cta]
    pairs = matched(before, kept)
    whole = {id(old) for old, _ in pairs}
    gone = [one for one in before if id(one) not in whole and one.shown]

    for old, new in pairs:
        assert new.shown or not old.shown, f"no longer visible: {new.key!r}"
        in_row = any(old.beside(one) for one in gone)
        if old.shown and not (in_row or old.centred or automatic):
            assert abs(new.left - old.left) <= SIDEWAYS, f"moved from x={old.left} to {new.left}: {new.key!r}"

    overlapping = {
        (one.key, other.key)
        for at, one in enumerate(before)
        for other in before[at + 1 :]
        if one.shown and other.shown and one.overlaps(other)
    }
    shown = [one for one in after if one.shown]
    for at, one in enumerate(shown):
        for other in shown[at + 1 :]:
            known = (one.key, other.key) in overlapping
            assert known or not one.overlaps(other), f"{one.key!r} lies over {other.key!r}"

    assert_no_gap(before, shown, gone)
    cta = [one for one in shown if one.cta]
    assert len(cta) == sum(one.cta for one in after), "the call to action is not visible"
    for one in cta:
        assert_inside(one, source.box)


def assert_inside(cta: Item, box: tuple[float, float, float, float]) -> None:
    """Tell that the call to action can be read, inside the box of the signature or on the lines right below it."""
    left, top, right, bottom = box
    assert cta.size >= READABLE, f"the call to action has a font size of {cta.size} pixels"
    assert cta.contrast >= CONTRAST, "the call to action has nearly the colour of its background"
    assert cta.centred or cta.left >= left - PADDING, "the call to action sticks out to the left"
    assert left <= cta.right, "the call to action stands left of the signature"
    assert cta.left <= right, "the call to action stands right of the signature"
    assert cta.top >= top - LINE, "the call to action stands above the signature"
    assert cta.bottom <= bottom + 2 * LINE, "the call to action stands far below the signature"
    assert cta.right <= WIDTH, "the call to action is cut off"


def bands(items: list[Item]) -> list[tuple[float, float]]:
    """Return the ranges of height that something stands in, from the top."""
    found: list[tuple[float, float]] = []
    for one in sorted(items, key=lambda item: item.top):
        if found and one.top <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], one.bottom))
        else:
            found.append((one.top, one.bottom))
    return found


def gaps(items: list[Item]) -> list[float]:
    lines = bands(items)
    return [below[0] - above[1] for above, below in pairwise(lines)]


def assert_no_gap(before: list[Item], after: list[Item], gone: list[Item]) -> None:
    """Tell that no empty band is higher by a text line than the highest there was."""
    if not gone or not after:
        return
    allowed = max([0.0, *gaps([one for one in before if one.shown])]) + LINE
    assert max([0.0, *gaps(after)]) <= allowed, "an empty row is left where the list was"


def test_there_are_pairs_to_show() -> None:
    assert PAIRS
