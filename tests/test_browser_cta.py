"""What a reader sees of the call to action: each style in each of these layouts, in headless Chromium.

It is visible, stands inside the signature's box, lies over nothing, and can be read on its background. The browser is
found as in `test_browser.py`; without one these tests are skipped. With `SIGTRIM_SCREENSHOTS` set to a folder, a
picture of each page is left there.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from sigtrim import CallToAction, Rewriter
from sigtrim.call import Image
from sigtrim.rewrite.contrast import contrast, parse_color

ICONS = '<a href="https://facebook.com/acme"><img src="f.png" width="20"></a> <a href="https://x.com/acme">X</a>'
FONT = "font-family:Verdana,sans-serif;font-size:13px"
LAYOUTS = {
    "paragraphs": f"<p>Ada Example<br>Head of Support</p><p>Follow us: {ICONS}</p><p>Acme Instruments, Leeds</p>",
    "breaks": f'<div style="{FONT}"><b>Ada Example</b><br>Head of Support<br>{ICONS}<br>Leeds</div>',
    "rows": (
        f'<table cellpadding="4" style="{FONT}"><tr><td><b>Ada Example</b></td></tr><tr><td>{ICONS}</td></tr>'
        "<tr><td>+1 555 0100</td></tr></table>"
    ),
    "columns": (
        f'<table style="{FONT};color:#444444"><tr><td width="90"><img src="logo.png" width="80" height="80"></td>'
        f'<td style="border-left:2px solid #888888;padding-left:10px">Ada Example<br>Support<br>{ICONS}</td>'
        "</tr></table>"
    ),
    "inline": f"<p>Ada Example | {ICONS} | +1 555 0100<br>Acme Instruments, Leeds</p>",
    "centred": f'<div style="text-align:center;width:400px;{FONT}">Ada Example<br>{ICONS}</div>',
    "word": (
        '<p class=MsoNormal style="margin:0"><span style="font-size:11pt;font-family:Calibri,sans-serif">Ada Example'
        f'<o:p></o:p></span></p><p class=MsoNormal style="margin:0"><span style="font-size:11pt">{ICONS}</span></p>'
        '<p class=MsoNormal style="margin:0"><span style="font-size:11pt">Leeds</span></p>'
    ),
    "dark": (
        f'<table bgcolor="#14202b" cellpadding="8" style="background:#14202b;color:#ffffff;{FONT}"><tr><td>'
        "Ada Example<br>"
        f"{ICONS}<br>Leeds</td></tr></table>"
    ),
    "no-list": f'<div style="{FONT}">Ada Example<br>+1 555 0100</div><p><small>This is confidential.</small></p>',
}
STYLES: dict[str, dict[str, Any]] = {
    "link": {},
    "button": {"style": "button"},
    "vml-button": {"style": "vml-button"},
    "image": {"style": "image", "image": Image(src="https://example.com/banner.png", width=240, height=48)},
    "template": {
        "style": "template",
        "template": '<div style="border:1px solid #888888;padding:6px;background:#ffffff;color:#222222">'
        'New: <a href="{url}" style="color:#0a58a8">{text}</a></div>',
    },
}
PAGE = "http://signature.invalid/"
SCRIPT = """() => {
  const link = document.querySelector('a[href="https://example.com/guide"]');
  const own = link.closest('[data-sigtrim]');
  const box = element => { const r = element.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
  const others = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (own.contains(node)) continue;
    if (node.nodeType === Node.TEXT_NODE && node.data.trim()) {
      const range = document.createRange(); range.selectNodeContents(node);
      others.push([node.data.trim(), ...box(range)]);
    } else if (node.tagName === 'IMG') others.push(['image', ...box(node)]);
  }
  let background = null;
  for (let at = link; at && !background; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (color !== 'rgba(0, 0, 0, 0)') background = color;
  }
  return {box: box(link), others, background, color: getComputedStyle(link).color,
          shown: link.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}),
          links: document.querySelectorAll('a[href]').length, size: parseFloat(getComputedStyle(link).fontSize)};
}"""


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _picture() -> bytes:
    rows = b"".join(b"\0" + b"\x66\x88\xaa" * 16 for _ in range(16))
    header = struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def page(browser: Any) -> Any:
    return browser.new_page(viewport={"width": 600, "height": 260})


def show(page: Any, text: str, name: str) -> dict[str, Any]:
    picture = _picture()

    def answer(route: Any) -> None:
        if route.request.resource_type == "document":
            route.fulfill(body=f"<!DOCTYPE html><body>{text}", content_type="text/html; charset=utf-8")
        elif route.request.resource_type == "image":
            route.fulfill(body=picture, content_type="image/png")
        else:
            route.abort()

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(PAGE, wait_until="load")
    folder = os.environ.get("SIGTRIM_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
    found: dict[str, Any] = page.evaluate(SCRIPT)
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("style", STYLES)
def test_the_call_to_action_can_be_seen_and_read(style: str, layout: str, page: Any) -> None:
    cta = CallToAction("https://example.com/guide", "Get the free guide", **STYLES[style])
    rewrite = Rewriter(cta=cta).rewrite(LAYOUTS[layout], format="html")
    assert isinstance(rewrite.output, str)
    assert rewrite.skipped is None
    seen = show(page, rewrite.output, f"{layout}-{style}")
    left, top, right, bottom = seen["box"]
    assert seen["shown"]
    assert right - left > 60
    assert bottom - top > 8
    assert seen["links"] == 1
    others = seen["others"]
    assert layout == "centred" or left >= min(other[1] for other in others) - 24, "it sticks out to the left"
    assert right <= 600
    assert top >= min(other[2] for other in others), "it stands above the signature"
    assert bottom <= max(other[4] for other in others) + 80, "it stands far below the signature"
    for name, *other in others:
        across = min(right, other[2]) - max(left, other[0])
        down = min(bottom, other[3]) - max(top, other[1])
        assert across <= 1 or down <= 3, f"it lies over {name!r}"
    if style != "image":
        assert seen["size"] >= 11
        color, background = parse_color(seen["color"]), parse_color(seen["background"] or "#ffffff")
        assert color is not None
        assert background is not None
        assert contrast(color, background) >= 4.5
